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
        cmocka_unit_test(unknown_kernel),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
