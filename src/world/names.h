/* Comparing area names without memory; private to src/world. */
#ifndef WORLD_NAMES_H
#define WORLD_NAMES_H

#include <stdbool.h>

/** True when world_normal_area_name makes the same of both. */
bool area_names_equal(const char *a, const char *b);

#endif
