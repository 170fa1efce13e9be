/* Assembling a world: one growing array a section, copied behind a header by the freeze. */
#include "world/builder.h"

#include "base/arena.h"
#include "world/check.h"

#include <stdlib.h>
#include <string.h>

typedef struct section {
    void *items;
    size_t n, capacity;
} section;

struct world_builder {
    world header;
    section sections[WORLD_N_SECTIONS];
    world_text *slots; /**< open hash table of the strings in the text section; 0 is an empty slot */
    size_t n_slots;    /**< a power of two, or 0 */
    size_t n_strings;
    bool out_of_memory;
    bool too_large; /**< an index does not fit in 32 bits */
};

static const size_t item_sizes[WORLD_N_SECTIONS] = {
#define X(id, type) [WORLD_SECTION_##id] = sizeof(type),
    WORLD_SECTIONS(X)
#undef X
};

/** Room for `n` more items at the end of a section. @return NULL (and remembered) when there is none */
static void *grow(world_builder *b, world_section id, size_t n) {
    section *s = &b->sections[id];
    if (n > UINT32_MAX - s->n) {
        b->too_large = true;
        return NULL;
    }
    if (!array_reserve(&s->items, &s->capacity, s->n + n, item_sizes[id])) {
        b->out_of_memory = true;
        return NULL;
    }
    void *end = (char *)s->items + s->n * item_sizes[id];
    s->n += n;
    return end;
}

world_builder *world_builder_create(void) {
    world_builder *b = calloc(1, sizeof *b);
    if (b == NULL)
        return NULL;
    char *empty = grow(b, WORLD_SECTION_texts, 1); /* offset 0 is "" */
    if (empty == NULL) {
        world_builder_free(b);
        return NULL;
    }
    *empty = '\0';
    return b;
}

void world_builder_free(world_builder *b) {
    if (b == NULL)
        return;
    for (size_t i = 0; i < WORLD_N_SECTIONS; i++)
        free(b->sections[i].items);
    free(b->slots);
    free(b);
}

world *world_builder_header(world_builder *b) {
    return &b->header;
}

const char *world_builder_string(const world_builder *b, world_text text) {
    const section *s = &b->sections[WORLD_SECTION_texts];
    return text < s->n ? (const char *)s->items + text : "";
}

/** FNV-1a, 64 bits. */
static uint64_t hash_string(const char *string) {
    uint64_t h = 14695981039346656037u;
    for (; *string != '\0'; string++)
        h = (h ^ (unsigned char)*string) * 1099511628211u;
    return h;
}

/** The slot of `string`: the one that holds it, or the empty one where it goes. */
static world_text *find_slot(world_text *slots, size_t n_slots, const world_builder *b, const char *string) {
    size_t i = (size_t)hash_string(string) & (n_slots - 1);
    while (slots[i] != 0 && strcmp(world_builder_string(b, slots[i]), string) != 0)
        i = (i + 1) & (n_slots - 1);
    return &slots[i];
}

static bool grow_slots(world_builder *b) {
    if (2 * (b->n_strings + 1) <= b->n_slots)
        return true;
    size_t n_slots = b->n_slots == 0 ? 256 : 2 * b->n_slots;
    world_text *slots = calloc(n_slots, sizeof *slots);
    if (slots == NULL)
        return false;
    for (size_t i = 0; i < b->n_slots; i++) {
        if (b->slots[i] != 0)
            *find_slot(slots, n_slots, b, world_builder_string(b, b->slots[i])) = b->slots[i];
    }
    free(b->slots);
    b->slots = slots;
    b->n_slots = n_slots;
    return true;
}

world_text world_builder_text(world_builder *b, const char *string) {
    if (string == NULL || *string == '\0')
        return 0;
    if (!grow_slots(b)) {
        b->out_of_memory = true;
        return 0;
    }
    world_text *slot = find_slot(b->slots, b->n_slots, b, string);
    if (*slot != 0)
        return *slot;
    size_t offset = b->sections[WORLD_SECTION_texts].n, length = strlen(string) + 1;
    /* `string` may lie in our own text section, which moves when it grows. */
    uintptr_t old = (uintptr_t)b->sections[WORLD_SECTION_texts].items, inside = (uintptr_t)string - old;
    char *copy = grow(b, WORLD_SECTION_texts, length);
    if (copy == NULL)
        return 0;
    memcpy(copy, inside < offset ? world_builder_string(b, (world_text)inside) : string, length);
    *slot = (world_text)offset;
    b->n_strings++;
    return *slot;
}

static uint32_t add(world_builder *b, world_section id, const void *record) {
    size_t index = b->sections[id].n;
    /* `record` may be one of ours, which moves when the section grows. */
    uintptr_t inside = (uintptr_t)record - (uintptr_t)b->sections[id].items;
    bool is_ours = inside < index * item_sizes[id];
    char *copy = grow(b, id, 1);
    if (copy == NULL)
        return 0;
    memcpy(copy, is_ours ? (const char *)b->sections[id].items + inside : (const char *)record, item_sizes[id]);
    return (uint32_t)index;
}

/** In the text section a record is a whole string. */
static uint32_t add_text(world_builder *b, world_section id, const char *string) {
    (void)id;
    return world_builder_text(b, string);
}

#define X(id, type)                                                                                                    \
    uint32_t world_add_##id(world_builder *b, const type *record) {                                                    \
        return _Generic(record, const char * : add_text, default : add)(b, WORLD_SECTION_##id, record);                \
    }                                                                                                                  \
    type *world_built_##id(world_builder *b, size_t *n) {                                                              \
        if (n != NULL)                                                                                                 \
            *n = b->sections[WORLD_SECTION_##id].n;                                                                    \
        return b->sections[WORLD_SECTION_##id].items;                                                                  \
    }
WORLD_SECTIONS(X)
#undef X

/** Every section behind the header, in order, each on a multiple of 16. @return bytes of the image */
static uint64_t lay_out(const world_builder *b, world *header) {
    uint64_t end = world_align(sizeof(world));
    for (size_t i = 0; i < WORLD_N_SECTIONS; i++) {
        header->sections[i] = (world_extent){.offset = end, .count = b->sections[i].n};
        end = world_align(end + b->sections[i].n * item_sizes[i]);
    }
    return end;
}

static void count_actors(world *header, const world_builder *b) {
    const world_actor *actors = b->sections[WORLD_SECTION_actors].items;
    header->n_factions = header->n_powers = 0;
    for (size_t i = 0; i < b->sections[WORLD_SECTION_actors].n; i++) {
        if (actors[i].kind == WORLD_FACTION)
            header->n_factions++;
        else
            header->n_powers++;
    }
}

tsr_status world_builder_freeze(const world_builder *b, world **out, tsr_error *error) {
    if (b->too_large)
        return FAIL(error, TSR_E_INPUT, "the scenario is too large: a section has room for %u items", UINT32_MAX);
    if (b->out_of_memory)
        return FAIL(error, TSR_E_MEMORY, "no memory to assemble the world");
    world header = b->header;
    memcpy(header.magic, WORLD_MAGIC, sizeof header.magic);
    header.version = WORLD_VERSION;
    header.n_sections = WORLD_N_SECTIONS;
    header.size = lay_out(b, &header);
    count_actors(&header, b);
    char *image = aligned_alloc(WORLD_ALIGNMENT, header.size);
    if (image == NULL)
        return FAIL(error, TSR_E_MEMORY, "no memory for a world of %llu bytes", (unsigned long long)header.size);
    memset(image, 0, header.size);
    memcpy(image, &header, sizeof header);
    for (size_t i = 0; i < WORLD_N_SECTIONS; i++) {
        if (b->sections[i].n > 0)
            memcpy(image + header.sections[i].offset, b->sections[i].items, b->sections[i].n * item_sizes[i]);
    }
    tsr_error defect = TSR_ERROR_INIT;
    const world *checked;
    if (world_view(image, header.size, &checked, &defect) != TSR_OK) {
        free(image);
        return FAIL(error, TSR_E_INTERNAL, "the world was assembled wrongly: %s", defect.message);
    }
    *out = (world *)(void *)image;
    return TSR_OK;
}
