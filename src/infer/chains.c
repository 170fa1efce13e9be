/* Adaptive Metropolis-Hastings; see chains.h. */
#include "infer/chains.h"

#include "random/counts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { START_ATTEMPTS = 50 };

static const double first_sd =
    0.25; /* of proposals before there is a covariance, in standard deviations of the prior */
static const double acceptance = 0.2;

tsr_status chains_create(uint32_t n, uint32_t n_chains, uint32_t n_steps, chains **out, tsr_error *error) {
    chains *c = calloc(1, sizeof *c);
    size_t n_draws = (size_t)n_chains * n_steps;
    if (c)
        *c = (chains){.n = n,
                      .n_chains = n_chains,
                      .n_steps = n_steps,
                      .state = calloc(n_chains, sizeof *c->state),
                      .z = calloc(n_draws * n, sizeof *c->z),
                      .log_density = calloc(n_draws, sizeof *c->log_density)};
    if (!c || !c->state || !c->z || !c->log_density) {
        chains_free(c);
        return FAIL(error, TSR_E_MEMORY, "no memory for %u chains of %u steps", n_chains, n_steps);
    }
    *out = c;
    return TSR_OK;
}

void chains_free(chains *c) {
    if (!c)
        return;
    free(c->state);
    free(c->z);
    free(c->log_density);
    free(c);
}

/** Words of one step of one chain. */
static philox_stream stream_of(const chain_options *o, uint32_t chain, uint32_t step) {
    random_address address = {.key = KERNEL(random_key_make)(o->seed, RANDOM_CHAIN, 0), .substep = step};
    return philox_stream_of(&address, 1, chain, 0);
}

static double normal(philox_stream *stream) {
    double u = counts_uniform(stream), v = counts_uniform(stream);
    return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

/** The replicate of a call of the target: chains, steps and attempts to start have ranges of their own. */
static uint64_t replicate_of(uint32_t chain, uint32_t step) {
    return (uint64_t)(chain + 1) << 32 | step;
}

static tsr_status begin(chains *c, uint32_t k, const chain_target *target, const chain_options *o, tsr_error *error) {
    chain_state *s = &c->state[k];
    philox_stream stream = stream_of(o, k, 0);
    s->log_density = -INFINITY;
    for (uint32_t attempt = 0; attempt < START_ATTEMPTS && !(s->log_density > -INFINITY); attempt++) {
        for (uint32_t i = 0; i < c->n; i++)
            s->z[i] = o->centre[i] + o->start_sd * normal(&stream);
        tsr_status status =
            target->log_density(target->user, s->z, replicate_of(k, UINT32_MAX - attempt), &s->log_density, error);
        if (status != TSR_OK)
            return status;
    }
    if (!(s->log_density > -INFINITY))
        return FAIL(error, TSR_E_NUMERIC, "chain %u found no possible start in %d attempts", k + 1, START_ATTEMPTS);
    memcpy(s->mean, s->z, sizeof s->mean);
    for (uint32_t i = 0; i < c->n; i++)
        s->covariance[i * c->n + i] = first_sd * first_sd;
    s->log_scale = log(2.38 / sqrt(c->n));
    return TSR_OK;
}

/** Lower triangle with L L' = covariance plus a little, so that no direction is ever shut. */
static void cholesky(const chain_state *s, uint32_t n, double *restrict L) {
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = 0; j <= i; j++) {
            double sum = s->covariance[i * n + j] + (i == j ? 1e-6 : 0);
            for (uint32_t k = 0; k < j; k++)
                sum -= L[i * n + k] * L[j * n + k];
            L[i * n + j] = i == j ? sqrt(fmax(sum, 1e-12)) : sum / L[j * n + j];
        }
}

static void adapt(chain_state *s, uint32_t n, uint32_t step, double chance) {
    /* The first covariance counts like 2 n draws. */
    double weight = 1.0 / (step + 2 * n + 1);
    double off[SPACE_MOST];
    for (uint32_t i = 0; i < n; i++)
        off[i] = s->z[i] - s->mean[i];
    for (uint32_t i = 0; i < n; i++) {
        s->mean[i] += weight * off[i];
        for (uint32_t j = 0; j < n; j++)
            s->covariance[i * n + j] += weight * (off[i] * off[j] - s->covariance[i * n + j]);
    }
    s->log_scale += (chance - acceptance) / sqrt(step + 1.0);
}

static tsr_status make_step(chains *c, uint32_t k, uint32_t step, const chain_target *target, const chain_options *o,
                            tsr_error *error) {
    chain_state *s = &c->state[k];
    philox_stream stream = stream_of(o, k, step + 1);
    double L[SPACE_MOST * SPACE_MOST], e[SPACE_MOST], z[SPACE_MOST] = {0}, log_density;
    cholesky(s, c->n, L);
    for (uint32_t i = 0; i < c->n; i++)
        e[i] = exp(s->log_scale) * normal(&stream);
    for (uint32_t i = 0; i < c->n; i++) {
        z[i] = s->z[i];
        for (uint32_t j = 0; j <= i; j++)
            z[i] += L[i * c->n + j] * e[j];
    }
    double u = counts_uniform(&stream);
    tsr_status status = target->log_density(target->user, z, replicate_of(k, step), &log_density, error);
    if (status != TSR_OK)
        return status;
    s->n_impossible += !(log_density > -INFINITY);
    double chance = log_density > s->log_density ? 1 : exp(log_density - s->log_density);
    bool is_warm = step >= c->n_steps / 2, is_accepted = u < chance;
    if (is_accepted) {
        memcpy(s->z, z, sizeof s->z);
        s->log_density = log_density;
    }
    s->n_accepted += is_warm && is_accepted;
    if (!is_warm)
        adapt(s, c->n, step, chance);
    memcpy(c->z + ((size_t)k * c->n_steps + step) * c->n, s->z, c->n * sizeof *c->z);
    c->log_density[(size_t)k * c->n_steps + step] = s->log_density;
    return TSR_OK;
}

static double clock_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/** One step of all chains, or of none: what is saved is always between two steps. */
static tsr_status step_all(chains *c, const chain_target *target, const chain_options *o, chain_state *before,
                           tsr_error *error) {
    memcpy(before, c->state, c->n_chains * sizeof *before);
    for (uint32_t k = 0; k < c->n_chains; k++) {
        tsr_status status = make_step(c, k, c->n_done, target, o, error);
        if (status != TSR_OK) {
            memcpy(c->state, before, c->n_chains * sizeof *before);
            return status;
        }
    }
    c->n_done++;
    return TSR_OK;
}

tsr_status chains_run(chains *c, const chain_target *target, const chain_options *o, tsr_error *error) {
    tsr_status status = TSR_OK;
    double saved = clock_seconds();
    chain_state *before = calloc(c->n_chains, sizeof *before);
    if (!before)
        return FAIL(error, TSR_E_MEMORY, "no memory for %u chains", c->n_chains);
    for (uint32_t k = 0; c->n_done == 0 && k < c->n_chains; k++)
        TRY(begin(c, k, target, o, error));
    while (c->n_done < c->n_steps) {
        if (o->hooks.cancelled && o->hooks.cancelled(o->hooks.user))
            status = FAIL(error, TSR_E_CANCELLED, "stopped after %u of %u steps", c->n_done, c->n_steps);
        else
            status = step_all(c, target, o, before, error);
        bool is_stopped = status == TSR_E_CANCELLED;
        if (o->save && (is_stopped || clock_seconds() - saved >= o->save_seconds)) {
            tsr_status saving = o->save(o->save_user, is_stopped ? NULL : error);
            status = status == TSR_OK ? saving : status;
            saved = clock_seconds();
        }
        TRY(status);
        if (o->hooks.progress)
            o->hooks.progress(o->hooks.user, "posterior", c->n_done, c->n_steps);
    }
out:
    free(before);
    return status;
}
