/* What makes bytes a world; private to src/world. */
#ifndef WORLD_CHECK_H
#define WORLD_CHECK_H

#include "world/world.h"

#define WORLD_MAGIC "TSRWORLD" /* without the closing NUL */
#define WORLD_ALIGNMENT 16u

/** The next multiple of WORLD_ALIGNMENT. */
static inline uint64_t world_align(uint64_t offset) {
    return (offset + (WORLD_ALIGNMENT - 1)) & ~(uint64_t)(WORLD_ALIGNMENT - 1);
}

/** Check every record of an image whose header and extents are right: indices, text offsets, enums, order. */
tsr_status world_check_records(const world *w, tsr_error *error);

#endif
