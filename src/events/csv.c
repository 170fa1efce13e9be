/* A streaming CSV reader. The block always has a newline behind its last byte, so that the search for the end of an
 * unquoted cell, eight bytes at a time, needs no test for the block's end. */
#include "events/csv.h"

#include "base/log.h"
#include "events/source.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_BLOCK ((size_t)1 << 20)
#define PADDING ((size_t)16) /* readable bytes behind the block */

typedef struct cell {
    uint32_t begin, n;   /**< from the row's first byte, without the quotes around it */
    uint32_t is_escaped; /**< has "" for a quote */
} cell;

struct csv_reader {
    source *input;
    const char *path;
    char *block;              /**< capacity + PADDING bytes */
    size_t capacity;          /**< bytes of the block that may hold data */
    char *at;                 /**< first byte of the next row */
    char *end;                /**< behind the last byte of data; *end is '\n' */
    bool is_at_end;           /**< the input has no more bytes */
    char *row;                /**< first byte of the current row */
    uint32_t line, next_line; /**< of the current and of the next row */
    bool is_cut;
    bool knows_line_ends; /**< the first line end was seen */
    bool has_returns;     /**< lines end in a carriage return alone; they are made newlines as they come */
    const tsr_hooks *hooks;
    uint64_t n_read; /**< bytes */
    cell *cells;
    uint32_t n_cells, cells_capacity;
    bool has_escapes; /**< some cell of the current row is escaped: the scratch has room for the row */
    char *scratch;    /**< unescaped cells of the current row */
    size_t scratch_capacity;
};

/** How the search for a row's end went. */
typedef enum row_outcome {
    ROW_FOUND,
    ROW_INCOMPLETE,
    ROW_QUOTE_OPEN,
    ROW_BEHIND_QUOTE,
    ROW_CELLS,
    ROW_MEMORY
} row_outcome;

static tsr_status create(source *input, const char *path, csv_reader **out, tsr_error *error) {
    csv_reader *r = calloc(1, sizeof *r);
    if (r != NULL)
        r->block = calloc(1, FIRST_BLOCK + PADDING);
    if (r == NULL || r->block == NULL) {
        free(r);
        return FAIL(error, TSR_E_MEMORY, "no memory to read %s", path);
    }
    r->input = input;
    r->path = path;
    r->capacity = FIRST_BLOCK;
    r->at = r->end = r->row = r->block;
    *r->end = '\n';
    r->line = r->next_line = 1;
    *out = r;
    return TSR_OK;
}

tsr_status csv_open(const char *path, const tsr_hooks *hooks, csv_reader **out, tsr_error *error) {
    source *input = NULL;
    csv_reader *r = NULL;
    tsr_status status = source_open(path, &input, error);
    if (status != TSR_OK)
        return status;
    status = create(input, path, &r, error);
    if (status != TSR_OK) {
        source_close(input);
        return status;
    }
    r->hooks = hooks;
    *out = r;
    return TSR_OK;
}

tsr_status csv_open_bytes(const void *bytes, size_t n, const char *name, csv_reader **out, tsr_error *error) {
    source *input = NULL;
    tsr_status status = source_open_bytes(bytes, n, name, &input, error);
    if (status != TSR_OK)
        return status;
    status = create(input, name, out, error);
    if (status != TSR_OK)
        source_close(input);
    return status;
}

void csv_close(csv_reader *r) {
    if (r == NULL)
        return;
    source_close(r->input);
    free(r->block);
    free(r->cells);
    free(r->scratch);
    free(r);
}

static uint32_t count_lines(const char *from, const char *to) {
    uint32_t n = 0;
    while (from < to && (from = memchr(from, '\n', (size_t)(to - from))) != NULL) {
        n++;
        from++;
    }
    return n;
}

/** Place of a byte of the row that begins at `row` in line `line`. */
static base_place place_of(const csv_reader *r, const char *row, uint32_t line, const char *byte) {
    const char *line_start = byte;
    uint32_t n_characters = 0; /* of UTF-8: bytes 10xxxxxx continue one */
    while (line_start > row && line_start[-1] != '\n')
        n_characters += ((unsigned char)*--line_start & 0xC0u) != 0x80u;
    return (base_place){r->path, line + count_lines(row, byte), n_characters + 1};
}

/** How lines end, from the header row, which begins at r->at: what is in its quoted cells does not count. */
static void find_line_ends(csv_reader *r) {
    bool is_quoted = false;
    for (const char *p = r->at; p < r->end && !r->knows_line_ends; p++) {
        is_quoted ^= *p == '"';
        if (is_quoted || (*p != '\n' && *p != '\r'))
            continue;
        const char *behind = p;
        while (behind < r->end && *behind == '\r')
            behind++;
        if (behind == r->end && !r->is_at_end)
            return; /* the next byte decides */
        r->knows_line_ends = true;
        r->has_returns = behind == r->end || *behind != '\n';
    }
}

static void make_newlines(char *from, const char *to) {
    while (from < to && (from = memchr(from, '\r', (size_t)(to - from))) != NULL)
        *from++ = '\n';
}

/** What the bytes that were read, from `from` on, say about the file's form. */
static tsr_status check_form(csv_reader *r, char *from, tsr_error *error) {
    bool is_first = r->n_read == (size_t)(r->end - from);
    if (is_first && r->end - from >= 2 && (memcmp(from, "\xFF\xFE", 2) == 0 || memcmp(from, "\xFE\xFF", 2) == 0))
        return FAIL_AT(error, TSR_E_INPUT, ((base_place){r->path, 0, 0}),
                       "the file is in UTF-16; save it as UTF-8 (in a spreadsheet: CSV UTF-8)");
    const char *nul = memchr(from, '\0', (size_t)(r->end - from));
    if (nul != NULL) {
        base_place place = place_of(r, r->at, r->next_line, nul);
        return FAIL_AT(error, TSR_E_INPUT, place,
                       "the file has a NUL byte; it must be text (UTF-8), not a binary or UTF-16 file");
    }
    if (r->knows_line_ends)
        make_newlines(from, r->has_returns ? r->end : from);
    else {
        find_line_ends(r);
        make_newlines(r->at, r->has_returns ? r->end : r->at);
    }
    return TSR_OK;
}

/** Move what is left to the front of the block (a bigger one when it is full) and read more behind it. */
static tsr_status fill(csv_reader *r, tsr_error *error) {
    size_t left = (size_t)(r->end - r->at);
    if (left == r->capacity) {
        if (left >= CSV_MAX_ROW)
            return FAIL_AT(error, TSR_E_INPUT, ((base_place){r->path, r->next_line, 1}),
                           "the row is longer than 16 MiB; a quote that is never closed, or not a CSV file?");
        char *bigger = calloc(1, r->capacity * 2 + PADDING);
        if (bigger == NULL)
            return FAIL(error, TSR_E_MEMORY, "no memory for a row of %zu bytes of %s", left, r->path);
        memcpy(bigger, r->at, left);
        free(r->block);
        r->block = bigger;
        r->capacity *= 2;
    } else {
        memmove(r->block, r->at, left);
    }
    r->at = r->block;
    r->end = r->block + left;
    *r->end = '\n';
    size_t n = 0;
    while (n < r->capacity - left) {
        size_t n_more = 0;
        if (log_cancelled(r->hooks))
            return FAIL(error, TSR_E_CANCELLED, "interrupted while reading %s", r->path);
        tsr_status status = source_read(r->input, r->end + n, r->capacity - left - n, &n_more, error);
        if (status != TSR_OK)
            return status;
        r->is_at_end = n_more == 0;
        if (n_more == 0)
            break;
        n += n_more;
    }
    r->n_read += n;
    if (r->hooks != NULL && r->hooks->progress != NULL)
        r->hooks->progress(r->hooks->user, r->path, r->n_read, source_size(r->input));
    char *from = r->end;
    r->end += n;
    *r->end = '\n';
    return check_form(r, from, error);
}

/** First ',' or '\n' at or behind p. There is always one: the newline behind the block. */
static inline char *find_separator(char *p) {
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    for (;; p += 8) {
        uint64_t word;
        memcpy(&word, p, sizeof word);
        uint64_t comma = word ^ (ones * ','), newline = word ^ (ones * '\n');
        uint64_t hit = ((comma - ones) & ~comma & tops) | ((newline - ones) & ~newline & tops);
        if (hit != 0) /* the lowest bit set is exact, those above need not be */
            return p + (__builtin_ctzll(hit) >> 3);
    }
}

/** The closing quote of a cell whose text begins at p, or NULL when the data end before it. */
static char *find_quote(const csv_reader *r, char *p, uint32_t *is_escaped) {
    while (p < r->end && (p = memchr(p, '"', (size_t)(r->end - p))) != NULL) {
        if (p + 1 >= r->end || p[1] != '"')
            return p;
        *is_escaped = 1;
        p += 2;
    }
    return NULL;
}

static bool add_cell(csv_reader *r, const char *begin, const char *end, uint32_t is_escaped) {
    if (r->n_cells == r->cells_capacity) {
        uint32_t capacity = r->cells_capacity > 0 ? r->cells_capacity * 2 : 64;
        cell *cells = realloc(r->cells, capacity * sizeof *cells);
        if (cells == NULL)
            return false;
        r->cells = cells;
        r->cells_capacity = capacity;
    }
    r->has_escapes = r->has_escapes || is_escaped != 0;
    r->cells[r->n_cells++] = (cell){(uint32_t)(begin - r->row), (uint32_t)(end - begin), is_escaped};
    return true;
}

/** Cut the row at r->row into cells. *stop is the newline that ends it, or where the trouble is. */
static row_outcome cut_row(csv_reader *r, char **stop) {
    char *p = r->row;
    r->n_cells = 0;
    r->has_escapes = false;
    for (;; p++) {
        char *begin = p, *end;
        uint32_t is_escaped = 0;
        if (*p == '"' && p < r->end) {
            char *quote = find_quote(r, ++begin, &is_escaped);
            *stop = p;
            if (quote == NULL)
                return r->is_at_end ? ROW_QUOTE_OPEN : ROW_INCOMPLETE;
            end = quote;
            p = quote + 1;
            if (p + 1 >= r->end && !r->is_at_end)
                return ROW_INCOMPLETE;
            p += *p == '\r' && p[1] == '\n';
            *stop = p;
            if (*p != ',' && *p != '\n')
                return ROW_BEHIND_QUOTE;
        } else {
            end = p = find_separator(p);
            end -= *p == '\n' && end > begin && end[-1] == '\r';
        }
        *stop = p;
        if (p >= r->end && !r->is_at_end)
            return ROW_INCOMPLETE;
        if (r->n_cells == CSV_MAX_CELLS)
            return ROW_CELLS;
        if (!add_cell(r, begin, end, is_escaped))
            return ROW_MEMORY;
        if (*p == '\n')
            return ROW_FOUND;
    }
}

static bool reserve_scratch(csv_reader *r, size_t n) {
    if (!r->has_escapes || n <= r->scratch_capacity)
        return true;
    char *scratch = realloc(r->scratch, 2 * n);
    if (scratch == NULL)
        return false;
    r->scratch = scratch;
    r->scratch_capacity = 2 * n;
    return true;
}

static tsr_status fail_row(const csv_reader *r, row_outcome outcome, const char *stop, tsr_error *error) {
    base_place place = place_of(r, r->row, r->next_line, stop);
    if (outcome == ROW_QUOTE_OPEN)
        return FAIL_AT(error, TSR_E_INPUT, place,
                       "the quote that opens here is not closed before the end of the file; is the file cut?");
    if (outcome == ROW_BEHIND_QUOTE)
        return FAIL_AT(error, TSR_E_INPUT, place,
                       "there is text behind a closing quote; a quote inside a quoted cell is written \"\"");
    if (outcome == ROW_CELLS)
        return FAIL_AT(error, TSR_E_INPUT, place, "the row has more than %u cells; is it a CSV file?", CSV_MAX_CELLS);
    return FAIL(error, TSR_E_MEMORY, "no memory for the cells of a row of %s", r->path);
}

/** The byte order mark that some programs put before UTF-8. */
static void skip_mark(csv_reader *r) {
    static const char mark[3] = {'\xEF', '\xBB', '\xBF'};
    if (r->end - r->at >= 3 && memcmp(r->at, mark, sizeof mark) == 0)
        r->at += sizeof mark;
}

tsr_status csv_check_unchanged(const csv_reader *r, tsr_error *error) {
    return source_check_unchanged(r->input, error);
}

tsr_status csv_next(csv_reader *r, bool *more, tsr_error *error) {
    bool is_first = r->end == r->block && !r->is_at_end;
    for (;;) {
        if (r->at == r->end && !r->is_at_end) {
            tsr_status status = fill(r, error);
            if (status != TSR_OK)
                return status;
            if (is_first)
                skip_mark(r);
            is_first = false;
        }
        if (r->at == r->end) {
            *more = false;
            r->n_cells = 0;
            return TSR_OK;
        }
        char *stop = NULL;
        r->row = r->at;
        row_outcome outcome = cut_row(r, &stop);
        if (outcome == ROW_INCOMPLETE) {
            tsr_status status = fill(r, error);
            if (status != TSR_OK)
                return status;
            continue;
        }
        if (outcome == ROW_FOUND && !reserve_scratch(r, (size_t)(stop - r->row)))
            outcome = ROW_MEMORY;
        if (outcome != ROW_FOUND)
            return fail_row(r, outcome, stop, error);
        if ((size_t)(stop - r->row) > CSV_MAX_ROW)
            return FAIL_AT(error, TSR_E_INPUT, ((base_place){r->path, r->next_line, 1}),
                           "the row is longer than 16 MiB; a quote that is never closed, or not a CSV file?");
        r->is_cut = stop >= r->end;
        r->at = r->is_cut ? r->end : stop + 1;
        r->line = r->next_line;
        r->next_line += count_lines(r->row, stop) + 1;
        if (r->n_cells > 1 || r->cells[0].n > 0) {
            *more = true;
            return TSR_OK;
        }
    }
}

const char *csv_name(const csv_reader *r) {
    return r->path;
}

uint32_t csv_line(const csv_reader *r) {
    return r->line;
}

size_t csv_n_cells(const csv_reader *r) {
    return r->n_cells;
}

csv_slice csv_cell(csv_reader *r, size_t i) {
    const cell *c = &r->cells[i];
    const char *from = r->row + c->begin;
    if (!c->is_escaped)
        return (csv_slice){from, c->n};
    char *to = r->scratch + c->begin; /* where it is in the row: earlier texts stay where they are */
    size_t n = 0;
    for (uint32_t k = 0; k < c->n; k++) {
        to[n++] = from[k];
        k += from[k] == '"';
    }
    return (csv_slice){to, n};
}

base_place csv_place(const csv_reader *r, size_t i) {
    if (r->n_cells == 0)
        return (base_place){r->path, r->next_line, 1};
    const cell *c = &r->cells[i < r->n_cells ? i : r->n_cells - 1];
    return place_of(r, r->row, r->line, r->row + c->begin + (i < r->n_cells ? 0 : c->n));
}

bool csv_row_is_open(const csv_reader *r) {
    return r->is_cut;
}
