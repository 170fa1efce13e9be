/* What simulate and forecast have in common: a model, the record of its members, answers and parameters. */
#ifndef STUDY_RESULT_H
#define STUDY_RESULT_H

#include "ensemble/recorder.h"
#include "infer/space.h"
#include "study/questions.h"
#include "study/run.h"

/** Owns everything that its run borrows, the scenario and the panel excepted. */
typedef struct study_result {
    study_run run;
    model *m;
    recorder *recorder;
    question_set *questions;
    char (*names)[96]; /**< "mechanism.parameter" */
    run_learning learning;
    record *filtered; /**< or NULL */
} study_result;

/** NULL is accepted, and a half-built result. */
void result_free(study_result *r);

/** The table of parameters; pairs of factions that are at their default of nothing are left out. */
tsr_status result_list_parameters(study_result *r, tsr_error *error);

/** In that table: values that a fit has estimated, z in standard deviations of the prior. */
void result_mark_fitted(study_result *r, const space *s, const double *z);
/** In that table: values that drift around their priors. @param rows  [n] of the model's parameters */
void result_mark_drifting(study_result *r, const uint32_t *rows, uint32_t n);

/** Index of a what-if of the world, WORLD_NONE for NULL or "". Errors: TSR_E_USAGE, with the ids that exist. */
tsr_status result_find_whatif(const world *w, const char *id, int32_t *out, tsr_error *error);

/** Seconds of a clock that never goes back. */
double result_clock(void);

#endif
