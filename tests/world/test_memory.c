/* Every allocation of ours fails once: the call says so, and nothing is lost or leaks.
 *
 * The linker sends our allocations (not those of outside libraries) through the functions here. */
#include "boundaries.h"
#include "sample.h"
#include "world/geography.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>

#include <cmocka.h>

static long n_left = -1; /* allocations that succeed before one fails; -1: all */

static bool fails(void) {
    return n_left >= 0 && n_left-- == 0;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);

void *__wrap_malloc(size_t size) {
    return fails() ? NULL : __real_malloc(size);
}
void *__wrap_calloc(size_t n, size_t size) {
    return fails() ? NULL : __real_calloc(n, size);
}
void *__wrap_realloc(void *old, size_t size) {
    return fails() ? NULL : __real_realloc(old, size);
}
void *__wrap_aligned_alloc(size_t alignment, size_t size) {
    return fails() ? NULL : __real_aligned_alloc(alignment, size);
}

static void test_builder(void **state) {
    (void)state;
    long k = 0;
    for (bool done = false; !done; k++) {
        n_left = k;
        world_builder *b = sample_builder();
        world *w = NULL;
        tsr_error error = TSR_ERROR_INIT;
        tsr_status status = b == NULL ? TSR_E_MEMORY : world_builder_freeze(b, &w, &error);
        done = n_left >= 0;
        n_left = -1;
        assert_int_equal(status, done ? TSR_OK : TSR_E_MEMORY);
        assert_true(done == (w != NULL));
        world_builder_free(b);
        free(w);
    }
    assert_true(k > 25);
}

/** Two squares side by side, one of them with a hole and crossing itself. */
static const char *const boundaries =
    "{\"type\":\"FeatureCollection\",\"features\":["
    "{\"properties\":{\"name\":\"A\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":"
    "[[[0,0],[3,0],[3,3],[0,3],[0,0]],[[1,1],[2,2],[2,1],[1,2],[1,1]]]}},"
    "{\"properties\":{\"name\":\"B\"},\"geometry\":{\"type\":\"MultiPolygon\",\"coordinates\":"
    "[[[[3,0],[6,0],[6,3],[3,3],[3,0]]],[[[7,0],[8,0],[8,1],[7,0]]]]}}]}";

static void test_geography(void **state) {
    (void)state;
    long k = 0;
    for (bool done = false; !done; k++) {
        tsr_error error = TSR_ERROR_INIT;
        n_left = k;
        world *w = read_boundaries_text(boundaries, NULL, &error);
        done = n_left >= 0;
        n_left = -1;
        if (done != (w != NULL) || (!done && error.status != TSR_E_MEMORY))
            fail_msg("allocation %ld: status %d, %s", k, (int)error.status, error.message);
        free(w);
    }
    assert_true(k > 20);
}

static void test_locator(void **state) {
    (void)state;
    world *w = sample_world();
    assert_non_null(w);
    long k = 0;
    for (bool done = false; !done; k++) {
        geography_locator *l = NULL;
        n_left = k;
        tsr_status status = geography_locator_create(w, &l, NULL);
        done = n_left >= 0;
        n_left = -1;
        assert_int_equal(status, done ? TSR_OK : TSR_E_MEMORY);
        assert_true(done == (l != NULL));
        geography_locator_free(l);
    }
    assert_int_equal(k, 4);
    free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_builder),
        cmocka_unit_test(test_geography),
        cmocka_unit_test(test_locator),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
