/* Geography of a scenario: polygons into sections areas, rings, points, borders and distances.
 *
 * Geometry is planar, in degrees, by GEOS through its re-entrant interface; this file is its only user. Lengths and
 * areas are those of sphere.c, after GEOS has said which lines and rings they belong to. */
#include "world/geography.h"

#include "world/geojson.h"
#include "world/names.h"
#include "world/sphere.h"

#include <geos_c.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Borders are compared on a grid of this many degrees (11 m): coordinates are often rounded to 4 or 5 decimals. */
#define BORDER_GRID 1e-4
/* A shared line shorter than this is where three areas meet, blurred by the grid. */
#define SHORTEST_BORDER_KM 0.1
/* Neighbours may overlap by this share of the smaller one before it is worth a warning. */
#define TOLERATED_OVERLAP 0.01

typedef struct box {
    double west, south, east, north;
} box;

typedef struct shape {
    GEOSGeometry *geometry; /**< valid Polygon or MultiPolygon; NULL when the feature was rejected */
    GEOSGeometry *boundary;
    box extent;
} shape;

typedef struct maker {
    GEOSContextHandle_t geos;
    geojson file;
    shape *shapes; /**< [file.n_features] */
    world_builder *b;
    base_place place;
    problem_list *problems;
    tsr_error *error;
    char reason[256]; /**< what GEOS said last */
} maker;

static void keep_reason(const char *message, void *user) {
    maker *m = user;
    size_t n = strlen(message);
    n = n < sizeof m->reason ? n : sizeof m->reason - 1;
    memcpy(m->reason, message, n);
    m->reason[n] = '\0';
}

/** GEOS returned nothing: no memory, or a geometry that it cannot handle. */
static tsr_status geos_failed(const maker *m, const char *doing) {
    return FAIL_AT(m->error, m->reason[0] == '\0' || strstr(m->reason, "bad_alloc") ? TSR_E_MEMORY : TSR_E_INPUT,
                   m->place, "%s failed: %s", doing, m->reason[0] == '\0' ? "no memory" : m->reason);
}

static GEOSGeometry *make_ring(const maker *m, const world_ring *ring) {
    /* A world_point is two doubles, x first: the layout that GEOS copies. */
    const double *xy = &m->file.points[ring->first_point].longitude;
    GEOSCoordSequence *points = GEOSCoordSeq_copyFromBuffer_r(m->geos, xy, ring->n_points, 0, 0);
    return points == NULL ? NULL : GEOSGeom_createLinearRing_r(m->geos, points);
}

static void destroy_all(const maker *m, GEOSGeometry **geometries, size_t n) {
    for (size_t i = 0; i < n; i++)
        GEOSGeom_destroy_r(m->geos, geometries[i]);
}

/** The polygon of rings[0 ... n-1], the first one its outer ring; `scratch` has room for n. NULL when GEOS fails. */
static GEOSGeometry *make_polygon(const maker *m, const world_ring *rings, uint32_t n, GEOSGeometry **scratch) {
    for (uint32_t i = 0; i < n; i++) {
        scratch[i] = make_ring(m, &rings[i]);
        if (scratch[i] == NULL) {
            destroy_all(m, scratch, i);
            return NULL;
        }
    }
    return GEOSGeom_createPolygon_r(m->geos, scratch[0], scratch + 1, n - 1);
}

/** All polygons of a feature as one geometry, as written. */
static tsr_status make_geometry(const maker *m, const geojson_feature *feature, GEOSGeometry **out) {
    const world_ring *rings = m->file.rings + feature->first_ring;
    GEOSGeometry **scratch = calloc(2 * (size_t)feature->n_rings, sizeof(GEOSGeometry *));
    GEOSGeometry **parts = scratch == NULL ? NULL : scratch + feature->n_rings;
    uint32_t n_parts = 0;
    tsr_status status = TSR_OK;
    if (scratch == NULL)
        return FAIL_AT(m->error, TSR_E_MEMORY, m->place, "no memory for the boundaries");
    for (uint32_t first = 0, end; first < feature->n_rings; first = end) {
        for (end = first + 1; end < feature->n_rings && rings[end].is_hole; end++)
            ;
        parts[n_parts] = make_polygon(m, rings + first, end - first, scratch);
        if (parts[n_parts] == NULL) {
            destroy_all(m, parts, n_parts);
            status = geos_failed(m, "making a polygon");
            goto out;
        }
        n_parts++;
    }
    *out = n_parts == 1 ? parts[0] : GEOSGeom_createCollection_r(m->geos, GEOS_MULTIPOLYGON, parts, n_parts);
    if (*out == NULL)
        status = geos_failed(m, "making a multipolygon");
out:
    free(scratch);
    return status;
}

/** The same surface without self-crossings; parts that overlap are united. */
static GEOSGeometry *repair(const maker *m, const GEOSGeometry *geometry) {
    GEOSMakeValidParams *params = GEOSMakeValidParams_create_r(m->geos);
    if (params == NULL)
        return NULL;
    GEOSGeometry *repaired = NULL;
    if (GEOSMakeValidParams_setMethod_r(m->geos, params, GEOS_MAKE_VALID_STRUCTURE) &&
        GEOSMakeValidParams_setKeepCollapsed_r(m->geos, params, 0))
        repaired = GEOSMakeValidWithParams_r(m->geos, geometry, params);
    GEOSMakeValidParams_destroy_r(m->geos, params);
    return repaired;
}

/** The reason GEOS gives ("Self-intersection") and the place, into a warning. */
static void warn_of_repair(const maker *m, const char *label, const char *reason, const GEOSGeometry *location) {
    double x = 0, y = 0;
    if (location != NULL && GEOSGeomGetX_r(m->geos, location, &x) == 1 && GEOSGeomGetY_r(m->geos, location, &y) == 1)
        problem_add(m->problems, PROBLEM_WARNING, m->place,
                    "%s crosses or touches itself at [%g, %g] (%s); it was repaired: look at it on a map", label, x, y,
                    reason);
    else
        problem_add(m->problems, PROBLEM_WARNING, m->place,
                    "%s crosses or touches itself (%s); it was repaired: look at it on a map", label, reason);
}

static tsr_status make_valid(maker *m, const char *label, GEOSGeometry **geometry) {
    char *reason = NULL;
    GEOSGeometry *location = NULL, *repaired = NULL;
    tsr_status status = TSR_OK;
    char valid = GEOSisValidDetail_r(m->geos, *geometry, 0, &reason, &location);
    if (valid == 2)
        status = geos_failed(m, "checking a polygon");
    else if (valid == 0) {
        repaired = repair(m, *geometry);
        if (repaired == NULL)
            status = geos_failed(m, "repairing a polygon");
        else {
            warn_of_repair(m, label, reason != NULL ? reason : "not valid", location);
            GEOSGeom_destroy_r(m->geos, *geometry);
            *geometry = repaired;
        }
    }
    GEOSFree_r(m->geos, reason);
    GEOSGeom_destroy_r(m->geos, location);
    return status;
}

/** The centroid when it lies inside, else a point that does. */
static tsr_status find_centre(const maker *m, const GEOSGeometry *geometry, world_area *area) {
    GEOSGeometry *point = GEOSGetCentroid_r(m->geos, geometry);
    if (point != NULL && GEOSContains_r(m->geos, geometry, point) != 1) {
        GEOSGeom_destroy_r(m->geos, point);
        point = GEOSPointOnSurface_r(m->geos, geometry);
    }
    bool found = point != NULL && GEOSGeomGetX_r(m->geos, point, &area->longitude) == 1 &&
                 GEOSGeomGetY_r(m->geos, point, &area->latitude) == 1;
    GEOSGeom_destroy_r(m->geos, point);
    return found ? TSR_OK : geos_failed(m, "finding the centre of a polygon");
}

/** Append a ring's points, and the ring to its area. */
static tsr_status add_ring(const maker *m, const GEOSGeometry *ring, bool is_hole, uint32_t index, world_area *area) {
    const GEOSCoordSequence *sequence = GEOSGeom_getCoordSeq_r(m->geos, ring);
    unsigned n = 0;
    if (sequence == NULL || !GEOSCoordSeq_getSize_r(m->geos, sequence, &n))
        return geos_failed(m, "reading a ring");
    world_point *points = calloc(n == 0 ? 1 : n, sizeof *points);
    if (points == NULL)
        return FAIL_AT(m->error, TSR_E_MEMORY, m->place, "no memory for the boundaries");
    tsr_status status = TSR_OK;
    if (!GEOSCoordSeq_copyToBuffer_r(m->geos, sequence, &points[0].longitude, 0, 0)) {
        status = geos_failed(m, "reading a ring");
        goto out;
    }
    world_ring added = {.area = index, .n_points = n, .is_hole = is_hole};
    for (unsigned i = 0; i < n; i++) {
        uint32_t at = world_add_points(m->b, &points[i]);
        if (i == 0)
            added.first_point = at;
    }
    uint32_t i_ring = world_add_rings(m->b, &added);
    if (area->n_rings++ == 0)
        area->first_ring = i_ring;
    double km2 = sphere_ring_area_km2(points, n);
    area->area_km2 += is_hole ? -km2 : km2;
out:
    free(points);
    return status;
}

/** Append every polygon of a geometry: one ring after the other, holes behind their outer ring. */
static tsr_status add_polygons(const maker *m, const GEOSGeometry *geometry, uint32_t index, world_area *area) {
    tsr_status status = TSR_OK;
    int n_polygons = GEOSGetNumGeometries_r(m->geos, geometry);
    for (int i = 0; i < n_polygons; i++) {
        const GEOSGeometry *polygon = GEOSGetGeometryN_r(m->geos, geometry, i);
        if (polygon == NULL || GEOSGeomTypeId_r(m->geos, polygon) != GEOS_POLYGON ||
            GEOSisEmpty_r(m->geos, polygon) != 0)
            continue;
        TRY(add_ring(m, GEOSGetExteriorRing_r(m->geos, polygon), false, index, area));
        int n_holes = GEOSGetNumInteriorRings_r(m->geos, polygon);
        for (int hole = 0; hole < n_holes; hole++)
            TRY(add_ring(m, GEOSGetInteriorRingN_r(m->geos, polygon, hole), true, index, area));
    }
out:
    return status;
}

static tsr_status take_extent(const maker *m, shape *s) {
    s->boundary = GEOSBoundary_r(m->geos, s->geometry);
    if (s->boundary == NULL || !GEOSGeom_getXMin_r(m->geos, s->geometry, &s->extent.west) ||
        !GEOSGeom_getXMax_r(m->geos, s->geometry, &s->extent.east) ||
        !GEOSGeom_getYMin_r(m->geos, s->geometry, &s->extent.south) ||
        !GEOSGeom_getYMax_r(m->geos, s->geometry, &s->extent.north))
        return geos_failed(m, "taking the boundary of a polygon");
    return TSR_OK;
}

/** One feature into an area. A rejected feature becomes an area without rings, so that its name is known to whoever
 *  goes on checking the scenario. */
static tsr_status make_area(maker *m, uint32_t index, uint32_t i_area) {
    const geojson_feature *feature = &m->file.features[index];
    shape *s = &m->shapes[index];
    world_area area = {.name = world_builder_text(m->b, feature->name)};
    tsr_status status = TSR_OK;
    if (!feature->is_sound)
        goto out;
    TRY(make_geometry(m, feature, &s->geometry));
    TRY(make_valid(m, feature->label, &s->geometry));
    if (GEOSisEmpty_r(m->geos, s->geometry) != 0) {
        problem_add(m->problems, PROBLEM_ERROR, m->place, "%s has no surface: its points lie on a line",
                    feature->label);
        goto out;
    }
    TRY(add_polygons(m, s->geometry, i_area, &area));
    TRY(find_centre(m, s->geometry, &area));
    TRY(take_extent(m, s));
out:
    if (status == TSR_OK)
        world_add_areas(m->b, &area);
    return status;
}

static bool boxes_touch(const box *a, const box *b) {
    return a->west <= b->east + BORDER_GRID && b->west <= a->east + BORDER_GRID && a->south <= b->north + BORDER_GRID &&
           b->south <= a->north + BORDER_GRID;
}

/** Length of all lines in a geometry, km. Negative when GEOS fails. */
static double length_km(const maker *m, const GEOSGeometry *geometry) {
    int type = GEOSGeomTypeId_r(m->geos, geometry);
    double sum = 0;
    if (type == GEOS_POINT || type == GEOS_MULTIPOINT)
        return 0;
    if (type == GEOS_LINESTRING || type == GEOS_LINEARRING) {
        const GEOSCoordSequence *sequence = GEOSGeom_getCoordSeq_r(m->geos, geometry);
        unsigned n = 0;
        if (sequence == NULL || !GEOSCoordSeq_getSize_r(m->geos, sequence, &n))
            return -1;
        world_point *points = calloc(n == 0 ? 1 : n, sizeof *points);
        if (points == NULL)
            return -1;
        sum = n == 0 || GEOSCoordSeq_copyToBuffer_r(m->geos, sequence, &points[0].longitude, 0, 0)
                  ? sphere_length_km(points, n)
                  : -1;
        free(points);
        return sum;
    }
    int n = GEOSGetNumGeometries_r(m->geos, geometry);
    for (int i = 0; i < n; i++) {
        double part = length_km(m, GEOSGetGeometryN_r(m->geos, geometry, i));
        if (part < 0)
            return -1;
        sum += part;
    }
    return sum;
}

/** km of boundary that two shapes have in common, on the grid. */
static tsr_status shared_border(const maker *m, const shape *a, const shape *b, double *km) {
    GEOSGeometry *shared = GEOSIntersectionPrec_r(m->geos, a->boundary, b->boundary, BORDER_GRID);
    *km = shared == NULL ? -1 : length_km(m, shared);
    GEOSGeom_destroy_r(m->geos, shared);
    return *km >= 0 ? TSR_OK : geos_failed(m, "comparing two borders");
}

static tsr_status warn_of_overlap(const maker *m, size_t a, size_t b) {
    const GEOSGeometry *x = m->shapes[a].geometry, *y = m->shapes[b].geometry;
    GEOSGeometry *common = GEOSIntersection_r(m->geos, x, y);
    double area_x = 0, area_y = 0, area_common = 0;
    bool measured = common != NULL && GEOSArea_r(m->geos, x, &area_x) && GEOSArea_r(m->geos, y, &area_y) &&
                    GEOSArea_r(m->geos, common, &area_common);
    GEOSGeom_destroy_r(m->geos, common);
    if (!measured)
        return geos_failed(m, "comparing two polygons");
    double share = area_common / fmin(area_x, area_y);
    if (share > TOLERATED_OVERLAP)
        problem_add(m->problems, PROBLEM_WARNING, m->place,
                    "%s and %s overlap by %.0f %% of the smaller one; what happens there counts for the first",
                    m->file.features[a].label, m->file.features[b].label, 100 * share);
    return TSR_OK;
}

static int compare_borders(const void *x, const void *y) {
    const world_border *a = x, *b = y;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    return a->to < b->to ? -1 : a->to > b->to;
}

/** Borders of every pair. All features are sound here, so that feature i is the area first_area + i. */
static tsr_status make_borders(maker *m, uint32_t first_area) {
    tsr_status status = TSR_OK;
    size_t n = m->file.n_features;
    bool *has_neighbour = calloc(n + 1, sizeof *has_neighbour);
    if (has_neighbour == NULL)
        return FAIL_AT(m->error, TSR_E_MEMORY, m->place, "no memory for the borders");
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t j = i + 1; j < n; j++) {
            double km;
            if (!boxes_touch(&m->shapes[i].extent, &m->shapes[j].extent))
                continue;
            TRY(warn_of_overlap(m, i, j));
            TRY(shared_border(m, &m->shapes[i], &m->shapes[j], &km));
            if (km < SHORTEST_BORDER_KM)
                continue;
            has_neighbour[i] = has_neighbour[j] = true;
            world_add_borders(m->b, &(world_border){first_area + i, first_area + j, km});
            world_add_borders(m->b, &(world_border){first_area + j, first_area + i, km});
        }
        if (!has_neighbour[i] && n > 1)
            problem_add(m->problems, PROBLEM_WARNING, m->place,
                        "%s has no border with any other area: an island, or its neighbours' borders are drawn apart "
                        "from its own",
                        m->file.features[i].label);
    }
    size_t n_borders;
    world_border *borders = world_built_borders(m->b, &n_borders);
    if (n_borders > 0)
        qsort(borders, n_borders, sizeof *borders, compare_borders);
out:
    free(has_neighbour);
    return status;
}

/** [n][n] of the areas in the builder. */
static void make_distances(world_builder *b) {
    size_t n;
    const world_area *areas = world_built_areas(b, &n);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            float km = (float)geography_distance_km(areas[i].longitude, areas[i].latitude, areas[j].longitude,
                                                    areas[j].latitude);
            world_add_distances(b, &km);
        }
    }
}

static void clear_maker(maker *m) {
    for (size_t i = 0; m->shapes != NULL && i < m->file.n_features; i++) {
        GEOSGeom_destroy_r(m->geos, m->shapes[i].geometry);
        GEOSGeom_destroy_r(m->geos, m->shapes[i].boundary);
    }
    free(m->shapes);
    geojson_clear(&m->file);
    if (m->geos != NULL)
        GEOS_finish_r(m->geos);
}

static tsr_status read_areas(maker *m, const char *id_key) {
    tsr_status status;
    size_t n_errors = m->problems->n_errors, n_areas;
    TRY(geojson_read(m->place.file, id_key, &m->file, m->problems, m->error));
    m->shapes = calloc(m->file.n_features, sizeof *m->shapes);
    m->geos = GEOS_init_r();
    if (m->shapes == NULL || m->geos == NULL) {
        status = FAIL_AT(m->error, TSR_E_MEMORY, m->place, "no memory for the boundaries");
        goto out;
    }
    GEOSContext_setErrorMessageHandler_r(m->geos, keep_reason, m);
    world_built_areas(m->b, &n_areas);
    const uint32_t first_area = (uint32_t)n_areas;
    for (uint32_t i = 0; i < m->file.n_features; i++) {
        if (m->file.features[i].name == NULL)
            continue;
        world_built_areas(m->b, &n_areas);
        TRY(make_area(m, i, (uint32_t)n_areas));
    }
    if (m->problems->n_errors == n_errors) {
        TRY(make_borders(m, first_area));
        make_distances(m->b);
    }
out:
    return status;
}

tsr_status geography_read(const char *path, const char *id_key, world_builder *b, problem_list *problems,
                          tsr_error *error) {
    problem_list own;
    problem_list_init(&own);
    tsr_error first = TSR_ERROR_INIT;
    maker m = {.b = b, .place = {.file = path}, .problems = problems != NULL ? problems : &own, .error = &first};
    size_t n = m.problems->n, n_errors = m.problems->n_errors;
    tsr_status status = read_areas(&m, id_key);
    if (status == TSR_E_INPUT)
        problem_add(m.problems, PROBLEM_ERROR, (base_place){path, first.line, first.column}, "%s", first.message);
    if (status == TSR_OK && m.problems->out_of_memory)
        status = FAIL_AT(&first, TSR_E_MEMORY, m.place, "no memory for what is wrong with the boundaries");
    if (status == TSR_OK && m.problems->n_errors > n_errors)
        status = TSR_E_INPUT;
    if (status == TSR_E_INPUT && first.status == TSR_OK) {
        for (; n < m.problems->n && m.problems->items[n].severity != PROBLEM_ERROR; n++)
            ;
        FAIL_AT(&first, TSR_E_INPUT, m.place, "%s",
                n < m.problems->n ? m.problems->items[n].message : "the boundaries are not usable");
        first.others = m.problems->n_errors - n_errors - 1;
    }
    if (status != TSR_OK && error != NULL) {
        if (error->status == TSR_OK)
            *error = first;
        else
            error->others++; /* the first error wins */
    }
    clear_maker(&m);
    problem_list_clear(&own);
    return status;
}
