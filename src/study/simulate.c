/* A forward ensemble: model, members, record, answers, and the parameters that went in. */
#include "study/simulate.h"

#include <stdlib.h>

tsr_status simulate(const world *w, const panel *p, const simulate_options *options, study_result **out,
                    tsr_error *error) {
    tsr_status status = TSR_OK;
    study_result *s = calloc(1, sizeof *s);
    if (!s)
        return FAIL(error, TSR_E_MEMORY, "no memory for the run");
    model_options model_choices = {.use_defaults = options->use_defaults, .free_history = options->free_history};
    const model_kernel *kernel;
    TRY(result_find_whatif(w, options->whatif, &model_choices.whatif, error));
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
    double began = result_clock();
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
        .seconds = result_clock() - began,
        .scenario_path = "",
        .w = w,
        .last_observed = s->m->last_observed,
        .panel = p,
        .record = recorder_record(s->recorder),
    };
    world_hash(w, s->run.world_hash);
    TRY(question_set_answers(s->questions, &s->run.answers, &s->run.n_answers, error));
    TRY(result_list_parameters(s, error));
    *out = s;
out:
    if (status != TSR_OK)
        result_free(s);
    return status;
}
