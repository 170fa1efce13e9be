/* Scenarios that are wrong in one place: one error, at the very place (marked with ^), saying what is allowed. */
#include "fixture.h"

#include <stdio.h>

typedef struct bad_case {
    const char *from, *to; /**< edit of GOOD_SCENARIO; from NULL: append */
    const char *message;   /**< part of the message */
} bad_case;

static void check_case(void **state, const bad_case *c) {
    uint32_t line, column;
    char *text = edited(GOOD_SCENARIO, c->from, c->to);
    world *w;
    problem_list list;
    if (!take_mark(text, &line, &column))
        fail_msg("no mark in '%s'", c->to);
    assert_int_equal(read_text(state, text, &w, &list), TSR_E_INPUT);
    expect_errors(&list, 1, text);
    const problem *p = NULL;
    for (size_t i = 0; i < list.n; i++)
        if (list.items[i].severity == PROBLEM_ERROR)
            p = &list.items[i];
    assert_non_null(p);
    if (!strstr(p->message, c->message) || p->line != line || p->column != column ||
        strcmp(p->file, "scenario.yaml") != 0)
        fail_msg("expected %u:%u '%s', got %s:%u:%u '%s' in:\n%s", line, column, c->message, p->file, p->line,
                 p->column, p->message, text);
    problem_list_clear(&list);
    free(text);
}

static void check_cases(void **state, const bad_case *cases, size_t n) {
    for (size_t i = 0; i < n; i++)
        check_case(state, &cases[i]);
}

#define CHECK(cases) check_cases(state, cases, sizeof(cases) / sizeof(cases)[0])

static void test_keys(void **state) {
    static const bad_case cases[] = {
        {"tessera: 1", "^tesera: 1\ntessera: 1", "'tesera' is not a key of a scenario; did you mean 'tessera'?"},
        {"regular: true", "^regula: true", "'regula' is not a key of actor government; did you mean 'regular'?"},
        {NULL, "^name: Again\n", "the key 'name' appears twice; first on line 2"},
        {"tessera: 1", "^nam: 1\ntessera: 1", "did you mean 'name'?"},
        {"tessera: 1\nname", "^name", "a scenario needs the key 'tessera'"},
        {"{kind: power}", "^{title: America}", "actor usa needs the key 'kind'"},
        {"{kind: power}", "^power", "actor usa must be a map of keys and values; this is a single value"},
        {NULL, "facts: ^{}\n", "facts must be a list; this is a map"},
        {NULL, "questions: ^none\n", "questions must be a list; this is a single value"},
        {"name: Small", "name: ^[Small]", "name must be a text; this is a list"},
        {"regular: true", "regular: ^maybe", "regular is 'maybe'; it must be true or false"},
    };
    CHECK(cases);
}

static void test_header(void **state) {
    static const bad_case cases[] = {
        {"tessera: 1", "tessera: ^2", "this scenario is of format 2; this program reads format 1"},
        {"start: 2020-01", "start: ^2020-13", "start is '2020-13'; it must be a date that exists"},
        {"start: 2020-01", "start: ^2020-02-30", "start is '2020-02-30'; it must be a date that exists"},
        {"start: 2020-01", "start: ^1979-12", "start is 1979-12; it must be 1980-01 or later"},
        {"last_observed: 2020-12", "last_observed: ^2019-12", "last_observed is 2019-12, before start (2020-01)"},
        {"horizon_months: 12", "horizon_months: ^601", "horizon_months is 601; it must be from 0 to 600"},
        {"horizon_months: 12", "horizon_months: ^1.5", "horizon_months is 1.5; it must be a whole number"},
        {"horizon_months: 12", "horizon_months: 12, substeps: ^0", "substeps is 0; it must be from 1 to 60"},
        {"{start: 2020-01, last", "^{last", "period needs the key 'start'"},
        {NULL, "events: [{file: ^none.csv}]\n", "the file 'none.csv' cannot be opened"},
        {NULL, "totals: {file: ^none.csv}\n", "the file 'none.csv' cannot be opened"},
        {NULL, "country: {name: X, views_id: ^0}\n", "views_id is 0; it must be from 1 to 100000"},
    };
    CHECK(cases);
}

/** Numbers have one spelling: sign, digits, point and digits, exponent. */
static void test_numbers(void **state) {
    static const char *const spellings[] = {".5",  "0x10", "1_000", "nan", ".nan", "1e999", "1.",
                                            "+-1", "'5'",  "1 000", "inf", "1,5",  "five",  "--1"};
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
        char text[100];
        snprintf(text, sizeof text, "initial:\n  strength:\n    rebels: ^%s\n", spellings[i]);
        check_case(state, &(bad_case){NULL, text, "it must be a number such as 12, 0.5 or 2e3"});
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_header),
        cmocka_unit_test(test_numbers),
    };
    return cmocka_run_group_tests_name("bad scenarios", tests, country_make, scratch_remove);
}
