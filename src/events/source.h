/* Bytes of an event file: a plain file, or the one CSV inside a zip. The only place that knows the archive library. */
#ifndef EVENTS_SOURCE_H
#define EVENTS_SOURCE_H

#include "base/error.h"

typedef struct source source;

/** Open a plain file or a zip that holds exactly one .csv. `path` is borrowed.
 *  @retval TSR_E_INPUT  it does not exist, is a folder, is empty, is packed otherwise, is a damaged or encrypted zip, or
 *                       one with none or several CSVs (the message lists them)
 *  @retval TSR_E_IO     it cannot be read */
tsr_status source_open(const char *path, source **out, tsr_error *error);
/** The bytes of a plain file, borrowed; `name` is for messages and borrowed too. */
tsr_status source_open_bytes(const void *bytes, size_t n, const char *name, source **out, tsr_error *error);
/** Bytes in all, 0 when unknown. */
uint64_t source_size(const source *s);
/** The next bytes, at most `size` of them; *n = 0 at the end only.
 *  @retval TSR_E_IO  it cannot be read, or changed since it was opened */
tsr_status source_read(source *s, char *bytes, size_t size, size_t *n, tsr_error *error);
/** TSR_E_IO when the file at the path is another one than when it was opened, or has another size or time. */
tsr_status source_check_unchanged(const source *s, tsr_error *error);
void source_close(source *s);

#endif
