/* Means and quantiles of draws: against sorting, on ties, single values, and values that are not numbers. */
#include "ensemble/record.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const double probabilities[] = {0, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 1};
enum { N_PROBABILITIES = sizeof probabilities / sizeof *probabilities };

static int compare(const void *a, const void *b) {
    const float *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/** Type 1 by definition: the smallest value x with (values <= x) / n >= p. */
static double brute_force(const float *sorted, uint32_t n, double p) {
    for (uint32_t i = 0; i < n; i++)
        if ((double)(i + 1) / n >= p - 1e-12)
            return (double)sorted[i];
    return (double)sorted[n - 1];
}

static uint32_t next(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

static void quantiles_equal_brute_force(void **unused) {
    (void)unused;
    uint64_t state = 20261123;
    for (uint32_t trial = 0; trial < 600; trial++) {
        uint32_t n = 1 + next(&state) % (trial % 3 ? 40 : 1000), range = trial % 2 ? 5 : 1u << 20;
        float *values = malloc(n * sizeof *values), *scratch = malloc(n * sizeof *scratch),
              *sorted = malloc(n * sizeof *sorted);
        double mean, quantiles[N_PROBABILITIES], sum = 0;
        assert_true(values && scratch && sorted);
        for (uint32_t i = 0; i < n; i++) {
            values[i] = (float)(next(&state) % range) - 2;
            sum += (double)values[i];
        }
        memcpy(sorted, values, n * sizeof *sorted);
        qsort(sorted, n, sizeof *sorted, compare);
        float first = values[0];
        record_summary(values, n, probabilities, N_PROBABILITIES, scratch, &mean, quantiles);
        assert_true(values[0] == first);
        assert_true(fabs(mean - sum / n) <= 1e-9 * (1 + fabs(mean)));
        for (uint32_t q = 0; q < N_PROBABILITIES; q++)
            assert_true(quantiles[q] == brute_force(sorted, n, probabilities[q]));
        free(values);
        free(scratch);
        free(sorted);
    }
}

static void ranks_do_not_suffer_from_rounding(void **unused) {
    (void)unused;
    float values[1000], scratch[1000];
    double mean, quantile;
    for (uint32_t i = 0; i < 1000; i++)
        values[i] = (float)(i + 1);
    for (uint32_t k = 1; k <= 1000; k++) {
        double p = (double)k / 1000;
        record_summary(values, 1000, &p, 1, scratch, &mean, &quantile);
        assert_true(quantile == k);
    }
}

static void falling_probabilities_work(void **unused) {
    (void)unused;
    const double falling[] = {0.9, 0.1, 0.5};
    float values[] = {5, 3, 1, 2, 4, 9, 8, 7, 6, 10}, scratch[10];
    double mean, quantiles[3];
    record_summary(values, 10, falling, 3, scratch, &mean, quantiles);
    assert_true(quantiles[0] == 9 && quantiles[1] == 1 && quantiles[2] == 5 && mean == 5.5);
}

static void a_nan_is_never_hidden(void **unused) {
    (void)unused;
    float values[] = {1, NAN, 3}, scratch[3];
    double mean, quantiles[N_PROBABILITIES];
    record_summary(values, 3, probabilities, N_PROBABILITIES, scratch, &mean, quantiles);
    assert_true(isnan(mean) && isnan(quantiles[5]));
}

static void variables_are_found_by_name(void **unused) {
    (void)unused;
    record_variable variables[2] = {{.name = "a"}, {.name = "b"}};
    record r = {.variables = variables, .n_variables = 2};
    assert_ptr_equal(record_find(&r, "b"), &variables[1]);
    assert_null(record_find(&r, "c"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_equal_brute_force), cmocka_unit_test(ranks_do_not_suffer_from_rounding),
        cmocka_unit_test(falling_probabilities_work),  cmocka_unit_test(a_nan_is_never_hidden),
        cmocka_unit_test(variables_are_found_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
