/* An arena: blocks of memory in a list, freed together; and growing arrays. */
#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 16, BLOCK_SIZE = 64 * 1024 };

typedef struct arena_block {
    struct arena_block *next;
    size_t used, size;
} arena_block;

struct arena {
    arena_block *blocks; /**< the first one has room */
};

/** Bytes before a block's data, aligned. */
static size_t header_size(void) {
    return (sizeof(arena_block) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

arena *arena_create(void) {
    return calloc(1, sizeof(arena));
}

void arena_free(arena *a) {
    if (!a)
        return;
    while (a->blocks) {
        arena_block *next = a->blocks->next;
        free(a->blocks);
        a->blocks = next;
    }
    free(a);
}

static arena_block *add_block(arena *a, size_t size) {
    arena_block *block = calloc(1, header_size() + size);
    if (!block)
        return NULL;
    block->size = size;
    block->next = a->blocks;
    a->blocks = block;
    return block;
}

void *arena_alloc(arena *a, size_t size) {
    if (size > SIZE_MAX - BLOCK_SIZE - ALIGNMENT)
        return NULL;
    size_t needed = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    arena_block *block = a->blocks;
    if (!block || block->size - block->used < needed)
        block = add_block(a, needed > BLOCK_SIZE ? needed : BLOCK_SIZE);
    if (!block)
        return NULL;
    char *data = (char *)block + header_size() + block->used;
    block->used += needed;
    return data;
}

char *arena_copy_text(arena *a, const char *text, size_t n) {
    char *copy = n < SIZE_MAX ? arena_alloc(a, n + 1) : NULL;
    if (copy && n)
        memcpy(copy, text, n);
    return copy;
}

_Bool array_reserve(void **items, size_t *capacity, size_t needed, size_t item_size) {
    if (needed <= *capacity)
        return 1;
    size_t wanted = *capacity < 8 ? 8 : *capacity;
    while (wanted < needed) {
        if (wanted > SIZE_MAX / 2)
            return 0;
        wanted *= 2;
    }
    if (item_size == 0 || wanted > SIZE_MAX / item_size)
        return 0;
    void *grown = realloc(*items, wanted * item_size);
    if (!grown)
        return 0;
    *items = grown;
    *capacity = wanted;
    return 1;
}
