/* Metropolis-Hastings chains whose target density may be an estimate: with unbiased likelihoods of a particle filter this is
 * particle marginal Metropolis-Hastings (Andrieu, Doucet & Holenstein 2010, doi:10.1111/j.1467-9868.2009.00736.x).
 *
 * Most proposals are independent draws from an approximation of the target (approximation.h), some are steps from where the
 * chain is. In the first third the approximation learns from everything that any chain has tried; then it is fixed, and the chain
 * is a valid one. A chain that walks would need some hundred steps for one independent draw of fifteen coordinates, and more
 * with a noisy density; one that draws independently needs as many as the noise costs.
 *
 * After the first third a step keeps the randomness with which the density was estimated where the chain is: that is a chain on
 * points and random numbers together, whose points have the same law. Estimates of neighbours by the same random numbers err
 * alike, so that a chain can leave a place whose density was overestimated.
 *
 * Every draw is a function of (seed, chain, step): the bits are the same for any number of threads, and for a run that was
 * stopped and goes on from its saved state.
 */
#ifndef INFER_CHAINS_H
#define INFER_CHAINS_H

#include "base/threads.h"
#include "infer/approximation.h"

/** A log density up to a constant, at a point. */
typedef struct chain_target {
    /** Called by several threads at once, but never for one chain by two. Calls no hook.
     *  @param replicate  of its randomness: the same point and replicate give the same density
     *  @param out  log density [nat]; -INFINITY where the point is impossible */
    tsr_status (*log_density)(void *user, uint32_t chain, const double *z, uint64_t replicate, double *out,
                              tsr_error *error);
    void *user;
} chain_target;

typedef struct chain_options {
    tsr_hooks hooks;
    thread_pool *pool; /**< its threads share out the chains */
    uint64_t seed;
    uint32_t n_chains;         /**< 1 ... 64 */
    uint32_t n_steps;          /**< of each chain, 16 or more; the first third learns and is no part of the answer */
    double centre[SPACE_MOST]; /**< chains start around it ... */
    double start_sd;           /**< ... at normal distances of this sd */
    double most_sd; /**< in no direction is the target wider, as far as is known: of a posterior, its prior */
    /** Called now and then with all there is, and before an early return; NULL: nothing is kept. */
    tsr_status (*save)(void *user, tsr_error *error);
    void *save_user;
    double save_seconds; /**< between calls of it */
} chain_options;

/** Where a chain is. */
typedef struct chain_state {
    double z[SPACE_MOST], log_density;
    double log_scale;    /**< of steps, in the first third adapted towards an acceptance of 0.2 */
    uint32_t n_accepted; /**< after the first third */
    uint32_t n_impossible;
    uint32_t drawn_in; /**< the step whose random numbers the estimate of the density is of */
} chain_state;

typedef struct chains {
    uint32_t n, n_chains, n_steps;
    uint32_t n_learning; /**< first steps, which shape the proposals and are no part of the answer */
    uint32_t n_done;     /**< steps that all chains have made */
    chain_state *state;  /**< [n_chains] */
    double *z;           /**< [n_chains][n_steps][n] */
    double *log_density; /**< [n_chains][n_steps] */
    double *tried_z;     /**< [n_chains][n_learning][n] proposals of the first third ... */
    double *tried;       /**< [n_chains][n_learning] ... and their log densities */
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
