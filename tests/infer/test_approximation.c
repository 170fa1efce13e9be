/* The normal approximation: found again from noisy evaluations, no wider than allowed, its draws and its density of one law. */
#include "infer/approximation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { D = 3, POINTS = 4000 };

static const double centre[D] = {0.5, -1, 0.2};
static const double precision[D][D] = {{20, -8, 0}, {-8, 9, 1}, {0, 1, 2}};
static const double noise_sd = 1.5;
static const double origin[D] = {0, 0, 0};
static const approximation_guess guess = {.centre = origin, .sd = 0.3, .most_sd = 1};

static philox_stream stream_of(uint32_t use) {
    random_address address = {.key = KERNEL(random_key_make)(7, RANDOM_TEST, 0)};
    return philox_stream_of(&address, use, 0, 0);
}

static double normal(philox_stream *stream) {
    double u = counts_uniform(stream), v = counts_uniform(stream);
    return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

static double log_density(const double *z) {
    double sum = 0;
    for (int i = 0; i < D; i++)
        for (int j = 0; j < D; j++)
            sum -= 0.5 * (z[i] - centre[i]) * precision[i][j] * (z[j] - centre[j]);
    return sum;
}

static approximation fit_to(const approximation_points *points) {
    approximation a;
    assert_int_equal(approximation_fit(D, points, points->n_points > 0, &guess, &a, NULL), TSR_OK);
    return a;
}

static double precision_of(const approximation *a, int i, int j) {
    double sum = 0;
    for (int k = 0; k < D; k++)
        sum += a->direction[k * D + i] * a->direction[k * D + j] / (a->sd[k] * a->sd[k]);
    return sum;
}

/* ---- found again ---- */

/** Largest distance of centre and precisions from the exact ones, in standard errors of a regression. Points have sd .3 around
 *  a place off the centre; every tenth is impossible; `bias` is added to the log density times the product of two
 *  coordinates. */
static double distance(double bias) {
    const double spread = 0.3;
    philox_stream stream = stream_of(1);
    double *z = malloc(sizeof *z * D * POINTS), *found = malloc(sizeof *found * POINTS), worst = 0;
    for (int i = 0; i < POINTS; i++) {
        for (int j = 0; j < D; j++)
            z[i * D + j] = centre[j] + 0.1 + spread * normal(&stream);
        found[i] = log_density(z + (ptrdiff_t)i * D) + noise_sd * normal(&stream) + bias * z[i * D] * z[i * D + 1];
        if (i % 10 == 9)
            found[i] = -INFINITY;
    }
    approximation a = fit_to(&(approximation_points){z, found, POINTS});
    /* Weights, which the far points lose, leave at least half of the points' information; squares have twice the variance. */
    double error = noise_sd * sqrt(2.0 / (0.9 * POINTS));
    for (int i = 0; i < D; i++) {
        worst = fmax(worst, fabs(a.mean[i] - centre[i]) / 0.05);
        for (int j = 0; j < D; j++)
            worst = fmax(worst, fabs(precision_of(&a, i, j) - precision[i][j]) / (error / (spread * spread)));
    }
    free(z);
    free(found);
    return worst;
}

/** Nine numbers beyond 6 standard errors: below 1e-7. */
static void test_found_again(void **state) {
    (void)state;
    double found = distance(0);
    print_message("distance %.1f\n", found);
    assert_true(found < 6);
}

static void test_found_again_sabotaged(void **state) {
    (void)state;
    assert_true(distance(4) > 6);
}

/* ---- what is not known ---- */

static void test_guess_where_nothing_is_known(void **state) {
    (void)state;
    double z[2 * D] = {1, 1, 1, 2, 2, 2}, impossible[2] = {-INFINITY, -INFINITY};
    approximation none = fit_to(&(approximation_points){0}), all = fit_to(&(approximation_points){z, impossible, 2});
    for (int i = 0; i < D; i++) {
        assert_true(none.mean[i] == origin[i] && none.sd[i] == guess.sd);
        assert_true(all.mean[i] == origin[i] && all.sd[i] == guess.sd);
    }
}

/** Where the density does not fall, or rises on both sides, the width is the largest allowed, and the centre stays near the
 *  points. */
static void test_never_too_wide(void **state) {
    (void)state;
    philox_stream stream = stream_of(2);
    double z[500 * D], found[500];
    for (int i = 0; i < 500; i++) {
        for (int j = 0; j < D; j++)
            z[i * D + j] = normal(&stream);
        found[i] = z[i * D] * z[i * D] + 5 * z[i * D + 1] - 8 * z[i * D + 2] * z[i * D + 2];
    }
    approximation a = fit_to(&(approximation_points){z, found, 500});
    double widest = 0, narrowest = 1;
    for (int i = 0; i < D; i++) {
        widest = fmax(widest, a.sd[i]);
        narrowest = fmin(narrowest, a.sd[i]);
        assert_true(fabs(a.mean[i]) < 4);
    }
    assert_true(fabs(widest - guess.most_sd) < 1e-12 && fabs(narrowest - 0.25) < 0.02);
}

/* ---- one law ---- */

/** Second moment of a standard normal along the second axis, by draws weighed with its density over that of the draws;
 *  in standard errors from 1. `forgets` leaves the density of the draws out. */
static double weighed_moment(bool forgets) {
    approximation a = {.n = 2, .direction = {0.6, 0.8, -0.8, 0.6}, .sd = {1, 1}};
    philox_stream stream = stream_of(3);
    double sum = 0, moment = 0, squares = 0, z[SPACE_MOST];
    const int n = 40000;
    for (int i = 0; i < n; i++) {
        approximation_draw(&a, &stream, z);
        double w = exp(-0.5 * (z[0] * z[0] + z[1] * z[1]) - (forgets ? 0 : approximation_log_density(&a, z)));
        double x = -0.8 * z[0] + 0.6 * z[1], off = x * x - 1;
        sum += w;
        moment += w * off;
        squares += w * w * off * off;
    }
    assert_true(sum > 0);
    return fabs(moment) / sqrt(squares);
}

/** Beyond 6 standard errors: below 1e-8. */
static void test_draws_have_their_density(void **state) {
    (void)state;
    assert_true(weighed_moment(false) < 6);
}

static void test_draws_have_their_density_sabotaged(void **state) {
    (void)state;
    assert_true(weighed_moment(true) > 6);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found_again),
        cmocka_unit_test(test_found_again_sabotaged),
        cmocka_unit_test(test_guess_where_nothing_is_known),
        cmocka_unit_test(test_never_too_wide),
        cmocka_unit_test(test_draws_have_their_density),
        cmocka_unit_test(test_draws_have_their_density_sabotaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
