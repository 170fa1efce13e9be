/* A mechanism that is off leaves every other draw unchanged; a NaN has a name; parameters stay in their bounds. */
#include "afghan.h"

#include "model/compile.h"
#include "model/registry.h"
#include "world/builder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { MONTHS = 6, LANES_USED = 16 };

/* Rows that hold draws and nothing else. */
static const model_row_group drawn[] = {ROW_cell_log, ROW_channel_log, ROW_size_level, ROW_channel_shock,
                                        ROW_size_effect};
enum { N_DRAWN = sizeof drawn / sizeof drawn[0] };

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

typedef struct run {
    model *m;
    model_tile tile;
    void *storage;
} run;

static void run_free(run *r) {
    free(r->storage);
    model_free(r->m);
}

/** Some months of one tile with mechanism `off` switched off (-1: none). */
static run run_months(int off, bool use_defaults) {
    run r = {0};
    tsr_error error = TSR_ERROR_INIT;
    model_options options = {
        .whatif = WORLD_NONE, .use_defaults = use_defaults, .last_month = w->first_month + MONTHS - 1};
    assert_int_equal(model_create(w, &options, &r.m, &error), TSR_OK);
    if (off >= 0)
        r.m->is_on[off] = false;
    assert_int_equal(ensemble_tile_create(r.m, &model_kernel_baseline, LANES_USED, &r.tile, &r.storage, &error),
                     TSR_OK);
    r.tile.key = model_kernel_baseline.key(3, RANDOM_TEST, 0);
    model_kernel_baseline.start(&r.tile);
    for (uint32_t t = 0; t < MONTHS; t++)
        model_kernel_baseline.month(&r.tile, t);
    return r;
}

static const real *row(const run *r, model_row_group group, uint32_t i) {
    return r->tile.state + (size_t)(r->m->first_row[group] + i) * LANES_USED;
}

static void other_draws_stay(void **state) {
    (void)state;
    size_t n;
    const mechanism *const *all = registry_mechanisms(&n);
    run reference = run_months(-1, false);
    for (size_t i = 0; i < n; i++) {
        if (all[i]->is_core)
            continue;
        run other = run_months((int)i, false);
        for (size_t k = 0; k < N_DRAWN; k++) {
            size_t bytes = (size_t)reference.m->n_rows_of[drawn[k]] * LANES_USED * sizeof(real);
            if (memcmp(row(&reference, drawn[k], 0), row(&other, drawn[k], 0), bytes) != 0)
                fail_msg("switching %s off changed draws of row group %d", all[i]->name, (int)drawn[k]);
        }
        assert_memory_equal(reference.tile.parameters, other.tile.parameters,
                            (size_t)reference.m->n_parameters * LANES_USED * sizeof(real));
        run_free(&other);
    }
    run_free(&reference);
}

/* Every mechanism does something: with it off, some state differs. Prisons need captives and movement needs time. */
static void every_mechanism_matters(void **state) {
    (void)state;
    size_t n;
    const mechanism *const *all = registry_mechanisms(&n);
    run reference = run_months(-1, false);
    for (size_t i = 0; i < n; i++) {
        if (all[i]->is_core)
            continue;
        run other = run_months((int)i, false);
        if (memcmp(reference.tile.state, other.tile.state, (size_t)reference.m->n_rows * LANES_USED * sizeof(real)) ==
            0)
            fail_msg("switching %s off changed nothing at all", all[i]->name);
        run_free(&other);
    }
    run_free(&reference);
}

static void parameters_in_bounds(void **state) {
    (void)state;
    run r = run_months(-1, false);
    for (uint32_t k = 0; k < r.m->n_parameters; k++)
        for (uint32_t lane = 0; lane < LANES_USED; lane++) {
            double value = (double)r.tile.parameters[(size_t)k * LANES_USED + lane];
            const parameter *p = r.m->parameters[k].declared;
            double slack = 1e-6 * fmax(fabs(p->low), fabs(p->high));
            if (!(value >= p->low - slack && value <= p->high + slack))
                fail_msg("%s is %g outside %g ... %g", p->name, value, p->low, p->high);
        }
    run_free(&r);
}

static void defaults_are_medians(void **state) {
    (void)state;
    run r = run_months(-1, true);
    for (uint32_t k = 0; k < r.m->n_parameters; k++)
        for (uint32_t lane = 0; lane < LANES_USED; lane++)
            assert_true(fabs((double)r.tile.parameters[(size_t)k * LANES_USED + lane] - r.m->parameters[k].value) <=
                        1e-6 * fabs(r.m->parameters[k].value));
    run_free(&r);
}

/* Defaults lie within their own bounds, and every parameter has a text, a unit and a source. */
static void tables_are_complete(void **state) {
    (void)state;
    size_t n;
    const mechanism *const *all = registry_mechanisms(&n);
    for (size_t i = 0; i < n; i++) {
        assert_true(*all[i]->title && *all[i]->text && *all[i]->equation && *all[i]->doubt);
        for (uint32_t k = 0; k < all[i]->n_parameters; k++) {
            const parameter *p = &all[i]->parameters[k];
            if (!(p->low <= p->value && p->value <= p->high && *p->text && *p->unit && *p->source && p->spread >= 0))
                fail_msg("%s.%s is incomplete", all[i]->name, p->name);
            assert_ptr_equal(registry_find(all[i]->name), all[i]);
        }
    }
    assert_null(registry_find("intensit"));
    assert_non_null(registry_find_parameter("control.speed", NULL));
    assert_null(registry_find_parameter("control.", NULL));
}

static void spoil(void *user, const model_tile *tile, uint32_t i_month) {
    (void)user;
    if (i_month == 2 && tile->first_slot == 0)
        tile->state[(size_t)tile->m->first_row[ROW_strength] * tile->n_lanes + 5] = NAN;
}

static void nan_has_a_name(void **state) {
    (void)state;
    model *m;
    tsr_error error = TSR_ERROR_INIT;
    model_options choices = {.whatif = WORLD_NONE, .last_month = w->first_month + 5};
    ensemble_options options = {.seed = 1, .purpose = RANDOM_TEST, .n_members = 32, .n_threads = 2, .n_lanes = 16};
    ensemble_observer observer = {.month = spoil};
    assert_int_equal(model_create(w, &choices, &m, &error), TSR_OK);
    assert_int_equal(ensemble_run(m, &options, &observer, 1, &error), TSR_E_NUMERIC);
    assert_non_null(strstr(error.message, "particle 5"));
    assert_int_equal(error.particle, 5);
    assert_int_equal(error.month_id, w->first_month + 3);
    model_free(m);
}

/* Starts use our own logarithm, so that they do not depend on the C library. */
static void starts_are_accurate(void **state) {
    (void)state;
    assert_true(compile_atanh(0) == 0);
    for (int i = -99; i <= 99; i++) {
        double r = i / 100.0;
        assert_true(fabs(compile_atanh(r) - atanh(r)) <= 4e-16 * fmax(1, fabs(atanh(r))));
        assert_true(fabs(compile_log(r + 1) - log(r + 1)) <= 1e-15 * fmax(1, fabs(log(r + 1))));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_are_accurate),     cmocka_unit_test(other_draws_stay),
        cmocka_unit_test(every_mechanism_matters), cmocka_unit_test(parameters_in_bounds),
        cmocka_unit_test(defaults_are_medians),    cmocka_unit_test(tables_are_complete),
        cmocka_unit_test(nan_has_a_name),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
