/* Tables of observed deaths, from CSV files and from panels. */
#include "backtest/observed.h"

#include "base/arena.h"
#include "base/text.h"
#include "events/columns.h"
#include "events/quote.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MONTH, COUNTRY, AREA, TYPE, OUTCOME, SB, NS, OS, DRAW, N_COLUMNS };
enum { LAST_MONTH = 2652, NAME_SIZE = 256 };

static const column_spec specs[N_COLUMNS] = {
    [MONTH] = {{"month_id"}, true}, [COUNTRY] = {{"country_id"}, false}, [AREA] = {{"area"}, false},
    [TYPE] = {{"type"}, false},     [OUTCOME] = {{"outcome"}, false},    [SB] = {{"ged_sb"}, false},
    [NS] = {{"ged_ns"}, false},     [OS] = {{"ged_os"}, false},          [DRAW] = {{"draw"}, false},
};

/** One value with its place. */
typedef struct observation {
    uint32_t unit, type, line;
    int32_t month_id;
    double deaths;
} observation;

typedef struct observed_reader {
    columns table;
    observed *o;
    size_t unit_column;
    observation *rows;
    size_t n, capacity;
} observed_reader;

const char *death_type_name(uint32_t type) {
    return type < PANEL_TYPES ? panel_type_name((panel_type)type) : "all";
}

uint32_t death_type_find(const char *name, size_t n) {
    for (uint32_t type = 0; type < TYPES; type++)
        if (strlen(death_type_name(type)) == n && memcmp(name, death_type_name(type), n) == 0)
            return type;
    return TYPES;
}

/* ---- rows ---- */

static tsr_status check_header(observed_reader *r, tsr_error *error) {
    columns *c = &r->table;
    bool is_wide = columns_has(c, SB) || columns_has(c, NS) || columns_has(c, OS);
    const char *also = NULL;
    if (!columns_has(c, COUNTRY) && !columns_has(c, AREA))
        also = "country_id or area";
    else if (!columns_has(c, OUTCOME) && !is_wide)
        also = "outcome, or some of ged_sb, ged_ns, ged_os";
    tsr_status status = columns_missing(c, also, error);
    if (status != TSR_OK)
        return status;
    if (columns_has(c, DRAW))
        return FAIL_AT(error, TSR_E_INPUT, columns_place(c, DRAW),
                       "the file has a column draw: it is a forecast, and observed deaths are needed here");
    if (columns_has(c, COUNTRY) && columns_has(c, AREA))
        return FAIL_AT(error, TSR_E_INPUT, columns_place(c, AREA),
                       "the file has country_id and area; which one are its rows about?");
    if (columns_has(c, OUTCOME) && is_wide)
        return FAIL_AT(error, TSR_E_INPUT, columns_place(c, OUTCOME),
                       "the file has outcome and ged_sb, ged_ns or ged_os; which one is meant?");
    r->o->kind = columns_has(c, AREA) ? UNIT_AREA : UNIT_COUNTRY;
    r->unit_column = columns_has(c, AREA) ? AREA : COUNTRY;
    r->o->is_untyped = columns_has(c, OUTCOME) && !columns_has(c, TYPE);
    return TSR_OK;
}

static tsr_status read_header(observed_reader *r, tsr_error *error) {
    columns *c = &r->table;
    bool more;
    tsr_status status = csv_next(c->csv, &more, error);
    if (status != TSR_OK)
        return status;
    if (!more)
        return FAIL_AT(error, TSR_E_INPUT, ((base_place){csv_name(c->csv), 0, 0}),
                       "the file has no rows; a table with a header row is needed");
    status = columns_match(c, error);
    return status == TSR_OK ? check_header(r, error) : status;
}

static bool read_unit(observed_reader *r, uint32_t *unit) {
    columns *c = &r->table;
    char number[16];
    int64_t id = 0;
    csv_slice text = columns_text(c, r->unit_column);
    if (r->o->kind == UNIT_COUNTRY) {
        columns_integer(c, COUNTRY, true, 0, INT32_MAX, "a country number of ViEWS", &id);
        text = (csv_slice){number, (size_t)snprintf(number, sizeof number, "%d", (int)id)};
    } else if (text.n == 0 || text.n >= NAME_SIZE) {
        columns_problem(c, AREA, "the name of an area, at most 255 bytes");
    }
    return c->row_is_bad || intern_add(&r->o->units, text.text, text.n, unit);
}

static bool add(observed_reader *r, observation o) {
    void *rows = r->rows;
    bool ok = array_reserve(&rows, &r->capacity, r->n + 1, sizeof *r->rows);
    r->rows = rows;
    if (ok)
        r->rows[r->n++] = o;
    return ok;
}

/** A whole number of deaths into a new row of the reader, NaN for a blank cell: so a cell that comes twice is seen even
 *  when one is blank. */
static bool read_deaths(observed_reader *r, size_t column, observation o) {
    int64_t deaths = -1;
    columns_integer(&r->table, column, false, 0, FORECAST_MAX_OUTCOME, "a whole number of deaths, 0 or more, or blank",
                    &deaths);
    o.deaths = deaths < 0 ? NAN : (double)deaths;
    return r->table.row_is_bad || add(r, o);
}

static tsr_status read_row(observed_reader *r, tsr_error *error) {
    columns *c = &r->table;
    int64_t month_id = 0;
    observation o = {.type = TYPE_ALL, .line = csv_line(c->csv)};
    columns_integer(c, MONTH, true, 1, LAST_MONTH, "a month number of ViEWS, 1 (January 1980) to 2652", &month_id);
    bool ok = read_unit(r, &o.unit);
    o.month_id = (int32_t)month_id;
    if (columns_has(c, TYPE)) {
        csv_slice text = columns_text(c, TYPE);
        o.type = death_type_find(text.text, text.n);
        if (o.type == TYPES)
            columns_problem(c, TYPE, "sb, ns, os or all");
    }
    if (columns_has(c, OUTCOME))
        ok = ok && read_deaths(r, OUTCOME, o);
    for (uint32_t type = 0; type < PANEL_TYPES && ok; type++) {
        o.type = type;
        if (columns_has(c, SB + type))
            ok = read_deaths(r, SB + type, o);
    }
    return ok ? TSR_OK : FAIL(error, TSR_E_MEMORY, "no memory to read %s", csv_name(c->csv));
}

/* ---- the table ---- */

static tsr_status make_type(observed *o, uint32_t type, tsr_error *error) {
    size_t n = (size_t)o->units.n * o->n_months;
    if (o->deaths[type] != NULL)
        return TSR_OK;
    o->deaths[type] = malloc((n ? n : 1) * sizeof *o->deaths[type]);
    if (o->deaths[type] == NULL)
        return FAIL(error, TSR_E_MEMORY, "no memory for %u months of %u units", o->n_months, o->units.n);
    for (size_t i = 0; i < n; i++)
        o->deaths[type][i] = NAN;
    return TSR_OK;
}

/** All types together, where the three are there and their sum is not given. */
static tsr_status add_sums(observed *o, tsr_error *error) {
    size_t n = (size_t)o->units.n * o->n_months;
    for (uint32_t type = 0; type < PANEL_TYPES; type++)
        if (o->deaths[type] == NULL)
            return TSR_OK;
    tsr_status status = make_type(o, TYPE_ALL, error);
    for (size_t i = 0; i < n && status == TSR_OK; i++)
        if (isnan(o->deaths[TYPE_ALL][i]))
            o->deaths[TYPE_ALL][i] = o->deaths[0][i] + o->deaths[1][i] + o->deaths[2][i];
    return status;
}

static void report_twice(observed_reader *r, const observation *row, uint32_t line) {
    char quoted[QUOTE_SIZE], month[16];
    const char *name = intern_text(&r->o->units, row->unit);
    month_text(row->month_id, month);
    problem_add(r->table.problems, PROBLEM_ERROR, (base_place){r->o->name, row->line, 1},
                "%s of %s is in line %u already; there must be one row", month, quote_bytes(name, strlen(name), quoted),
                line);
}

static tsr_status fill(observed_reader *r, tsr_error *error) {
    tsr_status status = TSR_OK;
    observed *o = r->o;
    int32_t first = r->rows[0].month_id, last = first;
    for (size_t i = 0; i < r->n; i++) {
        first = r->rows[i].month_id < first ? r->rows[i].month_id : first;
        last = r->rows[i].month_id > last ? r->rows[i].month_id : last;
    }
    o->first_month = first;
    o->n_months = (uint32_t)(last - first) + 1;
    size_t n = (size_t)o->units.n * o->n_months;
    uint32_t *lines = calloc(n * TYPES, sizeof *lines); /* in which a cell was found */
    if (lines == NULL)
        return FAIL(error, TSR_E_MEMORY, "no memory for %u months of %u units", o->n_months, o->units.n);
    for (size_t i = 0; i < r->n; i++) {
        const observation *row = &r->rows[i];
        size_t cell = (size_t)row->unit * o->n_months + (size_t)(row->month_id - first);
        uint32_t *line = &lines[row->type * n + cell];
        if (*line != 0) {
            report_twice(r, row, *line);
            if (++*r->table.n_problems >= COLUMNS_MAX_PROBLEMS)
                break;
            continue;
        }
        *line = row->line;
        TRY(make_type(o, row->type, error));
        o->deaths[row->type][cell] = row->deaths;
    }
    status = *r->table.n_problems ? problem_list_status(r->table.problems, error) : add_sums(o, error);
out:
    free(lines);
    return status;
}

static tsr_status read_rows(observed_reader *r, tsr_error *error) {
    for (;;) {
        bool more;
        tsr_status status = columns_next(&r->table, &more, error);
        if (status == TSR_OK && more)
            status = read_row(r, error);
        if (status != TSR_OK)
            return status;
        if (!more)
            break;
    }
    if (*r->table.n_problems > 0)
        return problem_list_status(r->table.problems, error);
    if (r->n == 0)
        return FAIL_AT(error, TSR_E_INPUT, ((base_place){r->o->name, 1, 1}), "the file has no observed month");
    return TSR_OK;
}

static observed *create(const char *name) {
    observed *o = calloc(1, sizeof *o);
    if (o != NULL && (o->name = strdup(name)) == NULL) {
        free(o);
        return NULL;
    }
    return o;
}

tsr_status observed_read(const char *path, const tsr_hooks *hooks, observed **out, problem_list *problems,
                         tsr_error *error) {
    tsr_status status = TSR_OK;
    size_t n_problems = 0;
    problem_list own;
    observed_reader r = {.table = {.specs = specs, .n_specs = N_COLUMNS, .n_problems = &n_problems}};
    problem_list_init(&own);
    r.table.problems = problems ? problems : &own;
    r.o = create(path);
    if (r.o == NULL) {
        status = FAIL(error, TSR_E_MEMORY, "no memory to read %s", path);
        goto out;
    }
    TRY(csv_open(path, hooks, &r.table.csv, error));
    TRY(read_header(&r, error));
    TRY(read_rows(&r, error));
    TRY(fill(&r, error));
    *out = r.o;
    r.o = NULL;
out:
    csv_close(r.table.csv);
    free(r.rows);
    observed_free(r.o);
    problem_list_clear(&own);
    return status;
}

/* ---- panels ---- */

static void fill_country(observed *o, const panel *p) {
    for (uint32_t month = 0; month < p->n_months; month++)
        for (uint32_t type = 0; type < PANEL_TYPES; type++) {
            size_t cell = (size_t)month * PANEL_TYPES + type;
            o->deaths[type][month] = p->totals[cell];
            if (isnan(p->totals[cell]) && p->coverage[month] == PANEL_COMPLETE)
                o->deaths[type][month] = (double)p->type_deaths[cell];
        }
}

static void fill_areas(observed *o, const panel *p, const world *w) {
    const world_channel *channels = world_channels(w, NULL);
    for (uint32_t month = 0; month < p->n_months; month++)
        for (uint32_t area = 0; area < p->n_areas && p->coverage[month] == PANEL_COMPLETE; area++) {
            double all = 0, one_sided = 0;
            for (uint32_t channel = 0; channel < p->n_channels; channel++) {
                uint32_t deaths = p->deaths[panel_cell(p, month, channel, area)];
                all += deaths;
                one_sided += channels[channel].kind == WORLD_ONE_SIDED ? deaths : 0;
            }
            o->deaths[TYPE_ALL][(size_t)area * p->n_months + month] = all;
            o->deaths[PANEL_ONE_SIDED][(size_t)area * p->n_months + month] = one_sided;
        }
}

static tsr_status add_units(observed *o, const world *w, tsr_error *error) {
    char number[16];
    uint32_t unit;
    size_t n_areas;
    bool ok = true;
    const world_area *areas = world_areas(w, &n_areas);
    if (o->kind == UNIT_COUNTRY) {
        int n = snprintf(number, sizeof number, "%d", w->views_country_id);
        ok = intern_add(&o->units, number, (size_t)n, &unit);
    }
    for (size_t i = 0; i < n_areas && ok && o->kind == UNIT_AREA; i++) {
        const char *name = world_string(w, areas[i].name);
        ok = intern_add(&o->units, name, strlen(name), &unit);
    }
    return ok ? TSR_OK : FAIL(error, TSR_E_MEMORY, "no memory for %zu areas", n_areas);
}

tsr_status observed_from_panel(const panel *p, const world *w, unit_kind kind, observed **out, tsr_error *error) {
    tsr_status status = TSR_OK;
    observed *o = create("the scenario's data");
    if (o == NULL)
        return FAIL(error, TSR_E_MEMORY, "no memory for observed deaths");
    o->kind = kind;
    o->first_month = p->first_month;
    o->n_months = p->n_months;
    TRY(add_units(o, w, error));
    for (uint32_t type = 0; type < TYPES; type++)
        if (kind == UNIT_COUNTRY ? type < PANEL_TYPES : type >= PANEL_ONE_SIDED)
            TRY(make_type(o, type, error));
    if (kind == UNIT_COUNTRY)
        fill_country(o, p);
    else
        fill_areas(o, p, w);
    TRY(add_sums(o, error));
    *out = o;
    o = NULL;
out:
    observed_free(o);
    return status;
}

/* ---- use ---- */

void observed_free(observed *o) {
    if (o == NULL)
        return;
    intern_clear(&o->units);
    for (uint32_t type = 0; type < TYPES; type++)
        free(o->deaths[type]);
    free(o->name);
    free(o);
}

int32_t observed_unit(const observed *o, const char *name) {
    for (uint32_t unit = 0; unit < o->units.n; unit++)
        if (strcmp(intern_text(&o->units, unit), name) == 0)
            return (int32_t)unit;
    return -1;
}

const char *observed_nearest(const observed *o, const char *name) {
    const char *best = NULL;
    size_t nearest = 1 + strlen(name) / 4;
    for (uint32_t unit = 0; unit < o->units.n; unit++) {
        size_t distance = text_distance(name, intern_text(&o->units, unit));
        if (distance <= nearest) {
            nearest = distance;
            best = intern_text(&o->units, unit);
        }
    }
    return best;
}

double observed_deaths(const observed *o, uint32_t type, int32_t unit, int32_t month_id) {
    if (type >= TYPES || o->deaths[type] == NULL || unit < 0 || month_id < o->first_month ||
        month_id >= o->first_month + (int32_t)o->n_months)
        return NAN;
    return o->deaths[type][(size_t)unit * o->n_months + (size_t)(month_id - o->first_month)];
}

uint32_t observed_type(const observed *o, uint32_t type) {
    type = o->is_untyped ? (uint32_t)TYPE_ALL : type;
    return type < TYPES && o->deaths[type] != NULL ? type : (uint32_t)TYPES;
}
