/* Any bytes as the image of a world; what is accepted is used. */
#include "fuzz.h"
#include "world/geography.h"
#include "world/world.h"

#include <stdlib.h>
#include <string.h>

static void use(const world *w) {
    size_t n;
    char hex[65];
    world_actors(w, &n);
    for (uint32_t i = 0; i < n; i++)
        world_family(w, i);
    world_find_area(w, "nowhere");
    world_find_actor(w, "nobody");
    world_ruler_on(w, 17000);
    world_hash(w, hex);
    geography_locator *l = NULL;
    if (geography_locator_create(w, &l, NULL) == TSR_OK)
        geography_locate(l, 1, 1, 25, NULL);
    geography_locator_free(l);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    void *copy = NULL;
    if (posix_memalign(&copy, 16, n > 0 ? n : 1) != 0)
        return 0;
    memcpy(copy, bytes, n);
    const world *w = NULL;
    tsr_error error = TSR_ERROR_INIT;
    if (world_view(copy, n, &w, &error) == TSR_OK)
        use(w);
    else if (error.message[0] == '\0')
        abort();
    free(copy);
    return 0;
}
