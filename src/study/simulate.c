/* A forward ensemble: model, members, record, answers, and the parameters that went in. */
#include "study/simulate.h"

#include "ensemble/recorder.h"
#include "study/questions.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct simulation {
    study_run run;
    model *m;
    recorder *recorder;
    question_set *questions;
    char (*names)[96]; /**< "mechanism.parameter" */
};

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

static double bound(const model_parameter *p, double z) {
    double value = p->value + z * p->spread;
    if (p->spread == 0)
        value = p->value;
    else if (p->prior == PRIOR_LOG_NORMAL)
        value = p->value * exp(z * p->spread);
    else if (p->prior == PRIOR_LOGIT_NORMAL && p->value > 0 && p->value < 1)
        value = 1 / (1 + exp(-(log(p->value / (1 - p->value)) + z * p->spread)));
    return fmax(p->declared->low, fmin(p->declared->high, value));
}

/** The table of parameters; pairs of factions that are at their default of nothing are left out. */
static tsr_status list_parameters(simulation *s, tsr_error *error) {
    static const char *const evidence[] = {"source", "data", "memory", "assumed"};
    const model *m = s->m;
    s->run.parameters = calloc(m->n_parameters, sizeof *s->run.parameters);
    s->names = calloc(m->n_parameters, sizeof *s->names);
    if (!s->run.parameters || !s->names)
        return FAIL(error, TSR_E_MEMORY, "no memory for %u parameters", m->n_parameters);
    for (uint32_t k = 0; k < m->n_parameters; k++) {
        const model_parameter *p = &m->parameters[k];
        if (!m->is_on[p->i_mechanism] || (p->declared->scope == SCOPE_FACTION_PAIR && !p->from_scenario))
            continue;
        size_t i = s->run.n_parameters++;
        snprintf(s->names[i], sizeof s->names[i], "%s.%s", model_kernel_baseline.mechanisms[p->i_mechanism]->name,
                 p->declared->name);
        const char *source = p->source >= 0 ? world_string(m->w, world_sources(m->w, NULL)[p->source].title) : NULL;
        s->run.parameters[i] = (run_parameter){
            .name = s->names[i],
            .scope = scope_name(m, p),
            .value = p->value,
            .low = bound(p, -1.6448536269514722),
            .high = bound(p, 1.6448536269514722),
            .unit = p->declared->unit,
            .text = p->declared->text,
            .source = source             ? source
                      : p->from_scenario ? "set by the scenario"
                                         : p->declared->source,
            .evidence = p->from_scenario ? "scenario" : evidence[p->declared->evidence],
            .known = p->from_scenario ? "" : p->declared->known,
        };
    }
    return TSR_OK;
}

static tsr_status find_whatif(const world *w, const char *id, int32_t *out, tsr_error *error) {
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

static double now_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

tsr_status simulate(const world *w, const panel *p, const simulate_options *options, simulation **out,
                    tsr_error *error) {
    tsr_status status = TSR_OK;
    simulation *s = calloc(1, sizeof *s);
    if (!s)
        return FAIL(error, TSR_E_MEMORY, "no memory for the run");
    model_options model_choices = {.use_defaults = options->use_defaults, .free_history = options->free_history};
    const model_kernel *kernel;
    TRY(find_whatif(w, options->whatif, &model_choices.whatif, error));
    TRY(ensemble_kernel(options->kernel, &kernel, error));
    TRY(model_create(w, &model_choices, &s->m, error));
    TRY(recorder_create(s->m, options->n_members, options->n_area_draws, &s->recorder, error));
    TRY(question_set_create(s->m, options->n_members, &s->questions, error));
    const ensemble_observer observers[] = {recorder_observer(s->recorder), question_set_observer(s->questions)};
    const ensemble_options choices = {.hooks = options->hooks,
                                      .seed = options->seed,
                                      .purpose = RANDOM_SIMULATE,
                                      .n_members = options->n_members,
                                      .n_threads = options->n_threads,
                                      .n_lanes = options->n_lanes,
                                      .kernel = options->kernel};
    double began = now_seconds();
    TRY(ensemble_run(s->m, &choices, observers, sizeof observers / sizeof observers[0], error));
    s->run = (study_run){
        .command = "simulate",
        .status = "not fitted yet: prior simulation",
        .arguments = "",
        .seed = options->seed,
        .n_members = options->n_members,
        .n_threads = options->n_threads,
        .kernel = kernel->name,
        .whatif = options->whatif ? options->whatif : "",
        .seconds = now_seconds() - began,
        .scenario_path = "",
        .w = w,
        .panel = p,
        .record = recorder_record(s->recorder),
    };
    world_hash(w, s->run.world_hash);
    TRY(question_set_answers(s->questions, &s->run.answers, &s->run.n_answers, error));
    TRY(list_parameters(s, error));
    *out = s;
out:
    if (status != TSR_OK)
        simulation_free(s);
    return status;
}

void simulation_free(simulation *s) {
    if (!s)
        return;
    free(s->run.answers);
    free(s->run.parameters);
    free(s->names);
    question_set_free(s->questions);
    recorder_free(s->recorder);
    model_free(s->m);
    free(s);
}

study_run *simulation_run(simulation *s) {
    return &s->run;
}
