/* Errors, lists of problems, and messages through hooks. */
#include "base/error.h"
#include "base/log.h"
#include "test.h"

#include <stdio.h>

static void test_first_wins(void **state) {
    (void)state;
    tsr_error error = TSR_ERROR_INIT;
    assert_int_equal(error.particle, -1);
    base_place place = {"scenario.yaml", 12, 5};
    assert_int_equal(FAIL_AT(&error, TSR_E_INPUT, place, "strength of %s is %d; it must be 0 or more", "isis_k", -200),
                     TSR_E_INPUT);
    assert_int_equal(FAIL(&error, TSR_E_MEMORY, "a later one"), TSR_E_MEMORY);
    assert_int_equal(error.status, TSR_E_INPUT);
    assert_string_equal(error.message, "strength of isis_k is -200; it must be 0 or more");
    assert_string_equal(error.file, "scenario.yaml");
    assert_int_equal(error.line, 12);
    assert_int_equal(error.column, 5);
    assert_int_equal(error.others, 1);
    assert_int_equal(error.particle, -1);
    assert_non_null(strstr(error.origin, "test_error.c"));
    assert_true(error.origin_line > 0);
}

static void test_without(void **state) {
    (void)state;
    assert_int_equal(FAIL(NULL, TSR_E_IO, "nobody listens"), TSR_E_IO);
    tsr_error error = TSR_ERROR_INIT;
    FAIL(&error, TSR_E_USAGE, "no place");
    assert_string_equal(error.file, "");
    assert_int_equal(error.line, 0);
}

static void test_too_long(void **state) {
    (void)state;
    char text[2000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = 0;
    tsr_error error = TSR_ERROR_INIT;
    FAIL_AT(&error, TSR_E_INPUT, (base_place){.file = text}, "%s", text);
    assert_int_equal(strlen(error.message), TSR_MESSAGE_SIZE - 1);
    assert_int_equal(strlen(error.file), TSR_PATH_SIZE - 1);
}

static tsr_status try_twice(tsr_status first, tsr_status second, int *n) {
    tsr_status status = TSR_OK;
    TRY(first);
    ++*n;
    TRY(second);
    ++*n;
out:
    return status;
}

static void test_try(void **state) {
    (void)state;
    int n = 0;
    assert_int_equal(try_twice(TSR_OK, TSR_OK, &n), TSR_OK);
    assert_int_equal(n, 2);
    assert_int_equal(try_twice(TSR_OK, TSR_E_IO, &n), TSR_E_IO);
    assert_int_equal(n, 3);
    assert_int_equal(try_twice(TSR_E_NUMERIC, TSR_E_IO, &n), TSR_E_NUMERIC);
    assert_int_equal(n, 3);
}

static void test_names(void **state) {
    (void)state;
    for (int i = TSR_OK; i <= TSR_E_INTERNAL; i++) {
        const char *name = tsr_status_name((tsr_status)i);
        assert_true(strlen(name) > 3);
        for (int j = TSR_OK; j < i; j++)
            assert_string_not_equal(name, tsr_status_name((tsr_status)j));
    }
    assert_string_equal(tsr_status_name(TSR_E_INPUT), "input error");
    assert_non_null(tsr_status_name((tsr_status)99));
    assert_string_equal(tsr_version(), TESSERA_VERSION);
}

static void test_problems(void **state) {
    (void)state;
    problem_list list;
    problem_list_init(&list);
    tsr_error error = TSR_ERROR_INIT;
    assert_int_equal(problem_list_status(&list, &error), TSR_OK);
    char name[] = "areas.csv";
    problem_add(&list, PROBLEM_WARNING, (base_place){name, 1, 2}, "area '%s' has no events", "Nuristan");
    assert_int_equal(problem_list_status(&list, &error), TSR_OK);
    assert_int_equal(error.status, TSR_OK);
    for (uint32_t i = 0; i < 20; i++)
        problem_add(&list, PROBLEM_ERROR, (base_place){name, 10 + i, 3}, "cell %u is empty", i);
    problem_add(&list, PROBLEM_ERROR, (base_place){0}, "no place");
    name[0] = 'X'; /* the list has copies */
    assert_int_equal(list.n, 22);
    assert_int_equal(list.n_errors, 21);
    assert_string_equal(list.items[0].file, "areas.csv");
    assert_string_equal(list.items[0].message, "area 'Nuristan' has no events");
    assert_int_equal(list.items[0].severity, PROBLEM_WARNING);
    assert_string_equal(list.items[21].file, "");
    assert_int_equal(problem_list_status(&list, &error), TSR_E_INPUT);
    assert_string_equal(error.message, "cell 0 is empty"); /* the first error, not the warning before it */
    assert_string_equal(error.file, "areas.csv");
    assert_int_equal(error.line, 10);
    assert_int_equal(error.column, 3);
    assert_int_equal(error.others, 20);
    assert_int_equal(problem_list_status(&list, NULL), TSR_E_INPUT);
    problem_list_clear(&list);
    assert_int_equal(list.n, 0);
    problem_list_clear(&list);
    problem_add(NULL, PROBLEM_ERROR, (base_place){0}, "nobody listens");
}

/** A list that lost something is never taken for a list without errors. */
static void test_lost_problems(void **state) {
    (void)state;
    tsr_error error = TSR_ERROR_INIT;
    problem_list list = {.n_errors = 3, .out_of_memory = true};
    assert_int_equal(problem_list_status(&list, &error), TSR_E_MEMORY);
    assert_non_null(strstr(error.message, "3 problems"));
    list.n_errors = 0;
    assert_int_equal(problem_list_status(&list, NULL), TSR_E_MEMORY);
}

typedef struct listener {
    char message[TSR_MESSAGE_SIZE];
    tsr_log_level level;
    int n;
} listener;

static void listen_log(void *user, tsr_log_level level, const char *message) {
    listener *l = user;
    snprintf(l->message, sizeof l->message, "%s", message);
    l->level = level;
    l->n++;
}

static bool listen_cancelled(void *user) {
    return ((listener *)user)->n > 0;
}

static void test_log(void **state) {
    (void)state;
    listener l = {.n = 0};
    tsr_hooks hooks = {.log = listen_log, .cancelled = listen_cancelled, .user = &l};
    assert_false(log_cancelled(&hooks));
    log_say(&hooks, TSR_LOG_WARNING, "%d of %d events have no area", 3, 9);
    assert_string_equal(l.message, "3 of 9 events have no area");
    assert_int_equal(l.level, TSR_LOG_WARNING);
    assert_true(log_cancelled(&hooks));
    char text[2000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = 0;
    log_say(&hooks, TSR_LOG_INFO, "%s", text);
    assert_int_equal(strlen(l.message), TSR_MESSAGE_SIZE - 1);
    tsr_hooks none = {.user = &l};
    log_say(&none, TSR_LOG_INFO, "nobody listens");
    log_say(NULL, TSR_LOG_INFO, "nobody listens");
    assert_false(log_cancelled(&none));
    assert_false(log_cancelled(NULL));
    assert_int_equal(l.n, 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_wins), cmocka_unit_test(test_without),       cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_try),        cmocka_unit_test(test_names),         cmocka_unit_test(test_problems),
        cmocka_unit_test(test_log),        cmocka_unit_test(test_lost_problems),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
