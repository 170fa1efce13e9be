/* Weights as integers, and systematic resampling: the same ancestors for any number of threads. */
#ifndef INFER_RESAMPLE_H
#define INFER_RESAMPLE_H

#include "base/error.h"

/** Sums of weights that do not depend on the order of the terms. */
typedef struct resample_weights {
    double log_most;  /**< the largest log weight [nat] */
    uint64_t total;   /**< sum of the integer weights */
    double log_mean;  /**< log of the mean weight [nat] */
    double effective; /**< effective sample size, (sum w)^2 / sum w^2 */
} resample_weights;

/**
 * Weights round(exp(log_weight - largest) 2^40).
 *
 * @param log_weight  [n] [nat]; -INFINITY allowed, NaN not
 * @param n           1 ... 2^22
 * @param weight      out [n]
 * @retval TSR_E_NUMERIC  a weight is NaN, or all are zero
 */
tsr_status resample_weigh(const double *log_weight, uint32_t n, uint64_t *weight, resample_weights *out,
                          tsr_error *error);

/**
 * Ancestors in proportion to the weights, by systematic resampling: ancestor[i] = min {k : W[k] > (i + u) W / n} with W the
 * cumulative weights. Particle k occurs floor(n w_k) or ceil(n w_k) times.
 *
 * @param u  on (0, 1), drawn by the caller
 * @param ancestor  out [n], not decreasing
 * @source Kitagawa 1996, J. Comput. Graph. Stat. 5:1-25, doi:10.2307/1390750
 */
void resample_systematic(const uint64_t *weight, uint32_t n, uint64_t total, double u, uint32_t *ancestor);

#endif
