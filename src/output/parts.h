/* What the files of this folder share: summaries of a run, and one writer per file of a run folder. */
#ifndef OUTPUT_PARTS_H
#define OUTPUT_PARTS_H

#include "base/json.h"
#include "output/output.h"

/** The probabilities of every summary: medians and the bands of 50, 80, 90 and 95 %. */
enum { Q025, Q05, Q10, Q25, Q50, Q75, Q90, Q95, Q975, OUTPUT_QUANTILES };
extern const double output_probabilities[OUTPUT_QUANTILES];

#define OUTPUT_FORECAST_DRAWS 1000u /**< draws of a forecast file at most: what ViEWS asks for */

/* ---- tables.c: summaries of all variables ---- */

/** A variable with its mean and quantiles in every month and item. */
typedef struct output_table {
    const record_variable *variable;
    uint32_t n_items; /**< n_outer * n_inner */
    float *mean;      /**< [month][item] */
    float *quantile;  /**< [probability][month][item] */
} output_table;

/** Everything recorded, then national and area sums of deaths that were not recorded themselves, summed draw by draw.
 */
typedef struct output_tables {
    const record *record;
    output_table *items;
    size_t n;
    record_variable *sums; /**< own storage of the derived variables */
    size_t n_sums;
} output_tables;

/** @param national_only  leave out what has areas, for a quick summary */
tsr_status output_tables_create(const study_run *run, bool national_only, output_tables **out, tsr_error *error);
void output_tables_free(output_tables *tables);

/** A table seen as x[month][a][b], whatever the order in which it was recorded. */
typedef struct output_series {
    const output_table *table; /**< NULL: there is none */
    int32_t first_month;       /**< month_id */
    uint32_t n_months, n_a, n_b, step_a, step_b;
} output_series;

/** Find by meaning: the variable called `stem`, stem_national, stem_country or stem_AXIS_AXIS that runs over axes a and
 * b (RECORD_COUNTRY: unused) in either order. @return table NULL when nothing fits */
output_series output_find(const output_tables *tables, const char *stem, record_axis a, record_axis b);
double output_value(const output_series *s, int quantile, uint32_t month, uint32_t a, uint32_t b);
double output_mean(const output_series *s, uint32_t month, uint32_t a, uint32_t b);
const float *output_draws(const output_series *s, uint32_t month, uint32_t a, uint32_t b);

/** "area", "faction" ...: dimension names. */
const char *output_axis_name(record_axis axis);
/** Items of an axis in this world. */
uint32_t output_axis_size(const world *w, record_axis axis);

/* ---- sink.c: large text files ---- */

typedef struct output_sink output_sink;
/** @param name  of the file in the folder, for messages too */
tsr_status output_sink_open(const folder_out *folder, const char *name, output_sink **out, tsr_error *error);
void output_sink_add(output_sink *sink, const char *bytes, size_t n);
void output_sink_string(output_sink *sink, const char *string);
void output_sink_integer(output_sink *sink, int64_t value);
void output_sink_number(output_sink *sink, double value); /**< shortest form; empty when not finite */
/** One field of a CSV line, quoted when RFC 4180 asks for it. */
void output_sink_field(output_sink *sink, const char *text);
/** Write what is left; the first failure of all additions is told here. Frees the sink in any case. */
tsr_status output_sink_close(output_sink *sink, tsr_error *error);
/** Free without telling. NULL is fine. */
void output_sink_drop(output_sink *sink);

/* ---- parts.c ---- */

/** Now in UTC, "2026-11-23T12:00:00Z"; SOURCE_DATE_EPOCH instead when it is set. `out` holds at least 32 characters. */
void output_created(char *out);
/** Sentences that must be shown wherever these data are. */
void output_attribution(const world *w, const panel *p, json *array);
/** The sentence shown at the top of a report of this status. */
const char *output_banner(const char *status);
/** Name and version of the compiler, for provenance. */
const char *output_compiler(void);

/** Add a text that may hold bytes that are not UTF-8 (names in event files, paths); these become U+FFFD. */
void output_put_text(json *object, const char *key, const char *text);
void output_add_text(json *array, const char *text);
/** `text` with the same replacement, appended to `out`. */
void output_clean_text(const char *text, text_buffer *out);
/** Add a number: null when not finite, whole ones without a fraction, others rounded to `decimals`. */
void output_add_value(json *array, double value, int decimals);
/** Put "2021-08-15"; null for DATE_MIN and DATE_MAX. */
void output_put_date(json *object, const char *key, date_day day);
/** Put an index; null for WORLD_NONE. */
void output_put_index(json *object, const char *key, int32_t index);
/** Dump `root` into `name` of the folder. */
tsr_status output_write_json(const json *root, bool indent, const folder_out *folder, const char *name,
                             tsr_error *error);
/** Title of an actor, or its id when it has none. */
const char *output_actor_title(const world *w, uint32_t actor);
/** "government-taliban" for pairs and ladders: ids joined; `out` is cut to `size`. */
void output_pair_name(const world *w, uint32_t a, uint32_t b, char *out, size_t size);

/* ---- one writer per file ---- */

/** Draws of run.nc only when `with_draws`. @param filtered  summaries of run->filtered, or NULL */
tsr_status output_netcdf_run(const study_run *run, const output_tables *tables, const output_tables *filtered,
                             bool with_draws, const folder_out *folder, tsr_error *error);
/** National hidden state month by month, filtered and smoothed, of a run that learned from data. */
tsr_status output_state_csv(const study_run *run, const output_tables *tables, const output_tables *filtered,
                            const folder_out *folder, tsr_error *error);
tsr_status output_netcdf_panel(const panel *p, const world *w, const char *scenario_path, const folder_out *folder,
                               tsr_error *error);
/** Version of the netcdf library. */
void output_netcdf_library(char *out, size_t size);

tsr_status output_forecast_csv(const study_run *run, const output_tables *tables, const tsr_hooks *hooks,
                               const folder_out *folder, tsr_error *error);
tsr_status output_questions_csv(const study_run *run, const folder_out *folder, tsr_error *error);
/** Every month, channel and area; nothing when there is no foresight. */
tsr_status output_foresight_csv(const study_run *run, const folder_out *folder, tsr_error *error);
tsr_status output_panel_csv(const panel *p, const world *w, const folder_out *folder, tsr_error *error);

/** Name of an item of an axis: a faction's id, a type, "a-b" for pairs ...; "" for the country and areas. */
void output_item_name(const world *w, record_axis axis, uint32_t item, char *out, size_t size);
void output_summary_put(const study_run *run, const output_tables *tables, json *root);
void output_provenance_put(const study_run *run, json *root);
void output_scores_provenance_put(const output_scores *s, json *root);
/** Are these bytes of `path` scores that output_write_scores wrote, in the format of the page? */
tsr_status output_check_scores(const char *path, const char *bytes, size_t n, tsr_error *error);
void output_panel_provenance_put(const panel *p, const world *w, const char *scenario_path, json *root);
/** "files": what was read, with hashes. */
void output_put_files(const world *w, const panel *p, json *root);
/** "used" and "dropped[]" of import.json, in short. */
void output_put_used(const panel *p, json *root);
/** "import": what was used and dropped, in full. */
void output_put_import(const panel *p, json *root);
void output_put_sources(const world *w, json *root);
void output_put_parameters(const study_run *run, json *root);
void output_put_questions(const study_run *run, json *root);
/** log_likelihood, particles and filter[]; nothing for a run that learned nothing. */
void output_put_learning(const study_run *run, json *root);
/** "foresight": the benchmark's and the model's log probability of located events. Nothing when not asked for. */
void output_put_foresight(const study_run *run, json *root);
/** Months with located events, totals alone, nothing; channels without an event: for a reader, and as "data". */
void output_describe_data(const study_run *run, text_buffer *out);
void output_put_data(const study_run *run, json *root);
/** For a reader. */
void output_describe_foresight(const study_run *run, text_buffer *out);

/** "ablation": the bands of the last month with all data, without each kind, without any. Nothing when not asked for. */
void output_put_ablation(const study_run *run, json *root);
void output_describe_ablation(const study_run *run, text_buffer *out);
tsr_status output_ablation_csv(const study_run *run, const folder_out *folder, tsr_error *error);

/** report.json, see web/FORMAT.md. */
void output_report_put(const study_run *run, const output_tables *tables, json *root);

/** The months of a report: from the first that is simulated or observed to the last. */
typedef struct output_months {
    int32_t first; /**< month_id */
    uint32_t n;
} output_months;
void output_report_series_put(const study_run *run, const output_tables *tables, output_months months, json *root);
void output_report_scenario_put(const world *w, output_months months, json *root);

/* ---- the page, made from page.html by tools/embed.py ---- */
extern const unsigned char output_page[];
extern const size_t output_page_size;

#endif
