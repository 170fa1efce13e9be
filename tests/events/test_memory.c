/* Every allocation of ours fails once: the import says so, and nothing is lost or leaks. The linker sends our allocations
 * (not those of outside libraries) through the functions here. */
#include "events/describe.h"
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static long n_left = -1; /* allocations that succeed before one fails; -1: all */

static bool fails(void) {
    return n_left >= 0 && n_left-- == 0;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);

void *__wrap_malloc(size_t size) {
    return fails() ? NULL : __real_malloc(size);
}
void *__wrap_calloc(size_t n, size_t size) {
    return fails() ? NULL : __real_calloc(n, size);
}
void *__wrap_realloc(void *old, size_t size) {
    return fails() ? NULL : __real_realloc(old, size);
}

/** Two files with everything in them: duplicates, quotes, unknown names, other actors. */
static void write_files(const fixture_folder *folder) {
    fixture_write_text(folder, "a.csv",
                       FIXTURE_HEADER
                       "1,1,Government of X,REB,1,\"a \"\"b\"\"\",West,,,Xland,2020-01-01,2020-01-02,1,1,1\n"
                       "2,2,P,Q,1,x,Nowhere,0.5,1.5,Xland,2020-02-01,2020-02-02,1,1,1\n");
    fixture_write_text(folder, "b.csv",
                       FIXTURE_HEADER "1,1,Government of X,REB,1,x,East,,,Xland,2020-01-01,2020-01-02,1,1,1\n"
                                      "3,3,REB,Civilians,6,x,,,,Xland,2020-02-01,2020-02-02,1,2,1\n");
    fixture_write_text(folder, "t.csv", "month_id,country_id,ged_sb\n481,7,1\n");
}

static void test_import(void **state) {
    (void)state;
    const fixture_file files[] = {{"a.csv", WORLD_FILE_EVENTS, true, NULL, NULL},
                                  {"b.csv", WORLD_FILE_EVENTS, true, NULL, NULL},
                                  {"t.csv", WORLD_FILE_TOTALS, true, NULL, NULL},
                                  {0}};
    fixture_folder folder = fixture_make_folder();
    world *w = fixture_world(files);
    write_files(&folder);
    long k = 0;
    for (bool done = false; !done; k++) {
        problem_list problems;
        tsr_error error = TSR_ERROR_INIT;
        panel *p = NULL;
        problem_list_init(&problems);
        n_left = k;
        tsr_status status = panel_import(w, folder.path, NULL, &p, &problems, &error);
        done = n_left >= 0;
        n_left = -1;
        if (status == TSR_OK) /* or a warning was lost, which the list says */
            assert_true(done || problems.out_of_memory);
        else
            assert_int_equal(status, TSR_E_MEMORY);
        assert_true((status == TSR_OK) == (p != NULL));
        assert_true(status == TSR_OK || strlen(error.message) > 0);
        panel_free(p);
        problem_list_clear(&problems);
    }
    assert_true(k > 40);
    free(w);
    fixture_remove(&folder);
}

static void test_describe(void **state) {
    (void)state;
    problem_list problems;
    panel *p = fixture_import(FIXTURE_HEADER "1,1,P,Q,1,x,West,,,Xland,2020-01-01,2020-01-02,1,1,1\n", &problems, NULL);
    world *w = fixture_world((const fixture_file[]){{0}});
    problem_list_clear(&problems);
    for (bool done = false; !done;) {
        static long k;
        text_buffer b;
        text_buffer_init(&b);
        n_left = k++;
        panel_describe(p, w, &b);
        done = n_left >= 0;
        n_left = -1;
        assert_true(done == !b.failed);
        text_buffer_clear(&b);
    }
    panel_free(p);
    free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_import), cmocka_unit_test(test_describe)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
