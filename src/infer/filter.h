/* The filter: a cloud of particles, each a complete world, weighted by what was observed month by month.
 *
 * The cells' multipliers are not sampled: every particle carries their posteriors (Rao-Blackwellised, model/observe.h).
 * Same scenario, data and seed give the same bits for any number of threads, lanes and any kernel.
 */
#ifndef INFER_FILTER_H
#define INFER_FILTER_H

#include "ensemble/ensemble.h"
#include "infer/evidence.h"
#include "infer/foresight.h"

/** Parameters that particles have of their own (model/step.h), and what the filter does with them. */
typedef struct filter_coordinates {
    uint32_t n_values;          /**< of parameters */
    const uint32_t *parameter;  /**< [n_values] row of parameters */
    const uint32_t *coordinate; /**< [n_values] 0 ... n - 1 */
    uint32_t n;                 /**< coordinates, 1 or more */
    float *z; /**< [n][n_particles] in: at the start; out: of the equally weighted particles after the last month */
    double perturb_sd; /**< a normal step of every coordinate before every month (iterated filtering); 0: they stay */
    /** [n] Does the coordinate matter at the start only? With perturb_sd it takes all its steps there at once. NULL: none does. */
    const bool *is_of_start;
    /** Parameters that drift: a coordinate is standard normal in the first month, and keeps this share of its value from month
     *  to month, the rest of its unit variance being new: it never leaves its prior. 0: none do. Not with perturb_sd. */
    double persistence;
    bool weigh_prior; /**< particles begin with the prior density of their coordinates as weight, not equally */
} filter_coordinates;

typedef struct filter_options {
    tsr_hooks hooks;
    uint64_t seed;
    random_purpose purpose;
    uint64_t replicate;    /**< another set of draws of the same seed */
    uint32_t n_particles;  /**< 16 ... 2^22 */
    uint32_t n_threads;    /**< 0: all processors */
    uint32_t n_lanes;      /**< 0: ensemble_lanes */
    const char *kernel;    /**< NULL: the best one */
    double resample_below; /**< resample when the effective sample size is below this share of the particles; 0: half */
    const filter_coordinates *coordinates; /**< or NULL: the parameters are the model's */
    const model_kernel *own_kernel;        /**< instead of `kernel`: a test's own model */
    foresight *foresight; /**< of the evidence's months, model's channels and areas, filled by filter_run; or NULL */
} filter_options;

/** One month of the filter. */
typedef struct filter_month {
    double log_likelihood; /**< log p(data of the month | data before) [nat] */
    double effective;      /**< effective sample size after the month's weights */
    uint32_t n_ancestors;  /**< different particles that the next month descends from; n_particles without resampling */
    bool is_resampled;
    uint32_t worst; /**< row of densities with the lowest log mean density: see filter_row_name */
    double worst_log_likelihood;
    uint32_t worst_area; /**< area of that channel whose count surprised most; n_areas when the row has none */
    bool is_collapsed;   /**< effective is below 5 % of the particles, or below 20: what follows rests on few of them */
    uint32_t narrowest;  /**< row of densities that on its own would leave the fewest effective particles */
    double narrowest_effective; /**< as many */
    uint32_t narrowest_area;    /**< as worst_area */
} filter_month;

typedef struct filter filter;

/** @param m, e  must outlive the filter; the model must have one sub-step a month */
tsr_status filter_create(const model *m, const evidence *e, const filter_options *options, filter **out,
                         tsr_error *error);
void filter_free(filter *f);

/**
 * Run through all months of the evidence; afterwards the particles have equal weights.
 *
 * @param observers  see every month of every tile, before its weights are applied: use filter_draws to weigh what they keep
 * @retval TSR_E_NUMERIC  a state is not a number, or no particle could produce a month's data: the message names the month,
 *                        channel and area, and what had been expected there
 */
tsr_status filter_run(filter *f, const ensemble_observer *observers, size_t n_observers, tsr_error *error);

/** Instead of filter_run: the same months without data, to see what these add. */
tsr_status filter_simulate(filter *f, const ensemble_observer *observers, size_t n_observers, tsr_error *error);

/** Forget everything, for another filter_run with other draws. What `coordinates` points at may have changed. */
void filter_restart(filter *f, uint64_t replicate);

/** Go on without data to the model's last month, multipliers drawn from their posteriors. Call after filter_run. */
tsr_status filter_forecast(filter *f, const ensemble_observer *observers, size_t n_observers, tsr_error *error);

uint32_t filter_particles(const filter *f);
double filter_log_likelihood(const filter *f);
const filter_month *filter_months(const filter *f, uint32_t *n_months);

/** Equally weighted particles of month t as indices of its particles, given all data up to month min(t + lag, last), or to
 *  the first one from there on whose particles were resampled:
 *  draw[i] in [0, n_particles). */
void filter_draws(const filter *f, uint32_t i_month, uint32_t lag, uint32_t *draw);
/** Number of different particles among the first n indices. */
uint32_t filter_count_different(const uint32_t *sorted, uint32_t n);

/** What a row of densities is about: "events of government-taliban", "deaths of the country (sb)", "strength reports". */
void filter_row_name(const model *m, uint32_t row, char *out, size_t n);

#endif
