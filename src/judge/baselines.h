/* Baselines: what a forecast has to beat. Each turns the past counts of some units into draws for the months ahead.
 *
 *     zero           no deaths at all
 *     last           Poisson around the last observed month
 *     conflictology  a month of the unit's own last 12 observed ones, drawn at random
 *     bootstrap      a month of the last 12 observed ones of any unit, drawn at random
 *     negbin         dynamic negative binomial, see negbin.h
 *
 * The first four are the benchmarks of the ViEWS prediction challenge 2023/24 (Hegre et al. 2024, arXiv:2407.11045).
 * Nothing behind the history's last month is seen: a caller cuts the history at the origin of the forecast.
 */
#ifndef JUDGE_BASELINES_H
#define JUDGE_BASELINES_H

#include "base/error.h"

/** Observed months that conflictology, and of every unit the bootstrap, draw from. */
#define BASELINE_MONTHS 12

typedef enum baseline_kind {
    BASELINE_ZERO,
    BASELINE_LAST,
    BASELINE_CONFLICTOLOGY,
    BASELINE_BOOTSTRAP,
    BASELINE_NEGBIN,
    BASELINES
} baseline_kind;

/** What is known when the forecast is made. */
typedef struct baseline_history {
    const double *counts;     /**< [n_units][n_months], 0 or more; NaN: not observed */
    const char *const *names; /**< [n_units], for messages; NULL: units are numbered from 0 */
    size_t n_units, n_months;
    int32_t last_month; /**< month_id of the last column, the origin of the forecast; 1 ... 4094 */
} baseline_history;

/** "zero", "last", "conflictology", "bootstrap", "negbin". */
const char *baseline_name(baseline_kind kind);

/**
 * Draws of one baseline for the first n_targets units of the history, 1 ... n_horizons months ahead.
 *
 * A draw is a function of seed, baseline, origin, unit, horizon and its number: more draws or horizons change no other.
 *
 * @param n_targets  units to forecast, 1 ... n_units; the others only inform the bootstrap
 * @param draws      out, [n_targets][n_horizons][n_draws]; untouched on failure
 * @retval TSR_E_INPUT   nothing to forecast; a count that is negative or not finite; a unit (for bootstrap and negbin: all
 *                       that they learn from) without an observed month; a month outside 1 ... 4095
 * @retval TSR_E_MEMORY  no memory
 */
tsr_status baseline_draws(baseline_kind kind, const baseline_history *history, size_t n_targets, size_t n_horizons,
                          size_t n_draws, uint64_t seed, double *draws, tsr_error *error);

/** Name of a unit, or its number, for messages. @return `scratch` or a name of the history */
const char *baseline_unit(const baseline_history *history, size_t unit, char scratch[32]);

#endif
