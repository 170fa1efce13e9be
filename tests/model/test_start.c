/* The start's parameters move whole forces and followings, by the scenario's own intervals, and nothing else. */
#include "afghan.h"

#include "ensemble/ensemble.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { LANES_USED = 16, TALIBAN = 1, ISIS_K = 3 };

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

/** A tile at the start, its parameters of the start at the coordinates given. */
typedef struct beginning {
    model *m;
    model_tile tile;
    void *storage;
} beginning;

/** Row of a parameter of the start. */
static uint32_t parameter_row(const model *m, const char *name, uint32_t faction) {
    uint32_t k = 0;
    while (strcmp(model_kernel_baseline.mechanisms[m->parameters[k].i_mechanism]->name, "start") != 0 ||
           strcmp(m->parameters[k].declared->name, name) != 0 || m->parameters[k].i_scope != faction)
        k++;
    return k;
}

static beginning begin(bool use_defaults, const model_coordinates *coordinates) {
    beginning b = {0};
    tsr_error error = TSR_ERROR_INIT;
    model_options options = {.whatif = WORLD_NONE, .use_defaults = use_defaults, .last_month = w->first_month};
    assert_int_equal(model_create(w, &options, &b.m, &error), TSR_OK);
    assert_int_equal(ensemble_tile_create(b.m, &model_kernel_baseline, LANES_USED, &b.tile, &b.storage, &error),
                     TSR_OK);
    b.tile.key = model_kernel_baseline.key(8, RANDOM_TEST, 0);
    b.tile.coordinates = coordinates;
    model_kernel_baseline.start(&b.tile);
    return b;
}

static void end(beginning *b) {
    free(b->storage);
    model_free(b->m);
}

static double value(const beginning *b, model_row_group group, uint32_t row, uint32_t lane) {
    return (double)b->tile.state[((size_t)b->m->first_row[group] + row) * LANES_USED + lane];
}

static void assert_near(double x, double y, double error) {
    if (!(fabs(x - y) <= error * fmax(1, fabs(y))))
        fail_msg("%.9g instead of %.9g", x, y);
}

static void coordinates_move_the_start(void **state) {
    (void)state;
    beginning medians = begin(true, NULL);
    const model *m = medians.m;
    float z[2 * LANES_USED];
    for (uint32_t lane = 0; lane < LANES_USED; lane++) {
        z[lane] = 0.1f * (float)lane;
        z[LANES_USED + lane] = 1 - 0.2f * (float)lane;
    }
    const uint32_t rows[2] = {parameter_row(m, "strength", TALIBAN), parameter_row(m, "support", ISIS_K)};
    const uint32_t which[2] = {0, 1};
    const model_coordinates coordinates = {
        .n = 2, .parameter = rows, .coordinate = which, .z = z, .stride = LANES_USED};
    beginning moved = begin(true, &coordinates);
    for (uint32_t lane = 0; lane < LANES_USED; lane++)
        for (uint32_t f = 0; f < m->n_factions; f++)
            for (uint32_t a = 0; a < m->n_areas; a++) {
                uint32_t i = f * m->n_areas + a;
                double force = f == TALIBAN ? (double)z[lane] * m->start_strength[i].spread : 0;
                double following = f == ISIS_K ? (double)z[LANES_USED + lane] * m->start_support[i].spread : 0;
                assert_near(value(&moved, ROW_strength, i, lane), value(&medians, ROW_strength, i, lane) * exp(force),
                            1e-6);
                assert_near(value(&moved, ROW_utility, i, lane), value(&medians, ROW_utility, i, lane) + following,
                            1e-6);
                assert_near(value(&moved, ROW_rest_utility, i, lane), value(&moved, ROW_utility, i, lane), 0);
                assert_near(value(&moved, ROW_control, i, lane), value(&medians, ROW_control, i, lane), 0);
            }
    for (uint32_t i = 0; i < m->n_factions * m->n_areas;
         i++) /* intervals that begin below a half per cent among them */
        assert_true(m->start_support[i].spread > 0.1);
    assert_true(m->start_strength[TALIBAN * m->n_areas].spread > 0.1);
    end(&moved);
    end(&medians);
}

/* In draws from priors the start is where the draw of its parameter says: the same number for all areas of a faction. */
static void draws_move_the_start(void **state) {
    (void)state;
    beginning medians = begin(true, NULL), drawn = begin(false, NULL);
    const model *m = drawn.m;
    for (uint32_t f = 0; f < m->n_factions; f++) {
        const real *force = drawn.tile.parameters + (size_t)parameter_row(m, "strength", f) * LANES_USED;
        const real *following = drawn.tile.parameters + (size_t)parameter_row(m, "support", f) * LANES_USED;
        for (uint32_t lane = 0; lane < LANES_USED; lane++) {
            assert_true(force[lane] != force[(lane + 1) % LANES_USED] && force[lane] != following[lane]);
            for (uint32_t a = 0; a < m->n_areas; a++) {
                uint32_t i = f * m->n_areas + a;
                assert_near(value(&drawn, ROW_strength, i, lane),
                            value(&medians, ROW_strength, i, lane) *
                                exp((double)force[lane] * m->start_strength[i].spread),
                            1e-6);
                assert_near(
                    value(&drawn, ROW_utility, i, lane),
                    value(&medians, ROW_utility, i, lane) + (double)following[lane] * m->start_support[i].spread, 1e-6);
            }
        }
    }
    end(&drawn);
    end(&medians);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coordinates_move_the_start),
        cmocka_unit_test(draws_move_the_start),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
