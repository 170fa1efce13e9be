/* A run's folder: every file in order, and the folder appears complete or not at all. */
#include "base/log.h"
#include "output/parts.h"

#include <stdlib.h>

enum { LARGE_MB = 200, N_STEPS = 6 };

typedef void (*json_filler)(const study_run *run, const output_tables *tables, json *root);

static void fill_provenance(const study_run *run, const output_tables *tables, json *root) {
    (void)tables;
    output_provenance_put(run, root);
}

static tsr_status write_object(const study_run *run, const output_tables *tables, json_filler fill, bool indent,
                               const folder_out *folder, const char *name, tsr_error *error) {
    json *root = json_new();
    fill(run, tables, root);
    tsr_status status = output_write_json(root, indent, folder, name, error);
    json_free(root);
    return status;
}

static uint64_t forecast_rows(const study_run *run) {
    int64_t months = (int64_t)run->record->first_month + run->record->n_months - 1 - run->last_observed;
    uint64_t draws = run->n_members < OUTPUT_FORECAST_DRAWS ? run->n_members : OUTPUT_FORECAST_DRAWS;
    return months > 0 ? (uint64_t)months * draws * (PANEL_TYPES + 1) * (output_axis_size(run->w, RECORD_AREA) + 1) : 0;
}

uint64_t output_estimate_bytes(const study_run *run, const output_options *options) {
    /* Uncompressed numbers; text of a number in JSON takes about 7 bytes, a forecast row about 40. */
    uint64_t bytes = 1 << 20;
    for (size_t i = 0; i < run->record->n_variables; i++) {
        const record_variable *v = &run->record->variables[i];
        uint64_t cells = (uint64_t)run->record->n_months * v->n_outer * v->n_inner;
        bytes += cells * (sizeof(float) * (1 + OUTPUT_QUANTILES) + 7 * OUTPUT_QUANTILES);
        if (options && options->with_draws)
            bytes += cells * v->n_draws * sizeof(float);
    }
    if (run->panel)
        bytes +=
            (uint64_t)run->panel->n_months * run->panel->n_channels * run->panel->n_areas * (4 * sizeof(float) + 8);
    size_t n_points = 0;
    world_points(run->w, &n_points);
    return bytes + 20 * n_points + 40 * forecast_rows(run);
}

/** Tell how far we are and ask whether to go on. */
static tsr_status step(const tsr_hooks *hooks, uint64_t done, tsr_error *error) {
    if (hooks && hooks->progress)
        hooks->progress(hooks->user, "writing", done, N_STEPS);
    if (log_cancelled(hooks))
        return FAIL(error, TSR_E_CANCELLED, "stopped while writing; no folder was made");
    return TSR_OK;
}

static tsr_status write_files(const study_run *run, const output_options *options, const output_tables *tables,
                              const output_tables *filtered, const folder_out *folder, tsr_error *error) {
    tsr_status status = TSR_OK;
    const tsr_hooks *hooks = options ? &options->hooks : NULL;
    TRY(step(hooks, 1, error));
    TRY(output_netcdf_run(run, tables, filtered, options && options->with_draws, folder, error));
    if (run->panel && run->panel->n_months > 0)
        TRY(output_netcdf_panel(run->panel, run->w, run->scenario_path, folder, error));
    TRY(step(hooks, 2, error));
    TRY(output_forecast_csv(run, tables, hooks, folder, error));
    TRY(output_questions_csv(run, folder, error));
    TRY(output_state_csv(run, tables, filtered, folder, error));
    TRY(output_foresight_csv(run, folder, error));
    TRY(output_ablation_csv(run, folder, error));
    TRY(step(hooks, 3, error));
    TRY(write_object(run, tables, output_summary_put, true, folder, "summary.json", error));
    TRY(step(hooks, 4, error));
    TRY(write_object(run, tables, output_report_put, false, folder, "report.json", error));
    TRY(step(hooks, 5, error));
    TRY(write_object(run, tables, fill_provenance, true, folder, "provenance.json", error));
out:
    return status;
}

tsr_status output_write_run(const study_run *run, const char *path, const output_options *options, tsr_error *error) {
    tsr_status status = TSR_OK;
    folder_out folder = {0};
    output_tables *tables = NULL, *filtered = NULL;
    const tsr_hooks *hooks = options ? &options->hooks : NULL;
    uint64_t megabytes = output_estimate_bytes(run, options) >> 20;
    if (megabytes >= LARGE_MB)
        log_say(hooks, TSR_LOG_INFO, "writing at most %llu MB to %s", (unsigned long long)megabytes, path);
    TRY(folder_begin(&folder, path, options && options->replace, error));
    TRY(output_tables_create(run, false, &tables, error));
    if (run->filtered) {
        study_run of_months = *run;
        of_months.record = run->filtered;
        TRY(output_tables_create(&of_months, true, &filtered, error));
    }
    TRY(write_files(run, options, tables, filtered, &folder, error));
    TRY(folder_commit(&folder, error));
    if (hooks && hooks->progress)
        hooks->progress(hooks->user, "writing", N_STEPS, N_STEPS);
out:
    output_tables_free(tables);
    output_tables_free(filtered);
    folder_abandon(&folder);
    return status;
}

/* ---- the panel alone ---- */

static tsr_status write_panel_files(const panel *p, const world *w, const char *scenario_path, const folder_out *folder,
                                    tsr_error *error) {
    tsr_status status = TSR_OK;
    json *import = json_new(), *provenance = json_new();
    TRY(output_netcdf_panel(p, w, scenario_path, folder, error));
    TRY(output_panel_csv(p, w, folder, error));
    output_put_used(p, import);
    output_put_import(p, import);
    output_put_files(w, p, import);
    TRY(output_write_json(import, true, folder, "import.json", error));
    output_panel_provenance_put(p, w, scenario_path, provenance);
    TRY(output_write_json(provenance, true, folder, "provenance.json", error));
out:
    json_free(import);
    json_free(provenance);
    return status;
}

tsr_status output_write_panel(const panel *p, const world *w, const char *scenario_path, const char *path,
                              const output_options *options, tsr_error *error) {
    tsr_status status = TSR_OK;
    folder_out folder = {0};
    TRY(folder_begin(&folder, path, options && options->replace, error));
    TRY(write_panel_files(p, w, scenario_path, &folder, error));
    TRY(folder_commit(&folder, error));
out:
    folder_abandon(&folder);
    return status;
}
