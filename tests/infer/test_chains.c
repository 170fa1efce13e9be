/* Chains on densities with known moments, exact or estimated without bias; stopping and going on; R-hat and effective size. */
#include "infer/chains.h"
#include "infer/diagnose.h"

#include "random/counts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { D = 3, CHAINS = 4, STEPS = 8000 };

/* ---- targets: normal with these means and precisions ---- */

static const double centre[D] = {0.5, -1, 0};
static const double precision[D][D] = {{2, -1, 0}, {-1, 2, 0}, {0, 0, 0.5}}; /* covariance {2/3, 1/3; 1/3, 2/3}, 2 */
static const double exact_sd[D] = {0.816496580927726, 0.816496580927726, 1.414213562373095};

typedef struct normal_target {
    double noise_sd; /* of the estimate: log-normal with mean 1, or ... */
    double turns;    /* how fast the error by the same random numbers changes with the point; 0: it does not */
    bool is_biased;  /* ... with a mean that depends on the point */
    bool forgets;    /* what a chain would draw from that forgot the density of its independent proposals */
    uint32_t n_calls, stop_after;
} normal_target;

static tsr_status log_density(void *user, uint32_t chain, const double *z, uint64_t replicate, double *out,
                              tsr_error *error) {
    (void)chain;
    normal_target *t = user;
    if (t->stop_after && ++t->n_calls > t->stop_after)
        return FAIL(error, TSR_E_CANCELLED, "stopped");
    *out = 0;
    for (int i = 0; i < D; i++)
        for (int j = 0; j < D; j++)
            *out -= 0.5 * (z[i] - centre[i]) * precision[i][j] * (z[j] - centre[j]);
    random_address address = {.key = KERNEL(random_key_make)(99, RANDOM_TEST, replicate)};
    philox_stream stream = philox_stream_of(&address, 2, 0, 0);
    double u = counts_uniform(&stream), v = counts_uniform(&stream), s = t->noise_sd;
    if (t->forgets)
        for (int i = 0; i < D; i++)
            *out -= (z[i] - centre[i]) * (z[i] - centre[i]) / (2 * exact_sd[i] * exact_sd[i]);
    v += t->turns * (z[0] + z[1] + z[2]);
    *out += s * sqrt(-2 * log(u)) * cos(2 * M_PI * v) - s * s / 2 + (t->is_biased ? 0.7 * z[0] : 0);
    return TSR_OK;
}

static const chain_options usual = {.seed = 5, .n_chains = CHAINS, .n_steps = STEPS, .start_sd = 2, .most_sd = 3};

static tsr_status go_on_with(chains *c, const chain_target *target, uint32_t n_threads, tsr_error *error) {
    chain_options options = usual;
    assert_int_equal(thread_pool_create(n_threads, &options.pool, error), TSR_OK);
    tsr_status status = chains_run(c, target, &options, error);
    thread_pool_free(options.pool);
    return status;
}

static tsr_status go_on(chains *c, const chain_target *target, tsr_error *error) {
    return go_on_with(c, target, 1, error);
}

static chains *run(normal_target *t) {
    tsr_error error = TSR_ERROR_INIT;
    chains *c = NULL;
    chain_target target = {log_density, t};
    assert_int_equal(chains_create(D, CHAINS, STEPS, &c, &error), TSR_OK);
    assert_int_equal(go_on(c, &target, &error), TSR_OK);
    return c;
}

/** Draws of coordinate j after the first half: [chain][STEPS/2]. */
static double *draws_of(const chains *c, uint32_t j) {
    double *x = malloc((size_t)CHAINS * STEPS / 2 * sizeof *x);
    for (uint32_t k = 0; k < CHAINS; k++)
        for (uint32_t i = 0; i < STEPS / 2; i++)
            x[k * (STEPS / 2) + i] = c->z[((size_t)k * STEPS + STEPS / 2 + i) * D + j];
    return x;
}

/** Largest distance of means and variances from the exact ones, in standard errors by the effective sample size. */
static double distance(normal_target *t) {
    double worst = 0;
    tsr_error error = TSR_ERROR_INIT;
    chains *c = run(t);
    for (uint32_t j = 0; j < D; j++) {
        double *x = draws_of(c, j), mean = 0, variance = 0;
        uint32_t n = CHAINS * STEPS / 2;
        diagnosis d;
        assert_int_equal(diagnose(x, CHAINS, STEPS / 2, &d, &error), TSR_OK);
        assert_true(d.rhat < 1.03 && d.effective > 200);
        for (uint32_t i = 0; i < n; i++)
            mean += x[i] / n;
        for (uint32_t i = 0; i < n; i++)
            variance += (x[i] - mean) * (x[i] - mean) / n;
        worst = fmax(worst, fabs(mean - centre[j]) / (exact_sd[j] / sqrt(d.effective)));
        /* Squares mix more slowly than values; twice the error of independent draws is allowed. */
        worst = fmax(worst, fabs(variance / (exact_sd[j] * exact_sd[j]) - 1) / (2 * sqrt(2 / d.effective)));
        free(x);
    }
    chains_free(c);
    return worst;
}

static void test_moments(void **state) {
    (void)state;
    assert_true(distance(&(normal_target){0}) < 6);
}

static void test_moments_with_estimated_density(void **state) {
    (void)state;
    assert_true(distance(&(normal_target){.noise_sd = 1.2}) < 6);
}

/* The error of neighbours by the same random numbers is alike, as that of particle filters. */
static void test_moments_with_errors_alike(void **state) {
    (void)state;
    assert_true(distance(&(normal_target){.noise_sd = 1.2, .turns = 0.05}) < 6);
}

static void test_moments_sabotaged(void **state) {
    (void)state;
    assert_true(distance(&(normal_target){.noise_sd = 1.2, .is_biased = true}) > 6);
}

static void test_moments_without_the_proposals_density(void **state) {
    (void)state;
    assert_true(distance(&(normal_target){.noise_sd = 1.2, .forgets = true}) > 6);
}

static void test_threads(void **state) {
    (void)state;
    tsr_error error = TSR_ERROR_INIT;
    normal_target t = {.noise_sd = 1};
    chains *a = run(&t), *b = NULL;
    assert_int_equal(chains_create(D, CHAINS, STEPS, &b, &error), TSR_OK);
    assert_int_equal(go_on_with(b, &(chain_target){log_density, &t}, 3, &error), TSR_OK);
    assert_memory_equal(a->z, b->z, (size_t)CHAINS * STEPS * D * sizeof *a->z);
    chains_free(a);
    chains_free(b);
}

/* ---- as many coordinates as a fit may have ---- */

enum { WIDE = SPACE_MOST, SHORT = 600 };

/** Neighbours correlated by about -.5, each coordinate narrower than the one before, its noise as that of a good filter. */
static tsr_status wide_density(void *user, uint32_t chain, const double *z, uint64_t replicate, double *out,
                               tsr_error *error) {
    (void)user;
    (void)chain;
    (void)error;
    random_address address = {.key = KERNEL(random_key_make)(98, RANDOM_TEST, replicate)};
    philox_stream stream = philox_stream_of(&address, 2, 0, 0);
    double u = counts_uniform(&stream), v = counts_uniform(&stream), before = 0;
    *out = 0.8 * sqrt(-2 * log(u)) * cos(2 * M_PI * v);
    for (int j = 0; j < WIDE; j++) {
        double x = (z[j] - 0.1 * j) * (1 + 0.3 * j), off = x + 0.5 * before;
        *out -= off * off / 2;
        before = x;
    }
    return TSR_OK;
}

/** Chains that walk are worth some ten draws at this length. */
static void test_many_coordinates(void **state) {
    (void)state;
    tsr_error error = TSR_ERROR_INIT;
    chains *c = NULL;
    chain_options options = {.seed = 3, .n_chains = CHAINS, .n_steps = SHORT, .start_sd = 0.3, .most_sd = 1.5};
    uint32_t n = SHORT / 2;
    assert_int_equal(thread_pool_create(1, &options.pool, &error), TSR_OK);
    assert_int_equal(chains_create(WIDE, CHAINS, SHORT, &c, &error), TSR_OK);
    assert_int_equal(chains_run(c, &(chain_target){wide_density, NULL}, &options, &error), TSR_OK);
    double *x = malloc((size_t)CHAINS * n * sizeof *x);
    for (uint32_t j = 0; j < WIDE; j++) {
        diagnosis d;
        for (uint32_t k = 0; k < CHAINS; k++)
            for (uint32_t i = 0; i < n; i++)
                x[k * n + i] = c->z[((size_t)k * SHORT + n + i) * WIDE + j];
        assert_int_equal(diagnose(x, CHAINS, n, &d, &error), TSR_OK);
        print_message("%u: R-hat %.3f, effective %.0f\n", j, d.rhat, d.effective);
        assert_true(d.rhat < 1.1 && d.effective > 50);
    }
    free(x);
    chains_free(c);
    thread_pool_free(options.pool);
}

/** Stopped in the middle of a step and continued: the same bits as without a stop. */
static void test_resume(void **state) {
    (void)state;
    tsr_error error = TSR_ERROR_INIT;
    normal_target whole = {.noise_sd = 1}, stopped = {.noise_sd = 1, .stop_after = CHAINS + 1000 * CHAINS + 2};
    chains *a = run(&whole), *b = NULL;
    chain_target target = {log_density, &stopped};
    assert_int_equal(chains_create(D, CHAINS, STEPS, &b, &error), TSR_OK);
    assert_int_equal(go_on(b, &target, &error), TSR_E_CANCELLED);
    assert_int_equal(b->n_done, 1000);
    stopped.stop_after = 0;
    assert_int_equal(go_on(b, &target, &error), TSR_OK);
    assert_memory_equal(a->z, b->z, (size_t)CHAINS * STEPS * D * sizeof *a->z);
    assert_memory_equal(a->state, b->state, CHAINS * sizeof *a->state);
    chains_free(a);
    chains_free(b);
}

static tsr_status impossible(void *user, uint32_t chain, const double *z, uint64_t replicate, double *out,
                             tsr_error *error) {
    (void)user;
    (void)chain;
    (void)z;
    (void)replicate;
    (void)error;
    *out = -INFINITY;
    return TSR_OK;
}

static void test_no_start(void **state) {
    (void)state;
    tsr_error error = TSR_ERROR_INIT;
    chains *c = NULL;
    assert_int_equal(chains_create(D, 1, 16, &c, &error), TSR_OK);
    assert_int_equal(go_on(c, &(chain_target){impossible, NULL}, &error), TSR_E_NUMERIC);
    assert_non_null(strstr(error.message, "no possible start"));
    chains_free(c);
}

/* ---- diagnosis ---- */

/** Chains of an AR(1) process of variance 1; `shift` is added to the first chain. */
static diagnosis of_autoregression(double rho, double shift, uint32_t n) {
    double *x = malloc((size_t)CHAINS * n * sizeof *x);
    random_address address = {.key = KERNEL(random_key_make)(17, RANDOM_TEST, 0)};
    diagnosis d;
    for (uint32_t k = 0; k < CHAINS; k++) {
        philox_stream stream = philox_stream_of(&address, 3, k, 0);
        double value = 0;
        for (uint32_t i = 0; i < n; i++) {
            double u = counts_uniform(&stream), v = counts_uniform(&stream);
            double e = sqrt(-2 * log(u)) * cos(2 * M_PI * v);
            value = i == 0 ? e : rho * value + sqrt(1 - rho * rho) * e;
            x[(size_t)k * n + i] = value + (k == 0 ? shift : 0);
        }
    }
    assert_int_equal(diagnose(x, CHAINS, n, &d, NULL), TSR_OK);
    free(x);
    return d;
}

static void test_effective_size(void **state) {
    (void)state;
    /* exact: total (1 - rho) / (1 + rho) */
    assert_true(fabs(of_autoregression(0, 0, 5000).effective / 20000 - 1) < 0.1);
    assert_true(fabs(of_autoregression(0.5, 0, 5000).effective / (20000 / 3.0) - 1) < 0.2);
    assert_true(fabs(of_autoregression(0.9, 0, 5000).effective / (20000 / 19.0) - 1) < 0.3);
}

static void test_rhat(void **state) {
    (void)state;
    assert_true(of_autoregression(0.5, 0, 5000).rhat < 1.01);
    assert_true(of_autoregression(0.5, 1, 5000).rhat > 1.1);
    /* A short chain of strong memory has not seen its law. */
    assert_true(of_autoregression(0.999, 0, 500).rhat > 1.1);
    double same[32];
    for (int i = 0; i < 32; i++)
        same[i] = 1;
    diagnosis d;
    assert_int_equal(diagnose(same, 2, 16, &d, NULL), TSR_OK);
    assert_true(isnan(d.rhat) && isnan(d.effective));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_moments),
        cmocka_unit_test(test_moments_with_estimated_density),
        cmocka_unit_test(test_moments_with_errors_alike),
        cmocka_unit_test(test_moments_sabotaged),
        cmocka_unit_test(test_moments_without_the_proposals_density),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_many_coordinates),
        cmocka_unit_test(test_resume),
        cmocka_unit_test(test_no_start),
        cmocka_unit_test(test_effective_size),
        cmocka_unit_test(test_rhat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
