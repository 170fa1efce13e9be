/* The self-test: every limit holds, and a limit whose world has one parameter 10 % too large fails. */
#include "study/selftest.h"

#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static selftest_limit run_one(size_t i, bool spoilt) {
    tsr_error error = TSR_ERROR_INIT;
    selftest_limit limit;
    if (selftest_run_one(i, spoilt, &limit, &error) != TSR_OK)
        fail_msg("%s", error.message);
    return limit;
}

static void all_hold(void **state) {
    (void)state;
    size_t n = selftest_count(), n_failed = 0;
    selftest_limit *limits = calloc(n, sizeof *limits);
    tsr_error error = TSR_ERROR_INIT;
    assert_non_null(limits);
    if (selftest_run(NULL, limits, &error) != TSR_OK)
        fail_msg("%s", error.message);
    assert_true(n >= 24);
    for (size_t i = 0; i < n; i++) {
        if (!limits[i].passed)
            print_error("%s: exact %.9g, computed %.9g, tolerance %.2g\n", limits[i].name, limits[i].exact,
                        limits[i].computed, limits[i].tolerance);
        n_failed += !limits[i].passed;
        assert_true(limits[i].tolerance > 0);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(limits[k].name, limits[i].name);
    }
    assert_int_equal(n_failed, 0);
    free(limits);
}

/* The sabotaged twins. */
static void spoilt_ones_fail(void **state) {
    (void)state;
    size_t n = selftest_count(), n_spoilt = 0, n_unnoticed = 0;
    for (size_t i = 0; i < n; i++) {
        if (!selftest_can_spoil(i))
            continue;
        selftest_limit limit = run_one(i, true);
        if (limit.passed)
            print_error("%s does not notice: exact %.9g, computed %.9g, tolerance %.2g\n", limit.name, limit.exact,
                        limit.computed, limit.tolerance);
        n_unnoticed += limit.passed;
        n_spoilt++;
    }
    assert_int_equal(n_unnoticed, 0);
    assert_true(n_spoilt >= 8);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_hold), cmocka_unit_test(spoilt_ones_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
