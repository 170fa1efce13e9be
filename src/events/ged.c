/* UCDP GED: which columns mean what, and what values are allowed. Codebook: Hogbladh, UCDP Georeferenced Event Dataset
 * Codebook; the names best_est, high_est, low_est are those of releases before 18.1. */
#include "events/ged.h"

#include "events/columns.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    ID,
    ID_211,
    DATE_START,
    DATE_END,
    TYPE,
    SIDE_A,
    SIDE_B,
    COUNTRY,
    ADM_1,
    WHERE_PREC,
    WHERE_COORDINATES,
    LATITUDE,
    LONGITUDE,
    BEST,
    LOW,
    HIGH,
    N_COLUMNS
};

static const column_spec specs[N_COLUMNS] = {
    [ID] = {{"id"}, false},
    [ID_211] = {{"id_ged211"}, false},
    [DATE_START] = {{"date_start"}, false},
    [DATE_END] = {{"date_end"}, false},
    [TYPE] = {{"type_of_violence"}, true},
    [SIDE_A] = {{"side_a"}, true},
    [SIDE_B] = {{"side_b"}, true},
    [COUNTRY] = {{"country"}, false},
    [ADM_1] = {{"adm_1"}, false},
    [WHERE_PREC] = {{"where_prec"}, false},
    [WHERE_COORDINATES] = {{"where_coordinates"}, false},
    [LATITUDE] = {{"latitude"}, false},
    [LONGITUDE] = {{"longitude"}, false},
    [BEST] = {{"best", "best_est"}, true},
    [LOW] = {{"low", "low_est"}, false},
    [HIGH] = {{"high", "high_est"}, false},
};
_Static_assert(N_COLUMNS <= COLUMNS_MAX, "columns has too little room");

/** Where these columns are in the 49 of an official release since 18.1. */
enum { OFFICIAL_COLUMNS = 49 };
static const int32_t official[N_COLUMNS] = {
    [ID] = 0,         [ID_211] = -1,     [TYPE] = 5,        [SIDE_A] = 14,
    [SIDE_B] = 17,    [WHERE_PREC] = 24, [ADM_1] = 27,      [LATITUDE] = 29,
    [LONGITUDE] = 30, [COUNTRY] = 33,    [DATE_START] = 38, [DATE_END] = 39,
    [BEST] = 44,      [HIGH] = 45,       [LOW] = 46,        [WHERE_COORDINATES] = 25,
};

static const char type_allowed[] = "1 (state-based), 2 (non-state) or 3 (one-sided)";
static const char count_allowed[] = "a whole number from 0 to 10000000";

struct ged_reader {
    columns table;
    uint64_t n_widened;
    const char *country; /**< NULL or "": all */
};

/* ---- the header ---------------------------------------------------------------------------------------------- */

/** Does the first row hold data of the official layout? Tried without adding problems. */
static bool is_official_data(const columns *table) {
    size_t n_problems = 0;
    int64_t number = -1;
    date_day day;
    double degrees;
    columns trial = *table;
    if (table->n_cells != OFFICIAL_COLUMNS)
        return false;
    memcpy(trial.cell, official, sizeof official);
    trial.problems = NULL;
    trial.n_problems = &n_problems;
    columns_integer(&trial, ID, true, INT64_MIN + 1, INT64_MAX, "", &number);
    columns_integer(&trial, TYPE, true, 1, 3, "", &number);
    columns_integer(&trial, BEST, true, 0, GED_MAX_DEATHS, "", &number);
    columns_day(&trial, DATE_START, true, &day);
    columns_day(&trial, DATE_END, true, &day);
    columns_number(&trial, LATITUDE, true, -90, 90, "", &degrees);
    columns_number(&trial, LONGITUDE, true, -180, 180, "", &degrees);
    return n_problems == 0;
}

static tsr_status check_header(columns *table, tsr_error *error) {
    bool has_day = columns_has(table, DATE_START) || columns_has(table, DATE_END);
    bool has_point = columns_has(table, LATITUDE) && columns_has(table, LONGITUDE);
    bool has_place = columns_has(table, ADM_1) || has_point;
    const char *also = NULL;
    if (!has_day && !has_place)
        also = "date_end or date_start, adm_1 or latitude with longitude";
    else if (!has_day)
        also = "date_end or date_start";
    else if (!has_place)
        also = "adm_1 or latitude with longitude";
    if (!has_point) /* one without the other says nothing */
        table->cell[LATITUDE] = table->cell[LONGITUDE] = -1;
    return columns_missing(table, also, error);
}

static tsr_status read_header(columns *table, tsr_error *error) {
    tsr_status status = TSR_OK;
    bool more;
    TRY(csv_next(table->csv, &more, error));
    if (!more) {
        status = FAIL_AT(error, TSR_E_INPUT, ((base_place){.file = csv_name(table->csv)}),
                         "has no rows; a table with a header row is needed");
        goto out;
    }
    TRY(columns_match(table, error));
    if (is_official_data(table)) {
        memcpy(table->cell, official, sizeof official);
        memset(table->name, 0, sizeof table->name);
        table->first_row_is_waiting = true;
    }
    TRY(check_header(table, error));
out:
    return status;
}

static tsr_status finish_open(csv_reader *csv, problem_list *problems, size_t *n_problems, ged_reader **out,
                              tsr_error *error) {
    ged_reader *g = calloc(1, sizeof *g);
    if (g == NULL) {
        tsr_status status = FAIL(error, TSR_E_MEMORY, "no memory to read %s", csv_name(csv));
        csv_close(csv);
        return status;
    }
    g->table =
        (columns){.csv = csv, .specs = specs, .n_specs = N_COLUMNS, .problems = problems, .n_problems = n_problems};
    tsr_status status = read_header(&g->table, error);
    if (status != TSR_OK) {
        ged_close(g);
        return status;
    }
    *out = g;
    return TSR_OK;
}

tsr_status ged_open(const char *path, const tsr_hooks *hooks, problem_list *problems, size_t *n_problems,
                    ged_reader **out, tsr_error *error) {
    csv_reader *csv = NULL;
    tsr_status status = csv_open(path, hooks, &csv, error);
    return status != TSR_OK ? status : finish_open(csv, problems, n_problems, out, error);
}

tsr_status ged_open_bytes(const void *bytes, size_t n, const char *name, problem_list *problems, size_t *n_problems,
                          ged_reader **out, tsr_error *error) {
    csv_reader *csv = NULL;
    tsr_status status = csv_open_bytes(bytes, n, name, &csv, error);
    return status != TSR_OK ? status : finish_open(csv, problems, n_problems, out, error);
}

void ged_close(ged_reader *g) {
    if (g == NULL)
        return;
    csv_close(g->table.csv);
    free(g);
}

void ged_only_country(ged_reader *g, const char *country) {
    g->country = country;
}

/* ---- rows ---------------------------------------------------------------------------------------------------- */

static void read_days(columns *t, ged_event *e) {
    bool has_end = columns_has(t, DATE_END), has_start = columns_has(t, DATE_START);
    if (has_start)
        columns_day(t, DATE_START, true, &e->start);
    if (has_end)
        columns_day(t, DATE_END, true, &e->end);
    if (!has_end)
        e->end = e->start;
    if (!has_start)
        e->start = e->end;
    if (!t->row_is_bad && e->end < e->start)
        columns_problem(t, DATE_END, "date_start or a later day");
}

/** One side's name may be unknown, but not missing. */
static void read_sides(columns *t, ged_event *e) {
    e->side_a = columns_text(t, SIDE_A);
    e->side_b = columns_text(t, SIDE_B);
    if (e->side_a.n == 0)
        columns_problem(t, SIDE_A, "the name of an actor");
    if (e->side_b.n == 0)
        columns_problem(t, SIDE_B, "the name of an actor, or Civilians");
}

static void read_place(columns *t, ged_event *e) {
    int64_t precision = 0;
    e->latitude = NAN;
    e->longitude = NAN;
    e->adm_1 = columns_text(t, ADM_1);
    e->where_coordinates = columns_text(t, WHERE_COORDINATES);
    columns_integer(t, WHERE_PREC, false, 1, 7, "a whole number from 1 (exact) to 7 (unclear)", &precision);
    e->where_prec = (int32_t)precision;
    columns_number(t, LATITUDE, false, -90, 90, "a number of degrees from -90 to 90", &e->latitude);
    columns_number(t, LONGITUDE, false, -180, 180, "a number of degrees from -180 to 180", &e->longitude);
    if (isnan(e->latitude) || isnan(e->longitude)) {
        e->latitude = NAN;
        e->longitude = NAN;
    }
}

static void read_deaths(columns *t, ged_event *e) {
    int64_t best = 0;
    columns_integer(t, BEST, true, 0, GED_MAX_DEATHS, count_allowed, &best);
    int64_t low = best, high = best;
    columns_integer(t, LOW, false, 0, GED_MAX_DEATHS, count_allowed, &low);
    columns_integer(t, HIGH, false, 0, GED_MAX_DEATHS, count_allowed, &high);
    e->is_widened = low > best || high < best;
    e->best = (uint32_t)best;
    e->low = (uint32_t)(low < best ? low : best);
    e->high = (uint32_t)(high > best ? high : best);
}

static bool is_elsewhere(const ged_reader *g, const ged_event *e) {
    return g->country != NULL && g->country[0] != '\0' && e->country.n > 0 &&
           (e->country.n != strlen(g->country) || memcmp(e->country.text, g->country, e->country.n) != 0);
}

static void read_row(ged_reader *g, ged_event *e) {
    columns *t = &g->table;
    int64_t type = 1;
    *e = (ged_event){.line = csv_line(t->csv), .id = GED_NO_ID, .id_older = GED_NO_ID};
    e->country = columns_text(t, COUNTRY);
    read_deaths(t, e);
    e->is_elsewhere = is_elsewhere(g, e);
    if (e->is_elsewhere)
        return;
    columns_integer(t, ID_211, false, INT64_MIN + 1, INT64_MAX, "a whole number", &e->id_older);
    columns_integer(t, ID, false, INT64_MIN + 1, INT64_MAX, "a whole number", &e->id);
    read_days(t, e);
    columns_integer(t, TYPE, true, 1, 3, type_allowed, &type);
    e->type = (panel_type)(type - 1);
    read_sides(t, e);
    read_place(t, e);
}

tsr_status ged_next(ged_reader *g, ged_event *event, bool *more, tsr_error *error) {
    tsr_status status = TSR_OK;
    do {
        TRY(columns_next(&g->table, more, error));
        if (!*more)
            goto out;
        read_row(g, event);
    } while (g->table.row_is_bad);
    g->n_widened += event->is_widened && !event->is_elsewhere;
out:
    return status;
}

/* ---- looking ------------------------------------------------------------------------------------------------- */

bool ged_has_ids(const ged_reader *g) {
    return columns_has(&g->table, ID);
}

bool ged_has_older_ids(const ged_reader *g) {
    return columns_has(&g->table, ID_211);
}

bool ged_has_precision(const ged_reader *g) {
    return columns_has(&g->table, WHERE_PREC);
}

bool ged_has_adm_1(const ged_reader *g) {
    return columns_has(&g->table, ADM_1);
}

uint64_t ged_n_rows(const ged_reader *g) {
    return g->table.n_rows;
}

uint64_t ged_n_widened(const ged_reader *g) {
    return g->n_widened;
}

base_place ged_place(const ged_reader *g) {
    return csv_place(g->table.csv, 0);
}

bool ged_row_is_open(const ged_reader *g) {
    return csv_row_is_open(g->table.csv);
}

tsr_status ged_check_unchanged(const ged_reader *g, tsr_error *error) {
    return csv_check_unchanged(g->table.csv, error);
}
