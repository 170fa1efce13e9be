/* Text: growing buffers, strict numbers, nearest known names. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/** A growing character buffer, always NUL-terminated once something was added. */
typedef struct text_buffer {
    char *data; /**< NULL while empty */
    size_t n;   /**< bytes without the closing NUL */
    size_t capacity;
    bool failed; /**< out of memory; later additions do nothing. Check once at the end */
} text_buffer;

void text_buffer_init(text_buffer *b);
void text_buffer_clear(text_buffer *b);
void text_add(text_buffer *b, const char *bytes, size_t n);
void text_add_string(text_buffer *b, const char *string);
void text_add_format(text_buffer *b, const char *format, ...) BASE_PRINTF(2, 3);

bool text_equal(const char *a, const char *b);
/** Read a number of the form [+-]digits[.digits][e[+-]n] that fills all `n` characters; locale-independent.
 *  @return false when the text is anything else, or the value is not finite */
bool text_number(const char *text, size_t n, double *value);
/** Read a whole number [+-]digits that fills all `n` characters; "71686.0" is accepted as 71686 when `allow_zero_fraction`.
 *  @return false when the text is anything else or does not fit */
bool text_integer(const char *text, size_t n, bool allow_zero_fraction, int64_t *value);

/** Edit distance (Damerau: insert, delete, replace, swap neighbours), ignoring ASCII case. */
size_t text_distance(const char *a, const char *b);
/** The nearest of `n` names to `name` if it is near enough to be a typing error (distance at most 1 + length/4), else NULL. */
const char *text_nearest(const char *name, const char *const *names, size_t n);
/** Shortest decimal text that reads back as the same double ("0.1", "12", "1e-07"). `out` holds at least 32 characters. */
void text_from_number(double value, char *out);
/** True when `n` bytes are valid UTF-8; else false and *bad is the first wrong byte's index. */
bool text_is_utf8(const char *bytes, size_t n, size_t *bad);

#endif
