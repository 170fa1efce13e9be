/* What every test of this folder includes: cmocka with the headers it needs, and a scratch folder of one's own. */
#ifndef TESTS_BASE_TEST_H
#define TESTS_BASE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/** Set up and tear down of a group of tests: *state is the path of an empty folder, removed at the end. */
int scratch_make(void **state);
int scratch_remove(void **state);
/** `scratch`/`name` in one of a few static buffers that are used in turn. */
char *scratch_path(void **state, const char *name);
/** Make a file with this text. */
void scratch_write(const char *path, const char *text);
/** Entries of a folder without . and .., -1 when it cannot be opened. */
int scratch_count(const char *path);
bool scratch_exists(const char *path);
/** Does the file hold just this text? */
bool scratch_holds(const char *path, const char *text);

#endif
