/* Plain scalar filters of the reference workload: the same Rao-Blackwellised particle filter as the engine's (docs/adr/0009),
 * one particle at a time, double, libm. What the filter in lanes is measured by.
 *
 * "ordinary" is what a good C programmer writes from the equations: every density with its gamma functions, every node of the
 * quadrature on its own. "smart" computes once what depends on the datum only, gamma functions as products for small
 * counts, a series over cells, short ways for empty ones (docs/adr/0028), two nodes from one exponential, and ends Newton's
 * method when it has converged.
 */
#ifndef BENCH_SCALAR_FILTER_H
#define BENCH_SCALAR_FILTER_H

#include "scalar_random.h"
#include "workload.h"

/** Complete data: every event and death is located. */
typedef struct scalar_data {
    const float *events, *deaths; /**< [month][channel][area] */
    uint32_t n_areas, n_months;
} scalar_data;

/** One particle; x and its variance follow the struct in memory. */
typedef struct scalar_particle {
    double z[WORKLOAD_CHANNELS];                                /**< rates of its own, in sd of their logs */
    double y[WORKLOAD_CHANNELS], y_variance[WORKLOAD_CHANNELS]; /**< log multipliers of channels given the data */
    double level[WORKLOAD_CHANNELS], level_variance[WORKLOAD_CHANNELS]; /**< log deaths per event given the data */
    double cell[];                                                      /**< [2][channel][area]: x, its variance */
} scalar_particle;

/** What depends on a cell's data only: for the smart one. */
typedef struct scalar_constants {
    double log_coefficient_events; /**< log Gamma(N + k_N) - log Gamma(k_N) - log N! */
    double log_factorial_deaths;
    double inverse_deaths_size; /**< 1 / (k_D N^a) */
} scalar_constants;

/** Advances a particle by a month and returns the log density of its data [nat]. constants: [month][channel][area]. */
typedef double scalar_month(const workload *load, const scalar_data *data, const scalar_constants *constants,
                            uint32_t t, scalar_particle *p);
scalar_month scalar_month_ordinary, scalar_month_smart;

typedef struct scalar_options {
    uint64_t seed;
    uint32_t n_particles;
    double rate_sd;    /**< of the start of z; 0: all particles have the same rates */
    double perturb_sd; /**< a normal step of z before every month */
} scalar_options;

/** Log likelihood [nat]; resamples every month. */
double scalar_filter(const workload *load, const scalar_data *data, scalar_month *month, const scalar_options *options);

#endif
