/* Foreign bytes: whatever they are, looking at them is safe, and what is accepted is safe to use. */
#include "sample.h"
#include "world/geography.h"
#include "world/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
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

/** Exactly n bytes, so that the address sanitizer sees a read beyond them. */
static void *copy_of(const void *bytes, size_t n) {
    void *copy = NULL;
    assert_int_equal(posix_memalign(&copy, 16, n == 0 ? 1 : n), 0);
    memcpy(copy, bytes, n);
    return copy;
}

/** Touch everything a reader may touch. */
static size_t use(const world *w) {
    size_t n, sum = 0;
    char hex[65];
    const world_actor *actors = world_actors(w, &n);
    for (uint32_t i = 0; i < n; i++)
        sum += world_family(w, i) + strlen(world_string(w, actors[i].title));
    const world_schedule *schedules = world_schedules(w, &n);
    for (size_t i = 0; i < n; i++) {
        for (uint32_t k = 0; k < schedules[i].n_steps; k++)
            sum += world_schedule_steps(w, NULL)[schedules[i].first_step + k].from != 0;
        sum += strlen(world_schedule_kind_name(schedules[i].kind));
    }
    const world_question *questions = world_questions(w, &n);
    for (size_t i = 0; i < n; i++)
        sum += strlen(world_metric_name(questions[i].metric));
    sum += (size_t)(world_find_area(w, "nowhere in particular") + world_find_actor(w, "nobody") +
                    world_find_channel(w, "none") + world_channel_of(w, 7, 8) + world_ruler_on(w, 17500));
    geography_locator *l;
    assert_int_equal(geography_locator_create(w, &l, NULL), TSR_OK);
    for (double x = -3; x < 7; x += 0.5)
        sum += (size_t)geography_locate(l, x, 1, 25, NULL);
    geography_locator_free(l);
    world_hash(w, hex);
    return sum + (unsigned char)hex[0];
}

static void test_every_beginning_is_refused(void **state) {
    const world *w = *state;
    for (size_t n = 0; n < w->size; n++) {
        void *copy = copy_of(w, n);
        const world *seen = NULL;
        tsr_error error = TSR_ERROR_INIT;
        assert_int_equal(world_view(copy, n, &seen, &error), TSR_E_INPUT);
        assert_null(seen);
        assert_true(error.message[0] != '\0');
        free(copy);
    }
}

static void test_a_longer_file_is_refused(void **state) {
    const world *w = *state;
    unsigned char *copy = aligned_alloc(16, w->size + 16);
    assert_non_null(copy);
    memset(copy, 0, w->size + 16);
    memcpy(copy, w, w->size);
    const world *seen;
    assert_int_equal(world_view(copy, w->size + 16, &seen, NULL), TSR_E_INPUT);
    free(copy);
}

static void test_every_changed_byte_is_safe(void **state) {
    const world *w = *state;
    static const unsigned char changes[] = {0x01, 0x02, 0x40, 0x80, 0xFF};
    unsigned char *copy = copy_of(w, w->size);
    size_t n_accepted = 0, sum = 0;
    for (size_t i = 0; i < w->size; i++) {
        for (size_t k = 0; k < sizeof changes; k++) {
            copy[i] ^= changes[k];
            const world *seen;
            if (world_view(copy, w->size, &seen, NULL) == TSR_OK) {
                n_accepted++;
                sum += use(seen);
            }
            copy[i] ^= changes[k];
        }
    }
    assert_true(n_accepted > 0 && n_accepted < w->size * sizeof changes && sum > 0);
    free(copy);
}

static void test_every_overwritten_word_is_safe(void **state) {
    const world *w = *state;
    static const uint32_t words[] = {0, 1, 5, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x7FF00000};
    unsigned char *copy = copy_of(w, w->size);
    for (size_t i = 0; i + 4 <= w->size; i += 4) {
        for (size_t k = 0; k < sizeof words / sizeof words[0]; k++) {
            uint32_t before;
            memcpy(&before, copy + i, 4);
            memcpy(copy + i, &words[k], 4);
            const world *seen;
            if (world_view(copy, w->size, &seen, NULL) == TSR_OK)
                use(seen);
            memcpy(copy + i, &before, 4);
        }
    }
    free(copy);
}

static void test_alignment_is_asked_for(void **state) {
    const world *w = *state;
    unsigned char *room = aligned_alloc(16, w->size + 16);
    assert_non_null(room);
    memcpy(room + 8, w, w->size);
    const world *seen;
    assert_int_equal(world_view(room + 8, w->size, &seen, NULL), TSR_E_USAGE);
    free(room);
}

#define ITEM(w, id, type, i) ((type *)(void *)((char *)(w) + (w)->sections[WORLD_SECTION_##id].offset) + (i))

static void break_magic(world *w) {
    w->magic[7] = 'E';
}
static void break_version(world *w) {
    w->version = WORLD_VERSION + 1;
}
static void break_size(world *w) {
    w->size = UINT64_MAX;
}
static void break_count(world *w) {
    w->sections[WORLD_SECTION_points].count = UINT64_MAX / 16 + 2; /* times 16 it would wrap around */
}
static void break_offset(world *w) {
    w->sections[WORLD_SECTION_actors].offset += 16;
}
static void break_texts(world *w) {
    size_t n = w->sections[WORLD_SECTION_texts].count;
    *ITEM(w, texts, char, n - 1) = 'x';
}
static void break_name(world *w) {
    ITEM(w, actors, world_actor, 1)->id = 1u << 30;
}
static void break_part_of(world *w) {
    ITEM(w, actors, world_actor, 1)->part_of = 2; /* 2 is part of 1 */
}
static void break_faction(world *w) {
    ITEM(w, actors, world_actor, 1)->faction = 0;
}
static void break_n_powers(world *w) {
    w->n_powers = 3;
}
static void break_ring(world *w) {
    ITEM(w, rings, world_ring, 2)->first_point = UINT32_MAX;
}
static void break_point(world *w) {
    ITEM(w, points, world_point, 6)->latitude = 95;
}
static void break_closing(world *w) {
    ITEM(w, points, world_point, 4)->latitude = 0.5;
}
static void break_border(world *w) {
    ITEM(w, borders, world_border, 0)->from = 1;
    ITEM(w, borders, world_border, 0)->to = 0;
}
static void break_channel(world *w) {
    ITEM(w, channels, world_channel, 0)->actor_b = 4;
}
static void break_one_sided(world *w) {
    ITEM(w, channels, world_channel, 1)->actor_b = 0;
}
static void break_steps(world *w) {
    ITEM(w, schedules, world_schedule, 0)->n_steps = 3;
}
static void break_step_order(world *w) {
    ITEM(w, schedule_steps, world_schedule_step, 0)->from = 20000;
}
static void break_source(world *w) {
    ITEM(w, facts, world_fact, 0)->number.source = 1;
}
static void break_rung(world *w) {
    ITEM(w, ladders, world_ladder, 0)->start = 6;
}
static void break_months(world *w) {
    w->last_month = w->last_observed - 1;
}
static void break_question(world *w) {
    ITEM(w, questions, world_question, 0)->last_month = INT32_MAX;
}
static void break_whatif(world *w) {
    ITEM(w, events, world_event, 2)->whatif = 1;
}

static void test_messages(void **state) {
    const world *w = *state;
    static const struct {
        void (*damage)(world *);
        const char *message;
    } cases[] = {
        {break_magic, "does not begin with TSRWORLD"},
        {break_version, "format version 4; this program reads version 3"},
        {break_size, "its header says 18446744073709551615"},
        {break_count, "section points has 1152921504606846977 items"},
        {break_offset, "section actors begins at byte"},
        {break_texts, "text must begin and end with a NUL"},
        {break_name, "actor 1 has text offset 1073741824"},
        {break_part_of, "actor 1 is part of itself"},
        {break_faction, "actor 1 is misnumbered"},
        {break_n_powers, "3 factions and 3 powers; it has 3 and 2"},
        {break_ring, "ring 2 has last point 4294967300"},
        {break_point, "point 6 is not on Earth"},
        {break_closing, "ring 0 is not closed"},
        {break_border, "border 1 is out of order"},
        {break_channel, "channel 0 is not between factions"},
        {break_one_sided, "channel 1 is a battle with one side, or one-sided with two"},
        {break_steps, "schedule 0 has last step 3; it must be at least 0 and below 3"},
        {break_step_order, "schedule 0 has steps out of order"},
        {break_source, "fact 0 has source 1; it must be at least -1 and below 1"},
        {break_rung, "ladder 0 has first rung 6; it must be at least 0 and below 6"},
        {break_months, "must ascend"},
        {break_question, "question 0 has last month 2147483647"},
        {break_whatif, "event 2 has what-if 1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        world *copy = copy_of(w, w->size);
        cases[i].damage(copy);
        const world *seen;
        tsr_error error = TSR_ERROR_INIT;
        assert_int_equal(world_view(copy, w->size, &seen, &error), TSR_E_INPUT);
        if (strstr(error.message, cases[i].message) == NULL)
            fail_msg("case %zu says: %s", i, error.message);
        free(copy);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_beginning_is_refused), cmocka_unit_test(test_a_longer_file_is_refused),
        cmocka_unit_test(test_every_changed_byte_is_safe), cmocka_unit_test(test_every_overwritten_word_is_safe),
        cmocka_unit_test(test_alignment_is_asked_for),     cmocka_unit_test(test_messages),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
