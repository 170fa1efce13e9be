/* The same bits for any number of threads, any tile, any instruction set, and for few members or many. */
#include "afghan.h"

#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static world *w;
static char reference[65];

static const ensemble_options plain = {
    .seed = 7, .purpose = RANDOM_TEST, .n_members = 64, .n_threads = 1, .n_lanes = 64, .kernel = "baseline"};

static int setup(void **state) {
    (void)state;
    w = afghan_world();
    afghan_run_hash(w, &plain, 64, reference);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    free(w);
    return 0;
}

static void threads(void **state) {
    (void)state;
    const uint32_t counts[] = {2, 7};
    for (size_t i = 0; i < 2; i++) {
        ensemble_options options = plain;
        char hash[65];
        options.n_threads = counts[i];
        options.n_lanes = 16; /* more tiles than threads */
        afghan_run_hash(w, &options, 64, hash);
        assert_string_equal(hash, reference);
    }
}

static void lanes(void **state) {
    (void)state;
    const uint32_t widths[] = {16, 48, 128, 0};
    for (size_t i = 0; i < 4; i++) {
        ensemble_options options = plain;
        char hash[65];
        options.n_lanes = widths[i];
        afghan_run_hash(w, &options, 64, hash);
        assert_string_equal(hash, reference);
    }
}

static void kernels(void **state) {
    (void)state;
    const char *const names[] = {"v3", "v4"};
    for (size_t i = 0; i < 2; i++) {
        ensemble_options options = plain;
        const model_kernel *kernel;
        char hash[65];
        if (ensemble_kernel(names[i], &kernel, NULL) != TSR_OK) {
            print_message("this processor has no %s\n", names[i]);
            continue;
        }
        options.kernel = names[i];
        afghan_run_hash(w, &options, 64, hash);
        assert_string_equal(hash, reference);
    }
}

static void members(void **state) {
    (void)state;
    ensemble_options options = plain;
    char one[65], many[65];
    options.n_members = 1;
    afghan_run_hash(w, &options, 1, one);
    options.n_members = MANY_MEMBERS;
    options.n_threads = 2;
    options.n_lanes = 128;
    options.kernel = NULL;
    afghan_run_hash(w, &options, 1, many);
    assert_string_equal(one, many);
}

/* The sabotaged twin: another seed must not give the same bits, or the hash would prove nothing. */
static void another_seed_differs(void **state) {
    (void)state;
    ensemble_options options = plain;
    char hash[65];
    options.seed = 8;
    afghan_run_hash(w, &options, 64, hash);
    assert_string_not_equal(hash, reference);
}

/** A tile after a year; before every month nothing in groups first ... end - 1 is a number. */
static void spoiled_year(const model *m, uint32_t first, uint32_t end, real *out) {
    model_tile tile = {.key = model_kernel_baseline.key(7, RANDOM_TEST, 0)};
    void *storage = NULL;
    assert_int_equal(ensemble_tile_create(m, &model_kernel_baseline, LANES, &tile, &storage, NULL), TSR_OK);
    model_kernel_baseline.start(&tile);
    for (uint32_t t = 0; t < m->n_months; t++) {
        for (uint32_t g = first; g < end; g++)
            for (size_t i = 0; i < (size_t)m->n_rows_of[g] * LANES; i++)
                tile.state[(size_t)m->first_row[g] * LANES + i] = __builtin_nanf("");
        model_kernel_baseline.month(&tile, t);
    }
    memcpy(out, tile.state, (size_t)m->n_rows * LANES * sizeof *out);
    free(storage);
}

/** What a month leaves in the rows that no particle keeps, the next one does not read; the sabotaged twin: a group that lasts. */
static void rows_of_a_month_are_not_read_later(void **state) {
    (void)state;
    model *m = NULL;
    model_options choices = {.whatif = WORLD_NONE, .last_month = w->first_month + 11};
    assert_int_equal(model_create(w, &choices, &m, NULL), TSR_OK);
    assert_int_equal(m->first_row[MODEL_LASTING_GROUPS], m->n_rows - m->n_month_rows);
    size_t n = (size_t)m->n_rows * LANES, n_lasting = (size_t)(m->n_rows - m->n_month_rows) * LANES;
    real *plain_state = calloc(n, sizeof *plain_state), *spoiled = calloc(n, sizeof *spoiled);
    assert_true(plain_state && spoiled);
    spoiled_year(m, 0, 0, plain_state);
    spoiled_year(m, MODEL_LASTING_GROUPS, MODEL_ROW_GROUPS, spoiled);
    assert_memory_equal(spoiled, plain_state, n_lasting * sizeof *spoiled);
    spoiled_year(m, ROW_disposition, ROW_disposition + 1, spoiled);
    assert_memory_not_equal(spoiled, plain_state, n_lasting * sizeof *spoiled);
    free(plain_state);
    free(spoiled);
    model_free(m);
}

static void unknown_kernel(void **state) {
    (void)state;
    const model_kernel *kernel;
    tsr_error error = TSR_ERROR_INIT;
    assert_int_equal(ensemble_kernel("v5", &kernel, &error), TSR_E_USAGE);
    assert_non_null(strstr(error.message, "v5"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads),
        cmocka_unit_test(lanes),
        cmocka_unit_test(kernels),
        cmocka_unit_test(members),
        cmocka_unit_test(another_seed_differs),
        cmocka_unit_test(rows_of_a_month_are_not_read_later),
        cmocka_unit_test(unknown_kernel),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
