/* The model's foresight of located events beside a benchmark's. */
#ifndef STUDY_FORESIGHT_H
#define STUDY_FORESIGHT_H

#include "infer/evidence.h"
#include "infer/foresight.h"
#include "study/run.h"

/** @param f  what a filter has foreseen of the evidence */
tsr_status run_foresight_create(const foresight *f, const evidence *e, run_foresight **out, tsr_error *error);
void run_foresight_free(run_foresight *f);

#endif
