/* Fitting a scenario's parameters to its data: the maximum by iterated filtering, then the posterior by chains. */
#ifndef STUDY_FIT_H
#define STUDY_FIT_H

#include "events/panel.h"
#include "infer/chains.h"
#include "infer/diagnose.h"
#include "infer/fitting.h"
#include "study/run.h"

typedef struct fit_options {
    tsr_hooks hooks;
    uint64_t seed;
    uint32_t n_particles;
    uint32_t n_threads;     /**< 0: all processors */
    const char *kernel;     /**< NULL: the best one */
    int32_t last_data;      /**< month_id of the last month whose data are seen; 0: the scenario's last_observed */
    uint32_t n_iterations;  /**< of iterated filtering, 1 or more */
    uint32_t n_repeats;     /**< of the log likelihood at the maximum and at the medians, 2 or more */
    uint32_t n_chains;      /**< 1 ... 64 */
    uint32_t n_steps;       /**< of each chain; 0: no posterior; else 16 or more */
    const char *checkpoint; /**< file that the state is kept in; NULL: none */
    bool resume;            /**< go on from it */
    double save_seconds;    /**< between writes of it */
} fit_options;

/** How much the data say about a coordinate. */
typedef enum fit_informed {
    FIT_UNKNOWN, /**< no posterior */
    FIT_NOT,     /**< the posterior is about as wide as the prior: above 0.9 of its standard deviation */
    FIT_LITTLE,  /**< above 0.7 */
    FIT_WELL
} fit_informed;

typedef struct fit_parameter {
    const char *name;                    /**< "recruitment.rate isis_k" */
    const char *unit;                    /**< of the numbers below */
    const char *text;                    /**< plain English */
    uint32_t n_values;                   /**< values that it moves together */
    double estimate;                     /**< posterior median, or the maximum where there is no posterior */
    double low, high;                    /**< 5 % and 95 % of the posterior; NaN without one */
    double prior_low, prior, prior_high; /**< 5 %, 50 % and 95 % */
    double z;                            /**< estimate in standard deviations of the prior from its median */
    double narrowing; /**< standard deviation of the posterior over that of the prior; NaN without one */
    diagnosis chains; /**< NaN without them */
    fit_informed informed;
} fit_parameter;

typedef struct fit_likelihood {
    double mean, sd; /**< over repeats [nat] */
    uint32_t n_repeats;
} fit_likelihood;

typedef struct fit_result {
    model *m;
    evidence *e;
    space *s;
    fitting_iteration *climb; /**< [n_iterations] */
    uint32_t n_iterations;
    chains *chains;            /**< NULL without a posterior */
    fit_parameter *parameters; /**< [s->n] */
    fit_likelihood at_estimate, at_medians;
    fit_likelihood at_maximum; /**< with chains: where the climb ended; its sd is the noise that the chains live with */
    bool is_noisy;             /**< too much of it: chains would stand still where the likelihood was overestimated */
    bool is_converged;         /**< every R-hat below 1.05 and every effective size above 100 */
    const char *status;        /**< a sentence: what these numbers are and what they are not */
    study_run run;             /**< what goes into the provenance; it has no record */
} fit_result;

/**
 * @param w, p  must outlive the result
 * @retval TSR_E_INPUT      the panel does not fit the scenario, nothing can be estimated, or the checkpoint is of another
 *                          scenario, data, version or choice of options
 * @retval TSR_E_NUMERIC    no particle could produce a month's data, named with its channel and area
 * @retval TSR_E_CANCELLED  stopped; the checkpoint has what was done
 */
tsr_status fit(const world *w, const panel *p, const fit_options *options, fit_result **out, tsr_error *error);
void fit_free(fit_result *r);

/* ---- fit_file.c ---- */

/** Estimates as a fit's folder keeps them. */
typedef struct fit_estimates {
    uint32_t n;
    char name[SPACE_MOST][SPACE_NAME];
    double z[SPACE_MOST]; /**< in standard deviations of the prior from its median */
    double prior_median[SPACE_MOST], prior_spread[SPACE_MOST]; /**< of the first value that a coordinate moves */
    int32_t last_data;                                         /**< month_id of the last month that the fit has seen */
} fit_estimates;

/** Those of a fit that was just made. */
void fit_take_estimates(const fit_result *r, fit_estimates *out);
/** Those of FOLDER/fit.json. @retval TSR_E_INPUT  there is no fit, or it is damaged */
tsr_status fit_read_estimates(const char *folder, fit_estimates *out, tsr_error *error);
/**
 * Estimates in the order of the coordinates of this model.
 *
 * @param last_data  of the run that wants them: a fit that has seen later months would look ahead
 * @retval TSR_E_INPUT  the fit has other parameters or priors than the scenario has now, or has seen later months
 */
tsr_status fit_match_estimates(const fit_estimates *estimates, const model *m, const space *s, int32_t last_data,
                               double z[SPACE_MOST], tsr_error *error);

/* ---- fit_checkpoint.c ---- */

/** The climb (when it is done) and the chains of `r`, into the file; atomic. */
tsr_status fit_checkpoint_write(const fit_result *r, const world *w, const panel *p, const fit_options *options,
                                tsr_error *error);
/** Fill climb and chains of `r` from the file. */
tsr_status fit_checkpoint_read(fit_result *r, const world *w, const panel *p, const fit_options *options,
                               tsr_error *error);

#endif
