/* Several files: ranges, duplicates, overlaps, coverage, national totals, and the account as text and JSON. */
#include "events/describe.h"
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

#define HEADER "id,type_of_violence,side_a,side_b,adm_1,date_end,best\n"
#define BATTLE ",1,Government of X,REB,West,"

typedef struct imported {
    fixture_folder folder;
    world *w;
    panel *p;
    problem_list problems;
    tsr_error error;
} imported;

/** Import files a.csv, b.csv, ... with these texts. */
static imported import(const fixture_file *files, const char *const *texts) {
    imported i = {.folder = fixture_make_folder(), .w = fixture_world(files), .error = TSR_ERROR_INIT};
    for (size_t f = 0; files[f].name != NULL; f++)
        fixture_write_text(&i.folder, files[f].name, texts[f]);
    problem_list_init(&i.problems);
    if (panel_import(i.w, i.folder.path, NULL, &i.p, &i.problems, &i.error) != TSR_OK)
        assert_null(i.p);
    for (size_t f = 0; i.p != NULL && files[f].name != NULL; f++)
        if (files[f].role == WORLD_FILE_EVENTS)
            assert_int_equal(fixture_sum(&i.p->files[f]).events, i.p->files[f].n_rows);
    return i;
}

static void finish(imported *i) {
    panel_free(i->p);
    free(i->w);
    problem_list_clear(&i->problems);
    fixture_remove(&i->folder);
}

static panel_tally reason(const imported *i, size_t file, panel_reason r) {
    return i->p->files[file].by_reason[r];
}

static void test_ranges(void **state) {
    (void)state;
    const fixture_file files[] = {{"a.csv", WORLD_FILE_EVENTS, false, "2020-02-01", "2020-03-31"}, {0}};
    imported i = import(files, (const char *[]){HEADER "1" BATTLE "2020-01-31,1\n2" BATTLE "2020-02-01,2\n3" BATTLE
                                                       "2020-03-31,4\n4" BATTLE "2020-04-01,8\n"});
    assert_non_null(i.p);
    assert_int_equal(reason(&i, 0, PANEL_OUT_OF_FILE_RANGE).deaths, 9);
    assert_int_equal(reason(&i, 0, PANEL_USED_LOCATED).deaths, 6);
    const uint8_t expected[] = {PANEL_NOT_OBSERVED, PANEL_PRECISE, PANEL_PRECISE, PANEL_NOT_OBSERVED};
    assert_memory_equal(i.p->coverage, expected, sizeof expected);
    assert_string_equal(i.p->files[0].path, "a.csv");
    assert_int_equal(strlen(i.p->files[0].hash), 64);
    finish(&i);
}

/** Months that a range covers only in part are not observed; without a range the events say what is covered. */
static void test_coverage(void **state) {
    (void)state;
    const fixture_file files[] = {
        {"a.csv", WORLD_FILE_EVENTS, false, "2020-02-02", NULL}, {"b.csv", WORLD_FILE_EVENTS, true, NULL, NULL}, {0}};
    imported i = import(files, (const char *[]){HEADER "1" BATTLE "2020-02-03,1\n2" BATTLE "2020-05-01,1\n",
                                                HEADER "2" BATTLE "2020-05-02,1\n3" BATTLE "2020-07-01,1\n"});
    assert_non_null(i.p);
    const uint8_t expected[] = {PANEL_NOT_OBSERVED, PANEL_NOT_OBSERVED, PANEL_PRECISE,  PANEL_PRECISE,
                                PANEL_COMPLETE,     PANEL_COMPLETE,     PANEL_COMPLETE, PANEL_NOT_OBSERVED};
    assert_memory_equal(i.p->coverage, expected, sizeof expected);
    finish(&i);
}

/** A month that one file begins and the next one ends is observed; one with a day between them is not. */
static void test_coverage_of_files_that_meet(void **state) {
    (void)state;
    const char *const texts[] = {HEADER "1" BATTLE "2020-01-03,1\n", HEADER "2" BATTLE "2020-02-02,1\n"};
    const struct {
        bool first_is_complete;
        const char *from;
        panel_coverage january;
    } cases[] = {{true, "2020-01-16", PANEL_COMPLETE},
                 {false, "2020-01-16", PANEL_PRECISE},
                 {true, "2020-01-17", PANEL_NOT_OBSERVED}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const fixture_file files[] = {
            {"a.csv", WORLD_FILE_EVENTS, cases[k].first_is_complete, "2020-01-01", "2020-01-15"},
            {"b.csv", WORLD_FILE_EVENTS, true, cases[k].from, "2020-02-29"},
            {0}};
        imported i = import(files, texts);
        assert_non_null(i.p);
        assert_int_equal(i.p->coverage[0], cases[k].january);
        assert_int_equal(i.p->coverage[1], PANEL_COMPLETE);
        assert_int_equal(i.p->coverage[2], PANEL_NOT_OBSERVED);
        finish(&i);
    }
}

static void test_duplicates(void **state) {
    (void)state;
    const fixture_file files[] = {
        {"a.csv", WORLD_FILE_EVENTS, false, NULL, NULL}, {"b.csv", WORLD_FILE_EVENTS, true, NULL, NULL}, {0}};
    imported i = import(files, (const char *[]){HEADER "1" BATTLE "2020-01-31,1\n2.0" BATTLE "2020-02-01,2\n",
                                                HEADER "2" BATTLE "2020-03-01,16\n5" BATTLE "2020-04-01,8\n"});
    assert_non_null(i.p);
    assert_int_equal(reason(&i, 0, PANEL_DUPLICATE).deaths, 2);
    assert_int_equal(reason(&i, 0, PANEL_USED_LOCATED).deaths, 1);
    assert_int_equal(i.p->type_deaths[1 * PANEL_TYPES], 0); /* un-counted: the later file moved it */
    assert_int_equal(i.p->type_deaths[2 * PANEL_TYPES], 16);
    assert_int_equal(i.p->deaths[panel_cell(i.p, 2, FIXTURE_BATTLE, FIXTURE_WEST)], 16);
    finish(&i);
}

/** A later file that knows the older numbers is compared through them; its own numbers mean other events. */
static void test_older_ids(void **state) {
    (void)state;
    const fixture_file files[] = {
        {"a.csv", WORLD_FILE_EVENTS, false, NULL, NULL}, {"b.csv", WORLD_FILE_EVENTS, true, NULL, NULL}, {0}};
    imported i =
        import(files, (const char *[]){HEADER "1" BATTLE "2020-01-31,1\n2" BATTLE "2020-02-01,2\n",
                                       "id_ged211," HEADER "2,1" BATTLE "2020-02-01,16\n,7" BATTLE "2020-02-01,8\n"});
    assert_non_null(i.p);
    assert_int_equal(reason(&i, 0, PANEL_DUPLICATE).deaths, 2);
    assert_int_equal(reason(&i, 0, PANEL_USED_LOCATED).deaths, 1);
    assert_int_equal(reason(&i, 1, PANEL_USED_LOCATED).deaths, 24);
    finish(&i);
}

/** An event outside the later file's range is not a duplicate: that file does not use it. */
static void test_duplicate_out_of_range(void **state) {
    (void)state;
    const fixture_file files[] = {
        {"a.csv", WORLD_FILE_EVENTS, false, NULL, NULL}, {"b.csv", WORLD_FILE_EVENTS, true, "2020-03-01", NULL}, {0}};
    imported i = import(files, (const char *[]){HEADER "1" BATTLE "2020-01-31,1\n",
                                                HEADER "1" BATTLE "2020-01-31,1\n2" BATTLE "2020-04-01,8\n"});
    assert_non_null(i.p);
    assert_int_equal(reason(&i, 0, PANEL_USED_LOCATED).deaths, 1);
    assert_int_equal(reason(&i, 1, PANEL_OUT_OF_FILE_RANGE).deaths, 1);
    finish(&i);
}

static void test_twice_in_one_file(void **state) {
    (void)state;
    const fixture_file files[] = {{"a.csv", WORLD_FILE_EVENTS, false, NULL, NULL}, {0}};
    imported i = import(
        files, (const char *[]){HEADER "1" BATTLE "2020-01-31,1\n1" BATTLE "2020-01-31,2\n1" BATTLE "2020-01-31,4\n"});
    assert_non_null(i.p);
    assert_int_equal(reason(&i, 0, PANEL_DUPLICATE).deaths, 3);
    assert_int_equal(reason(&i, 0, PANEL_USED_LOCATED).deaths, 4);
    assert_int_equal(i.problems.n, 1);
    assert_int_equal(i.problems.items[0].line, 2);
    finish(&i);
}

static void test_overlap(void **state) {
    (void)state;
    const fixture_file files[] = {
        {"a.csv", WORLD_FILE_EVENTS, false, NULL, NULL}, {"b.csv", WORLD_FILE_EVENTS, true, NULL, NULL}, {0}};
    imported i = import(files, (const char *[]){HEADER "1" BATTLE "2020-01-31,1\n2" BATTLE "2020-05-01,2\n",
                                                HEADER "3" BATTLE "2020-03-01,16\n4" BATTLE "2020-07-01,8\n"});
    assert_null(i.p);
    assert_string_equal(
        i.error.message,
        "this file and b.csv both have events from 2020-03-01 to 2020-05-01, but none with the same id, "
        "so that events may count twice; give one of them a from: or to:");
    assert_non_null(strstr(i.error.file, "/a.csv"));
    finish(&i);
    const fixture_file apart[] = {
        {"a.csv", WORLD_FILE_EVENTS, false, NULL, "2020-02-29"}, {"b.csv", WORLD_FILE_EVENTS, true, NULL, NULL}, {0}};
    i = import(apart, (const char *[]){HEADER "1" BATTLE "2020-01-31,1\n2" BATTLE "2020-05-01,2\n",
                                       HEADER "3" BATTLE "2020-03-01,16\n4" BATTLE "2020-07-01,8\n"});
    assert_non_null(i.p);
    finish(&i);
    /* A complete file is the whole truth for its time. */
    const char *const revised[] = {HEADER "1" BATTLE "2020-01-31,1\n2" BATTLE "2020-05-01,2\n",
                                   HEADER "1" BATTLE "2020-01-31,16\n4" BATTLE "2020-07-01,8\n"};
    i = import(files, revised);
    assert_non_null(i.p);
    assert_int_equal(reason(&i, 0, PANEL_SUPERSEDED).deaths, 2);
    assert_int_equal(i.problems.n, 0);
    finish(&i);
    /* Of two files of precisely located events neither is: both count, with a warning. */
    const fixture_file precise[] = {
        {"a.csv", WORLD_FILE_EVENTS, false, NULL, NULL}, {"b.csv", WORLD_FILE_EVENTS, false, NULL, NULL}, {0}};
    i = import(precise, revised);
    assert_non_null(i.p);
    assert_int_equal(reason(&i, 0, PANEL_USED_LOCATED).deaths, 2);
    assert_non_null(strstr(i.problems.items[0].message, "1 events (2 deaths) from 2020-01-31 to 2020-05-01 are in this "
                                                        "file and not in b.csv"));
    finish(&i);
}

/** One file under two names, or twice in the scenario, would silently replace itself. Halves of it are fine. */
static void test_same_file_twice(void **state) {
    (void)state;
    const char *const texts[] = {HEADER "1" BATTLE "2020-01-31,1\n", HEADER "1" BATTLE "2020-01-31,1\n"};
    const fixture_file copies[] = {
        {"a.csv", WORLD_FILE_EVENTS, false, NULL, NULL}, {"b.csv", WORLD_FILE_EVENTS, true, NULL, NULL}, {0}};
    imported i = import(copies, texts);
    assert_null(i.p);
    assert_string_equal(i.error.message, "this file has the same content as a.csv; name one of them, or give them a "
                                         "from: and to: that do not overlap");
    assert_non_null(strstr(i.error.file, "/b.csv"));
    finish(&i);
    const fixture_file twice[] = {
        {"a.csv", WORLD_FILE_EVENTS, true, NULL, NULL}, {"a.csv", WORLD_FILE_EVENTS, true, NULL, NULL}, {0}};
    i = import(twice, texts);
    assert_null(i.p);
    assert_non_null(strstr(i.error.message, "the same content as a.csv"));
    finish(&i);
    const fixture_file halves[] = {{"a.csv", WORLD_FILE_EVENTS, false, NULL, "2020-01-30"},
                                   {"a.csv", WORLD_FILE_EVENTS, true, "2020-01-31", NULL},
                                   {0}};
    i = import(halves, texts);
    assert_non_null(i.p);
    assert_int_equal(reason(&i, 1, PANEL_USED_LOCATED).deaths, 1);
    finish(&i);
}

/** Rows without an id cannot be compared with the other file's: they may count twice, whatever the other rows have. */
static void test_overlap_without_ids(void **state) {
    (void)state;
    const fixture_file files[] = {
        {"a.csv", WORLD_FILE_EVENTS, false, NULL, NULL}, {"b.csv", WORLD_FILE_EVENTS, false, NULL, NULL}, {0}};
    const char message[] =
        "this row has no id, and %s has events from 2020-01-31 to 2020-05-01 too, so that it may count "
        "twice; give one of the files a from: or to:";
    char expected[256];
    const char *const texts[] = {HEADER BATTLE "2020-01-31,1\n" BATTLE "2020-05-01,2\n",
                                 HEADER BATTLE "2020-01-31,16\n" BATTLE "2020-05-01,8\n"};
    imported i = import(files, texts);
    assert_null(i.p);
    assert_non_null(strstr(i.error.message, "none with the same id, so that events may count twice"));
    finish(&i);
    const char *const first[] = {HEADER "1" BATTLE "2020-01-31,1\n" BATTLE "2020-05-01,2\n",
                                 HEADER "1" BATTLE "2020-01-31,16\n3" BATTLE "2020-05-01,8\n"};
    i = import(files, first);
    assert_null(i.p);
    snprintf(expected, sizeof expected, message, "b.csv");
    assert_string_equal(i.error.message, expected);
    assert_non_null(strstr(i.error.file, "/a.csv"));
    assert_int_equal(i.error.line, 3);
    finish(&i);
    const char *const second[] = {HEADER "1" BATTLE "2020-01-31,1\n2" BATTLE "2020-05-01,2\n",
                                  HEADER "1" BATTLE "2020-01-31,16\n" BATTLE "2020-05-01,8\n"};
    i = import(files, second);
    assert_null(i.p);
    snprintf(expected, sizeof expected, message, "a.csv");
    assert_string_equal(i.error.message, expected);
    assert_int_equal(i.error.line, 3);
    finish(&i);
}

/* ---- totals ---------------------------------------------------------------------------------------------------- */

static imported import_totals(const char *totals) {
    const fixture_file files[] = {
        {"a.csv", WORLD_FILE_EVENTS, true, NULL, NULL}, {"totals.csv", WORLD_FILE_TOTALS, false, NULL, NULL}, {0}};
    return import(files, (const char *[]){HEADER "1" BATTLE "2020-01-31,3\n2,3,A,B,West,2020-02-01,2\n", totals});
}

static double total(const imported *i, uint32_t month, panel_type type) {
    return i->p->totals[(size_t)month * PANEL_TYPES + type];
}

static void test_totals(void **state) {
    (void)state;
    imported i = import_totals("name,month_id,country_id,ged_sb,ged_os,ged_ns\nxland,480,7,9,9,9\nxland,481,7,3,0.0,\n"
                               "other,481,8,99,99,99\nxland,482,7,1,2,0\nxland,600,7,5,5,5\n");
    assert_non_null(i.p);
    assert_true(total(&i, 0, PANEL_STATE_BASED) == 3);
    assert_true(total(&i, 0, PANEL_ONE_SIDED) == 0);
    assert_true(isnan(total(&i, 0, PANEL_NON_STATE)));
    assert_true(isnan(total(&i, 2, PANEL_STATE_BASED)));
    assert_int_equal(i.p->n_checks, 5);
    for (size_t k = 0; k < i.p->n_checks; k++) {
        const panel_check *c = &i.p->checks[k];
        bool differs = c->month_id == FIXTURE_FIRST + 1 && c->type == PANEL_STATE_BASED;
        assert_int_equal((double)c->events_deaths == c->total, !differs);
    }
    assert_int_equal(i.p->n_files, 2);
    assert_int_equal(i.p->files[1].n_rows, 5);
    assert_int_equal(strlen(i.p->files[1].hash), 64);
    finish(&i);
}

static void test_totals_by_name(void **state) {
    (void)state;
    imported i = import_totals("name,year,month,ged_sb\nXLAND,2020,2,6\nother,2020,2,7\n");
    assert_non_null(i.p);
    assert_true(total(&i, 1, PANEL_STATE_BASED) == 6);
    finish(&i);
}

static void check_totals_fail(const char *totals, const char *part) {
    imported i = import_totals(totals);
    assert_null(i.p);
    if (strstr(i.error.message, part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", i.error.message, part);
    assert_non_null(strstr(i.error.file, "totals.csv"));
    finish(&i);
}

static void test_wrong_totals(void **state) {
    (void)state;
    check_totals_fail("name,year,ged_sb\nxland,2020,5\n", "month_id, or year and month");
    check_totals_fail("month_id,ged_sb\n481,5\n", "country_id");
    check_totals_fail("month_id,country_id,sb\n481,7,5\n", "one or more of ged_sb, ged_ns, ged_os");
    check_totals_fail("month_id,country_id,ged_sb\n481,8,5\n", "no row is of the country Xland (country_id 7)");
    check_totals_fail("month_id,country_id,ged_sb\n481,7,-5\n", "ged_sb is -5; it must be a number of deaths");
    check_totals_fail("month_id,country_id,ged_sb\n0,7,5\n", "month_id is 0");
    check_totals_fail("month_id,country_id,ged_sb\n481,7,5\n481,7,5\n", "is in line 2 already");
    check_totals_fail("", "empty");
}

/* ---- the account ----------------------------------------------------------------------------------------------- */

static void test_account(void **state) {
    (void)state;
    imported i = import_totals("month_id,country_id,ged_sb,ged_os\n481,7,3,0\n482,7,1,2\n");
    text_buffer b;
    text_buffer_init(&b);
    panel_describe(i.p, i.w, &b);
    assert_false(b.failed);
    assert_non_null(strstr(b.data, "Event data of Xland, 2020-01 to 2021-12"));
    assert_non_null(strstr(b.data, "actors that no channel covers"));
    assert_non_null(strstr(b.data, "2020-01 to 2020-02  all events"));
    assert_non_null(strstr(b.data, "sb  2 months, 1 equal; largest difference -1 in 2020-02 (events 0, totals 1)"));
    assert_non_null(strstr(b.data, "os  2 months, 2 equal\n"));
    text_buffer_clear(&b);
    json *root = json_new();
    panel_to_json(i.p, i.w, root);
    double number;
    assert_true(json_number(json_get(json_get(root, "used"), "deaths"), &number) && number == 3);
    const json *dropped = json_get(root, "dropped");
    assert_int_equal(json_count(dropped), 1);
    assert_string_equal(json_text(json_get(json_at(dropped, 0), "reason")), panel_reason_text(PANEL_OTHER_CHANNEL));
    assert_true(json_number(json_get(json_at(dropped, 0), "deaths"), &number) && number == 2);
    assert_int_equal(json_count(json_get(root, "files")), 2);
    assert_int_equal(json_count(json_get(root, "checks")), 2);
    assert_int_equal(json_count(json_get(root, "others")), 1);
    assert_int_equal(json_count(json_get(root, "channels")), 3);
    char *text = NULL;
    size_t n;
    assert_int_equal(json_dump(root, true, &text, &n, NULL), TSR_OK);
    free(text);
    json_free(root);
    finish(&i);
}

static bool say_yes(void *user) {
    (void)user;
    return true;
}

static void test_hooks(void **state) {
    (void)state;
    const fixture_file files[] = {{"a.csv", WORLD_FILE_EVENTS, true, NULL, NULL}, {0}};
    fixture_folder folder = fixture_make_folder();
    world *w = fixture_world(files);
    panel_options options = {.hooks = {.cancelled = say_yes}, .tolerance_km = 25};
    panel *p = NULL;
    fixture_write_text(&folder, "a.csv", HEADER);
    tsr_error error = TSR_ERROR_INIT;
    assert_int_equal(panel_import(w, folder.path, &options, &p, NULL, &error), TSR_E_CANCELLED);
    options.hooks.cancelled = NULL;
    assert_int_equal(panel_import(w, folder.path, &options, &p, NULL, NULL), TSR_OK);
    panel_free(p);
    free(w);
    fixture_remove(&folder);
}

/** A range far beyond the events turns "unknown" into "quiet". */
static void test_silence(void **state) {
    (void)state;
    const fixture_file files[] = {{"a.csv", WORLD_FILE_EVENTS, true, NULL, "2021-08-31"}, {0}};
    imported i = import(files, (const char *[]){HEADER "1" BATTLE "2020-01-31,1\n"});
    assert_non_null(i.p);
    assert_int_equal(i.problems.n, 1);
    assert_non_null(strstr(i.problems.items[0].message, "reach to 2021-08-31, but its last event is of 2020-01-31"));
    finish(&i);
}

/** Nothing to read is fine: a scenario for simulation only. */
static void test_no_files(void **state) {
    (void)state;
    const fixture_file files[] = {{0}};
    imported i = import(files, NULL);
    assert_non_null(i.p);
    assert_int_equal(i.p->n_files, 0);
    assert_int_equal(i.p->n_months, 24);
    finish(&i);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_coverage),
        cmocka_unit_test(test_coverage_of_files_that_meet),
        cmocka_unit_test(test_duplicates),
        cmocka_unit_test(test_older_ids),
        cmocka_unit_test(test_duplicate_out_of_range),
        cmocka_unit_test(test_twice_in_one_file),
        cmocka_unit_test(test_overlap),
        cmocka_unit_test(test_same_file_twice),
        cmocka_unit_test(test_overlap_without_ids),
        cmocka_unit_test(test_totals),
        cmocka_unit_test(test_totals_by_name),
        cmocka_unit_test(test_wrong_totals),
        cmocka_unit_test(test_account),
        cmocka_unit_test(test_hooks),
        cmocka_unit_test(test_silence),
        cmocka_unit_test(test_no_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
