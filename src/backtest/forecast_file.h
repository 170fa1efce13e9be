/* A file of draws in the form of ViEWS: month_id, country_id or area, draw, outcome. Rows may come in any order; all that is
 * checked is that every unit has every month and every draw once. */
#ifndef BACKTEST_FORECAST_FILE_H
#define BACKTEST_FORECAST_FILE_H

#include "base/error.h"
#include "events/intern.h"

/** What a row is about. */
typedef enum unit_kind { UNIT_COUNTRY, UNIT_AREA, UNIT_KINDS } unit_kind;
const char *unit_kind_name(unit_kind kind);   /**< "country-month", "area-month" */
const char *unit_kind_column(unit_kind kind); /**< "country_id", "area" */

/** Draws a cell may have, and the largest outcome. */
#define FORECAST_MAX_DRAWS 100000u
#define FORECAST_MAX_OUTCOME 1000000000u

/** One unit in one month. */
typedef struct forecast_cell {
    uint32_t unit; /**< index into the file's units */
    int32_t month_id;
    uint32_t line; /**< of its first row */
    uint32_t n, capacity;
    uint32_t *outcomes; /**< [draw], plus one while reading: 0 is none */
} forecast_cell;

typedef struct forecast_file {
    char *path;
    unit_kind kind;
    intern units;         /**< country numbers as text, or names of areas, in the order of their first rows */
    forecast_cell *cells; /**< sorted by name of unit, then month: [unit][month] */
    size_t n_cells, cells_capacity;
    uint32_t n_draws;
    int32_t first_month; /**< month_id */
    uint32_t n_months;
} forecast_file;

/**
 * Read a file of draws.
 *
 * @param problems  gets everything that is wrong in rows, with line and column; may be NULL
 * @retval TSR_E_INPUT  no such table; a value that is missing, negative, no whole number or too large; a draw that comes
 *                      twice; a unit without a month or a month without a draw that others have
 */
tsr_status forecast_file_read(const char *path, const tsr_hooks *hooks, forecast_file **out, problem_list *problems,
                              tsr_error *error);
void forecast_file_free(forecast_file *f);
/** "133" or "Kabul", of a cell. */
const char *forecast_unit_name(const forecast_file *f, const forecast_cell *cell);

#endif
