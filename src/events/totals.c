/* National totals, in the layout of ViEWS: one row a country and month. */
#include "events/totals.h"

#include "events/columns.h"
#include "events/quote.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MONTH_ID, YEAR, MONTH, COUNTRY_ID, NAME, SB, NS, OS, N_COLUMNS };

static const column_spec specs[N_COLUMNS] = {
    [MONTH_ID] = {{"month_id"}, false}, [YEAR] = {{"year"}, false},
    [MONTH] = {{"month"}, false},       [COUNTRY_ID] = {{"country_id"}, false},
    [NAME] = {{"name"}, false},         [SB] = {{"ged_sb"}, false},
    [NS] = {{"ged_ns"}, false},         [OS] = {{"ged_os"}, false},
};
static const size_t column_of_type[PANEL_TYPES] = {SB, NS, OS};

typedef struct totals_reader {
    columns table;
    const world *w;
    uint32_t n_months;
    double *deaths;
    uint32_t *line_of_month; /**< in which this file has a month; 0: not */
    uint64_t n_found;
} totals_reader;

static tsr_status read_header(totals_reader *t, tsr_error *error) {
    tsr_status status = TSR_OK;
    columns *c = &t->table;
    bool more;
    TRY(csv_next(c->csv, &more, error));
    if (!more) {
        status = FAIL_AT(error, TSR_E_INPUT, ((base_place){csv_name(c->csv), 0, 0}),
                         "the file has no rows; a table with a header row is needed");
        goto out;
    }
    TRY(columns_match(c, error));
    bool has_month = columns_has(c, MONTH_ID) || (columns_has(c, YEAR) && columns_has(c, MONTH));
    bool has_country = (columns_has(c, COUNTRY_ID) && t->w->views_country_id != 0) || columns_has(c, NAME);
    bool has_deaths = columns_has(c, SB) || columns_has(c, NS) || columns_has(c, OS);
    const char *also = NULL;
    if (!has_month)
        also = "month_id, or year and month";
    else if (!has_country)
        also = "country_id (with country: {views_id: ...} in the scenario) or name";
    else if (!has_deaths)
        also = "one or more of ged_sb, ged_ns, ged_os";
    TRY(columns_missing(c, also, error));
out:
    return status;
}

static bool is_ours(totals_reader *t) {
    columns *c = &t->table;
    if (columns_has(c, COUNTRY_ID) && t->w->views_country_id != 0) {
        int64_t id = -1;
        columns_integer(c, COUNTRY_ID, true, 0, INT32_MAX, "a whole number, 0 or more", &id);
        return id == t->w->views_country_id;
    }
    csv_slice name = columns_text(c, NAME);
    const char *country = world_string(t->w, t->w->country);
    return name.n == strlen(country) && strncasecmp(name.text, country, name.n) == 0;
}

static int32_t read_month(columns *c) {
    int64_t month_id = 0, year = 1980, month = 1;
    if (columns_has(c, MONTH_ID)) {
        columns_integer(c, MONTH_ID, true, 1, 2652, "a month number of ViEWS, 1 (January 1980) to 2652", &month_id);
        return (int32_t)month_id;
    }
    columns_integer(c, YEAR, true, 1900, 2200, "a year from 1900 to 2200", &year);
    columns_integer(c, MONTH, true, 1, 12, "a month from 1 to 12", &month);
    return month_from_civil((int32_t)year, (int32_t)month);
}

static void read_row(totals_reader *t) {
    columns *c = &t->table;
    if (!is_ours(t))
        return;
    t->n_found++;
    int32_t index = read_month(c) - t->w->first_month;
    double values[PANEL_TYPES] = {NAN, NAN, NAN};
    for (size_t type = 0; type < PANEL_TYPES; type++)
        columns_number(c, column_of_type[type], false, 0, 1e9, "a number of deaths, 0 or more, or blank",
                       &values[type]);
    if (c->row_is_bad || index < 0 || (uint32_t)index >= t->n_months)
        return;
    if (t->line_of_month[index] != 0) {
        problem_add(c->problems, PROBLEM_ERROR, csv_place(c->csv, 0),
                    "this month of this country is in line %u already; there must be one row a month",
                    t->line_of_month[index]);
        ++*c->n_problems;
        return;
    }
    t->line_of_month[index] = csv_line(c->csv);
    for (size_t type = 0; type < PANEL_TYPES; type++)
        if (!isnan(values[type]))
            t->deaths[(size_t)index * PANEL_TYPES + type] = values[type];
}

tsr_status totals_read(const char *path, const world *w, uint32_t n_months, double *deaths, uint64_t *n_rows,
                       problem_list *problems, tsr_error *error) {
    tsr_status status = TSR_OK;
    size_t n_problems = 0;
    totals_reader t = {.w = w, .n_months = n_months, .deaths = deaths};
    t.table = (columns){.specs = specs, .n_specs = N_COLUMNS, .problems = problems, .n_problems = &n_problems};
    t.line_of_month = calloc((size_t)n_months + 1, sizeof *t.line_of_month);
    if (t.line_of_month == NULL)
        return FAIL(error, TSR_E_MEMORY, "no memory to read %s", path);
    TRY(csv_open(path, NULL, &t.table.csv, error));
    TRY(read_header(&t, error));
    for (;;) {
        bool more;
        TRY(columns_next(&t.table, &more, error));
        if (!more)
            break;
        read_row(&t);
    }
    *n_rows = t.table.n_rows;
    if (t.n_found == 0 && n_problems == 0)
        status = FAIL_AT(error, TSR_E_INPUT, ((base_place){path, 0, 0}),
                         "no row is of the country %s (country_id %d); see country: in the scenario",
                         world_string(w, w->country), w->views_country_id);
out:
    csv_close(t.table.csv);
    free(t.line_of_month);
    return status;
}
