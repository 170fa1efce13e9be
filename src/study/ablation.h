/* What each kind of data adds: the nowcast again without it. */
#ifndef STUDY_ABLATION_H
#define STUDY_ABLATION_H

#include "study/forecast.h"

/**
 * Run the nowcast without each kind of data that there is, and once without any (a simulation from the same start, with
 * parameters as the nowcast has them).
 *
 * @param all  the nowcast with all data, of the same options
 */
tsr_status ablation_create(const world *w, const panel *p, const forecast_options *options, const study_result *all,
                           run_ablation **out, tsr_error *error);
void ablation_free(run_ablation *a);

#endif
