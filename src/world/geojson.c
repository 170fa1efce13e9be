/* GeoJSON (RFC 7946): a FeatureCollection of Polygons and MultiPolygons, each with a property that names it. */
#include "world/geojson.h"

#include "base/arena.h"
#include "base/file.h"
#include "world/names.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct reader {
    geojson *g;
    base_place place;
    problem_list *problems;
    geojson_feature *feature;
    uint32_t i_feature, i_polygon, i_ring; /**< i_polygon and i_ring within the feature and polygon, from 0 */
    tsr_error *error;
} reader;

/** Something is wrong with the feature: one problem each is enough. */
#define REJECT(r, ...)                                                                                                 \
    do {                                                                                                               \
        problem_add((r)->problems, PROBLEM_ERROR, (r)->place, __VA_ARGS__);                                            \
        (r)->feature->is_sound = false;                                                                                \
    } while (0)

void geojson_clear(geojson *g) {
    json_free(g->root);
    free(g->features);
    free(g->rings);
    free(g->points);
    *g = (geojson){0};
}

static tsr_status out_of_memory(const reader *r) {
    return FAIL_AT(r->error, TSR_E_MEMORY, r->place, "no memory for the boundaries");
}

/** `feature 3 ("Kabul")`; a long name is cut between characters. */
static void write_label(geojson_feature *feature, size_t index) {
    const char *name = feature->name;
    if (name == NULL) {
        snprintf(feature->label, sizeof feature->label, "feature %zu", index + 1);
        return;
    }
    const size_t most = 80;
    size_t n = strlen(name);
    if (n > most) {
        for (n = most; n > 0 && ((unsigned char)name[n] & 0xC0u) == 0x80u; n--)
            ;
    }
    snprintf(feature->label, sizeof feature->label, "feature %zu (\"%.*s%s\")", index + 1, (int)n, name,
             name[n] == '\0' ? "" : "...");
}

static bool read_position(const json *value, world_point *point) {
    return json_is_list(value) && json_count(value) >= 2 && json_number(json_at(value, 0), &point->longitude) &&
           json_number(json_at(value, 1), &point->latitude);
}

/** The points of a ring are at the end of g->points. Rejects the feature when they do not make one. */
static void check_ring(reader *r, const world_point *points, size_t n) {
    const char *label = r->feature->label;
    unsigned polygon = r->i_polygon + 1, ring = r->i_ring + 1;
    if (n < 4) {
        REJECT(r, "%s: ring %u of polygon %u has %zu points; it must have 4 or more, the last like the first", label,
               ring, polygon, n);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        double x = points[i].longitude, y = points[i].latitude;
        if (!(fabs(x) <= 180) || !(fabs(y) <= 90)) {
            REJECT(r,
                   "%s: point %zu of ring %u of polygon %u is [%g, %g]; it must be [longitude, latitude] in degrees "
                   "(WGS 84), from -180 to 180 and from -90 to 90",
                   label, i + 1, ring, polygon, x, y);
            return;
        }
        if (i > 0 && fabs(x - points[i - 1].longitude) > 180) {
            REJECT(r,
                   "%s: ring %u of polygon %u jumps from longitude %g to %g at point %zu; an area across the 180th "
                   "meridian must be cut there into two polygons",
                   label, ring, polygon, points[i - 1].longitude, x, i + 1);
            return;
        }
    }
    const world_point *first = &points[0], *last = &points[n - 1];
    if (first->longitude != last->longitude || first->latitude != last->latitude)
        REJECT(
            r,
            "%s: ring %u of polygon %u is not closed: it begins at [%g, %g] and ends at [%g, %g]; both must be equal",
            label, ring, polygon, first->longitude, first->latitude, last->longitude, last->latitude);
}

static tsr_status read_ring(reader *r, const json *positions) {
    geojson *g = r->g;
    size_t n = json_count(positions);
    if (!json_is_list(positions)) {
        REJECT(r, "%s: ring %u of polygon %u is not an array of points", r->feature->label, r->i_ring + 1,
               r->i_polygon + 1);
        return TSR_OK;
    }
    if (n >= UINT32_MAX - g->n_points)
        return FAIL_AT(r->error, TSR_E_INPUT, r->place, "the file has more than %u points", UINT32_MAX);
    void *points = g->points, *rings = g->rings;
    bool has_room = array_reserve(&points, &g->point_capacity, g->n_points + n + 1, sizeof *g->points);
    g->points = points;
    has_room = has_room && array_reserve(&rings, &g->ring_capacity, g->n_rings + 1, sizeof *g->rings);
    g->rings = rings;
    if (!has_room)
        return out_of_memory(r);
    world_point *new_points = g->points + g->n_points;
    for (size_t i = 0; i < n; i++) {
        if (!read_position(json_at(positions, i), &new_points[i])) {
            REJECT(r, "%s: point %zu of ring %u of polygon %u is not an array of two numbers", r->feature->label, i + 1,
                   r->i_ring + 1, r->i_polygon + 1);
            return TSR_OK;
        }
    }
    check_ring(r, new_points, n);
    if (!r->feature->is_sound)
        return TSR_OK;
    new_points[n - 1] = new_points[0]; /* 0 and -0 are equal, but not the same bytes */
    g->rings[g->n_rings++] = (world_ring){
        .area = r->i_feature, .first_point = (uint32_t)g->n_points, .n_points = (uint32_t)n, .is_hole = r->i_ring > 0};
    g->n_points += n;
    return TSR_OK;
}

static tsr_status read_polygon(reader *r, const json *rings) {
    if (!json_is_list(rings) || json_count(rings) == 0) {
        REJECT(r, "%s: polygon %u has no rings; its coordinates must be an array of rings", r->feature->label,
               r->i_polygon + 1);
        return TSR_OK;
    }
    tsr_status status = TSR_OK;
    size_t n = json_count(rings);
    for (r->i_ring = 0; r->i_ring < n && r->feature->is_sound; r->i_ring++)
        TRY(read_ring(r, json_at(rings, r->i_ring)));
out:
    return status;
}

static tsr_status read_geometry(reader *r, const json *geometry) {
    const char *type = json_text(json_get(geometry, "type"));
    const json *coordinates = json_get(geometry, "coordinates");
    bool is_polygon = type != NULL && strcmp(type, "Polygon") == 0;
    bool is_multi = type != NULL && strcmp(type, "MultiPolygon") == 0;
    if (!is_polygon && !is_multi) {
        REJECT(r, "%s has %s%.60s; it must have a geometry of type Polygon or MultiPolygon", r->feature->label,
               type == NULL ? "no geometry" : "a geometry of type ", type == NULL ? "" : type);
        return TSR_OK;
    }
    r->i_polygon = 0;
    if (is_polygon)
        return read_polygon(r, coordinates);
    if (!json_is_list(coordinates) || json_count(coordinates) == 0) {
        REJECT(r, "%s has a MultiPolygon without polygons", r->feature->label);
        return TSR_OK;
    }
    tsr_status status = TSR_OK;
    size_t n = json_count(coordinates);
    for (; r->i_polygon < n && r->feature->is_sound; r->i_polygon++)
        TRY(read_polygon(r, json_at(coordinates, r->i_polygon)));
out:
    return status;
}

static bool is_blank(const char *text) {
    return text[strspn(text, " \t\n\v\f\r")] == '\0';
}

static void check_name(reader *r, const char *id_key, bool has_property) {
    geojson_feature *feature = r->feature;
    if (feature->name == NULL) {
        REJECT(r, "%s %s \"%s\", which names the area (areas.id says which property does)", feature->label,
               has_property ? "has a property without text," : "lacks the property", id_key);
        return;
    }
    for (uint32_t i = 0; i < r->i_feature; i++) {
        const char *earlier = r->g->features[i].name;
        if (earlier == NULL)
            continue;
        if (strcmp(earlier, feature->name) == 0) {
            REJECT(r, "%s has the same name as feature %u; every area needs a name of its own", feature->label, i + 1);
            return;
        }
        if (area_name_is(area_name_parse(earlier), feature->name))
            problem_add(
                r->problems, PROBLEM_WARNING, r->place,
                "%s and %s differ only in words that are dropped when events are matched; other spellings count "
                "for the earlier one",
                feature->label, r->g->features[i].label);
    }
}

static tsr_status read_feature(reader *r, const json *value, const char *id_key) {
    geojson *g = r->g;
    geojson_feature *feature = r->feature;
    const json *property = json_get(json_get(value, "properties"), id_key);
    const char *name = json_text(property);
    feature->name = name != NULL && !is_blank(name) ? name : NULL;
    feature->is_sound = true;
    feature->first_ring = (uint32_t)g->n_rings;
    write_label(feature, r->i_feature);
    check_name(r, id_key, property != NULL);
    if (!feature->is_sound)
        return TSR_OK;
    size_t n_points = g->n_points;
    tsr_status status = read_geometry(r, json_get(value, "geometry"));
    if (!feature->is_sound) {
        g->n_rings = feature->first_ring;
        g->n_points = n_points;
    }
    feature->n_rings = (uint32_t)g->n_rings - feature->first_ring;
    return status;
}

/** The features of the file, or why it has none that can be read. */
static tsr_status find_features(const reader *r, const json **out) {
    const json *root = r->g->root;
    const char *type = json_text(json_get(root, "type"));
    const json *features = json_get(root, "features");
    if (type == NULL || strcmp(type, "FeatureCollection") != 0)
        return FAIL_AT(r->error, TSR_E_INPUT, r->place,
                       "boundaries must be a GeoJSON FeatureCollection; the file's type is %s%.60s%s",
                       type == NULL ? "missing" : "\"", type == NULL ? "" : type, type == NULL ? "" : "\"");
    if (!json_is_list(features) || json_count(features) == 0)
        return FAIL_AT(r->error, TSR_E_INPUT, r->place, "the file has 0 features; it must have one for each area");
    if (json_count(features) > GEOJSON_MOST_FEATURES)
        return FAIL_AT(r->error, TSR_E_INPUT, r->place, "the file has %zu features; a scenario has at most %u areas",
                       json_count(features), GEOJSON_MOST_FEATURES);
    *out = features;
    return TSR_OK;
}

tsr_status geojson_read(const char *path, const char *id_key, geojson *out, problem_list *problems, tsr_error *error) {
    *out = (geojson){0};
    reader r = {.g = out, .place = {.file = path}, .problems = problems, .error = error};
    char *bytes = NULL;
    size_t n;
    const json *features = NULL;
    tsr_status status;
    TRY(file_read(path, &bytes, &n, error));
    TRY(json_parse(bytes, n, path, &out->root, error));
    TRY(find_features(&r, &features));
    n = json_count(features);
    out->features = calloc(n, sizeof *out->features);
    if (out->features == NULL) {
        status = out_of_memory(&r);
        goto out;
    }
    for (out->n_features = 0; out->n_features < n; out->n_features++) {
        r.i_feature = (uint32_t)out->n_features;
        r.feature = &out->features[r.i_feature];
        TRY(read_feature(&r, json_at(features, r.i_feature), id_key));
    }
out:
    free(bytes);
    return status;
}
