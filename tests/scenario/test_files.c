/* Files: what is read, what is refused, and that everything wrong is listed at once. */
#include "base/file.h"
#include "fixture.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void expect(const problem_list *list, const char *file, uint32_t line, uint32_t column, const char *message) {
    for (size_t i = 0; i < list->n; i++) {
        const problem *p = &list->items[i];
        size_t n = strlen(p->file), k = strlen(file);
        if (n >= k && strcmp(p->file + n - k, file) == 0 && p->line == line && p->column == column &&
            strstr(p->message, message))
            return;
    }
    for (size_t i = 0; i < list->n; i++)
        print_error("%s:%u:%u: %s\n", list->items[i].file, list->items[i].line, list->items[i].column,
                    list->items[i].message);
    fail_msg("not among these: %s:%u:%u: %s", file, line, column, message);
}

/** Scenario text that is accepted. */
static void accept(void **state, const char *text) {
    world *w;
    problem_list list;
    read_text(state, text, &w, &list);
    expect_errors(&list, 0, text);
    problem_list_clear(&list);
    free(w);
}

static void test_accepted(void **state) {
    accept(state, GOOD_SCENARIO);
    accept(state, "\xef\xbb\xbf" GOOD_SCENARIO); /* a byte order mark */
    accept(state, "---\n" GOOD_SCENARIO "...\n");
    char *text = malloc(2 * sizeof GOOD_SCENARIO), *to = text; /* CRLF */
    assert_non_null(text);
    for (const char *c = GOOD_SCENARIO; *c; c++) {
        if (*c == '\n')
            *to++ = '\r';
        *to++ = *c;
    }
    *to = 0;
    accept(state, text);
    free(text);
}

static void refuse(void **state, const char *bytes, size_t n, uint32_t line, uint32_t column, const char *message) {
    world *w = NULL;
    problem_list list;
    tsr_error error = TSR_ERROR_INIT;
    problem_list_init(&list);
    assert_int_equal(scenario_read_bytes(bytes, n, "scenario.yaml", *state, &w, &list, &error), TSR_E_INPUT);
    assert_null(w);
    expect_errors(&list, 1, bytes);
    expect(&list, "scenario.yaml", line, column, message);
    assert_string_equal(error.message, list.items[0].message);
    problem_list_clear(&list);
}

static void test_bytes(void **state) {
    static const char elf[] = "\x7f"
                              "ELF\x02\x01\x01\0\0\0\0\0\0\0\0";
    refuse(state, "", 0, 1, 1, "the file is empty; a scenario begins with `tessera: 1`");
    refuse(state, "# nothing\n", 10, 1, 1, "the file is empty");
    refuse(state, "\xef\xbb\xbf", 3, 1, 1, "the file is empty");
    refuse(state, elf, sizeof elf, 1, 8, "the byte 0x00 is not text in UTF-8");
    refuse(state, "tessera: 1\nname: a\0b\n", 21, 2, 8, "the byte 0x00 is not text in UTF-8");
    refuse(state, "tessera: 1\nname: \xfc", 18, 2, 7, "the byte 0xfc is not text in UTF-8");
    refuse(state, "5\n", 2, 1, 1, "a scenario must be a map of keys and values; this is a single value");
    refuse(state, "- 5\n", 4, 1, 1, "a scenario must be a map of keys and values; this is a list");
    char deep[201];
    memset(deep, '[', 100);
    memset(deep + 100, ']', 100);
    deep[200] = 0;
    refuse(state, deep, 200, 1, 34, "lists and maps are nested more than 32 deep");
    refuse(state, "tessera: \t1: 2\n", 15, 1, 12, "this is not valid YAML");
}

/** Every problem is there, each once, and none follows from another. */
static void test_all_listed(void **state) {
    static const char text[] = "tessera: 1\n"
                               "name:\n"
                               "name: Again\n"
                               "period: {start: 2020-02-30, last_observed: 2020-12}\n"
                               "areas: {boundaries: boundaries.geojson, population: population.csv}\n"
                               "actors:\n"
                               "  rebels: {kind: faction, ideology: 2, colour: red}\n"
                               "  usa: {kind: *power}\n"
                               "questions:\n"
                               "  - {id: q, ask: ruler(rebels) >= 1 by 2021-05}\n"
                               "  - {id: r, ask: ruler(nobody) >= 1 by 2021-05}\n"
                               "facts:\n"
                               "  - {about: deaths, date: 2020, low: 5, high: 4, colour: red}\n";
    world *w;
    problem_list list;
    assert_int_equal(read_text(state, text, &w, &list), TSR_E_INPUT);
    expect_errors(&list, 9, text);
    expect(&list, "scenario.yaml", 2, 6, "the value is empty");
    expect(&list, "scenario.yaml", 3, 1, "the key 'name' appears twice; first on line 2");
    expect(&list, "scenario.yaml", 4, 17, "'2020-02-30'");
    expect(&list, "scenario.yaml", 7, 37, "ideology is 2; it must be from 0 to 1");
    expect(&list, "scenario.yaml", 7, 40, "'colour' is not a key of actor rebels");
    expect(&list, "scenario.yaml", 8, 15, "aliases (*name) are not allowed");
    expect(&list, "scenario.yaml", 11, 24, "a faction of this scenario is expected; found 'nobody)");
    expect(&list, "scenario.yaml", 13, 38, "the interval of the fact is upside down: low 5 is above high 4");
    expect(&list, "scenario.yaml", 13, 50, "'colour' is not a key of a fact");
    problem_list_clear(&list);
}

/** A table or boundaries beside the scenario that are wrong: one error in that file. */
static void test_beside(void **state) {
#define BOX(name, a, b)                                                                                                \
    "{\"type\": \"Feature\", \"properties\": {\"name\": \"" name "\"}, \"geometry\": {\"type\": "                      \
    "\"Polygon\", \"coordinates\": [[[10, 10], [11, 10], [11, " a "], [10, " b "]]]}}"
#define FEATURES(list) "{\"type\": \"FeatureCollection\", \"features\": [" list "]}"
    static const struct {
        const char *name, *text;
        uint32_t line, column;
        const char *message;
    } cases[] = {
        {"p1.csv", "", 1, 1, "the file is empty; a header row is needed"},
        {"p2.csv", "nam,population\n", 1, 1, "the header needs the columns 'name' and 'population'"},
        {"p3.csv", "name,population\nWest,5\nNorth,6\n", 3, 1, "'North' is not an area of the boundaries"},
        {"p4.csv", "name,population\nWest,many\n", 2, 1, "the population is 'many'; it must be a number, 0 or more"},
        {"p5.csv", "name,population\nWest,-5\n", 2, 1, "the population is '-5'; it must be a number, 0 or more"},
        {"p6.csv", "name,population\nWest\n", 2, 1, "this row has 1 cells; the header has 2"},
        {"p7.csv", "name,population\n\"West,5\n", 2, 1, "a quoted cell is not closed"},
        {"p8.csv", "name,population\nWest,5\nWEST state,6\n", 3, 1, "'WEST state' appears twice; first on line 2"},
        {"p9.csv", "name,population\nWest,1e999\n", 2, 1, "the population is '1e999'"},
        {"b1.geojson", FEATURES(""), 0, 0, "the file has 0 features"},
        {"b2.geojson", FEATURES(BOX("West", "11", "11")), 0, 0, "closed"},
        {"b3.geojson", FEATURES(BOX("West", "95", "11")), 0, 0, "95"},
        {"b4.geojson", "name,population\n", 1, 4, "this is not valid JSON"},
        {"b5.geojson", "", 1, 1, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char change[80];
        world *w;
        problem_list list;
        bool is_table = cases[i].name[0] == 'p';
        scratch_write(scratch_path(state, cases[i].name), cases[i].text);
        snprintf(change, sizeof change, is_table ? "population: %s}" : "boundaries: %s", cases[i].name);
        char *text = edited(GOOD_SCENARIO,
                            is_table ? "population: population.csv}"
                                     : "boundaries: boundaries.geojson, population: population.csv",
                            change);
        assert_int_equal(read_text(state, text, &w, &list), TSR_E_INPUT);
        expect_errors(&list, 1, text);
        const problem *p = &list.items[0];
        for (size_t k = 0; p->severity != PROBLEM_ERROR && k < list.n; k++)
            p = &list.items[k];
        if (!strstr(p->file, cases[i].name) || !strstr(p->message, cases[i].message) ||
            (cases[i].line && (p->line != cases[i].line || p->column != cases[i].column)))
            fail_msg("%s: %s:%u:%u: %s", cases[i].name, p->file, p->line, p->column, p->message);
        problem_list_clear(&list);
        free(text);
    }
}

static void test_missing(void **state) {
    static const char *const names[] = {"boundaries.geojson", "population.csv"};
    for (size_t i = 0; i < 2; i++) {
        world *w;
        problem_list list;
        char *text = edited(GOOD_SCENARIO, names[i], "none.txt");
        assert_int_equal(read_text(state, text, &w, &list), TSR_E_INPUT);
        expect_errors(&list, 1, text);
        const problem *p = &list.items[list.n - 1];
        if (!strstr(p->message, "none.txt") && !strstr(p->file, "none.txt"))
            fail_msg("no file named in %s: %s", p->file, p->message);
        problem_list_clear(&list);
        free(text);
    }
}

static tsr_status read_path(const char *path, char *folder, size_t *n_errors) {
    world *w = NULL;
    problem_list list;
    tsr_error error = TSR_ERROR_INIT;
    problem_list_init(&list);
    tsr_status status = scenario_read(path, &w, folder, &list, &error);
    *n_errors = list.n_errors;
    if (status != TSR_OK)
        assert_true(strlen(error.message) > 0);
    problem_list_clear(&list);
    free(w);
    return status;
}

/** A folder, a file, a file in the current folder; and what is none of them. */
static void test_paths(void **state) {
    char folder[TSR_PATH_SIZE], here[4096];
    size_t n;
    const char *scratch = *state;
    scratch_write(scratch_path(state, "scenario.yaml"), GOOD_SCENARIO);
    assert_int_equal(read_path(scratch, folder, &n), TSR_OK);
    assert_string_equal(folder, scratch);
    assert_int_equal(read_path(scratch_path(state, "scenario.yaml"), folder, &n), TSR_OK);
    assert_string_equal(folder, scratch);
    assert_non_null(getcwd(here, sizeof here));
    assert_int_equal(chdir(scratch), 0);
    assert_int_equal(read_path("scenario.yaml", folder, &n), TSR_OK);
    assert_int_equal(read_path(".", folder, &n), TSR_OK);
    assert_int_equal(chdir(here), 0);
    assert_int_equal(read_path(scratch_path(state, "none"), folder, &n), TSR_E_INPUT);
    assert_int_equal(n, 1);
    assert_int_equal(mkdir(scratch_path(state, "empty"), 0700), 0);
    assert_int_equal(read_path(scratch_path(state, "empty"), folder, &n), TSR_E_INPUT);
    assert_int_equal(n, 1);
    assert_int_equal(mkdir(scratch_path(state, "odd"), 0700), 0);
    assert_int_equal(mkdir(scratch_path(state, "odd/scenario.yaml"), 0700), 0);
    assert_int_equal(read_path(scratch_path(state, "odd"), folder, &n), TSR_E_INPUT);
    assert_int_equal(n, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepted), cmocka_unit_test(test_bytes),   cmocka_unit_test(test_all_listed),
        cmocka_unit_test(test_beside),   cmocka_unit_test(test_missing), cmocka_unit_test(test_paths),
    };
    return cmocka_run_group_tests_name("scenario files", tests, country_make, scratch_remove);
}
