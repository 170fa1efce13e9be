/* Comparing area names without memory; private to src/world. */
#ifndef WORLD_NAMES_H
#define WORLD_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/** The beginning of a name's normal form, borrowed from the name: parse once, compare with many. */
typedef struct area_name {
    const char *first; /**< first word that is kept, not yet lower-cased */
    size_t n_first;    /**< 0: a blank name */
    const char *rest;  /**< what follows it */
    bool keep_all;
} area_name;

area_name area_name_parse(const char *name);
/** True when world_normal_area_name makes the same of both. */
bool area_name_is(area_name a, const char *name);

#endif
