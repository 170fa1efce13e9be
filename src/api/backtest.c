/* `backtest`: rolling-origin scores, as a table or as JSON. */
#include "api/objects.h"

#include "backtest/backtest.h"
#include "base/json.h"
#include "output/output.h"

#include <stdlib.h>
#include <string.h>

struct tsr_backtest {
    backtest *b;
    uint64_t seed;
    char scenario_hash[65];
};

tsr_status tsr_backtest_run(const tsr_scenario *scenario, const tsr_panel *p, const tsr_backtest_options *o,
                            tsr_backtest **out, tsr_error *error) {
    static const char *const sets[] = {
        [BACKTEST_BOTH] = "both", [BACKTEST_ROLLING] = "rolling", [BACKTEST_WINDOW] = "window"};
    uint32_t set = 0;
    while (o->origins && set <= BACKTEST_WINDOW && strcmp(o->origins, sets[set]) != 0)
        set++;
    if (set > BACKTEST_WINDOW)
        return FAIL(error, TSR_E_USAGE, "there are no origins '%s'; they are rolling, window or both", o->origins);
    const backtest_options options = {.hooks = o->hooks,
                                      .seed = o->seed,
                                      .n_particles = o->particles ? o->particles : 1000,
                                      .n_threads = o->threads,
                                      .first_origin = o->first_origin,
                                      .last_origin = o->last_origin,
                                      .every = o->every,
                                      .set = (backtest_set)set,
                                      .profile = o->profile,
                                      .n_fit_iterations = o->fit,
                                      .drift = !o->medians && !o->fit};
    tsr_backtest *result = calloc(1, sizeof *result);
    if (!result)
        return FAIL(error, TSR_E_MEMORY, "no memory for the backtest");
    result->seed = o->seed;
    tsr_status status = api_scenario_hash(scenario, p, result->scenario_hash, error);
    if (status == TSR_OK)
        status = backtest_run(scenario->w, p->p, &options, &result->b, error);
    if (status == TSR_OK)
        *out = result;
    else
        free(result);
    return status;
}

void tsr_backtest_free(tsr_backtest *result) {
    if (result)
        backtest_free(result->b);
    free(result);
}

tsr_status tsr_backtest_json(const tsr_backtest *result, char **text, tsr_error *error) {
    size_t n;
    json *root = json_new();
    backtest_json(result->b, root);
    tsr_status status = json_dump(root, true, text, &n, error);
    json_free(root);
    return status;
}

tsr_status tsr_backtest_describe(const tsr_backtest *result, char **text, tsr_error *error) {
    text_buffer out;
    text_buffer_init(&out);
    backtest_describe(result->b, &out);
    return api_text(&out, text, error);
}

tsr_status tsr_backtest_write(const tsr_backtest *result, const tsr_scenario *scenario, const tsr_panel *p,
                              const char *arguments, const char *folder, const tsr_write_options *options,
                              tsr_error *error) {
    tsr_status status = TSR_OK;
    char *table = NULL, *numbers = NULL;
    json *root = json_new();
    text_buffer csv;
    text_buffer_init(&csv);
    backtest_json(result->b, root);
    backtest_csv(result->b, &csv);
    TRY(api_text(&csv, &numbers, error));
    TRY(tsr_backtest_describe(result, &table, error));
    const output_scores scores = {.scores = root,
                                  .csv = numbers,
                                  .table = table,
                                  .w = scenario->w,
                                  .panel = p->p,
                                  .scenario_path = scenario->path,
                                  .scenario_hash = result->scenario_hash,
                                  .arguments = arguments ? arguments : "",
                                  .seed = result->seed};
    TRY(output_write_scores(&scores, folder, &(output_options){.replace = options && options->replace}, error));
out:
    free(numbers);
    free(table);
    json_free(root);
    return status;
}

tsr_status tsr_report_scores(const char *run_folder, const char *scores_folder, tsr_error *error) {
    return output_attach_scores(run_folder, scores_folder, error);
}
