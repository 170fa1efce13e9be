/* A small run with known values: a country of three areas, four actors, twelve months, 1,200 members. */
#ifndef TESTS_OUTPUT_FIXTURE_H
#define TESTS_OUTPUT_FIXTURE_H

#include "study/run.h"

enum {
    FIXTURE_FIRST_MONTH = 481, /* January 2020 */
    FIXTURE_MONTHS = 12,
    FIXTURE_OBSERVED = 8, /* months with data */
    FIXTURE_MEMBERS = 1200,
    FIXTURE_AREAS = 3,
    FIXTURE_CHANNELS = 3
};

typedef struct fixture {
    world *w;
    panel p;
    record r;
    record_variable variables[8];
    study_run run;
    run_answer answers[3];
    run_parameter parameters[2];
    panel_file files[1];
    panel_other others[1];
    panel_check checks[1];
} fixture;

/** Draws are ((month * 7 + item * 13 + draw * 31) mod 101), divided by 100 for shares; see check_netcdf.py. */
void fixture_init(fixture *f);
void fixture_clear(fixture *f);

#endif
