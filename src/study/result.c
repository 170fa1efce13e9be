/* Parts of a result that simulate and forecast share; see result.h. */
#include "study/result.h"

#include "study/ablation.h"
#include "study/foresight.h"
#include "study/smooth.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *scope_name(const model *m, const model_parameter *p) {
    const world_actor *actors = world_actors(m->w, NULL);
    switch (p->declared->scope) {
    case SCOPE_FACTION:
        return world_string(m->w, actors[m->actor_of_faction[p->i_scope]].id);
    case SCOPE_POWER:
        return world_string(m->w, actors[m->actor_of_power[p->i_scope]].id);
    case SCOPE_CHANNEL:
        return world_string(m->w, world_channels(m->w, NULL)[p->i_scope].id);
    case SCOPE_LADDER:
    case SCOPE_FACTION_PAIR:
    case SCOPE_WORLD:
    case SCOPE_COUNT:
        break;
    }
    return "";
}

/** The value that is z standard deviations from the median, of a prior of that spread. */
static double bound(const model_parameter *p, double spread, double z) {
    double value = p->value + z * spread;
    if (spread == 0)
        value = p->value;
    else if (p->prior == PRIOR_LOG_NORMAL)
        value = p->value * exp(z * spread);
    else if (p->prior == PRIOR_LOGIT_NORMAL && p->value > 0 && p->value < 1)
        value = 1 / (1 + exp(-(log(p->value / (1 - p->value)) + z * spread)));
    return fmax(p->declared->low, fmin(p->declared->high, value));
}

static const double ninety = 1.6448536269514722; /* standard deviations from 5 % to the middle */

tsr_status result_list_parameters(study_result *r, tsr_error *error) {
    static const char *const kinds[] = {"source", "data", "memory", "assumed"};
    const model *m = r->m;
    r->run.parameters = calloc(m->n_parameters, sizeof *r->run.parameters);
    r->names = calloc(m->n_parameters, sizeof *r->names);
    if (!r->run.parameters || !r->names)
        return FAIL(error, TSR_E_MEMORY, "no memory for %u parameters", m->n_parameters);
    for (uint32_t k = 0; k < m->n_parameters; k++) {
        const model_parameter *p = &m->parameters[k];
        if (!m->is_on[p->i_mechanism] || (p->declared->scope == SCOPE_FACTION_PAIR && !p->from_scenario))
            continue;
        size_t i = r->run.n_parameters++;
        snprintf(r->names[i], sizeof r->names[i], "%s.%s", model_kernel_baseline.mechanisms[p->i_mechanism]->name,
                 p->declared->name);
        const char *source = p->source >= 0 ? world_string(m->w, world_sources(m->w, NULL)[p->source].title) : NULL;
        r->run.parameters[i] = (run_parameter){
            .name = r->names[i],
            .scope = scope_name(m, p),
            .value = p->value,
            .low = bound(p, p->spread, -ninety),
            .high = bound(p, p->spread, ninety),
            .prior_low = bound(p, p->prior_spread, -ninety),
            .prior_high = bound(p, p->prior_spread, ninety),
            .prior = p->value,
            .unit = p->declared->unit,
            .text = p->declared->text,
            .source = source             ? source
                      : p->from_scenario ? "set by the scenario"
                                         : p->declared->source,
            .evidence = p->from_scenario ? "scenario" : kinds[p->declared->evidence],
            .known = p->from_scenario ? "" : p->declared->known,
        };
    }
    return TSR_OK;
}

/** The listed parameter of row k of the model's, or NULL. */
static run_parameter *listed(study_result *r, uint32_t k) {
    char name[96];
    const model_parameter *p = &r->m->parameters[k];
    snprintf(name, sizeof name, "%s.%s", model_kernel_baseline.mechanisms[p->i_mechanism]->name, p->declared->name);
    for (size_t i = 0; i < r->run.n_parameters; i++)
        if (strcmp(r->run.parameters[i].name, name) == 0 &&
            strcmp(r->run.parameters[i].scope, scope_name(r->m, p)) == 0)
            return &r->run.parameters[i];
    return NULL;
}

void result_mark_fitted(study_result *r, const space *s, const double *z) {
    for (uint32_t i = 0; i < s->n_values; i++) {
        run_parameter *p = listed(r, s->parameter[i]);
        if (!p)
            continue;
        p->value = p->low = p->high = space_value(&r->m->parameters[s->parameter[i]], z[s->coordinate[i]]);
        p->evidence = "fitted";
    }
}

void result_mark_drifting(study_result *r, const uint32_t *rows, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        run_parameter *p = listed(r, rows[i]);
        if (!p)
            continue;
        p->low = p->prior_low;
        p->high = p->prior_high;
    }
}

tsr_status result_find_whatif(const world *w, const char *id, int32_t *out, tsr_error *error) {
    size_t n;
    const world_whatif *whatifs = world_whatifs(w, &n);
    *out = WORLD_NONE;
    for (size_t i = 0; id && i < n; i++)
        if (strcmp(world_string(w, whatifs[i].id), id) == 0)
            *out = (int32_t)i;
    if (id && *id && *out == WORLD_NONE) {
        char known[256] = "";
        for (size_t i = 0; i < n && strlen(known) + strlen(world_string(w, whatifs[i].id)) + 3 < sizeof known; i++)
            snprintf(known + strlen(known), sizeof known - strlen(known), "%s%s", i ? ", " : "",
                     world_string(w, whatifs[i].id));
        return FAIL(error, TSR_E_USAGE, "there is no what-if '%s'; the scenario has: %s", id, n ? known : "none");
    }
    return TSR_OK;
}

double result_clock(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void result_free(study_result *r) {
    if (!r)
        return;
    free(r->run.answers);
    free(r->run.parameters);
    free(r->names);
    free(r->learning.months);
    run_foresight_free(r->learning.foresight);
    ablation_free(r->learning.ablation);
    smooth_free(r->filtered);
    question_set_free(r->questions);
    recorder_free(r->recorder);
    model_free(r->m);
    free(r);
}
