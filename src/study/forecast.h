/* Learning the hidden state from data, and going on from there. */
#ifndef STUDY_FORECAST_H
#define STUDY_FORECAST_H

#include "infer/evidence.h"
#include "study/fit.h"
#include "study/result.h"

typedef struct forecast_options {
    tsr_hooks hooks;
    uint64_t seed;
    uint32_t n_particles;
    uint32_t n_threads; /**< 0: all processors */
    uint32_t n_lanes;   /**< 0: 128, or fewer where there are few */
    const char *kernel; /**< NULL: the best one */
    const char *whatif; /**< id, or NULL; nowcast has none */
    int32_t last_data;  /**< month_id of the last month whose data are seen; 0: the scenario's last_observed */
    uint32_t n_months;  /**< to forecast after it; 0: only the months with data (a nowcast) */
    uint32_t lag;       /**< months of later data that inform a month's hidden state: 0 filtered, 12 smoothed */
    uint32_t n_repeats; /**< of the filter, for the error of the log likelihood; the first one is shown. At least 1 */
    const fit_estimates *estimates; /**< of fitted parameters, instead of their medians; or NULL */
    bool draw_parameters;     /**< every particle has parameters of its own from the priors, instead of their medians */
    bool without[DATA_KINDS]; /**< leave out kinds of data */
    bool without_any; /**< leave out all: a simulation of the months with data from the same start; no forecast */
    bool
        drift; /**< parameters that say how fast hidden things move drift around their priors instead of standing at their medians;
                     not with estimates or draw_parameters */
    bool with_foresight; /**< compare with a benchmark how located events were foreseen */
} forecast_options;

/**
 * Filter the panel, then continue the particles without data.
 *
 * The record has the filtered or smoothed state of the months with data, and draws of the months after them.
 *
 * @param w, p  must outlive the result
 * @retval TSR_E_INPUT    the panel does not fit the scenario, or last_data lies outside the period
 * @retval TSR_E_NUMERIC  no particle could produce a month's data, named with its channel and area
 */
tsr_status forecast(const world *w, const panel *p, const forecast_options *options, study_result **out,
                    tsr_error *error);

#endif
