/* The world: reading the image, and finding things in it by name. */
#include "world/world.h"

#include "base/file.h"
#include "world/check.h"
#include "world/names.h"

#include <stdlib.h>
#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "a world is a little-endian image; this machine would have to swap bytes"
#endif

/* The image is the same on every machine: no record has padding, so its size is the sum of its fields. */
_Static_assert(sizeof(world_number) == 32 && sizeof(world_area) == 48 && sizeof(world_border) == 16, "layout");
_Static_assert(sizeof(world_ring) == 16 && sizeof(world_point) == 16 && sizeof(world_alias) == 8, "layout");
_Static_assert(sizeof(world_actor) == 48 && sizeof(world_actor_name) == 20 && sizeof(world_channel) == 16, "layout");
_Static_assert(sizeof(world_schedule) == 32 && sizeof(world_schedule_step) == 40, "layout");
_Static_assert(sizeof(world_event) == 80 && sizeof(world_ruler) == 16 && sizeof(world_ladder) == 16, "layout");
_Static_assert(sizeof(world_fact) == 80 && sizeof(world_initial) == 48 && sizeof(world_parameter) == 64, "layout");
_Static_assert(sizeof(world_switch) == 8 && sizeof(world_question) == 56 && sizeof(world_whatif) == 8, "layout");
_Static_assert(sizeof(world_source) == 24 && sizeof(world_file) == 36 && sizeof(world_extent) == 16, "layout");
_Static_assert(sizeof(world) == 72 + WORLD_N_SECTIONS * sizeof(world_extent), "layout");

static const void *section(const world *w, world_section id, size_t *n) {
    if (n != NULL)
        *n = (size_t)w->sections[id].count;
    return (const char *)w + w->sections[id].offset;
}

#define X(id, type)                                                                                                    \
    const type *world_##id(const world *w, size_t *n) {                                                                \
        return section(w, WORLD_SECTION_##id, n);                                                                      \
    }
WORLD_SECTIONS(X)
#undef X

tsr_status world_for_backtest(const world *w, world **out, tsr_error *error) {
    world *copy = malloc(w->size);
    if (copy == NULL)
        return FAIL(error, TSR_E_MEMORY, "no memory for a copy of the world");
    memcpy(copy, w, w->size);
    if (w->backtest_to) {
        copy->last_month += w->backtest_to - w->last_observed;
        copy->last_observed = w->backtest_to;
    }
    *out = copy;
    return TSR_OK;
}

const char *world_string(const world *w, world_text text) {
    size_t n;
    const char *texts = world_texts(w, &n);
    return text < n ? texts + text : "";
}

typedef struct section_kind {
    const char *name;
    size_t item_size;
} section_kind;

static const section_kind section_kinds[WORLD_N_SECTIONS] = {
#define X(id, type) [WORLD_SECTION_##id] = {#id, sizeof(type)},
    WORLD_SECTIONS(X)
#undef X
};

/** There is one way to lay out sections of given counts, so that equal worlds are equal bytes: check it is this one. */
static tsr_status check_extents(const world *w, tsr_error *error) {
    uint64_t end = world_align(sizeof(world));
    for (size_t i = 0; i < WORLD_N_SECTIONS; i++) {
        const section_kind *kind = &section_kinds[i];
        const world_extent *extent = &w->sections[i];
        if (extent->offset != end || end > w->size)
            return FAIL(error, TSR_E_INPUT, "the world's section %s begins at byte %llu; it must begin at %llu",
                        kind->name, (unsigned long long)extent->offset, (unsigned long long)end);
        uint64_t room = (w->size - end) / kind->item_size;
        if (extent->count > room || extent->count > UINT32_MAX)
            return FAIL(error, TSR_E_INPUT, "the world's section %s has %llu items; there is room for %llu", kind->name,
                        (unsigned long long)extent->count, (unsigned long long)room);
        end = world_align(end + extent->count * kind->item_size);
    }
    if (end != w->size)
        return FAIL(error, TSR_E_INPUT, "the world's sections end at byte %llu; they must end at %llu",
                    (unsigned long long)end, (unsigned long long)w->size);
    return TSR_OK;
}

tsr_status world_view(const void *bytes, size_t n, const world **out, tsr_error *error) {
    if ((uintptr_t)bytes % WORLD_ALIGNMENT != 0)
        return FAIL(error, TSR_E_USAGE, "a world must lie at a multiple of %u bytes", WORLD_ALIGNMENT);
    const world *w = bytes;
    if (n < sizeof w->magic || memcmp(w->magic, WORLD_MAGIC, sizeof w->magic) != 0)
        return FAIL(error, TSR_E_INPUT, "this is not a world: it does not begin with %s", WORLD_MAGIC);
    if (n < sizeof *w)
        return FAIL(error, TSR_E_INPUT, "the world is cut off: %zu bytes; its header alone has %zu", n, sizeof *w);
    if (w->version != WORLD_VERSION)
        return FAIL(error, TSR_E_INPUT, "the world has format version %u; this program reads version %u", w->version,
                    WORLD_VERSION);
    if (w->n_sections != WORLD_N_SECTIONS)
        return FAIL(error, TSR_E_INPUT, "the world has %u sections; version %u has %u", w->n_sections, WORLD_VERSION,
                    (unsigned)WORLD_N_SECTIONS);
    if (w->size != n)
        return FAIL(error, TSR_E_INPUT, "the world has %zu bytes; its header says %llu", n,
                    (unsigned long long)w->size);
    tsr_status status;
    TRY(check_extents(w, error));
    TRY(world_check_records(w, error));
    *out = w;
out:
    return status;
}

void world_hash(const world *w, char hex[65]) {
    sha256_bytes(w, (size_t)w->size, hex);
}

uint32_t world_actor_of_faction(const world *w, uint32_t faction) {
    size_t n;
    const world_actor *actors = world_actors(w, &n);
    for (uint32_t i = 0; i < n; i++) {
        if (actors[i].faction == (int32_t)faction)
            return i;
    }
    return UINT32_MAX;
}

uint32_t world_actor_of_power(const world *w, uint32_t power) {
    size_t n;
    const world_actor *actors = world_actors(w, &n);
    for (uint32_t i = 0; i < n; i++) {
        if (actors[i].power == (int32_t)power)
            return i;
    }
    return UINT32_MAX;
}

uint32_t world_family(const world *w, uint32_t actor) {
    const world_actor *actors = world_actors(w, NULL);
    while (actors[actor].part_of != WORLD_NONE) /* ends: the view has checked that there is no circle */
        actor = (uint32_t)actors[actor].part_of;
    return actor;
}

int32_t world_find_actor(const world *w, const char *id) {
    size_t n;
    const world_actor *actors = world_actors(w, &n);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(world_string(w, actors[i].id), id) == 0)
            return (int32_t)i;
    }
    return WORLD_NONE;
}

int32_t world_find_area(const world *w, const char *name) {
    size_t n, n_aliases;
    const world_area *areas = world_areas(w, &n);
    const world_alias *aliases = world_aliases(w, &n_aliases);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(world_string(w, areas[i].name), name) == 0)
            return (int32_t)i;
    }
    const area_name parsed = area_name_parse(name);
    for (size_t i = 0; i < n; i++) {
        if (area_name_is(parsed, world_string(w, areas[i].name)))
            return (int32_t)i;
    }
    for (size_t i = 0; i < n_aliases; i++) {
        if (area_name_is(parsed, world_string(w, aliases[i].name)))
            return (int32_t)aliases[i].area;
    }
    return WORLD_NONE;
}

int32_t world_find_channel(const world *w, const char *id) {
    size_t n;
    const world_channel *channels = world_channels(w, &n);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(world_string(w, channels[i].id), id) == 0)
            return (int32_t)i;
    }
    return WORLD_NONE;
}

int32_t world_channel_of(const world *w, int32_t actor_a, int32_t actor_b) {
    size_t n;
    const world_channel *channels = world_channels(w, &n);
    for (size_t i = 0; i < n; i++) {
        int32_t a = channels[i].actor_a, b = channels[i].actor_b;
        if ((a == actor_a && b == actor_b) || (a == actor_b && b == actor_a))
            return (int32_t)i;
    }
    return WORLD_NONE;
}

int32_t world_ruler_on(const world *w, date_day day) {
    size_t n_rulers, n_events;
    const world_ruler *rulers = world_rulers(w, &n_rulers);
    const world_event *events = world_events(w, &n_events);
    int32_t actor = WORLD_NONE;
    date_day since = DATE_MIN;
    for (size_t i = 0; i < n_rulers; i++) {
        if (rulers[i].from <= day && rulers[i].from >= since) {
            since = rulers[i].from;
            actor = rulers[i].actor;
        }
    }
    for (size_t i = 0; i < n_events; i++) { /* on the same day an event comes after the list */
        const world_event *e = &events[i];
        bool is_on = e->kind == WORLD_EVENT_RULER && e->off == 0 && e->whatif == WORLD_NONE;
        if (is_on && e->day <= day && e->day >= since) {
            since = e->day;
            actor = e->actor;
        }
    }
    return actor;
}
