/* run.nc and panel.nc: NetCDF-4, CF-1.10 names and units, readable by xarray at once. The only user of the netcdf
 * library.
 *
 * The file is built in memory and then written like every other file of ours: a full disk is our own clear error and
 * never a half-closed HDF5 file. The library is not thread-safe: one run is written by one thread.
 */
#include "output/parts.h"

#include <math.h>
#include <netcdf.h>
#include <netcdf_mem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEFLATE_LEVEL = 4, MAX_DIMS = 4, MAX_DRAW_DIMS = 8, SMALL = 64, IMAGE_STEP = 1 << 16 };

/** A file (or group of it) being built. After the first failure nothing more is done; it is told at the end. */
typedef struct nc_out {
    int id;
    int code;
    char what[128]; /**< the variable or attribute that failed */
} nc_out;

static void check(nc_out *out, int code, const char *what) {
    if (out->code == NC_NOERR && code != NC_NOERR) {
        out->code = code;
        snprintf(out->what, sizeof out->what, "%s", what);
    }
}

void output_netcdf_library(char *out, size_t size) {
    const char *version = nc_inq_libvers(); /* "4.9.0 of Aug 7 2022 23:41:41 $" */
    snprintf(out, size, "%.*s", (int)strcspn(version, " "), version);
}

/* ---- dimensions, variables, attributes ---- */

/** -1 for a dimension without items: the library takes size 0 for "unlimited". */
static int dimension(nc_out *out, const char *name, size_t n) {
    int id = -1;
    if (out->code == NC_NOERR && n > 0)
        check(out, nc_def_dim(out->id, name, n, &id), name);
    return id;
}

static void attribute(nc_out *out, int variable, const char *name, const char *text) {
    if (out->code != NC_NOERR || text == NULL || text[0] == '\0')
        return;
    text_buffer clean;
    text_buffer_init(&clean);
    output_clean_text(text, &clean);
    if (clean.failed || clean.data == NULL)
        check(out, NC_ENOMEM, name);
    else
        check(out, nc_put_att_text(out->id, variable, name, clean.n, clean.data), name);
    text_buffer_clear(&clean);
}

/** A variable over the dimensions that are not -2 (unused). @return -1 when there is none: an empty dimension, a
 * failure */
static int variable(nc_out *out, const char *name, nc_type type, const int dims[MAX_DIMS], const char *long_name,
                    const char *units) {
    int used[MAX_DIMS], n_used = 0, id = -1;
    size_t n_values = 1;
    for (int i = 0; i < MAX_DIMS && out->code == NC_NOERR; i++) {
        size_t n = 0;
        if (dims[i] == -2)
            continue;
        if (dims[i] == -1)
            return -1;
        check(out, nc_inq_dimlen(out->id, dims[i], &n), name);
        n_values *= n;
        used[n_used++] = dims[i];
    }
    if (out->code != NC_NOERR)
        return -1;
    check(out, nc_def_var(out->id, name, type, n_used, used, &id), name);
    if (out->code != NC_NOERR)
        return -1;
    if (n_values > SMALL && type != NC_STRING)
        check(out, nc_def_var_deflate(out->id, id, 1, 1, DEFLATE_LEVEL), name);
    attribute(out, id, "long_name", long_name);
    attribute(out, id, "units", units);
    return id;
}

#define DIMS1(a) ((const int[MAX_DIMS]){(a), -2, -2, -2})
#define DIMS2(a, b) ((const int[MAX_DIMS]){(a), (b), -2, -2})
#define DIMS3(a, b, c) ((const int[MAX_DIMS]){(a), (b), (c), -2})
#define DIMS4(a, b, c, d) ((const int[MAX_DIMS]){(a), (b), (c), (d)})

static bool ready(const nc_out *out, int id) {
    return out->code == NC_NOERR && id >= 0;
}

static void put_ints(nc_out *out, int id, const int *values, const char *name) {
    if (ready(out, id))
        check(out, nc_put_var_int(out->id, id, values), name);
}

static void put_doubles(nc_out *out, int id, const double *values, const char *name) {
    if (ready(out, id))
        check(out, nc_put_var_double(out->id, id, values), name);
}

static void put_floats(nc_out *out, int id, const float *values, const char *name) {
    if (ready(out, id))
        check(out, nc_put_var_float(out->id, id, values), name);
}

/** Names along a dimension: a coordinate variable of strings. `name_of` writes item i's name. */
typedef void (*item_name)(const world *w, uint32_t i, char *out, size_t size);

static void labels(nc_out *out, const char *name, int dim, const world *w, uint32_t n, item_name name_of,
                   const char *long_name) {
    int id = variable(out, name, NC_STRING, DIMS1(dim), long_name, NULL);
    for (uint32_t i = 0; i < n && ready(out, id); i++) {
        char text[512];
        const char *pointer = text;
        size_t at = i;
        name_of(w, i, text, sizeof text);
        check(out, nc_put_var1_string(out->id, id, &at, &pointer), name);
    }
}

static void copy(const char *text, char *out, size_t size) {
    snprintf(out, size, "%s", text);
}

static void area_name(const world *w, uint32_t i, char *out, size_t size) {
    copy(world_string(w, world_areas(w, NULL)[i].name), out, size);
}
static void faction_name(const world *w, uint32_t i, char *out, size_t size) {
    copy(world_string(w, world_actors(w, NULL)[world_actor_of_faction(w, i)].id), out, size);
}
static void power_name(const world *w, uint32_t i, char *out, size_t size) {
    copy(world_string(w, world_actors(w, NULL)[world_actor_of_power(w, i)].id), out, size);
}
static void faction_title(const world *w, uint32_t i, char *out, size_t size) {
    copy(output_actor_title(w, world_actor_of_faction(w, i)), out, size);
}
static void power_title(const world *w, uint32_t i, char *out, size_t size) {
    copy(output_actor_title(w, world_actor_of_power(w, i)), out, size);
}
static void channel_name(const world *w, uint32_t i, char *out, size_t size) {
    copy(world_string(w, world_channels(w, NULL)[i].id), out, size);
}
static void type_name(const world *w, uint32_t i, char *out, size_t size) {
    (void)w;
    copy(panel_type_name((panel_type)i), out, size);
}
static void ladder_name(const world *w, uint32_t i, char *out, size_t size) {
    const world_ladder *ladder = &world_ladders(w, NULL)[i];
    output_pair_name(w, ladder->power, ladder->faction, out, size);
}
static void pair_name(const world *w, uint32_t i, char *out, size_t size) {
    size_t n = 0;
    world_actors(w, &n);
    uint32_t a = 0, in_row = (uint32_t)n - 1;
    for (; i >= in_row && in_row > 0; a++, in_row--)
        i -= in_row;
    output_pair_name(w, a, a + 1 + i, out, size);
}

static const item_name name_of_axis[RECORD_AXES] = {NULL,         area_name, faction_name, power_name,
                                                    channel_name, type_name, ladder_name,  pair_name};
static const char *const title_of_axis[RECORD_AXES] = {
    NULL,
    "area",
    "faction",
    "outside power",
    "stream of events: a battle dyad, or a faction against civilians",
    "UCDP type of violence: state-based, non-state, one-sided",
    "power and faction of the ladder of cooperation",
    "pair of actors",
};

/** Time at the first day of each month, with bounds, and the month's ViEWS number. @return the dimension */
static int time_axis(nc_out *out, const char *name, int32_t first_month, uint32_t n) {
    char bounds[64], number[64];
    bool is_main = strcmp(name, "time") == 0;
    snprintf(bounds, sizeof bounds, "%s_bnds", name);
    snprintf(number, sizeof number, "%s", is_main ? "month_id" : "month_id_observed");
    int dim = dimension(out, name, n), two = dimension(out, "nv", 2);
    int *values = malloc(3 * (size_t)(n ? n : 1) * sizeof *values);
    if (values == NULL) {
        check(out, NC_ENOMEM, name);
        return dim;
    }
    int id = variable(out, name, NC_INT, DIMS1(dim), "first day of the month", "days since 1970-01-01");
    attribute(out, id, "standard_name", "time");
    attribute(out, id, "calendar", "standard");
    attribute(out, id, "axis", "T");
    attribute(out, id, "bounds", bounds);
    for (uint32_t i = 0; i < n; i++)
        values[i] = month_first_day(first_month + (int32_t)i);
    put_ints(out, id, values, name);
    for (uint32_t i = 0; i < n; i++) {
        values[2 * i] = month_first_day(first_month + (int32_t)i);
        values[2 * i + 1] = month_first_day(first_month + (int32_t)i + 1);
    }
    put_ints(out, variable(out, bounds, NC_INT, DIMS2(dim, two), NULL, NULL), values, bounds);
    for (uint32_t i = 0; i < n; i++)
        values[i] = first_month + (int32_t)i;
    put_ints(out, variable(out, number, NC_INT, DIMS1(dim), "ViEWS month number (1 = January 1980)", "1"), values,
             number);
    free(values);
    return dim;
}

static void area_numbers(nc_out *out, const world *w, int dim) {
    static const struct {
        const char *name, *long_name, *units, *standard_name;
        size_t offset;
    } numbers[] = {
        {"lat", "latitude of a point inside the area", "degrees_north", "latitude", offsetof(world_area, latitude)},
        {"lon", "longitude of a point inside the area", "degrees_east", "longitude", offsetof(world_area, longitude)},
        {"population", "people who live in the area", "1", NULL, offsetof(world_area, population)},
        {"area_km2", "size of the area", "km2", NULL, offsetof(world_area, area_km2)},
    };
    size_t n = 0;
    const world_area *areas = world_areas(w, &n);
    double *values = malloc((n ? n : 1) * sizeof *values);
    if (values == NULL) {
        check(out, NC_ENOMEM, "areas");
        return;
    }
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
        for (size_t i = 0; i < n; i++)
            memcpy(&values[i], (const char *)&areas[i] + numbers[k].offset, sizeof *values);
        int id = variable(out, numbers[k].name, NC_DOUBLE, DIMS1(dim), numbers[k].long_name, numbers[k].units);
        if (ready(out, id))
            attribute(out, id, "standard_name", numbers[k].standard_name);
        put_doubles(out, id, values, numbers[k].name);
    }
    free(values);
}

/* ---- the ensemble ---- */

typedef struct run_dims {
    int time, quantile;
    int axis[RECORD_AXES];  /**< -2 for the country */
    int other[RECORD_AXES]; /**< a second dimension of the same axis; 0: not made yet */
    struct {
        uint32_t n;
        int id;
    } draws[MAX_DRAW_DIMS];
} run_dims;

static void make_dims(nc_out *out, const study_run *run, run_dims *dims) {
    const world *w = run->w;
    dims->time = time_axis(out, "time", run->record->first_month, run->record->n_months);
    dims->quantile = dimension(out, "quantile", OUTPUT_QUANTILES);
    int id = variable(out, "quantile", NC_DOUBLE, DIMS1(dims->quantile), "probability of the quantile", "1");
    put_doubles(out, id, output_probabilities, "quantile");
    dims->axis[RECORD_COUNTRY] = -2;
    for (record_axis axis = RECORD_AREA; axis < RECORD_AXES; axis++) {
        uint32_t n = output_axis_size(w, axis);
        dims->axis[axis] = dimension(out, output_axis_name(axis), n);
        labels(out, output_axis_name(axis), dims->axis[axis], w, n, name_of_axis[axis], title_of_axis[axis]);
    }
    area_numbers(out, w, dims->axis[RECORD_AREA]);
    labels(out, "faction_title", dims->axis[RECORD_FACTION], w, w->n_factions, faction_title, "faction, full name");
    labels(out, "power_title", dims->axis[RECORD_POWER], w, w->n_powers, power_title, "outside power, full name");
}

/** The dimension of the inner index, which must differ from that of the outer one. */
static int inner_dim(nc_out *out, const world *w, run_dims *dims, const record_variable *v) {
    if (v->inner != v->outer || v->inner == RECORD_COUNTRY)
        return dims->axis[v->inner];
    if (dims->other[v->inner] == 0) {
        char name[64];
        snprintf(name, sizeof name, "other_%s", output_axis_name(v->inner));
        dims->other[v->inner] = dimension(out, name, v->n_inner);
        labels(out, name, dims->other[v->inner], w, v->n_inner, name_of_axis[v->inner], title_of_axis[v->inner]);
    }
    return dims->other[v->inner];
}

static int draw_dim(nc_out *out, run_dims *dims, uint32_t n) {
    for (int i = 0; i < MAX_DRAW_DIMS; i++) {
        if (dims->draws[i].n == n)
            return dims->draws[i].id;
        if (dims->draws[i].n == 0) {
            char name[32] = "draw";
            if (i > 0)
                snprintf(name, sizeof name, "draw_%u", n);
            dims->draws[i].n = n;
            dims->draws[i].id = dimension(out, name, n);
            return dims->draws[i].id;
        }
    }
    check(out, NC_EMAXDIMS, "draw");
    return -1;
}

static void put_table(nc_out *out, const world *w, run_dims *dims, const output_table *t, bool with_draws) {
    const record_variable *v = t->variable;
    char name[128], title[256];
    bool has_areas = v->outer == RECORD_AREA || v->inner == RECORD_AREA;
    const char *coordinates = has_areas ? "month_id lat lon" : "month_id";
    int outer = dims->axis[v->outer], inner = inner_dim(out, w, dims, v);
    int id = variable(out, v->name, NC_FLOAT, DIMS3(dims->time, outer, inner), v->title, v->unit);
    if (!ready(out, id))
        return;
    attribute(out, id, "coordinates", coordinates);
    attribute(out, id, "cell_methods", "realization: mean");
    put_floats(out, id, t->mean, v->name);

    snprintf(name, sizeof name, "%s_quantile", v->name);
    snprintf(title, sizeof title, "%s: quantiles over members", v->title);
    id = variable(out, name, NC_FLOAT, DIMS4(dims->quantile, dims->time, outer, inner), title, v->unit);
    if (ready(out, id))
        attribute(out, id, "coordinates", coordinates);
    put_floats(out, id, t->quantile, name);
    if (!with_draws)
        return;
    snprintf(name, sizeof name, "%s_draw", v->name);
    snprintf(title, sizeof title, "%s: draws", v->title);
    id = variable(out, name, v->is_whole ? NC_INT : NC_FLOAT,
                  DIMS4(dims->time, outer, inner, draw_dim(out, dims, v->n_draws)), title, v->unit);
    if (ready(out, id))
        attribute(out, id, "coordinates", coordinates);
    put_floats(out, id, v->values, name);
}

/* ---- the panel ---- */

enum { NOT_OBSERVED = -1 };

/** Counts per month and `n` items; months that were not observed are missing values, not zeros. */
static void put_counts(nc_out *out, const panel *p, const char *name, const int dims[MAX_DIMS], size_t n,
                       const uint32_t *counts, const char *long_name) {
    int id = variable(out, name, NC_INT, dims, long_name, "1");
    int *values = malloc((n * p->n_months + 1) * sizeof *values);
    if (values == NULL)
        check(out, NC_ENOMEM, name);
    if (values && ready(out, id)) {
        const int missing = NOT_OBSERVED;
        check(out, nc_def_var_fill(out->id, id, NC_FILL, &missing), name);
        attribute(out, id, "coordinates", "month_id_observed");
        for (size_t i = 0; i < n * p->n_months; i++) {
            bool observed = p->coverage[i / n] != PANEL_NOT_OBSERVED;
            values[i] = observed ? (int)(counts[i] < INT32_MAX ? counts[i] : INT32_MAX) : NOT_OBSERVED;
        }
        put_ints(out, id, values, name);
    }
    free(values);
}

/** Numbers per month and type; NaN where not observed. */
static void put_types(nc_out *out, const panel *p, const char *name, const int dims[MAX_DIMS], const uint64_t *counts,
                      const double *totals, const char *long_name) {
    int id = variable(out, name, NC_DOUBLE, dims, long_name, "1");
    size_t n = (size_t)p->n_months * PANEL_TYPES;
    double *values = malloc((n ? n : 1) * sizeof *values);
    if (values == NULL)
        check(out, NC_ENOMEM, name);
    if (values && ready(out, id)) {
        const double missing = NAN;
        check(out, nc_def_var_fill(out->id, id, NC_FILL, &missing), name);
        attribute(out, id, "coordinates", "month_id_observed");
        for (size_t i = 0; i < n; i++)
            values[i] = totals ? totals[i] : p->coverage[i / PANEL_TYPES] ? (double)counts[i] : NAN;
        put_doubles(out, id, values, name);
    }
    free(values);
}

static void put_coverage(nc_out *out, const panel *p, int time) {
    int id = variable(out, "coverage", NC_BYTE, DIMS1(time), "which events of the month the files have", NULL);
    const signed char flags[] = {PANEL_NOT_OBSERVED, PANEL_PRECISE, PANEL_COMPLETE};
    if (!ready(out, id))
        return;
    check(out, nc_put_att_schar(out->id, id, "flag_values", NC_BYTE, 3, flags), "coverage");
    attribute(out, id, "flag_meanings", "not_observed precisely_located_only complete");
    check(out, nc_put_var_uchar(out->id, id, p->coverage), "coverage");
}

static void put_panel(nc_out *out, const panel *p, const world *w) {
    int time = time_axis(out, "time_observed", p->first_month, p->n_months);
    int area = dimension(out, "area", p->n_areas), channel = dimension(out, "channel", p->n_channels);
    int type = dimension(out, "type", PANEL_TYPES);
    labels(out, "area", area, w, p->n_areas, area_name, title_of_axis[RECORD_AREA]);
    labels(out, "channel", channel, w, p->n_channels, channel_name, title_of_axis[RECORD_CHANNEL]);
    labels(out, "type", type, w, PANEL_TYPES, type_name, title_of_axis[RECORD_TYPE]);
    area_numbers(out, w, area);
    const int *cell = DIMS3(time, channel, area), *national = DIMS2(time, channel), *by_type = DIMS2(time, type);
    size_t n_cells = (size_t)p->n_channels * p->n_areas, n = p->n_channels;
    put_counts(out, p, "observed_events", cell, n_cells, p->events, "recorded events with a known area");
    put_counts(out, p, "observed_deaths", cell, n_cells, p->deaths, "recorded deaths with a known area");
    put_counts(out, p, "unlocated_events", national, n, p->unlocated_events,
               "recorded events without a known area, or longer than 31 days");
    put_counts(out, p, "unlocated_deaths", national, n, p->unlocated_deaths,
               "recorded deaths without a known area, or of events longer than 31 days");
    put_counts(out, p, "long_events", national, n, p->long_events, "recorded events longer than 31 days");
    put_counts(out, p, "long_deaths", national, n, p->long_deaths, "recorded deaths of events longer than 31 days");
    put_types(out, p, "type_events", by_type, p->type_events, NULL, "events in the files, by type, all actors");
    put_types(out, p, "type_deaths", by_type, p->type_deaths, NULL, "deaths in the files, by type, all actors");
    if (p->totals)
        put_types(out, p, "total_deaths", by_type, NULL, p->totals, "national deaths by type, from the totals file");
    put_coverage(out, p, time);
}

/* ---- what the file is ---- */

static void put_sources(nc_out *out, const world *w, const panel *p) {
    json *array = json_new();
    json *sentences = json_put_array(array, "attribution");
    text_buffer text;
    text_buffer_init(&text);
    output_attribution(w, p, sentences);
    for (size_t i = 0; sentences && i < json_count(sentences); i++)
        text_add_format(&text, "%s%s", i ? "\n" : "", json_text(json_at(sentences, i)));
    attribute(out, NC_GLOBAL, "attribution", text.data);
    text_buffer_clear(&text);
    text_buffer_init(&text);
    for (size_t i = 0; p && i < p->n_files; i++)
        text_add_format(&text, "%s%s sha256:%s", i ? "\n" : "", p->files[i].path, p->files[i].hash);
    attribute(out, NC_GLOBAL, "data_files", text.data);
    text_buffer_clear(&text);
    json_free(array);
}

static void put_common(nc_out *out, const world *w, const panel *p, const char *title, const char *arguments) {
    char created[32];
    output_created(created);
    text_buffer history;
    text_buffer_init(&history);
    text_add_format(&history, "%s %s", created, arguments && arguments[0] ? arguments : "tessera");
    attribute(out, NC_GLOBAL, "Conventions", "CF-1.10");
    attribute(out, NC_GLOBAL, "title", title);
    attribute(out, NC_GLOBAL, "source", "Tessera " TESSERA_VERSION);
    attribute(out, NC_GLOBAL, "history", history.data);
    attribute(out, NC_GLOBAL, "date_created", created);
    attribute(out, NC_GLOBAL, "references", "docs/model.md of Tessera");
    text_buffer_clear(&history);
    put_sources(out, w, p);
}

static void put_run_attributes(nc_out *out, const study_run *run) {
    unsigned long long seed = run->seed, members = run->n_members;
    put_common(out, run->w, run->panel, world_string(run->w, run->w->name), run->arguments);
    attribute(out, NC_GLOBAL, "status", run->status);
    attribute(out, NC_GLOBAL, "comment", output_banner(run->status));
    attribute(out, NC_GLOBAL, "command", run->command);
    attribute(out, NC_GLOBAL, "whatif", run->whatif);
    attribute(out, NC_GLOBAL, "scenario_path", run->scenario_path);
    attribute(out, NC_GLOBAL, "scenario_hash", run->scenario_hash);
    attribute(out, NC_GLOBAL, "world_hash", run->world_hash);
    attribute(out, NC_GLOBAL, "kernel", run->kernel);
    if (out->code == NC_NOERR)
        check(out, nc_put_att_ulonglong(out->id, NC_GLOBAL, "seed", NC_UINT64, 1, &seed), "seed");
    if (out->code == NC_NOERR)
        check(out, nc_put_att_ulonglong(out->id, NC_GLOBAL, "members", NC_INT64, 1, &members), "members");
}

/* ---- files ---- */

static tsr_status begin(nc_out *out, const char *name, tsr_error *error) {
    *out = (nc_out){.id = -1};
    int code = nc_create_mem(name, NC_NETCDF4, IMAGE_STEP, &out->id);
    if (code != NC_NOERR)
        return FAIL(error, TSR_E_MEMORY, "cannot begin %s: %s", name, nc_strerror(code));
    return TSR_OK;
}

/** Close, tell the first failure, or write the image into the folder. */
static tsr_status finish(nc_out *out, const char *name, const folder_out *folder, tsr_error *error) {
    NC_memio image = {0};
    char path[TSR_PATH_SIZE];
    tsr_status status = TSR_OK;
    if (out->code != NC_NOERR) {
        bool is_memory = out->code == NC_ENOMEM || out->code == NC_EHDFERR; /* the image lives in memory */
        nc_abort(out->id);
        return FAIL(error, is_memory ? TSR_E_MEMORY : TSR_E_INTERNAL, "cannot make %s: %s at %s", name,
                    nc_strerror(out->code), out->what);
    }
    int code = nc_close_memio(out->id, &image);
    if (code != NC_NOERR || image.memory == NULL) {
        status = FAIL(error, TSR_E_MEMORY, "cannot finish %s: %s", name, nc_strerror(code));
        goto out;
    }
    TRY(folder_path(folder, name, path, error));
    TRY(file_write_atomic(path, image.memory, image.size, error));
out:
    free(image.memory);
    return status;
}

/** National variables given the data up to each month, in a group of their own with a time axis of its months. */
static void put_filtered(nc_out *out, const study_run *run, run_dims *dims, const output_tables *filtered) {
    run_dims own = *dims;
    attribute(out, NC_GLOBAL, "comment",
              "hidden state given the data up to each month; the other group-less variables of "
              "months with data are given later data too");
    own.time = time_axis(out, "time", filtered->record->first_month, filtered->record->n_months);
    for (size_t i = 0; i < filtered->n; i++)
        put_table(out, run->w, &own, &filtered->items[i], false);
}

tsr_status output_netcdf_run(const study_run *run, const output_tables *tables, const output_tables *filtered,
                             bool with_draws, const folder_out *folder, tsr_error *error) {
    nc_out out;
    run_dims dims = {0};
    tsr_status status = begin(&out, "run.nc", error);
    if (status != TSR_OK)
        return status;
    put_run_attributes(&out, run);
    make_dims(&out, run, &dims);
    for (size_t i = 0; i < tables->n; i++)
        put_table(&out, run->w, &dims, &tables->items[i], with_draws);
    if (filtered && out.code == NC_NOERR) {
        nc_out group = {0};
        check(&out, nc_def_grp(out.id, "filtered", &group.id), "filtered");
        if (out.code == NC_NOERR)
            put_filtered(&group, run, &dims, filtered);
        check(&out, group.code, group.what);
    }
    if (run->panel && run->panel->n_months > 0 && out.code == NC_NOERR) {
        nc_out group = {0};
        check(&out, nc_def_grp(out.id, "observed_data", &group.id), "observed_data");
        if (out.code == NC_NOERR)
            put_panel(&group, run->panel, run->w);
        check(&out, group.code, group.what);
    }
    return finish(&out, "run.nc", folder, error);
}

tsr_status output_netcdf_panel(const panel *p, const world *w, const char *scenario_path, const folder_out *folder,
                               tsr_error *error) {
    nc_out out;
    char hash[65];
    tsr_status status = begin(&out, "panel.nc", error);
    if (status != TSR_OK)
        return status;
    world_hash(w, hash);
    put_common(&out, w, p, world_string(w, w->name), NULL);
    attribute(&out, NC_GLOBAL, "scenario_path", scenario_path);
    attribute(&out, NC_GLOBAL, "world_hash", hash);
    put_panel(&out, p, w);
    return finish(&out, "panel.nc", folder, error);
}
