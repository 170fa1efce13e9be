/* Small CSV tables read whole: a header row and cells, with line numbers for messages. Event files have their own reader. */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include "base/error.h"

typedef struct table_row {
    uint32_t line;
    char **cells; /**< n_columns of them */
} table_row;

typedef struct table {
    char *text; /**< owns the characters of all cells */
    char **header;
    size_t n_columns;
    table_row *rows;
    size_t n_rows;
} table;

/** Read a CSV file with a header row (RFC 4180: quotes, quoted newlines, BOM, CRLF). Errors: TSR_E_INPUT with file:line for
 *  an unclosed quote, text behind a closing one, a row with too few or too many cells, two columns of one name, an empty
 *  file, bytes that are not UTF-8. */
tsr_status table_read(const char *path, table *out, tsr_error *error);
void table_clear(table *t);
/** Index of a column by name, or -1. */
int32_t table_column(const table *t, const char *name);

#endif
