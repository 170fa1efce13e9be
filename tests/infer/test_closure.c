/* The closure against brute force on a fine grid in double: one factor that many counts share, and one cell. */
#include "model/closure.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include <stdarg.h>
#include <stddef.h>

#include <setjmp.h>

#include <cmocka.h>

enum { CELLS = 6 };

/** log density and moments of log h by the trapezoid rule on 20,001 points over 12 prior standard deviations. */
static void brute_force(const float *count, const double *mean, const double *size, double v, double out[3]) {
    enum { POINTS = 20001, MIDDLE = POINTS / 2 };
    double sd = sqrt(v), width = 24 * sd / (POINTS - 1), most = -INFINITY;
    static double logs[POINTS];
    for (int i = 0; i < POINTS; i++) {
        double t = -v / 2 + (i - MIDDLE) * width, h = exp(t);
        logs[i] = -0.5 * (t + v / 2) * (t + v / 2) / v - 0.5 * log(2 * M_PI * v) + log(width);
        for (int c = 0; c < CELLS; c++) {
            double k = size[c], m = h * mean[c], n = (double)count[c];
            logs[i] +=
                lgamma(n + k) - lgamma(k) - lgamma(n + 1) - k * log1p(m / k) + (n > 0 ? n * log(m / (k + m)) : 0);
        }
        most = fmax(most, logs[i]);
    }
    double sum = 0, first = 0, second = 0;
    for (int i = 0; i < POINTS; i++) {
        double t = -v / 2 + (i - MIDDLE) * width, p = exp(logs[i] - most);
        sum += p;
        first += p * t;
        second += p * t * t;
    }
    out[0] = most + log(sum);
    out[1] = first / sum;
    out[2] = second / sum - out[1] * out[1];
}

typedef struct example {
    float count[CELLS];
    double mean[CELLS], size, variance;
} example;

static const example examples[] = {
    {{0, 0, 0, 0, 0, 0}, {.01, .02, .5, .1, .002, .3}, 2, .05},
    {{0, 1, 0, 0, 3, 0}, {.1, .2, .5, .1, .2, .3}, .4, .2},
    {{12, 3, 40, 0, 7, 9}, {9, 9, 20, 2, 9, 9}, 7, .1},
    {{120, 300, 400, 90, 70, 90}, {100, 250, 500, 60, 80, 100}, 10, .3},
    {{60, 80, 100, 40, 20, 50}, {9, 9, 20, 2, 9, 9}, 5, .02},  /* a surprise: five times the expected */
    {{0, 0, 0, 0, 0, 0}, {9, 9, 20, 2, 9, 9}, 3, .4},          /* the opposite one */
    {{0, 0, 1, 0, 0, 0}, {.3, .2, .5, .1, .2, .3}, 1, 1.5},    /* a factor hardly known: no series */
    {{2, 0, 1, 0, 0, 0}, {.5, .5, .5, .5, .5, .5}, 1e4, .001}, /* nearly Poisson, a factor nearly known */
};
enum { N_EXAMPLES = sizeof examples / sizeof examples[0] };

/** Log density, mean and variance of example i by the kernel, its size multiplied by `spoil`. */
static void by_kernel(const example *e, double spoil, double out[3]) {
    static real ratio[CELLS * LANES], size[CELLS * LANES], variance[LANES], log_mean[LANES], log_variance[LANES];
    static double log_density[LANES];
    uint32_t scratch[CELLS];
    for (int c = 0; c < CELLS; c++)
        for (int lane = 0; lane < LANES; lane++) {
            size[c * LANES + lane] = (real)(e->size * spoil);
            ratio[c * LANES + lane] = (real)e->mean[c] / size[c * LANES + lane];
        }
    for (int lane = 0; lane < LANES; lane++)
        variance[lane] = (real)e->variance;
    const closure_counts counts = {
        .n_cells = CELLS, .n_lanes = LANES, .count = e->count, .ratio = ratio, .size = size, .variance = variance};
    const closure_posterior posterior = {
        .log_density = log_density, .log_mean = log_mean, .log_variance = log_variance};
    closure_integrate_baseline(&counts, scratch, &posterior);
    out[0] = log_density[LANES - 1];
    out[1] = (double)log_mean[LANES - 1];
    out[2] = (double)log_variance[LANES - 1];
}

/** Largest departure from brute force, in units of what is allowed: 0.002 nat and 0.5 % of the posterior's sd and variance. */
static double departure(const example *e, double spoil) {
    double exact[3], computed[3], size[CELLS];
    for (int c = 0; c < CELLS; c++)
        size[c] = e->size;
    brute_force(e->count, e->mean, size, e->variance, exact);
    by_kernel(e, spoil, computed);
    double density = fabs(computed[0] - exact[0]) / 0.002, sd = sqrt(exact[2]);
    double mean = fabs(computed[1] - exact[1]) / (0.005 * sd + 1e-6),
           variance = fabs(computed[2] / exact[2] - 1) / 0.01;
    return fmax(density, fmax(mean, variance));
}

static void equals_brute_force(void **state) {
    (void)state;
    for (int i = 0; i < N_EXAMPLES; i++) {
        double d = departure(&examples[i], 1);
        if (d > 1)
            print_error("example %d: %.2f times what is allowed\n", i, d);
        assert_true(d <= 1);
    }
}

/* The sabotaged twin: sizes a tenth too large must be seen wherever sizes matter. */
static void wrong_sizes_are_seen(void **state) {
    (void)state;
    for (int i = 1; i < 6; i++)
        assert_true(departure(&examples[i], 1.1) > 1);
}

/* Densities of all counts sum to 1: the closure is a probability, not only something like it. */
static void sums_to_one(void **state) {
    (void)state;
    example e = {{0, 0, 0, 0, 0, 0}, {1.5, 0, 0, 0, 0, 0}, 2, .3};
    double sum = 0;
    for (int n = 0; n < 200; n++) {
        double out[3];
        e.count[0] = (float)n;
        by_kernel(&e, 1, out);
        sum += exp(out[0]);
    }
    assert_true(fabs(sum - 1) < 0.002);
}

/* ---- one cell ---- */

typedef struct one_cell {
    float count;
    double mean, size, variance;
} one_cell;

/* A kind a line: next to nothing expected, little expected, more; then counts as expected, and surprises. */
static const one_cell cells[] = {
    {0, .001, 1, 1}, {0, .02, 1, 1}, {0, .01, .5, 2.2}, {0, .2, 1, 1},     {0, .5, 2, .9},   {0, .3, 1, 2.2},
    {0, 3, 2, 1},    {0, 30, 2, 1},  {0, 5, 20, .01},   {1, .1, 1, 1},     {3, .5, .8, 1.5}, {2, 2, 4, .3},
    {25, 14, 3, .5}, {60, 9, 5, .3}, {400, 350, 5, .2}, {400, 20, 5, 1.2}, {5, .02, 1, 1},
};
enum { N_CELLS = sizeof cells / sizeof cells[0] };

static double log_negbin(double n, double mean, double size) {
    return lgamma(n + size) - lgamma(size) - lgamma(n + 1) - size * log1p(mean / size) +
           (n > 0 ? n * log(mean / (size + mean)) : 0);
}

/** log p(count) and the moments of u by the trapezoid rule on 20,001 points over 24 prior standard deviations. */
static void brute_force_cell(const one_cell *e, double out[3]) {
    enum { POINTS = 20001, MIDDLE = POINTS / 2 };
    double sd = sqrt(e->variance), width = 24 * sd / (POINTS - 1), sum = 0, first = 0, second = 0;
    for (int i = 0; i < POINTS; i++) {
        double z = (i - MIDDLE) * width / sd, u = z * sd - e->variance / 2;
        double p = exp(log_negbin((double)e->count, e->mean * exp(u), e->size) - z * z / 2) * width / sd;
        sum += p;
        first += p * u;
        second += p * u * u;
    }
    out[0] = log(sum / sqrt(2 * M_PI));
    out[1] = first / sum;
    out[2] = second / sum - out[1] * out[1];
}

static void cell_by_kernel(const one_cell *e, double spoil, double out[3]) {
    static real mean[LANES], size[LANES], matched[LANES], variance[LANES], log_mean[LANES];
    static double correction[LANES];
    for (int lane = 0; lane < LANES; lane++) {
        mean[lane] = (real)(e->mean * spoil);
        size[lane] = (real)e->size;
        variance[lane] = (real)e->variance;
        matched[lane] = 1 / closure_inverse_size(variance[lane], size[lane]);
        correction[lane] = 0;
    }
    const closure_one one = {.n_lanes = LANES,
                             .count = e->count,
                             .mean = mean,
                             .size = size,
                             .matched = matched,
                             .variance = variance,
                             .log_mean = log_mean,
                             .correction = correction};
    closure_cell_baseline(&one);
    out[0] = correction[0] + log_negbin((double)e->count, (double)mean[0], (double)matched[0]);
    out[1] = (double)log_mean[0];
    out[2] = (double)variance[0];
}

/** Largest departure, in units of what is allowed: 0.0025 nat, 1 % of the standard deviation and 2 % of the variance. */
static double cell_departure(const one_cell *e, double spoil) {
    double exact[3], computed[3];
    brute_force_cell(e, exact);
    cell_by_kernel(e, spoil, computed);
    double density = fabs(computed[0] - exact[0]) / 0.0025,
           mean = fabs(computed[1] - exact[1]) / (0.01 * sqrt(exact[2]));
    return fmax(density, fmax(mean, fabs(computed[2] / exact[2] - 1) / 0.02));
}

static void cell_equals_brute_force(void **state) {
    (void)state;
    for (int i = 0; i < N_CELLS; i++) {
        double d = cell_departure(&cells[i], 1);
        if (!(d <= 1))
            print_error("cell %d: %.2f times what is allowed\n", i, d);
        assert_true(d <= 1);
    }
}

/* The sabotaged twin: an expectation a tenth too large must be seen where something is expected or seen at all. */
static void wrong_means_are_seen(void **state) {
    (void)state;
    for (int i = 3; i < N_CELLS; i++)
        assert_true(cell_departure(&cells[i], 1.1) > 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(equals_brute_force), cmocka_unit_test(wrong_sizes_are_seen),
                                       cmocka_unit_test(sums_to_one), cmocka_unit_test(cell_equals_brute_force),
                                       cmocka_unit_test(wrong_means_are_seen)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
