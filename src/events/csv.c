/* A streaming CSV reader. The block always has a newline behind its last byte, so that the search for the end of a row
 * needs no test for the block's end. Of a row only the places of its separators are kept; what a cell is between two of
 * them is found out when somebody asks. */
#include "events/csv.h"

#include "base/arena.h"
#include "base/log.h"
#include "events/byte_mask.h"
#include "events/source.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_BLOCK ((size_t)1 << 20)
#define PADDING                                                                                                        \
    ((size_t)BYTE_MASK_SIZE) /* bytes behind the block that may be looked at: the newline and what follows */

/** 64 bytes from `at` on, one bit for each. */
typedef struct window {
    const char *at; /**< NULL: none was looked at */
    uint64_t ends;  /**< commas and newlines that are not behind us */
    uint64_t stops; /**< newlines and quotes that open a cell, not behind us */
} window;

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
    window seen;     /**< where the next row begins */
    uint32_t *ends;  /**< the separator behind each cell of the current row, from the row's first byte */
    size_t n_cells, ends_capacity;
    bool has_quotes;  /**< some cell of the current row is quoted, so that it may have newlines */
    bool has_escapes; /**< and one has "" for a quote: the scratch has room for the row */
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
    free(r->ends);
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
    r->seen.at = NULL;
    r->n_read += n;
    if (r->hooks != NULL && r->hooks->progress != NULL)
        r->hooks->progress(r->hooks->user, r->path, r->n_read, source_size(r->input));
    char *from = r->end;
    r->end += n;
    *r->end = '\n';
    return check_form(r, from, error);
}

/** @param begins  a cell begins at p */
static inline window look(const char *p, bool begins) {
    uint64_t newlines = byte_mask(p, '\n'), ends = byte_mask(p, ',') | newlines;
    return (window){p, ends, newlines | (byte_mask(p, '"') & (ends << 1 | begins))};
}

static inline window look_further(const window *w) {
    char last = w->at[BYTE_MASK_SIZE - 1];
    return look(w->at + BYTE_MASK_SIZE, last == ',' || last == '\n');
}

/** The closing quote of a cell whose text begins at p, or NULL when the data end before it. */
static char *find_quote(csv_reader *r, char *p) {
    while (p < r->end && (p = memchr(p, '"', (size_t)(r->end - p))) != NULL) {
        if (p + 1 >= r->end || p[1] != '"')
            return p;
        r->has_escapes = true;
        p += 2;
    }
    return NULL;
}

/** Go from the opening quote of a cell to the separator behind it, or to where the trouble is. */
static row_outcome cross_quoted(csv_reader *r, char **at) {
    char *p = find_quote(r, *at + 1);
    r->has_quotes = true;
    if (p == NULL)
        return r->is_at_end ? ROW_QUOTE_OPEN : ROW_INCOMPLETE;
    p++;
    if (p + 1 >= r->end && !r->is_at_end)
        return ROW_INCOMPLETE;
    p += *p == '\r' && p[1] == '\n';
    *at = p;
    return *p == ',' || *p == '\n' ? ROW_FOUND : ROW_BEHIND_QUOTE;
}

/** Note the separators of a window up to its first stop. */
static void add_ends(csv_reader *r, const window *w, uint64_t up_to) {
    uint32_t offset = (uint32_t)(w->at - r->row), *ends = r->ends + r->n_cells;
    for (uint64_t bits = w->ends & up_to; bits != 0; bits &= bits - 1)
        *ends++ = offset + (uint32_t)__builtin_ctzll(bits);
    r->n_cells = (size_t)(ends - r->ends);
}

static bool reserve_ends(csv_reader *r) {
    void *ends = r->ends;
    bool ok = array_reserve(&ends, &r->ends_capacity, r->n_cells + BYTE_MASK_SIZE + 1, sizeof *r->ends);
    r->ends = ends;
    return ok;
}

/** Cut the row at r->row into cells. *stop is the newline that ends it, or where the trouble is. */
static row_outcome cut_row(csv_reader *r, char **stop) {
    window w = r->seen.at != NULL ? r->seen : look(r->row, true);
    char *p;
    r->n_cells = 0;
    r->has_quotes = r->has_escapes = false;
    for (;;) {
        uint64_t first = w.stops & -w.stops, up_to = first | (first - 1); /* all of them when there is no stop */
        if (!reserve_ends(r))
            return ROW_MEMORY;
        add_ends(r, &w, up_to);
        if (r->n_cells > CSV_MAX_CELLS) {
            p = r->row + r->ends[CSV_MAX_CELLS];
            break;
        }
        if (first == 0) {
            w = look_further(&w);
            continue;
        }
        p = r->row + (w.at - r->row) + __builtin_ctzll(first);
        w.ends &= ~up_to;
        w.stops &= ~up_to;
        if (*p == '\n')
            break;
        row_outcome outcome = cross_quoted(r, &p);
        *stop = p;
        if (outcome != ROW_FOUND)
            return outcome;
        r->ends[r->n_cells++] = (uint32_t)(p - r->row);
        w.at = NULL;
        if (*p == '\n' || r->n_cells > CSV_MAX_CELLS)
            break;
        w = look(p + 1, true);
    }
    *stop = p;
    if (p >= r->end && !r->is_at_end)
        return ROW_INCOMPLETE;
    r->seen = w;
    return r->n_cells > CSV_MAX_CELLS ? ROW_CELLS : ROW_FOUND;
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

/** Bytes of a cell as they are in the file, without the quotes around it. */
static csv_slice raw_cell(const csv_reader *r, size_t i, bool *is_quoted) {
    const char *from = r->row + (i > 0 ? r->ends[i - 1] + 1 : 0), *to = r->row + r->ends[i];
    to -= *to == '\n' && to > from && to[-1] == '\r';
    *is_quoted = *from == '"';
    return *is_quoted ? (csv_slice){from + 1, (size_t)(to - from) - 2} : (csv_slice){from, (size_t)(to - from)};
}

/** The row is one cell with nothing in it. */
static bool is_blank(const csv_reader *r) {
    bool is_quoted;
    return r->n_cells == 1 && raw_cell(r, 0, &is_quoted).n == 0;
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
        r->n_cells = 0;
        if (r->at == r->end) {
            *more = false;
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
        r->next_line += 1 + (r->has_quotes ? count_lines(r->row, stop) : 0);
        if (!is_blank(r)) {
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
    bool is_quoted;
    csv_slice raw = raw_cell(r, i, &is_quoted);
    if (!is_quoted || !r->has_escapes)
        return raw;
    char *to = r->scratch + (raw.text - r->row); /* where it is in the row: earlier texts stay where they are */
    size_t n = 0;
    for (size_t k = 0; k < raw.n; k++) {
        to[n++] = raw.text[k];
        k += raw.text[k] == '"';
    }
    return (csv_slice){to, n};
}

base_place csv_place(const csv_reader *r, size_t i) {
    bool is_quoted;
    if (r->n_cells == 0)
        return (base_place){r->path, r->next_line, 1};
    csv_slice raw = raw_cell(r, i < r->n_cells ? i : r->n_cells - 1, &is_quoted);
    return place_of(r, r->row, r->line, raw.text + (i < r->n_cells ? 0 : raw.n));
}

bool csv_row_is_open(const csv_reader *r) {
    return r->is_cut;
}
