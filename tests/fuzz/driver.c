/* Runs a fuzz target on every file of the folders and files that are named, as an ordinary program under any compiler.
 * Of a small file every beginning is run too: a reader must survive a file that was cut short. */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_BYTES ((size_t)64 << 20)
#define MAX_CUTS 2048 /* about as many beginnings of a file are run, evenly spread */

/* A copy of exactly n bytes, so that the address sanitizer sees a read past the end. */
static void run_bytes(const char *bytes, size_t n) {
    uint8_t *copy = malloc(n > 0 ? n : 1);
    if (copy == NULL)
        abort();
    memcpy(copy, bytes, n);
    LLVMFuzzerTestOneInput(copy, n);
    free(copy);
}

static bool run_file(const char *path) {
    bool ok = false;
    char *bytes = NULL;
    size_t n = 0;
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        perror(path);
        goto out;
    }
    bytes = malloc(MAX_BYTES);
    if (bytes == NULL)
        goto out;
    n = fread(bytes, 1, MAX_BYTES, f);
    if (ferror(f)) {
        perror(path);
        goto out;
    }
    fprintf(stderr, "%s (%zu bytes)\n", path, n);
    size_t stride = n / MAX_CUTS + 1;
    for (size_t cut = 0; cut < n; cut += stride)
        run_bytes(bytes, cut);
    run_bytes(bytes, n);
    ok = true;
out:
    free(bytes);
    if (f != NULL)
        fclose(f);
    return ok;
}

/* Adds the number of files that were run to *n_run. */
static bool run_path(const char *path, size_t *n_run) {
    struct stat info;
    if (stat(path, &info) != 0) {
        perror(path);
        return false;
    }
    if (!S_ISDIR(info.st_mode)) {
        ++*n_run;
        return run_file(path);
    }
    struct dirent **entries = NULL;
    int n = scandir(path, &entries, NULL, alphasort);
    bool ok = n >= 0;
    for (int i = 0; i < n; i++) {
        char inside[4096];
        int length = snprintf(inside, sizeof inside, "%s/%s", path, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.')
            ok = length > 0 && (size_t)length < sizeof inside && run_path(inside, n_run) && ok;
        free(entries[i]);
    }
    free(entries);
    return ok;
}

int main(int argc, char **argv) {
    bool ok = true;
    size_t n_run = 0;
    for (int i = 1; i < argc; i++)
        ok = run_path(argv[i], &n_run) && ok;
    if (n_run == 0) {
        fprintf(stderr, "usage: %s FILE-OR-FOLDER...; none of them holds a file\n", argv[0]);
        return 1;
    }
    return ok ? 0 : 1;
}
