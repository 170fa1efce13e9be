/* What becomes of a panel: of another scenario, cut at a month, without a kind of data, without located events. */
#include "world.h"

#include "infer/filter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const infer_world small = {.n_areas = 2,
                                  .n_months = 24,
                                  .rate = 1,
                                  .cell_sd = 1,
                                  .cell_persistence = 0.9,
                                  .channel_sd = 0.1,
                                  .cell_size = 8,
                                  .channel_size = 15};

typedef struct fixture {
    world *w;
    model *m;
    panel *p;
} fixture;

static void make(fixture *f, const infer_world *choices) {
    model_options options = {.use_defaults = true, .whatif = WORLD_NONE, .substeps = 1};
    f->w = infer_world_create(choices);
    f->p = infer_panel_create(f->w);
    assert_int_equal(model_create(f->w, &options, &f->m, NULL), TSR_OK);
}

static void clear(fixture *f) {
    model_free(f->m);
    panel_free(f->p);
    free(f->w);
}

static void refused(const model *m, const panel *p, const char *message) {
    tsr_error error = TSR_ERROR_INIT;
    evidence *e = NULL;
    assert_int_equal(evidence_create(m, p, NULL, &e, &error), TSR_E_INPUT);
    assert_null(e);
    if (!strstr(error.message, message))
        fail_msg("'%s' is not in: %s", message, error.message);
}

static void a_panel_of_another_scenario_is_refused(void **state) {
    (void)state;
    fixture ours, more_areas;
    infer_world choices = small;
    make(&ours, &small);
    choices.n_areas = 3;
    make(&more_areas, &choices);
    refused(ours.m, more_areas.p,
            "imported for another scenario: they have 3 areas, 1 channels and begin in 2015-01; this one "
            "has 2, 1 and begins in 2015-01");
    ours.p->first_month += 12;
    refused(ours.m, ours.p, "begin in 2016-01");
    ours.p->first_month -= 12;
    for (uint32_t t = 0; t < ours.p->n_months; t++)
        ours.p->coverage[t] = PANEL_NOT_OBSERVED;
    refused(ours.m, ours.p, "no month of the period is covered by event files or national totals");
    clear(&ours);
    clear(&more_areas);
}

/** A month that no file covers says nothing: neither an event nor its absence. */
static void a_missing_month_is_not_zero(void **state) {
    (void)state;
    fixture f;
    evidence *e;
    make(&f, &small);
    f.p->events[panel_cell(f.p, 3, 0, 1)] = 4;
    f.p->coverage[4] = PANEL_NOT_OBSERVED;
    assert_int_equal(evidence_create(f.m, f.p, NULL, &e, NULL), TSR_OK);
    assert_true(e->months[3].event_share[0] == 1 && e->months[3].events[1] == 4);
    assert_true(e->months[4].event_share[0] == 0 && e->months[4].n_active[0] == 0);
    evidence_free(e);
    clear(&f);
}

/** Without events the totals of complete months say something again, and all of it. */
static void kinds_can_be_left_out(void **state) {
    (void)state;
    fixture f;
    evidence *e;
    make(&f, &small);
    f.p->events[panel_cell(f.p, 3, 0, 1)] = 4;
    f.p->deaths[panel_cell(f.p, 3, 0, 1)] = 9;
    f.p->type_deaths[3 * PANEL_TYPES + PANEL_STATE_BASED] = 9;
    f.p->totals[3 * PANEL_TYPES + PANEL_STATE_BASED] = 9;
    evidence_options options = {.last_month = f.w->first_month + 11};
    assert_int_equal(evidence_create(f.m, f.p, &options, &e, NULL), TSR_OK);
    assert_int_equal(e->n_months, 12);
    assert_true(e->months[3].events[1] == 4 && isnan(e->months[3].rest_deaths[PANEL_STATE_BASED]));
    evidence_free(e);
    options.without[DATA_EVENTS] = true;
    assert_int_equal(evidence_create(f.m, f.p, &options, &e, NULL), TSR_OK);
    assert_true(e->months[3].event_share[0] == 0 && e->months[3].rest_deaths[PANEL_STATE_BASED] == 9);
    evidence_free(e);
    options.without[DATA_TOTALS] = true;
    assert_int_equal(evidence_create(f.m, f.p, &options, &e, NULL), TSR_OK);
    assert_true(isnan(e->months[3].rest_deaths[PANEL_STATE_BASED]));
    evidence_free(e);
    clear(&f);
}

/* ---- what is not seen is less certain ---- */

typedef enum later { LOCATED, TOTALS, NOTHING } later;

/** Variances of the multipliers after the last month, in the first particle: nothing else moves in this world. */
typedef struct spread {
    double channel, cell;
} spread;

static void look(void *user, const model_tile *tile, uint32_t i_month) {
    spread *s = user;
    const model *m = tile->m;
    if (tile->first_slot > 0 || i_month + 1 < small.n_months)
        return;
    s->channel = (double)tile->state[(size_t)m->first_row[ROW_channel_variance] * tile->n_lanes];
    s->cell = (double)tile->state[(size_t)m->first_row[ROW_cell_variance] * tile->n_lanes];
}

/** A year of located events, then a year of other data about the same number of deaths. */
static spread learn(later second_year) {
    fixture f;
    evidence *e;
    filter *filtering;
    spread s = {0};
    make(&f, &small);
    for (uint32_t t = 0; t < small.n_months; t++) {
        bool is_located = t < 12 || second_year == LOCATED;
        f.p->coverage[t] = is_located ? PANEL_COMPLETE : PANEL_NOT_OBSERVED;
        for (uint32_t a = 0; is_located && a < 2; a++) {
            f.p->events[panel_cell(f.p, t, 0, a)] = 1 + t % 2;
            f.p->deaths[panel_cell(f.p, t, 0, a)] = 5 + 5 * (t % 2);
        }
        for (uint32_t type = 0; !is_located && second_year == TOTALS && type < PANEL_TYPES; type++)
            f.p->totals[t * PANEL_TYPES + type] = type == (uint32_t)evidence_type(f.m, t, 0) ? 10 + 10 * (t % 2) : 0;
    }
    const filter_options options = {.seed = 3, .purpose = RANDOM_TEST, .n_particles = 16, .n_threads = 1};
    const ensemble_observer observer = {.month = look, .user = &s};
    tsr_error error = TSR_ERROR_INIT;
    model_options choices = {
        .use_defaults = true, .whatif = WORLD_NONE, .last_month = f.w->last_observed, .substeps = 1};
    model_free(f.m);
    assert_int_equal(model_create(f.w, &choices, &f.m, &error), TSR_OK);
    assert_int_equal(evidence_create(f.m, f.p, NULL, &e, &error), TSR_OK);
    if (filter_create(f.m, e, &options, &filtering, &error) != TSR_OK ||
        filter_run(filtering, &observer, 1, &error) != TSR_OK)
        fail_msg("%s", error.message);
    filter_free(filtering);
    evidence_free(e);
    clear(&f);
    return s;
}

/** National totals say something of a channel's level, less than located events do, and nothing of where. */
static void bands_widen_without_located_events(void **state) {
    (void)state;
    spread located = learn(LOCATED), totals = learn(TOTALS), nothing = learn(NOTHING);
    print_message("variances: located %.4f %.4f, totals %.4f %.4f, nothing %.4f %.4f\n", located.channel, located.cell,
                  totals.channel, totals.cell, nothing.channel, nothing.cell);
    assert_true(totals.cell > 1.3 * located.cell && fabs(totals.cell - nothing.cell) < 1e-6);
    assert_true(totals.channel < 0.97 * nothing.channel && located.channel < nothing.channel);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_panel_of_another_scenario_is_refused),
        cmocka_unit_test(a_missing_month_is_not_zero),
        cmocka_unit_test(kinds_can_be_left_out),
        cmocka_unit_test(bands_widen_without_located_events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
