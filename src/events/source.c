/* Bytes of an event file. Plain files go through read(), so that a file that shrinks while it is read does no harm; zips go
 * through libarchive. At the end the file must still be the one that was opened. */
#include "events/source.h"

#include "base/text.h"
#include "events/quote.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define ARCHIVE_BLOCK ((size_t)256 << 10)
#define MAX_LISTED 10u

struct source {
    const char *path;
    int file; /**< of a plain file, else -1 */
    struct archive *archive;
    struct stat opened; /**< what was at the path when it was opened */
    uint64_t size;      /**< of a plain file */
    const char *bytes;  /**< in memory, or NULL */
    size_t at;
};

tsr_status source_check_unchanged(const source *s, tsr_error *error) {
    struct stat now;
    if (s->bytes != NULL)
        return TSR_OK;
    if (stat(s->path, &now) == 0 && now.st_dev == s->opened.st_dev && now.st_ino == s->opened.st_ino &&
        now.st_size == s->opened.st_size && now.st_mtim.tv_sec == s->opened.st_mtim.tv_sec &&
        now.st_mtim.tv_nsec == s->opened.st_mtim.tv_nsec)
        return TSR_OK;
    return FAIL_AT(error, TSR_E_IO, ((base_place){s->path, 0, 0}),
                   "the file changed while it was read; wait until nothing writes to it, then try again");
}

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

/** Name of a member: as UTF-8, or its bytes when they are something else. */
static const char *name_of(struct archive_entry *entry) {
    const char *name = archive_entry_pathname_utf8(entry);
    return name != NULL ? name : archive_entry_pathname(entry);
}

/** What a zip has in it. */
typedef struct listing {
    size_t n_csv, n_others;
    bool is_workbook;
    text_buffer csv, others; /**< the first names */
} listing;

static void add_name(text_buffer *names, size_t *n, const char *name) {
    char quoted[QUOTE_SIZE];
    if (name == NULL)
        name = "a name that cannot be read";
    if (*n < MAX_LISTED)
        text_add_format(names, "%s%s", *n > 0 ? ", " : "", quote_bytes(name, strlen(name), quoted));
    else if (*n == MAX_LISTED)
        text_add_string(names, ", ...");
    ++*n;
}

static tsr_status list_archive(source *s, listing *list, tsr_error *error) {
    struct archive_entry *entry = NULL;
    int code;
    while ((code = archive_read_next_header(s->archive, &entry)) == ARCHIVE_OK || code == ARCHIVE_WARN) {
        const char *name = name_of(entry);
        if (is_csv(name))
            add_name(&list->csv, &list->n_csv, name);
        else
            add_name(&list->others, &list->n_others, name);
        list->is_workbook = list->is_workbook || (name != NULL && strcmp(name, "xl/workbook.xml") == 0);
    }
    return code == ARCHIVE_EOF ? TSR_OK : fail_archive(s, error);
}

/** A zip that has not exactly one CSV. */
static tsr_status fail_listing(const source *s, const listing *list, tsr_error *error) {
    base_place place = {s->path, 0, 0};
    if (list->is_workbook)
        return FAIL_AT(error, TSR_E_INPUT, place, "this is an Excel workbook; save it as CSV (UTF-8)");
    if (list->n_csv > 1)
        return FAIL_AT(error, TSR_E_INPUT, place,
                       "the zip has %zu .csv files (%s); it must have one. Unpack it and name one of them", list->n_csv,
                       list->csv.data != NULL ? list->csv.data : "");
    if (list->n_others > 0)
        return FAIL_AT(error, TSR_E_INPUT, place, "the zip has no .csv in it; it has %s",
                       list->others.data != NULL ? list->others.data : "other files");
    return FAIL_AT(error, TSR_E_INPUT, place, "the zip is empty; download it again");
}

/** Go to the only CSV of the zip. */
static tsr_status find_csv(source *s, tsr_error *error) {
    struct archive_entry *entry = NULL;
    char quoted[QUOTE_SIZE];
    const char *name;
    do {
        int code = archive_read_next_header(s->archive, &entry);
        if (code != ARCHIVE_OK && code != ARCHIVE_WARN)
            return fail_archive(s, error);
        name = name_of(entry);
    } while (!is_csv(name));
    if (archive_entry_is_encrypted(entry))
        return FAIL_AT(error, TSR_E_INPUT, ((base_place){s->path, 0, 0}),
                       "%s in the zip is encrypted; unpack it with its password and name the .csv",
                       quote_bytes(name, strlen(name), quoted));
    return TSR_OK;
}

/** A thread's locale in which names may be UTF-8. In "C", which is what a program has that sets none, libarchive gives no
 *  name at all for a UTF-8 one. */
typedef struct locale_scope {
    locale_t utf8, before;
} locale_scope;

static locale_scope begin_utf8(void) {
    locale_scope scope = {newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0), (locale_t)0};
    if (scope.utf8 != (locale_t)0)
        scope.before = uselocale(scope.utf8);
    return scope;
}

static void end_utf8(locale_scope scope) {
    if (scope.utf8 == (locale_t)0)
        return;
    uselocale(scope.before);
    freelocale(scope.utf8);
}

/** Two passes: the first counts the CSVs, the second stops at the only one. */
static tsr_status open_zip(source *s, tsr_error *error) {
    tsr_status status = TSR_OK;
    listing list = {.n_csv = 0};
    locale_scope scope = begin_utf8();
    text_buffer_init(&list.csv);
    text_buffer_init(&list.others);
    TRY(open_archive(s, error));
    TRY(list_archive(s, &list, error));
    if (list.n_csv != 1 || list.is_workbook) {
        status = fail_listing(s, &list, error);
        goto out;
    }
    archive_read_free(s->archive);
    TRY(open_archive(s, error));
    TRY(find_csv(s, error));
out:
    text_buffer_clear(&list.csv);
    text_buffer_clear(&list.others);
    end_utf8(scope);
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
    s->file = open(s->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe must not make us wait */
    if (s->file < 0) {
        tsr_status status = errno == ENOENT || errno == ENOTDIR ? TSR_E_INPUT : TSR_E_IO;
        return FAIL_AT(error, status, place, "the file cannot be opened: %s", strerror(errno));
    }
    if (fstat(s->file, &s->opened) != 0)
        return FAIL_AT(error, TSR_E_IO, place, "the file cannot be looked at: %s", strerror(errno));
    if (S_ISDIR(s->opened.st_mode))
        return FAIL_AT(error, TSR_E_INPUT, place, "this is a folder; it must be a .csv or a .zip file");
    if (!S_ISREG(s->opened.st_mode))
        return FAIL_AT(error, TSR_E_INPUT, place, "this is not a regular file; it must be a .csv or a .zip file");
    if (s->opened.st_size == 0)
        return FAIL_AT(error, TSR_E_INPUT, place, "the file is empty (0 bytes); %s",
                       ends_in_zip(s->path) ? "download it again" : "it must have a header row");
    s->size = (uint64_t)s->opened.st_size;
    return TSR_OK;
}

/** Packed files that are named as a CSV or a zip. */
static tsr_status check_packing(const source *s, const char *magic, tsr_error *error) {
    static const struct {
        const char *magic, *name, *program;
        size_t n;
    } packings[] = {{"\x1F\x8B", "a gzip", "gunzip", 2},
                    {"\xFD"
                     "7zXZ",
                     "an xz", "unxz", 5},
                    {"BZh", "a bzip2", "bunzip2", 3},
                    {"\x28\xB5\x2F\xFD", "a zstd", "unzstd", 4},
                    {"7z\xBC\xAF\x27\x1C", "a 7-Zip", "7z x", 6}};
    for (size_t i = 0; i < sizeof packings / sizeof *packings; i++)
        if (memcmp(magic, packings[i].magic, packings[i].n) == 0)
            return FAIL_AT(error, TSR_E_INPUT, ((base_place){s->path, 0, 0}),
                           "this is %s file; unpack it (%s) and name the .csv", packings[i].name, packings[i].program);
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
    char magic[8] = {0};
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
    TRY(check_packing(s, magic, error));
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
    ssize_t count = s->archive != NULL ? archive_read_data(s->archive, bytes, size) : read_some(s->file, bytes, size);
    if (count <= 0) { /* at the end, or a failure that a change explains */
        tsr_status status = source_check_unchanged(s, error);
        if (status != TSR_OK)
            return status;
    }
    if (count < 0 && s->archive != NULL)
        return fail_archive(s, error);
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
