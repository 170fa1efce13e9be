/* Metropolis-Hastings chains whose target density may be an estimate: with unbiased likelihoods of a particle filter this is
 * particle marginal Metropolis-Hastings (Andrieu, Doucet & Holenstein 2010, doi:10.1111/j.1467-9868.2009.00736.x).
 *
 * Every draw is a function of (seed, chain, step): a run that was stopped and goes on from its saved state gives the same bits
 * as one that was not.
 */
#ifndef INFER_CHAINS_H
#define INFER_CHAINS_H

#include "infer/space.h"

/** A log density up to a constant, at a point. */
typedef struct chain_target {
    /** @param replicate  of its own randomness: another one for every call
     *  @param out  log density [nat]; -INFINITY where the point is impossible */
    tsr_status (*log_density)(void *user, const double *z, uint64_t replicate, double *out, tsr_error *error);
    void *user;
} chain_target;

typedef struct chain_options {
    tsr_hooks hooks;
    uint64_t seed;
    uint32_t n_chains; /**< 1 ... 64 */
    uint32_t
        n_steps; /**< of each chain, 16 or more; the first half adapts the proposals and is no part of the answer */
    double centre[SPACE_MOST]; /**< chains start around it ... */
    double start_sd;           /**< ... at normal distances of this sd, wider than the posterior if it can be known */
    /** Called now and then with all there is, and before an early return; NULL: nothing is kept. */
    tsr_status (*save)(void *user, tsr_error *error);
    void *save_user;
    double save_seconds; /**< between calls of it */
} chain_options;

/** Where a chain is, and how it proposes: a normal step of covariance scale^2 C, adapted in the first half (Haario et al. 2001,
 *  doi:10.2307/3318737; the scale towards an acceptance of 0.2). */
typedef struct chain_state {
    double z[SPACE_MOST], log_density;
    double mean[SPACE_MOST], covariance[SPACE_MOST * SPACE_MOST]; /**< of the chain so far */
    double log_scale;
    uint32_t n_accepted; /**< in the second half */
    uint32_t n_impossible;
} chain_state;

typedef struct chains {
    uint32_t n, n_chains, n_steps, n_done; /**< n_done: steps that all chains have made */
    chain_state *state;                    /**< [n_chains] */
    double *z;                             /**< [n_chains][n_steps][n] */
    double *log_density;                   /**< [n_chains][n_steps] */
} chains;

tsr_status chains_create(uint32_t n, uint32_t n_chains, uint32_t n_steps, chains **out, tsr_error *error);
void chains_free(chains *c);

/**
 * Go on from c->n_done to the end.
 *
 * @retval TSR_E_NUMERIC    no possible start was found
 * @retval TSR_E_CANCELLED  saved, and stopped
 */
tsr_status chains_run(chains *c, const chain_target *target, const chain_options *options, tsr_error *error);

#endif
