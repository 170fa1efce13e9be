/* People move as whole persons, yet small flows happen as often as they should: surrenders and transfers to prison.
 *
 * N draws of a count that lies within one of its mean: by Hoeffding the mean of them is further than e from the expectation
 * with a chance below 2 exp(-2 N e^2) = 1e-9. Eight such comparisons: tests/false-alarms.txt. The seed is fixed. */
#include "afghan.h"

#include "ensemble/ensemble.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { LANES_USED = 128, STEPS = 2048, DRAWS = LANES_USED * STEPS };

static world *w;

static int setup(void **state) {
    (void)state;
    w = afghan_world();
    return 0;
}

static int teardown(void **state) {
    (void)state;
    free(w);
    return 0;
}

/** A tile in which nothing happens but the flow under test. */
typedef struct stage {
    model *m;
    model_tile tile;
    void *storage;
    uint32_t i_mechanism;
} stage;

static stage stage_create(const char *name) {
    stage g = {0};
    tsr_error error = TSR_ERROR_INIT;
    model_options options = {.whatif = WORLD_NONE, .use_defaults = true, .last_month = w->first_month};
    assert_int_equal(model_create(w, &options, &g.m, &error), TSR_OK);
    assert_int_equal(ensemble_tile_create(g.m, &model_kernel_baseline, LANES_USED, &g.tile, &g.storage, &error),
                     TSR_OK);
    g.tile.key = model_kernel_baseline.key(5, RANDOM_TEST, 0);
    model_kernel_baseline.start(&g.tile);
    while (strcmp(model_kernel_baseline.mechanisms[g.i_mechanism]->name, name) != 0)
        g.i_mechanism++;
    return g;
}

static void stage_free(stage *g) {
    free(g->storage);
    model_free(g->m);
}

static void set_rows(const stage *g, model_row_group group, uint32_t first, uint32_t n, double value) {
    for (size_t i = (size_t)first * LANES_USED; i < ((size_t)first + n) * LANES_USED; i++)
        g->tile.state[(size_t)g->m->first_row[group] * LANES_USED + i] = (real)value;
}

static void set_all(const stage *g, model_row_group group, double value) {
    set_rows(g, group, 0, g->m->n_rows_of[group], value);
}

static double sum_row(const stage *g, model_row_group group, uint32_t row) {
    double sum = 0;
    for (uint32_t lane = 0; lane < LANES_USED; lane++)
        sum += (double)g->tile.state[((size_t)g->m->first_row[group] + row) * LANES_USED + lane];
    return sum;
}

static void set_parameter(const stage *g, const char *name, double value) {
    const mechanism *it = model_kernel_baseline.mechanisms[g->i_mechanism];
    uint32_t k = 0;
    while (strcmp(it->parameters[k].name, name) != 0)
        k++;
    uint32_t row = g->m->first_parameter[g->i_mechanism * g->m->n_per_mechanism + k];
    for (uint32_t lane = 0; lane < LANES_USED; lane++)
        g->tile.parameters[(size_t)row * LANES_USED + lane] = (real)value;
}

static void act(const stage *g, uint32_t i) {
    model_step s = {
        .m = g->m,
        .tile = &g->tile,
        .address = {.key = g->tile.key, .month = 1 + i % 4000, .substep = i / 4000},
        .n_lanes = LANES_USED,
        .dt = (real)1 / (real)g->m->substeps,
        .i_substep = g->m->substeps, /* no dated event is in it */
        .i_mechanism = g->i_mechanism,
    };
    model_kernel_baseline.mechanisms[g->i_mechanism]->step(&s);
}

/** Mean of DRAWS transfers out of an area where `captives` are, at a transfer rate of which the share `gone` moves. */
static double mean_transfer(double captives, double gone) {
    stage g = stage_create("prisons");
    uint32_t pair = 0, n_areas = g.m->n_areas;
    while (g.m->prison_area[g.m->captive_holder[pair]] < 0)
        pair++;
    uint32_t prison = (uint32_t)g.m->prison_area[g.m->captive_holder[pair]], from = prison == 3 ? 4 : 3;
    double sum = 0;
    set_parameter(&g, "transfer_rate", -log1p(-gone) * g.m->substeps);
    set_parameter(&g, "break_hazard", 0);
    set_all(&g, ROW_control, 0);
    for (uint32_t i = 0; i < STEPS; i++) {
        set_all(&g, ROW_captives, 0);
        set_rows(&g, ROW_captives, pair * n_areas + from, 1, captives);
        act(&g, i);
        double moved = sum_row(&g, ROW_captives, pair * n_areas + prison);
        assert_true(moved + sum_row(&g, ROW_captives, pair * n_areas + from) == captives * LANES_USED);
        assert_true(moved == floor(moved));
        sum += moved;
    }
    stage_free(&g);
    return sum / DRAWS;
}

/** Mean number of captives from an area with `strength` fighters of which the share `gone` leaves, a half of it to prison. */
static double mean_surrender(double strength, double gone) {
    stage g = stage_create("losses");
    const model *m = g.m;
    uint32_t pair = 0, area = 5;
    uint32_t f = m->captive_faction[pair], holder = m->captive_holder[pair];
    double sum = 0;
    set_parameter(&g, "surrender_rate", -log1p(-gone) * m->substeps);
    set_parameter(&g, "surrender_captured", 0.5);
    set_all(&g, ROW_deaths_now, 0);
    set_all(&g, ROW_pressure, 0);
    set_rows(&g, ROW_pressure, f, 1, 1);
    set_all(&g, ROW_intelligence, 1);
    set_all(&g, ROW_ruler, holder);
    for (uint32_t i = 0; i < STEPS; i++) {
        set_all(&g, ROW_captives, 0);
        set_all(&g, ROW_strength, 0);
        set_rows(&g, ROW_strength, f * m->n_areas + area, 1, strength);
        act(&g, i);
        double captured = sum_row(&g, ROW_captives, pair * m->n_areas + area);
        assert_true(captured == floor(captured));
        assert_true(fabs(sum_row(&g, ROW_strength, f * m->n_areas + area) / LANES_USED / (strength * (1 - gone)) - 1) <
                    1e-5);
        sum += captured;
    }
    stage_free(&g);
    return sum / DRAWS;
}

/** Is the mean of the draws what it should be? */
static bool is_right(double mean, double expected) {
    return fabs(mean - expected) < sqrt(log(2 / 1e-9) / (2.0 * DRAWS));
}

/* The twin that is wrong: every draw rounded to the nearest whole number, as it was once. */
static void check_flow(double mean, double expected) {
    print_message("mean %.5f, expected %.5f, rounded plainly %.0f\n", mean, expected, nearbyint(expected));
    assert_true(is_right(mean, expected));
    assert_false(is_right(nearbyint(expected), expected));
}

static void small_transfers_happen(void **state) {
    (void)state;
    check_flow(mean_transfer(3, 0.04), 0.12);
    check_flow(mean_transfer(1, 0.3), 0.3);
    check_flow(mean_transfer(200, 0.0085), 1.7);
    check_flow(mean_transfer(1, 0.95), 0.95);
}

static void small_surrenders_happen(void **state) {
    (void)state;
    check_flow(mean_surrender(20, 0.03), 0.3);
    check_flow(mean_surrender(1, 0.05), 0.025);
    check_flow(mean_surrender(500, 0.01), 2.5);
    check_flow(mean_surrender(1000, 0.0034), 1.7);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_transfers_happen),
        cmocka_unit_test(small_surrenders_happen),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
