/* Folders that appear complete or not at all, and never at the cost of what is not ours. */
#include "base/file.h"
#include "test.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/** Write a file into the folder that is being made. */
static void put(const folder_out *folder, const char *name, const char *text) {
    char path[TSR_PATH_SIZE];
    assert_int_equal(folder_path(folder, name, path, NULL), TSR_OK);
    scratch_write(path, text);
}

/** Begin in a folder of this test's own; *out is the final path. */
static tsr_status begin(void **state, folder_out *folder, const char *name, bool replace, tsr_error *error) {
    return folder_begin(folder, scratch_path(state, name), replace, error);
}

static void make_run(void **state, const char *name, const char *text) {
    folder_out folder;
    assert_int_equal(begin(state, &folder, name, true, NULL), TSR_OK);
    put(&folder, "provenance.json", text);
    assert_int_equal(folder_commit(&folder, NULL), TSR_OK);
}

static void test_commit(void **state) {
    folder_out folder;
    tsr_error error = TSR_ERROR_INIT;
    assert_int_equal(begin(state, &folder, "commit/a/b/run//", false, &error), TSR_OK); /* parents are made */
    char *final = scratch_path(state, "commit/a/b/run");
    assert_string_equal(folder.path_final, final);
    char temporary[TSR_PATH_SIZE + 64];
    snprintf(temporary, sizeof temporary, "%s/.run.tmp-%ld", scratch_path(state, "commit/a/b"), (long)getpid());
    assert_string_equal(folder.path_temporary, temporary);
    put(&folder, "run.nc", "numbers");
    assert_false(scratch_exists(final));
    assert_int_equal(folder_commit(&folder, &error), TSR_OK);
    assert_true(scratch_holds(scratch_path(state, "commit/a/b/run/run.nc"), "numbers"));
    assert_int_equal(scratch_count(scratch_path(state, "commit/a/b")), 1);
    folder_abandon(&folder); /* does nothing after a commit */
    assert_true(scratch_holds(scratch_path(state, "commit/a/b/run/run.nc"), "numbers"));
    assert_int_equal(error.status, TSR_OK);
}

/** What is abandoned leaves nothing behind; links are removed, not what they lead to. */
static void test_abandon(void **state) {
    folder_out folder;
    char path[TSR_PATH_SIZE];
    assert_int_equal(mkdir(scratch_path(state, "precious"), 0777), 0);
    scratch_write(scratch_path(state, "precious/file"), "precious");
    assert_int_equal(mkdir(scratch_path(state, "abandon"), 0777), 0);
    assert_int_equal(begin(state, &folder, "abandon/run", false, NULL), TSR_OK);
    put(&folder, "file", "x");
    assert_int_equal(folder_path(&folder, "deep", path, NULL), TSR_OK);
    assert_int_equal(mkdir(path, 0777), 0);
    put(&folder, "deep/file", "x");
    assert_int_equal(folder_path(&folder, "deep/link_to_folder", path, NULL), TSR_OK);
    assert_int_equal(symlink(scratch_path(state, "precious"), path), 0);
    assert_int_equal(folder_path(&folder, "link_to_file", path, NULL), TSR_OK);
    assert_int_equal(symlink(scratch_path(state, "precious/file"), path), 0);
    assert_int_equal(folder_path(&folder, "pipe", path, NULL), TSR_OK);
    assert_int_equal(mkfifo(path, 0600), 0);
    folder_abandon(&folder);
    assert_int_equal(scratch_count(scratch_path(state, "abandon")), 0);
    assert_true(scratch_holds(scratch_path(state, "precious/file"), "precious"));
    folder_abandon(&folder);
}

static void test_replace(void **state) {
    folder_out folder;
    tsr_error error = TSR_ERROR_INIT;
    make_run(state, "replace/run", "first");
    scratch_write(scratch_path(state, "replace/run/more"), "old");
    assert_int_equal(begin(state, &folder, "replace/run", false, &error), TSR_E_IO);
    assert_non_null(strstr(error.message, "--force"));
    assert_non_null(strstr(error.message, "--out"));
    assert_string_equal(error.file, scratch_path(state, "replace/run"));
    assert_int_equal(scratch_count(scratch_path(state, "replace")), 1);
    assert_int_equal(begin(state, &folder, "replace/run", true, NULL), TSR_OK);
    put(&folder, "provenance.json", "second");
    assert_true(scratch_holds(scratch_path(state, "replace/run/provenance.json"), "first")); /* until the end */
    assert_int_equal(folder_commit(&folder, NULL), TSR_OK);
    assert_true(scratch_holds(scratch_path(state, "replace/run/provenance.json"), "second"));
    assert_false(scratch_exists(scratch_path(state, "replace/run/more")));
    assert_int_equal(scratch_count(scratch_path(state, "replace")), 1);
    assert_int_equal(begin(state, &folder, "replace/run", true, NULL), TSR_OK);
    folder_abandon(&folder);
    assert_true(scratch_holds(scratch_path(state, "replace/run/provenance.json"), "second"));
}

static void test_not_ours(void **state) {
    folder_out folder;
    tsr_error error = TSR_ERROR_INIT;
    assert_int_equal(mkdir(scratch_path(state, "thesis"), 0777), 0);
    scratch_write(scratch_path(state, "thesis/chapter"), "years of work");
    assert_int_equal(begin(state, &folder, "thesis", true, &error), TSR_E_IO);
    assert_non_null(strstr(error.message, "provenance.json"));
    scratch_write(scratch_path(state, "a_file"), "x");
    assert_int_equal(begin(state, &folder, "a_file", true, NULL), TSR_E_IO);
    assert_int_equal(symlink(scratch_path(state, "thesis"), scratch_path(state, "a_link")), 0);
    assert_int_equal(begin(state, &folder, "a_link", true, NULL), TSR_E_IO);
    assert_int_equal(begin(state, &folder, "a_file/run", true, NULL), TSR_E_IO);
    assert_true(scratch_holds(scratch_path(state, "thesis/chapter"), "years of work"));
    folder_abandon(&folder); /* of one that never began */
}

/** An empty folder holds nothing to lose, and is still there when the run is abandoned. */
static void test_empty(void **state) {
    folder_out folder;
    assert_int_equal(mkdir(scratch_path(state, "empty"), 0777), 0);
    assert_int_equal(begin(state, &folder, "empty", false, NULL), TSR_E_IO);
    assert_int_equal(begin(state, &folder, "empty", true, NULL), TSR_OK);
    folder_abandon(&folder);
    assert_int_equal(scratch_count(scratch_path(state, "empty")), 0);
    make_run(state, "empty", "x");
    assert_int_equal(scratch_count(scratch_path(state, "empty")), 1);
}

/** Of two runs into one folder the second does not delete the first. */
static void test_meanwhile(void **state) {
    folder_out folder;
    tsr_error error = TSR_ERROR_INIT;
    assert_int_equal(begin(state, &folder, "race/run", false, NULL), TSR_OK);
    put(&folder, "provenance.json", "late");
    assert_int_equal(mkdir(scratch_path(state, "race/run"), 0777), 0);
    scratch_write(scratch_path(state, "race/run/provenance.json"), "early");
    assert_int_equal(folder_commit(&folder, &error), TSR_E_IO);
    assert_non_null(strstr(error.message, "exists already"));
    assert_true(scratch_holds(scratch_path(state, "race/run/provenance.json"), "early"));
    assert_int_equal(scratch_count(scratch_path(state, "race")), 1);
    assert_int_equal(begin(state, &folder, "race/new", true, NULL), TSR_OK);
    scratch_write(scratch_path(state, "race/new"), "a file of somebody");
    assert_int_equal(folder_commit(&folder, NULL), TSR_E_IO);
    assert_true(scratch_holds(scratch_path(state, "race/new"), "a file of somebody"));
    assert_int_equal(scratch_count(scratch_path(state, "race")), 2);
}

/** What a killed process with our number left does not get into our folder. */
static void test_left_over(void **state) {
    char name[64];
    snprintf(name, sizeof name, "left/.run.tmp-%ld", (long)getpid());
    assert_int_equal(mkdir(scratch_path(state, "left"), 0777), 0);
    assert_int_equal(mkdir(scratch_path(state, name), 0777), 0);
    snprintf(name, sizeof name, "left/.run.tmp-%ld/half", (long)getpid());
    scratch_write(scratch_path(state, name), "x");
    make_run(state, "left/run", "whole");
    assert_int_equal(scratch_count(scratch_path(state, "left/run")), 1);
    assert_int_equal(scratch_count(scratch_path(state, "left")), 1);
}

static void test_names(void **state) {
    folder_out folder;
    tsr_error error = TSR_ERROR_INIT;
    assert_int_equal(folder_begin(&folder, "", false, &error), TSR_E_USAGE);
    assert_int_equal(folder_begin(&folder, "/", true, NULL), TSR_E_USAGE);
    assert_int_equal(folder_begin(&folder, ".", true, NULL), TSR_E_USAGE);
    assert_int_equal(begin(state, &folder, "new/.", false, NULL), TSR_E_USAGE);
    assert_int_equal(begin(state, &folder, "new/..", false, NULL), TSR_E_USAGE);
    assert_false(scratch_exists(scratch_path(state, "new")));
    char longest[TSR_PATH_SIZE * 2];
    memset(longest, 'n', sizeof longest - 1);
    longest[sizeof longest - 1] = 0;
    error = (tsr_error)TSR_ERROR_INIT;
    assert_int_equal(folder_begin(&folder, longest, false, &error), TSR_E_USAGE);
    assert_non_null(strstr(error.message, "1 to 448"));
    longest[448] = 0; /* allowed, but longer than file systems take: an error at once, not after hours */
    assert_int_equal(begin(state, &folder, longest, false, NULL), TSR_E_USAGE);
    longest[300] = 0;
    assert_int_equal(begin(state, &folder, longest, false, NULL), TSR_E_IO);
    char out[TSR_PATH_SIZE];
    assert_int_equal(begin(state, &folder, "fits", false, NULL), TSR_OK);
    longest[300] = 'n';
    assert_int_equal(folder_path(&folder, longest, out, NULL), TSR_OK);
    longest[448] = 'n';
    assert_int_equal(folder_path(&folder, longest, out, NULL), TSR_E_INPUT);
    folder_abandon(&folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_commit),    cmocka_unit_test(test_abandon), cmocka_unit_test(test_replace),
        cmocka_unit_test(test_not_ours),  cmocka_unit_test(test_empty),   cmocka_unit_test(test_meanwhile),
        cmocka_unit_test(test_left_over), cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
