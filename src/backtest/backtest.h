/* Rolling-origin forecasts, scored beside the baselines: every origin sees only what was known then. */
#ifndef BACKTEST_BACKTEST_H
#define BACKTEST_BACKTEST_H

#include "backtest/observed.h"
#include "judge/scores.h"
#include "world/world.h"

enum { BACKTEST_HORIZONS = 4, BACKTEST_MODELS = 7 };

/** Months ahead that are scored: 1, 3, 6, 12. */
extern const uint32_t backtest_horizons[BACKTEST_HORIZONS];

typedef struct backtest_options {
    tsr_hooks hooks;
    uint64_t seed;
    uint32_t n_particles;      /**< and draws of every forecast, the baselines' too */
    uint32_t n_threads;        /**< 0: all processors */
    int32_t first_origin;      /**< month_id of the last month whose data are seen; 0: three years into the period */
    int32_t last_origin;       /**< 0: the month before the last observed one */
    uint32_t every;            /**< months between origins; 0: 3 */
    const char *profile;       /**< of IGN and MIS; NULL: the first one */
    uint32_t n_fit_iterations; /**< every origin fits parameters to its own past, by so many iterations; 0: medians */
} backtest_options;

/** Mean scores of one model, unit, type and horizon over origins (and areas). */
typedef struct backtest_score {
    const char *model; /**< "tessera", "stacked" (half negative binomial) or the name of a baseline */
    unit_kind unit;
    uint32_t type; /**< panel_type, or TYPE_ALL */
    uint32_t horizon;
    uint32_t n_origins;
    score_means means;
} backtest_score;

typedef struct backtest {
    backtest_score *scores; /**< [n_scores], those with at least one origin; by unit, type, horizon, model */
    size_t n_scores;
    uint32_t n_origins, n_draws;
    int32_t first_origin, last_origin;
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
 * @retval TSR_E_INPUT  no origin lies in the observed period, or a forecast failed there
 */
tsr_status backtest_run(const world *w, const panel *p, const backtest_options *options, backtest **out,
                        tsr_error *error);
void backtest_free(backtest *b);

#endif
