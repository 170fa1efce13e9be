/* A small world with a record in every section, for tests. */
#ifndef TESTS_WORLD_SAMPLE_H
#define TESTS_WORLD_SAMPLE_H

#include "world/builder.h"

/** Two square areas side by side, five actors, and one or more records of everything else. */
world_builder *sample_builder(void);
/** The same, frozen; free() it. */
world *sample_world(void);

#endif
