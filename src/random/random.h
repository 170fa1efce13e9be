/* Random draws that are pure functions of an address: no generator state anywhere.
 *
 * An address says who draws (slot = particle), when (month and sub-step), where (site) and what for (use); the k-th word
 * of it is Philox4x32-10 (Salmon et al. 2011, doi:10.1145/2063384.2063405) of the counter
 *     { slot, month << 20 | substep, site, use << 24 | draw }
 * under a key that hashes seed, purpose and replicate. Hence the same bits for any number of threads, tiles or lanes.
 *
 * Functions whose name ends in _rows fill a matrix [n_rows][n_lanes]: row r belongs to site first_site + r, lane l to
 * slot first_slot + l. One Philox call has four words, so rows share calls in groups of four: the words of row r are
 * those of the call at site (first_site + r) / 4; callers give first_site divisible by 4 (or a single row). Rows that need
 * further words (rejections) use calls of their own at draw >= 1 with their own site.
 */
#ifndef RANDOM_RANDOM_H
#define RANDOM_RANDOM_H

#include "random/kernel.h"

/** Most lanes of one call. */
#define RANDOM_MAX_LANES 128

typedef enum random_purpose {
    RANDOM_SIMULATE = 1,
    RANDOM_FILTER,
    RANDOM_FIT,
    RANDOM_CHAIN,
    RANDOM_BACKTEST,
    RANDOM_TEST
} random_purpose;

typedef struct random_key {
    uint32_t word[2];
} random_key;

/** Everything of an address that a mechanism does not choose itself. */
typedef struct random_address {
    random_key key;
    uint32_t first_slot; /**< slot of lane 0 */
    uint32_t month;      /**< month_id, 0 ... 4095 */
    uint32_t substep;    /**< 0 ... 2^20 - 1 */
} random_address;

/** Key from a hash (SplitMix64 rounds) of its three parts. */
random_key KERNEL(random_key_make)(uint64_t seed, random_purpose purpose, uint64_t replicate);

/** The ten-round Philox4x32 bijection itself, for one counter. */
void KERNEL(random_philox)(const uint32_t counter[4], random_key key, uint32_t out[4]);

/** Uniform on (0, 1), never 0 or 1: (24 bits + 1/2) 2^-24. */
void KERNEL(random_uniform_rows)(const random_address *address, uint32_t use, uint32_t first_site, size_t n_rows,
                                 size_t n_lanes, real *restrict out);
/** Standard normal, Box-Muller on pairs of words. */
void KERNEL(random_normal_rows)(const random_address *address, uint32_t use, uint32_t first_site, size_t n_rows,
                                size_t n_lanes, real *restrict out);
/** Standard exponential, -log u. */
void KERNEL(random_exponential_rows)(const random_address *address, uint32_t use, uint32_t first_site, size_t n_rows,
                                     size_t n_lanes, real *restrict out);
/** Gamma of the given shape and scale 1 (mean = variance = shape), Marsaglia & Tsang 2000; shape in (0, 1e6].
 *  `shape` is one row [n_lanes] shared by all rows. The first attempt is lane-wise, rejected lanes go on one by one. */
void KERNEL(random_gamma_rows)(const random_address *address, uint32_t use, uint32_t first_site, size_t n_rows,
                               size_t n_lanes, const real *restrict shape, real *restrict out);
/** Poisson counts as reals. mean [n_rows][n_lanes] in [0, 1e6]; NaN or negative means give 0. Chop-down inversion on all
 *  lanes for small means, Hörmann's PTRS (1993) lane by lane for large ones. */
void KERNEL(random_poisson_rows)(const random_address *address, uint32_t use, uint32_t first_site, size_t n_rows,
                                 size_t n_lanes, const real *restrict mean, real *restrict out);
/** Binomial counts as reals; trials [n_rows][n_lanes] whole numbers >= 0, p [n_rows][n_lanes] in [0, 1] (clamped). Cheap where trials are
 *  0: lanes with work are packed into a queue. */
void KERNEL(random_binomial_rows)(const random_address *address, uint32_t use, uint32_t first_site, size_t n_rows,
                                  size_t n_lanes, const real *restrict trials, const real *restrict p,
                                  real *restrict out);
/** Negative binomial counts of given mean and size (variance mean + mean^2/size), as Poisson(Gamma(size) mean/size); both
 *  [n_rows][n_lanes]. Lanes with mean 0 give 0 and cost nothing; the others are packed into a queue. */
void KERNEL(random_negbin_rows)(const random_address *address, uint32_t use, uint32_t first_site, size_t n_rows,
                                size_t n_lanes, const real *restrict mean, const real *restrict size,
                                real *restrict out);

#endif
