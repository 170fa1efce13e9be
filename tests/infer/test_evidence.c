/* What becomes of a panel: of another scenario, cut at a month, without a kind of data. */
#include "world.h"

#include "infer/evidence.h"

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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_panel_of_another_scenario_is_refused),
        cmocka_unit_test(a_missing_month_is_not_zero),
        cmocka_unit_test(kinds_can_be_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
