/* Assembling a world: append records section by section, then freeze. */
#ifndef WORLD_BUILDER_H
#define WORLD_BUILDER_H

#include "world/world.h"

typedef struct world_builder world_builder;

/** @return NULL when there is no memory */
world_builder *world_builder_create(void);
void world_builder_free(world_builder *b);

/** The header's scalars (name, months, ...), to be filled by the caller; sections, size and magic are set by the
 * freeze. */
world *world_builder_header(world_builder *b);
/** Offset of a copy of `string` (equal strings share one). NULL gives 0. */
world_text world_builder_text(world_builder *b, const char *string);
const char *world_builder_string(const world_builder *b, world_text text);

/** Append one record to section `id`; returns its index. Out of memory is remembered and reported by the freeze. */
#define X(id, type) uint32_t world_add_##id(world_builder *b, const type *record);
WORLD_SECTIONS(X)
#undef X
/** What was appended so far, to be read or changed; invalid after the next append to that section. */
#define X(id, type) type *world_built_##id(world_builder *b, size_t *n);
WORLD_SECTIONS(X)
#undef X

/** One allocation with everything; the builder can be freed afterwards. @param out free() it */
tsr_status world_builder_freeze(const world_builder *b, world **out, tsr_error *error);

#endif
