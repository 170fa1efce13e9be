/* Tessera: mosaic models of armed conflict, their inference from event data, and forecasts with honest uncertainty.
 *
 * This is the whole public interface. The commands and the Python package use nothing else.
 *
 * Rules without exception:
 *  - every name begins with tsr_ (functions, types) or TSR_ (constants);
 *  - what can fail returns a tsr_status and fills the tsr_error that is always the last argument (it may be NULL);
 *    outputs are written on success only;
 *  - create/read ... free own heap objects; free accepts NULL;
 *  - the library never prints and never exits: progress, log and cancellation go through tsr_hooks.
 */
#ifndef TESSERA_H
#define TESSERA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define TSR_API __attribute__((visibility("default")))
#else
#define TSR_API
#endif

/** What became of a call. The commands map these to exit codes (see `tessera --help`). */
typedef enum tsr_status {
    TSR_OK = 0,
    TSR_E_USAGE,     /**< the call itself is wrong: an option, an argument */
    TSR_E_INPUT,     /**< a file or a value in it is wrong; `error` says file, line, column */
    TSR_E_IO,        /**< reading or writing failed: permissions, disk full */
    TSR_E_MEMORY,    /**< an allocation failed */
    TSR_E_NUMERIC,   /**< a number that must be finite is not, or all weights are zero */
    TSR_E_CANCELLED, /**< the `cancelled` hook asked to stop; what was written before is whole */
    TSR_E_INTERNAL   /**< an assertion of ours failed: please report it */
} tsr_status;

#define TSR_MESSAGE_SIZE 768
#define TSR_PATH_SIZE 512

/** One failure, owned by the caller, of fixed size. The first error wins: a later one never overwrites it. */
typedef struct tsr_error {
    tsr_status status;
    char message[TSR_MESSAGE_SIZE]; /**< a sentence: the thing, its value, what is allowed */
    char file[TSR_PATH_SIZE];       /**< the user's file, "" when none */
    uint32_t line;                  /**< 1-based; 0 when unknown */
    uint32_t column;                /**< 1-based; 0 when unknown */
    const char *origin;             /**< our own source file, for reports of defects */
    int origin_line;
    int64_t particle; /**< particle concerned, -1 when none */
    int32_t month_id; /**< month concerned (1 = January 1980), 0 when none */
    uint64_t others;  /**< number of further errors of the same call that are not shown */
} tsr_error;

/** An empty error. Initialise every tsr_error with it. */
#define TSR_ERROR_INIT                                                                                                 \
    { .status = TSR_OK, .particle = -1 }

/** Short name of a status, "input error" for example. Never NULL. */
TSR_API const char *tsr_status_name(tsr_status status);

typedef enum tsr_log_level { TSR_LOG_DEBUG, TSR_LOG_INFO, TSR_LOG_WARNING } tsr_log_level;

/** Hooks of every long call. Any member may be NULL. Called from any thread, never from two at once. */
typedef struct tsr_hooks {
    void (*progress)(void *user, const char *task, uint64_t done, uint64_t total);
    void (*log)(void *user, tsr_log_level level, const char *message);
    bool (*cancelled)(void *user);
    void *user;
} tsr_hooks;

/** Version of the library, "0.1.0" for example. */
TSR_API const char *tsr_version(void);

/** Text that the library made; NUL-terminated. Free it with tsr_text_free. */
TSR_API void tsr_text_free(char *text);

/* ---- scenario ------------------------------------------------------------------------------------------------ */

/** A scenario that was read and checked. */
typedef struct tsr_scenario tsr_scenario;

/** Everything that is wrong or doubtful in a scenario or its data, in the order of the files. */
typedef struct tsr_problems tsr_problems;
typedef struct tsr_problem {
    bool is_warning;
    const char *file; /**< borrowed */
    uint32_t line, column;
    const char *message; /**< borrowed */
} tsr_problem;

TSR_API size_t tsr_problems_count(const tsr_problems *problems);
/** The i-th problem; i < tsr_problems_count. */
TSR_API tsr_problem tsr_problems_get(const tsr_problems *problems, size_t i);
TSR_API void tsr_problems_free(tsr_problems *problems);

/**
 * Read a scenario with every file it names except event data.
 *
 * @param path      folder that holds scenario.yaml, or the YAML file itself
 * @param out       the scenario; untouched on failure
 * @param problems  out, may be NULL: all errors and warnings, also on failure. Free it
 * @retval TSR_E_INPUT  something in the files is wrong; `error` has the first problem, `problems` all
 * @retval TSR_E_IO     a file cannot be read
 */
TSR_API tsr_status tsr_scenario_read(const char *path, tsr_scenario **out, tsr_problems **problems, tsr_error *error);
TSR_API void tsr_scenario_free(tsr_scenario *scenario);
TSR_API const char *tsr_scenario_name(const tsr_scenario *scenario);
/** What the model will be, for a reader. @param text out, free with tsr_text_free */
TSR_API tsr_status tsr_scenario_describe(const tsr_scenario *scenario, char **text, tsr_error *error);
/** {"problems": [{file, line, column, severity, message}], "valid": ...} of a check. */
TSR_API tsr_status tsr_problems_json(const tsr_problems *problems, char **text, tsr_error *error);

/** {"error": {status, message, file, line, column}} of a call that failed, with the "problems" that it found (may be NULL:
 *  none). A file or place that is not known is "" or 0. */
TSR_API tsr_status tsr_failure_json(const tsr_error *failure, const tsr_problems *problems, char **text,
                                    tsr_error *error);

/* ---- event data ----------------------------------------------------------------------------------------------- */

/** Event data as located counts and deaths per area, month and channel, with an account of what was not used. */
typedef struct tsr_panel tsr_panel;

typedef struct tsr_import_options {
    tsr_hooks hooks;
    bool to_judge; /**< data up to the scenario's backtest_to, to judge forecasts by, instead of last_observed */
} tsr_import_options;

/** Read the event and totals files that the scenario names. `problems` as in tsr_scenario_read. */
TSR_API tsr_status tsr_panel_import(const tsr_scenario *scenario, const tsr_import_options *options, tsr_panel **out,
                                    tsr_problems **problems, tsr_error *error);
TSR_API void tsr_panel_free(tsr_panel *panel);
TSR_API tsr_status tsr_panel_describe(const tsr_panel *panel, const tsr_scenario *scenario, char **text,
                                      tsr_error *error);
TSR_API tsr_status tsr_panel_json(const tsr_panel *panel, const tsr_scenario *scenario, char **text, tsr_error *error);

typedef struct tsr_write_options {
    tsr_hooks hooks;
    bool replace;    /**< replace a run folder that Tessera made before */
    bool with_draws; /**< raw draws too */
} tsr_write_options;

/** Write panel.nc, panel.csv and import.json into a folder that appears complete or not at all. */
TSR_API tsr_status tsr_panel_write(const tsr_panel *panel, const tsr_scenario *scenario, const char *folder,
                                   const tsr_write_options *options, tsr_error *error);

/* ---- simulation ------------------------------------------------------------------------------------------------ */

/** An ensemble that was run. */
typedef struct tsr_run tsr_run;

typedef struct tsr_simulate_options {
    tsr_hooks hooks;
    uint64_t seed;
    uint32_t members;    /**< 1 to 2^31; default 1000 when 0 */
    uint32_t area_draws; /**< members whose area-level draws are kept; default 1000 when 0 */
    uint32_t threads;    /**< 0: all processors. Changes no bit of the result */
    uint32_t
        lanes; /**< particles per tile, a multiple of 16 up to 128; 0: 128, or fewer where there are few. Changes no bit */
    const char *kernel;    /**< "baseline", "v3", "v4"; NULL: the best. Changes no bit */
    const char *whatif;    /**< id of a what-if of the scenario, or NULL */
    bool use_defaults;     /**< parameters and starts at their medians instead of draws from their priors */
    bool free_history;     /**< rulers and rungs of the past are the model's, not the scenario's */
    const char *arguments; /**< the command line, for provenance; may be NULL */
} tsr_simulate_options;

/** Run an ensemble from the scenario's start to the end of its horizon. The run borrows scenario and panel (NULL: no data). */
TSR_API tsr_status tsr_simulate(const tsr_scenario *scenario, const tsr_panel *panel,
                                const tsr_simulate_options *options, tsr_run **out, tsr_error *error);

typedef struct tsr_forecast_options {
    tsr_hooks hooks;
    uint64_t seed;
    uint32_t particles; /**< 16 to 4194304; default 2000 when 0 */
    uint32_t threads;   /**< 0: all processors. Changes no bit of the result */
    uint32_t lanes;     /**< as in tsr_simulate_options */
    const char *kernel; /**< as in tsr_simulate_options */
    const char *whatif; /**< id of a what-if of the scenario, or NULL */
    const char *fit;    /**< folder of a fit whose estimates replace medians, or NULL */
    int32_t last_data;  /**< last month whose data are seen (1 = January 1980); 0: the scenario's last_observed */
    uint32_t months;    /**< to forecast after it; 0: a nowcast */
    uint32_t lag;       /**< months of later data that inform a month's hidden state; 0: filtered */
    uint32_t repeats;   /**< of the filter, for the error of the log likelihood; 1 when 0 */
    /** Every particle's parameters are draws from the priors from the start, instead of their medians up to the last data
     *  and draws of those of pace after it. */
    bool draw_parameters;
    /** All parameters stand at their medians while data are seen. Otherwise, without `fit` and `draw_parameters`, those that say how
     *  fast hidden things move drift around their priors, so that bands do not take them for known. */
    bool medians;
    /** Kinds of data to leave out, with commas: events, totals, strength, districts, presence; or NULL. */
    const char *without;
    bool ablate;           /**< a nowcast: the hidden state once more without each kind of data, and without any */
    const char *arguments; /**< the command line, for provenance; may be NULL */
} tsr_forecast_options;

/** Learn the hidden state of the scenario from the panel, month by month, and forecast from there. The run borrows both.
 *  @retval TSR_E_USAGE    `without` names something else
 *  @retval TSR_E_NUMERIC  no particle could produce a month's data; the message names month, channel and area */
TSR_API tsr_status tsr_forecast(const tsr_scenario *scenario, const tsr_panel *panel,
                                const tsr_forecast_options *options, tsr_run **out, tsr_error *error);
/** "2021-08" -> month number of tsr_forecast_options (1 = January 1980); 0 when it is no month. */
TSR_API int32_t tsr_month(const char *text);

/** Parameters that were fitted. */
typedef struct tsr_fit tsr_fit;

typedef struct tsr_fit_options {
    tsr_hooks hooks;
    uint64_t seed;
    uint32_t particles;     /**< 16 to 4194304; default 1000 when 0 */
    uint32_t threads;       /**< 0: all processors. Changes no bit of the result */
    const char *kernel;     /**< as in tsr_simulate_options */
    int32_t last_data;      /**< last month whose data are seen; 0: the scenario's last_observed */
    uint32_t iterations;    /**< of iterated filtering; 40 when 0 */
    uint32_t repeats;       /**< of the likelihood at the end; 5 when 0 */
    uint32_t chains;        /**< 1 to 64; 4 when 0 */
    uint32_t steps;         /**< of each chain, 16 or more; 0: the maximum only, no posterior */
    const char *checkpoint; /**< file that the state is kept in every two minutes and when cancelled; NULL: none */
    bool resume;            /**< go on from that file: the same bits as without a stop */
    const char *arguments;  /**< the command line, for provenance; may be NULL */
} tsr_fit_options;

/** Estimate the parameters that the scenario lists under `estimate`. The fit borrows both.
 *  @retval TSR_E_INPUT      nothing can be estimated; the checkpoint is of another scenario, other data, version or options
 *  @retval TSR_E_CANCELLED  stopped; the checkpoint has what was done */
TSR_API tsr_status tsr_fit_run(const tsr_scenario *scenario, const tsr_panel *panel, const tsr_fit_options *options,
                               tsr_fit **out, tsr_error *error);
TSR_API void tsr_fit_free(tsr_fit *fit);
/** May the draws be called a posterior? false without chains. */
TSR_API bool tsr_fit_converged(const tsr_fit *fit);
/** A table for a reader, with what the data did not inform in words. */
TSR_API tsr_status tsr_fit_describe(const tsr_fit *fit, char **text, tsr_error *error);
/** {"log_likelihood": {mean, sd}, "parameters": [{name, estimate, low, high, prior_low, prior_high, informed, ...}], ...} */
TSR_API tsr_status tsr_fit_json(const tsr_fit *fit, char **text, tsr_error *error);
/** Write fit.json, parameters.csv, draws.csv and climb.csv into a folder that appears complete or not at all. */
TSR_API tsr_status tsr_fit_write(const tsr_fit *fit, const char *folder, const tsr_write_options *options,
                                 tsr_error *error);

TSR_API void tsr_run_free(tsr_run *run);
/** Bytes of memory that tsr_simulate will need for draws. */
TSR_API tsr_status tsr_simulate_bytes(const tsr_scenario *scenario, const tsr_simulate_options *options,
                                      uint64_t *bytes, tsr_error *error);
/** The scenario's questions with their probabilities, for a reader. */
TSR_API tsr_status tsr_run_describe(const tsr_run *run, char **text, tsr_error *error);
/** {"questions": [{id, title, probability, mc_error}], ...} */
TSR_API tsr_status tsr_run_json(const tsr_run *run, char **text, tsr_error *error);
/** Write run.nc, CSV and JSON files into a folder that appears complete or not at all. */
TSR_API tsr_status tsr_run_write(const tsr_run *run, const char *folder, const tsr_write_options *options,
                                 tsr_error *error);

/** Make RUN/report.html, one self-contained page. @param path out, TSR_PATH_SIZE bytes: where it is */
TSR_API tsr_status tsr_report(const char *run_folder, char *path, tsr_error *error);

/* ---- scores ------------------------------------------------------------------------------------------------------ */

/** Scores of forecasts beside those of the baselines. */
typedef struct tsr_scores tsr_scores;

typedef struct tsr_score_options {
    tsr_hooks hooks;
    const char *actuals; /**< table of observed deaths; NULL: the panel's. docs/scores.md has its columns */
    const char *history; /**< the same for the baselines, used up to the origin; NULL: the panel's */
    const char *answers; /**< table of id and outcome (1, 0, blank), to score questions too; may be NULL */
    const char *profile; /**< "views-challenge-2023" (NULL) or "views-evaluation" */
    const char *type;    /**< "sb", "ns", "os" or "all"; NULL: what the names of the files say, else all */
    const char *model;   /**< what to call the forecasts; NULL: "tessera" */
    int32_t origin;      /**< last month known to the forecasts; 0: the month before the first of each */
    uint64_t seed;       /**< of the baselines' draws, of ties and of resampled months */
} tsr_score_options;

/**
 * Score forecasts of one or several origins.
 *
 * @param forecasts  [n_forecasts] files of draws (month_id, country_id or area, draw, outcome) or run folders
 * @param scenario   with `panel`: its data; both may be NULL when options name actuals or answers
 * @param problems   out, may be NULL: what is wrong in the rows of files. Free it
 * @retval TSR_E_USAGE  neither actuals nor answers, an unknown profile or type
 * @retval TSR_E_INPUT  a file is wrong or does not fit the others; nothing that was forecast was observed
 */
TSR_API tsr_status tsr_score(const char *const *forecasts, size_t n_forecasts, const tsr_scenario *scenario,
                             const tsr_panel *panel, const tsr_score_options *options, tsr_scores **out,
                             tsr_problems **problems, tsr_error *error);
TSR_API void tsr_scores_free(tsr_scores *scores);
/** Tables for a reader. */
TSR_API tsr_status tsr_scores_describe(const tsr_scores *scores, char **text, tsr_error *error);
/** {"profile", "scores": [{model, unit, type, horizon, origins, crps, ign, mis, coverage80, ...}], ...} */
TSR_API tsr_status tsr_scores_json(const tsr_scores *scores, char **text, tsr_error *error);

/* ---- the model, explained ---------------------------------------------------------------------------------------- */

/** A mechanism (the list of them for NULL) in plain English: what it does, equation, parameters, sources; as text for a
 *  terminal or as a page of Markdown. */
TSR_API tsr_status tsr_explain(const char *mechanism, bool markdown, char **text, tsr_error *error);

/* ---- judging ------------------------------------------------------------------------------------------------------ */

/** Scores of forecasts from many origins, beside the baselines'. */
typedef struct tsr_backtest tsr_backtest;

typedef struct tsr_backtest_options {
    tsr_hooks hooks;
    uint64_t seed;
    uint32_t particles;   /**< and draws of every model; default 1000 when 0 */
    uint32_t threads;     /**< 0: all processors. Changes no bit of the result */
    int32_t first_origin; /**< last month seen by the first forecast; 0: three years into the period */
    int32_t last_origin;  /**< 0: the month before the last observed one */
    uint32_t every;       /**< months between rolling origins; 3 when 0 */
    const char *origins;  /**< "rolling"; "window", the challenge's; NULL or "both" */
    const char *profile;  /**< "views-challenge-2023" (NULL) or "views-evaluation" */
    uint32_t fit;         /**< every origin fits parameters to its own past in so many iterations; 0: prior medians */
    bool medians;         /**< as in tsr_forecast_options */
} tsr_backtest_options;

/** Forecast from every origin and score. Import the panel with `to_judge`, to use all months that the scenario allows.
 *  @retval TSR_E_USAGE  unknown profile or origins
 *  @retval TSR_E_INPUT  no origin lies in the data, or nothing that was forecast was observed */
TSR_API tsr_status tsr_backtest_run(const tsr_scenario *scenario, const tsr_panel *panel,
                                    const tsr_backtest_options *options, tsr_backtest **out, tsr_error *error);
TSR_API void tsr_backtest_free(tsr_backtest *backtest);
/** Write scores.json, scores.csv, scores.txt (the table) and provenance.json into a folder that appears complete or not at
 *  all. Scenario and panel are those of tsr_backtest_run. @param arguments the command line, for provenance; may be NULL */
TSR_API tsr_status tsr_backtest_write(const tsr_backtest *backtest, const tsr_scenario *scenario,
                                      const tsr_panel *panel, const char *arguments, const char *folder,
                                      const tsr_write_options *options, tsr_error *error);
/** Put the scores of such a folder beside a run: the report that tsr_report makes from then on shows them. */
TSR_API tsr_status tsr_report_scores(const char *run_folder, const char *scores_folder, tsr_error *error);
TSR_API tsr_status tsr_backtest_describe(const tsr_backtest *backtest, char **text, tsr_error *error);
/** {"profile", "draws", "scores": [{model, unit, type, horizon, origins, crps, ign, mis, brier25, coverage80, ...}],
 *  "comparisons", "calibration", "weights", "known_later"}; docs/backtest.md has them. */
TSR_API tsr_status tsr_backtest_json(const tsr_backtest *backtest, char **text, tsr_error *error);

/** How to draft a scenario; see docs/new.md. */
typedef struct tsr_draft_options {
    tsr_hooks hooks;
    const char *const *events; /**< [n_events] files of UCDP GED events, plain or zipped */
    size_t n_events;
    const char *country;       /**< as the files spell it, or without what they put in brackets */
    const char *boundaries;    /**< GeoJSON of the areas; NULL: cells of the PRIO-GRID, or of a coarser grid */
    const char *name_property; /**< of the boundaries; NULL: the first usual one that names every feature */
    const char *population;    /**< table with columns area and population; NULL: a total is spread */
    double population_total;   /**< persons; 0: 20 million, marked as assumed. Not with a table */
    const char *completeness;  /**< "precise" or "complete"; NULL: judged from how events are located */
    int32_t first_month;       /**< 0: of the first event, at most ten years before the last month (1 = January 1980) */
    int32_t last_month;        /**< last one observed; 0: the last month of the files */
} tsr_draft_options;

/**
 * Draft a runnable scenario of a country from event data alone.
 *
 * @param folder    where to; must not exist, appears complete or not at all
 * @param as_json   an object {"scenario", "country", "period", "areas", "actors", "channels", "events", "deaths", ...}
 *                  instead of sentences
 * @param text      out, what was drafted; free with tsr_text_free
 * @param problems  out (may be NULL), everything that is wrong in the files; free with tsr_problems_free
 * @retval TSR_E_USAGE  the period has no event, or ends before it begins; a population given twice
 * @retval TSR_E_INPUT  a file is wrong, or has no event of the country
 * @retval TSR_E_IO     the folder exists or cannot be written
 */
TSR_API tsr_status tsr_draft(const char *folder, const tsr_draft_options *options, bool as_json, char **text,
                             tsr_problems **problems, tsr_error *error);

/**
 * Check the model's limits with known answers on this machine; takes some seconds.
 *
 * @param hooks     may be NULL
 * @param as_json   {"passed", "failed", "limits": [{name, text, exact, computed, tolerance, passed}]} instead of a table
 * @param text      out, free with tsr_text_free
 * @param n_failed  out: limits that failed
 */
TSR_API tsr_status tsr_selftest(const tsr_hooks *hooks, bool as_json, char **text, uint32_t *n_failed,
                                tsr_error *error);

#ifdef __cplusplus
}
#endif
#endif
