/* Which area a point lies in: known places, and a slow twin on random points. */
#include "boundaries.h"
#include "world/geography.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <math.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct fixture {
    world *w;
    geography_locator *locator;
} fixture;

static int open_fixture(void **state, const char *path) {
    fixture *f = calloc(1, sizeof *f);
    if (f == NULL)
        return 1;
    *state = f;
    f->w = read_boundaries(path, NULL, NULL);
    return f->w == NULL || geography_locator_create(f->w, &f->locator, NULL) != TSR_OK;
}

static int open_afghanistan(void **state) {
    return open_fixture(state, TEST_SOURCE_ROOT "/scenarios/afghanistan/boundaries.geojson");
}

static int open_myanmar(void **state) {
    return open_fixture(state, TEST_SOURCE_ROOT "/scenarios/myanmar/boundaries.geojson");
}

static int close_fixture(void **state) {
    fixture *f = *state;
    geography_locator_free(f->locator);
    free(f->w);
    free(f);
    return 0;
}

static const char *place(const fixture *f, double longitude, double latitude, double tolerance_km, double *km) {
    int32_t area = geography_locate(f->locator, longitude, latitude, tolerance_km, km);
    return area == WORLD_NONE ? "none" : world_string(f->w, world_areas(f->w, NULL)[area].name);
}

static void test_cities(void **state) {
    const fixture *f = *state;
    double km = -1;
    assert_string_equal(place(f, 69.17, 34.53, 25, &km), "Kabul");
    assert_true(km == 0);
    assert_string_equal(place(f, 70.45, 34.43, 25, NULL), "Nangarhar"); /* Jalalabad */
    assert_string_equal(place(f, 65.0, 33.0, 0, NULL), "Hilmand");
    assert_string_equal(place(f, 62.20, 34.35, 0, NULL), "Hirat");
    assert_string_equal(place(f, 65.71, 31.61, 0, NULL), "Kandahar");
    assert_string_equal(place(f, 68.86, 36.73, 0, NULL), "Kunduz");
}

static void test_burmese_cities(void **state) {
    const fixture *f = *state;
    assert_string_equal(place(f, 96.16, 16.80, 25, NULL), "Yangon");
    assert_string_equal(place(f, 96.08, 21.97, 25, NULL), "Mandalay");
    assert_string_equal(place(f, 96.11, 19.75, 25, NULL), "Mandalay"); /* Nay Pyi Taw has no polygon of its own */
    assert_string_equal(place(f, 92.90, 20.15, 25, NULL), "Rakhine");  /* Sittwe, on the coast */
    assert_string_equal(place(f, 97.40, 25.38, 25, NULL), "Kachin");   /* Myitkyina */
}

/** Kandahar's border with Pakistan near Spin Boldak, and beyond. */
static void test_tolerance(void **state) {
    const fixture *f = *state;
    double km = -1;
    assert_string_equal(place(f, 66.45, 30.92, 0, &km), "none"); /* Chaman */
    assert_true(km == -1);
    assert_string_equal(place(f, 66.45, 30.92, 25, &km), "Kandahar");
    assert_true(km > 0 && km < 10);
    double most = km * 1.0001, least = km * 0.9999;
    assert_string_equal(place(f, 66.45, 30.92, most, NULL), "Kandahar");
    assert_string_equal(place(f, 66.45, 30.92, least, NULL), "none");
    assert_string_equal(place(f, 67.01, 30.18, 25, NULL), "none"); /* Quetta */
    assert_string_equal(place(f, 67.01, 30.18, 200, NULL), "Kandahar");
    assert_string_equal(place(f, 66.45, 30.92, -5, NULL), "none");
    assert_string_equal(place(f, 66.45, 30.92, NAN, NULL), "none");
}

static void test_not_on_earth(void **state) {
    const fixture *f = *state;
    assert_string_equal(place(f, NAN, 34, INFINITY, NULL), "none");
    assert_string_equal(place(f, 69, INFINITY, INFINITY, NULL), "none");
    assert_string_equal(place(f, 69, 95, INFINITY, NULL), "none");
    assert_string_equal(place(f, 429.17, 34.53, INFINITY, NULL), "none");
    assert_string_not_equal(place(f, -70, -34, INFINITY, NULL), "none"); /* anywhere, when any distance will do */
}

/** The twin: every ring of every area, one after the other (Franklin's test). */
static bool is_inside(const world *w, const world_area *area, double x, double y) {
    bool inside = false;
    for (uint32_t r = 0; r < area->n_rings; r++) {
        const world_ring *ring = &world_rings(w, NULL)[area->first_ring + r];
        const world_point *p = world_points(w, NULL) + ring->first_point;
        for (uint32_t i = 0; i + 1 < ring->n_points; i++) {
            if ((p[i].latitude > y) != (p[i + 1].latitude > y) &&
                x < (p[i + 1].longitude - p[i].longitude) * (y - p[i].latitude) / (p[i + 1].latitude - p[i].latitude) +
                        p[i].longitude)
                inside = !inside;
        }
    }
    return inside;
}

/** The twin: great-circle distance to points along every edge. */
static double km_to(const world *w, const world_area *area, double x, double y) {
    double least = INFINITY;
    for (uint32_t r = 0; r < area->n_rings; r++) {
        const world_ring *ring = &world_rings(w, NULL)[area->first_ring + r];
        const world_point *p = world_points(w, NULL) + ring->first_point;
        for (uint32_t i = 0; i + 1 < ring->n_points; i++) {
            for (int k = 0; k < 40; k++) {
                double share = k / 40.0;
                least = fmin(least,
                             geography_distance_km(x, y, p[i].longitude + share * (p[i + 1].longitude - p[i].longitude),
                                                   p[i].latitude + share * (p[i + 1].latitude - p[i].latitude)));
            }
        }
    }
    return least;
}

static double uniform(uint64_t *seed, double low, double high) {
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return low + (high - low) * (double)(*seed >> 11) * 0x1p-53;
}

static void random_point(const world *w, uint64_t *seed, double *x, double *y) {
    size_t n;
    const world_area *areas = world_areas(w, &n);
    const world_area *area = &areas[(size_t)uniform(seed, 0, (double)n)];
    *x = area->longitude + uniform(seed, -3, 3);
    *y = area->latitude + uniform(seed, -3, 3);
}

static void test_twin_inside(void **state) {
    const fixture *f = *state;
    size_t n, n_inside = 0;
    const world_area *areas = world_areas(f->w, &n);
    uint64_t seed = 1;
    for (int i = 0; i < 5000; i++) {
        double x, y;
        random_point(f->w, &seed, &x, &y);
        int32_t expected = WORLD_NONE;
        for (size_t k = 0; k < n; k++) {
            if (is_inside(f->w, &areas[k], x, y)) {
                assert_int_equal(expected, WORLD_NONE); /* areas do not overlap */
                expected = (int32_t)k;
            }
        }
        assert_int_equal(geography_locate(f->locator, x, y, 0, NULL), expected);
        n_inside += expected != WORLD_NONE;
    }
    assert_true(n_inside > 1000 && n_inside < 4900);
}

static void test_twin_near(void **state) {
    const fixture *f = *state;
    size_t n;
    const world_area *areas = world_areas(f->w, &n);
    uint64_t seed = 2;
    int n_near = 0, n_far = 0;
    while (n_near < 15 || n_far < 15) {
        double x, y, km = 0, least = INFINITY;
        random_point(f->w, &seed, &x, &y);
        if (geography_locate(f->locator, x, y, 0, NULL) != WORLD_NONE)
            continue;
        int32_t area = geography_locate(f->locator, x, y, 25, &km);
        if ((area == WORLD_NONE ? n_far : n_near) >= 15) /* the twin is slow */
            continue;
        for (size_t k = 0; k < n; k++)
            least = fmin(least, km_to(f->w, &areas[k], x, y));
        if (area == WORLD_NONE) {
            assert_true(least > 24.9);
            n_far++;
        } else {
            assert_true(fabs(km - least) < 0.05 + 0.002 * km);
            assert_true(km_to(f->w, &areas[area], x, y) < least + 0.1);
            n_near++;
        }
    }
}

/** A point on a line belongs to one of the areas there, tolerance or not. */
static void test_vertices(void **state) {
    const fixture *f = *state;
    size_t n;
    const world_point *points = world_points(f->w, &n);
    for (size_t i = 0; i < n; i++) {
        double km = -1;
        int32_t area = geography_locate(f->locator, points[i].longitude, points[i].latitude, 0, &km);
        assert_true(area != WORLD_NONE && km == 0);
    }
}

static void test_across_the_180th_meridian(void **state) {
    (void)state;
    world *w = read_boundaries_text(
        "{\"type\":\"FeatureCollection\",\"features\":[{\"properties\":{\"name\":\"A\"},\"geometry\":{\"type\":"
        "\"Polygon\",\"coordinates\":[[[179,0],[180,0],[180,1],[179,1],[179,0]]]}}]}",
        NULL, NULL);
    assert_non_null(w);
    geography_locator *l;
    double km;
    assert_int_equal(geography_locator_create(w, &l, NULL), TSR_OK);
    assert_int_equal(geography_locate(l, -179.9, 0.5, 25, &km), 0);
    assert_true(fabs(km - 11.12) < 0.01);
    geography_locator_free(l);
    free(w);
}

/** Edges of very different lengths: thousands within a line, some across everything. */
static void test_uneven_edges(void **state) {
    (void)state;
    world_builder *b = world_builder_create();
    world_builder_header(b)->substeps = 1;
    for (int i = 0; i < 3000; i++) {
        double x = i % 2 == 0 ? 0 : 10;
        world_add_points(b, &(world_point){x, i * 0.01});
    }
    world_add_points(b, &(world_point){20, 0});
    world_add_points(b, &(world_point){0, 0});
    world_add_rings(b, &(world_ring){.n_points = 3002});
    for (uint32_t i = 1; i < 200; i++) {
        const world_point corners[] = {{30, 0}, {40, 30}, {31, 30}, {30, 0}};
        for (int k = 0; k < 4; k++)
            world_add_points(b, &corners[k]);
        world_add_rings(b, &(world_ring){.area = i, .first_point = 3002 + 4 * (i - 1), .n_points = 4});
    }
    for (uint32_t i = 0; i < 200; i++)
        world_add_areas(b, &(world_area){.n_rings = 1, .first_ring = i});
    for (int i = 0; i < 200 * 200; i++)
        world_add_distances(b, &(float){0});
    world *w;
    geography_locator *l;
    assert_int_equal(world_builder_freeze(b, &w, NULL), TSR_OK);
    assert_int_equal(geography_locator_create(w, &l, NULL), TSR_OK);
    uint64_t seed = 3;
    for (int i = 0; i < 2000; i++) {
        double x = uniform(&seed, -5, 45), y = uniform(&seed, -1, 31);
        int32_t expected = WORLD_NONE;
        for (uint32_t k = 0; k < 2 && expected == WORLD_NONE; k++)
            expected = is_inside(w, &world_areas(w, NULL)[k], x, y) ? (int32_t)k : WORLD_NONE;
        assert_int_equal(geography_locate(l, x, y, 0, NULL), expected);
    }
    geography_locator_free(l);
    free(w);
    world_builder_free(b);
}

static void test_free_of_nothing(void **state) {
    (void)state;
    geography_locator_free(NULL);
    world_builder_free(NULL);
}

int main(void) {
#define WITH(open, test) cmocka_unit_test_setup_teardown(test, open, close_fixture)
    const struct CMUnitTest tests[] = {
        WITH(open_afghanistan, test_cities),
        WITH(open_myanmar, test_burmese_cities),
        WITH(open_afghanistan, test_tolerance),
        WITH(open_afghanistan, test_not_on_earth),
        WITH(open_afghanistan, test_twin_inside),
        WITH(open_myanmar, test_twin_inside),
        WITH(open_afghanistan, test_twin_near),
        WITH(open_myanmar, test_twin_near),
        WITH(open_afghanistan, test_vertices),
        WITH(open_myanmar, test_vertices),
        cmocka_unit_test(test_across_the_180th_meridian),
        cmocka_unit_test(test_uneven_edges),
        cmocka_unit_test(test_free_of_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
