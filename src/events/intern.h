/* Numbers for texts: equal texts get one number, 0, 1, 2, ... in the order in which they came. */
#ifndef EVENTS_INTERN_H
#define EVENTS_INTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct intern_item {
    char *text; /**< NUL-terminated; a NUL inside ends it early */
    uint32_t n;
    uint32_t hash;
} intern_item;

typedef struct intern {
    intern_item *items;
    uint32_t n;
    size_t capacity;
    uint32_t *slots;  /**< open addressing; item + 1, or 0 */
    uint32_t n_slots; /**< a power of two, or 0 */
} intern;

void intern_init(intern *table);
void intern_clear(intern *table);
/** Number of a text, added if it is new. @return false when there is no memory */
bool intern_add(intern *table, const char *text, size_t n, uint32_t *number);
const char *intern_text(const intern *table, uint32_t number);

#endif
