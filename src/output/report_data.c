/* report.json: everything that the page shows, in one object. The format is web/FORMAT.md. */
#include "output/parts.h"

#include <inttypes.h>
#include <stdio.h>

enum { REPORT_FORMAT = 1 };

static output_months months_of(const study_run *run) {
    int64_t first = run->record->first_month, end = first + run->record->n_months;
    if (run->panel && run->panel->n_months > 0) {
        int64_t panel_end = (int64_t)run->panel->first_month + run->panel->n_months;
        first = run->panel->first_month < first ? run->panel->first_month : first;
        end = panel_end > end ? panel_end : end;
    }
    return (output_months){(int32_t)first, (uint32_t)(end - first)};
}

static void put_or_null(json *object, const char *key, int32_t code) {
    output_put_index(object, key, code > 0 ? code : WORLD_NONE);
}

static void put_meta(const study_run *run, json *root) {
    char created[32], seed[24];
    output_created(created);
    snprintf(seed, sizeof seed, "%" PRIu64, run->seed);
    json *meta = json_put_object(root, "meta");
    output_put_text(meta, "name", world_string(run->w, run->w->name));
    output_put_text(meta, "country", world_string(run->w, run->w->country));
    put_or_null(meta, "views_country_id", run->w->views_country_id);
    put_or_null(meta, "gleditsch_ward", run->w->gleditsch_ward);
    output_put_text(meta, "command", run->command);
    output_put_text(meta, "status", run->status);
    output_put_text(meta, "banner", output_banner(run->status));
    json_put_string(meta, "version", TESSERA_VERSION);
    json_put_string(meta, "created", created);
    json_put_string(meta, "seed", seed); /* 64 bits do not fit a JavaScript number */
    json_put_integer(meta, "members", run->n_members);
    output_put_text(meta, "whatif", run->whatif);
    output_put_text(meta, "kernel", run->kernel);
    json_put_number(meta, "seconds", run->seconds);
    output_put_text(meta, "arguments", run->arguments);
    output_put_text(meta, "scenario_path", run->scenario_path);
    json_put_string(meta, "scenario_hash", run->scenario_hash);
    json_put_string(meta, "world_hash", run->world_hash);
}

static void put_range(json *object, const char *key, int64_t first, int64_t n) {
    json *range = json_put_array(object, key);
    json_add_integer(range, first);
    json_add_integer(range, first + n - 1);
}

static void put_time(const study_run *run, output_months months, json *root) {
    json *time = json_put_object(root, "time");
    json *names = json_put_array(time, "months");
    for (uint32_t i = 0; i < months.n; i++) {
        char text[16];
        month_text(months.first + (int32_t)i, text);
        json_add_string(names, text);
    }
    int64_t last = (int64_t)run->last_observed - months.first;
    last = last < -1 ? -1 : last >= months.n ? (int64_t)months.n - 1 : last;
    json_put_integer(time, "first_month_id", months.first);
    json_put_integer(time, "last_observed", last);
    put_range(time, "simulated", (int64_t)run->record->first_month - months.first, run->record->n_months);
    if (run->panel && run->panel->n_months > 0)
        put_range(time, "observed", (int64_t)run->panel->first_month - months.first, run->panel->n_months);
    else
        json_put_string(time, "observed", NULL);
}

void output_report_put(const study_run *run, const output_tables *tables, json *root) {
    output_months months = months_of(run);
    json_put_integer(root, "tessera_report", REPORT_FORMAT);
    put_meta(run, root);
    put_time(run, months, root);
    json *types = json_put_array(root, "types");
    for (int type = 0; type < PANEL_TYPES; type++)
        json_add_string(types, panel_type_name((panel_type)type));
    output_report_scenario_put(run->w, months, root);
    output_report_series_put(run, tables, months, root);
    output_put_questions(run, root);
    if (run->learning)
        output_put_learning(run, json_put_object(root, "learning"));
    output_put_parameters(run, root);
    output_put_sources(run->w, root);
    output_put_files(run->w, run->panel, root);
    output_attribution(run->w, run->panel, json_put_array(root, "attribution"));
    if (run->panel)
        output_put_import(run->panel, root);
}
