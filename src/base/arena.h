/* Memory that lives as long as one object: many small allocations, one free. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

typedef struct arena arena;

/** @return NULL when there is no memory */
arena *arena_create(void);
void arena_free(arena *a);
/** `size` zeroed bytes aligned to 16; NULL when there is no memory. Never returns NULL for size 0 otherwise. */
void *arena_alloc(arena *a, size_t size);
/** Copy of `n` characters of `text` with a closing NUL; NULL when there is no memory. */
char *arena_copy_text(arena *a, const char *text, size_t n);

/** Grow a heap array so that it has room for `needed` items of `item_size`. Returns false (array unchanged) when there
 *  is no memory or the size overflows. Capacity doubles, so that appending is linear. */
_Bool array_reserve(void **items, size_t *capacity, size_t needed, size_t item_size);

#endif
