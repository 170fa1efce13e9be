/* The observer that fills a record. */
#ifndef ENSEMBLE_RECORDER_H
#define ENSEMBLE_RECORDER_H

#include "ensemble/ensemble.h"
#include "ensemble/record.h"

typedef struct recorder recorder;

/** @param n_members     members of the run
 *  @param n_area_draws  members of which area-level variables are kept (the first ones), at most n_members */
tsr_status recorder_create(const model *m, uint32_t n_members, uint32_t n_area_draws, recorder **out, tsr_error *error);
void recorder_free(recorder *r);
ensemble_observer recorder_observer(recorder *r);
/** Borrowed; lives as long as the recorder. */
const record *recorder_record(const recorder *r);
record *recorder_record_writable(recorder *r);
/** Bytes that a recorder needs. */
uint64_t recorder_bytes(const model *m, uint32_t n_members, uint32_t n_area_draws);

#endif
