/* Scores of forecasts that are ensembles of draws, against what happened: smaller is better, except for coverage.
 *
 * With draws x_1 ... x_M, what happened y, and F the share of draws at or below a value:
 *     CRPS        mean |x_i - y| - sum_ij |x_i - x_j| / (2 M^2), the ensemble form
 *     fair CRPS   mean |x_i - y| - sum_ij |x_i - x_j| / (2 M (M - 1)): what many more draws would get, on average
 *     IGN         -log2 of the probability of the bin of y, one pseudo-count added to every bin
 *     MIS         u - l + (2/alpha) ((l - y) if y < l, (y - u) if y > u), [l, u] the central interval of 1 - alpha
 *     Brier       (p - o)^2 of a probability p, o = 1 when it happened and 0 when not
 *     coverage    is y in the central interval?
 *     PIT         uniform on (0, 1) when y is one more draw of the same distribution
 * Quantiles interpolate between draws: position p (M - 1), counted from 0 in order of size.
 *
 * Sources: Gneiting & Raftery (2007) J. Am. Stat. Assoc. 102:359-378, doi:10.1198/016214506000001437; Ferro (2014) Q. J. R.
 * Meteorol. Soc. 140:1917-1923, doi:10.1002/qj.2270; Czado, Gneiting & Held (2009) Biometrics 65:1254-1261,
 * doi:10.1111/j.1541-0420.2009.01191.x; the bins are those of the ViEWS prediction challenge 2023/24 (arXiv:2407.11045).
 */
#ifndef JUDGE_SCORES_H
#define JUDGE_SCORES_H

#include "base/error.h"

/** Deaths in a month from which "many deaths" is asked for with the Brier score. */
#define SCORE_MANY_DEATHS 25

/** How IGN and MIS are computed: choices that the numbers depend on and that published tables do not share. */
typedef struct score_profile {
    const char *name;
    uint32_t n_bins;   /**< of IGN */
    bool top_is_open;  /**< the last bin has no upper edge; else a value at or above the last edge is an error */
    double mis_level;  /**< of the interval of MIS */
    const char *title; /**< for tables */
} score_profile;

/** "views-challenge-2023" or "views-evaluation". @return NULL for another name */
const score_profile *score_profile_find(const char *name);
/** The i-th name, the default first; NULL behind the last. */
const char *score_profile_name(size_t i);

/** Central intervals of which the coverage is reported. */
typedef enum score_coverage { SCORE_50, SCORE_80, SCORE_90, SCORE_COVERAGES } score_coverage;

/** All scores of one cell: one unit in one month. */
typedef struct score_values {
    double crps;
    double fair_crps; /**< NaN when there is only one draw */
    double ign;       /**< bits */
    double mis;
    double brier; /**< of "at least SCORE_MANY_DEATHS" */
    double pit;
    bool is_covered[SCORE_COVERAGES];
} score_values;

/** Means over cells. */
typedef struct score_means {
    size_t n_cells;
    double crps, fair_crps, ign, mis, brier;
    double coverage[SCORE_COVERAGES]; /**< shares */
} score_means;

/**
 * Score every cell of a forecast.
 *
 * @param draws    [n_cells][n_draws] counts, 0 or more; in any order
 * @param actuals  [n_cells] what happened, 0 or more
 * @param seed     of the uniforms that break ties in PIT; nothing else depends on it
 * @param values   out, [n_cells]; untouched on failure
 * @retval TSR_E_INPUT   no cells, no draws, a value that is negative or not finite, or, in a profile without an open bin,
 *                       at or above the last edge; the message names cell and draw, counted from 0
 * @retval TSR_E_MEMORY  no memory for the sorted draws of one cell
 */
tsr_status score_cells(const score_profile *profile, const double *draws, const double *actuals, size_t n_cells,
                       size_t n_draws, uint64_t seed, score_values *values, tsr_error *error);

/** Means over the cells `cell_of[0 ... n-1]`, or over the first n cells when `cell_of` is NULL.
 *  @retval TSR_E_INPUT  n is 0: the mean of nothing is not a number */
tsr_status score_mean(const score_values *values, const size_t *cell_of, size_t n, score_means *means,
                      tsr_error *error);

/** Brier score of probabilities of questions: mean (p - o)^2.
 *  @retval TSR_E_INPUT  n is 0 or a probability is not in [0, 1] */
tsr_status score_brier(const double *probabilities, const bool *happened, size_t n, double *brier, tsr_error *error);

/** Numbers of draws of two forecasts whose IGN stand side by side: a pseudo-count weighs more against fewer draws.
 *  @retval TSR_E_INPUT  they differ */
tsr_status score_same_draws(const char *name_a, size_t n_a, const char *name_b, size_t n_b, tsr_error *error);

/* Parts, on draws in ascending order, n of them, 1 or more, all finite. */
double score_crps(const double *sorted, size_t n, double y);
double score_fair_crps(const double *sorted, size_t n, double y); /**< NaN when n is 1 */
double score_quantile(const double *sorted, size_t n, double p);  /**< 0 <= p <= 1 */
double score_interval(const double *sorted, size_t n, double level, double y);
bool score_covers(const double *sorted, size_t n, double level, double y);
/** IGN of non-negative values that the profile has a bin for; score_cells checks that. */
double score_ign(const score_profile *profile, const double *sorted, size_t n, double y);
/** Rank of y among the draws, ties broken by `uniform` on (0, 1): (#{x < y} + uniform (#{x = y} + 1)) / (n + 1). Exactly
 *  uniform for any n when y and the draws are exchangeable; Czado et al. have the limit of many draws. */
double score_pit(const double *sorted, size_t n, double y, double uniform);

#endif
