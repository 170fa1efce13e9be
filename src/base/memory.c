/* Large arrays of numbers; see memory.h. */
#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { ALIGNMENT = 64, HUGE_PAGE = 2 << 20 };

void *memory_rows(size_t size) {
    size_t unit = size < HUGE_PAGE ? ALIGNMENT : HUGE_PAGE;
    if (size > PTRDIFF_MAX - unit) /* larger than any object can be */
        return NULL;
    size_t whole = size == 0 ? unit : (size + unit - 1) / unit * unit;
    void *memory = aligned_alloc(unit, whole);
    if (!memory)
        return NULL;
#ifdef MADV_HUGEPAGE
    if (unit == HUGE_PAGE)
        (void)madvise(memory, whole, MADV_HUGEPAGE); /* a wish: without it pages are small */
#endif
    memset(memory, 0, whole);
    return memory;
}
