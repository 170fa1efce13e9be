/* Values of the user's files in messages: short, and without bytes that would move a terminal's cursor. */
#ifndef EVENTS_QUOTE_H
#define EVENTS_QUOTE_H

#include <stddef.h>

#define QUOTE_SIZE 80 /**< bytes of a quoted value with its NUL */

/** Copy into `out` (QUOTE_SIZE bytes): control characters become '?', text that is not UTF-8 is taken for Latin-1, long
 *  text is cut at a character and ends in "...". @return out */
char *quote_bytes(const char *text, size_t n, char *out);
/** The same between double quotes; "blank" for an empty text. */
char *quote_text(const char *text, size_t n, char *out);
/** The whole text as valid UTF-8 without control characters; heap, free() it. NULL when there is no memory. */
char *quote_copy(const char *text, size_t n);

#endif
