/* Plain scalar engines of the reference workload: one particle at a time, double, libm. What the lanes are measured by.
 *
 * "ordinary" is what a good C programmer writes from the equations: polar normals, Marsaglia-Tsang gammas, Knuth's and
 * Hoermann's Poisson counts, every term where the equation has it. "smart" is the same model with constants hoisted out of
 * the loops, Poisson and binomial counts by inversion, and no work for cells without events.
 */
#ifndef BENCH_REFERENCE_H
#define BENCH_REFERENCE_H

#include "workload.h"

/** What one particle came to over all months and cells. */
typedef struct outcome {
    double events, deaths, civilians;
    double empty; /**< cells without an event */
} outcome;

typedef void reference_engine(const workload *load, uint64_t seed, uint32_t n_particles, outcome *out);

/** @param out  [n_particles] */
reference_engine reference_ordinary, reference_smart;

#endif
