/* Simulation-based calibration (Talts et al. 2018, arXiv:1804.06788): parameters from the prior, data from this file's own
 * simulation of three areas, the posterior by the program's chains on the program's filter. The rank of the true value among
 * draws of the posterior is then uniform. */
#include "draws.h"
#include "world.h"

#include "infer/chains.h"
#include "infer/fitting.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { RUNS = 64, DRAWS = 9, THIN = 24, WARM = 240, STEPS = 2 * WARM, COORDINATES = 3, PARTICLES = 48 };
_Static_assert(WARM >= DRAWS * THIN, "the second half has the draws; chains learn in the first third");

/* The values that infer_world sets stand for medians of these priors, log-normal. */
static const char *const names[COORDINATES] = {"intensity.battle_rate", "events.cell_size", "intensity.cell_sd"};
static const double spreads[COORDINATES] = {0.7, 0.6, 0.4};

static const infer_world medians = {.n_areas = 3,
                                    .n_months = 18,
                                    .rate = 4,
                                    .cell_sd = 0.7,
                                    .cell_persistence = 0.9,
                                    .channel_sd = 0.1,
                                    .cell_size = 4,
                                    .channel_size = 20};

/** Counts of all months and areas under `c`. */
static void draw_data(const infer_world *c, panel *p) {
    double x[3], y = 0;
    for (uint32_t t = 0; t < c->n_months; t++) {
        y += t > 0 ? c->channel_sd * normal() - c->channel_sd * c->channel_sd / 2 : 0;
        double shock = gamma_variate(c->channel_size) / c->channel_size;
        for (uint32_t a = 0; a < c->n_areas; a++) {
            double rho = c->cell_persistence, s = c->cell_sd;
            x[a] = t == 0 ? s * normal() : rho * x[a] + s * sqrt(1 - rho * rho) * normal();
            double mean = c->rate * exp(y + x[a] - s * s / 2) * shock * gamma_variate(c->cell_size) / c->cell_size;
            p->events[panel_cell(p, t, 0, a)] = poisson(mean);
        }
    }
}

/* ---- one run ---- */

static tsr_status log_posterior(void *user, uint32_t chain, const double *z, uint64_t replicate, double *out,
                                tsr_error *error) {
    (void)chain;
    tsr_status status = fitting_log_likelihood(user, z, replicate, out, error);
    for (int j = 0; j < COORDINATES; j++)
        *out -= z[j] * z[j] / 2;
    return status;
}

/** Ranks of the true coordinates among DRAWS draws of the posterior; `factor` spoils the simulated rate. */
static void one_run(model *m, const space *s, panel *p, thread_pool *pool, uint64_t run, double factor,
                    uint32_t rank[COORDINATES]) {
    static const uint32_t none[1] = {0};
    tsr_error error = TSR_ERROR_INIT;
    evidence *e = NULL;
    fitting *f = NULL;
    chains *c = NULL;
    double z[COORDINATES];
    infer_world truth = medians;
    generator = 0x9e3779b97f4a7c15u * (run + 1);
    for (int i = 0; i < 20; i++)
        uniform();
    do { /* a channel without an event is refused, here as in any scenario; that happens in few runs */
        for (int j = 0; j < COORDINATES; j++)
            z[j] = normal();
        truth.rate = medians.rate * exp(spreads[0] * z[0]) * factor;
        truth.cell_size = medians.cell_size * exp(spreads[1] * z[1]);
        truth.cell_sd = medians.cell_sd * exp(spreads[2] * z[2]);
        draw_data(&truth, p);
        e = NULL;
    } while (evidence_create(m, p, NULL, &e, &error) != TSR_OK);
    for (uint32_t t = 0; t < e->n_months; t++)
        e->months[t].n_active = none; /* the counts alone */
    const filter_options options = {
        .seed = run, .purpose = RANDOM_TEST, .n_particles = PARTICLES, .n_threads = 1, .n_lanes = PARTICLES};
    const chain_options choices = {
        .seed = run, .pool = pool, .n_chains = 1, .n_steps = STEPS, .start_sd = 0.5, .most_sd = 1};
    if (fitting_create(m, e, s, &options, &f, &error) != TSR_OK ||
        chains_create(COORDINATES, 1, STEPS, &c, &error) != TSR_OK ||
        chains_run(c, &(chain_target){log_posterior, f}, &choices, &error) != TSR_OK)
        fail_msg("%s", error.message);
    for (int j = 0; j < COORDINATES; j++) {
        rank[j] = 0;
        for (uint32_t i = 0; i < DRAWS; i++)
            rank[j] += c->z[((size_t)WARM + (i + 1) * THIN - 1) * COORDINATES + (uint32_t)j] < z[j];
    }
    chains_free(c);
    fitting_free(f);
    evidence_free(e);
}

/** Largest distance of the ranks' distribution functions from the uniform one, over coordinates. */
static double distance(double factor) {
    tsr_error error = TSR_ERROR_INIT;
    static uint32_t ranks[RUNS][COORDINATES];
    world *w = infer_world_create(&medians);
    panel *p = infer_panel_create(w);
    model *m = NULL;
    model_options choices = {.use_defaults = true, .whatif = WORLD_NONE, .last_month = w->last_observed, .substeps = 1};
    assert_int_equal(model_create(w, &choices, &m, &error), TSR_OK);
    uint32_t values[COORDINATES], coordinate[COORDINATES] = {0, 1, 2};
    for (uint32_t j = 0; j < COORDINATES; j++) {
        values[j] = (uint32_t)model_find_parameter(m, names[j], 0);
        m->parameters[values[j]].prior = PRIOR_LOG_NORMAL;
        m->parameters[values[j]].prior_spread = spreads[j];
    }
    const space s = {.n = COORDINATES, .n_values = COORDINATES, .parameter = values, .coordinate = coordinate};
    thread_pool *pool = NULL;
    assert_int_equal(thread_pool_create(1, &pool, &error), TSR_OK);
    for (uint32_t r = 0; r < RUNS; r++)
        one_run(m, &s, p, pool, r, factor, ranks[r]);
    double worst = 0;
    for (uint32_t j = 0; j < COORDINATES; j++)
        for (uint32_t k = 0; k < DRAWS; k++) {
            double below = 0;
            for (uint32_t r = 0; r < RUNS; r++)
                below += ranks[r][j] <= k;
            worst = fmax(worst, fabs(below / RUNS - (k + 1.0) / (DRAWS + 1)));
        }
    thread_pool_free(pool);
    model_free(m);
    panel_free(p);
    free(w);
    return worst;
}

/** Dvoretzky-Kiefer-Wolfowitz: P(distance > band) <= 2 exp(-2 n band^2) for each coordinate: 3e-7 for the three together. */
static double band(void) {
    return sqrt(log(2 / 1e-7) / (2 * RUNS));
}

static void test_ranks_are_uniform(void **state) {
    (void)state;
    double found = distance(1);
    print_message("distance %.3f, band %.3f\n", found, band());
    assert_true(found < band());
}

static void test_ranks_sabotaged(void **state) {
    (void)state;
    double found = distance(2.5);
    print_message("distance %.3f, band %.3f\n", found, band());
    assert_true(found > band());
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ranks_are_uniform),
        cmocka_unit_test(test_ranks_sabotaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
