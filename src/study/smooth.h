/* Recorded draws of a filter's months, given the data up to the month or later ones too. */
#ifndef STUDY_SMOOTH_H
#define STUDY_SMOOTH_H

#include "ensemble/record.h"
#include "infer/filter.h"

/** A copy of what has no areas, as equally weighted draws given the data up to each month; the months with data only. */
tsr_status smooth_keep_filtered(const filter *f, const record *r, record **out, tsr_error *error);
void smooth_free(record *filtered);

/** The draws of the months with data become equally weighted draws given the data up to `lag` months later. */
tsr_status smooth_record(const filter *f, uint32_t lag, record *r, tsr_error *error);

#endif
