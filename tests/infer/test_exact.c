/* The filter on models whose likelihood has an exact answer: linear-Gaussian (Kalman) and a finite hidden Markov chain
 * (forward algorithm). Their kernels are this file's own; cloud, weights, resampling and ancestry are the program's.
 * Likelihoods and means may be 6 standard errors off: 2e-9 for a normal law, below 1e-6 for all comparisons here with the
 * heavier tails of 400 ratios. Then what the filter says of data that leave few particles, or none. */
#include "infer/filter.h"

#include "random/counts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { MONTHS = 40, PARTICLES = 1000, REPLICATES = 400, STATES = 3, SYMBOLS = 4 };

static double observed[MONTHS]; /* y, or the symbol */

/* ---- the two models: one state row, densities in row 0 ---- */

static const double persistence = 0.9, process_sd = 0.5, noise_sd = 0.8;
static double spoiled_noise_sd = 0.8; /* what the kernel takes for noise_sd */

static const double transition[STATES][STATES] = {{0.8, 0.15, 0.05}, {0.1, 0.8, 0.1}, {0.05, 0.25, 0.7}};
static const double emission[STATES][SYMBOLS] = {{0.7, 0.1, 0.1, 0.1}, {0.1, 0.6, 0.2, 0.1}, {0.05, 0.05, 0.2, 0.7}};

static random_address address_of(const model_tile *tile, uint32_t month) {
    return (random_address){.key = tile->key, .first_slot = tile->first_slot, .month = month};
}

static void linear_start(model_tile *tile) {
    random_address address = address_of(tile, 0);
    KERNEL(random_normal_rows)(&address, USE_START, 0, 1, tile->n_lanes, tile->state);
    for (uint32_t lane = 0; lane < tile->n_lanes; lane++)
        tile->state[lane] *= (real)(process_sd / sqrt(1 - persistence * persistence));
}

static void linear_month(model_tile *tile, uint32_t i_month) {
    random_address address = address_of(tile, i_month + 1);
    real step[RANDOM_MAX_LANES];
    KERNEL(random_normal_rows)(&address, USE_CELL_LOG, 0, 1, tile->n_lanes, step);
    memset(tile->densities, 0, 3 * tile->n_lanes * sizeof(double));
    for (uint32_t lane = 0; lane < tile->n_lanes; lane++) {
        tile->state[lane] = (real)persistence * tile->state[lane] + (real)process_sd * step[lane];
        double z = (observed[i_month] - (double)tile->state[lane]) / spoiled_noise_sd;
        tile->densities[lane] = -0.5 * z * z - log(spoiled_noise_sd) - 0.5 * log(2 * M_PI);
    }
}

/** State after `from` (uniform for -1) by inversion. */
static int next_state(int from, double u) {
    int to = 0;
    for (double sum = from < 0 ? 1.0 / STATES : transition[from][0]; u > sum && to + 1 < STATES;
         sum += from < 0 ? 1.0 / STATES : transition[from][to])
        to++;
    return to;
}

static void chain_start(model_tile *tile) {
    random_address address = address_of(tile, 0);
    real u[RANDOM_MAX_LANES];
    KERNEL(random_uniform_rows)(&address, USE_START, 0, 1, tile->n_lanes, u);
    for (uint32_t lane = 0; lane < tile->n_lanes; lane++)
        tile->state[lane] = (real)next_state(-1, (double)u[lane]);
}

static void chain_month(model_tile *tile, uint32_t i_month) {
    random_address address = address_of(tile, i_month + 1);
    real u[RANDOM_MAX_LANES];
    KERNEL(random_uniform_rows)(&address, USE_CELL_LOG, 0, 1, tile->n_lanes, u);
    memset(tile->densities, 0, 3 * tile->n_lanes * sizeof(double));
    for (uint32_t lane = 0; lane < tile->n_lanes; lane++) {
        int state = next_state((int)tile->state[lane], (double)u[lane]);
        tile->state[lane] = (real)state;
        tile->densities[lane] = log(emission[state][(int)observed[i_month]]);
    }
}

static void no_release(model_tile *tile, uint32_t i_month) {
    (void)tile;
    (void)i_month;
}

static const model_kernel linear = {.name = "linear",
                                    .real_size = sizeof(real),
                                    .key = KERNEL(random_key_make),
                                    .start = linear_start,
                                    .month = linear_month,
                                    .release = no_release,
                                    .descend = KERNEL(model_descend)};
static const model_kernel chain = {.name = "chain",
                                   .real_size = sizeof(real),
                                   .key = KERNEL(random_key_make),
                                   .start = chain_start,
                                   .month = chain_month,
                                   .release = no_release,
                                   .descend = KERNEL(model_descend)};

/* ---- runs ---- */

static float seen[MONTHS][PARTICLES];

static void look(void *user, const model_tile *tile, uint32_t i_month) {
    (void)user;
    for (uint32_t lane = 0; lane < tile->n_lanes && tile->first_slot + lane < PARTICLES; lane++)
        seen[i_month][tile->first_slot + lane] = tile->state[lane];
}

/** Log likelihood; mean[t]: of the state given data up to t. */
static double filtered(const model_kernel *kernel, uint32_t n_particles, uint64_t replicate, double *mean) {
    tsr_error error = TSR_ERROR_INIT;
    static model_observed nothing[MONTHS];
    model m = {.n_rows = 1, .n_months = MONTHS, .substeps = 1, .first_month = 421};
    evidence e = {.n_months = MONTHS, .months = nothing};
    filter *f = NULL;
    const filter_options options = {.seed = 7,
                                    .purpose = RANDOM_TEST,
                                    .replicate = replicate,
                                    .n_particles = n_particles,
                                    .n_threads = 1,
                                    .n_lanes = 64,
                                    .resample_below =
                                        mean ? 1.1 : 0, /* every month, so that draws know no later data */
                                    .own_kernel = kernel};
    const ensemble_observer observer = {.month = look};
    if (filter_create(&m, &e, &options, &f, &error) != TSR_OK ||
        filter_run(f, &observer, n_particles <= PARTICLES && mean ? 1 : 0, &error) != TSR_OK)
        fail_msg("%s", error.message);
    for (uint32_t t = 0; mean && t < MONTHS; t++) {
        static uint32_t draw[PARTICLES];
        filter_draws(f, t, 0, draw);
        mean[t] = 0;
        for (uint32_t i = 0; i < n_particles; i++)
            mean[t] += (double)seen[t][draw[i]] / n_particles;
    }
    double log_likelihood = filter_log_likelihood(f);
    filter_free(f);
    return log_likelihood;
}

/* ---- exact answers ---- */

/** mean[t], sd[t]: of the state given data up to t. */
static double kalman(double *mean, double *sd) {
    double m = 0, v = process_sd * process_sd / (1 - persistence * persistence), total = 0;
    for (int t = 0; t < MONTHS; t++) {
        m *= persistence;
        v = persistence * persistence * v + process_sd * process_sd;
        double s = v + noise_sd * noise_sd, residual = observed[t] - m;
        total += -0.5 * residual * residual / s - 0.5 * log(2 * M_PI * s);
        m += v / s * residual;
        v -= v * v / s;
        mean[t] = m;
        sd[t] = sqrt(v);
    }
    return total;
}

static double forward(void) {
    double p[STATES] = {1.0 / STATES, 1.0 / STATES, 1.0 / STATES}, total = 0;
    for (int t = 0; t < MONTHS; t++) {
        double next[STATES] = {0}, sum = 0;
        for (int i = 0; i < STATES; i++)
            for (int j = 0; j < STATES; j++)
                next[j] += p[i] * transition[i][j] * emission[j][(int)observed[t]];
        for (int j = 0; j < STATES; j++)
            sum += next[j];
        for (int j = 0; j < STATES; j++)
            p[j] = next[j] / sum;
        total += log(sum);
    }
    return total;
}

static void make_data(bool is_chain) {
    srandom(11);
    int state = 0;
    double x = 0;
    for (int t = 0; t < MONTHS; t++) {
        double u = (double)random() / 2147483648.0, v = (double)random() / 2147483648.0;
        double w = (double)random() / 2147483648.0 + 1e-12;
        if (is_chain) {
            state = next_state(state, u);
            int symbol = 0;
            for (double sum = emission[state][0]; v > sum && symbol + 1 < SYMBOLS; sum += emission[state][symbol])
                symbol++;
            observed[t] = symbol;
        } else {
            x = persistence * x + process_sd * sqrt(-2 * log(w)) * cos(2 * M_PI * u);
            observed[t] = x + noise_sd * sqrt(-2 * log(v + 1e-12)) * sin(2 * M_PI * u);
        }
    }
}

/* ---- tests ---- */

/** Standard errors between the mean of exp(log likelihood - exact) over replicates and 1: the estimate is unbiased. */
static double bias(const model_kernel *kernel, double exact) {
    double sum = 0, squares = 0;
    for (uint64_t r = 0; r < REPLICATES; r++) {
        double ratio = exp(filtered(kernel, 256, r, NULL) - exact);
        sum += ratio;
        squares += ratio * ratio;
    }
    double mean = sum / REPLICATES, variance = squares / REPLICATES - mean * mean;
    return fabs(mean - 1) / sqrt(variance / REPLICATES);
}

static void test_kalman_likelihood(void **state) {
    (void)state;
    double mean[MONTHS], sd[MONTHS];
    make_data(false);
    assert_true(bias(&linear, kalman(mean, sd)) < 6);
}

static void test_kalman_likelihood_sabotaged(void **state) {
    (void)state;
    double mean[MONTHS], sd[MONTHS];
    make_data(false);
    spoiled_noise_sd = 1.5 * noise_sd;
    assert_true(bias(&linear, kalman(mean, sd)) > 6);
    spoiled_noise_sd = noise_sd;
}

/** Largest difference between filtered and exact means in standard errors; resampled particles are worth less than
 *  independent ones: four times the variance is allowed for. */
static double worst_mean(void) {
    double mean[MONTHS], sd[MONTHS], found[MONTHS], worst = 0;
    kalman(mean, sd);
    filtered(&linear, PARTICLES, 1, found);
    for (int t = 0; t < MONTHS; t++)
        worst = fmax(worst, fabs(found[t] - mean[t]) / (2 * sd[t] / sqrt(PARTICLES)));
    return worst;
}

static void test_kalman_means(void **state) {
    (void)state;
    make_data(false);
    assert_true(worst_mean() < 6);
}

static void test_kalman_means_sabotaged(void **state) {
    (void)state;
    make_data(false);
    spoiled_noise_sd = 2 * noise_sd;
    assert_true(worst_mean() > 6);
    spoiled_noise_sd = noise_sd;
}

static void test_forward_algorithm(void **state) {
    (void)state;
    make_data(true);
    assert_true(bias(&chain, forward()) < 6);
}

static void test_forward_algorithm_sabotaged(void **state) {
    (void)state;
    make_data(true);
    double exact = forward();
    observed[MONTHS / 2] = (int)(observed[MONTHS / 2] + 1) % SYMBOLS;
    assert_true(bias(&chain, exact) > 6);
}

/* ---- what is said about months that go wrong ---- */

static tsr_status run_linear(filter **f, tsr_error *error) {
    static model_observed nothing[MONTHS];
    static model m = {.n_rows = 1, .n_months = MONTHS, .substeps = 1, .first_month = 421};
    static evidence e = {.n_months = MONTHS, .months = nothing};
    static const filter_options options = {.seed = 7,
                                           .purpose = RANDOM_TEST,
                                           .n_particles = PARTICLES,
                                           .n_threads = 1,
                                           .n_lanes = 64,
                                           .own_kernel = &linear};
    tsr_status status = filter_create(&m, &e, &options, f, error);
    return status == TSR_OK ? filter_run(*f, NULL, 0, error) : status;
}

/** Months of the linear model that are called collapsed. */
static uint32_t collapsed(void) {
    tsr_error error = TSR_ERROR_INIT;
    filter *f = NULL;
    uint32_t n, found = 0;
    assert_int_equal(run_linear(&f, &error), TSR_OK);
    const filter_month *months = filter_months(f, &n);
    for (uint32_t t = 0; t < n; t++) {
        found += months[t].is_collapsed;
        if (months[t].is_collapsed) {
            assert_int_equal(months[t].narrowest, 0); /* the only row that has densities */
            assert_true(months[t].narrowest_effective < 60);
        }
    }
    filter_free(f);
    return found;
}

static void test_collapse_is_said(void **state) {
    (void)state;
    make_data(false);
    assert_int_equal(collapsed(), 0);
    observed[MONTHS / 2] += 8 * noise_sd;
    assert_in_range(collapsed(), 1, 3);
}

static void test_not_a_number_is_named(void **state) {
    (void)state;
    tsr_error error = TSR_ERROR_INIT;
    filter *f = NULL;
    make_data(false);
    observed[9] = NAN;
    assert_int_equal(run_linear(&f, &error), TSR_E_NUMERIC);
    assert_non_null(strstr(error.message, "is not a number in particle 0"));
    assert_int_equal(error.month_id, 421 + 9);
    filter_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kalman_likelihood), cmocka_unit_test(test_kalman_likelihood_sabotaged),
        cmocka_unit_test(test_kalman_means),      cmocka_unit_test(test_kalman_means_sabotaged),
        cmocka_unit_test(test_forward_algorithm), cmocka_unit_test(test_forward_algorithm_sabotaged),
        cmocka_unit_test(test_collapse_is_said),  cmocka_unit_test(test_not_a_number_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
