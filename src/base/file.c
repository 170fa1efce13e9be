/* Whole reads, atomic writes, and folders that appear complete. */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static tsr_status fail_errno(tsr_error *error, tsr_status status, const char *path, const char *what, int reason) {
    base_place place = {.file = path};
    if (reason == ENOSPC)
        return FAIL_AT(error, status, place, "%s: no space left on device; nothing was written", what);
    return FAIL_AT(error, status, place, "%s: %s", what, strerror(reason));
}

tsr_status path_join(const char *folder, const char *name, char *out, tsr_error *error) {
    int n =
        name[0] == '/' ? snprintf(out, TSR_PATH_SIZE, "%s", name) : snprintf(out, TSR_PATH_SIZE, "%s/%s", folder, name);
    if (n < 0 || n >= TSR_PATH_SIZE)
        return FAIL(error, TSR_E_INPUT, "path '%.100s...' has more than %d characters", name, TSR_PATH_SIZE - 1);
    return TSR_OK;
}

tsr_status path_folder(const char *path, char *out, tsr_error *error) {
    const char *slash = strrchr(path, '/');
    size_t n = slash ? (size_t)(slash - path) : 0;
    if (n >= TSR_PATH_SIZE)
        return FAIL(error, TSR_E_INPUT, "path '%.100s...' has more than %d characters", path, TSR_PATH_SIZE - 1);
    if (!slash)
        memcpy(out, ".", 2);
    else if (n == 0)
        memcpy(out, "/", 2);
    else
        snprintf(out, TSR_PATH_SIZE, "%.*s", (int)n, path);
    return TSR_OK;
}

/** Read until the end; the size of the file is only a first guess. */
static tsr_status read_all(int descriptor, const char *path, size_t guess, char **bytes, size_t *n, tsr_error *error) {
    size_t capacity = guess + 4096, used = 0;
    char *buffer = malloc(capacity + 1);
    if (!buffer)
        return FAIL(error, TSR_E_MEMORY, "no memory for the %zu bytes of %s", guess, path);
    while (true) {
        ssize_t got = read(descriptor, buffer + used, capacity - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            int reason = errno;
            free(buffer);
            return fail_errno(error, TSR_E_IO, path, "cannot be read", reason);
        }
        if (got == 0)
            break;
        used += (size_t)got;
        if (used < capacity)
            continue;
        char *grown = realloc(buffer, capacity * 2 + 1);
        if (!grown) {
            free(buffer);
            return FAIL(error, TSR_E_MEMORY, "no memory for the contents of %s", path);
        }
        buffer = grown;
        capacity *= 2;
    }
    buffer[used] = 0;
    *bytes = buffer;
    *n = used;
    return TSR_OK;
}

tsr_status file_read(const char *path, char **bytes, size_t *n, tsr_error *error) {
    struct stat about;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); /* opening a pipe must not wait */
    if (descriptor < 0)
        return fail_errno(error, errno == ENOENT || errno == ENOTDIR ? TSR_E_INPUT : TSR_E_IO, path, "cannot be opened",
                          errno);
    tsr_status status = TSR_OK;
    if (fstat(descriptor, &about) != 0)
        status = fail_errno(error, TSR_E_IO, path, "cannot be read", errno);
    else if (S_ISDIR(about.st_mode))
        status = FAIL_AT(error, TSR_E_INPUT, ((base_place){.file = path}), "is a folder; a file is needed");
    else if (!S_ISREG(about.st_mode))
        status = FAIL_AT(error, TSR_E_INPUT, ((base_place){.file = path}), "is not a regular file");
    else
        status = read_all(descriptor, path, (size_t)about.st_size, bytes, n, error);
    close(descriptor);
    return status;
}

static bool write_all(int descriptor, const char *bytes, size_t n) {
    while (n > 0) {
        ssize_t put = write(descriptor, bytes, n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put == 0)
            errno = EIO;
        if (put <= 0)
            return false;
        bytes += put;
        n -= (size_t)put;
    }
    return true;
}

/** `folder`/.`name`.tmp-PID, a neighbour that a rename can replace in one step. */
static tsr_status temporary_name(const char *path, char *out, tsr_error *error) {
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    int n = snprintf(out, TSR_PATH_SIZE, "%.*s.%s.tmp-%ld", (int)(name - path), path, name, (long)getpid());
    if (n < 0 || n >= TSR_PATH_SIZE)
        return FAIL(error, TSR_E_INPUT, "path '%.100s...' is too long", path);
    return TSR_OK;
}

tsr_status file_write_atomic(const char *path, const void *bytes, size_t n, tsr_error *error) {
    char temporary[TSR_PATH_SIZE];
    tsr_status status = temporary_name(path, temporary, error);
    if (status != TSR_OK)
        return status;
    unlink(temporary); /* left by a killed process with our number, or a link that someone laid there */
    int descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return fail_errno(error, TSR_E_IO, path, "cannot be written", errno);
    bool done = write_all(descriptor, bytes, n) && fsync(descriptor) == 0;
    int reason = errno;
    if (close(descriptor) != 0 && done) {
        done = false;
        reason = errno;
    }
    if (done && rename(temporary, path) != 0) {
        done = false;
        reason = errno;
    }
    if (done)
        return TSR_OK;
    unlink(temporary);
    return fail_errno(error, TSR_E_IO, path, "cannot be written", reason);
}

/** Remove a folder with everything in it. Links are removed, never followed. */
static void remove_tree(int parent, const char *name) {
    int descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *folder = descriptor < 0 ? NULL : fdopendir(descriptor);
    if (!folder) {
        if (descriptor >= 0)
            close(descriptor);
        unlinkat(parent, name, 0);
        return;
    }
    const struct dirent *entry;
    while ((entry = readdir(folder)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            remove_tree(dirfd(folder), entry->d_name);
    closedir(folder);
    unlinkat(parent, name, AT_REMOVEDIR);
}

static tsr_status make_parents(const char *path, tsr_error *error) {
    char part[TSR_PATH_SIZE];
    snprintf(part, sizeof part, "%s", path);
    for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdir(part, 0777) != 0 && errno != EEXIST)
            return fail_errno(error, TSR_E_IO, part, "cannot be made", errno);
        *slash = '/';
    }
    return TSR_OK;
}

static bool is_empty(const char *path) {
    DIR *folder = opendir(path);
    if (!folder)
        return false;
    size_t n = 0;
    while (n < 3 && readdir(folder)) /* two are "." and ".." */
        n++;
    closedir(folder);
    return n <= 2;
}

/** May the folder be made, or replaced? Only when it is empty or holds what we write into every run folder. */
static tsr_status check_existing(const char *path, bool replace, tsr_error *error) {
    struct stat about;
    char mark[TSR_PATH_SIZE + 32];
    base_place place = {.file = path};
    if (lstat(path, &about) != 0)
        return errno == ENOENT ? TSR_OK : fail_errno(error, TSR_E_IO, path, "cannot be looked at", errno);
    if (!replace)
        return FAIL_AT(error, TSR_E_IO, place, "exists already; give another --out, or --force to replace it");
    if (!S_ISDIR(about.st_mode))
        return FAIL_AT(error, TSR_E_IO, place, "exists and is not a folder; it is left alone");
    snprintf(mark, sizeof mark, "%s/provenance.json", path);
    if (access(mark, F_OK) != 0 && !is_empty(path))
        return FAIL_AT(error, TSR_E_IO, place, "was not made by Tessera (it has no provenance.json); it is left alone");
    return TSR_OK;
}

/** A folder can be put in place by a rename only under a name of its own. */
static bool has_name(const char *path) {
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    return *name && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

enum { LONGEST_FOLDER = TSR_PATH_SIZE - 64 }; /* room for the temporary name */

tsr_status folder_begin(folder_out *folder, const char *path, bool replace, tsr_error *error) {
    tsr_status status = TSR_OK;
    *folder = (folder_out){0};
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        n--;
    if (n == 0 || n > LONGEST_FOLDER)
        return FAIL(error, TSR_E_USAGE, "the output folder's path has %zu characters; 1 to %d are allowed", n,
                    LONGEST_FOLDER);
    snprintf(folder->path_final, sizeof folder->path_final, "%.*s", (int)n, path);
    if (!has_name(folder->path_final))
        return FAIL_AT(error, TSR_E_USAGE, ((base_place){.file = folder->path_final}),
                       "cannot be an output folder; its path must end in a name, not in '.' or '..' or '/'");
    folder->replace = replace;
    TRY(check_existing(folder->path_final, replace, error));
    TRY(make_parents(folder->path_final, error));
    TRY(temporary_name(folder->path_final, folder->path_temporary, error));
    remove_tree(AT_FDCWD, folder->path_temporary); /* left by a killed process with our number */
    if (mkdir(folder->path_temporary, 0777) != 0)
        TRY(fail_errno(error, TSR_E_IO, folder->path_final, "cannot be made", errno));
    folder->open = true;
out:
    return status;
}

tsr_status folder_path(const folder_out *folder, const char *name, char *out, tsr_error *error) {
    return path_join(folder->path_temporary, name, out, error);
}

tsr_status folder_commit(folder_out *folder, tsr_error *error) {
    tsr_status status = TSR_OK;
    char aside[TSR_PATH_SIZE + 8];
    bool had_one = false;
    snprintf(aside, sizeof aside, "%s.old", folder->path_temporary);
    /* Another process may have written there since we began; what may not be replaced then may not be now. */
    TRY(check_existing(folder->path_final, folder->replace, error));
    if (folder->replace) {
        remove_tree(AT_FDCWD, aside);
        had_one = rename(folder->path_final, aside) == 0;
    }
    if (rename(folder->path_temporary, folder->path_final) != 0) {
        int reason = errno;
        if (had_one && rename(aside, folder->path_final) != 0)
            TRY(FAIL_AT(error, TSR_E_IO, ((base_place){.file = folder->path_final}), "cannot be put back; it is now %s",
                        aside));
        TRY(fail_errno(error, TSR_E_IO, folder->path_final, "cannot be written", reason));
    }
    folder->open = false;
    if (had_one)
        remove_tree(AT_FDCWD, aside);
out:
    folder_abandon(folder);
    return status;
}

void folder_abandon(folder_out *folder) {
    if (folder->open)
        remove_tree(AT_FDCWD, folder->path_temporary);
    folder->open = false;
}
