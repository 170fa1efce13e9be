/* Any bytes as a file of boundaries. What is accepted freezes into a world that passes its own check. */
#include "fuzz.h"
#include "world/builder.h"
#include "world/geography.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static void read_file(const char *path) {
    world_builder *b = world_builder_create();
    if (b == NULL)
        return;
    world_builder_header(b)->substeps = 1;
    world *w = NULL;
    tsr_error error = TSR_ERROR_INIT;
    tsr_status status = geography_read(path, "name", b, NULL, &error);
    if (status != TSR_OK && error.message[0] == '\0')
        abort();
    if (status == TSR_OK && world_builder_freeze(b, &w, &error) != TSR_OK)
        abort();
    free(w);
    world_builder_free(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    char path[64];
    int file = memfd_create("boundaries", 0);
    if (file < 0)
        return 0;
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    if (write(file, bytes, n) == (ssize_t)n)
        read_file(path);
    close(file);
    return 0;
}
