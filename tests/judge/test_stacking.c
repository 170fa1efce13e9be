/* Stacking: bins that cover every count once, the mode against a grid, the prior, shares of draws. No statistics. */
#include "judge/stacking.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/** Every whole number from 0 to a million lies in exactly one bin, and probabilities sum to 1 over the bins. */
static void bins_partition_counts(void **state) {
    (void)state;
    double y = 0, sum = 0;
    int n_bins = 0;
    while (y < 1e6) {
        /* A single draw at y has the higher of two probabilities in the bin of y only. */
        double inside = stacking_probability(&y, 1, y), last = y;
        sum += inside / 2; /* (1 + 1)/(1 + B) */
        n_bins++;
        while (y < 1e6 && stacking_probability(&last, 1, y) > 0.75 * inside)
            y++;
        assert_true(y - last <= (last < 3 ? 1 : 0.55 * last + 1));
    }
    assert_int_equal(n_bins, 34);
    assert_float_equal(sum, 34.0 / 35, 1e-12);
}

static void probability_counts_draws(void **state) {
    (void)state;
    const double draws[] = {0, 0, 1, 3, 4, 5000};
    assert_float_equal(stacking_probability(draws, 6, 0), 3.0 / 40, 1e-15);
    assert_float_equal(stacking_probability(draws, 6, 3), 3.0 / 40, 1e-15); /* 3 and 4 */
    assert_float_equal(stacking_probability(draws, 6, 2), 1.0 / 40, 1e-15);
    assert_float_equal(stacking_probability(draws, 6, 1e9), 1.0 / 40, 1e-15);
}

static double objective(const stacking_case *cases, size_t n, double w) {
    double sum = STACKING_STRENGTH / 2 * (log(w) + log(1 - w));
    for (size_t i = 0; i < n; i++)
        sum += cases[i].worth * log(w * cases[i].first + (1 - w) * cases[i].second);
    return sum;
}

static void weight_is_the_mode(void **state) {
    (void)state;
    const stacking_case cases[] = {{0.3, 0.1, 1}, {0.02, 0.2, 1}, {0.5, 0.05, 2}, {0.4, 0.1, 0.5}, {0.3, 0.01, 4}};
    double w = stacking_weight(cases, 5), best = 0;
    for (int i = 1; i < 10000; i++)
        best = objective(cases, 5, i / 1e4) > objective(cases, 5, best) || i == 1 ? i / 1e4 : best;
    assert_float_equal(w, best, 1e-4);
    assert_true(w > 0.55);
    /* The sabotaged twin: another worth, another mode. */
    stacking_case other[5];
    for (int i = 0; i < 5; i++)
        other[i] = (stacking_case){cases[i].first, cases[i].second, i == 1 ? 20 : cases[i].worth};
    assert_true(fabs(stacking_weight(other, 5) - best) > 0.1);
}

static void prior_is_half_and_half(void **state) {
    (void)state;
    assert_true(stacking_weight(NULL, 0) == 0.5);
    stacking_case same[40], better[40];
    for (int i = 0; i < 40; i++) {
        same[i] = (stacking_case){0.2, 0.2, 1};
        better[i] = (stacking_case){0.2, 1e-9, 1};
    }
    assert_float_equal(stacking_weight(same, 40), 0.5, 1e-9);
    /* 40 cases that only the first foresaw, against half of a prior of 8. */
    assert_float_equal(stacking_weight(better, 40), (STACKING_STRENGTH / 2 + 40) / (STACKING_STRENGTH + 40), 1e-6);
    assert_true(stacking_weight(better, 1) > 0.5 && stacking_weight(better, 1) < 0.6);
}

static void draws_come_in_proportion(void **state) {
    (void)state;
    for (double w = 0; w <= 1; w += 0.01) {
        int n = 0;
        for (size_t i = 0; i < 1000; i++)
            n += stacking_takes_first(w, i);
        assert_true(fabs(n - 1000 * w) <= 1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bins_partition_counts),    cmocka_unit_test(probability_counts_draws),
        cmocka_unit_test(weight_is_the_mode),       cmocka_unit_test(prior_is_half_and_half),
        cmocka_unit_test(draws_come_in_proportion),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
