/* Which area a point lies in: a ray to the east, against the edges of the point's strip of latitude.
 *
 * The height of all areas is cut into strips; each strip lists, area by area, the edges that reach into it. A point
 * lies in an area when the ray crosses the area's edges an odd number of times (holes and islands come for free). A
 * strip has some tens of edges, so a lookup costs some ten nanoseconds; it changes nothing in the locator, so that
 * threads may share one. Every edge is stored southern end first: two areas that share it decide with the same
 * arithmetic, and no point falls between them or into both.
 *
 * Source: Shimrat (1962) Algorithm 112, Comm. ACM 5:434; half-open edges as in Haines (1994) Graphics Gems IV, I.4. */
#include "world/geography.h"

#include "world/sphere.h"

#include <math.h>
#include <stdlib.h>

#define EDGES_PER_STRIP 16u  /* aimed at */
#define MOST_COPIES 8u       /* mean number of strips in which an edge may be listed */
#define CLOSE_ENOUGH_KM 1e-6 /* a point nearer than this to an edge is on it */

typedef struct edge {
    world_point low, high; /**< low.latitude <= high.latitude */
    uint32_t area;
} edge;

struct geography_locator {
    double south, north;
    double strips_per_degree;
    size_t n_strips;
    size_t *first; /**< [n_strips + 1] first edge of each strip */
    edge *edges;   /**< strip by strip, within a strip area by area */
};

/** Strip of a latitude within [south, north]; the northern end belongs to the last strip. */
static size_t strip_of(const geography_locator *l, double latitude) {
    double strip = (latitude - l->south) * l->strips_per_degree;
    return strip < (double)(l->n_strips - 1) ? (size_t)fmax(strip, 0) : l->n_strips - 1;
}

typedef void (*edge_visitor)(geography_locator *l, const edge *e);

static void visit_ring(geography_locator *l, const world_point *p, uint32_t n, uint32_t area, edge_visitor visit) {
    for (uint32_t i = 1; i < n; i++) {
        bool ascends = p[i - 1].latitude <= p[i].latitude;
        edge e = {.low = p[ascends ? i - 1 : i], .high = p[ascends ? i : i - 1], .area = area};
        visit(l, &e);
    }
}

/** All edges, area by area. */
static void visit_edges(const world *w, geography_locator *l, edge_visitor visit) {
    size_t n;
    const world_area *areas = world_areas(w, &n);
    const world_ring *rings = world_rings(w, NULL);
    const world_point *points = world_points(w, NULL);
    for (uint32_t area = 0; area < n; area++) {
        for (uint32_t i = 0; i < areas[area].n_rings; i++) {
            const world_ring *ring = &rings[areas[area].first_ring + i];
            visit_ring(l, points + ring->first_point, ring->n_points, area, visit);
        }
    }
}

static void measure(geography_locator *l, const edge *e) {
    l->south = fmin(l->south, e->low.latitude);
    l->north = fmax(l->north, e->high.latitude);
    l->n_strips++; /* counts edges at first */
}

/** Count an edge in every strip it reaches into; first[s + 1] becomes the count of strip s. */
static void count(geography_locator *l, const edge *e) {
    for (size_t s = strip_of(l, e->low.latitude), last = strip_of(l, e->high.latitude); s <= last; s++)
        l->first[s + 1]++;
}

/** List an edge; first[s] moves on and ends where strip s + 1 begins. */
static void list(geography_locator *l, const edge *e) {
    for (size_t s = strip_of(l, e->low.latitude), last = strip_of(l, e->high.latitude); s <= last; s++)
        l->edges[l->first[s]++] = *e;
}

/** Choose the number of strips and fill first[1 ... n_strips] with where each one ends. */
static tsr_status lay_strips(const world *w, geography_locator *l, tsr_error *error) {
    l->south = INFINITY, l->north = -INFINITY, l->n_strips = 0;
    visit_edges(w, l, measure);
    size_t n_edges = l->n_strips;
    l->n_strips = n_edges / EDGES_PER_STRIP + 1;
    l->first = calloc(l->n_strips + 1, sizeof *l->first);
    if (l->first == NULL)
        return FAIL(error, TSR_E_MEMORY, "no memory to locate points");
    for (;; l->n_strips /= 2) { /* few, long edges: fewer strips */
        l->strips_per_degree = l->north > l->south ? (double)l->n_strips / (l->north - l->south) : 0;
        for (size_t s = 0; s <= l->n_strips; s++)
            l->first[s] = 0;
        visit_edges(w, l, count);
        for (size_t s = 0; s < l->n_strips; s++)
            l->first[s + 1] += l->first[s];
        if (l->n_strips == 1 || l->first[l->n_strips] <= MOST_COPIES * n_edges)
            return TSR_OK;
    }
}

tsr_status geography_locator_create(const world *w, geography_locator **out, tsr_error *error) {
    geography_locator *l = calloc(1, sizeof *l);
    if (l == NULL)
        return FAIL(error, TSR_E_MEMORY, "no memory to locate points");
    tsr_status status;
    TRY(lay_strips(w, l, error));
    size_t n = l->first[l->n_strips];
    l->edges = calloc(n + 1, sizeof *l->edges);
    if (l->edges == NULL) {
        status = FAIL(error, TSR_E_MEMORY, "no memory to locate points: %zu edges", n);
        goto out;
    }
    visit_edges(w, l, list);
    for (size_t s = l->n_strips; s > 0; s--) /* listing has moved every start to its end: move them back */
        l->first[s] = l->first[s - 1];
    l->first[0] = 0;
    *out = l;
    l = NULL;
out:
    geography_locator_free(l);
    return status;
}

void geography_locator_free(geography_locator *l) {
    if (l == NULL)
        return;
    free(l->first);
    free(l->edges);
    free(l);
}

/** The ray from the point to the east crosses the edge. */
static bool crosses(const edge *e, double longitude, double latitude) {
    if (latitude < e->low.latitude || latitude >= e->high.latitude)
        return false;
    double share = (latitude - e->low.latitude) / (e->high.latitude - e->low.latitude);
    return longitude < e->low.longitude + share * (e->high.longitude - e->low.longitude);
}

static int32_t area_around(const geography_locator *l, double longitude, double latitude) {
    if (!(latitude >= l->south && latitude <= l->north))
        return WORLD_NONE;
    size_t strip = strip_of(l, latitude);
    const edge *end = l->edges + l->first[strip + 1];
    for (const edge *e = l->edges + l->first[strip]; e < end;) {
        uint32_t area = e->area;
        bool inside = false;
        for (; e < end && e->area == area; e++)
            inside ^= crosses(e, longitude, latitude);
        if (inside)
            return (int32_t)area;
    }
    return WORLD_NONE;
}

/** Squared distance of a point to an edge in degrees of latitude, on a plane that touches the Earth at the point. */
static double distance_2_to_edge(const edge *e, double longitude, double latitude, double shrink) {
    double x = e->low.longitude - longitude, y = e->low.latitude - latitude;
    x -= x > 180 ? 360 : x < -180 ? -360 : 0; /* the short way around */
    x *= shrink;
    double dx = (e->high.longitude - e->low.longitude) * shrink, dy = e->high.latitude - e->low.latitude;
    double along = -(x * dx + y * dy), length_2 = dx * dx + dy * dy;
    double share = along <= 0 ? 0 : along >= length_2 ? 1 : along / length_2;
    x += share * dx;
    y += share * dy;
    return x * x + y * y;
}

/** The area with the nearest edge within `most_degrees`; on a tie the first one. */
static int32_t nearest_area(const geography_locator *l, double longitude, double latitude, double most_degrees,
                            double *degrees) {
    if (latitude + most_degrees < l->south || latitude - most_degrees > l->north)
        return WORLD_NONE;
    const size_t first = strip_of(l, latitude - most_degrees), last = strip_of(l, latitude + most_degrees);
    const double shrink = cos(latitude * (3.14159265358979323846 / 180));
    int32_t nearest = WORLD_NONE;
    double least = most_degrees * most_degrees;
    for (const edge *e = l->edges + l->first[first], *end = l->edges + l->first[last + 1]; e < end; e++) {
        double d = distance_2_to_edge(e, longitude, latitude, shrink);
        if (d < least || (d == least && (nearest == WORLD_NONE || (int32_t)e->area < nearest))) {
            nearest = (int32_t)e->area;
            least = d;
        }
    }
    *degrees = sqrt(least);
    return nearest;
}

int32_t geography_locate(const geography_locator *l, double longitude, double latitude, double tolerance_km,
                         double *distance_km) {
    if (!(fabs(longitude) <= 180) || !(fabs(latitude) <= 90))
        return WORLD_NONE;
    int32_t area = area_around(l, longitude, latitude);
    double km = 0;
    if (area == WORLD_NONE) {
        double degrees = 0, most = fmin(fmax(tolerance_km, CLOSE_ENOUGH_KM) / KM_PER_DEGREE, 180);
        area = nearest_area(l, longitude, latitude, most, &degrees);
        km = degrees * KM_PER_DEGREE;
    }
    if (area != WORLD_NONE && distance_km != NULL)
        *distance_km = km > CLOSE_ENOUGH_KM ? km : 0;
    return area;
}
