/* National totals: deaths of a country by month and UCDP type, blank where not observed. */
#ifndef EVENTS_TOTALS_H
#define EVENTS_TOTALS_H

#include "events/panel.h"

/** Read the rows of the world's country (by views_country_id, else by name) of a file with the columns month_id or year
 *  and month, country_id or name, and some of ged_sb, ged_ns, ged_os.
 *  @param deaths    in and out, [n_months][PANEL_TYPES] from first_month on; only cells that the file has are written
 *  @param n_rows    out, rows of the file, other countries' too
 *  @param problems  gets what is wrong in rows; may be NULL
 *  @retval TSR_E_INPUT  the file is no table, lacks columns or has no row of the country, or has too many problems */
tsr_status totals_read(const char *path, const world *w, uint32_t n_months, double *deaths, uint64_t *n_rows,
                       problem_list *problems, tsr_error *error);

#endif
