/* The small scenario of tests/data arrives field by field; the scenarios that are shipped have no errors. */
#include "fixture.h"

#include <math.h>
#include <stdio.h>

#define NUMBER(number, v, l, h, s)                                                                                     \
    assert_true((number).value == (v) && (number).low == (l) && (number).high == (h) && (number).source == (s))

static world *small;

static int small_read(void **state) {
    (void)state;
    char folder[TSR_PATH_SIZE];
    tsr_error error = TSR_ERROR_INIT;
    problem_list list;
    problem_list_init(&list);
    tsr_status status = scenario_read(TEST_SOURCE_ROOT "/tests/data/small", &small, folder, &list, &error);
    for (size_t i = 0; i < list.n; i++)
        print_error("%s:%u:%u: %s\n", list.items[i].file, list.items[i].line, list.items[i].column,
                    list.items[i].message);
    bool ok = status == TSR_OK && list.n == 0;
    problem_list_clear(&list);
    return ok ? 0 : -1;
}

static int small_free(void **state) {
    (void)state;
    free(small);
    return 0;
}

static const char *text_of(world_text text) {
    return world_string(small, text);
}

static date_day day(const char *text) {
    date_day first, last;
    assert_true(date_read(text, strlen(text), &first, &last));
    return first;
}

static int32_t month(const char *text) {
    return month_from_day(day(text));
}

static void test_header(void **state) {
    (void)state;
    size_t n;
    assert_string_equal(text_of(small->name), "Testland 2020");
    assert_string_equal(text_of(small->country), "Testland");
    assert_int_equal(small->views_country_id, 999);
    assert_int_equal(small->gleditsch_ward, 998);
    assert_int_equal(small->first_month, month("2020-01"));
    assert_int_equal(small->last_observed, month("2020-12"));
    assert_int_equal(small->last_month, month("2021-06"));
    assert_int_equal(small->substeps, 2);
    const world_source *sources = world_sources(small, &n);
    assert_int_equal(n, 1);
    assert_string_equal(text_of(sources->id), "paper");
    assert_string_equal(text_of(sources->title), "A paper");
    assert_string_equal(text_of(sources->publisher), "A press");
    assert_string_equal(text_of(sources->date), "2021-02-03");
    assert_string_equal(text_of(sources->url), "https://example.org/a");
    assert_string_equal(text_of(sources->note), "Invented.");
    const world_file *file = world_files(small, &n);
    assert_int_equal(n, 1);
    assert_string_equal(text_of(file->path), "events.csv");
    assert_int_equal(file->role, WORLD_FILE_EVENTS);
    assert_int_equal(file->from, day("2020-01-01"));
    assert_int_equal(file->to, day("2020-12-31"));
    assert_true(file->is_complete == 1 && file->source == 0 && file->line == 8 && file->column == 12);
}

static void test_areas(void **state) {
    (void)state;
    size_t n;
    const world_area *areas = world_areas(small, &n);
    assert_int_equal(n, 3);
    assert_string_equal(text_of(areas[2].name), "South Coast");
    assert_true(areas[0].population == 1e6 && areas[1].population == 5e5 && areas[2].population == 2.5e5);
    assert_int_equal(world_find_area(small, "sunrise province"), 1);
    assert_int_equal(world_find_area(small, "Coast, the"), 2);
    world_borders(small, &n);
    assert_int_equal(n, 6);
}

static void test_actors(void **state) {
    (void)state;
    size_t n;
    const world_actor *a = world_actors(small, &n);
    assert_int_equal(n, 4);
    assert_true(small->n_factions == 3 && small->n_powers == 1);
    assert_string_equal(text_of(a[0].id), "government");
    assert_string_equal(text_of(a[0].title), "Government of Testland");
    assert_true(a[0].kind == WORLD_FACTION && a[0].is_regular && a[0].ideology == 0.25 && a[0].faction == 0);
    assert_int_equal(a[0].founded, day("1960-01-01"));
    assert_true(a[1].home_area == 1 && a[1].sponsor == 3 && a[1].part_of == WORLD_NONE && !a[1].is_regular);
    assert_true(a[2].part_of == 1 && a[2].home_area == WORLD_NONE && a[2].sponsor == WORLD_NONE);
    assert_int_equal(a[2].founded, day("2018-07-04"));
    assert_string_equal(text_of(a[2].title), "youth");
    assert_true(a[3].kind == WORLD_POWER && a[3].power == 0 && a[3].faction == WORLD_NONE);
    assert_int_equal(a[3].founded, DATE_MIN);
    const world_actor_name *names = world_actor_names(small, &n);
    assert_int_equal(n, 4);
    assert_string_equal(text_of(names[2].name), "The Council");
    assert_int_equal(names[2].from, day("2020-06-01"));
    assert_int_equal(names[2].to, day("2020-09-09")); /* its last day belongs to the next bearer */
    assert_true(names[2].actor == 0 && names[2].vocabulary == 2 && names[3].actor == 1 && names[3].vocabulary == 0);
    assert_true(names[0].from == DATE_MIN && names[0].to == DATE_MAX);
    const world_channel *c = world_channels(small, &n);
    assert_int_equal(n, 2);
    assert_string_equal(text_of(c[0].id), "government-rebels");
    assert_true(c[0].kind == WORLD_BATTLE && c[0].actor_a == 0 && c[0].actor_b == 1);
    assert_string_equal(text_of(c[1].id), "rebels-civilians");
    assert_true(c[1].kind == WORLD_ONE_SIDED && c[1].actor_a == 1 && c[1].actor_b == WORLD_NONE);
    const world_ruler *ruler = world_rulers(small, &n);
    assert_true(n == 1 && ruler->actor == 0 && ruler->from == day("2020-01") && ruler->known == ruler->from);
    const world_ladder *ladder = world_ladders(small, &n);
    assert_true(n == 1 && ladder->power == 3 && ladder->faction == 0 && ladder->start == 1 && ladder->source == 0);
}

static void test_initial(void **state) {
    (void)state;
    static const struct {
        uint32_t kind;
        int32_t actor, other, area;
        double value, low, high;
        int32_t source;
    } expected[] = {
        {WORLD_INITIAL_STRENGTH, 0, -1, -1, 10000, 8000, 12000, 0},
        {WORLD_INITIAL_STRENGTH_SHARE, 0, -1, 0, 0.5, 0.5, 0.5, -1},
        {WORLD_INITIAL_STRENGTH, 1, -1, -1, 4000, 4000, 4000, -1},
        {WORLD_INITIAL_STRENGTH_SHARE, 1, -1, 1, 0.75, 0.75, 0.75, -1},
        {WORLD_INITIAL_STRENGTH_SHARE, 1, -1, 2, 0.125, 0.125, 0.125, -1},
        {WORLD_INITIAL_STRENGTH, 2, -1, -1, 200, 100, 400, -1}, /* the geometric mean */
        {WORLD_INITIAL_SUPPORT, 0, -1, -1, 0.5, 0.5, 0.5, -1},
        {WORLD_INITIAL_SUPPORT, 0, -1, 1, 0.25, 0.25, 0.25, -1},
        {WORLD_INITIAL_SUPPORT, 1, -1, -1, 0.25, 0.25, 0.25, -1},
        {WORLD_INITIAL_CONTROL, 0, -1, -1, 0.75, 0.75, 0.75, -1},
        {WORLD_INITIAL_CONTROL, 0, -1, 1, 0.25, 0.25, 0.25, -1},
        {WORLD_INITIAL_CONTROL, 1, -1, -1, 0.125, 0.125, 0.125, -1},
        {WORLD_INITIAL_CONTROL, 1, -1, 1, 0.5, 0.5, 0.5, -1},
        {WORLD_INITIAL_RELATION, 0, 3, -1, -0.25, -0.25, -0.25, 0},
        {WORLD_INITIAL_FUNDS, 1, -1, -1, 5, 5, 5, -1},
        {WORLD_INITIAL_COHESION, 1, -1, -1, 0.875, 0.875, 0.875, -1},
        {WORLD_INITIAL_CAPTIVES, 1, 0, 0, 250, 250, 250, -1},
        {WORLD_INITIAL_DISPOSITION, 3, 0, -1, -0.5, -0.5, -0.5, -1},
    };
    size_t n;
    const world_initial *i = world_initials(small, &n);
    assert_int_equal(n, sizeof expected / sizeof expected[0]);
    for (size_t k = 0; k < n; k++) {
        assert_int_equal(i[k].kind, expected[k].kind);
        assert_true(i[k].actor == expected[k].actor && i[k].other == expected[k].other &&
                    i[k].area == expected[k].area);
        NUMBER(i[k].number, expected[k].value, expected[k].low, expected[k].high, expected[k].source);
    }
}

static void test_facts_and_schedules(void **state) {
    (void)state;
    size_t n;
    const world_fact *f = world_facts(small, &n);
    assert_int_equal(n, 2);
    assert_true(f[0].about == WORLD_FACT_STRENGTH && f[0].actor == 1 && f[0].area == WORLD_NONE && f[0].of == 0);
    assert_true(f[0].first == day("2020-06-01") && f[0].last == day("2020-06-30") && f[0].known == f[0].last);
    NUMBER(f[0].number, sqrt(3000. * 5000.), 3000, 5000, 0);
    assert_string_equal(text_of(f[0].title), "Rebels in June");
    assert_true(f[1].about == WORLD_FACT_PRESENCE && f[1].of == 3 && f[1].known == day("2020-07-01"));
    assert_true(f[1].first == day("2020-03-01") && f[1].last == day("2020-04-30"));
    const world_schedule *s = world_schedules(small, &n);
    const world_schedule_step *steps = world_schedule_steps(small, NULL);
    assert_int_equal(n, 3);
    assert_string_equal(text_of(s[0].id), "support");
    assert_true(s[0].kind == WORLD_FOREIGN_SUPPORT && s[0].actor == 0 && s[0].n_steps == 2 && s[0].whatif == -1);
    assert_true(steps[s[0].first_step].known == day("2020-01-01"));
    const world_schedule_step *second = &steps[s[0].first_step + 1];
    assert_true(second->from == day("2020-07-01") && second->known == day("2020-05-15"));
    NUMBER(second->value, sqrt(0.25 * 0.75), 0.25, 0.75, 0);
    assert_true(s[1].kind == WORLD_SPONSOR_PAYMENT && s[1].actor == 3 && s[1].other == 1 && s[1].n_steps == 1);
    NUMBER(steps[s[1].first_step].value, 2, 1, 4, WORLD_NONE);
    /* the what-if's schedule takes kind and actor from the scenario's */
    assert_true(s[2].whatif == 0 && s[2].kind == WORLD_FOREIGN_SUPPORT && s[2].actor == 0 && s[2].n_steps == 1);
    assert_true(steps[s[2].first_step].from == day("2021-01-01"));
}

static void test_dated_events(void **state) {
    (void)state;
    size_t n;
    const world_event *e = world_events(small, &n);
    assert_int_equal(n, 3);
    assert_string_equal(text_of(e[0].id), "raid");
    assert_string_equal(text_of(e[0].title), "The raid on the prison");
    assert_true(e[0].kind == WORLD_EVENT_PRISON_BREAK && e[0].area == 0 && e[0].actor == 1 && !e[0].off);
    assert_true(e[0].day == day("2020-08-02") && e[0].known == e[0].day);
    NUMBER(e[0].amount, sqrt(100. * 200.), 100, 200, 0);
    assert_true(e[1].kind == WORLD_EVENT_TALKS && e[1].other == 3 && e[1].off == 1 && e[1].whatif == WORLD_NONE);
    NUMBER(e[1].amount, 0.5, 0.5, 0.5, WORLD_NONE);
    assert_true(e[2].whatif == 0 && e[2].off == 0 && e[2].kind == WORLD_EVENT_TALKS && e[2].day == e[1].day);
    const world_whatif *w = world_whatifs(small, &n);
    assert_int_equal(n, 1);
    assert_string_equal(text_of(w->id), "summit-held");
    assert_string_equal(text_of(w->title), "The summit is held");
}

static void test_parameters(void **state) {
    (void)state;
    size_t n;
    const world_parameter *p = world_parameters(small, &n);
    assert_int_equal(n, 2);
    assert_string_equal(text_of(p[0].name), "intensity.battle_rate");
    assert_true(p[0].channel == 0 && p[0].actor == WORLD_NONE && !p[0].is_fixed);
    NUMBER(p[0].number, sqrt(0.001 * 0.004), 0.001, 0.004, WORLD_NONE);
    assert_string_equal(text_of(p[1].name), "finance.tax");
    assert_true(p[1].actor == 1 && p[1].channel == WORLD_NONE && p[1].is_fixed && p[1].number.value == 2);
    const world_switch *s = world_switches(small, &n);
    assert_true(n == 1 && !s->is_on);
    assert_string_equal(text_of(s->mechanism), "publicity");
}

static void test_questions(void **state) {
    (void)state;
    static const struct {
        const char *id;
        uint32_t metric, op, mode;
        int32_t actor, other, area, channel;
        double threshold;
        const char *first, *last;
    } expected[] = {
        {"ladder", WORLD_METRIC_LADDER, WORLD_GE, WORLD_BY, 3, 0, -1, -1, 5, "2021-01", "2021-06"},
        {"ruler", WORLD_METRIC_RULER, WORLD_GE, WORLD_UNTIL, 0, -1, -1, -1, 1, "2021-01", "2021-06"},
        {"control", WORLD_METRIC_CONTROL, WORLD_GT, WORLD_AT, 1, -1, 2, -1, 0.5, "2021-03", "2021-03"},
        {"provinces", WORLD_METRIC_PROVINCES, WORLD_GE, WORLD_BY, 1, -1, -1, -1, 2, "2021-01", "2021-06"},
        {"strength", WORLD_METRIC_STRENGTH, WORLD_LT, WORLD_AT, 0, -1, -1, -1, 9000, "2021-06", "2021-06"},
        {"support", WORLD_METRIC_SUPPORT, WORLD_LE, WORLD_UNTIL, 0, -1, -1, -1, 0.5, "2021-01", "2021-02"},
        {"relation", WORLD_METRIC_RELATION, WORLD_GT, WORLD_BY, 0, 3, -1, -1, 0, "2021-01", "2021-06"},
        {"events", WORLD_METRIC_EVENTS, WORLD_GE, WORLD_SUM, -1, -1, -1, 0, 12, "2021-01", "2021-06"},
        {"deaths", WORLD_METRIC_DEATHS, WORLD_GT, WORLD_SUM, -1, -1, -1, -1, 100, "2021-01", "2021-03"},
        {"deaths-rebels", WORLD_METRIC_DEATHS, WORLD_GT, WORLD_AT, 1, -1, -1, -1, 10, "2021-01", "2021-01"},
    };
    size_t n;
    const world_question *q = world_questions(small, &n);
    assert_int_equal(n, sizeof expected / sizeof expected[0]);
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(text_of(q[i].id), expected[i].id);
        if (q[i].metric != expected[i].metric || q[i].op != expected[i].op || q[i].mode != expected[i].mode ||
            q[i].actor != expected[i].actor || q[i].other != expected[i].other || q[i].area != expected[i].area ||
            q[i].channel != expected[i].channel || q[i].threshold != expected[i].threshold ||
            q[i].first_month != month(expected[i].first) || q[i].last_month != month(expected[i].last))
            fail_msg("question %s: metric %u op %u mode %u actors %d %d area %d channel %d threshold %g months %d-%d",
                     expected[i].id, q[i].metric, q[i].op, q[i].mode, q[i].actor, q[i].other, q[i].area, q[i].channel,
                     q[i].threshold, q[i].first_month, q[i].last_month);
    }
    assert_string_equal(text_of(q[0].title), "Recognised by June?");
    assert_string_equal(text_of(q[3].title), text_of(q[3].ask)); /* a question without a title is its own */
}

static void test_describe(void **state) {
    (void)state;
    text_buffer b;
    text_buffer_init(&b);
    assert_int_equal(scenario_describe(small, &b), TSR_OK);
    assert_non_null(strstr(b.data, "2020-01 to 2021-06, data to 2020-12, 6 months ahead, 2 sub-steps a month"));
    assert_non_null(strstr(b.data, "government-rebels rebels-civilians"));
    assert_non_null(strstr(b.data, "publicity is off"));
    text_buffer_clear(&b);
}

static void test_shipped(void **state) {
    (void)state;
    static const char *const names[] = {"afghanistan", "myanmar"};
    for (size_t i = 0; i < 2; i++) {
        char path[1024], folder[TSR_PATH_SIZE];
        world *w = NULL;
        tsr_error error = TSR_ERROR_INIT;
        problem_list list;
        problem_list_init(&list);
        snprintf(path, sizeof path, TEST_SOURCE_ROOT "/scenarios/%s", names[i]);
        tsr_status status = scenario_read(path, &w, folder, &list, &error);
        expect_errors(&list, 0, path);
        assert_int_equal(status, TSR_OK);
        problem_list_clear(&list);
        free(w);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_header),
        cmocka_unit_test(test_areas),
        cmocka_unit_test(test_actors),
        cmocka_unit_test(test_initial),
        cmocka_unit_test(test_facts_and_schedules),
        cmocka_unit_test(test_dated_events),
        cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_questions),
        cmocka_unit_test(test_describe),
        cmocka_unit_test(test_shipped),
    };
    return cmocka_run_group_tests_name("good scenarios", tests, small_read, small_free);
}
