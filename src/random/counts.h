/* Counts of one lane: what the lane-wise samplers fall back on. Double arithmetic, words from a stream of the lane's own. */
#ifndef RANDOM_COUNTS_H
#define RANDOM_COUNTS_H

#include "random/philox.h"

/** 32 bits and a half on (0, 1). */
static inline double counts_uniform(philox_stream *stream) {
    return ((double)philox_stream_next(stream) + 0.5) * 2.3283064365386963e-10;
}

/** Gamma of this shape and scale 1 (Marsaglia & Tsang 2000). */
double KERNEL(counts_gamma)(philox_stream *stream, double shape);
/** Poisson of this mean, 0 ... 1e9: inversion below 10, PTRS above (Hörmann 1993, Insurance: Math. Econ. 12:39-45). */
double KERNEL(counts_poisson)(philox_stream *stream, double mean);
/** Binomial: inversion where n min(p, 1 - p) < 10, BTRS above (Hörmann 1993, J. Stat. Comput. Simul. 46:101-110). */
double KERNEL(counts_binomial)(philox_stream *stream, double trials, double p);
/** log x and exp x in double for these samplers, the same bits everywhere. */
double KERNEL(counts_log)(double x);
double KERNEL(counts_exp)(double x);

#endif
