/* Large arrays of numbers. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>

/** `size` zeroed bytes aligned to 64, for free(); NULL when there is no memory. Where the system offers them, arrays of
 *  megabytes lie on huge pages: a filter that walks through a cloud of particles otherwise spends a tenth of its time on
 *  looking up addresses. */
void *memory_rows(size_t size);

#endif
