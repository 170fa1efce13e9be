/* A scratch folder for tests of files. */
#include "test.h"

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int scratch_make(void **state) {
    const char *place = getenv("TMPDIR");
    char *path = NULL;
    if (asprintf(&path, "%s/tessera-test-XXXXXX", place ? place : "/tmp") < 0)
        return -1;
    if (!mkdtemp(path)) {
        free(path);
        return -1;
    }
    *state = path;
    return 0;
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *walk) {
    (void)about, (void)kind, (void)walk;
    return remove(path);
}

int scratch_remove(void **state) {
    int failed = nftw(*state, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(*state);
    return failed;
}

char *scratch_path(void **state, const char *name) {
    static char paths[8][1024];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", (const char *)*state, name);
    return path;
}

void scratch_write(const char *path, const char *text) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

int scratch_count(const char *path) {
    DIR *folder = opendir(path);
    if (!folder)
        return -1;
    int n = 0;
    while (readdir(folder))
        n++;
    closedir(folder);
    return n - 2;
}

bool scratch_exists(const char *path) {
    struct stat about;
    return lstat(path, &about) == 0;
}

bool scratch_holds(const char *path, const char *text) {
    char read[1024] = "";
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    size_t n = fread(read, 1, sizeof read - 1, file);
    fclose(file);
    return n == strlen(text) && memcmp(read, text, n) == 0;
}
