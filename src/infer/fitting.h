/* Fitting parameters with the particle filter: likelihoods at a point, and iterated filtering for the maximum. */
#ifndef INFER_FITTING_H
#define INFER_FITTING_H

#include "infer/filter.h"
#include "infer/space.h"

/** A filter whose particles all have the same coordinates; made once, run at many points. */
typedef struct fitting fitting;

/** @param options  its coordinates are ours, its progress counts iterations */
tsr_status fitting_create(const model *m, const evidence *e, const space *s, const filter_options *options,
                          fitting **out, tsr_error *error);
void fitting_free(fitting *f);

const space *fitting_space(const fitting *f);

/** Estimated log likelihood at z; -INFINITY where no particle could produce the data. */
tsr_status fitting_log_likelihood(fitting *f, const double *z, uint64_t replicate, double *out, tsr_error *error);

/** One iteration of iterated filtering. */
typedef struct fitting_iteration {
    double perturb_sd;
    double log_likelihood;                   /**< of the perturbed model, with its swarm; not that of the model [nat] */
    double mean[SPACE_MOST], sd[SPACE_MOST]; /**< of the swarm after the last month */
} fitting_iteration;

typedef struct fitting_climb {
    uint32_t n_iterations; /**< 1 or more */
    double first_sd;       /**< of a month's perturbation in the first iteration, in standard deviations of the prior */
    double last_sd;        /**< in the last one; geometric between */
} fitting_climb;

/**
 * Iterated filtering (IF2): particles carry parameters that are perturbed every month; the data select; the perturbations
 * shrink. Every iteration begins with the swarm of the one before, weighed by the prior: it climbs to the mode of the
 * posterior on the scale of the coordinates.
 *
 * @param out  [n_iterations]
 * @source Ionides et al. 2015, PNAS 112(3):719-724, doi:10.1073/pnas.1410597112
 */
tsr_status fitting_maximise(fitting *f, const fitting_climb *climb, fitting_iteration *out, tsr_error *error);

#endif
