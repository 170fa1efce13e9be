/* Bytes of an event file. Plain files go through read(), so that pipes and pseudo files work and a file that shrinks
 * while it is read does no harm; zips go through libarchive. */
#include "events/source.h"

#include "base/text.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define ARCHIVE_BLOCK ((size_t)256 << 10)
#define MAX_LISTED 10u

struct source {
    const char *path;
    int file; /**< -1 for a zip */
    struct archive *archive;
    uint64_t size;     /**< of a plain file */
    const char *bytes; /**< in memory, or NULL */
    size_t at;
};

static tsr_status fail_archive(const source *s, tsr_error *error) {
    const char *why = s->archive != NULL ? archive_error_string(s->archive) : NULL;
    return FAIL_AT(error, TSR_E_INPUT, ((base_place){s->path, 0, 0}),
                   "the zip is damaged or uses a method that cannot be read (%s); download it again or unpack it",
                   why != NULL ? why : "no reason given");
}

static tsr_status open_archive(source *s, tsr_error *error) {
    s->archive = archive_read_new();
    if (s->archive == NULL)
        return FAIL(error, TSR_E_MEMORY, "no memory to read %s", s->path);
    if (archive_read_support_format_zip(s->archive) != ARCHIVE_OK ||
        archive_read_open_filename(s->archive, s->path, ARCHIVE_BLOCK) != ARCHIVE_OK)
        return fail_archive(s, error);
    return TSR_OK;
}

/** A name that ends in .csv and is not one of the shadow files that macOS adds. */
static bool is_csv(const char *name) {
    if (name == NULL)
        return false;
    size_t n = strlen(name);
    const char *slash = strrchr(name, '/');
    const char *leaf = slash != NULL ? slash + 1 : name;
    return n >= 4 && strcasecmp(name + n - 4, ".csv") == 0 && strncmp(name, "__MACOSX/", 9) != 0 &&
           strncmp(leaf, "._", 2) != 0;
}

/** Count the CSVs of the zip and list them, or everything when there is none. */
static tsr_status list_archive(source *s, size_t *n_csv, text_buffer *names, tsr_error *error) {
    struct archive_entry *entry = NULL;
    size_t n_all = 0;
    text_buffer others;
    text_buffer_init(&others);
    int code;
    *n_csv = 0;
    while ((code = archive_read_next_header(s->archive, &entry)) == ARCHIVE_OK || code == ARCHIVE_WARN) {
        const char *name = archive_entry_pathname(entry);
        size_t *count = is_csv(name) ? n_csv : &n_all;
        text_buffer *list = is_csv(name) ? names : &others;
        if (name != NULL && (*count)++ < MAX_LISTED)
            text_add_format(list, "%s%s", list->n > 0 ? ", " : "", name);
    }
    if (*n_csv == 0 && others.data != NULL)
        text_add_string(names, others.data);
    if (*n_csv > MAX_LISTED || (*n_csv == 0 && n_all > MAX_LISTED))
        text_add_string(names, ", ...");
    text_buffer_clear(&others);
    return code == ARCHIVE_EOF ? TSR_OK : fail_archive(s, error);
}

/** Two passes: the first counts the CSVs, the second stops at the only one. */
static tsr_status open_zip(source *s, tsr_error *error) {
    tsr_status status = TSR_OK;
    base_place place = {s->path, 0, 0};
    struct archive_entry *entry = NULL;
    size_t n_csv = 0;
    text_buffer names;
    text_buffer_init(&names);
    TRY(open_archive(s, error));
    TRY(list_archive(s, &n_csv, &names, error));
    if (n_csv != 1) {
        const char *list = names.data != NULL ? names.data : "nothing";
        status = n_csv == 0
                     ? FAIL_AT(error, TSR_E_INPUT, place, "the zip has no .csv in it; it has %s", list)
                     : FAIL_AT(error, TSR_E_INPUT, place,
                               "the zip has %zu .csv files (%s); it must have one. Unpack it and name one of them",
                               n_csv, list);
        goto out;
    }
    archive_read_free(s->archive);
    TRY(open_archive(s, error));
    for (;;) {
        int code = archive_read_next_header(s->archive, &entry);
        if (code != ARCHIVE_OK && code != ARCHIVE_WARN) {
            status = fail_archive(s, error);
            break;
        }
        if (is_csv(archive_entry_pathname(entry)))
            break;
    }
out:
    text_buffer_clear(&names);
    return status;
}

static bool ends_in_zip(const char *path) {
    size_t n = strlen(path);
    return n >= 4 && strcasecmp(path + n - 4, ".zip") == 0;
}

/** Read up to `size` bytes, going on after interruptions. @return -1 with errno on failure */
static ssize_t read_some(int file, char *bytes, size_t size) {
    ssize_t n;
    do
        n = read(file, bytes, size);
    while (n < 0 && errno == EINTR);
    return n;
}

static tsr_status open_plain(source *s, tsr_error *error) {
    base_place place = {s->path, 0, 0};
    struct stat info;
    s->file = open(s->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe must not make us wait */
    if (s->file < 0) {
        tsr_status status = errno == ENOENT || errno == ENOTDIR ? TSR_E_INPUT : TSR_E_IO;
        return FAIL_AT(error, status, place, "the file cannot be opened: %s", strerror(errno));
    }
    if (fstat(s->file, &info) != 0)
        return FAIL_AT(error, TSR_E_IO, place, "the file cannot be looked at: %s", strerror(errno));
    if (S_ISDIR(info.st_mode))
        return FAIL_AT(error, TSR_E_INPUT, place, "this is a folder; it must be a .csv or a .zip file");
    if (!S_ISREG(info.st_mode))
        return FAIL_AT(error, TSR_E_INPUT, place, "this is not a regular file; it must be a .csv or a .zip file");
    if (info.st_size == 0)
        return FAIL_AT(error, TSR_E_INPUT, place, "the file is empty (0 bytes); %s",
                       ends_in_zip(s->path) ? "download it again" : "it must have a header row");
    s->size = (uint64_t)info.st_size;
    return TSR_OK;
}

tsr_status source_open_bytes(const void *bytes, size_t n, const char *name, source **out, tsr_error *error) {
    if (n == 0)
        return FAIL_AT(error, TSR_E_INPUT, ((base_place){name, 0, 0}), "the file is empty (0 bytes)");
    source *s = calloc(1, sizeof *s);
    if (s == NULL)
        return FAIL(error, TSR_E_MEMORY, "no memory to read %s", name);
    *s = (source){.path = name, .file = -1, .size = n, .bytes = bytes};
    *out = s;
    return TSR_OK;
}

uint64_t source_size(const source *s) {
    return s->size;
}

tsr_status source_open(const char *path, source **out, tsr_error *error) {
    tsr_status status = TSR_OK;
    char magic[3] = {0};
    source *s = calloc(1, sizeof *s);
    if (s == NULL)
        return FAIL(error, TSR_E_MEMORY, "no memory to read %s", path);
    s->path = path;
    s->file = -1;
    TRY(open_plain(s, error));
    if (read_some(s->file, magic, sizeof magic) < 0 || lseek(s->file, 0, SEEK_SET) != 0) {
        status = FAIL_AT(error, TSR_E_IO, ((base_place){path, 0, 0}), "the file cannot be read: %s", strerror(errno));
        goto out;
    }
    if ((memcmp(magic, "PK", 2) == 0 && magic[2] < 9) || ends_in_zip(path)) {
        close(s->file);
        s->file = -1;
        s->size = 0;
        TRY(open_zip(s, error));
    }
    *out = s;
    s = NULL;
out:
    source_close(s);
    return status;
}

tsr_status source_read(source *s, char *bytes, size_t size, size_t *n, tsr_error *error) {
    if (s->bytes != NULL) {
        *n = s->size - s->at < size ? s->size - s->at : size;
        memcpy(bytes, s->bytes + s->at, *n);
        s->at += *n;
        return TSR_OK;
    }
    if (s->archive != NULL) {
        ssize_t count = archive_read_data(s->archive, bytes, size);
        if (count < 0)
            return fail_archive(s, error);
        *n = (size_t)count;
        return TSR_OK;
    }
    ssize_t count = read_some(s->file, bytes, size);
    if (count < 0)
        return FAIL_AT(error, TSR_E_IO, ((base_place){s->path, 0, 0}), "the file cannot be read: %s", strerror(errno));
    *n = (size_t)count;
    return TSR_OK;
}

void source_close(source *s) {
    if (s == NULL)
        return;
    if (s->file >= 0)
        close(s->file);
    if (s->archive != NULL)
        archive_read_free(s->archive);
    free(s);
}
