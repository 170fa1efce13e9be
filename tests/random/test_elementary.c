/* Accuracy of our exp, log, sin, cos, log gamma against libm in double, over their whole range. */
#include "random/counts.h"
#include "random/elementary.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>

#include <cmocka.h>

enum { POINTS = 2000000 };

static void exp_is_accurate(void **state) {
    (void)state;
    double worst = 0;
    for (int i = 0; i <= POINTS; i++) {
        float x = (float)(-87.0 + 175.0 * i / POINTS);
        double exact = exp((double)x), error = fabs((double)lane_exp(x) - exact) / exact;
        worst = error > worst ? error : worst;
    }
    print_message("exp: worst relative error %.3g\n", worst);
    assert_true(worst <= 2e-7);
    assert_true(lane_exp(-200) == 0 && lane_exp(-87.5f) == 0);
    assert_true(isfinite(lane_exp(1000)) && lane_exp(1000) > 1e38f);
    assert_true(isnan(lane_exp(NAN)));
    assert_true(lane_exp(0) == 1);
}

/* What starts, parameters and the lane-wise samplers use. */
static void double_exp_and_log_are_accurate(void **state) {
    (void)state;
    double worst_exp = 0, worst_log = 0;
    for (int i = 0; i <= POINTS; i++) {
        double x = -690 + 1380.0 * i / POINTS, exact = exp(x), y = exact * (1 + 0.5 * sin(i));
        worst_exp = fmax(worst_exp, fabs(KERNEL(counts_exp)(x) - exact) / exact);
        worst_log = fmax(worst_log, fabs(KERNEL(counts_log)(y) - log(y)) / fmax(1, fabs(log(y))));
    }
    for (int i = 1; i <= 1000; i++) { /* around 1, where digits cancel */
        double x = 1 + (i - 500) * 1e-4;
        worst_log = fmax(worst_log, fabs(KERNEL(counts_log)(x) - log(x)) / fmax(1e-4, fabs(log(x))));
    }
    print_message("double exp: worst relative error %.3g, log: %.3g\n", worst_exp, worst_log);
    assert_true(worst_exp <= 1e-13);
    assert_true(worst_log <= 1e-14);
    assert_true(KERNEL(counts_log)(1) == 0 && KERNEL(counts_exp)(0) == 1);
}

static void log_is_accurate(void **state) {
    (void)state;
    double worst = 0;
    for (int i = 0; i <= POINTS; i++) {
        float x = (float)exp(-87.0 + 175.0 * i / POINTS);
        double exact = log((double)x), error = fabs((double)lane_log(x) - exact) / fmax(1, fabs(exact));
        worst = error > worst ? error : worst;
    }
    for (int i = 0; i <= POINTS; i++) { /* around 1, where relative accuracy matters */
        float x = (float)(0.5 + 1.5 * i / POINTS);
        double error = fabs((double)lane_log(x) - log((double)x));
        worst = error > worst ? error : worst;
    }
    print_message("log: worst error %.3g\n", worst);
    assert_true(worst <= 1e-7);
    assert_true(lane_log(0) <= -88 && isfinite(lane_log(0)) && isfinite(lane_log(-1)));
    assert_true(isnan(lane_log(NAN)));
    assert_true(lane_log(1) == 0);
}

static void log1p_is_accurate(void **state) {
    (void)state;
    double worst = 0;
    for (int i = 0; i <= POINTS; i++) {
        float x = (float)exp(-80.0 + 149.0 * i / POINTS), below = (float)(-0.5 * i / POINTS);
        double exact = log1p((double)x), of_below = log1p((double)below);
        worst = fmax(worst, fabs((double)lane_log1p(x) - exact) / exact);
        if (below < 0)
            worst = fmax(worst, fabs(((double)lane_log1p(below) - of_below) / of_below));
    }
    print_message("log1p: worst relative error %.3g\n", worst);
    assert_true(worst <= 3e-7);
    assert_true(lane_log1p(0) == 0);
}

static void sincos_is_accurate(void **state) {
    (void)state;
    double worst = 0;
    for (int i = 0; i < POINTS; i++) {
        float u = (float)((double)i / POINTS), sine, cosine;
        lane_sincos2pi(u, &sine, &cosine);
        double angle = 2 * 3.14159265358979323846 * (double)u;
        worst = fmax(worst, fmax(fabs((double)sine - sin(angle)), fabs((double)cosine - cos(angle))));
    }
    print_message("sin, cos: worst error %.3g\n", worst);
    assert_true(worst <= 2e-7);
}

static void log_gamma_is_accurate(void **state) {
    (void)state;
    double worst = 0;
    for (int i = 1; i <= 200000; i++) {
        double x = exp(-7 + 21.0 * i / 200000), exact = lgamma(x);
        worst = fmax(worst, fabs(lane_log_gamma(x) - exact) / fmax(1, fabs(exact)));
    }
    print_message("log gamma: worst error %.3g\n", worst);
    assert_true(worst <= 1e-6);
}

/* The sabotaged twin: an exp that is wrong in the sixth digit must be seen. */
static void a_wrong_exp_is_seen(void **state) {
    (void)state;
    bool seen = false;
    for (int i = 0; i < 1000; i++) {
        float x = (float)i / 100;
        double exact = exp((double)x), wrong = (double)lane_exp(x) * (1 + 1e-6);
        seen |= fabs(wrong - exact) / exact > 2e-7;
    }
    assert_true(seen);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exp_is_accurate),     cmocka_unit_test(double_exp_and_log_are_accurate),
        cmocka_unit_test(log_is_accurate),     cmocka_unit_test(log1p_is_accurate),
        cmocka_unit_test(sincos_is_accurate),  cmocka_unit_test(log_gamma_is_accurate),
        cmocka_unit_test(a_wrong_exp_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
