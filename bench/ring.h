/* The peers' case: a plain bootstrap filter of 34 areas on a ring and 12 directed dyads of four factions, 408 counts a month.
 *
 *   s_fa' = rho ((1 - w) s_fa + w (s_f,a-1 + s_f,a+1)/2) + sd e                     log strengths, 136 of them
 *   n_da ~ Poisson(min(rate exp(own s_fa + other s_ga), 16)),  d = f -> g           what happens
 *   seen_da ~ NegBin(mean report n_da + background, size k)                          what is recorded
 */
#ifndef BENCH_RING_H
#define BENCH_RING_H

#include "infer/filter.h"

enum { RING_FACTIONS = 4, RING_DYADS = 12, RING_MOST_AREAS = 34, RING_MOST_MEAN = 16 };

typedef struct ring {
    uint32_t n_areas, n_months;
    double persistence, coupling, sd;
    double rate, own, other;         /**< of the intensity */
    double report, background, size; /**< of the record */
    const float *seen;               /**< [month][dyad][area] */
    const double *coefficient;       /**< [month]: sum of log Gamma(seen + k) - log Gamma(k) - log seen! */
} ring;

/** Faction that attacks in dyad d, and the one attacked. */
static inline uint32_t ring_attacker(uint32_t d) {
    return d / (RING_FACTIONS - 1);
}
static inline uint32_t ring_attacked(uint32_t d) {
    uint32_t k = d % (RING_FACTIONS - 1);
    return k + (k >= ring_attacker(d));
}

/** The case that the kernels below run; set before a run, by one thread. */
extern const ring *ring_now;

extern const model_kernel ring_kernel_baseline;
#ifdef TESSERA_X86
extern const model_kernel ring_kernel_v3, ring_kernel_v4;
#endif

/** Simulates the record; seen [month][dyad][area]. */
void ring_simulate(const ring *r, uint64_t seed, float *seen);
/** log Gamma parts of every month. */
void ring_coefficients(const ring *r, double *coefficient);

/** A scalar filter in double, one particle at a time; resamples every month. @return log likelihood [nat] */
typedef double ring_filter(const ring *r, uint64_t seed, uint32_t n_particles);
/** Knuth's counts and densities with their gamma functions / counts by inversion, what does not depend on the particle computed
 *  once, no logarithm where nothing happened. */
ring_filter ring_filter_ordinary, ring_filter_smart;

#endif
