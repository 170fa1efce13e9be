/* A table: a CSV file whose columns are found by name, and cells read as values with a problem for each that is wrong. */
#ifndef EVENTS_COLUMNS_H
#define EVENTS_COLUMNS_H

#include "base/date.h"
#include "events/csv.h"

#define COLUMNS_MAX 24u
#define COLUMNS_NAMES 3u
#define COLUMNS_MAX_PROBLEMS 50u /**< of rows; then reading stops */

/** A column that the reader knows. */
typedef struct column_spec {
    const char *names[COLUMNS_NAMES]; /**< the first is what messages call it; older names follow, then NULL */
    bool is_required;
} column_spec;

typedef struct columns {
    csv_reader *csv;
    const column_spec *specs;
    size_t n_specs;
    size_t n_cells;            /**< that each row must have */
    int32_t cell[COLUMNS_MAX]; /**< of each spec; -1: not in the file */
    uint8_t name[COLUMNS_MAX]; /**< which of the names the file uses */
    uint64_t n_rows;           /**< read so far, those of a wrong length too */
    problem_list *problems;    /**< may be NULL */
    size_t *n_problems;        /**< errors of rows so far, shared by all files of an import */
    bool row_is_bad;           /**< a cell of this row was wrong */
    bool first_row_is_waiting; /**< no header row: the first row read is data */
} columns;

/** Match the header row that `csv` has just read with the specs, ignoring ASCII case and blanks around names. A name
 *  that occurs twice is TSR_E_INPUT. Columns that are not found get -1, required ones too: see columns_missing. */
tsr_status columns_match(columns *c, tsr_error *error);
/** TSR_E_INPUT when a required column or what `also` says (may be NULL: nothing) is missing: the message lists what, and
 *  the nearest names that the header has. */
tsr_status columns_missing(const columns *c, const char *also, tsr_error *error);

/** Read the next row that has as many cells as the header; others are problems.
 *  @retval TSR_E_INPUT  reading cannot go on, or there are too many problems */
tsr_status columns_next(columns *c, bool *more, tsr_error *error);

static inline bool columns_has(const columns *c, size_t spec) {
    return c->cell[spec] >= 0;
}
/** The cell without blanks around it; empty when the column is not in the file. */
csv_slice columns_text(const columns *c, size_t spec);
base_place columns_place(const columns *c, size_t spec);

/* Values. A wrong one adds a problem, sets row_is_bad and leaves *value alone. A blank cell or a column that is not in
 * the file leaves *value alone; it is a problem when `is_needed`. Whole numbers may be written 71686.0. */
void columns_integer(columns *c, size_t spec, bool is_needed, int64_t low, int64_t high, const char *allowed,
                     int64_t *value);
void columns_number(columns *c, size_t spec, bool is_needed, double low, double high, const char *allowed,
                    double *value);
/** A day YYYY-MM-DD; a time of day after it is ignored, as some releases have it. */
void columns_day(columns *c, size_t spec, bool is_needed, date_day *value);
/** A problem with a cell's value: "latitude is 95; it must be ...". */
void columns_problem(columns *c, size_t spec, const char *allowed);

#endif
