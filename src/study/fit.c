/* The steps of a fit; see fit.h. */
#include "study/fit.h"

#include "base/log.h"
#include "study/result.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const double first_perturbation = 0.06, last_perturbation = 0.006; /* a month, in sds of the prior */
static const double start_sd = 0.15;                                      /* of chains around the maximum, likewise */
static const double most_noise = 1.5; /* of a log likelihood that chains can live with [nat] */
static const double most_rhat = 1.05, least_effective = 100;

/* Replicates of the likelihoods at a point; the climb has 0 ... n_iterations - 1, chains have numbers above 2^32. */
enum { REPLICATES_AT_ESTIMATE = 1 << 20, REPLICATES_AT_MEDIANS = 1 << 21, REPLICATES_AT_MAXIMUM = 1 << 22 };

/** A filter of its own for every chain, so that they run side by side. */
typedef struct chain_filters {
    thread_pool *pool;
    uint32_t n;
    fitting **of; /**< [n] */
} chain_filters;

static void chain_filters_free(chain_filters *f) {
    for (uint32_t k = 0; f->of && k < f->n; k++)
        fitting_free(f->of[k]);
    free(f->of);
    thread_pool_free(f->pool);
}

static tsr_status chain_filters_create(const fit_result *r, const filter_options *options, uint32_t n_chains,
                                       chain_filters *out, tsr_error *error) {
    tsr_status status = TSR_OK;
    filter_options own = *options;
    *out = (chain_filters){.n = n_chains, .of = calloc(n_chains, sizeof(fitting *))};
    if (!out->of)
        return FAIL(error, TSR_E_MEMORY, "no memory for %u chains", n_chains);
    TRY(thread_pool_create(options->n_threads, &out->pool, error));
    own.hooks = (tsr_hooks){0}; /* the pool calls them */
    own.n_threads = thread_pool_size(out->pool) / n_chains;
    own.n_threads = own.n_threads ? own.n_threads : 1;
    for (uint32_t k = 0; k < n_chains; k++)
        TRY(fitting_create(r->m, r->e, r->s, &own, &out->of[k], error));
out:
    return status;
}

/** The log density of the posterior on the scale of coordinates. */
static tsr_status log_posterior(void *user, uint32_t chain, const double *z, uint64_t replicate, double *out,
                                tsr_error *error) {
    const chain_filters *filters = user;
    fitting *f = filters->of[chain];
    tsr_status status = fitting_log_likelihood(f, z, replicate, out, error);
    for (uint32_t j = 0; j < fitting_space(f)->n; j++)
        *out -= z[j] * z[j] / 2;
    return status;
}

static tsr_status likelihood(fitting *f, const double *z, uint64_t first, uint32_t n, fit_likelihood *out,
                             tsr_error *error) {
    double sum = 0, squares = 0;
    for (uint32_t i = 0; i < n; i++) {
        double value;
        tsr_status status = fitting_log_likelihood(f, z, first + i, &value, error);
        if (status != TSR_OK)
            return status;
        sum += value;
        squares += value * value;
    }
    *out = (fit_likelihood){sum / n, n > 1 ? sqrt(fmax(0, squares - sum * sum / n) / (n - 1)) : NAN, n};
    return TSR_OK;
}

typedef struct saver {
    const fit_result *r;
    const world *w;
    const panel *p;
    const fit_options *options;
} saver;

static tsr_status save(void *user, tsr_error *error) {
    const saver *s = user;
    return fit_checkpoint_write(s->r, s->w, s->p, s->options, error);
}

static tsr_status sample(fit_result *r, const filter_options *of_filters, const world *w, const panel *p,
                         const fit_options *o, tsr_error *error) {
    tsr_status status = TSR_OK;
    saver keeper = {r, w, p, o};
    chain_filters filters;
    TRY(chain_filters_create(r, of_filters, o->n_chains, &filters, error));
    chain_options choices = {.hooks = o->hooks,
                             .pool = filters.pool,
                             .seed = o->seed,
                             .n_chains = o->n_chains,
                             .n_steps = o->n_steps,
                             .start_sd = start_sd,
                             .most_sd = 1,
                             .save = o->checkpoint ? save : NULL,
                             .save_user = &keeper,
                             .save_seconds = o->save_seconds};
    const chain_target target = {log_posterior, &filters};
    memcpy(choices.centre, r->climb[r->n_iterations - 1].mean, sizeof choices.centre);
    TRY(chains_run(r->chains, &target, &choices, error));
out:
    chain_filters_free(&filters);
    return status;
}

/** A value at z: of the parameter itself where all that move together have one prior, else z. */
static double shown(const model_parameter *p, bool is_same, double z) {
    return is_same ? space_value(p, z) : z;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/** Quantile of sorted values, between order statistics. */
static double quantile(const double *sorted, size_t n, double p) {
    double at = p * (double)(n - 1);
    size_t i = (size_t)at;
    return i + 1 < n ? sorted[i] + (at - (double)i) * (sorted[i + 1] - sorted[i]) : sorted[n - 1];
}

/** The last two thirds of all chains in coordinate j: `draws` [chain][n], and what they say about it. */
static tsr_status posterior(const chains *c, uint32_t j, double *draws, fit_parameter *out, double z[3],
                            tsr_error *error) {
    uint32_t first = c->n_learning, n = c->n_steps - first, total = n * c->n_chains;
    double sum = 0, squares = 0;
    for (uint32_t k = 0; k < c->n_chains; k++)
        for (uint32_t i = 0; i < n; i++)
            draws[k * n + i] = c->z[((size_t)k * c->n_steps + first + i) * c->n + j];
    tsr_status status = diagnose(draws, c->n_chains, n, &out->chains, error);
    if (status != TSR_OK)
        return status;
    for (uint32_t i = 0; i < total; i++) {
        sum += draws[i];
        squares += draws[i] * draws[i];
    }
    out->narrowing = sqrt(fmax(0, squares / total - sum / total * (sum / total)));
    out->informed = out->narrowing > 0.9 ? FIT_NOT : out->narrowing > 0.7 ? FIT_LITTLE : FIT_WELL;
    qsort(draws, total, sizeof *draws, by_value);
    z[0] = quantile(draws, total, 0.05);
    z[1] = quantile(draws, total, 0.5);
    z[2] = quantile(draws, total, 0.95);
    return TSR_OK;
}

static tsr_status summarise(fit_result *r, tsr_error *error) {
    const space *s = r->s;
    const chains *c = r->chains;
    tsr_status status = TSR_OK;
    double *draws = malloc((c ? (size_t)c->n_chains * c->n_steps : 0) * sizeof *draws + 1);
    r->parameters = calloc(s->n, sizeof *r->parameters);
    if (!draws || !r->parameters) {
        status = FAIL(error, TSR_E_MEMORY, "no memory for %u parameters", s->n);
        goto out;
    }
    r->is_converged = c != NULL;
    for (uint32_t j = 0; j < s->n; j++) {
        fit_parameter *out = &r->parameters[j];
        const model_parameter *first = NULL;
        bool is_same = true;
        for (uint32_t i = 0; i < s->n_values; i++) {
            if (s->coordinate[i] != j)
                continue;
            const model_parameter *p = &r->m->parameters[s->parameter[i]];
            first = first ? first : p;
            is_same &= p->value == first->value && p->prior_spread == first->prior_spread && p->prior == first->prior;
            out->n_values++;
        }
        if (!first)
            continue;
        double z[3] = {NAN, r->climb[r->n_iterations - 1].mean[j], NAN};
        out->narrowing = out->chains.rhat = out->chains.effective = NAN;
        if (c)
            TRY(posterior(c, j, draws, out, z, error));
        out->name = s->name[j];
        out->unit = is_same ? first->declared->unit : "standard deviations of the prior";
        out->text = first->declared->text;
        out->z = z[1];
        out->estimate = shown(first, is_same, z[1]);
        out->low = isnan(z[0]) ? NAN : shown(first, is_same, z[0]);
        out->high = isnan(z[2]) ? NAN : shown(first, is_same, z[2]);
        out->prior = shown(first, is_same, 0);
        out->prior_low = shown(first, is_same, -1.6448536269514722);
        out->prior_high = shown(first, is_same, 1.6448536269514722);
        r->is_converged &= out->chains.rhat < most_rhat && out->chains.effective > least_effective;
    }
    for (uint32_t j = 0; j < s->n && !r->is_converged; j++) /* nothing can be said from draws of something else */
        r->parameters[j].informed = FIT_UNKNOWN;
out:
    free(draws);
    return status;
}

/** What was done before, if it is asked for; nothing may be overwritten by accident. */
static tsr_status take_up(fit_result *r, const world *w, const panel *p, const fit_options *o, tsr_error *error) {
    if (o->resume && !o->checkpoint)
        return FAIL(error, TSR_E_USAGE,
                    "there is no checkpoint to resume from: name it, or the run folder that it belongs to");
    if (o->resume)
        return fit_checkpoint_read(r, w, p, o, error);
    if (o->checkpoint && access(o->checkpoint, F_OK) == 0)
        return FAIL_AT(error, TSR_E_USAGE, (base_place){.file = o->checkpoint},
                       "an earlier fit was stopped and left this: go on with --resume, or delete it");
    return TSR_OK;
}

tsr_status fit(const world *w, const panel *p, const fit_options *o, fit_result **out, tsr_error *error) {
    tsr_status status = TSR_OK;
    fitting *f = NULL;
    double began = result_clock(), medians[SPACE_MOST] = {0}, estimate[SPACE_MOST];
    const model_kernel *kernel;
    int32_t last_data = o->last_data ? o->last_data : w->last_observed;
    fit_result *r = calloc(1, sizeof *r);
    if (!r)
        return FAIL(error, TSR_E_MEMORY, "no memory for the fit");
    r->climb = calloc(o->n_iterations, sizeof *r->climb);
    if (!r->climb) {
        status = FAIL(error, TSR_E_MEMORY, "no memory for %u iterations", o->n_iterations);
        goto out;
    }
    TRY(ensemble_kernel(o->kernel, &kernel, error));
    TRY(model_create(w,
                     &(model_options){.use_defaults = true,
                                      .whatif = WORLD_NONE,
                                      .origin = month_last_day(last_data),
                                      .last_month = last_data,
                                      .substeps = 1},
                     &r->m, error));
    TRY(evidence_create(r->m, p, &(evidence_options){.last_month = last_data}, &r->e, error));
    TRY(space_create(r->m, &r->s, error));
    if (o->n_steps)
        TRY(chains_create(r->s->n, o->n_chains, o->n_steps, &r->chains, error));
    TRY(take_up(r, w, p, o, error));
    const filter_options choices = {.hooks = o->hooks,
                                    .seed = o->seed,
                                    .purpose = RANDOM_FIT,
                                    .n_particles = o->n_particles,
                                    .n_threads = o->n_threads,
                                    .kernel = o->kernel};
    TRY(fitting_create(r->m, r->e, r->s, &choices, &f, error));
    if (r->n_iterations == 0) {
        const fitting_climb climb = {o->n_iterations, first_perturbation, last_perturbation};
        TRY(fitting_maximise(f, &climb, r->climb, error));
        r->n_iterations = o->n_iterations;
    }
    if (o->n_steps) {
        TRY(likelihood(f, r->climb[r->n_iterations - 1].mean, REPLICATES_AT_MAXIMUM, o->n_repeats, &r->at_maximum,
                       error));
        r->is_noisy = !(r->at_maximum.sd < most_noise);
        if (r->is_noisy)
            log_say(&o->hooks, TSR_LOG_WARNING,
                    "a log likelihood has an error of %.1f at the maximum, too much for chains: take more particles",
                    r->at_maximum.sd);
        TRY(sample(r, &choices, w, p, o, error));
    }
    TRY(summarise(r, error));
    for (uint32_t j = 0; j < r->s->n; j++)
        estimate[j] = r->parameters[j].z;
    TRY(likelihood(f, estimate, REPLICATES_AT_ESTIMATE, o->n_repeats, &r->at_estimate, error));
    TRY(likelihood(f, medians, REPLICATES_AT_MEDIANS, o->n_repeats, &r->at_medians, error));
    r->status = !r->chains
                    ? "Parameters at the maximum of the posterior, found by iterated filtering; how certain they "
                      "are is not known without chains."
                : r->is_converged ? "Parameters fitted: draws from the posterior of the closure model."
                                  : "The chains have not converged: their draws are not a posterior.";
    if (o->checkpoint)
        unlink(o->checkpoint);
    r->run = (study_run){
        .command = "fit",
        .status = r->status,
        .arguments = "",
        .seed = o->seed,
        .n_members = o->n_particles,
        .n_threads = o->n_threads,
        .kernel = kernel->name,
        .whatif = "",
        .seconds = result_clock() - began,
        .scenario_path = "",
        .w = w,
        .panel = p,
        .last_observed = last_data,
    };
    world_hash(w, r->run.world_hash);
    *out = r;
    r = NULL;
out:
    fitting_free(f);
    fit_free(r);
    return status;
}

void fit_free(fit_result *r) {
    if (!r)
        return;
    chains_free(r->chains);
    space_free(r->s);
    evidence_free(r->e);
    model_free(r->m);
    free(r->climb);
    free(r->parameters);
    free(r);
}
