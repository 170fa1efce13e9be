/* Any bytes as a scenario, beside the small country of this folder. What is accepted is a world that passes its own check and
 * can be described; what is not says why, in the list of problems. */
#include "fuzz.h"
#include "scenario/scenario.h"

#include <stdlib.h>
#include <string.h>

#define FOLDER FUZZ_FOLDER "/country"

static void check_world(const world *w) {
    text_buffer b;
    const world *view;
    tsr_error error = TSR_ERROR_INIT;
    text_buffer_init(&b);
    if (world_view(w, w->size, &view, &error) != TSR_OK || scenario_describe(w, &b) != TSR_OK)
        abort();
    text_buffer_clear(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    world *w = NULL;
    tsr_error error = TSR_ERROR_INIT;
    problem_list problems;
    problem_list_init(&problems);
    tsr_status status = scenario_read_bytes((const char *)bytes, n, "fuzz.yaml", FOLDER, &w, &problems, &error);
    if ((status == TSR_OK) != (w != NULL) || (status == TSR_E_INPUT) != (problems.n_errors > 0))
        abort();
    if (status != TSR_OK && error.message[0] == '\0')
        abort();
    for (size_t i = 0; i < problems.n; i++)
        if (problems.items[i].message[0] == '\0')
            abort();
    if (w != NULL)
        check_world(w);
    problem_list_clear(&problems);
    free(w);
    return 0;
}
