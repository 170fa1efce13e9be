#include "afghan.h"

#include "base/file.h"
#include "scenario/scenario.h"

#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

world *afghan_world(void) {
    world *w = NULL;
    char folder[TSR_PATH_SIZE];
    tsr_error error = TSR_ERROR_INIT;
    problem_list problems;
    problem_list_init(&problems);
    tsr_status status = scenario_read(TEST_SOURCE_ROOT "/scenarios/afghanistan", &w, folder, &problems, &error);
    if (status != TSR_OK)
        print_error("%s:%u: %s\n", error.file, error.line, error.message);
    assert_int_equal(status, TSR_OK);
    problem_list_clear(&problems);
    return w;
}

void afghan_hash(const record *r, uint32_t n_hashed, char hex[65]) {
    char all[32 * 65] = "";
    for (size_t i = 0; i < r->n_variables; i++) {
        const record_variable *v = &r->variables[i];
        size_t n_items = (size_t)r->n_months * v->n_outer * v->n_inner;
        float *kept = malloc(n_items * n_hashed * sizeof *kept);
        assert_non_null(kept);
        assert_true(v->n_draws >= n_hashed);
        for (size_t item = 0; item < n_items; item++)
            memcpy(kept + item * n_hashed, v->values + item * v->n_draws, n_hashed * sizeof *kept);
        sha256_bytes(kept, n_items * n_hashed * sizeof *kept, all + i * 64);
        free(kept);
    }
    sha256_bytes(all, strlen(all), hex);
}

void afghan_run_hash(const world *w, const ensemble_options *options, uint32_t n_hashed, char hex[65]) {
    model *m = NULL;
    recorder *r = NULL;
    tsr_error error = TSR_ERROR_INIT;
    model_options choices = {.whatif = WORLD_NONE, .last_month = w->first_month + 11};
    assert_int_equal(model_create(w, &choices, &m, &error), TSR_OK);
    assert_int_equal(recorder_create(m, options->n_members, options->n_members, &r, &error), TSR_OK);
    ensemble_observer observer = recorder_observer(r);
    assert_int_equal(ensemble_run(m, options, &observer, 1, &error), TSR_OK);
    afghan_hash(recorder_record(r), n_hashed, hex);
    recorder_free(r);
    model_free(m);
}
