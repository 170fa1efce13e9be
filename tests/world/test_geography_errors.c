/* Boundaries that cannot be used: each says which feature, what is wrong, and what is allowed. */
#include "base/text.h"
#include "boundaries.h"
#include "world/geography.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FEATURE(name, type, coordinates)                                                                               \
    "{\"type\":\"Feature\",\"properties\":{\"name\":" name "},\"geometry\":{\"type\":\"" type                          \
    "\",\"coordinates\":" coordinates "}}"
#define COLLECTION(features) "{\"type\":\"FeatureCollection\",\"features\":[" features "]}"
#define SQUARE "[[[0,0],[1,0],[1,1],[0,1],[0,0]]]"

static void check(const char *text, const char *message) {
    tsr_error error = TSR_ERROR_INIT;
    problem_list problems;
    problem_list_init(&problems);
    world *w = read_boundaries_text(text, &problems, &error);
    assert_null(w);
    if (strstr(error.message, message) == NULL)
        fail_msg("expected \"%s\", got \"%s\"", message, error.message);
    assert_int_equal(error.status, TSR_E_INPUT);
    assert_true(strstr(error.file, "boundaries-") != NULL);
    assert_int_equal(problems.n_errors, 1 + error.others);
    bool found = false;
    for (size_t i = 0; i < problems.n; i++)
        found = found || strstr(problems.items[i].message, message) != NULL;
    assert_true(found);
    problem_list_clear(&problems);
}

static void test_not_geojson(void **state) {
    (void)state;
    check("", "");
    check("name,population\nKabul,5029850\n", "");
    check("{\"type\": \"FeatureCollection\"", "");
    check("[]", "must be a GeoJSON FeatureCollection; the file's type is missing");
    check("{\"type\": 5}", "must be a GeoJSON FeatureCollection; the file's type is missing");
    check("{\"type\": \"Topology\"}", "must be a GeoJSON FeatureCollection; the file's type is \"Topology\"");
    check(FEATURE("\"A\"", "Polygon", SQUARE), "the file's type is \"Feature\"");
    check("{\"type\": \"FeatureCollection\"}", "the file has 0 features");
    check(COLLECTION(""), "the file has 0 features; it must have one for each area");
    check(COLLECTION(FEATURE("\"A\"", "Polygon", "[[[0,0],[NaN,0],[1,1],[0,1],[0,0]]]")), "");
    check(COLLECTION(FEATURE("\"A\"", "Polygon", "[[[0,0],[1e999,0],[1,1],[0,1],[0,0]]]")), "");
}

static void test_no_name(void **state) {
    (void)state;
    check(COLLECTION("{\"type\":\"Feature\",\"properties\":{\"NAME_1\":\"A\"},\"geometry\":null}"),
          "feature 1 lacks the property \"name\"");
    check(COLLECTION("{\"type\":\"Feature\",\"properties\":null,\"geometry\":null}"),
          "feature 1 lacks the property \"name\"");
    check(COLLECTION("7"), "feature 1 lacks the property \"name\"");
    check(COLLECTION(FEATURE("12", "Polygon", SQUARE)), "feature 1 has a property without text, \"name\"");
    check(COLLECTION(FEATURE("\" \"", "Polygon", SQUARE)), "feature 1 has a property without text, \"name\"");
    check(COLLECTION(FEATURE("\"A\"", "Polygon", SQUARE) "," FEATURE("\"A\"", "Polygon", SQUARE)),
          "feature 2 (\"A\") has the same name as feature 1");
}

static void test_geometry(void **state) {
    (void)state;
    check(COLLECTION("{\"type\":\"Feature\",\"properties\":{\"name\":\"A\"},\"geometry\":null}"),
          "feature 1 (\"A\") has no geometry; it must have a geometry of type Polygon or MultiPolygon");
    check(COLLECTION(FEATURE("\"A\"", "Point", "[0,0]")), "feature 1 (\"A\") has a geometry of type Point; it must");
    check(COLLECTION(FEATURE("\"A\"", "Polygon", "[]")), "polygon 1 has no rings");
    check(COLLECTION(FEATURE("\"A\"", "Polygon", "{}")), "polygon 1 has no rings");
    check(COLLECTION(FEATURE("\"A\"", "Polygon", "[5]")), "ring 1 of polygon 1 is not an array of points");
    check(COLLECTION(FEATURE("\"A\"", "MultiPolygon", "[]")), "has a MultiPolygon without polygons");
    check(COLLECTION(FEATURE("\"A\"", "MultiPolygon", SQUARE)), "point 1 of ring 1 of polygon 1 is not an array");
    check(COLLECTION(FEATURE("\"A\"", "Polygon", "[" SQUARE "]")),
          "point 1 of ring 1 of polygon 1 is not an array of two numbers");
    check(COLLECTION(FEATURE("\"A\"", "Polygon", "[[[0,0],[1],[1,1],[0,0]]]")), "point 2 of ring 1 of polygon 1");
    check(COLLECTION(FEATURE("\"A\"", "Polygon", "[[[0,0],[1,\"0\"],[1,1],[0,0]]]")), "point 2 of ring 1 of polygon 1");
}

static void test_rings(void **state) {
    (void)state;
    check(COLLECTION(FEATURE("\"A\"", "Polygon", "[[[0,0],[1,0],[0,0]]]")),
          "feature 1 (\"A\"): ring 1 of polygon 1 has 3 points; it must have 4 or more");
    check(COLLECTION(FEATURE("\"A\"", "Polygon", "[[]]")), "ring 1 of polygon 1 has 0 points");
    check(COLLECTION(FEATURE("\"A\"", "Polygon", "[[[0,0],[1,0],[1,1],[0,1]]]")),
          "ring 1 of polygon 1 is not closed: it begins at [0, 0] and ends at [0, 1]; both must be equal");
    check(COLLECTION(FEATURE("\"A\"", "MultiPolygon",
                             "[" SQUARE ",[[[5,5],[9,5],[9,9],[5,5]],[[6,6],[7,6],[7,7],[6,95],[6,6]]]]")),
          "point 4 of ring 2 of polygon 2 is [6, 95]; it must be [longitude, latitude] in degrees");
    check(COLLECTION(FEATURE("\"A\"", "Polygon", "[[[500000,3800000],[1,0],[1,1],[500000,3800000]]]")),
          "point 1 of ring 1 of polygon 1 is [500000, 3.8e+06]");
    check(COLLECTION(FEATURE("\"A\"", "Polygon", "[[[179,0],[-179,0],[-179,1],[179,1],[179,0]]]")),
          "jumps from longitude 179 to -179 at point 2");
    check(COLLECTION(FEATURE("\"A\"", "Polygon", "[[[0,0],[1,1],[2,2],[0,0]]]")),
          "feature 1 (\"A\") has no surface: its points lie on a line");
}

static void test_too_deep(void **state) {
    (void)state;
    enum { DEPTH = 100000 };
    char *text = malloc(DEPTH + 64);
    assert_non_null(text);
    strcpy(text, "{\"type\":\"FeatureCollection\",\"features\":");
    size_t n = strlen(text);
    memset(text + n, '[', DEPTH);
    text[n + DEPTH] = '\0';
    check(text, "");
    free(text);
}

static void test_too_many(void **state) {
    (void)state;
    char *text = malloc(1 << 14);
    assert_non_null(text);
    strcpy(text, "{\"type\":\"FeatureCollection\",\"features\":[0");
    for (size_t i = 0, n = strlen(text); i < 2000; i++, n += 2)
        strcpy(text + n, ",0");
    strcat(text, "]}");
    check(text, "the file has 2001 features; a scenario has at most 2000 areas");
    free(text);
}

static void test_all_of_it_is_said(void **state) {
    (void)state;
    tsr_error error = TSR_ERROR_INIT;
    problem_list problems;
    problem_list_init(&problems);
    const char *text =
        COLLECTION(FEATURE("\"A\"", "Polygon", SQUARE) "," FEATURE("\"B\"", "Point", "[0,0]") "," FEATURE(
            "\"A\"", "Polygon", SQUARE) "," FEATURE("null", "Polygon", SQUARE) "," FEATURE("\"C\"", "Polygon",
                                                                                           "[[[0,0]]]"));
    assert_null(read_boundaries_text(text, &problems, &error));
    assert_int_equal(problems.n_errors, 4);
    assert_int_equal(error.others, 3);
    assert_non_null(strstr(error.message, "feature 2 (\"B\")"));
    problem_list_clear(&problems);
}

/** Names stay known to a reader that wants to go on checking. */
static void test_named_areas_remain(void **state) {
    (void)state;
    char path[1024];
    tsr_error error = TSR_ERROR_INIT;
    world_builder *b = world_builder_create();
    size_t n;
    strcpy(path, TEST_SOURCE_ROOT "/scenarios/afghanistan/boundaries.geojson");
    assert_int_equal(geography_read(path, "iso", b, NULL, &error), TSR_E_INPUT);
    assert_int_equal(error.others, 33);
    assert_non_null(strstr(error.message, "feature 1 lacks the property \"iso\""));
    world_built_areas(b, &n);
    assert_int_equal(n, 0);
    assert_int_equal(geography_read(path, "ne_name", b, NULL, NULL), TSR_E_INPUT); /* two Uruzgans, two Parwans */
    const world_area *areas = world_built_areas(b, &n);
    assert_int_equal(n, 34);
    assert_string_equal(world_builder_string(b, areas[0].name), "Badakhshan");
    world_builder_free(b);
}

static void test_long_names_are_cut_between_characters(void **state) {
    (void)state;
    for (size_t shift = 0; shift < 3; shift++) {
        char name[256] = "", text[512];
        memset(name, 'x', shift);
        for (int i = 0; i < 60; i++)
            strcat(name, "\u1000"); /* three bytes */
        snprintf(text, sizeof text, COLLECTION("{\"properties\":{\"name\":\"%s\"}}"), name);
        tsr_error error = TSR_ERROR_INIT;
        size_t bad;
        assert_null(read_boundaries_text(text, NULL, &error));
        assert_non_null(strstr(error.message, "\u1000...\") has no geometry"));
        assert_true(text_is_utf8(error.message, strlen(error.message), &bad));
    }
}

static void test_missing_file(void **state) {
    (void)state;
    tsr_error error = TSR_ERROR_INIT;
    problem_list problems;
    problem_list_init(&problems);
    assert_null(read_boundaries(TEST_SOURCE_ROOT "/scenarios/nowhere.geojson", &problems, &error));
    assert_int_equal(error.status, TSR_E_INPUT);
    assert_int_equal(problems.n_errors, 1);
    assert_null(read_boundaries(TEST_SOURCE_ROOT, &problems, NULL));
    assert_int_equal(problems.n_errors, 2);
    problem_list_clear(&problems);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_not_geojson),
        cmocka_unit_test(test_no_name),
        cmocka_unit_test(test_geometry),
        cmocka_unit_test(test_rings),
        cmocka_unit_test(test_too_deep),
        cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_all_of_it_is_said),
        cmocka_unit_test(test_named_areas_remain),
        cmocka_unit_test(test_long_names_are_cut_between_characters),
        cmocka_unit_test(test_missing_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
