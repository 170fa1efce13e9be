/* Rolling-origin forecasts and the challenge's yearly ones, scored beside the baselines: every origin sees only what was known
 * then. */
#ifndef BACKTEST_BACKTEST_H
#define BACKTEST_BACKTEST_H

#include "backtest/observed.h"
#include "backtest/score.h"
#include "base/json.h"
#include "base/text.h"
#include "judge/scores.h"
#include "world/world.h"

/** Months ahead that are scored from rolling origins: 1, 3, 6, 12; and SCORE_WINDOW, of the challenge's origins: data to
 *  October, all months of the next year, 2018 to 2023. */
enum { BACKTEST_HORIZONS = 5 };
extern const int32_t backtest_horizons[BACKTEST_HORIZONS];

/** Tessera; Tessera stacked with the negative binomial; the baselines. */
typedef enum backtest_model {
    BACKTEST_TESSERA,
    BACKTEST_STACKED,
    BACKTEST_BASELINE,
    BACKTEST_MODELS = BACKTEST_BASELINE + BASELINES
} backtest_model;
const char *backtest_model_name(uint32_t i_model);

/** Which origins. */
typedef enum backtest_set { BACKTEST_BOTH, BACKTEST_ROLLING, BACKTEST_WINDOW } backtest_set;

typedef struct backtest_options {
    tsr_hooks hooks;
    uint64_t seed;
    uint32_t n_particles;      /**< and draws of every forecast, the baselines' too */
    uint32_t n_threads;        /**< 0: all processors */
    int32_t first_origin;      /**< month_id of the last month whose data are seen; 0: three years into the period */
    int32_t last_origin;       /**< 0: the month before the last observed one */
    uint32_t every;            /**< months between rolling origins; 0: 3 */
    backtest_set set;          /**< the challenge's origins lie between first and last one where these are given */
    const char *profile;       /**< of IGN and MIS; NULL: the first one */
    uint32_t n_fit_iterations; /**< every origin fits parameters to its own past, by so many iterations; 0: medians */
    bool
        drift; /**< parameters of pace drift around their priors while data are seen, as in a nowcast; not with a fit */
} backtest_options;

/** Mean scores of one model over origins (and areas) of one unit, type and horizon. */
typedef struct backtest_score {
    backtest_model model;
    unit_kind unit;
    uint32_t type;   /**< panel_type, or TYPE_ALL */
    int32_t horizon; /**< months ahead, or SCORE_WINDOW */
    uint32_t n_origins;
    score_means means;
} backtest_score;

/** Is a forecast different from the best baseline, the one with the smallest mean score? */
typedef struct backtest_comparison {
    backtest_model model, baseline; /**< BACKTEST_TESSERA or BACKTEST_STACKED, against a baseline */
    unit_kind unit;
    uint32_t type;
    int32_t horizon;
    score_compared score;
    compare_losses losses;
} backtest_comparison;

/** Is Tessera calibrated? */
typedef struct backtest_calibration {
    unit_kind unit;
    uint32_t type;
    int32_t horizon;
    compare_pit pit;
} backtest_calibration;

/** Weight of Tessera in the stacked forecast. */
typedef struct backtest_weight {
    int32_t origin; /**< month_id: learned from earlier origins whose outcomes were known then */
    unit_kind unit;
    uint32_t type, months_ahead;
    double weight;
} backtest_weight;

/** A parameter whose value was chosen by somebody who knew later months than the first origin. */
typedef struct backtest_hindsight {
    char name[64];       /**< "morale.threshold" */
    char known[16];      /**< "2021-08": knowledge up to then; of a scenario's value, the date of its source */
    bool is_of_scenario; /**< else the program's default */
} backtest_hindsight;

typedef struct backtest {
    /* Of all lists below: by unit, type, horizon, model. */
    backtest_score *scores; /**< [n_scores], those with at least one origin */
    size_t n_scores;
    backtest_comparison *comparisons; /**< where there are months enough */
    size_t n_comparisons;
    backtest_calibration *calibrations;
    size_t n_calibrations;
    backtest_weight *weights; /**< of all origins and 1 to 14 months ahead, origins in order */
    size_t n_weights;
    backtest_hindsight *hindsight; /**< [n_hindsight] by name */
    size_t n_hindsight;
    uint32_t n_rolling, n_window; /**< origins */
    uint32_t n_draws;
    int32_t first_origin, last_origin; /**< rolling ones; 0: none */
    int32_t first_window, last_window; /**< the challenge's */
    const score_profile *profile;
} backtest;

/**
 * Forecast from every origin and score. Origins may lie behind the scenario's last_observed when the panel reaches there
 * (period.backtest_to): they see the panel up to the origin, and of schedules, rulers, facts and events what is `known` then.
 *
 * Country-months are judged on national totals where the scenario has them, else on complete event files; area-months on
 * located events. In months with precisely located events only, an area's forecast deaths are thinned to the share that was
 * located in the last year before the origin.
 *
 * @retval TSR_E_INPUT  no origin lies in the observed period, nothing that is forecast was observed, or a forecast failed
 */
tsr_status backtest_run(const world *w, const panel *p, const backtest_options *options, backtest **out,
                        tsr_error *error);
void backtest_free(backtest *b);

/** The table for a reader: losses in words below it. */
void backtest_describe(const backtest *b, text_buffer *out);
/** One row per score: model, unit, type, horizon, origins, cells, crps ... */
void backtest_csv(const backtest *b, text_buffer *out);
void backtest_json(const backtest *b, json *root);

#endif
