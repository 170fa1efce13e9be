/* Numbers for texts: a hash table with linear probing, at most half full. */
#include "events/intern.h"

#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

static uint64_t mix(uint64_t hash, uint64_t part) {
    hash = (hash ^ part) * 0x9E3779B97F4A7C15u; /* 2^64 over the golden ratio */
    return hash ^ hash >> 32;
}

/** Eight bytes at a time; the last eight may have some again. */
static uint32_t hash_of(const char *text, size_t n) {
    uint64_t hash = n, part;
    size_t i = 0;
    for (; i + sizeof part <= n; i += sizeof part) {
        memcpy(&part, text + i, sizeof part);
        hash = mix(hash, part);
    }
    if (i < n && n >= sizeof part) {
        memcpy(&part, text + n - sizeof part, sizeof part);
        return (uint32_t)mix(hash, part);
    }
    for (; i < n; i++)
        hash = mix(hash, (unsigned char)text[i]);
    return (uint32_t)hash;
}

void intern_init(intern *table) {
    *table = (intern){0};
}

void intern_clear(intern *table) {
    for (uint32_t i = 0; i < table->n; i++)
        free(table->items[i].text);
    free(table->items);
    free(table->slots);
    *table = (intern){0};
}

static bool grow(intern *table) {
    uint32_t n_slots = table->n_slots > 0 ? table->n_slots * 2 : 64;
    uint32_t *slots = calloc(n_slots, sizeof *slots);
    if (slots == NULL)
        return false;
    for (uint32_t i = 0; i < table->n; i++) {
        uint32_t slot = table->items[i].hash & (n_slots - 1);
        while (slots[slot] != 0)
            slot = (slot + 1) & (n_slots - 1);
        slots[slot] = i + 1;
    }
    free(table->slots);
    table->slots = slots;
    table->n_slots = n_slots;
    return true;
}

bool intern_add(intern *table, const char *text, size_t n, uint32_t *number) {
    if (table->n >= table->n_slots / 2 && !grow(table))
        return false;
    uint32_t hash = hash_of(text, n), slot = hash & (table->n_slots - 1);
    for (; table->slots[slot] != 0; slot = (slot + 1) & (table->n_slots - 1)) {
        uint32_t i = table->slots[slot] - 1;
        const intern_item *item = &table->items[i];
        if (item->hash == hash && item->n == n && memcmp(item->text, text, n) == 0) {
            *number = i;
            return true;
        }
    }
    void *items = table->items;
    char *copy = malloc(n + 1);
    bool ok = copy != NULL && array_reserve(&items, &table->capacity, table->n + 1u, sizeof *table->items);
    table->items = items;
    if (!ok) {
        free(copy);
        return false;
    }
    memcpy(copy, text, n);
    copy[n] = '\0';
    table->items[table->n] = (intern_item){copy, (uint32_t)n, hash};
    *number = table->n++;
    table->slots[slot] = table->n;
    return true;
}

const char *intern_text(const intern *table, uint32_t number) {
    return table->items[number].text;
}
