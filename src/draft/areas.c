/* Areas of a draft; see areas.h. PRIO-GRID: Tollefsen, Strand & Buhaug 2012, doi:10.1177/0022343311431287: cells of half a
 * degree, numbered from 1 in the south-west, 720 a row. */
#include "draft/areas.h"

#include "base/json.h"
#include "base/table.h"
#include "base/text.h"
#include "world/builder.h"
#include "world/geography.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_NAME = 200 }; /* bytes; names are keys in the YAML */

static const char *const usual_properties[] = {"name",    "NAME",      "Name",    "shapeName", "NAME_1",  "ADM1_EN",
                                               "ADM1_FR", "adm1_name", "ADM1_ES", "ADM1_PT",   "name_en", "NAME_EN"};
enum { N_USUAL = sizeof usual_properties / sizeof usual_properties[0] };

/* ---- boundaries ------------------------------------------------------------------------------------------------ */

static int by_text(const void *x, const void *y) {
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/** Does the property name every feature, each differently? @param names  scratch [n] */
static bool names_features(const json *features, const char *property, const char **names) {
    size_t n = json_count(features);
    for (size_t i = 0; i < n; i++) {
        names[i] = json_text(json_get(json_get(json_at(features, i), "properties"), property));
        if (names[i] == NULL || names[i][strspn(names[i], " \t\r\n")] == '\0' || strlen(names[i]) > LONGEST_NAME)
            return false;
    }
    qsort(names, n, sizeof *names, by_text);
    for (size_t i = 1; i < n; i++)
        if (strcmp(names[i - 1], names[i]) == 0)
            return false;
    return n > 0;
}

/** Properties that would do, for a message. */
static void list_properties(const json *features, const char **names, char *list, size_t size) {
    const json *first = json_get(json_at(features, 0), "properties");
    size_t n = 0;
    for (const char *key = json_key(first, NULL); key && n < size; key = json_key(first, key))
        if (names_features(features, key, names))
            n += (size_t)snprintf(list + n, size - n, "%s%.60s", n > 0 ? ", " : "", key);
    if (n == 0)
        snprintf(list, size, "none in this file: give every feature a text of its own");
}

static tsr_status find_property(const draft_options *o, const json *features, const char **names, char *property,
                                size_t size, tsr_error *error) {
    base_place place = {.file = o->boundaries};
    char list[400] = "";
    if (o->name_property && strlen(o->name_property) < size && names_features(features, o->name_property, names)) {
        snprintf(property, size, "%s", o->name_property);
        return TSR_OK;
    }
    for (size_t i = 0; !o->name_property && i < N_USUAL; i++)
        if (names_features(features, usual_properties[i], names)) {
            snprintf(property, size, "%s", usual_properties[i]);
            return TSR_OK;
        }
    list_properties(features, names, list, sizeof list);
    if (o->name_property)
        return FAIL_AT(error, TSR_E_INPUT, place,
                       "the property \"%.100s\" does not name every feature, each differently; allowed are: %s",
                       o->name_property, list);
    return FAIL_AT(error, TSR_E_INPUT, place,
                   "no property of a usual name (name, shapeName, NAME_1, ADM1_EN ...) names every feature, each "
                   "differently; say which one with --name-property; allowed are: %s",
                   list);
}

/** Are they areas? Says what is wrong with the user's file, not with our copy of it. */
static tsr_status check_boundaries(const char *path, const char *property, problem_list *problems, tsr_error *error) {
    world_builder *b = world_builder_create();
    if (b == NULL)
        return FAIL(error, TSR_E_MEMORY, "no memory for the boundaries");
    tsr_status status = geography_read(path, property, b, problems, error);
    world_builder_free(b);
    return status;
}

static tsr_status copy_boundaries(const draft_options *o, const char *to, draft_areas *out, problem_list *problems,
                                  tsr_error *error) {
    tsr_status status = TSR_OK;
    char *bytes = NULL;
    size_t n;
    json *root = NULL;
    const char **names = NULL;
    TRY(file_read(o->boundaries, &bytes, &n, error));
    TRY(json_parse(bytes, n, o->boundaries, &root, error));
    const json *features = json_get(root, "features");
    snprintf(out->property, sizeof out->property, "%s", usual_properties[0]);
    if (json_count(features) > 0) {
        names = calloc(json_count(features), sizeof *names);
        if (names == NULL) {
            status = FAIL(error, TSR_E_MEMORY, "no memory for the boundaries");
            goto out;
        }
        TRY(find_property(o, features, names, out->property, sizeof out->property, error));
    }
    TRY(check_boundaries(o->boundaries, out->property, problems, error));
    TRY(file_write_atomic(to, bytes, n, error));
out:
    free(names);
    json_free(root);
    free(bytes);
    return status;
}

/* ---- cells ----------------------------------------------------------------------------------------------------- */

/** Row and column from the south and west. */
typedef struct cell {
    int32_t row, column;
} cell;

static int by_cell(const void *x, const void *y) {
    const cell *a = x, *b = y;
    if (a->row != b->row)
        return a->row < b->row ? -1 : 1;
    return a->column < b->column ? -1 : a->column > b->column;
}

static int32_t index_of(double degrees, double origin, double width) {
    double last = ceil(2 * -origin / width) - 1; /* 90 and 180 degrees belong to the last cell */
    return (int32_t)fmin(floor((degrees - origin) / width), last);
}

/** Cells of a width in which events of the period are. @param cells  out [n_events] */
static size_t find_cells(const survey *s, const choice *c, double width, cell *cells) {
    size_t n = 0, n_unique = 0;
    for (size_t i = 0; i < s->n_events; i++) {
        const survey_event *e = &s->events[i];
        if (!e->is_vague && !isnan(e->latitude) && choice_has_month(c, e->month))
            cells[n++] = (cell){index_of(e->latitude, -90, width), index_of(e->longitude, -180, width)};
    }
    qsort(cells, n, sizeof *cells, by_cell);
    for (size_t i = 0; i < n; i++)
        if (n_unique == 0 || by_cell(&cells[n_unique - 1], &cells[i]) != 0)
            cells[n_unique++] = cells[i];
    return n_unique;
}

static void add_cell(text_buffer *b, cell at, double width) {
    double south = at.row * width - 90, west = at.column * width - 180;
    double north = fmin(south + width, 90), east = fmin(west + width, 180);
    if (width < 1)
        text_add_format(b, "{\"type\":\"Feature\",\"properties\":{\"name\":\"%d\"},", at.row * 720 + at.column + 1);
    else
        text_add_format(b, "{\"type\":\"Feature\",\"properties\":{\"name\":\"%gdeg %g%c %g%c\"},", width, fabs(south),
                        south < 0 ? 'S' : 'N', fabs(west), west < 0 ? 'W' : 'E');
    text_add_format(b,
                    "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[%g,%g],[%g,%g],[%g,%g],[%g,%g],[%g,%g]]]}}",
                    west, south, east, south, east, north, west, north, west, south);
}

static tsr_status write_cells(const survey *s, const choice *c, const char *to, draft_areas *out, tsr_error *error) {
    tsr_status status = TSR_OK;
    cell *cells = calloc(s->n_events, sizeof *cells);
    text_buffer b;
    text_buffer_init(&b);
    if (cells == NULL) {
        status = FAIL(error, TSR_E_MEMORY, "no memory for cells");
        goto out;
    }
    double width = 0.5;
    size_t n = out->n_fine_cells = find_cells(s, c, width, cells);
    if (n == 0) {
        status = FAIL_AT(error, TSR_E_INPUT, ((base_place){.file = s->paths[0]}),
                         "no event of the period has coordinates of its own to make areas of; give --boundaries");
        goto out;
    }
    while (n > AREAS_MOST_CELLS) {
        width *= 2;
        n = find_cells(s, c, width, cells);
    }
    text_add_string(&b, "{\"type\":\"FeatureCollection\",\"features\":[\n");
    for (size_t i = 0; i < n; i++) {
        add_cell(&b, cells[i], width);
        text_add_string(&b, i + 1 < n ? ",\n" : "\n]}\n");
    }
    out->cell_degrees = width;
    snprintf(out->property, sizeof out->property, "name");
    status = b.failed ? FAIL(error, TSR_E_MEMORY, "no memory for cells") : file_write_atomic(to, b.data, b.n, error);
out:
    text_buffer_clear(&b);
    free(cells);
    return status;
}

tsr_status areas_write(const draft_options *options, const survey *s, const choice *c, const folder_out *folder,
                       draft_areas *out, problem_list *problems, tsr_error *error) {
    char path[TSR_PATH_SIZE];
    *out = (draft_areas){0};
    tsr_status status = folder_path(folder, "boundaries.geojson", path, error);
    if (status != TSR_OK)
        return status;
    return options->boundaries ? copy_boundaries(options, path, out, problems, error)
                               : write_cells(s, c, path, out, error);
}

/* ---- people ---------------------------------------------------------------------------------------------------- */

static tsr_status read_people(const char *path, const world *w, double *people, tsr_error *error) {
    tsr_status status = TSR_OK;
    table t = {0};
    size_t n;
    const world_area *areas = world_areas(w, &n);
    TRY(table_read(path, &t, error));
    int32_t name = table_column(&t, "area"), column = table_column(&t, "population");
    name = name < 0 ? table_column(&t, "name") : name;
    if (name < 0 || column < 0) {
        status = FAIL_AT(error, TSR_E_INPUT, ((base_place){path, 1, 1}),
                         "the header needs the columns 'area' (or 'name') and 'population'");
        goto out;
    }
    for (size_t a = 0; a < n; a++)
        people[a] = -1;
    for (size_t i = 0; i < t.n_rows && status == TSR_OK; i++) {
        const char *cell_name = t.rows[i].cells[name], *number = t.rows[i].cells[column];
        base_place place = {path, t.rows[i].line, 1};
        int32_t area = world_find_area(w, cell_name);
        double value = 0;
        if (area == WORLD_NONE)
            status = FAIL_AT(error, TSR_E_INPUT, place, "'%.100s' is not an area of the boundaries", cell_name);
        else if (people[area] >= 0)
            status = FAIL_AT(error, TSR_E_INPUT, place, "'%.100s' appears twice", cell_name);
        else if (!text_number(number, strlen(number), &value) || value < 0)
            status =
                FAIL_AT(error, TSR_E_INPUT, place, "the population is '%.60s'; it must be a number, 0 or more", number);
        else
            people[area] = value;
    }
    for (size_t a = 0; a < n && status == TSR_OK; a++)
        if (people[a] < 0)
            status = FAIL_AT(error, TSR_E_INPUT, ((base_place){.file = path}), "there is no row for the area '%.100s'",
                             world_string(w, areas[a].name));
out:
    table_clear(&t);
    return status;
}

static void add_csv(text_buffer *b, const char *text) {
    text_add(b, "\"", 1);
    for (; *text; text++)
        text_add(b, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
    text_add(b, "\"", 1);
}

tsr_status areas_write_population(const draft_options *options, const world *w, const folder_out *folder,
                                  draft_areas *areas, double *people, tsr_error *error) {
    tsr_status status = TSR_OK;
    char path[TSR_PATH_SIZE];
    size_t n;
    const world_area *all = world_areas(w, &n);
    text_buffer b;
    text_buffer_init(&b);
    areas->is_from_file = options->population != NULL;
    areas->is_assumed = !options->population && !(options->population_total > 0);
    double total = options->population_total > 0 ? options->population_total : DRAFT_ASSUMED_POPULATION;
    if (options->population)
        TRY(read_people(options->population, w, people, error));
    /* Administrative areas are drawn so that they have roughly as many people each, rather than as much land. */
    for (size_t a = 0; !options->population && a < n; a++)
        people[a] = floor(total * (double)(a + 1) / (double)n) - floor(total * (double)a / (double)n);
    text_add_string(&b, "name,population\n");
    areas->population = 0;
    for (size_t a = 0; a < n; a++) {
        areas->population += people[a];
        add_csv(&b, world_string(w, all[a].name));
        text_add_format(&b, ",%.0f\n", people[a]);
    }
    TRY(folder_path(folder, "population.csv", path, error));
    status = b.failed ? FAIL(error, TSR_E_MEMORY, "no memory for the population")
                      : file_write_atomic(path, b.data, b.n, error);
out:
    text_buffer_clear(&b);
    return status;
}
