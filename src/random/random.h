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
/** Negative binomial counts as reals, of mean size * ratio and variance mean (1 + ratio): Poisson counts around a gamma of
 *  shape `size` and scale `ratio`. Both [n_rows][n_lanes]; size > 0, mean up to 1e9; a ratio of 0 or less, or NaN, gives 0.
 *  A size of 1e9 and more is as good as Poisson. */
void KERNEL(random_negbin_rows)(const random_address *address, uint32_t use, uint32_t first_site, size_t n_rows,
                                size_t n_lanes, const real *restrict size, const real *restrict ratio,
                                real *restrict out);
/** Binomial counts as reals; trials [n_rows][n_lanes] whole numbers >= 0, p [n_rows][n_lanes] in [0, 1] (clamped). Cheap where trials are
 *  0: lanes with work are packed. Any first_site will do: row r has word (first_site + r) % 4 of its call. */
void KERNEL(random_binomial_rows)(const random_address *address, uint32_t use, uint32_t first_site, size_t n_rows,
                                  size_t n_lanes, const real *restrict trials, const real *restrict p,
                                  real *restrict out);

/* Lanes of many rows packed into full vectors, each with its own slot and site. The four words of an entry's call may serve
 * four draws: `word` says which one a sampler takes. */

/** Most entries of one call. */
#define RANDOM_PACKED 512

typedef struct random_packed {
    size_t n;
    uint32_t slot[RANDOM_PACKED], site[RANDOM_PACKED];
    uint32_t word[4][RANDOM_PACKED];
} random_packed;

/** Fills in the words of all entries. */
void KERNEL(random_packed_words)(const random_address *address, uint32_t use, random_packed *who);
/** Counts of the same laws as those of rows, [n] each; `out` has room for n rounded up to LANES. */
void KERNEL(random_negbin_packed)(const random_address *address, uint32_t use, uint32_t word, const random_packed *who,
                                  const real *restrict size, const real *restrict ratio, real *restrict out);
void KERNEL(random_binomial_packed)(const random_address *address, uint32_t use, uint32_t word,
                                    const random_packed *who, const real *restrict trials, const real *restrict p,
                                    real *restrict out);

#endif
