/* Comparisons and calibration: exact enumeration of all resamples, integration by hand, symmetries, and how often true
 * hypotheses are rejected.
 *
 * False alarms: 4 shares of 50,000 resamples within Hoeffding's bound for 1e-9 (4e-9); 2 rates of rejection in 3,000
 * simulations that stay below 0.14 when the true rate is at most 0.10, by Chernoff exp(-3000 KL(0.14, 0.10)) = 4e-11 each.
 */
#include "judge/compare.h"

#include "draws.h"

#include <math.h>

enum { RESAMPLES = 50000, SIMULATIONS = 3000 };

static double within(void) {
    return sqrt(log(2 / 1e-9) / (2.0 * RESAMPLES));
}

static double normal(philox_stream *stream) {
    double u = counts_uniform(stream), v = counts_uniform(stream);
    return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

static double normal_below(double x) {
    return 0.5 * erfc(-x / sqrt(2));
}

static compare_losses compare(const double *d, size_t n, size_t block, uint32_t n_resamples) {
    compare_losses c;
    assert_int_equal(compare_diebold_mariano(d, n, block, n_resamples, 11, &c, NULL), TSR_OK);
    return c;
}

/* ---- losses ---- */

/** p and the 5 % and 95 % points from all (n - L + 1)^(n / L) resamples, here of 9 months in blocks of 2: 8^5. */
static double exact_p(const double *d, bool wrong_centre) {
    enum { MONTHS = 9, LENGTH = 2, STARTS = 8, ALL = 32768 };
    static double means[ALL];
    double centre = 0, mean = 0;
    for (int i = 0; i < MONTHS; i++)
        mean += d[i] / MONTHS;
    for (int which = 0; which < ALL; which++) {
        double sum = 0;
        for (int at = 0; at < MONTHS; at++)
            sum += d[(which >> (3 * (at / LENGTH))) % STARTS + at % LENGTH];
        means[which] = sum / MONTHS;
        centre += means[which] / ALL;
    }
    double blocks = (double)MONTHS / LENGTH, stretch = sqrt(blocks / (blocks - 1)) * sqrt(blocks / (blocks - 2));
    int n_extreme = 0;
    for (int which = 0; which < ALL; which++)
        n_extreme += fabs(means[which] - (wrong_centre ? 0 : centre)) * stretch >= fabs(mean);
    return (double)n_extreme / ALL;
}

static void all_resamples(void **state) {
    (void)state;
    const double d[] = {0.4, 1.1, -0.2, 0.9, 2.0, -1.3, 0.05, 0.6, 0.3};
    compare_losses c = compare(d, 9, 2, RESAMPLES);
    assert_true(fabs(c.p - exact_p(d, false)) < within());
    assert_true(fabs(c.p - exact_p(d, true)) > within());
    assert_true(fabs(c.difference - 3.85 / 9) < 1e-12 && c.n_months == 9 && c.block == 2);
    assert_true(c.low < c.difference && c.difference < c.high);
}

static void limits_and_symmetries(void **state) {
    (void)state;
    double same[20] = {0}, d[20], turned[20], constant[20];
    philox_stream stream = draws_stream(30, 0);
    for (int i = 0; i < 20; i++) {
        d[i] = normal(&stream) + 0.3;
        turned[i] = -4 * d[i];
        constant[i] = 2.5;
    }
    compare_losses none = compare(same, 20, 3, 999), all = compare(constant, 20, 3, 999);
    assert_true(none.p == 1 && none.difference == 0 && none.low == 0 && none.high == 0);
    assert_true(fabs(all.p - 0.001) < 1e-12 && fabs(all.low - 2.5) < 1e-9 && fabs(all.high - 2.5) < 1e-9);
    compare_losses a = compare(d, 20, 4, 999), b = compare(turned, 20, 4, 999);
    assert_true(a.p == b.p && fabs(b.difference + 4 * a.difference) < 1e-12);
    assert_true(fabs(b.low + 4 * a.high) < 1e-12 && fabs(b.high + 4 * a.low) < 1e-12);
    assert_int_equal(compare_block(12, 1), 3);
    assert_int_equal(compare_block(24, 1), 4);
    assert_int_equal(compare_block(24, 12), 6);
    assert_int_equal(compare_block(96, 12), 12);
    assert_int_equal(compare_block(8, 1), 2);
}

/** How often a true hypothesis is rejected at 10 %: 24 months that correlate at rho. */
static double rejected(double rho, size_t block) {
    int n = 0;
    for (uint32_t i = 0; i < SIMULATIONS; i++) {
        philox_stream stream = draws_stream(31, i);
        double d[24], x = normal(&stream) / sqrt(1 - rho * rho);
        for (int t = 0; t < 24; t++) {
            d[t] = x;
            x = rho * x + normal(&stream);
        }
        n += compare(d, 24, block, 199).p <= 0.1;
    }
    return (double)n / SIMULATIONS;
}

static void rejects_rarely(void **state) {
    (void)state;
    assert_true(rejected(0, compare_block(24, 1)) < 0.14);
    assert_true(rejected(0.6, 1) > 0.14); /* months taken for independent that are not */
}

/* ---- calibration ---- */

/** T and the share of sign patterns (all 2^months) with at least T, from sums on a fine grid of x. */
static double exact_signs(const double *pits, const int32_t *month, int n, double *statistic) {
    enum { GRID = 4000, MONTHS = 9 };
    static double z[MONTHS][GRID];
    memset(z, 0, sizeof z);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < GRID; k++) {
            double x = (k + 0.5) / GRID;
            z[month[i] - 400][k] += (pits[i] <= x) - x;
        }
    int n_extreme = 0;
    for (int pattern = 0; pattern < 1 << MONTHS; pattern++) {
        double t = 0;
        for (int k = 0; k < GRID; k++) {
            double sum = 0;
            for (int m = 0; m < MONTHS; m++)
                sum += pattern >> m & 1 ? -z[m][k] : z[m][k];
            t += sum * sum / GRID / n / n;
        }
        if (pattern == 0)
            *statistic = t;
        n_extreme += t >= *statistic * (1 - 1e-9);
    }
    return (double)n_extreme / (1 << MONTHS);
}

static void all_signs(void **state) {
    (void)state;
    double pits[40], statistic, wrong;
    int32_t month[40], shifted[40];
    philox_stream stream = draws_stream(32, 0);
    for (int i = 0; i < 40; i++) {
        pits[i] = sqrt(counts_uniform(&stream));
        month[i] = 400 + i * 7 % 9;
        shifted[i] = 400 + i / 5;
    }
    compare_pit c;
    assert_int_equal(compare_pit_uniform(pits, month, 40, RESAMPLES, 3, &c, NULL), TSR_OK);
    assert_true(fabs(c.p - exact_signs(pits, month, 40, &statistic)) < within());
    assert_true(fabs(c.statistic - statistic) < 1e-3 * statistic && c.n_months == 9);
    assert_true(fabs(c.p - exact_signs(pits, shifted, 40, &wrong)) > within()); /* other clusters, another answer */
}

/** Rejections at 10 % of `spread` times too wide normals, 16 months of 10 values that correlate; `apart`: each value a
 *  month of its own. */
static double rejected_pit(double spread, bool apart) {
    int n = 0;
    for (uint32_t i = 0; i < SIMULATIONS; i++) {
        philox_stream stream = draws_stream(33, i);
        double pits[160];
        int32_t month[160];
        for (int k = 0; k < 160; k += 10) {
            double common = normal(&stream);
            for (int j = 0; j < 10; j++) {
                pits[k + j] = normal_below((sqrt(0.6) * common + sqrt(0.4) * normal(&stream)) / spread);
                month[k + j] = apart ? k + j : k;
            }
        }
        compare_pit c;
        assert_int_equal(compare_pit_uniform(pits, month, 160, apart ? 39 : 199, i, &c, NULL), TSR_OK);
        n += c.p <= 0.1;
    }
    return (double)n / SIMULATIONS;
}

static void calibration(void **state) {
    (void)state;
    assert_true(rejected_pit(1, false) < 0.14);
    assert_true(rejected_pit(1, true) > 0.14);
    assert_true(rejected_pit(4, false) > 0.5); /* much too wide a forecast is seen */
}

/* ---- what is refused ---- */

static void bad_input_has_a_name(void **state) {
    (void)state;
    double d[20] = {0}, pits[20];
    int32_t month[20];
    for (int i = 0; i < 20; i++) {
        pits[i] = 0.5;
        month[i] = i / 3;
    }
    compare_losses c;
    compare_pit p;
    tsr_error error = TSR_ERROR_INIT;
    assert_int_equal(compare_diebold_mariano(d, 7, 1, 99, 1, &c, &error), TSR_E_INPUT);
    assert_string_equal(error.message, "7 months are too few to compare two forecasts; 8 are needed");
    error = (tsr_error)TSR_ERROR_INIT;
    assert_int_equal(compare_diebold_mariano(d, 20, 6, 99, 1, &c, &error), TSR_E_INPUT);
    assert_string_equal(error.message, "blocks of 6 months; they must have 1 to 5 of 20 months");
    d[4] = NAN;
    error = (tsr_error)TSR_ERROR_INIT;
    assert_int_equal(compare_diebold_mariano(d, 20, 2, 99, 1, &c, &error), TSR_E_INPUT);
    assert_string_equal(error.message, "the difference of losses in month 4 is nan; it must be finite");
    error = (tsr_error)TSR_ERROR_INIT;
    assert_int_equal(compare_pit_uniform(pits, month, 20, 99, 1, &p, &error), TSR_E_INPUT);
    assert_string_equal(error.message, "7 months are too few to test calibration; 8 are needed");
    pits[19] = 1.5;
    error = (tsr_error)TSR_ERROR_INIT;
    assert_int_equal(compare_pit_uniform(pits, month, 20, 99, 1, &p, &error), TSR_E_INPUT);
    assert_string_equal(error.message, "PIT value 19 is 1.5; it must be from 0 to 1");
    assert_int_equal(compare_pit_uniform(pits, month, 0, 99, 1, &p, NULL), TSR_E_INPUT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_resamples),  cmocka_unit_test(limits_and_symmetries),
        cmocka_unit_test(rejects_rarely), cmocka_unit_test(all_signs),
        cmocka_unit_test(calibration),    cmocka_unit_test(bad_input_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
