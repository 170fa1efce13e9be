/* Filter, then forecast; see forecast.h. */
#include "study/forecast.h"

#include "infer/filter.h"
#include "model/registry.h"
#include "study/foresight.h"
#include "study/smooth.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static tsr_status check_months(const world *w, int32_t last_data, tsr_error *error) {
    char first[16], last[16], given[16];
    if (last_data >= w->first_month && last_data <= w->last_observed)
        return TSR_OK;
    month_text(w->first_month, first);
    month_text(w->last_observed, last);
    month_text(last_data, given);
    return FAIL(error, TSR_E_INPUT, "data end in %s; it must be a month from %s to %s, the scenario's observed period",
                given, first, last);
}

static void learn_months(const filter *f, const model *m, uint32_t lag, run_month *out) {
    uint32_t n;
    const filter_month *months = filter_months(f, &n);
    uint32_t *draws = calloc(filter_particles(f), sizeof *draws);
    for (uint32_t t = 0; t < n; t++) {
        out[t] = (run_month){.log_likelihood = months[t].log_likelihood,
                             .effective = months[t].effective,
                             .worst_log_likelihood = months[t].worst_log_likelihood,
                             .worst_area = months[t].worst_area,
                             .is_collapsed = months[t].is_collapsed,
                             .narrowest_area = months[t].narrowest_area};
        filter_row_name(m, months[t].narrowest, out[t].narrowest, sizeof out[t].narrowest);
        filter_row_name(m, months[t].worst, out[t].worst, sizeof out[t].worst);
        if (!draws)
            continue;
        filter_draws(f, t, lag, draws);
        out[t].n_ancestors = filter_count_different(draws, filter_particles(f));
    }
    free(draws);
}

/** The log likelihood of further, independent filters. */
static tsr_status repeat(const model *m, const evidence *e, const filter_options *choices, uint32_t n_repeats,
                         run_learning *learning, tsr_error *error) {
    double sum = learning->log_likelihood, squares = 0, first = learning->log_likelihood;
    for (uint32_t i = 1; i < n_repeats; i++) {
        filter *f = NULL;
        filter_options again = *choices;
        again.replicate = i;
        tsr_status status = filter_create(m, e, &again, &f, error);
        if (status == TSR_OK)
            status = filter_run(f, NULL, 0, error);
        if (status == TSR_OK) {
            double difference = filter_log_likelihood(f) - first;
            sum += first + difference;
            squares += difference * difference;
        }
        filter_free(f);
        if (status != TSR_OK)
            return status;
    }
    double mean = sum / n_repeats, shift = mean - first;
    learning->log_likelihood = mean;
    learning->log_likelihood_sd =
        n_repeats > 1 ? sqrt(fmax(0, squares - n_repeats * shift * shift) / (n_repeats - 1)) : NAN;
    return TSR_OK;
}

/** All particles at the estimates. */
static tsr_status fill_coordinates(const space *s, const double *z, uint32_t n_particles, filter_coordinates *out,
                                   tsr_error *error) {
    *out = (filter_coordinates){.n_values = s->n_values,
                                .parameter = s->parameter,
                                .coordinate = s->coordinate,
                                .n = s->n,
                                .z = calloc((size_t)s->n * n_particles, sizeof *out->z)};
    if (!out->z)
        return FAIL(error, TSR_E_MEMORY, "no memory for %u particles", n_particles);
    for (uint32_t j = 0; j < s->n; j++)
        for (uint32_t i = 0; i < n_particles; i++)
            out->z[(size_t)j * n_particles + i] = (float)z[j];
    return TSR_OK;
}

/* Of a parameter that drifts: three years until half of what it was is gone. */
static const double drift_persistence = 0.98;

/** A coordinate for every parameter with a prior of a mechanism that moves hidden things.
 *  @param rows  out, free() it: the rows of parameters, then the numbers of their coordinates */
static tsr_status drifting_coordinates(const model *m, uint32_t n_particles, uint32_t **rows, filter_coordinates *out,
                                       tsr_error *error) {
    size_t n_mechanisms;
    const mechanism *const *all = registry_mechanisms(&n_mechanisms);
    uint32_t n = 0, *list = *rows = calloc(2 * (size_t)m->n_parameters + 1, sizeof **rows);
    for (uint32_t k = 0; list && k < m->n_parameters; k++) {
        const model_parameter *p = &m->parameters[k];
        if (!m->is_on[p->i_mechanism] || !all[p->i_mechanism]->is_pace || !(p->prior_spread > 0))
            continue;
        list[m->n_parameters + n] = n;
        list[n++] = k;
    }
    *out = (filter_coordinates){
        .n = n, .z = calloc((size_t)n * n_particles + 1, sizeof *out->z), .persistence = drift_persistence};
    if (!list || !out->z)
        return FAIL(error, TSR_E_MEMORY, "no memory for %u drifting parameters", n);
    out->n_values = n;
    out->parameter = list;
    out->coordinate = list + m->n_parameters;
    return TSR_OK;
}

/** What the numbers of this run are and what they are not. */
static const char *status_of(const forecast_options *o) {
    if (o->drift)
        return "Hidden state learned from data; parameters not fitted: those of pace drift around "
               "their priors, the others are at their prior medians.";
    if (o->draw_parameters)
        return "Hidden state learned from data; parameters drawn from their priors, not fitted.";
    if (o->estimates)
        return o->n_months
                   ? "Hidden state learned from data at fitted parameters; those that were not fitted are at their "
                     "prior medians up to the last data, those of pace drawn from their priors after."
                   : "Hidden state learned from data at fitted parameters; the others at their prior medians.";
    return o->n_months
               ? "Hidden state learned from data; parameters not fitted: at their prior medians up to the last data, "
                 "those of pace drawn from their priors after."
               : "Hidden state learned from data; parameters not fitted: at their prior medians.";
}

tsr_status forecast(const world *w, const panel *p, const forecast_options *options, study_result **out,
                    tsr_error *error) {
    tsr_status status = TSR_OK;
    evidence *e = NULL;
    filter *f = NULL;
    space *estimated = NULL;
    foresight *foreseen = NULL;
    filter_coordinates coordinates = {0}, drifting = {0};
    uint32_t *drifting_rows = NULL;
    double z[SPACE_MOST] = {0};
    study_result *s = calloc(1, sizeof *s);
    if (!s)
        return FAIL(error, TSR_E_MEMORY, "no memory for the run");
    int32_t last_data = options->last_data ? options->last_data : w->last_observed;
    model_options choices = {.use_defaults = !options->draw_parameters,
                             .redraw_pace = !options->draw_parameters,
                             .origin = month_last_day(last_data),
                             .last_month = last_data + (int32_t)options->n_months,
                             .substeps = 1};
    double began = result_clock();
    if (options->estimates && options->draw_parameters) {
        status = FAIL(error, TSR_E_USAGE, "parameters are fitted or drawn from their priors, not both");
        goto out;
    }
    if (options->drift && (options->estimates || options->draw_parameters)) {
        status = FAIL(error, TSR_E_USAGE,
                      "parameters drift around their priors, or are fitted or drawn from them, not both");
        goto out;
    }
    TRY(check_months(w, last_data, error));
    TRY(result_find_whatif(w, options->whatif, &choices.whatif, error));
    TRY(model_create(w, &choices, &s->m, error));
    evidence_options evidence_choices = {.last_month = last_data};
    memcpy(evidence_choices.without, options->without, sizeof evidence_choices.without);
    TRY(evidence_create(s->m, p, &evidence_choices, &e, error));
    filter_options filter_choices = {.hooks = options->hooks,
                                     .seed = options->seed,
                                     .purpose = RANDOM_FILTER,
                                     .n_particles = options->n_particles,
                                     .n_threads = options->n_threads,
                                     .n_lanes = options->n_lanes,
                                     .kernel = options->kernel};
    const model_kernel *kernel;
    TRY(ensemble_kernel(options->kernel, &kernel, error));
    if (options->estimates) {
        TRY(space_create(s->m, &estimated, error));
        TRY(fit_match_estimates(options->estimates, s->m, estimated, last_data, z, error));
        TRY(fill_coordinates(estimated, z, options->n_particles, &coordinates, error));
        filter_choices.coordinates = &coordinates;
    }
    if (options->drift) {
        TRY(drifting_coordinates(s->m, options->n_particles, &drifting_rows, &drifting, error));
        filter_choices.coordinates = drifting.n > 0 ? &drifting : NULL;
    }
    TRY(recorder_create(s->m, options->n_particles, options->n_particles, &s->recorder, error));
    TRY(question_set_create(s->m, options->n_particles, &s->questions, error));
    if (options->with_foresight) {
        TRY(foresight_create(e->n_months, e->n_channels, e->n_areas, &foreseen, error));
        filter_choices.foresight = foreseen;
    }
    const ensemble_observer observers[] = {recorder_observer(s->recorder), question_set_observer(s->questions)};
    TRY(filter_create(s->m, e, &filter_choices, &f, error));
    TRY(options->without_any ? filter_simulate(f, observers, 2, error) : filter_run(f, observers, 2, error));
    s->learning = (run_learning){.n_particles = options->n_particles,
                                 .n_months = e->n_months,
                                 .n_repeats = options->n_repeats,
                                 .log_likelihood = filter_log_likelihood(f)};
    s->learning.months = calloc(e->n_months, sizeof *s->learning.months);
    if (!s->learning.months) {
        status = FAIL(error, TSR_E_MEMORY, "no memory for %u months", e->n_months);
        goto out;
    }
    learn_months(f, s->m, options->lag, s->learning.months);
    if (foreseen && !options->without_any)
        TRY(run_foresight_create(foreseen, e, &s->learning.foresight, error));
    filter_choices.foresight = NULL; /* the repeats need none */
    if (options->lag > 0)
        TRY(smooth_keep_filtered(f, recorder_record(s->recorder), &s->filtered, error));
    TRY(smooth_record(f, options->lag, recorder_record_writable(s->recorder), error));
    if (!options->without_any) {
        TRY(filter_forecast(f, observers, 2, error));
        TRY(repeat(s->m, e, &filter_choices, options->n_repeats, &s->learning, error));
    }
    s->run = (study_run){
        .command = options->n_months ? "forecast" : "nowcast",
        .status = status_of(options),
        .arguments = "",
        .seed = options->seed,
        .n_members = options->n_particles,
        .n_threads = options->n_threads,
        .kernel = kernel->name,
        .whatif = options->whatif ? options->whatif : "",
        .seconds = result_clock() - began,
        .scenario_path = "",
        .w = w,
        .panel = p,
        .last_observed = last_data,
        .learning = &s->learning,
        .record = recorder_record(s->recorder),
        .filtered = s->filtered,
    };
    world_hash(w, s->run.world_hash);
    if (options->n_months)
        TRY(question_set_answers(s->questions, &s->run.answers, &s->run.n_answers, error));
    TRY(result_list_parameters(s, error));
    if (estimated)
        result_mark_fitted(s, estimated, z);
    result_mark_drifting(s, drifting.parameter, drifting.n);
    *out = s;
out:
    filter_free(f);
    evidence_free(e);
    space_free(estimated);
    foresight_free(foreseen);
    free(coordinates.z);
    free(drifting.z);
    free(drifting_rows);
    if (status != TSR_OK)
        result_free(s);
    return status;
}
