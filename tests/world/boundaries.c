/* Reading boundaries in tests. */
#include "boundaries.h"

#include "world/geography.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

world *read_boundaries(const char *path, problem_list *problems, tsr_error *error) {
    world_builder *b = world_builder_create();
    world *w = NULL;
    if (b == NULL) {
        FAIL(error, TSR_E_MEMORY, "no memory for a builder");
        return NULL;
    }
    world_builder_header(b)->substeps = 1;
    if (geography_read(path, "name", b, problems, error) != TSR_OK || world_builder_freeze(b, &w, error) != TSR_OK)
        w = NULL;
    world_builder_free(b);
    return w;
}

world *read_boundaries_text(const char *text, problem_list *problems, tsr_error *error) {
    const char *folder = getenv("TMPDIR");
    char path[256];
    snprintf(path, sizeof path, "%s/boundaries-XXXXXX", folder != NULL ? folder : "/tmp");
    int file = mkstemp(path);
    if (file < 0)
        return NULL;
    size_t n = strlen(text);
    world *w = NULL;
    if (write(file, text, n) == (ssize_t)n)
        w = read_boundaries(path, problems, error);
    close(file);
    unlink(path);
    return w;
}
