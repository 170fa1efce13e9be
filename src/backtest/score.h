/* Scoring forecasts beside the baselines: forecasts of one or several origins, by unit, type and horizon. */
#ifndef BACKTEST_SCORE_H
#define BACKTEST_SCORE_H

#include "backtest/observed.h"
#include "base/json.h"
#include "base/text.h"
#include "judge/baselines.h"
#include "judge/compare.h"
#include "judge/scores.h"

/** The forecast scored comes first, the baselines after it. */
enum { SCORE_MODELS = 1 + BASELINES };

/** Scores whose differences to baselines are tested. */
typedef enum score_compared { SCORE_CRPS, SCORE_IGN, SCORE_COMPARED } score_compared;

/** Horizons that are no number of months. */
enum { SCORE_WINDOW = 0, SCORE_ALL = -1 };
/** The challenge's window, in months ahead. */
enum { SCORE_WINDOW_FIRST = 3, SCORE_WINDOW_LAST = 14 };

typedef struct score_options {
    tsr_hooks hooks;
    const score_profile *profile;
    const char *model; /**< name of the forecasts; NULL: "tessera" */
    uint32_t type;     /**< TYPES: what the name of a file says, forecast_country_sb.csv for example, else all */
    int32_t origin;    /**< last month known when the forecasts were made; 0: the month before each one's first */
    uint64_t seed;     /**< of the baselines' draws, ties and resamples */
} score_options;

/** Scores of one model at one horizon. */
typedef struct score_line {
    uint32_t model;  /**< 0: the forecast; 1 + baseline_kind */
    int32_t horizon; /**< months ahead, SCORE_WINDOW or SCORE_ALL */
    uint32_t n_origins;
    score_means means;
} score_line;

/** What was scored of one unit kind and type, cells in the order in which they came. */
typedef struct score_block {
    unit_kind kind;
    uint32_t type;
    size_t n_cells, capacity;
    score_values *values[SCORE_MODELS]; /**< [cell]; NULL: no history, no baselines */
    int32_t *month, *origin;            /**< [cell], month_id */
    uint64_t *unit;                     /**< [cell], a hash of its name */
    size_t n_blank;                     /**< cells of forecasts that were not observed */
    uint32_t n_draws;
    char *path;        /**< of the first forecast, for messages */
    score_line *lines; /**< [horizon][model], horizons all, window (when it is complete), 1, 2, ... */
    size_t n_lines;
    bool has_comparison[SCORE_MODELS], has_pit;              /**< enough months */
    compare_losses comparison[SCORE_COMPARED][SCORE_MODELS]; /**< score of the forecast minus that of a baseline */
    compare_pit pit;
} score_block;

typedef struct score_report {
    score_options options;
    const score_profile *profile;
    score_block blocks[UNIT_KINDS * TYPES];
    size_t n_blocks;
    int32_t first_month, last_month; /**< month_id, of all forecasts; 0: none */
} score_report;

/** What forecasts are held against. Countries and areas apart; NULL: nothing known of this kind. */
typedef struct score_data {
    const observed *actuals[UNIT_KINDS];
    const observed *history[UNIT_KINDS]; /**< for the baselines; only months up to the origin are used. When
                                             no unit has one, there are no baselines */
} score_data;

tsr_status score_report_create(const score_options *options, score_report **out, tsr_error *error);
void score_report_free(score_report *r);

/**
 * Score a file of draws, or all forecast_*.csv of a run folder that the data have anything about.
 *
 * @retval TSR_E_INPUT  the file is wrong (see forecast_file_read); a unit is not in the actuals or in the history; another
 *                      number of draws than the forecasts before; the same cell forecast twice from one origin
 */
tsr_status score_report_add(score_report *r, const char *path, const score_data *data, problem_list *problems,
                            tsr_error *error);

/** Means, comparisons and calibration, once all forecasts are there.
 *  @retval TSR_E_INPUT  no month of any forecast was observed */
tsr_status score_report_finish(score_report *r, tsr_error *error);

/** "tessera" or the options' name, "zero", "last" ... */
const char *score_model_name(const score_report *r, uint32_t model);
void score_report_describe(const score_report *r, text_buffer *t);
void score_report_json(const score_report *r, json *root);

#endif
