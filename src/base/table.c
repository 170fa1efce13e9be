/* Small CSV tables: split in place. */
#include "base/table.h"

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

void table_clear(table *t) {
    for (size_t i = 0; i < t->n_rows; i++)
        free(t->rows[i].cells);
    free(t->rows);
    free(t->header);
    free(t->text);
    *t = (table){0};
}

int32_t table_column(const table *t, const char *name) {
    for (size_t i = 0; i < t->n_columns; i++)
        if (strcmp(t->header[i], name) == 0)
            return (int32_t)i;
    return -1;
}

typedef struct table_cursor {
    char *at;
    uint32_t line;
    bool row_ended; /**< the cell just read was the last of its row */
} table_cursor;

/** Cut one cell out of the text: unquoted up to the separator, or quoted with "" for a quote. NULL: *why says it. */
static char *take_cell(table_cursor *cursor, const char **why) {
    char *start = cursor->at, *from = cursor->at, *to = cursor->at;
    if (*from == '"') {
        from++;
        while (*from && (*from != '"' || from[1] == '"')) {
            from += *from == '"';
            cursor->line += *from == '\n';
            *to++ = *from++;
        }
        if (!*from) {
            *why = "a quoted cell is not closed before the end of the file";
            return NULL;
        }
        from++;
        from += *from == '\r';
        if (*from && *from != ',' && *from != '\n') {
            *why = "there is text behind a closing quote; a quote inside a quoted cell is written twice";
            return NULL;
        }
    } else {
        while (*from && *from != ',' && *from != '\n')
            *to++ = *from++;
        if (to > start && to[-1] == '\r')
            to--;
    }
    cursor->row_ended = *from != ',';
    cursor->line += *from == '\n';
    cursor->at = *from ? from + 1 : from;
    *to = 0;
    return start;
}

/** One row of cells into a new heap array. */
static tsr_status take_row(table_cursor *cursor, const char *path, char ***cells, size_t *n, tsr_error *error) {
    void *list = NULL;
    size_t capacity = 0;
    base_place place = {path, cursor->line, 1};
    const char *why = NULL;
    *n = 0;
    do {
        char *cell = take_cell(cursor, &why);
        if (!cell) {
            free(list);
            return FAIL_AT(error, TSR_E_INPUT, place, "%s", why);
        }
        if (!array_reserve(&list, &capacity, *n + 1, sizeof(char *))) {
            free(list);
            return FAIL(error, TSR_E_MEMORY, "no memory for the table %s", path);
        }
        ((char **)list)[(*n)++] = cell;
    } while (!cursor->row_ended);
    *cells = list;
    return TSR_OK;
}

static tsr_status take_rows(table *t, table_cursor *cursor, const char *path, tsr_error *error) {
    tsr_status status = TSR_OK;
    size_t capacity = 0;
    while (*cursor->at) {
        uint32_t line = cursor->line;
        if (*cursor->at == '\n' || (cursor->at[0] == '\r' && cursor->at[1] == '\n')) { /* an empty line */
            cursor->at += *cursor->at == '\r' ? 2 : 1;
            cursor->line++;
            continue;
        }
        char **cells;
        size_t n;
        TRY(take_row(cursor, path, &cells, &n, error));
        void *rows = t->rows;
        if (n != t->n_columns || !array_reserve(&rows, &capacity, t->n_rows + 1, sizeof *t->rows)) {
            free(cells);
            if (n != t->n_columns)
                return FAIL_AT(error, TSR_E_INPUT, ((base_place){path, line, 1}),
                               "this row has %zu cells; the header has %zu", n, t->n_columns);
            return FAIL(error, TSR_E_MEMORY, "no memory for the table %s", path);
        }
        t->rows = rows;
        t->rows[t->n_rows++] = (table_row){line, cells};
    }
out:
    return status;
}

/** NUL characters and bytes that are not UTF-8: where, and which byte. */
static tsr_status check_bytes(const char *text, size_t n, const char *path, tsr_error *error) {
    size_t bad = strlen(text), not_utf8 = n;
    base_place place = {path, 1, 1};
    text_is_utf8(text, n, &not_utf8);
    if (not_utf8 < bad)
        bad = not_utf8;
    if (bad >= n)
        return TSR_OK;
    for (size_t i = 0; i < bad; i++) {
        place.line += text[i] == '\n';
        place.column = text[i] == '\n' ? 1 : place.column + ((text[i] & 0xc0) != 0x80);
    }
    return FAIL_AT(error, TSR_E_INPUT, place, "the byte 0x%02x is not text in UTF-8; save the file as UTF-8",
                   (unsigned char)text[bad]);
}

static tsr_status check_header(const table *t, const char *path, tsr_error *error) {
    for (size_t i = 0; i < t->n_columns; i++)
        if (t->header[i][0] && table_column(t, t->header[i]) != (int32_t)i)
            return FAIL_AT(error, TSR_E_INPUT, ((base_place){path, 1, 1}), "the column '%.60s' appears twice",
                           t->header[i]);
    return TSR_OK;
}

tsr_status table_read(const char *path, table *out, tsr_error *error) {
    tsr_status status = TSR_OK;
    table t = {0};
    size_t n;
    TRY(file_read(path, &t.text, &n, error));
    char *start = n >= 3 && memcmp(t.text, "\xef\xbb\xbf", 3) == 0 ? t.text + 3 : t.text;
    TRY(check_bytes(t.text, n, path, error));
    if (strlen(start) == 0) {
        status = FAIL_AT(error, TSR_E_INPUT, ((base_place){path, 1, 1}), "the file is empty; a header row is needed");
        goto out;
    }
    table_cursor cursor = {.at = start, .line = 1};
    TRY(take_row(&cursor, path, &t.header, &t.n_columns, error));
    TRY(check_header(&t, path, error));
    TRY(take_rows(&t, &cursor, path, error));
    *out = t;
out:
    if (status != TSR_OK)
        table_clear(&t);
    return status;
}
