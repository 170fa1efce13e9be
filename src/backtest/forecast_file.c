/* Reading files of draws, a hundred megabytes and more: a row that continues the unit and month of the row before it costs
 * two numbers, and a cell has room for as many draws as the cells before it had. */
#include "backtest/forecast_file.h"

#include "base/arena.h"
#include "events/columns.h"
#include "events/quote.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MONTH, COUNTRY, AREA, DRAW, OUTCOME, N_COLUMNS };
enum { LAST_MONTH = 2652, KEY_SIZE = 256 };

static const column_spec specs[N_COLUMNS] = {
    [MONTH] = {{"month_id"}, true}, [COUNTRY] = {{"country_id"}, false}, [AREA] = {{"area"}, false},
    [DRAW] = {{"draw"}, true},      [OUTCOME] = {{"outcome"}, true},
};

typedef struct draws_reader {
    columns table;
    forecast_file *f;
    intern keys; /**< month and unit of every cell */
    size_t unit_column;
    char month[16], unit[KEY_SIZE]; /**< of the row before, as written */
    size_t n_month, n_unit;
    forecast_cell *cell; /**< of the row before; NULL: none */
    uint32_t most_draws; /**< that a cell had so far */
} draws_reader;

const char *unit_kind_name(unit_kind kind) {
    return kind == UNIT_COUNTRY ? "country-month" : "area-month";
}

const char *unit_kind_column(unit_kind kind) {
    return kind == UNIT_COUNTRY ? "country_id" : "area";
}

const char *forecast_unit_name(const forecast_file *f, const forecast_cell *cell) {
    return intern_text(&f->units, cell->unit);
}

/* ---- rows ---- */

static tsr_status read_header(draws_reader *r, tsr_error *error) {
    columns *c = &r->table;
    bool more;
    tsr_status status = csv_next(c->csv, &more, error);
    if (status != TSR_OK)
        return status;
    if (!more)
        return FAIL_AT(error, TSR_E_INPUT, ((base_place){csv_name(c->csv), 0, 0}),
                       "the file has no rows; a table with a header row is needed");
    status = columns_match(c, error);
    if (status != TSR_OK)
        return status;
    bool has_country = columns_has(c, COUNTRY), has_area = columns_has(c, AREA);
    status = columns_missing(c, has_country || has_area ? NULL : "country_id or area", error);
    if (status == TSR_OK && has_country && has_area)
        return FAIL_AT(error, TSR_E_INPUT, columns_place(c, AREA),
                       "the file has country_id and area; a forecast is by country or by area");
    r->f->kind = has_area ? UNIT_AREA : UNIT_COUNTRY;
    r->unit_column = has_area ? AREA : COUNTRY;
    return status;
}

static bool is_text(csv_slice slice, const char *text, size_t n) {
    return slice.n == n && memcmp(slice.text, text, n) == 0;
}

/** Name of the row's unit into `name`: a country's number without leading zeros, an area as written. */
static void read_unit(draws_reader *r, char name[KEY_SIZE], size_t *n) {
    columns *c = &r->table;
    int64_t id = 0;
    csv_slice text = columns_text(c, r->unit_column);
    if (r->f->kind == UNIT_COUNTRY) {
        columns_integer(c, COUNTRY, true, 0, INT32_MAX, "a country number of ViEWS", &id);
        *n = (size_t)snprintf(name, KEY_SIZE, "%d", (int)id);
    } else if (text.n == 0 || text.n >= KEY_SIZE) {
        columns_problem(c, AREA, "the name of an area, at most 255 bytes");
    } else {
        memcpy(name, text.text, text.n);
        *n = text.n;
    }
}

/** The cell of the row's unit and month, made when it is new. NULL after a problem, and then `status` may be memory. */
static forecast_cell *find_cell(draws_reader *r, tsr_status *status, tsr_error *error) {
    columns *c = &r->table;
    forecast_file *f = r->f;
    csv_slice month = columns_text(c, MONTH), unit = columns_text(c, r->unit_column);
    if (r->cell && is_text(month, r->month, r->n_month) && is_text(unit, r->unit, r->n_unit))
        return r->cell;
    char name[KEY_SIZE], key[KEY_SIZE + 16];
    size_t n_name = 0;
    int64_t month_id = 0;
    r->cell = NULL;
    columns_integer(c, MONTH, true, 1, LAST_MONTH, "a month number of ViEWS, 1 (January 1980) to 2652", &month_id);
    read_unit(r, name, &n_name);
    if (c->row_is_bad)
        return NULL;
    uint32_t i_unit = 0, i_cell = 0;
    int n_digits = snprintf(key, sizeof key, "%d:", (int)month_id);
    memcpy(key + n_digits, name, n_name);
    void *cells = f->cells;
    bool ok = intern_add(&f->units, name, n_name, &i_unit) &&
              intern_add(&r->keys, key, (size_t)n_digits + n_name, &i_cell) &&
              array_reserve(&cells, &f->cells_capacity, r->keys.n, sizeof *f->cells);
    f->cells = cells;
    if (!ok) {
        *status = FAIL(error, TSR_E_MEMORY, "no memory for the draws of %s", csv_name(c->csv));
        return NULL;
    }
    if (i_cell == f->n_cells)
        f->cells[f->n_cells++] =
            (forecast_cell){.unit = i_unit, .month_id = (int32_t)month_id, .line = csv_line(c->csv)};
    r->cell = &f->cells[i_cell];
    if (month.n < sizeof r->month && unit.n < sizeof r->unit) {
        memcpy(r->month, month.text, r->n_month = month.n);
        memcpy(r->unit, unit.text, r->n_unit = unit.n);
    }
    return r->cell;
}

/** Room for draw number `draw`. */
static bool make_room(draws_reader *r, forecast_cell *cell, uint32_t draw) {
    if (draw < cell->capacity)
        return true;
    uint32_t capacity = cell->capacity ? 2 * cell->capacity : 16;
    capacity = capacity < r->most_draws ? r->most_draws : capacity;
    capacity = capacity <= draw ? draw + 1 : capacity;
    uint32_t *outcomes = calloc(capacity, sizeof *outcomes);
    if (outcomes == NULL)
        return false;
    if (cell->capacity)
        memcpy(outcomes, cell->outcomes, cell->capacity * sizeof *outcomes);
    free(cell->outcomes);
    cell->outcomes = outcomes;
    cell->capacity = capacity;
    return true;
}

static tsr_status read_row(draws_reader *r, tsr_error *error) {
    tsr_status status = TSR_OK;
    columns *c = &r->table;
    int64_t draw = 0, outcome = 0;
    columns_integer(c, DRAW, true, 0, FORECAST_MAX_DRAWS, "a whole number, 0 to 100000", &draw);
    columns_integer(c, OUTCOME, true, 0, FORECAST_MAX_OUTCOME, "a whole number of deaths, 0 or more", &outcome);
    forecast_cell *cell = find_cell(r, &status, error);
    if (cell == NULL || c->row_is_bad)
        return status;
    if (!make_room(r, cell, (uint32_t)draw))
        return FAIL(error, TSR_E_MEMORY, "no memory for the draws of %s", csv_name(c->csv));
    if (cell->outcomes[draw] != 0) {
        char month[16], quoted[QUOTE_SIZE];
        const char *name = forecast_unit_name(r->f, cell);
        month_text(cell->month_id, month);
        problem_add(c->problems, PROBLEM_ERROR, columns_place(c, DRAW), "draw %d of %s %s in %s was there before",
                    (int)draw, r->f->kind == UNIT_AREA ? "area" : "country", quote_bytes(name, strlen(name), quoted),
                    month);
        c->row_is_bad = true;
        ++*c->n_problems;
        return TSR_OK;
    }
    cell->outcomes[draw] = (uint32_t)outcome + 1;
    cell->n++;
    if (cell->n > r->most_draws)
        r->most_draws = cell->n;
    return TSR_OK;
}

/* ---- is it complete? ---- */

static int compare_cells(const void *a, const void *b, void *user) {
    const forecast_file *f = user;
    const forecast_cell *x = a, *y = b;
    int order = x->unit == y->unit ? 0 : strcmp(forecast_unit_name(f, x), forecast_unit_name(f, y));
    return order ? order : (x->month_id > y->month_id) - (x->month_id < y->month_id);
}

/** Highest draw number + 1, and the lowest one of any cell. */
static void find_draws(const forecast_file *f, uint32_t *first, uint32_t *end) {
    *first = UINT32_MAX;
    *end = 0;
    for (size_t i = 0; i < f->n_cells; i++) {
        const forecast_cell *cell = &f->cells[i];
        for (uint32_t draw = 0; draw < cell->capacity; draw++)
            if (cell->outcomes[draw] != 0) {
                *first = draw < *first ? draw : *first;
                *end = draw >= *end ? draw + 1 : *end;
            }
    }
}

static tsr_status check_draws(forecast_file *f, tsr_error *error) {
    uint32_t first, end;
    find_draws(f, &first, &end);
    if (first > 1)
        return FAIL_AT(error, TSR_E_INPUT, ((base_place){f->path, 2, 1}),
                       "draws are numbered from %u; they must begin with 0 (or 1)", first);
    for (size_t i = 0; i < f->n_cells; i++) {
        forecast_cell *cell = &f->cells[i];
        uint32_t draw = first;
        char month[16], quoted[QUOTE_SIZE];
        const char *name = forecast_unit_name(f, cell);
        while (draw < end && draw < cell->capacity && cell->outcomes[draw] != 0)
            draw++;
        month_text(cell->month_id, month);
        if (draw < end)
            return FAIL_AT(error, TSR_E_INPUT, ((base_place){f->path, cell->line, 1}),
                           "%s in %s has no draw %u; other cells have draws %u to %u",
                           quote_bytes(name, strlen(name), quoted), month, draw, first, end - 1);
        for (draw = first; draw < end; draw++)
            cell->outcomes[draw - first] = cell->outcomes[draw] - 1;
    }
    f->n_draws = end - first;
    return TSR_OK;
}

/** Every unit must have every month from the first to the last. */
static tsr_status check_months(forecast_file *f, tsr_error *error) {
    int32_t first = f->cells[0].month_id, last = first;
    for (size_t i = 0; i < f->n_cells; i++) {
        first = f->cells[i].month_id < first ? f->cells[i].month_id : first;
        last = f->cells[i].month_id > last ? f->cells[i].month_id : last;
    }
    f->first_month = first;
    f->n_months = (uint32_t)(last - first) + 1;
    qsort_r(f->cells, f->n_cells, sizeof *f->cells, compare_cells, f);
    for (size_t i = 0; i < (size_t)f->units.n * f->n_months; i++) {
        int32_t expected = first + (int32_t)(i % f->n_months);
        const forecast_cell *near = &f->cells[i < f->n_cells ? i : f->n_cells - 1];
        if (i < f->n_cells && near->month_id == expected)
            continue;
        /* the unit that lacks a month is the one of the cell before, unless a new unit begins too late */
        const forecast_cell *owner = i % f->n_months == 0 ? near : &f->cells[i - 1];
        char month[16], quoted[QUOTE_SIZE];
        const char *name = forecast_unit_name(f, owner);
        month_text(expected, month);
        return FAIL_AT(error, TSR_E_INPUT, ((base_place){f->path, owner->line, 1}),
                       "%s has no draws for %s, which lies between the file's first and last month",
                       quote_bytes(name, strlen(name), quoted), month);
    }
    return TSR_OK;
}

/* ---- the file ---- */

static tsr_status read_rows(draws_reader *r, problem_list *problems, tsr_error *error) {
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
        return problem_list_status(problems, error);
    if (r->f->n_cells == 0)
        return FAIL_AT(error, TSR_E_INPUT, ((base_place){r->f->path, 1, 1}), "the file has a header and no draws");
    return TSR_OK;
}

tsr_status forecast_file_read(const char *path, const tsr_hooks *hooks, forecast_file **out, problem_list *problems,
                              tsr_error *error) {
    tsr_status status = TSR_OK;
    size_t n_problems = 0;
    problem_list own;
    draws_reader r = {.table = {.specs = specs, .n_specs = N_COLUMNS, .n_problems = &n_problems}};
    problem_list_init(&own);
    r.table.problems = problems ? problems : &own;
    r.f = calloc(1, sizeof *r.f);
    if (r.f != NULL)
        r.f->path = strdup(path);
    if (r.f == NULL || r.f->path == NULL) {
        status = FAIL(error, TSR_E_MEMORY, "no memory to read %s", path);
        goto out;
    }
    TRY(csv_open(path, hooks, &r.table.csv, error));
    TRY(read_header(&r, error));
    TRY(read_rows(&r, r.table.problems, error));
    TRY(check_months(r.f, error));
    TRY(check_draws(r.f, error));
    *out = r.f;
    r.f = NULL;
out:
    csv_close(r.table.csv);
    intern_clear(&r.keys);
    forecast_file_free(r.f);
    problem_list_clear(&own);
    return status;
}

void forecast_file_free(forecast_file *f) {
    if (f == NULL)
        return;
    for (size_t i = 0; i < f->n_cells; i++)
        free(f->cells[i].outcomes);
    free(f->cells);
    intern_clear(&f->units);
    free(f->path);
    free(f);
}
