/* The closure of the filter: counts whose rates share one unknown factor, each rate with an unknown part of its own.
 *
 *   n_i ~ Poisson(h g_i mean_i),  log h ~ N(-v/2, v) (mean 1, shared),  g_i ~ Gamma(size_i, 1/size_i) (mean 1, own)
 *
 * g is integrated exactly (negative binomial), h by five-point Gauss-Hermite quadrature around its posterior mode. The
 * same structure serves the events of a channel's areas (h: national multiplier and shock; g: local ones) and their deaths
 * (h: the month's effect on deaths per event). Sources: Rao-Blackwellised particle filters, Doucet et al. 2000; adaptive
 * quadrature, Naylor & Smith 1982, doi:10.2307/2347995.
 *
 * Both functions take LANES lanes at a time: these stay in registers and the first-level cache, and where there is a short
 * way for small expected counts, the choice is the same for every width of a tile.
 */
#ifndef MODEL_CLOSURE_H
#define MODEL_CLOSURE_H

#include "random/elementary.h"

enum { CLOSURE_NODES = 5 };

typedef struct closure_counts {
    uint32_t n_cells, n_lanes; /**< n_lanes: a multiple of LANES */
    const float *count;        /**< [n_cells] observed, the same for every lane; whole numbers >= 0 */
    const real *ratio;         /**< [n_cells][n_lanes] mean / size; > 0 where a count is above 0 */
    const real *size;          /**< [n_cells][n_lanes] of the negative binomial given h; > 0 */
    const real *variance;      /**< [n_lanes] v of log h, >= 0 */
} closure_counts;

typedef struct closure_posterior {
    double *log_density; /**< [n_lanes] log probability of the counts [nat] */
    real *log_mean;      /**< [n_lanes] mean of log h given the counts */
    real *log_variance;  /**< [n_lanes] variance of log h given the counts */
} closure_posterior;

/** Probability of the counts and the first two moments of log h after seeing them.
 *  @param scratch  [n_cells] */
void KERNEL(closure_integrate)(const closure_counts *k, uint32_t *restrict scratch, const closure_posterior *out);

/** 1 over the size of a negative binomial with the variance of NegBin(mean exp(u), size), u ~ N(-v/2, v). */
static inline real closure_inverse_size(real variance, real size) {
    real relative = lane_exp(variance) - 1;
    return relative + (1 + relative) / size;
}

/** One cell whose multiplier is log-normal with mean 1:  n ~ NegBin(mean exp(u), size),  u ~ N(-v/2, v). */
typedef struct closure_one {
    uint32_t n_lanes;
    float count;             /**< observed, whole, >= 0 */
    const real *mean, *size; /**< [n_lanes] > 0 */
    const real *matched;     /**< [n_lanes] 1/closure_inverse_size(v, size) */
    real *variance;          /**< [n_lanes] in: v before the count; out: variance of u given it */
    real *log_mean;          /**< [n_lanes] out: mean of u given the count */
    double
        *correction; /**< [n_lanes] in and out: gets log p(count) less that of the negative binomial that has the same
                                   mean and the size `matched`, which closure_integrate takes for it [nat] */
} closure_one;

/** The same quadrature in one dimension. */
void KERNEL(closure_cell)(const closure_one *cell);

#endif
