/* Public functions on panels, runs and the report. */
#include "api/objects.h"

#include "base/json.h"
#include "ensemble/recorder.h"
#include "events/describe.h"
#include "output/output.h"

#include <stdlib.h>
#include <string.h>

tsr_status tsr_panel_import(const tsr_scenario *scenario, const tsr_import_options *options, tsr_panel **out,
                            tsr_problems **problems, tsr_error *error) {
    tsr_status status = TSR_OK;
    tsr_problems *list = api_problems_create();
    tsr_panel *result = calloc(1, sizeof *result);
    world *longer = NULL;
    panel_options choices = {.tolerance_km = 25};
    if (options)
        choices.hooks = options->hooks;
    if (!list || !result) {
        status = FAIL(error, TSR_E_MEMORY, "no memory for the panel");
        goto out;
    }
    if (options && options->to_judge)
        TRY(world_for_backtest(scenario->w, &longer, error));
    TRY(panel_import(longer ? longer : scenario->w, scenario->folder, &choices, &result->p, &list->list, error));
    *out = result;
    result = NULL;
out:
    free(longer);
    tsr_panel_free(result);
    api_problems_hand_over(list, problems);
    return status;
}

void tsr_panel_free(tsr_panel *p) {
    if (p)
        panel_free(p->p);
    free(p);
}

tsr_status tsr_panel_describe(const tsr_panel *p, const tsr_scenario *scenario, char **text, tsr_error *error) {
    text_buffer b;
    text_buffer_init(&b);
    panel_describe(p->p, scenario->w, &b);
    return api_text(&b, text, error);
}

tsr_status tsr_panel_json(const tsr_panel *p, const tsr_scenario *scenario, char **text, tsr_error *error) {
    size_t n;
    json *root = json_new();
    panel_to_json(p->p, scenario->w, root);
    tsr_status status = json_dump(root, true, text, &n, error);
    json_free(root);
    return status;
}

static output_options output_choices(const tsr_write_options *options) {
    return options ? (output_options){options->hooks, options->replace, options->with_draws}
                   : (output_options){.replace = false};
}

tsr_status tsr_panel_write(const tsr_panel *p, const tsr_scenario *scenario, const char *folder,
                           const tsr_write_options *options, tsr_error *error) {
    output_options choices = output_choices(options);
    return output_write_panel(p->p, scenario->w, scenario->path, folder, &choices, error);
}

static simulate_options simulate_choices(const tsr_simulate_options *o) {
    return (simulate_options){
        .hooks = o->hooks,
        .seed = o->seed,
        .n_members = o->members ? o->members : 1000,
        .n_area_draws = o->area_draws ? o->area_draws : 1000,
        .n_threads = o->threads,
        .n_lanes = o->lanes,
        .kernel = o->kernel,
        .whatif = o->whatif,
        .use_defaults = o->use_defaults,
        .free_history = o->free_history,
    };
}

tsr_status tsr_simulate_bytes(const tsr_scenario *scenario, const tsr_simulate_options *options, uint64_t *bytes,
                              tsr_error *error) {
    simulate_options choices = simulate_choices(options);
    model *m;
    tsr_status status = model_create(scenario->w, NULL, &m, error);
    if (status != TSR_OK)
        return status;
    *bytes = recorder_bytes(m, choices.n_members, choices.n_area_draws);
    model_free(m);
    return TSR_OK;
}

tsr_status tsr_simulate(const tsr_scenario *scenario, const tsr_panel *p, const tsr_simulate_options *options,
                        tsr_run **out, tsr_error *error) {
    tsr_status status = TSR_OK;
    char hash[65];
    simulate_options choices = simulate_choices(options);
    tsr_run *result = calloc(1, sizeof *result);
    if (!result)
        return FAIL(error, TSR_E_MEMORY, "no memory for the run");
    result->arguments = strdup(options->arguments ? options->arguments : "");
    if (!result->arguments) {
        status = FAIL(error, TSR_E_MEMORY, "no memory for the run");
        goto out;
    }
    TRY(api_scenario_hash(scenario, p, hash, error));
    TRY(simulate(scenario->w, p ? p->p : NULL, &choices, &result->s, error));
    study_run *run = &result->s->run;
    run->scenario_path = scenario->path;
    run->arguments = result->arguments;
    memcpy(run->scenario_hash, hash, sizeof hash);
    *out = result;
    result = NULL;
out:
    tsr_run_free(result);
    return status;
}

void tsr_run_free(tsr_run *run) {
    if (!run)
        return;
    result_free(run->s);
    free(run->arguments);
    free(run);
}

tsr_status tsr_run_describe(const tsr_run *run, char **text, tsr_error *error) {
    text_buffer b;
    text_buffer_init(&b);
    tsr_status status = output_describe_learning(&run->s->run, &b, error);
    if (status == TSR_OK)
        status = output_describe_answers(&run->s->run, &b, error);
    if (status != TSR_OK) {
        text_buffer_clear(&b);
        return status;
    }
    return api_text(&b, text, error);
}

tsr_status tsr_run_json(const tsr_run *run, char **text, tsr_error *error) {
    size_t n;
    return output_summary_json(&run->s->run, text, &n, error);
}

tsr_status tsr_run_write(const tsr_run *run, const char *folder, const tsr_write_options *options, tsr_error *error) {
    output_options choices = output_choices(options);
    return output_write_run(&run->s->run, folder, &choices, error);
}

tsr_status tsr_report(const char *run_folder, char *path, tsr_error *error) {
    return output_report(run_folder, path, error);
}
