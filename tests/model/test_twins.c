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
    uint32_t n_changes; /**< calls of mechanisms that changed any row */
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

/** @param substeps  0: the scenario's */
static bench bench_create(bool free_history, uint32_t substeps) {
    bench b = {0};
    tsr_error error = TSR_ERROR_INIT;
    model_options options = {
        .whatif = WORLD_NONE, .free_history = free_history, .last_month = w->first_month + LAST, .substeps = substeps};
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

/** First row group that changed though its mechanism does not say so, or MODEL_ROW_GROUPS. */
static uint32_t foreign_change(const bench *b, uint64_t changes) {
    for (uint32_t g = 0; g < MODEL_ROW_GROUPS; g++)
        if (!(changes >> g & 1)) {
            size_t first = (size_t)b->m->first_row[g] * LANES, n = (size_t)b->m->n_rows_of[g] * LANES;
            if (memcmp(b->before + first, b->tile.state + first, n * sizeof(real)) != 0)
                return g;
        }
    return MODEL_ROW_GROUPS;
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
        uint32_t foreign = foreign_change(b, it->changes);
        b->n_changes += foreign_change(b, 0) < MODEL_ROW_GROUPS;
        if (foreign < MODEL_ROW_GROUPS)
            fail_msg("%s changed rows of %s", it->name, group_names[foreign]);
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
    bench b = bench_create(free_history, 0);
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
    bench b = bench_create(true, 0);
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

/* ---- what may change, and what is finite ---- */

/** Made-up data of a month: up to four events in a cell, all located, two deaths each. */
typedef struct made_up {
    model_observed seen;
    float *events, *deaths, *active_deaths, *all;
    uint32_t *n_active, *active;
    double rest[3], *densities;
} made_up;

static made_up made_up_create(const model *m) {
    made_up d = {.rest = {NAN, NAN, NAN}};
    uint32_t n_cells = m->n_channels * m->n_areas, n = 0;
    d.events = calloc(n_cells, sizeof(float));
    d.deaths = calloc(n_cells, sizeof(float));
    d.active_deaths = calloc(n_cells, sizeof(float));
    d.all = calloc(m->n_channels, sizeof(float));
    d.n_active = calloc(m->n_channels, sizeof(uint32_t));
    d.active = calloc(n_cells, sizeof(uint32_t));
    d.densities = calloc((size_t)model_density_rows(m) * LANES, sizeof(double));
    assert_true(d.events && d.deaths && d.active_deaths && d.all && d.n_active && d.active && d.densities);
    for (uint32_t i = 0; i < n_cells; i++) {
        uint32_t c = i / m->n_areas;
        d.all[c] = 1;
        d.events[i] = (float)(i * 7 % 5);
        d.deaths[i] = 2 * d.events[i];
        if (d.events[i] > 0) {
            d.n_active[c]++;
            d.active[n] = i % m->n_areas;
            d.active_deaths[n++] = d.deaths[i];
        }
    }
    d.seen = (model_observed){.events = d.events,
                              .deaths = d.deaths,
                              .event_share = d.all,
                              .death_share = d.all,
                              .n_active = d.n_active,
                              .active = d.active,
                              .active_deaths = d.active_deaths,
                              .rest_deaths = d.rest};
    return d;
}

static void made_up_free(made_up *d) {
    free(d->events);
    free(d->deaths);
    free(d->active_deaths);
    free(d->all);
    free(d->n_active);
    free(d->active);
    free(d->densities);
}

/* act() looks at every call of a mechanism; here in months with data, where none has a twin. */
static void mechanisms_change_what_they_say(void **state) {
    (void)state;
    bench b = bench_create(false, 1);
    made_up data = made_up_create(b.m);
    model_kernel_baseline.start(&b.tile);
    b.tile.densities = data.densities;
    for (uint32_t t = 0; t < 4; t++) {
        b.tile.observed = t < 3 ? &data.seen : NULL;
        act(&b, t, 0, MONTH, false);
        act(&b, t, 0, STEP, false);
        act(&b, t, 0, CLOSE, false);
    }
    assert_true(b.n_changes > 20);
    made_up_free(&data);
    bench_free(&b);
}

static void set(const bench *b, uint32_t row, real value) {
    b->tile.state[(size_t)row * LANES + 5] = value;
}

static void no_number_is_infinite_unnoticed(void **state) {
    (void)state;
    tsr_error error = TSR_ERROR_INIT;
    const model_kernel *kernel = &model_kernel_baseline;
    for (uint32_t substeps = 1; substeps <= 2; substeps++) {
        bench b = bench_create(false, substeps);
        uint64_t changes = 0;
        uint32_t n_off = 0;
        for (uint32_t i = 0; i < kernel->n_mechanisms; i++) {
            b.m->is_on[i] = b.m->is_on[i] && strcmp(kernel->mechanisms[i]->name, "excitation") != 0;
            changes |= b.m->is_on[i] ? kernel->mechanisms[i]->changes : 0;
        }
        kernel->start(&b.tile);
        kernel->month(&b.tile, 0);
        assert_int_equal(ensemble_check_tile(kernel, &b.tile, LANES, 1, &error), TSR_OK);
        for (uint32_t g = 0; g < MODEL_ROW_GROUPS; g++)
            for (uint32_t i = 0; i < b.m->n_rows_of[g]; i++) {
                uint32_t row = b.m->first_row[g] + i;
                real was = b.tile.state[(size_t)row * LANES + 5];
                set(&b, row, i % 2 == 0 ? (real)NAN : -(real)INFINITY);
                assert_false(kernel->is_finite(&b.tile, true));
                assert_int_equal(kernel->is_finite(&b.tile, false), !(changes >> g & 1));
                n_off += !(changes >> g & 1);
                set(&b, row, was);
            }
        assert_true(n_off > 0);
        set(&b, b.m->first_row[ROW_intensity] + 3, (real)NAN);
        assert_int_equal(ensemble_check_tile(kernel, &b.tile, LANES, 1, &error), TSR_E_NUMERIC);
        assert_string_equal(error.message, "intensity[3] is not a finite number in particle 5");
        assert_int_equal(error.month_id, b.m->first_month + 1);
        bench_free(&b);
        error = (tsr_error)TSR_ERROR_INIT;
    }
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
        cmocka_unit_test(mechanisms_change_what_they_say),
        cmocka_unit_test(no_number_is_infinite_unnoticed),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
