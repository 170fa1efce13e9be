/* Deaths as they were observed, by unit, month and type of violence: what forecasts are scored against, and what baselines
 * learn from. */
#ifndef BACKTEST_OBSERVED_H
#define BACKTEST_OBSERVED_H

#include "backtest/forecast_file.h"
#include "events/panel.h"

/** UCDP's types and all of them together: "sb", "ns", "os", "all". */
enum { TYPE_ALL = PANEL_TYPES, TYPES };
const char *death_type_name(uint32_t type);
/** @return TYPES for an unknown name */
uint32_t death_type_find(const char *name, size_t n);

typedef struct observed {
    char *name; /**< of the file, for messages */
    unit_kind kind;
    intern units;
    int32_t first_month; /**< month_id */
    uint32_t n_months;
    double
        *deaths[TYPES]; /**< [unit][month], NaN: not observed; NULL: nothing of this type. [TYPE_ALL] is the sum where
                                the three types are observed, unless it is given itself */
    bool is_untyped;    /**< the file does not say which type: only TYPE_ALL is there, and it is what the caller says */
} observed;

/**
 * Read a table with month_id, country_id or area, and either outcome (with a column type of sb, ns, os or all, or without) or
 * some of ged_sb, ged_ns, ged_os. A blank cell is not observed, neither is a month without a row.
 *
 * @retval TSR_E_INPUT  no such table; a value that is negative or no number; a cell that comes twice
 */
tsr_status observed_read(const char *path, const tsr_hooks *hooks, observed **out, problem_list *problems,
                         tsr_error *error);

/** The same from a panel. Countries: its national totals, and where they are blank all deaths of months with complete
 *  events. Areas: located deaths of modelled channels in months with complete events, all types and one-sided. */
tsr_status observed_from_panel(const panel *p, const world *w, unit_kind kind, observed **out, tsr_error *error);

void observed_free(observed *o);
/** Index of a unit, -1 when there is none of this name. */
int32_t observed_unit(const observed *o, const char *name);
/** The unit whose name is nearest, NULL when none is near. */
const char *observed_nearest(const observed *o, const char *name);
/** Deaths of one cell; NaN when not observed, also outside the table's months. */
double observed_deaths(const observed *o, uint32_t type, int32_t unit, int32_t month_id);
/** What a caller who asks for `type` gets: itself, or TYPE_ALL when the table is untyped. TYPES when there is none. */
uint32_t observed_type(const observed *o, uint32_t type);

#endif
