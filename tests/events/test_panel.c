/* From rows to cells: actors by day, channels, areas, months, and the account that loses nothing. */
#include "fixture.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static panel *import(const char *text) {
    problem_list problems;
    tsr_error error = TSR_ERROR_INIT;
    panel *p = fixture_import(text, &problems, &error);
    if (p == NULL) {
        fail_msg("%s", error.message);
        abort();
    }
    panel_tally all = fixture_sum(&p->files[0]);
    assert_int_equal(all.events, p->files[0].n_rows);
    problem_list_clear(&problems);
    return p;
}

/** One event with 5 deaths of a usual file; `reason` is what becomes of it. */
static panel *import_row(const char *row, panel_reason reason) {
    char text[1024];
    snprintf(text, sizeof text, FIXTURE_HEADER "%s\n", row);
    panel *p = import(text);
    for (int r = 0; r < PANEL_REASONS; r++) {
        if (p->files[0].by_reason[r].events != (r == (int)reason))
            fail_msg("%s: \"%s\" has %d events", row, panel_reason_text((panel_reason)r),
                     (int)p->files[0].by_reason[r].events);
        assert_int_equal(p->files[0].by_reason[r].deaths, r == (int)reason ? 5 : 0);
    }
    return p;
}

static void check_located(const char *row, uint32_t month, uint32_t channel, uint32_t area) {
    panel *p = import_row(row, PANEL_USED_LOCATED);
    size_t n = (size_t)p->n_months * p->n_channels * p->n_areas, cell = panel_cell(p, month, channel, area);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(p->events[i], i == cell);
        assert_int_equal(p->deaths[i], i == cell ? 5 : 0);
    }
    panel_free(p);
}

static void check_unlocated(const char *row, uint32_t month, uint32_t channel, bool is_long) {
    panel *p = import_row(row, is_long ? PANEL_USED_LONG : PANEL_USED_UNLOCATED);
    size_t n = (size_t)p->n_months * p->n_channels, i = (size_t)month * p->n_channels + channel;
    for (size_t k = 0; k < n * p->n_areas; k++)
        assert_int_equal(p->events[k] + p->deaths[k], 0);
    assert_int_equal(p->unlocated_events[i], 1);
    assert_int_equal(p->unlocated_deaths[i], 5);
    assert_int_equal(p->long_events[i], is_long);
    assert_int_equal(p->long_deaths[i], is_long ? 5 : 0);
    panel_free(p);
}

static void check_dropped(const char *row, panel_reason reason) {
    panel *p = import_row(row, reason);
    for (size_t i = 0; i < (size_t)p->n_months * p->n_channels; i++)
        assert_int_equal(p->unlocated_events[i], 0);
    panel_free(p);
}

#define AT_WEST ",1,Town,West,0.5,0.5,Xland,2020-03-04,2020-03-05,5,5,5"

static void test_channels(void **state) {
    (void)state;
    check_located("1,1,Government of X,REB" AT_WEST, 2, FIXTURE_BATTLE, FIXTURE_WEST);
    check_located("1,1,REB,Government of X" AT_WEST, 2, FIXTURE_BATTLE, FIXTURE_WEST);
    check_located("1,1,government of  x,reb" AT_WEST, 2, FIXTURE_BATTLE, FIXTURE_WEST);
    check_located("1,1,Government of X,REB - faction" AT_WEST, 2, FIXTURE_BATTLE, FIXTURE_WEST); /* its family's */
    check_located("1,2,MIL,Government of X" AT_WEST, 2, FIXTURE_MILITIA, FIXTURE_WEST); /* whatever UCDP's type */
    check_located("1,3,REB,Civilians" AT_WEST, 2, FIXTURE_CIVILIANS, FIXTURE_WEST);
    check_located("1,3,REB - faction,Civilians" AT_WEST, 2, FIXTURE_CIVILIANS, FIXTURE_WEST);
    check_dropped("1,3,Government of X,Civilians" AT_WEST, PANEL_OTHER_CHANNEL);
    check_dropped("1,1,REB,Civilians" AT_WEST, PANEL_OTHER_CHANNEL); /* not one-sided: side b is just unknown */
    check_dropped("1,1,REB,MIL" AT_WEST, PANEL_OTHER_CHANNEL);
    check_dropped("1,1,REB,REB - faction" AT_WEST, PANEL_OTHER_CHANNEL);
    check_dropped("1,1,Nobody,Other" AT_WEST, PANEL_OTHER_CHANNEL);
}

/** After the change of power the government's name is the rebels'. */
static void test_names_by_day(void **state) {
    (void)state;
    check_located("1,1,Government of X,MIL,1,Town,West,0.5,0.5,Xland,2021-08-15,2021-08-15,5,5,5", 19, FIXTURE_MILITIA,
                  FIXTURE_WEST);
    /* An event that lasts over the change is read by its first day when its last one gives no channel. */
    check_located("1,1,Government of X,MIL,1,Town,West,0.5,0.5,Xland,2021-08-15,2021-08-16,5,5,5", 19, FIXTURE_MILITIA,
                  FIXTURE_WEST);
    check_dropped("1,1,Government of X,MIL,1,Town,West,0.5,0.5,Xland,2021-08-16,2021-08-16,5,5,5", PANEL_OTHER_CHANNEL);
    check_located("1,3,Government of X,Civilians,1,Town,West,0.5,0.5,Xland,2021-08-16,2021-08-16,5,5,5", 19,
                  FIXTURE_CIVILIANS, FIXTURE_WEST);
}

#define BATTLE "1,1,Government of X,REB"
#define DAYS ",Xland,2020-03-04,2020-03-05,5,5,5"

static void test_areas(void **state) {
    (void)state;
    check_located(BATTLE ",1,Town,East province,0.5,0.5" DAYS, 2, FIXTURE_BATTLE, FIXTURE_EAST); /* the name decides */
    check_located(BATTLE ",1,Town,Far  West State,0.5,1.5" DAYS, 2, FIXTURE_BATTLE, FIXTURE_WEST);
    check_located(BATTLE ",1,Town,Elsewhere,0.5,1.5" DAYS, 2, FIXTURE_BATTLE, FIXTURE_EAST);
    check_located(BATTLE ",4,Town,,0.5,1.5" DAYS, 2, FIXTURE_BATTLE, FIXTURE_EAST);
    check_located(BATTLE ",1,Town,,0.5,2.2" DAYS, 2, FIXTURE_BATTLE, FIXTURE_EAST); /* 22 km outside */
    check_unlocated(BATTLE ",1,Town,,0.5,2.3" DAYS, 2, FIXTURE_BATTLE, false);      /* 33 km */
    check_unlocated(BATTLE ",1,Town,Elsewhere,," DAYS, 2, FIXTURE_BATTLE, false);
    check_unlocated(BATTLE ",1,Town,Xland,0.5,0.5" DAYS, 2, FIXTURE_BATTLE, false); /* the country, not a province */
    check_unlocated(BATTLE ",6,Town,West,0.5,0.5" DAYS, 2, FIXTURE_BATTLE, false);
    check_unlocated(BATTLE ",7,Town,West,0.5,0.5" DAYS, 2, FIXTURE_BATTLE, false);
    check_unlocated(BATTLE ",,Town,,0.5,0.5" DAYS, 2, FIXTURE_BATTLE, false);
    check_unlocated(BATTLE ",5,Xland,West,0.5,0.5" DAYS, 2, FIXTURE_BATTLE, false);
    check_located(BATTLE ",,Town,West,0.5,0.5" DAYS, 2, FIXTURE_BATTLE, FIXTURE_WEST);
}

#define IN_WEST BATTLE ",1,Town,West,0.5,0.5,Xland,"

static void test_months(void **state) {
    (void)state;
    check_located(IN_WEST "2020-01-31,2020-02-01,5,5,5", 1, FIXTURE_BATTLE, FIXTURE_WEST);
    check_located(IN_WEST "2019-12-31,2020-01-01,5,5,5", 0, FIXTURE_BATTLE, FIXTURE_WEST);
    check_located(IN_WEST "2020-01-01,2020-01-31,5,5,5", 0, FIXTURE_BATTLE, FIXTURE_WEST); /* 31 days */
    check_unlocated(IN_WEST "2020-01-01,2020-02-01,5,5,5", 1, FIXTURE_BATTLE, true);       /* 32 days */
    check_located("1,3,REB,Civilians,1,Town,West,0.5,0.5,Xland,2021-12-31,2021-12-31,5,5,5", 23, FIXTURE_CIVILIANS,
                  FIXTURE_WEST);
    check_dropped(IN_WEST "2019-12-31,2019-12-31,5,5,5", PANEL_OUT_OF_PERIOD);
    check_dropped(IN_WEST "2021-12-31,2022-01-01,5,5,5", PANEL_OUT_OF_PERIOD);
}

static void test_date_start_only(void **state) {
    (void)state;
    panel *p =
        import("type_of_violence,side_a,side_b,adm_1,date_start,best\n1,Government of X,REB,West,2020-05-31,4\n");
    assert_int_equal(p->deaths[panel_cell(p, 4, FIXTURE_BATTLE, FIXTURE_WEST)], 4);
    panel_free(p);
}

/** No where_prec, no adm_1: coordinates are all there is. */
static void test_coordinates_only(void **state) {
    (void)state;
    panel *p = import("type_of_violence,side_a,side_b,latitude,longitude,date_end,best\n"
                      "1,Government of X,REB,0.5,1.5,2020-05-31,4\n1,Government of X,REB,9,9,2020-05-31,3\n");
    assert_int_equal(p->deaths[panel_cell(p, 4, FIXTURE_BATTLE, FIXTURE_EAST)], 4);
    assert_int_equal(p->unlocated_deaths[4 * p->n_channels + FIXTURE_BATTLE], 3);
    panel_free(p);
}

static void test_countries(void **state) {
    (void)state;
    panel *p =
        import(FIXTURE_HEADER BATTLE AT_WEST "\n2,1,A,B,1,Town,West,0.5,0.5,Yland,2020-03-04,2020-03-05,7,7,7\n");
    assert_int_equal(p->files[0].by_reason[PANEL_OTHER_COUNTRY].events, 1);
    assert_int_equal(p->files[0].by_reason[PANEL_OTHER_COUNTRY].deaths, 7);
    assert_int_equal(p->n_others, 0);
    panel_free(p);
    /* what is wrong elsewhere is not ours, but for the deaths, which the account has */
    p = import(FIXTURE_HEADER BATTLE AT_WEST "\nx,9,,,8,,,95,190,Yland,then,,7,7,7\n");
    assert_int_equal(p->files[0].by_reason[PANEL_OTHER_COUNTRY].deaths, 7);
    panel_free(p);
    problem_list problems;
    tsr_error error = TSR_ERROR_INIT;
    p = fixture_import(FIXTURE_HEADER "2,1,A,B,1,Town,West,0.5,0.5,Yland,2020-03-04,2020-03-05,7,7,7\n", &problems,
                       &error);
    assert_null(p);
    assert_string_equal(error.message,
                        "no event is of country \"Xland\", as the scenario calls it; the file has \"Yland\"");
    problem_list_clear(&problems);
}

static void test_others(void **state) {
    (void)state;
    panel *p =
        import(FIXTURE_HEADER "9,2,A,B" AT_WEST "\n2,1,C,D" AT_WEST "\n3,2,A,B" AT_WEST "\n4,3,A,B" AT_WEST "\n"
                              "5,2,A,B" AT_WEST "\n6,1,D,C" AT_WEST "\n7,1,C,D" AT_WEST "\n" BATTLE AT_WEST "\n");
    assert_int_equal(p->n_others, 4);
    assert_string_equal(p->others[0].side_a, "A");
    assert_int_equal(p->others[0].type, PANEL_NON_STATE);
    assert_int_equal(p->others[0].tally.events, 3);
    assert_int_equal(p->others[0].tally.deaths, 15);
    assert_string_equal(p->others[1].side_a, "C");
    assert_int_equal(p->others[2].type, PANEL_ONE_SIDED);
    assert_int_equal(p->type_deaths[2 * PANEL_TYPES + PANEL_STATE_BASED], 20); /* modelled or not */
    assert_int_equal(p->type_events[2 * PANEL_TYPES + PANEL_NON_STATE], 3);
    panel_free(p);
}

static void check_fails(const char *text, size_t n_errors, const char *part) {
    problem_list problems;
    tsr_error error = TSR_ERROR_INIT;
    assert_null(fixture_import(text, &problems, &error));
    assert_int_equal(error.status, TSR_E_INPUT);
    assert_int_equal(problems.n_errors, n_errors);
    assert_int_equal(error.others, n_errors - 1);
    if (strstr(error.message, part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", error.message, part);
    problem_list_clear(&problems);
}

static void test_problems(void **state) {
    (void)state;
    check_fails(FIXTURE_HEADER "1,7,A,B" AT_WEST "\n2,0,A,B" AT_WEST "\n", 2, "type_of_violence is 7");
    check_fails(FIXTURE_HEADER "1,1,A,\"B" AT_WEST "\n", 1, "not closed");
    check_fails("a,b\n", 1, "lacks columns");
    check_fails("", 1, "empty");
}

static void test_warnings(void **state) {
    (void)state;
    problem_list problems;
    panel *p = fixture_import(FIXTURE_HEADER BATTLE ",1,Town,Wst,0.5,0.5" DAYS "\n2,1,A,B,1,Town,Wst,0.5,0.5" DAYS,
                              &problems, NULL);
    assert_non_null(p);
    assert_int_equal(problems.n, 2);
    assert_non_null(strstr(problems.items[0].message, "does not end with a line break"));
    assert_non_null(strstr(problems.items[1].message, "adm_1 is \"Wst\" in 2 events"));
    assert_int_equal(problems.items[1].line, 2);
    problem_list_clear(&problems);
    panel_free(p);
}

static void test_names_of_enums(void **state) {
    (void)state;
    for (int r = 0; r < PANEL_REASONS; r++)
        assert_true(strlen(panel_reason_text((panel_reason)r)) > 3);
    assert_string_equal(panel_type_name(PANEL_STATE_BASED), "sb");
    assert_string_equal(panel_type_name(PANEL_NON_STATE), "ns");
    assert_string_equal(panel_type_name(PANEL_ONE_SIDED), "os");
    panel_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_channels),        cmocka_unit_test(test_names_by_day),
        cmocka_unit_test(test_areas),           cmocka_unit_test(test_months),
        cmocka_unit_test(test_date_start_only), cmocka_unit_test(test_coordinates_only),
        cmocka_unit_test(test_countries),       cmocka_unit_test(test_others),
        cmocka_unit_test(test_problems),        cmocka_unit_test(test_warnings),
        cmocka_unit_test(test_names_of_enums),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
