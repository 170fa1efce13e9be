/* A streaming CSV reader (RFC 4180) for files of hundreds of megabytes: rows are cut into slices of a big block, nothing
 * is allocated or copied per row, and a cell is unescaped only when somebody asks for its text. Lines end in LF, CR LF, or CR alone when the header row does. */
#ifndef EVENTS_CSV_H
#define EVENTS_CSV_H

#include "base/error.h"

/** A row longer than this is taken for an unclosed quote or a file that is no CSV. */
#define CSV_MAX_ROW ((size_t)16 << 20)
#define CSV_MAX_CELLS 4096u

/** Bytes, not NUL-terminated; valid until the next row is read. */
typedef struct csv_slice {
    const char *text;
    size_t n;
} csv_slice;

typedef struct csv_reader csv_reader;

/** Open a plain file or a zip with one CSV in it. `path` is borrowed.
 *  @param hooks  may be NULL; gets the progress of plain files, and may cancel */
tsr_status csv_open(const char *path, const tsr_hooks *hooks, csv_reader **out, tsr_error *error);
/** The same for the bytes of a plain file, which are borrowed. */
tsr_status csv_open_bytes(const void *bytes, size_t n, const char *name, csv_reader **out, tsr_error *error);
void csv_close(csv_reader *r);

/** TSR_E_IO when the file at the path changed since it was opened; the end of the file is checked so by itself. */
tsr_status csv_check_unchanged(const csv_reader *r, tsr_error *error);

/** Read the next row that is not blank; *more is false at the end. Any number of cells is fine here: callers compare it
 *  with the header's.
 *  @retval TSR_E_INPUT  an unclosed quote, text behind a closing quote, a NUL byte, a row above 16 MiB or 4096 cells;
 *                       reading cannot go on */
tsr_status csv_next(csv_reader *r, bool *more, tsr_error *error);

const char *csv_name(const csv_reader *r); /**< for messages */
uint32_t csv_line(const csv_reader *r);    /**< where the current row begins */
size_t csv_n_cells(const csv_reader *r);
/** Text of cell i < csv_n_cells, with "" made ", not trimmed. */
csv_slice csv_cell(csv_reader *r, size_t i);
/** Place of cell i, its column counted in characters; the end of the row when i is the number of cells. */
base_place csv_place(const csv_reader *r, size_t i);
/** The current row is the file's last one and no newline ends it. */
bool csv_row_is_open(const csv_reader *r);

#endif
