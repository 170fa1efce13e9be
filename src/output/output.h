/* Writing a run: NetCDF, CSV, JSON, provenance, and the report. Output reads, it never computes anything but summaries. */
#ifndef OUTPUT_OUTPUT_H
#define OUTPUT_OUTPUT_H

#include "base/file.h"
#include "base/text.h"
#include "study/run.h"

struct fit_result; /* study/fit.h */
struct json;       /* base/json.h */

typedef struct output_options {
    tsr_hooks hooks;
    bool replace;    /**< replace an existing run folder */
    bool with_draws; /**< also write raw draws into run.nc */
} output_options;

/** Bytes that output_write_run will need at most, for the message before a large write. */
uint64_t output_estimate_bytes(const study_run *run, const output_options *options);

/** Write run.nc, panel.nc (when there is a panel), forecast_{country,area}_{sb,ns,os,all}.csv, forecast.csv (country and
 *  area summaries), questions.csv, summary.json, report.json, provenance.json into folder `path`, which appears complete or not at all. */
tsr_status output_write_run(const study_run *run, const char *path, const output_options *options, tsr_error *error);

/** Read RUN/report.json, and RUN/scores.json where there is one, and write RUN/report.html (atomic): the page that is built into the program with these data in
 *  it; self-contained, no outside request. @param html_path out, TSR_PATH_SIZE bytes */
tsr_status output_report(const char *run_path, char *html_path, tsr_error *error);

/** Scores of a backtest, as its layer made them. */
typedef struct output_scores {
    struct json *scores; /**< an object, which is given format, scenario and world_hash */
    const char *csv, *table;
    const world *w;
    const panel *panel;
    const char *scenario_path, *scenario_hash;
    const char *arguments; /**< the command line, or "" */
    uint64_t seed;
} output_scores;

/** scores.json, scores.csv, scores.txt and provenance.json in folder `path`, which appears complete or not at all. */
tsr_status output_write_scores(const output_scores *s, const char *path, const output_options *options,
                               tsr_error *error);
/** Copy the scores.json of such a folder into a run's, so that output_report shows it (atomic). */
tsr_status output_attach_scores(const char *run_path, const char *scores_path, tsr_error *error);

/** The panel alone: panel.nc, panel.csv (month, channel, area, events, deaths), import.json, provenance.json. */
tsr_status output_write_panel(const panel *p, const world *w, const char *scenario_path, const char *path,
                              const output_options *options, tsr_error *error);

/** What a person reads about what was learned from data: likelihood, hidden state at its end, surprising months. */
tsr_status output_describe_learning(const study_run *run, text_buffer *out, tsr_error *error);
/** A fit: fit.json, parameters.csv, draws.csv (second halves of the chains), climb.csv and provenance.json. */
tsr_status output_write_fit(const struct fit_result *r, const char *path, const output_options *options,
                            tsr_error *error);
/** What a person reads about a fit. */
tsr_status output_describe_fit(const struct fit_result *r, text_buffer *out, tsr_error *error);
/** The same as one JSON object: log_likelihood {mean, sd}, parameters[] {name, estimate, low, high, prior_low, prior_high,
 *  informed, ...}. */
tsr_status output_fit_json(const struct fit_result *r, char **out, size_t *n, tsr_error *error);

/** What a person reads at the end of a run: the questions with their probabilities and errors, and caveats. */
tsr_status output_describe_answers(const study_run *run, text_buffer *out, tsr_error *error);
/** The same as one JSON object (keys of the interface: questions[] {id, title, probability, mc_error}). */
tsr_status output_summary_json(const study_run *run, char **out, size_t *n, tsr_error *error);

#endif
