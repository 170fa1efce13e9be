/* Files: whole reads, and writes that appear complete or not at all. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/error.h"

/** Read a whole regular file. @param bytes out, heap, NUL-terminated one past *n; free() it.
 *  Errors: TSR_E_INPUT when it does not exist, is a directory or not a regular file; TSR_E_IO when reading fails;
 *  messages say which file and why (strerror). */
tsr_status file_read(const char *path, char **bytes, size_t *n, tsr_error *error);

/** Write `n` bytes to `path` through a temporary neighbour, fsync and rename: readers see the old file or the new one.
 *  On failure (disk full, no permission) the temporary file is removed and the old one untouched. */
tsr_status file_write_atomic(const char *path, const void *bytes, size_t n, tsr_error *error);

/** A folder that appears complete or not at all: files are written into `path_temporary`, then folder_commit renames. */
typedef struct folder_out {
    char path_final[TSR_PATH_SIZE];
    char path_temporary[TSR_PATH_SIZE];
    bool replace;
    bool open;
} folder_out;
/** Begin. Fails with TSR_E_IO when the final path exists and `replace` is false (the message says to use --force or
 *  another --out), when it exists and is not a folder made by us (no file provenance.json in it), or cannot be made. Missing parents are made. */
tsr_status folder_begin(folder_out *folder, const char *path, bool replace, tsr_error *error);
/** Join `name` to the temporary folder. `out` has TSR_PATH_SIZE bytes. */
tsr_status folder_path(const folder_out *folder, const char *name, char *out, tsr_error *error);
/** Rename into place, moving a replaced folder away first and deleting it last. Fails as folder_begin does when something
 *  has come to the final path since; after a failure the temporary folder is gone, as after folder_abandon. */
tsr_status folder_commit(folder_out *folder, tsr_error *error);
/** Remove the temporary folder with what is in it. Does nothing after a commit. */
void folder_abandon(folder_out *folder);

/** `folder`/`name`, or `name` when absolute. `out` has TSR_PATH_SIZE bytes. */
tsr_status path_join(const char *folder, const char *name, char *out, tsr_error *error);
/** The folder part of a path ("." when there is none). */
tsr_status path_folder(const char *path, char *out, tsr_error *error);

/** SHA-256 of bytes or of a file, as 64 lower-case hex digits and NUL (65 bytes). */
void sha256_bytes(const void *bytes, size_t n, char hex[65]);
tsr_status sha256_file(const char *path, char hex[65], uint64_t *n_bytes, tsr_error *error);

#endif
