/* A tiny country of two areas in a scratch folder, and scenarios read beside it. */
#ifndef TESTS_SCENARIO_FIXTURE_H
#define TESTS_SCENARIO_FIXTURE_H

#include "../base/test.h"
#include "scenario/scenario.h"

#define GOOD_SCENARIO                                                                                                  \
    "tessera: 1\n"                                                                                                     \
    "name: Small\n"                                                                                                    \
    "period: {start: 2020-01, last_observed: 2020-12, horizon_months: 12}\n"                                           \
    "areas: {boundaries: boundaries.geojson, population: population.csv}\n"                                            \
    "actors:\n"                                                                                                        \
    "  government: {kind: faction, regular: true}\n"                                                                   \
    "  rebels: {kind: faction, founded: 2020-03}\n"                                                                    \
    "  usa: {kind: power}\n"                                                                                           \
    "sources:\n"                                                                                                       \
    "  paper: {title: A paper}\n"

/** Set up and tear down of a group: *state is a scratch folder with boundaries.geojson and population.csv. */
int country_make(void **state);
/** Replace `from` (which must be there once) in a text; NULL: append. Heap. */
char *edited(const char *text, const char *from, const char *to);
/** Take the mark ^ out of a text and say where it was; false when there is none. */
bool take_mark(char *text, uint32_t *line, uint32_t *column);
/** Read text as the scenario of the scratch folder, under the name "scenario.yaml". `list` is initialised here. */
tsr_status read_text(void **state, const char *text, world **out, problem_list *list);
/** Fail unless there are just `n` errors; prints all. */
void expect_errors(const problem_list *list, size_t n, const char *text);

#endif
