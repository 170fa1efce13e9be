/* A forward ensemble of a scenario, from the prior: the first complete run. */
#ifndef STUDY_SIMULATE_H
#define STUDY_SIMULATE_H

#include "study/result.h"

typedef struct simulate_options {
    tsr_hooks hooks;
    uint64_t seed;
    uint32_t n_members;    /**< 1 ... */
    uint32_t n_area_draws; /**< members of which area-level draws are kept */
    uint32_t n_threads;    /**< 0: all processors */
    uint32_t n_lanes;      /**< 0: 128, or fewer where there are few */
    const char *kernel;    /**< NULL: the best one */
    const char *whatif;    /**< id, or NULL */
    bool use_defaults;     /**< parameters and starts at their medians */
    bool free_history;     /**< rulers and rungs of the past are the model's */
} simulate_options;

/**
 * @param w    must outlive the result; so must `p` (may be NULL)
 * @param out  its run has everything except the scenario's path and hash and the command line, which the caller fills
 */
tsr_status simulate(const world *w, const panel *p, const simulate_options *options, study_result **out,
                    tsr_error *error);

#endif
