/* What each kind of data adds; see ablation.h. */
#include "study/ablation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const arm_names[DATA_KINDS] = {"no events", "no totals", "no strength", "no districts",
                                                  "no presence"};
_Static_assert(DATA_KINDS + 2 <= sizeof((run_ablation *)0)->arms / sizeof(char *), "too many kinds of data");

/** National variables of the hidden state. */
static const char *const shown[] = {"strength", "control_national", "rung", "disposition", "relation", "pressure"};

static bool is_shown(const record_variable *v) {
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        if (strcmp(v->name, shown[i]) == 0)
            return true;
    return false;
}

void ablation_free(run_ablation *a) {
    if (!a)
        return;
    free(a->variable);
    free(a->item);
    free(a->bands);
    free(a);
}

/** Which kinds of data there are, and the last month with located events. */
static tsr_status look_at_evidence(const model *m, const panel *p, int32_t last_data, bool has[DATA_KINDS],
                                   run_ablation *a, tsr_error *error) {
    evidence *e;
    tsr_status status = evidence_create(m, p, &(evidence_options){.last_month = last_data}, &e, error);
    if (status != TSR_OK)
        return status;
    a->last_located = e->n_months;
    for (uint32_t t = 0; t < e->n_months; t++) {
        for (uint32_t c = 0; c < e->n_channels; c++)
            if (e->months[t].event_share[c] > 0)
                has[DATA_EVENTS] = true, a->last_located = t;
        for (uint32_t type = 0; type < PANEL_TYPES; type++)
            has[DATA_TOTALS] |= e->months[t].rest_deaths[type] >= 0;
    }
    for (size_t i = 0; i < e->n_reports; i++)
        has[e->reports[i].kind] = true;
    evidence_free(e);
    return TSR_OK;
}

static tsr_status list_states(const record *r, run_ablation *a, tsr_error *error) {
    size_t most = 0, n = 0;
    for (size_t v = 0; v < r->n_variables; v++)
        most += is_shown(&r->variables[v]) ? (size_t)r->variables[v].n_outer * r->variables[v].n_inner : 0;
    a->variable = calloc(most + 1, sizeof *a->variable);
    a->item = calloc(most + 1, sizeof *a->item);
    a->bands = calloc((DATA_KINDS + 2) * most * r->n_months + 1, sizeof *a->bands);
    if (!a->variable || !a->item || !a->bands)
        return FAIL(error, TSR_E_MEMORY, "no memory for the bands of %zu states", most);
    for (uint32_t v = 0; v < r->n_variables; v++)
        for (uint32_t i = 0; is_shown(&r->variables[v]) && i < r->variables[v].n_outer * r->variables[v].n_inner; i++) {
            a->variable[n] = v;
            a->item[n++] = i;
        }
    a->n_states = n;
    return TSR_OK;
}

/** Bands of one arm from its record. */
static tsr_status add_arm(const record *r, const char *name, double log_likelihood, run_ablation *a, tsr_error *error) {
    static const double probabilities[] = {0.1, 0.5, 0.9};
    float *scratch = malloc((r->n_members + 1) * sizeof *scratch);
    run_band *bands = a->bands + a->n_arms * a->n_states * r->n_months;
    if (!scratch)
        return FAIL(error, TSR_E_MEMORY, "no memory for %u draws", r->n_members);
    for (size_t s = 0; s < a->n_states; s++)
        for (uint32_t t = 0; t < r->n_months; t++) {
            const record_variable *v = &r->variables[a->variable[s]];
            const float *draws = record_draws(v, t, a->item[s]);
            double q[3], mean, squares = 0;
            record_summary(draws, v->n_draws, probabilities, 3, scratch, &mean, q);
            for (uint32_t i = 0; i < v->n_draws; i++)
                squares += ((double)draws[i] - mean) * ((double)draws[i] - mean);
            bands[s * r->n_months + t] = (run_band){mean, sqrt(squares / v->n_draws), q[0], q[1], q[2]};
        }
    a->log_likelihood[a->n_arms] = log_likelihood;
    a->arms[a->n_arms++] = name;
    free(scratch);
    return TSR_OK;
}

/** One further arm: the nowcast by other choices. */
static tsr_status run_arm(const world *w, const panel *p, const forecast_options *choices, const char *name,
                          run_ablation *a, tsr_error *error) {
    study_result *arm = NULL;
    forecast_options one = *choices;
    one.with_foresight = false;
    one.n_repeats = 1;
    tsr_status status = forecast(w, p, &one, &arm, error);
    if (status == TSR_OK)
        status = add_arm(arm->run.record, name, one.without_any ? NAN : arm->learning.log_likelihood, a, error);
    result_free(arm);
    return status;
}

tsr_status ablation_create(const world *w, const panel *p, const forecast_options *options, const study_result *all,
                           run_ablation **out, tsr_error *error) {
    tsr_status status = TSR_OK;
    bool has[DATA_KINDS] = {false};
    run_ablation *a = calloc(1, sizeof *a);
    if (!a)
        return FAIL(error, TSR_E_MEMORY, "no memory for what data add");
    TRY(list_states(all->run.record, a, error));
    TRY(look_at_evidence(all->m, p, all->run.last_observed, has, a, error));
    TRY(add_arm(all->run.record, "all", all->learning.log_likelihood, a, error));
    forecast_options choices = *options;
    for (int kind = 0; kind < DATA_KINDS; kind++) {
        if (!has[kind] || options->without[kind])
            continue;
        choices.without[kind] = true;
        TRY(run_arm(w, p, &choices, arm_names[kind], a, error));
        choices.without[kind] = false;
    }
    choices.without_any = true;
    TRY(run_arm(w, p, &choices, "none", a, error));
    *out = a;
    a = NULL;
out:
    ablation_free(a);
    return status;
}
