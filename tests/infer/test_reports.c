/* Published numbers about the hidden state against slow twins: every subset of areas, sums to one, the normal's tail. */
#include "world.h"

#include "infer/reports.h"

#include "ensemble/ensemble.h"

#include <math.h>
#include <stdlib.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { LANES_USED = 16, AREAS = 6 };

static const infer_world small = {.n_areas = AREAS,
                                  .n_months = 3,
                                  .rate = 1,
                                  .cell_sd = 1,
                                  .cell_persistence = 0.9,
                                  .channel_sd = 0.1,
                                  .cell_size = 8,
                                  .channel_size = 15};

/** A started tile whose strengths of the rebels and controls are ours. */
typedef struct fixture {
    world *w;
    model *m;
    model_tile tile;
    void *storage;
} fixture;

static real *row_of(fixture *f, model_row_group group, uint32_t faction, uint32_t area) {
    return f->tile.state + (size_t)(f->m->first_row[group] + faction * f->m->n_areas + area) * f->tile.n_lanes;
}

static void make(fixture *f, const infer_world *choices) {
    const model_kernel *kernel;
    tsr_error error = TSR_ERROR_INIT;
    model_options options = {.use_defaults = true, .whatif = WORLD_NONE, .substeps = 1};
    f->w = infer_world_create(choices);
    assert_int_equal(model_create(f->w, &options, &f->m, &error), TSR_OK);
    assert_int_equal(ensemble_kernel("baseline", &kernel, &error), TSR_OK);
    assert_int_equal(ensemble_tile_create(f->m, kernel, LANES_USED, &f->tile, &f->storage, &error), TSR_OK);
    kernel->start(&f->tile);
    for (uint32_t a = 0; a < f->m->n_areas; a++)
        for (uint32_t lane = 0; lane < LANES_USED; lane++) {
            row_of(f, ROW_strength, 1, a)[lane] = (real)(a * lane);
            row_of(f, ROW_control, 0, a)[lane] = (real)0.9 / (real)(1 + a);
            row_of(f, ROW_control, 1, a)[lane] = (real)0.05 * (real)a;
        }
}

static void clear(fixture *f) {
    free(f->storage);
    model_free(f->m);
    free(f->w);
}

/** The density of one report in month 1. */
static double density(const fixture *f, const evidence_report *report, uint32_t lane) {
    double rows[REPORT_ROWS * LANES_USED];
    evidence_report copy = *report;
    const evidence e = {.reports = &copy, .n_reports = 1};
    copy.i_month = 1;
    reports_weigh(&e, &f->tile, 0, rows);
    for (uint32_t i = 0; i < REPORT_ROWS * LANES_USED; i++)
        assert_true(rows[i] == 0); /* it is about another month */
    reports_weigh(&e, &f->tile, 1, rows);
    return rows[(report->kind - DATA_STRENGTH) * LANES_USED + lane];
}

/** P(low <= n <= high) by adding up all subsets of areas; `error` is the probability of being seen without a fighter. */
static double by_subsets(uint32_t lane, double low, double high, double error) {
    double sum = 0;
    for (uint32_t set = 0; set < 1u << AREAS; set++) {
        double p = 1, n = 0;
        for (uint32_t a = 0; a < AREAS; a++) {
            double seen = error + (1 - 2 * error) * (1 - exp(-(double)(a * lane) / 10));
            n += set >> a & 1;
            p *= set >> a & 1 ? seen : 1 - seen;
        }
        sum += n >= low && n <= high ? p : 0;
    }
    return log(sum);
}

static void presence_equals_all_subsets(void **state) {
    (void)state;
    fixture f = {0};
    make(&f, &small);
    for (uint32_t lane = 0; lane < LANES_USED; lane++)
        for (double low = 0; low <= AREAS; low++)
            for (double high = low; high <= AREAS; high++) {
                evidence_report report = {.kind = DATA_PRESENCE, .faction = 1, .low = low, .high = high};
                double ours = density(&f, &report, lane);
                assert_true(fabs(ours - by_subsets(lane, low, high, 0.05)) < 1e-9);
                if (low > 0) /* the sabotaged twin: another error */
                    assert_true(fabs(ours - by_subsets(lane, low, high, 0.04)) > 1e-6);
            }
    clear(&f);
}

/** More areas than are counted one by one: probabilities of all counts add up to one, about the right mean. */
static void presence_in_many_areas(void **state) {
    (void)state;
    fixture f = {0};
    infer_world many = small;
    many.n_areas = 150;
    make(&f, &many);
    double sum = 0, mean = 0, expected = 0;
    for (uint32_t a = 0; a < 150; a++)
        expected += 0.05 + 0.9 * (1 - exp(-(double)a / 10));
    for (double n = 0; n <= 150; n++) {
        evidence_report report = {.kind = DATA_PRESENCE, .faction = 1, .low = n, .high = n};
        double p = exp(density(&f, &report, 1));
        sum += p;
        mean += n * p;
    }
    assert_true(fabs(sum - 1) < 1e-3 && fabs(mean - expected) < 0.1);
    clear(&f);
}

/** Probabilities of all pairs of counts add up to one, and their means are those of the mean squared control. */
static void districts_are_a_distribution(void **state) {
    (void)state;
    fixture f = {0};
    static const uint32_t factions[] = {0, 1};
    enum { OF = 30 };
    double sum = 0, mean[2] = {0}, square[2] = {0};
    make(&f, &small);
    for (uint32_t a = 0; a < AREAS; a++) {
        square[0] += pow(0.9 / (1 + a), 2) / AREAS;
        square[1] += pow(0.05 * a, 2) / AREAS;
    }
    for (uint32_t i = 0; i <= OF; i++)
        for (uint32_t j = 0; i + j <= OF; j++) {
            const double counts[] = {i, j};
            evidence_report report = {
                .kind = DATA_DISTRICTS, .n_counts = 2, .of = OF, .factions = factions, .counts = counts};
            double p = exp(density(&f, &report, 3));
            sum += p;
            mean[0] += p * i / OF;
            mean[1] += p * j / OF;
        }
    assert_true(fabs(sum - 1) < 1e-9);
    for (int i = 0; i < 2; i++) /* a little is left to every class */
        assert_true(fabs(mean[i] - square[i]) < 0.01 && fabs(mean[i] - square[1 - i]) > 0.05);
    /* A count of one faction is the same law with the other two classes together. */
    double alone = 0;
    evidence_report one = {
        .kind = DATA_DISTRICTS, .n_counts = 1, .of = OF, .factions = factions, .counts = (const double[]){9}};
    for (uint32_t j = 0; 9 + j <= OF; j++) {
        const double counts[] = {9, j};
        evidence_report report = {
            .kind = DATA_DISTRICTS, .n_counts = 2, .of = OF, .factions = factions, .counts = counts};
        alone += exp(density(&f, &report, 3));
    }
    assert_true(fabs(alone / exp(density(&f, &one, 3)) - 1) < 0.05);
    clear(&f);
}

/** An upper bound says nothing about what lies far below it, and rules out what lies far above. */
static void strength_and_upper_bounds(void **state) {
    (void)state;
    fixture f = {0};
    make(&f, &small);
    double strength = 1 + 15 * 4.0; /* of lane 4: areas 0 ... 5 */
    evidence_report report = {.kind = DATA_STRENGTH, .faction = 1, .log_value = log(strength), .sd = 0.3};
    assert_true(fabs(density(&f, &report, 4) + log(0.3) + 0.5 * log(2 * M_PI)) < 1e-5);
    report.is_upper_bound = true;
    assert_true(fabs(density(&f, &report, 4) - log(0.5)) < 1e-5);
    assert_true(density(&f, &report, 0) > -1e-9 && density(&f, &report, 15) < -8);
    clear(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(presence_equals_all_subsets),
        cmocka_unit_test(presence_in_many_areas),
        cmocka_unit_test(districts_are_a_distribution),
        cmocka_unit_test(strength_and_upper_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
