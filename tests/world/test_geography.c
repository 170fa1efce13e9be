/* The shipped boundaries: areas, neighbours, centres, distances. */
#include "boundaries.h"
#include "world/geography.h"
#include "world/sphere.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct province {
    const char *name;
    double area_km2, longitude, latitude;
    const char *neighbours;
} province;

/* Natural Earth's provinces as measured by others: areas with a plane 111.32 km a degree, which is 0.2 to 0.4 % too
 * much. */
static const province provinces[] = {
    {"Badakhshan", 43761, 71.4412, 37.0357, "Nuristan;Panjsher;Takhar"},
    {"Badghis", 20644, 63.7382, 35.1458, "Faryab;Ghor;Hirat"},
    {"Baghlan", 17898, 68.9109, 35.7988, "Bamyan;Kunduz;Panjsher;Parwan;Samangan;Takhar"},
    {"Balkh", 16054, 67.0922, 36.6813, "Jawzjan;Kunduz;Samangan;Sari Pul"},
    {"Bamyan", 17770, 67.2375, 34.8033, "Baghlan;Daykundi;Ghazni;Ghor;Parwan;Samangan;Sari Pul;Wardak"},
    {"Daykundi", 17262, 66.1665, 33.7352, "Bamyan;Ghazni;Ghor;Hilmand;Uruzgan"},
    {"Farah", 49537, 62.2836, 32.603, "Ghor;Hilmand;Hirat;Nimroz"},
    {"Faryab", 20773, 64.8628, 36.0638, "Badghis;Ghor;Jawzjan;Sari Pul"},
    {"Ghazni", 22113, 67.8073, 33.3169, "Bamyan;Daykundi;Logar;Paktika;Paktya;Uruzgan;Wardak;Zabul"},
    {"Ghor", 36211, 64.8923, 34.1693, "Badghis;Bamyan;Daykundi;Farah;Faryab;Hilmand;Hirat;Sari Pul"},
    {"Hilmand", 57491, 64.0436, 31.1232, "Daykundi;Farah;Ghor;Kandahar;Nimroz;Uruzgan"},
    {"Hirat", 55573, 62.1278, 34.1897, "Badghis;Farah;Ghor"},
    {"Jawzjan", 11290, 65.8433, 36.827, "Balkh;Faryab;Sari Pul"},
    {"Kabul", 4430, 69.3224, 34.5538, "Kapisa;Laghman;Logar;Nangarhar;Parwan;Wardak"},
    {"Kandahar", 53657, 65.7077, 31.0451, "Hilmand;Uruzgan;Zabul"},
    {"Kapisa", 1865, 69.6188, 34.9597, "Kabul;Laghman;Panjsher;Parwan"},
    {"Khost", 4044, 69.8331, 33.358, "Paktika;Paktya"},
    {"Kunar", 4668, 71.078, 34.9559, "Laghman;Nangarhar;Nuristan"},
    {"Kunduz", 8020, 68.7415, 36.846, "Baghlan;Balkh;Samangan;Takhar"},
    {"Laghman", 3903, 70.1454, 34.7619, "Kabul;Kapisa;Kunar;Nangarhar;Nuristan;Panjsher"},
    {"Logar", 4469, 69.1695, 34.0145, "Ghazni;Kabul;Nangarhar;Paktya;Wardak"},
    {"Nangarhar", 7357, 70.4541, 34.2729, "Kabul;Kunar;Laghman;Logar;Paktya"},
    {"Nimroz", 42228, 62.3395, 30.8139, "Farah;Hilmand"},
    {"Nuristan", 8900, 70.7778, 35.4094, "Badakhshan;Kunar;Laghman;Panjsher"},
    {"Paktika", 18874, 68.7341, 32.48, "Ghazni;Khost;Paktya;Zabul"},
    {"Paktya", 5423, 69.3866, 33.6265, "Ghazni;Khost;Logar;Nangarhar;Paktika"},
    {"Panjsher", 3697, 69.7861, 35.4409, "Badakhshan;Baghlan;Kapisa;Laghman;Nuristan;Parwan;Takhar"},
    {"Parwan", 5625, 68.8865, 34.9539, "Baghlan;Bamyan;Kabul;Kapisa;Panjsher;Wardak"},
    {"Samangan", 13235, 67.7011, 35.9762, "Baghlan;Balkh;Bamyan;Kunduz;Sari Pul"},
    {"Sari Pul", 16164, 66.1478, 35.7421, "Balkh;Bamyan;Faryab;Ghor;Jawzjan;Samangan"},
    {"Takhar", 12239, 69.7715, 36.7023, "Badakhshan;Baghlan;Kunduz;Panjsher"},
    {"Uruzgan", 11331, 66.0455, 32.8556, "Daykundi;Ghazni;Hilmand;Kandahar;Zabul"},
    {"Wardak", 10183, 68.2259, 34.3139, "Bamyan;Ghazni;Kabul;Logar;Parwan"},
    {"Zabul", 17180, 67.1423, 32.2074, "Ghazni;Kandahar;Paktika;Uruzgan"},
};
#define N_PROVINCES (sizeof provinces / sizeof provinces[0])

static world *read_shipped(const char *scenario) {
    char path[1024];
    tsr_error error = TSR_ERROR_INIT;
    problem_list problems;
    problem_list_init(&problems);
    snprintf(path, sizeof path, "%s/scenarios/%s/boundaries.geojson", TEST_SOURCE_ROOT, scenario);
    world *w = read_boundaries(path, &problems, &error);
    if (w == NULL)
        fail_msg("%s", error.message);
    assert_int_equal(problems.n, 0);
    problem_list_clear(&problems);
    return w;
}

static double total_km2(const world *w) {
    size_t n;
    const world_area *areas = world_areas(w, &n);
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += areas[i].area_km2;
    return sum;
}

static double border_km(const world *w, const char *from, const char *to) {
    size_t n;
    const world_border *borders = world_borders(w, &n);
    int32_t a = world_find_area(w, from), b = world_find_area(w, to);
    assert_true(a >= 0 && b >= 0);
    for (size_t i = 0; i < n; i++) {
        if (borders[i].from == (uint32_t)a && borders[i].to == (uint32_t)b)
            return borders[i].length_km;
    }
    return 0;
}

static void assert_near(double x, double expected, double tolerance) {
    if (!(fabs(x - expected) <= tolerance))
        fail_msg("%.10g is not within %g of %.10g", x, tolerance, expected);
}

static void test_afghanistan(void **state) {
    (void)state;
    world *w = read_shipped("afghanistan");
    size_t n;
    const world_area *areas = world_areas(w, &n);
    assert_int_equal(n, N_PROVINCES);
    for (size_t i = 0; i < n; i++) {
        const province *p = &provinces[i];
        int32_t area = world_find_area(w, p->name);
        assert_true(area >= 0);
        assert_near(areas[area].area_km2, p->area_km2 / 1.003, 0.002 * p->area_km2);
        assert_near(areas[area].longitude, p->longitude, 1e-3);
        assert_near(areas[area].latitude, p->latitude, 1e-3);
        assert_true(areas[area].population == 0);
    }
    assert_near(total_km2(w), 652000, 0.02 * 652000);
    assert_near(areas[world_find_area(w, "Hilmand")].area_km2, 58584, 0.025 * 58584);
    free(w);
}

/** `name` is one of the names in "a;b;c". */
static bool is_listed(const char *list, const char *name) {
    size_t n = strlen(name);
    for (const char *at = list; at != NULL; at = strchr(at, ';')) {
        at += *at == ';';
        if (strncmp(at, name, n) == 0 && (at[n] == ';' || at[n] == '\0'))
            return true;
    }
    return false;
}

static void test_neighbours_of_afghanistan(void **state) {
    (void)state;
    world *w = read_shipped("afghanistan");
    for (size_t i = 0; i < N_PROVINCES; i++) {
        for (size_t j = 0; j < N_PROVINCES; j++) {
            bool expected = i != j && is_listed(provinces[i].neighbours, provinces[j].name);
            if ((border_km(w, provinces[i].name, provinces[j].name) > 0) != expected)
                fail_msg("%s and %s", provinces[i].name, provinces[j].name);
        }
    }
    assert_near(border_km(w, "Farah", "Hirat"), 358.8, 1);
    assert_near(border_km(w, "Nangarhar", "Paktya"), 1.26, 0.1);
    free(w);
}

static void test_myanmar(void **state) {
    (void)state;
    world *w = read_shipped("myanmar");
    size_t n;
    const world_area *areas = world_areas(w, &n);
    assert_int_equal(n, 14);
    assert_near(total_km2(w), 676578, 0.025 * 676578);
    assert_near(areas[world_find_area(w, "Shan state")].area_km2, 155801, 0.02 * 155801);
    assert_near(areas[world_find_area(w, "Kayah")].area_km2, 11732, 0.03 * 11732);
    assert_true(areas[world_find_area(w, "Tanintharyi")].n_rings == 29);
    assert_true(border_km(w, "Kachin", "Sagaing") > 500);
    assert_true(border_km(w, "Yangon", "Shan") == 0);
    world_borders(w, &n);
    assert_int_equal(n, 2 * 26);
    free(w);
}

static void check_symmetry(const char *scenario) {
    world *w = read_shipped(scenario);
    size_t n, n_borders;
    const world_area *areas = world_areas(w, &n);
    const world_border *borders = world_borders(w, &n_borders);
    const float *distances = world_distances(w, NULL);
    for (size_t i = 0; i < n_borders; i++) {
        const char *from = world_string(w, areas[borders[i].from].name),
                   *to = world_string(w, areas[borders[i].to].name);
        assert_true(border_km(w, to, from) == borders[i].length_km);
        assert_true(borders[i].length_km > 0.1);
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            assert_true(distances[i * n + j] == distances[j * n + i]);
            assert_true((distances[i * n + j] == 0) == (i == j));
        }
    }
    free(w);
}

static void test_symmetry(void **state) {
    (void)state;
    check_symmetry("afghanistan");
    check_symmetry("myanmar");
}

static void test_distances(void **state) {
    (void)state;
    assert_near(geography_distance_km(0, 0, 90, 0), 6371.0088 * acos(-1) / 2, 1e-9);
    assert_near(geography_distance_km(10, -90, 70, 90), 6371.0088 * acos(-1), 1e-6);
    assert_near(geography_distance_km(69.17, 34.53, 70.45, 34.43), 118, 1);
    assert_near(geography_distance_km(179.9, 0, -179.9, 0), 22.24, 0.01);
    assert_near(geography_distance_km(5, 50, 5, 50 + 1e-7), 1.112e-5, 1e-8);
    assert_near(KM_PER_DEGREE, geography_distance_km(0, 0, 1, 0), 1e-9);
}

/** The surface of WGS 84 is 510,065,621.724 km2. */
static void test_area_of_the_earth(void **state) {
    (void)state;
    const world_point octant[] = {{0, 0}, {90, 0}, {90, 90}, {0, 90}, {0, 0}};
    const world_point south[] = {{-30, 0}, {-30, -90}, {60, -90}, {60, 0}, {-30, 0}};
    assert_near(sphere_ring_area_km2(octant, 5), 510065621.724 / 8, 0.01);
    assert_near(sphere_ring_area_km2(south, 5), 510065621.724 / 8, 0.01);
    const world_point thin[] = {{0, 45}, {1, 45}, {2, 45}, {0, 45}};
    assert_near(sphere_ring_area_km2(thin, 4), 0, 1e-6);
}

#define BOX(w, s, e, n) "[[" #w "," #s "],[" #e "," #s "],[" #e "," #n "],[" #w "," #n "],[" #w "," #s "]]"
#define FEATURE(name, type, coordinates)                                                                               \
    "{\"type\":\"Feature\",\"properties\":{\"name\":\"" name "\"},\"geometry\":{\"type\":\"" type                      \
    "\",\"coordinates\":" coordinates "}}"
#define COLLECTION(features) "{\"type\":\"FeatureCollection\",\"features\":[" features "]}"

static world *read_text(const char *text, const char *expected_warning) {
    tsr_error error = TSR_ERROR_INIT;
    problem_list problems;
    problem_list_init(&problems);
    world *w = read_boundaries_text(text, &problems, &error);
    if (w == NULL)
        fail_msg("%s", error.message);
    if (expected_warning == NULL && problems.n > 0)
        fail_msg("unexpected: %s", problems.items[0].message);
    if (expected_warning != NULL) {
        assert_int_equal(problems.n_errors, 0);
        bool found = false;
        for (size_t i = 0; i < problems.n; i++)
            found = found || strstr(problems.items[i].message, expected_warning) != NULL;
        if (!found)
            fail_msg("expected \"%s\", got \"%s\"", expected_warning, problems.n > 0 ? problems.items[0].message : "");
    }
    problem_list_clear(&problems);
    return w;
}

/** A province with a lake in which a city lies, on an island of its own, and another province with an island. */
static void test_holes_and_islands(void **state) {
    (void)state;
    world *w = read_text(
        COLLECTION(FEATURE("Land", "Polygon", "[" BOX(0, 0, 4, 4) "," BOX(1, 1, 3, 3) "]") "," FEATURE(
            "City", "Polygon", "[" BOX(1, 1, 3, 3) "]") "," FEATURE("Isles", "MultiPolygon",
                                                                    "[[" BOX(4, 0, 5, 2) "],[" BOX(6, 0, 7, 1) "]]")),
        NULL);
    size_t n;
    const world_area *areas = world_areas(w, &n);
    assert_int_equal(n, 3);
    assert_int_equal(areas[0].n_rings, 2);
    assert_int_equal(world_rings(w, NULL)[areas[0].first_ring + 1].is_hole, 1);
    assert_int_equal(areas[2].n_rings, 2);
    assert_int_equal(world_rings(w, NULL)[areas[2].first_ring + 1].is_hole, 0);
    const double degree_2 = 111.32 * 110.6; /* near the equator */
    assert_near(areas[0].area_km2, 12 * degree_2, 0.01 * 12 * degree_2);
    assert_near(areas[1].area_km2, 4 * degree_2, 0.01 * 4 * degree_2);
    assert_near(areas[2].area_km2, 3 * degree_2, 0.01 * 3 * degree_2);
    assert_near(border_km(w, "Land", "City"), 8 * KM_PER_DEGREE, 1);
    assert_near(border_km(w, "Land", "Isles"), 2 * KM_PER_DEGREE, 0.1);
    assert_true(border_km(w, "City", "Isles") == 0);
    geography_locator *l;
    assert_int_equal(geography_locator_create(w, &l, NULL), TSR_OK);
    for (int32_t i = 0; i < 3; i++) /* the centre of Land lies in its hole, so another point was taken */
        assert_int_equal(geography_locate(l, areas[i].longitude, areas[i].latitude, 0, NULL), i);
    assert_int_equal(geography_locate(l, 2, 2, 0, NULL), 1);
    assert_int_equal(geography_locate(l, 6.5, 0.5, 0, NULL), 2);
    assert_int_equal(geography_locate(l, 5.5, 0.5, 0, NULL), WORLD_NONE);
    geography_locator_free(l);
    free(w);
}

/** Neighbours that are rounded differently, or have a corner in the middle of the other's edge, are neighbours still.
 */
static void test_borders_that_match_nearly(void **state) {
    (void)state;
    world *w = read_text(
        COLLECTION(FEATURE("A", "Polygon", "[" BOX(0, 0, 1, 1) "]") "," FEATURE(
            "B", "Polygon", "[" BOX(1.00002, 0.00003, 2, 0.99998) "]") "," FEATURE("C", "Polygon",
                                                                                   "[" BOX(0.5, 1, 1.5, 2) "]")),
        NULL);
    assert_near(border_km(w, "A", "B"), KM_PER_DEGREE, 0.05);
    assert_near(border_km(w, "A", "C"), KM_PER_DEGREE / 2, 0.05);
    assert_near(border_km(w, "B", "C"), KM_PER_DEGREE / 2, 0.05);
    free(w);
}

static void test_corners_are_no_borders(void **state) {
    (void)state;
    world *w = read_text(COLLECTION(FEATURE("A", "Polygon", "[" BOX(0, 0, 1, 1) "]") "," FEATURE(
                             "B", "Polygon", "[" BOX(1, 1, 2, 2) "]")),
                         "feature 1 (\"A\") has no border with any other area");
    assert_true(border_km(w, "A", "B") == 0);
    free(w);
}

static void test_warnings(void **state) {
    (void)state;
    free(read_text(COLLECTION(FEATURE("A", "Polygon", "[" BOX(0, 0, 2, 1) "]") "," FEATURE("B", "Polygon",
                                                                                           "[" BOX(1, 0, 3, 1) "]")),
                   "feature 1 (\"A\") and feature 2 (\"B\") overlap by 50 % of the smaller one"));
    free(read_text(COLLECTION(FEATURE("Kabul", "Polygon", "[" BOX(0, 0, 1, 1) "]") "," FEATURE(
                       "Kabul Province", "Polygon", "[" BOX(1, 0, 2, 1) "]")),
                   "differ only in words that are dropped"));
    world *w =
        read_text(COLLECTION(FEATURE("Bow tie", "Polygon", "[[[0,0],[2,2],[2,0],[0,2],[0,0]]]")),
                  "feature 1 (\"Bow tie\") crosses or touches itself at [1, 1] (Self-intersection); it was repaired");
    assert_near(world_areas(w, NULL)[0].area_km2, 2 * 111.32 * 110.6, 300);
    free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_afghanistan),
        cmocka_unit_test(test_neighbours_of_afghanistan),
        cmocka_unit_test(test_myanmar),
        cmocka_unit_test(test_symmetry),
        cmocka_unit_test(test_distances),
        cmocka_unit_test(test_area_of_the_earth),
        cmocka_unit_test(test_holes_and_islands),
        cmocka_unit_test(test_borders_that_match_nearly),
        cmocka_unit_test(test_corners_are_no_borders),
        cmocka_unit_test(test_warnings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
