/* Distributions: mean and variance of every sampler at easy and at extreme parameters, and whole cumulative
 * distributions by the inequality of Dvoretzky, Kiefer and Wolfowitz.
 *
 * False alarms: a mean is compared at 6.5 standard errors (1e-10 each, about 60 of them), a cumulative distribution at the
 * DKW bound for 1e-9 (6 of them): together below 2e-8. The seed is fixed, so a pass stays a pass. Every kind of comparison has a
 * sabotaged twin that must fail.
 */
#include "random/chop.h"
#include "random/rejection.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>

#include <cmocka.h>

enum { LANES_ALL = 128, ROWS = 64, MONTHS = 50, N = LANES_ALL * ROWS * MONTHS };

static real mean_row[ROWS * LANES_ALL], other_row[ROWS * LANES_ALL], out[ROWS * LANES_ALL];
/* A size at which a negative binomial is a Poisson count to all digits of a float. */
static const double poisson_size = 1e12;
static double draws[N];

typedef enum sampler { UNIFORM, NORMAL, EXPONENTIAL, GAMMA, POISSON, BINOMIAL, NEGATIVE_BINOMIAL } sampler;

/** N draws of one sampler: a is the mean, shape or number of trials, b the probability or size. */
static void fill(sampler which, double a, double b) {
    for (int i = 0; i < ROWS * LANES_ALL; i++) {
        mean_row[i] = (real)a;
        other_row[i] = (real)b;
        if (which == POISSON || which == NEGATIVE_BINOMIAL) { /* rows of sizes and ratios */
            other_row[i] = (real)(which == POISSON ? poisson_size : b);
            mean_row[i] = (real)a / other_row[i];
        }
    }
    for (int month = 0; month < MONTHS; month++) {
        random_address address = {KERNEL(random_key_make)(20150101, RANDOM_TEST, (uint64_t)which), 0, (uint32_t)month,
                                  0};
        if (which == UNIFORM)
            KERNEL(random_uniform_rows)(&address, 1, 0, ROWS, LANES_ALL, out);
        else if (which == NORMAL)
            KERNEL(random_normal_rows)(&address, 1, 0, ROWS, LANES_ALL, out);
        else if (which == EXPONENTIAL)
            KERNEL(random_exponential_rows)(&address, 1, 0, ROWS, LANES_ALL, out);
        else if (which == GAMMA)
            KERNEL(random_gamma_rows)(&address, 1, 0, ROWS, LANES_ALL, mean_row, out);
        else if (which == BINOMIAL)
            KERNEL(random_binomial_rows)(&address, 1, 0, ROWS, LANES_ALL, mean_row, other_row, out);
        else
            KERNEL(random_negbin_rows)(&address, 1, 0, ROWS, LANES_ALL, other_row, mean_row, out);
        for (int i = 0; i < ROWS * LANES_ALL; i++)
            draws[month * ROWS * LANES_ALL + i] = (double)out[i];
    }
}

/** Are mean and variance what they should be? `fourth`: fourth central moment over the squared variance. */
static bool moments_agree(double mean, double variance, double fourth) {
    double sum = 0, square = 0;
    for (int i = 0; i < N; i++)
        sum += draws[i];
    double average = sum / N;
    for (int i = 0; i < N; i++)
        square += (draws[i] - average) * (draws[i] - average);
    double spread = square / (N - 1);
    double mean_error = fabs(average - mean) / sqrt(variance / N);
    double variance_error = fabs(spread - variance) / (variance * sqrt((fourth - 1) / N));
    /* 24-bit uniforms and float results bias by at most a few parts in a million. */
    bool mean_ok = mean_error < 6.5 || fabs(average - mean) < 3e-6 * fabs(mean);
    if (!mean_ok || variance_error > 6.5)
        print_message("mean %g (should be %g), variance %g (should be %g)\n", average, mean, spread, variance);
    return mean_ok && variance_error < 6.5;
}

static void continuous(void **state) {
    (void)state;
    fill(UNIFORM, 0, 0);
    assert_true(moments_agree(0.5, 1.0 / 12, 1.8));
    for (int i = 0; i < N; i++)
        assert_true(draws[i] > 0 && draws[i] < 1);
    fill(NORMAL, 0, 0);
    assert_true(moments_agree(0, 1, 3));
    assert_false(moments_agree(0.02, 1, 3));
    assert_false(moments_agree(0, 1.05, 3));
    fill(EXPONENTIAL, 0, 0);
    assert_true(moments_agree(1, 1, 9));
    const double shapes[] = {0.05, 0.6, 1, 2.5, 10, 1e4};
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        fill(GAMMA, shapes[i], 0);
        assert_true(moments_agree(shapes[i], shapes[i], 3 + 6 / shapes[i]));
        assert_false(moments_agree(shapes[i] * 1.05, shapes[i] * 1.05, 3 + 6 / shapes[i]));
    }
}

static void poisson(void **state) {
    (void)state;
    const double means[] = {0.001, 0.17, 1, 9, 16.9, 17.1, 48, 1e4, 1e6};
    for (size_t i = 0; i < sizeof means / sizeof means[0]; i++) {
        fill(POISSON, means[i], 0);
        assert_true(moments_agree(means[i], means[i], 3 + 1 / means[i]));
        if (means[i] >= 0.17)
            assert_false(moments_agree(means[i] * 1.05, means[i] * 1.05, 3 + 1 / means[i]));
    }
    fill(POISSON, 0, 0);
    for (int i = 0; i < N; i++)
        assert_true(draws[i] == 0);
    fill(POISSON, NAN, 0);
    for (int i = 0; i < N; i++)
        assert_true(draws[i] == 0);
    fill(POISSON, -3, 0);
    for (int i = 0; i < N; i++)
        assert_true(draws[i] == 0);
}

static void binomial(void **state) {
    (void)state;
    const struct {
        double n, p;
    } cases[] = {{1, 0.3},     {5, 0.9},    {19, 0.5},    {21, 0.5},   {40, 0.5},   {40, 0.02},
                 {95, 0.0999}, {95, 0.101}, {1000, 0.35}, {9e5, 1e-5}, {1e6, 1e-5}, {1e6, 0.7}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        /* p as the float that the sampler gets */
        double n = cases[i].n, p = (double)(float)cases[i].p, variance = n * p * (1 - p);
        fill(BINOMIAL, n, p);
        assert_true(moments_agree(n * p, variance, 3 + (1 - 6 * p * (1 - p)) / variance));
        assert_false(moments_agree(n * p * 1.05, variance, 3 + (1 - 6 * p * (1 - p)) / variance));
        for (int k = 0; k < N; k++)
            assert_true(draws[k] >= 0 && draws[k] <= n && draws[k] == floor(draws[k]));
    }
    fill(BINOMIAL, 7, 1);
    for (int i = 0; i < N; i++)
        assert_true(draws[i] == 7);
    fill(BINOMIAL, 7, 0);
    for (int i = 0; i < N; i++)
        assert_true(draws[i] == 0);
}

static void negative_binomial(void **state) {
    (void)state;
    const struct {
        double mean, size;
    } cases[] = {{0.17, 10}, {0.5, 0.3}, {6, 0.6}, {6, 20},   {9, 10},  {47, 0.1},
                 {47, 10},   {49, 1.9},  {200, 1}, {200, 30}, {1e4, 5}, {30, 1e5}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double mean = cases[i].mean, size = cases[i].size, variance = mean + mean * mean / size;
        double fourth = 3 + 6 / size + 1 / variance;
        fill(NEGATIVE_BINOMIAL, mean, size);
        assert_true(moments_agree(mean, variance, fourth));
        assert_false(moments_agree(mean * 1.05, variance, fourth) && variance < mean * mean);
        if (mean / size > 0.2)
            assert_false(moments_agree(mean, mean, fourth)); /* a Poisson would be too narrow */
    }
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/** Largest distance between the draws' distribution and `cdf`. */
static double distance(double (*cdf)(double x)) {
    double worst = 0;
    qsort(draws, N, sizeof draws[0], compare);
    for (int i = 0; i < N; i++) {
        double p = cdf(draws[i]);
        worst = fmax(worst, fmax(fabs(p - (double)i / N), fabs(p - (double)(i + 1) / N)));
    }
    return worst;
}

static double normal_cdf(double x) {
    return 0.5 * erfc(-x / sqrt(2));
}

static double wider_normal_cdf(double x) {
    return normal_cdf(x / 1.03);
}

/** Gamma of shape 2: 1 - (1 + x) exp(-x). */
static double gamma2_cdf(double x) {
    return x <= 0 ? 0 : 1 - (1 + x) * exp(-x);
}

static double uniform_cdf(double x) {
    return x;
}

static void whole_distributions(void **state) {
    (void)state;
    double bound = sqrt(log(2 / 1e-9) / (2.0 * N));
    fill(UNIFORM, 0, 0);
    assert_true(distance(uniform_cdf) < bound);
    fill(NORMAL, 0, 0);
    assert_true(distance(normal_cdf) < bound);
    assert_false(distance(wider_normal_cdf) < bound);
    fill(GAMMA, 2, 0);
    assert_true(distance(gamma2_cdf) < bound);
    fill(GAMMA, 2.05, 0);
    assert_false(distance(gamma2_cdf) < bound);
}

/** Probabilities of a negative binomial, all cells at once: Pearson's chi-square below mean + 8 sd of its law. */
static bool negbin_fits(double drawn_mean, double mean, double size) {
    enum { MOST = 120 };
    double seen[MOST + 1] = {0}, p = exp(-size * log1p(mean / size)), q = mean / (mean + size), chi = 0;
    int cells = 0;
    fill(NEGATIVE_BINOMIAL, drawn_mean, size);
    for (int i = 0; i < N; i++)
        seen[draws[i] < MOST ? (int)draws[i] : MOST]++;
    for (int k = 0; k < MOST; k++) {
        if (p * N > 20) {
            chi += (seen[k] - p * N) * (seen[k] - p * N) / (p * N);
            cells++;
        }
        p *= (size + k) / (k + 1) * q;
    }
    return chi < cells + 8 * sqrt(2.0 * cells) + 30;
}

static void probabilities(void **state) {
    (void)state;
    const struct {
        double mean, size;
    } cases[] = {{0.17, 1e9}, {3, 1e9}, {9, 1e9}, {20, 1e9}, {0.17, 10},
                 {9, 10},     {40, 10}, {4, 0.9}, {47, 1.9}, {60, 3}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_true(negbin_fits(cases[i].mean, cases[i].mean, cases[i].size));
        assert_false(negbin_fits(cases[i].mean * 1.03, cases[i].mean, cases[i].size));
    }
}

/** P(N >= k) of a Poisson count. */
static double poisson_tail(int k, double mean) {
    double p = exp(-mean), below = 0;
    for (int i = 0; i < k; i++) {
        below += p;
        p *= mean / (i + 1);
    }
    double tail = 0;
    for (int i = k; i < k + 200; i++) { /* summed from k on: 1 - below would be rounding only */
        tail += p;
        p *= mean / (i + 1);
    }
    return below > 0.5 || k == 0 ? tail : 1 - below;
}

/* The largest uniform number gives a count of its own tail (2^-25), not one that rounding has carried away. */
static void largest_counts(void **state) {
    (void)state;
    for (int i = 1; i < 1700; i++) {
        real mean[LANES], count[LANES];
        real u[LANES], p[LANES], a[LANES] = {0};
        chop_queue queue = {.n = 0};
        for (uint32_t lane = 0; lane < LANES; lane++) {
            mean[lane] = (real)0.01 * (real)i - (real)0.0005 * (real)lane;
            u[lane] = philox_uniform(UINT32_MAX - lane % 4 * 256);
            p[lane] = lane_exp(-mean[lane]);
        }
        chop_begin(&queue, LANES, a, mean, u, p, 0, count);
        chop_finish(&queue, count);
        for (int lane = 0; lane < LANES; lane++) {
            assert_true(poisson_tail((int)count[lane], (double)mean[lane]) > 1e-11);
            assert_true(poisson_tail((int)count[lane] + 1, (double)mean[lane]) < 1e-5);
            assert_false(poisson_tail(99, (double)mean[lane]) > 1e-11); /* where the loop without an end would stop */
        }
    }
}

/* The acceptance of large Poisson counts needs log P(k) to a few digits behind the point where they fall. */
static void poisson_logs(void **state) {
    (void)state;
    double worst = 0;
    for (double mean = 17; mean < 2e8; mean *= 1.07)
        for (double z = -3.5; z <= 7; z += 0.05) {
            float m = (float)mean, k = (float)fmax(0, floor(mean + z * sqrt(mean)));
            double exact = (double)k * log((double)m) - (double)m - lgamma((double)k + 1);
            worst = fmax(worst, fabs((double)poisson_log(k, m) - exact) / fmax(1, fabs(z)));
        }
    print_message("log of Poisson probabilities: worst error %.3g per sd\n", worst);
    assert_true(worst < 2e-5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(continuous),
        cmocka_unit_test(poisson),
        cmocka_unit_test(binomial),
        cmocka_unit_test(negative_binomial),
        cmocka_unit_test(whole_distributions),
        cmocka_unit_test(probabilities),
        cmocka_unit_test(largest_counts),
        cmocka_unit_test(poisson_logs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
