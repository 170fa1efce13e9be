/* Reading boundaries in tests: a world of nothing but areas. */
#ifndef TESTS_WORLD_BOUNDARIES_H
#define TESTS_WORLD_BOUNDARIES_H

#include "world/builder.h"

/** Read a file with names in property "name". Problems go to `problems`. @return NULL when that failed; else free() it
 */
world *read_boundaries(const char *path, problem_list *problems, tsr_error *error);
/** The same of a text. */
world *read_boundaries_text(const char *text, problem_list *problems, tsr_error *error);

#endif
