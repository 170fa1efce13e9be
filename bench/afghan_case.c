#include "afghan_case.h"

#include "measure.h"
#include "scenario/scenario.h"

#include <stdlib.h>

static char folder[TSR_PATH_SIZE];

world *afghan_case_world(void) {
    tsr_error error = TSR_ERROR_INIT;
    problem_list problems;
    world *w = NULL;
    problem_list_init(&problems);
    if (scenario_read(BENCH_SOURCE_ROOT "/scenarios/afghanistan", &w, folder, &problems, &error) != TSR_OK)
        measure_fail(&error);
    problem_list_clear(&problems);
    return w;
}

panel *afghan_case_panel(const world *w) {
    tsr_error error = TSR_ERROR_INIT;
    panel_options options = {.tolerance_km = 25};
    problem_list problems;
    panel *p = NULL;
    problem_list_init(&problems);
    if (panel_import(w, folder, &options, &p, &problems, &error) != TSR_OK)
        measure_fail(&error);
    problem_list_clear(&problems);
    return p;
}
