/* Every mechanism against its twin: a slow, plain one for a single particle, written from the equations. */
#include "afghan.h"
#include "twin.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* The start; a year of war; the prison break of 2020-08; the takeover of 2021-08; the model on its own. */
static const uint32_t months_looked_at[] = {0, 30, 67, 79, 90};
enum { N_LOOKED_AT = sizeof months_looked_at / sizeof months_looked_at[0], LAST = 90 };

static const double allowed = 2e-5;

/** What one comparison of a mechanism with its twin came to, over all months. */
typedef struct outcome {
    double worst, worst_spoilt;
    bool has_acted;
} outcome;

typedef enum phase { START, MONTH, STEP, CLOSE } phase;

typedef struct bench {
    model *m;
    model_tile tile;
    void *storage;
    real *before;
    double *x, *seen, *parameters; /* of one lane */
    outcome outcomes[32];
} bench;

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

static bench bench_create(bool free_history) {
    bench b = {0};
    tsr_error error = TSR_ERROR_INIT;
    model_options options = {.whatif = WORLD_NONE, .free_history = free_history, .last_month = w->first_month + LAST};
    assert_int_equal(model_create(w, &options, &b.m, &error), TSR_OK);
    assert_int_equal(ensemble_tile_create(b.m, &model_kernel_baseline, LANES, &b.tile, &b.storage, &error), TSR_OK);
    b.tile.key = model_kernel_baseline.key(11, RANDOM_TEST, 0);
    b.before = malloc((size_t)b.m->n_rows * LANES * sizeof *b.before);
    b.x = malloc(b.m->n_rows * sizeof *b.x);
    b.seen = malloc(b.m->n_rows * sizeof *b.seen);
    b.parameters = malloc(b.m->n_parameters * sizeof *b.parameters);
    assert_true(b.before && b.x && b.seen && b.parameters);
    return b;
}

static void bench_free(bench *b) {
    free(b->parameters);
    free(b->seen);
    free(b->x);
    free(b->before);
    free(b->storage);
    model_free(b->m);
}

static model_step step_of(const bench *b, uint32_t i_mechanism, uint32_t i_month, uint32_t i_substep) {
    const model *m = b->m;
    return (model_step){
        .m = m,
        .tile = &b->tile,
        .address = {.key = b->tile.key,
                    .first_slot = b->tile.first_slot,
                    .month = (uint32_t)(m->first_month + (int32_t)i_month),
                    .substep = i_substep},
        .n_lanes = LANES,
        .i_month = i_month,
        .i_substep = i_substep,
        .dt = (real)1 / (real)m->substeps,
        .i_mechanism = i_mechanism,
    };
}

static void (*of_mechanism(const mechanism *it, phase p))(const model_step *) {
    return p == START ? it->start : p == MONTH ? it->month : p == STEP ? it->step : it->close;
}

static void (*of_twin(const twin_mechanism *it, phase p))(const twin *) {
    return p == START ? it->start : p == MONTH ? it->month : p == STEP ? it->step : it->close;
}

static const twin_mechanism *twin_of(const char *name) {
    for (size_t i = 0; i < n_twin_mechanisms; i++)
        if (strcmp(twin_mechanisms[i].name, name) == 0)
            return &twin_mechanisms[i];
    return NULL;
}

static bool owns(const twin_mechanism *it, uint32_t group) {
    for (const int *g = it->owned; *g >= 0; g++)
        if ((uint32_t)*g == group)
            return true;
    return false;
}

static const char *const group_names[] = {
#define X(id, count, off) #id,
    MODEL_ROWS(X)
#undef X
};

/** A difference is relative to the value, but to no less than this: below it nothing in the model looks. */
static double scale_of(uint32_t group) {
    bool is_log = group == ROW_advantage || group == ROW_cell_log || group == ROW_channel_log;
    /* Where nearly all of a force of hundreds falls, the captives are what is left of it. */
    if (group == ROW_captives)
        return 10;
    /* Funds are what is left of incomes and wages of hundreds of millions. */
    return group == ROW_strength || group == ROW_funds || is_log ? 1 : 0.01;
}

/** Worst relative difference between the twin's state and the lanes'; *where says which row. */
static double worst_difference(const bench *b, uint32_t *where_group, uint32_t *where_row) {
    double worst = 0;
    for (uint32_t g = 0; g < MODEL_ROW_GROUPS; g++)
        for (uint32_t i = 0; i < b->m->n_rows_of[g]; i++) {
            double x = b->x[b->m->first_row[g] + i], y = b->seen[b->m->first_row[g] + i];
            double difference = fabs(x - y) / fmax(scale_of(g), fmax(fabs(x), fabs(y)));
            if (!(difference <= worst)) {
                worst = difference;
                *where_group = g;
                *where_row = i;
            }
        }
    return worst;
}

static void foreign_rows_unchanged(const bench *b, const twin_mechanism *it) {
    for (uint32_t g = 0; g < MODEL_ROW_GROUPS; g++)
        if (!owns(it, g)) {
            size_t first = (size_t)b->m->first_row[g] * LANES, n = (size_t)b->m->n_rows_of[g] * LANES;
            if (memcmp(b->before + first, b->tile.state + first, n * sizeof(real)) != 0)
                fail_msg("%s changed rows of %s", it->name, group_names[g]);
        }
}

static void load_lane(bench *b, uint32_t lane) {
    for (uint32_t row = 0; row < b->m->n_rows; row++) {
        b->x[row] = b->before[(size_t)row * LANES + lane];
        b->seen[row] = b->tile.state[(size_t)row * LANES + lane];
    }
    for (uint32_t k = 0; k < b->m->n_parameters; k++)
        b->parameters[k] = b->tile.parameters[(size_t)k * LANES + lane];
}

static void compare(bench *b, const twin_mechanism *it, const model_step *s, phase p) {
    outcome *o = &b->outcomes[s->i_mechanism];
    foreign_rows_unchanged(b, it);
    o->has_acted = true;
    for (uint32_t lane = 0; lane < LANES; lane++)
        for (int spoilt = 0; spoilt < 2; spoilt++) {
            uint32_t group = 0, row = 0;
            load_lane(b, lane);
            twin t = {.m = b->m,
                      .of = model_kernel_baseline.mechanisms[s->i_mechanism],
                      .i_mechanism = s->i_mechanism,
                      .i_month = s->i_month,
                      .i_substep = s->i_substep,
                      .lane = lane,
                      .dt = 1.0 / b->m->substeps,
                      .x = b->x,
                      .seen = b->seen,
                      .parameters = b->parameters,
                      .address = s->address,
                      .spoilt = spoilt ? it->spoilt : NULL};
            of_twin(it, p)(&t);
            double worst = worst_difference(b, &group, &row);
            if (spoilt) {
                o->worst_spoilt = fmax(o->worst_spoilt, worst);
                continue;
            }
            o->worst = fmax(o->worst, worst);
            if (!(worst <= allowed)) {
                double was = b->before[(size_t)(b->m->first_row[group] + row) * LANES + lane];
                fail_msg("%s in month %u, sub-step %u, lane %u: %s %u was %.9g, became %.9g, by its twin %.9g",
                         it->name, s->i_month, s->i_substep, lane, group_names[group], row, was,
                         b->seen[b->m->first_row[group] + row], b->x[b->m->first_row[group] + row]);
            }
        }
}

/** All mechanisms once, in the order of the month; with `look` each next to its twin. */
static void act(bench *b, uint32_t i_month, uint32_t i_substep, phase p, bool look) {
    for (uint32_t i = 0; i < model_kernel_baseline.n_mechanisms; i++) {
        const mechanism *it = model_kernel_baseline.mechanisms[i];
        if (!b->m->is_on[i] || !of_mechanism(it, p))
            continue;
        model_step s = step_of(b, i, i_month, i_substep);
        memcpy(b->before, b->tile.state, (size_t)b->m->n_rows * LANES * sizeof(real));
        of_mechanism(it, p)(&s);
        const twin_mechanism *other = twin_of(it->name);
        if (look && other && of_twin(other, p))
            compare(b, other, &s, p);
    }
}

static void month(bench *b, uint32_t i_month) {
    act(b, i_month, 0, MONTH, true);
    for (uint32_t substep = 0; substep < b->m->substeps; substep++)
        act(b, i_month, substep, STEP, true);
    act(b, i_month, 0, CLOSE, true);
}

/** A state that no run is likely to reach: every rung, every ruler, friends turned enemies, empty areas, equal support,
 *  captives everywhere. What a lane gets differs from lane to lane. */
static void stir(bench *b) {
    const model *m = b->m;
    for (uint32_t lane = 0; lane < LANES; lane++) {
        real *x = b->tile.state + lane;
#define ROW(group, i) x[(size_t)(m->first_row[ROW_##group] + (i)) * LANES]
        ROW(ruler, 0) = (real)(lane % (m->n_factions + 1)) - 1;
        for (uint32_t k = 0; k < m->n_ladders; k++) {
            ROW(rung, k) = (real)((lane + k) % 6);
            ROW(rung_clock, 2 * k) = (real)(lane % 3 + 1) / 1000;
            ROW(rung_clock, 2 * k + 1) = (real)(lane % 4 + 1) / 1000;
        }
        for (uint32_t v = 0; v < m->n_actors; v++)
            for (uint32_t other = 0; other < m->n_actors; other++)
                if ((v + other + lane) % 5 == 0)
                    ROW(relation, v * m->n_actors + other) *= -1;
        for (uint32_t a = 0; a < m->n_areas; a++) {
            for (uint32_t f = 0; f < m->n_factions; f++) {
                if ((f + a + lane) % 4 == 0)
                    ROW(strength, f * m->n_areas + a) = 0;
                if (lane % 2 == 0)
                    ROW(support, f * m->n_areas + a) = (real)0.125;
            }
            for (uint32_t k = 0; k < m->n_captive_pairs; k++)
                ROW(captives, k * m->n_areas + a) += (real)(lane * a % 40);
        }
#undef ROW
    }
}

static bool is_looked_at(uint32_t i_month) {
    for (size_t i = 0; i < N_LOOKED_AT; i++)
        if (months_looked_at[i] == i_month)
            return true;
    return false;
}

static void compare_run(bool free_history) {
    bench b = bench_create(free_history);
    model_kernel_baseline.start(&b.tile);
    for (size_t i = 0; i < (size_t)b.m->n_rows_of[ROW_advantage] * LANES; i++)
        b.tile.state[(size_t)b.m->first_row[ROW_advantage] * LANES + i] = 0; /* as before the start */
    act(&b, 0, 0, START, true);
    for (uint32_t t = 0; t <= LAST; t++)
        if (is_looked_at(t))
            month(&b, t);
        else
            model_kernel_baseline.month(&b.tile, t);
    for (uint32_t i = 0; i < model_kernel_baseline.n_mechanisms; i++) {
        const mechanism *it = model_kernel_baseline.mechanisms[i];
        const twin_mechanism *other = twin_of(it->name);
        const outcome *o = &b.outcomes[i];
        if (!other)
            continue;
        assert_true(o->has_acted);
        print_message("%-12s worst difference %.1e, with %s 1 %% off %.1e\n", it->name, o->worst,
                      other->spoilt ? other->spoilt : "nothing", o->worst_spoilt);
        if (other->spoilt && !(o->worst_spoilt > allowed))
            fail_msg("%s: nobody noticed that %s was 1 %% off", it->name, other->spoilt);
    }
    bench_free(&b);
}

/* Branches that the run above hardly takes. */
static void twins_agree_on_stirred_states(void **state) {
    (void)state;
    bench b = bench_create(true);
    model_kernel_baseline.start(&b.tile);
    for (uint32_t t = 0; t < 12; t++) {
        act(&b, t, 0, MONTH, true);
        for (uint32_t substep = 0; substep < b.m->substeps; substep++) {
            if (t % 3 == 2)
                stir(&b);
            act(&b, t, substep, STEP, t % 3 == 2);
        }
        act(&b, t, 0, CLOSE, true);
    }
    bench_free(&b);
}

static void twins_agree(void **state) {
    (void)state;
    compare_run(false);
}

static void twins_agree_on_free_history(void **state) {
    (void)state;
    compare_run(true);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(twins_agree),
        cmocka_unit_test(twins_agree_on_free_history),
        cmocka_unit_test(twins_agree_on_stirred_states),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
