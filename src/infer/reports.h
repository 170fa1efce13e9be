/* Published numbers about the hidden state: strengths, counts of districts, areas in which a faction is active. */
#ifndef INFER_REPORTS_H
#define INFER_REPORTS_H

#include "base/arena.h"
#include "infer/evidence.h"

/** Rows of log densities that reports have: strength, districts, presence. */
enum { REPORT_ROWS = DATA_KINDS - DATA_STRENGTH };

/** Fill e->reports from the facts of the scenario that were known at the model's origin. */
tsr_status reports_read(const model *m, const evidence_options *options, arena *memory, evidence *e, tsr_error *error);

/** Log densities of the month's reports given the tile's state. @param densities  out, [REPORT_ROWS][n_lanes] */
void reports_weigh(const evidence *e, const model_tile *tile, uint32_t i_month, double *densities);

/** "strength reports" ...: what a row is about. */
const char *reports_row_name(uint32_t row);

#endif
