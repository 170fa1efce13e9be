/* A streaming CSV reader (RFC 4180) for files of hundreds of megabytes: rows are cut into slices of a big block, nothing
 * is allocated or copied per row, and a cell is unescaped only when somebody asks for its text. */
#ifndef EVENTS_CSV_H
#define EVENTS_CSV_H

#include "events/source.h"

/** A row longer than this is taken for an unclosed quote or a file that is no CSV. */
#define CSV_MAX_ROW ((size_t)16 << 20)
#define CSV_MAX_CELLS 4096u

/** Bytes of a row, not NUL-terminated; valid until the next row is read. */
typedef struct csv_text {
    const char *data;
    size_t n;
} csv_text;

typedef struct csv_cell {
    uint32_t begin, n;   /**< from the row's first byte, without the quotes around it */
    uint32_t is_escaped; /**< has "" for a quote */
} csv_cell;

typedef struct csv_reader csv_reader;

/** @param s     borrowed
 *  @param path  for messages, borrowed */
tsr_status csv_create(source *s, const char *path, csv_reader **out, tsr_error *error);
void csv_free(csv_reader *r);

/** Read the next row that is not blank; *found is false at the end. Any number of cells is fine here: callers compare it
 *  with the header's.
 *  @retval TSR_E_INPUT  an unclosed quote, text behind a closing quote, a NUL byte, a row above 16 MiB or 4096 cells;
 *                       reading cannot go on */
tsr_status csv_next(csv_reader *r, bool *found, tsr_error *error);

/** Cells of the current row. */
uint32_t csv_count(const csv_reader *r);
/** Text of cell i < csv_count, with "" made ", not trimmed. */
csv_text csv_get(csv_reader *r, uint32_t i);
/** Place of cell i; the end of the row when i is the count. */
base_place csv_place(const csv_reader *r, uint32_t i);
/** The current row is the file's last one and no newline ends it. */
bool csv_is_cut(const csv_reader *r);
/** Read the current row once more with the next csv_next: it was no header. */
void csv_push_back(csv_reader *r);

/** The text without blanks around it. */
csv_text csv_trim(csv_text t);
/** ASCII case is ignored. */
bool csv_is(csv_text t, const char *text);

#endif
