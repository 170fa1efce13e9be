/* Events of UCDP GED files, one at a time: official releases (49 columns, old and new names, also without the header row)
 * and shorter tables with some of the columns. */
#ifndef EVENTS_GED_H
#define EVENTS_GED_H

#include "base/date.h"
#include "events/csv.h"
#include "events/panel.h"

#define GED_NO_ID INT64_MIN
#define GED_MAX_DEATHS 10000000 /**< of one event */

typedef struct ged_event {
    uint32_t line;
    int64_t id;          /**< column id; GED_NO_ID when blank */
    int64_t id_older;    /**< column id_ged211, which matches older files; GED_NO_ID when blank */
    date_day start, end; /**< each the other's value when the file has only one */
    panel_type type;
    csv_slice side_a, side_b, country; /**< country is empty when the file has no such column */
    csv_slice adm_1, where_coordinates;
    double latitude, longitude; /**< both NaN when not given */
    int32_t where_prec;         /**< 1 ... 7; 0 when not given */
    uint32_t best, low, high;
    bool is_elsewhere; /**< in another country than ged_only_country: nothing else is set but the deaths */
    bool is_widened;   /**< low was above best, or high below it */
} ged_event;

typedef struct ged_reader ged_reader;

/** Open a file and find its columns.
 *  @param hooks       may be NULL; must outlive the reader
 *  @param problems    gets what is wrong in rows; may be NULL
 *  @param n_problems  errors of rows so far; after 50 reading stops
 *  @retval TSR_E_INPUT  the file is no table or lacks columns; the message lists them */
tsr_status ged_open(const char *path, const tsr_hooks *hooks, problem_list *problems, size_t *n_problems,
                    ged_reader **out, tsr_error *error);
/** The same for the bytes of a file; they must outlive the reader. */
tsr_status ged_open_bytes(const void *bytes, size_t n, const char *name, problem_list *problems, size_t *n_problems,
                          ged_reader **out, tsr_error *error);
void ged_close(ged_reader *g);
/** Of rows that name another country read only the country and the deaths: what else is wrong in them is not ours.
 *  @param country  borrowed; "" for all */
void ged_only_country(ged_reader *g, const char *country);

/** The next event of a row without problems; slices are valid until the next call. *more is false at the end.
 *  @retval TSR_E_INPUT  reading cannot go on, or there are 50 problems */
tsr_status ged_next(ged_reader *g, ged_event *event, bool *more, tsr_error *error);

/** TSR_E_IO when the file changed since it was opened. */
tsr_status ged_check_unchanged(const ged_reader *g, tsr_error *error);

bool ged_has_ids(const ged_reader *g);
bool ged_has_older_ids(const ged_reader *g); /**< a column id_ged211 */
bool ged_has_precision(const ged_reader *g); /**< a column where_prec */
bool ged_has_adm_1(const ged_reader *g);
uint64_t ged_n_rows(const ged_reader *g);    /**< read so far, those with problems too */
uint64_t ged_n_widened(const ged_reader *g); /**< of events that are not elsewhere */
/** Place of the last row, and whether the file ended without a line break after it. */
base_place ged_place(const ged_reader *g);
bool ged_row_is_open(const ged_reader *g);

#endif
