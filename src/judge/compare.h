/* Are two forecasts really different, and is one calibrated? Tests whose months are not independent of each other or within.
 *
 * Diebold-Mariano with a moving-block bootstrap: d_t is the difference of two mean losses in month t, t = 1 ... n. Blocks of L
 * neighbouring months, drawn with replacement and laid end to end, give means d*; with their exact expectation E d*,
 *     deviation = (d* - E d*) sqrt(B / (B - 1)) sqrt(B / (B - 2)),  B = n / L.
 * The first root undoes the share 1/B of the variance that blocks lose (exact for independent months but for the ends), the
 * second is the ratio of Student's t with B - 1 degrees of freedom to the normal, within 1 % at the 95 % point. A test at 10 %
 * so rejects 6 to 9 % of true hypotheses for independent months and 10 to 11 % when neighbours correlate at 0.3, for 12 to 96
 * months (2,000 simulations each); without the roots it would be up to 22 %.
 * p is the share of deviations at least as large as |mean d|, the interval is mean d minus quantiles of the deviations.
 *
 * Calibration: u_i are randomised PIT values; the ones of a month belong together. With Z_m(x) = sum over month m of
 * ([u_i <= x] - x), whose mean is 0 when the forecast is calibrated, the statistic of Cramer and von Mises is
 *     T = integral of (sum_m Z_m(x))^2 over x,    T* = integral of (sum_m s_m Z_m(x))^2,
 * s_m = +1 or -1 at random: signs leave the covariance within every month as it is. p is the share of T* at least as large
 * as T. Months must not depend on each other: true one month ahead, only roughly so for long horizons from one origin.
 *
 * Sources: Diebold & Mariano (1995) J. Bus. Econ. Stat. 13:253-263, doi:10.1080/07350015.1995.10524599; Kuensch (1989) Ann. Stat.
 * 17:1217-1241, doi:10.1214/aos/1176347265; Czado, Gneiting & Held (2009), see scores.h; signs on clusters: Cameron,
 * Gelbach & Miller (2008) Rev. Econ. Stat. 90:414-427, doi:10.1162/rest.90.3.414.
 */
#ifndef JUDGE_COMPARE_H
#define JUDGE_COMPARE_H

#include "base/error.h"

/** Fewer months say nothing. */
#define COMPARE_MIN_MONTHS 8
/** Resamples that callers use; a p-value is at least 1 over one more than this. */
#define COMPARE_RESAMPLES 1999

typedef struct compare_losses {
    double difference; /**< mean d; negative: the first forecast is better */
    double low, high;  /**< interval of 90 % */
    double p;          /**< two-sided */
    size_t n_months, block;
} compare_losses;

typedef struct compare_pit {
    double statistic; /**< T over the number of values squared */
    double p;
    size_t n_months;
} compare_pit;

/** Length of blocks for n months and losses up to `horizon` months ahead: the larger of n^(1/2) and the horizon, but at most
 *  n/4, since fewer than four blocks are no sample. */
size_t compare_block(size_t n, size_t horizon);

/**
 * Compare losses month by month.
 *
 * @param differences  [n] loss of the first forecast minus that of the second, month after month
 * @param block        L, 1 ... n/4
 * @retval TSR_E_INPUT   fewer than COMPARE_MIN_MONTHS months, a block out of range, a difference that is not finite
 * @retval TSR_E_MEMORY  no memory
 */
tsr_status compare_diebold_mariano(const double *differences, size_t n, size_t block, uint32_t n_resamples,
                                   uint64_t seed, compare_losses *out, tsr_error *error);

/**
 * Test PIT values for uniformity, months as clusters.
 *
 * @param pits   [n] in (0, 1)
 * @param month  [n] of each, any numbers; equal ones belong together
 * @retval TSR_E_INPUT   fewer than COMPARE_MIN_MONTHS months, or a value outside [0, 1]
 */
tsr_status compare_pit_uniform(const double *pits, const int32_t *month, size_t n, uint32_t n_resamples, uint64_t seed,
                               compare_pit *out, tsr_error *error);

#endif
