/* A fit on a small made-up world: it moves towards the data, a stop changes no bit, and a checkpoint of something else is refused. */
#include "../infer/world.h"

#include "base/file.h"
#include "study/fit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const infer_world choices = {.n_areas = 3,
                                    .n_months = 12,
                                    .rate = 4,
                                    .cell_sd = 0.3,
                                    .cell_persistence = 0.9,
                                    .channel_sd = 0.1,
                                    .cell_size = 10,
                                    .channel_size = 20,
                                    .estimate = "events.deaths_per_event"};

typedef struct fixture {
    world *w;
    panel *p;
    char checkpoint[TSR_PATH_SIZE];
} fixture;

/** Four events in every area and month, each with two deaths. */
static int set_up_world(void **state, double strength_noise) {
    static fixture f;
    char folder[] = "/tmp/tessera-fit-XXXXXX";
    infer_world it = choices;
    it.strength_noise = strength_noise;
    f.w = infer_world_create(&it);
    f.p = infer_panel_create(f.w);
    for (uint32_t t = 0; t < f.p->n_months; t++)
        for (uint32_t a = 0; a < f.p->n_areas; a++) {
            f.p->events[panel_cell(f.p, t, 0, a)] = 4;
            f.p->deaths[panel_cell(f.p, t, 0, a)] = 8;
        }
    if (!mkdtemp(folder))
        return -1;
    snprintf(f.checkpoint, sizeof f.checkpoint, "%s/state", folder);
    *state = &f;
    return 0;
}

static int set_up(void **state) {
    return set_up_world(state, 0);
}

static int set_up_noisy(void **state) {
    return set_up_world(state, 1);
}

static int tear_down(void **state) {
    fixture *f = *state;
    char folder[TSR_PATH_SIZE];
    unlink(f->checkpoint);
    path_folder(f->checkpoint, folder, NULL);
    rmdir(folder);
    panel_free(f->p);
    free(f->w);
    return 0;
}

static fit_options usual(void) {
    return (fit_options){.seed = 4,
                         .n_particles = 32,
                         .n_threads = 1,
                         .n_iterations = 4,
                         .n_repeats = 2,
                         .n_chains = 2,
                         .n_steps = 40,
                         .save_seconds = 1e9};
}

static fit_result *run(const fixture *f, const fit_options *options) {
    tsr_error error = TSR_ERROR_INIT;
    fit_result *r = NULL;
    if (fit(f->w, f->p, options, &r, &error) != TSR_OK)
        fail_msg("%s", error.message);
    return r;
}

/** The fit fails with this status and message. */
static void fails(const fixture *f, const fit_options *options, tsr_status status, const char *message) {
    tsr_error error = TSR_ERROR_INIT;
    fit_result *r = NULL;
    assert_int_equal(fit(f->w, f->p, options, &r, &error), status);
    if (!strstr(error.message, message))
        fail_msg("'%s' does not say '%s'", error.message, message);
}

static bool after_a_while(void *user) {
    return ++*(uint32_t *)user > 110;
}

static void test_moves_to_the_data(void **state) {
    fit_options options = usual();
    options.n_iterations = 40;
    options.n_steps = 0;
    fit_result *r = run(*state, &options);
    assert_int_equal(r->s->n, 1);
    assert_true(r->at_estimate.mean > r->at_medians.mean + 2);
    /* Two deaths an event: the prior, median 5 with a spread of .4, pulls up a little. */
    assert_true(r->parameters[0].estimate > 1.7 && r->parameters[0].estimate < 3);
    assert_true(isnan(r->parameters[0].low) && r->parameters[0].informed == FIT_UNKNOWN);
    fit_free(r);
}

static void test_a_stop_changes_no_bit(void **state) {
    fixture *f = *state;
    fit_options options = usual();
    fit_result *whole = run(f, &options);
    options.n_threads = 2;
    fit_result *threads = run(f, &options);
    size_t bytes = (size_t)2 * 40 * whole->chains->n * sizeof *whole->chains->z;
    assert_memory_equal(whole->chains->z, threads->chains->z, bytes);
    fit_free(threads);

    uint32_t n_asked = 0;
    fit_options stopped = usual();
    stopped.checkpoint = f->checkpoint;
    stopped.hooks = (tsr_hooks){.cancelled = after_a_while, .user = &n_asked};
    fails(f, &stopped, TSR_E_CANCELLED, "posterior was interrupted");
    assert_int_equal(access(f->checkpoint, F_OK), 0);
    stopped.hooks.cancelled = NULL;
    fails(f, &stopped, TSR_E_USAGE, "--resume");
    stopped.resume = true;
    stopped.seed++;
    fails(f, &stopped, TSR_E_INPUT, "is of another scenario, other data or other options");
    stopped.seed--;
    fit_result *resumed = run(f, &stopped);
    assert_memory_equal(whole->chains->z, resumed->chains->z, bytes);
    assert_true(whole->at_estimate.mean == resumed->at_estimate.mean);
    assert_int_not_equal(access(f->checkpoint, F_OK), 0);
    fit_free(resumed);
    fit_free(whole);
}

static void count_warnings(void *user, tsr_log_level level, const char *message) {
    *(uint32_t *)user += level == TSR_LOG_WARNING && strstr(message, "too much for chains") != NULL;
}

/** How often a fit with few particles warns that they are too few for chains. */
static uint32_t warnings(const fixture *f, double *sd) {
    uint32_t n = 0;
    fit_options options = usual();
    options.hooks = (tsr_hooks){.log = count_warnings, .user = &n};
    options.n_particles = 16;
    options.n_repeats = 10;
    options.n_steps = 16;
    fit_result *r = run(f, &options);
    *sd = r->at_maximum.sd;
    assert_int_equal(r->is_noisy, n > 0);
    fit_free(r);
    return n;
}

static void test_no_warning_without_noise(void **state) {
    double sd;
    assert_int_equal(warnings(*state, &sd), 0);
    print_message("error %.2f\n", sd);
    assert_true(sd < 1.5);
}

/** Strengths that jump threefold and more from month to month: sixteen particles rarely hit what was seen. */
static void test_warns_of_noise(void **state) {
    double sd;
    assert_int_equal(warnings(*state, &sd), 1);
    print_message("error %.2f\n", sd);
    assert_true(sd > 1.5);
}

static void test_checkpoints_that_are_none(void **state) {
    fixture *f = *state;
    fit_options options = usual();
    options.checkpoint = f->checkpoint;
    options.resume = true;
    fails(f, &options, TSR_E_INPUT, "o such file");
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"{", "expected"},
        {"{\"a\": 1}", "is no checkpoint"},
        {"{\"tessera_fit\": 1, \"version\": \"0.0.0\", \"identity\": \"x\"}", "is of Tessera 0.0.0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(file_write_atomic(f->checkpoint, cases[i].text, strlen(cases[i].text), NULL), TSR_OK);
        fails(f, &options, TSR_E_INPUT, cases[i].message);
    }
    options.checkpoint = NULL;
    fails(f, &options, TSR_E_USAGE, "no checkpoint to resume");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_moves_to_the_data, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_stop_changes_no_bit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_warning_without_noise, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_warns_of_noise, set_up_noisy, tear_down),
        cmocka_unit_test_setup_teardown(test_checkpoints_that_are_none, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
