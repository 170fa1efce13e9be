/* Values of the user's files in messages. */
#include "events/quote.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/** Clean `n` bytes into `out` (room for 2 * n); returns the bytes written. Bytes of invalid UTF-8 are Latin-1. */
static size_t clean(const char *text, size_t n, char *out) {
    size_t n_out = 0, bad;
    bool is_utf8 = text_is_utf8(text, n, &bad);
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        /* U+0080 ... U+009F are control characters too; in UTF-8 they are 0xC2 and the byte itself */
        bool is_control = c < 0x20 || c == 0x7F || (!is_utf8 && c >= 0x80 && c < 0xA0);
        bool is_control_pair = is_utf8 && c == 0xC2 && (unsigned char)text[i + 1] < 0xA0;
        if (is_control || is_control_pair) {
            out[n_out++] = '?';
            i += is_control_pair;
        } else if (c < 0x80 || is_utf8) {
            out[n_out++] = (char)c;
        } else {
            out[n_out++] = (char)(0xC0 | (c >> 6));
            out[n_out++] = (char)(0x80 | (c & 0x3F));
        }
    }
    return n_out;
}

/** The largest cut <= n that does not split a UTF-8 sequence of `text`, which is longer than n. */
static size_t cut_before(const char *text, size_t n) {
    size_t cut = n;
    while (cut > 0 && n - cut < 3 && ((unsigned char)text[cut] & 0xC0) == 0x80)
        cut--;
    return ((unsigned char)text[cut] & 0xC0) == 0x80 ? n : cut; /* four of them in a row: not UTF-8 anyway */
}

static size_t quote_into(const char *text, size_t n, size_t room, char *out) {
    char cleaned[2 * QUOTE_SIZE];
    bool is_cut = n > room;
    if (is_cut)
        n = cut_before(text, room);
    size_t n_clean = clean(text, n, cleaned);
    if (n_clean > room) { /* Latin-1 needs two bytes for some */
        n_clean = cut_before(cleaned, room);
        is_cut = true;
    }
    if (is_cut && n_clean + 3 > room)
        n_clean = cut_before(cleaned, room - 3);
    memcpy(out, cleaned, n_clean);
    if (is_cut)
        memcpy(out + n_clean, "...", 3);
    return n_clean + (is_cut ? 3 : 0);
}

char *quote_bytes(const char *text, size_t n, char *out) {
    out[quote_into(text, n, QUOTE_SIZE - 1, out)] = '\0';
    return out;
}

char *quote_text(const char *text, size_t n, char *out) {
    if (n == 0)
        return memcpy(out, "blank", sizeof "blank");
    out[0] = '"';
    size_t length = quote_into(text, n, QUOTE_SIZE - 3, out + 1);
    out[length + 1] = '"';
    out[length + 2] = '\0';
    return out;
}

char *quote_copy(const char *text, size_t n) {
    char *out = n < SIZE_MAX / 2 ? malloc(2 * n + 1) : NULL;
    if (out != NULL)
        out[clean(text, n, out)] = '\0';
    return out;
}
