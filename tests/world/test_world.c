/* A world that was built is read back, and things are found in it. */
#include "sample.h"
#include "world/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int make(void **state) {
    *state = sample_world();
    return *state == NULL;
}

static int unmake(void **state) {
    free(*state);
    return 0;
}

static void test_every_section_has_a_record(void **state) {
    const world *w = *state;
    for (size_t i = 0; i < WORLD_N_SECTIONS; i++)
        assert_true(w->sections[i].count > 0);
}

static void test_records_are_read_back(void **state) {
    const world *w = *state;
    size_t n;
    const world_area *areas = world_areas(w, &n);
    assert_int_equal(n, 2);
    assert_string_equal(world_string(w, areas[0].name), "West Province");
    assert_true(areas[1].population == 3000);
    const world_actor *actors = world_actors(w, &n);
    assert_int_equal(n, 5);
    assert_string_equal(world_string(w, actors[4].id), "bank");
    assert_int_equal(actors[2].part_of, 1);
    const world_schedule_step *steps = world_schedule_steps(w, &n);
    assert_int_equal(n, 2);
    assert_true(steps[1].value.value == 0.5);
    assert_int_equal(w->n_factions, 3);
    assert_int_equal(w->n_powers, 2);
    assert_string_equal(world_string(w, w->name), "Sample");
    assert_int_equal(w->first_month, 421);
}

static void test_strings_are_safe(void **state) {
    const world *w = *state;
    assert_string_equal(world_string(w, 0), "");
    assert_string_equal(world_string(w, UINT32_MAX), "");
}

static void test_a_copy_is_the_same_world(void **state) {
    const world *w = *state;
    void *copy = aligned_alloc(16, w->size);
    assert_non_null(copy);
    memcpy(copy, w, w->size);
    const world *seen;
    tsr_error error = TSR_ERROR_INIT;
    assert_int_equal(world_view(copy, w->size, &seen, &error), TSR_OK);
    assert_ptr_equal(seen, copy);
    char a[65], b[65];
    world_hash(w, a);
    world_hash(seen, b);
    assert_int_equal(strlen(a), 64);
    assert_string_equal(a, b);
    ((world *)copy)->substeps = 5;
    world_hash(seen, b);
    assert_string_not_equal(a, b);
    free(copy);
}

static void test_building_twice_gives_the_same_bytes(void **state) {
    const world *w = *state;
    world *again = sample_world();
    assert_non_null(again);
    assert_int_equal(again->size, w->size);
    assert_memory_equal(again, w, w->size);
    free(again);
}

static void test_empty_world(void **state) {
    (void)state;
    world_builder *b = world_builder_create();
    world_builder_header(b)->substeps = 1;
    world *w;
    tsr_error error = TSR_ERROR_INIT;
    assert_int_equal(world_builder_freeze(b, &w, &error), TSR_OK);
    world_builder_free(b);
    assert_int_equal(world_find_area(w, "Kabul"), WORLD_NONE);
    assert_int_equal(world_find_area(w, ""), WORLD_NONE);
    assert_int_equal(world_ruler_on(w, 0), WORLD_NONE);
    free(w);
}

static void test_equal_strings_share_an_offset(void **state) {
    (void)state;
    world_builder *b = world_builder_create();
    world_text offsets[3000];
    char string[32];
    assert_int_equal(world_builder_text(b, NULL), 0);
    assert_int_equal(world_builder_text(b, ""), 0);
    for (int i = 0; i < 3000; i++) {
        snprintf(string, sizeof string, "string %d", i);
        offsets[i] = world_builder_text(b, string);
    }
    for (int i = 0; i < 3000; i++) {
        snprintf(string, sizeof string, "string %d", i);
        assert_int_equal(world_builder_text(b, string), offsets[i]);
        assert_string_equal(world_builder_string(b, offsets[i]), string);
    }
    assert_int_equal(world_add_texts(b, "string 7"), offsets[7]);
    world_builder_free(b);
}

/** A section moves when it grows: an item of the section itself may still be appended to it. */
static void test_own_items_can_be_appended(void **state) {
    (void)state;
    world_builder *b = world_builder_create();
    world_add_points(b, &(world_point){1, 2});
    for (int i = 0; i < 1000; i++)
        world_add_points(b, world_built_points(b, NULL));
    size_t n;
    const world_point *points = world_built_points(b, &n);
    assert_int_equal(n, 1001);
    assert_true(points[1000].longitude == 1 && points[1000].latitude == 2);
    world_text text = world_builder_text(b, "abcdefghijklmnopqrstuvwxyz");
    for (uint32_t i = 0; i < 25; i++) {
        world_text tail = world_builder_text(b, world_builder_string(b, text + i));
        assert_string_equal(world_builder_string(b, tail), &"abcdefghijklmnopqrstuvwxyz"[i]);
    }
    world_builder_free(b);
}

static void test_freeze_refuses_what_no_view_accepts(void **state) {
    (void)state;
    world_builder *b = sample_builder();
    world_built_events(b, NULL)[0].actor = 99;
    world *w = NULL;
    tsr_error error = TSR_ERROR_INIT;
    assert_int_equal(world_builder_freeze(b, &w, &error), TSR_E_INTERNAL);
    assert_null(w);
    assert_non_null(strstr(error.message, "event 0 has actor 99; it must be at least -1 and below 5"));
    world_builder_free(b);
}

static void test_find_actors_and_channels(void **state) {
    const world *w = *state;
    assert_int_equal(world_find_actor(w, "splinter"), 2);
    assert_int_equal(world_find_actor(w, "Splinter"), WORLD_NONE);
    assert_int_equal(world_find_channel(w, "rebels-civilians"), 1);
    assert_int_equal(world_find_channel(w, "civilians-rebels"), WORLD_NONE);
    assert_int_equal(world_channel_of(w, 1, 0), 0);
    assert_int_equal(world_channel_of(w, 0, 1), 0);
    assert_int_equal(world_channel_of(w, 1, WORLD_NONE), 1);
    assert_int_equal(world_channel_of(w, 0, WORLD_NONE), WORLD_NONE);
    assert_int_equal(world_actor_of_faction(w, 2), 2);
    assert_int_equal(world_actor_of_power(w, 1), 4);
    assert_int_equal(world_family(w, 2), 1);
    assert_int_equal(world_family(w, 0), 0);
}

static void test_find_areas(void **state) {
    const world *w = *state;
    assert_int_equal(world_find_area(w, "West Province"), 0);
    assert_int_equal(world_find_area(w, "  WEST\tregion "), 0);
    assert_int_equal(world_find_area(w, "Nay Pyi Taw union territory"), 1);
    assert_int_equal(world_find_area(w, "Capital District"), 1);
    assert_int_equal(world_find_area(w, "Western"), WORLD_NONE);
    assert_int_equal(world_find_area(w, "Province"), WORLD_NONE);
    assert_int_equal(world_find_area(w, ""), WORLD_NONE);
}

static void test_ruler(void **state) {
    const world *w = *state;
    assert_int_equal(world_ruler_on(w, 15999), WORLD_NONE);
    assert_int_equal(world_ruler_on(w, 16000), 0);
    assert_int_equal(world_ruler_on(w, 16999), 0);
    assert_int_equal(world_ruler_on(w, 17000), 1);
    assert_int_equal(world_ruler_on(w, 17999), 1);
    assert_int_equal(world_ruler_on(w, 18000), WORLD_NONE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_section_has_a_record),
        cmocka_unit_test(test_records_are_read_back),
        cmocka_unit_test(test_strings_are_safe),
        cmocka_unit_test(test_a_copy_is_the_same_world),
        cmocka_unit_test(test_building_twice_gives_the_same_bytes),
        cmocka_unit_test(test_empty_world),
        cmocka_unit_test(test_equal_strings_share_an_offset),
        cmocka_unit_test(test_own_items_can_be_appended),
        cmocka_unit_test(test_freeze_refuses_what_no_view_accepts),
        cmocka_unit_test(test_find_actors_and_channels),
        cmocka_unit_test(test_find_areas),
        cmocka_unit_test(test_ruler),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
