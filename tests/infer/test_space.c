/* Which parameters are estimated, and what is refused. */
#include "world.h"

#include "infer/space.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const infer_world choices = {.n_areas = 2,
                                    .n_months = 12,
                                    .rate = 4,
                                    .cell_sd = 0.5,
                                    .cell_persistence = 0.9,
                                    .channel_sd = 0.1,
                                    .cell_size = 10,
                                    .channel_size = 20};

/** The space of a world that asks for this parameter (NULL: for nothing). */
static tsr_status space_of(const char *name, model **m, space **s, world **w, tsr_error *error) {
    model_options options = {.use_defaults = true, .whatif = WORLD_NONE, .substeps = 1};
    infer_world with = choices;
    with.estimate = name;
    *w = infer_world_create(&with);
    assert_int_equal(model_create(*w, &options, m, error), TSR_OK);
    return space_create(*m, s, error);
}

static void refused(const char *name, const char *message) {
    tsr_error error = TSR_ERROR_INIT;
    model *m = NULL;
    space *s = NULL;
    world *w = NULL;
    assert_int_equal(space_of(name, &m, &s, &w, &error), TSR_E_INPUT);
    if (!strstr(error.message, message))
        fail_msg("'%s' does not say '%s'", error.message, message);
    model_free(m);
    free(w);
}

static void test_refused(void **state) {
    (void)state;
    refused("intensity.cell_sd", "sets it to a plain number");
    refused("losses.wounded", "mechanism losses is off");
}

static void test_usual_list(void **state) {
    (void)state;
    tsr_error error = TSR_ERROR_INIT;
    model *m = NULL;
    space *s = NULL;
    world *w = NULL;
    assert_int_equal(space_of(NULL, &m, &s, &w, &error), TSR_OK);
    /* What the scenario fixes or switches off is left out; one coordinate moves all values of a parameter. */
    for (uint32_t j = 0; j < s->n; j++) {
        assert_string_not_equal(s->name[j], "intensity.cell_sd");
        assert_string_not_equal(s->name[j], "excitation.self");
    }
    assert_true(s->n >= 3 && s->n_values >= s->n);
    space_free(s);
    model_free(m);
    free(w);
}

static void test_one(void **state) {
    (void)state;
    tsr_error error = TSR_ERROR_INIT;
    model *m = NULL;
    space *s = NULL;
    world *w = NULL;
    assert_int_equal(space_of("events.deaths_per_event", &m, &s, &w, &error), TSR_OK);
    assert_int_equal(s->n, 1);
    assert_int_equal(s->n_values, 1);
    assert_string_equal(s->name[0], "events.deaths_per_event");
    const model_parameter *p = &m->parameters[s->parameter[0]];
    assert_true(fabs(space_value(p, 0) - p->value) < 1e-12 * p->value);
    assert_true(fabs(space_value(p, 1) - p->value * exp(p->prior_spread)) < 1e-9 * p->value);
    assert_true(space_value(p, 1e3) == p->declared->high);
    space_free(s);
    model_free(m);
    free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_usual_list),
        cmocka_unit_test(test_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
