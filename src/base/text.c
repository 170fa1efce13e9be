/* Text buffers, strict numbers, nearest names, UTF-8. */
#include "base/text.h"

#include "base/arena.h"

#include <errno.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void text_buffer_init(text_buffer *b) {
    *b = (text_buffer){0};
}

void text_buffer_clear(text_buffer *b) {
    free(b->data);
    *b = (text_buffer){0};
}

static bool reserve(text_buffer *b, size_t more) {
    void *data = b->data;
    if (b->failed || more > SIZE_MAX - b->n - 1 || !array_reserve(&data, &b->capacity, b->n + more + 1, 1)) {
        b->failed = true;
        return false;
    }
    b->data = data;
    return true;
}

void text_add(text_buffer *b, const char *bytes, size_t n) {
    if (!reserve(b, n))
        return;
    if (n)
        memcpy(b->data + b->n, bytes, n);
    b->n += n;
    b->data[b->n] = 0;
}

void text_add_string(text_buffer *b, const char *string) {
    text_add(b, string, strlen(string));
}

void text_add_format(text_buffer *b, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *formatted = NULL;
    int n = vasprintf(&formatted, format, arguments);
    va_end(arguments);
    if (n < 0) {
        b->failed = true;
        return;
    }
    text_add(b, formatted, (size_t)n);
    free(formatted);
}

bool text_equal(const char *a, const char *b) {
    return strcmp(a, b) == 0;
}

static size_t skip_digits(const char *text, size_t n, size_t i) {
    while (i < n && text[i] >= '0' && text[i] <= '9')
        i++;
    return i;
}

/** Does [+-]digits[.digits][e[+-]n] fill the text? */
static bool is_number(const char *text, size_t n) {
    size_t i = n > 0 && (text[0] == '+' || text[0] == '-'), start = i;
    i = skip_digits(text, n, i);
    if (i == start)
        return false;
    if (i < n && text[i] == '.') {
        start = ++i;
        i = skip_digits(text, n, i);
        if (i == start)
            return false;
    }
    if (i < n && (text[i] == 'e' || text[i] == 'E')) {
        i++;
        i += i < n && (text[i] == '+' || text[i] == '-');
        start = i;
        i = skip_digits(text, n, i);
        if (i == start)
            return false;
    }
    return i == n;
}

/** Replace the first `old` in `text` by `new`; there must be room for it. */
static void replace_first(char *text, const char *old, const char *new) {
    char *at = strstr(text, old);
    if (!at)
        return;
    size_t n_old = strlen(old), n_new = strlen(new);
    memmove(at + n_new, at + n_old, strlen(at + n_old) + 1);
    for (size_t i = 0; i < n_new; i++)
        at[i] = new[i];
}

/* The C library writes and reads the decimal sign of the process' locale, which a host such as Python may have set. It
 * is a comma in many and has two bytes in Pashto and Persian; in files it is always a point. */
enum { LONGEST_POINT = 16 };

static const char *locale_point(void) {
    const char *point = localeconv()->decimal_point;
    return *point && strlen(point) < LONGEST_POINT ? point : ".";
}

enum { LONGEST_NUMBER = 1200 }; /* the exact decimal form of any double is shorter */

bool text_number(const char *text, size_t n, double *value) {
    char copy[LONGEST_NUMBER + LONGEST_POINT];
    if (n == 0 || n >= LONGEST_NUMBER || !is_number(text, n))
        return false;
    memcpy(copy, text, n);
    copy[n] = 0;
    replace_first(copy, ".", locale_point());
    double read = strtod(copy, NULL);
    if (!isfinite(read))
        return false;
    *value = read;
    return true;
}

bool text_integer(const char *text, size_t n, bool allow_zero_fraction, int64_t *value) {
    char copy[32];
    size_t sign = n > 0 && (text[0] == '+' || text[0] == '-');
    size_t end = skip_digits(text, n, sign);
    if (end == sign)
        return false;
    if (end < n) {
        bool zeros = allow_zero_fraction && text[end] == '.' && end + 1 < n;
        for (size_t i = end + 1; zeros && i < n; i++)
            zeros = text[i] == '0';
        if (!zeros)
            return false;
    }
    if (end >= sizeof copy)
        return false;
    memcpy(copy, text, end);
    copy[end] = 0;
    errno = 0;
    long long read = strtoll(copy, NULL, 10);
    if (errno)
        return false;
    *value = read;
    return true;
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

enum { LONGEST_NAME = 128 }; /* longer names are cut for the comparison: they are no typing errors of each other */

size_t text_distance(const char *a, const char *b) {
    size_t n = strnlen(a, LONGEST_NAME), m = strnlen(b, LONGEST_NAME);
    size_t rows[3][LONGEST_NAME + 1]; /* the last three rows of the table of distances between beginnings */
    for (size_t j = 0; j <= m; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t *now = rows[i % 3], *before = rows[(i + 2) % 3], *earlier = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t replace = before[j - 1] + (lower(a[i - 1]) != lower(b[j - 1]));
            size_t best = replace < before[j] + 1 ? replace : before[j] + 1;
            best = best < now[j - 1] + 1 ? best : now[j - 1] + 1;
            bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]);
            now[j] = swapped && earlier[j - 2] + 1 < best ? earlier[j - 2] + 1 : best;
        }
    }
    return rows[n % 3][m];
}

const char *text_nearest(const char *name, const char *const *names, size_t n) {
    const char *nearest = NULL;
    size_t best = 2 + strlen(name) / 4;
    for (size_t i = 0; i < n; i++) {
        size_t distance = text_distance(name, names[i]);
        if (distance < best) {
            best = distance;
            nearest = names[i];
        }
    }
    return nearest;
}

void text_from_number(double value, char *out) {
    /* Fifteen digits without closing zeros are the shortest when they suffice, except below the normal numbers, which
     * have fewer digits. (Fewer than needed for the whole part would turn 100 into 1e+02.) */
    for (int digits = fabs(value) < DBL_MIN ? 1 : DBL_DIG; digits <= DBL_DECIMAL_DIG; digits++) {
        char written[32 + LONGEST_POINT];
        snprintf(written, sizeof written, "%.*g", digits, value);
        replace_first(written, locale_point(), ".");
        memcpy(out, written, strlen(written) + 1);
        double back;
        if (!isfinite(value) || (text_number(out, strlen(out), &back) && back == value))
            return;
    }
}

/** Length of the UTF-8 sequence at `s`, 0 when it is not valid. Overlong forms and surrogates are not. */
static size_t sequence_length(const unsigned char *s, size_t n) {
    if (s[0] < 0x80)
        return 1;
    size_t length = s[0] >= 0xc2 && s[0] < 0xe0   ? 2
                    : s[0] >= 0xe0 && s[0] < 0xf0 ? 3
                    : s[0] >= 0xf0 && s[0] < 0xf5 ? 4
                                                  : 0;
    if (length == 0 || length > n)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf0 && s[1] < 0x90) ||
        (s[0] == 0xf4 && s[1] > 0x8f))
        return 0;
    return length;
}

bool text_is_utf8(const char *bytes, size_t n, size_t *bad) {
    for (size_t i = 0; i < n;) {
        size_t length = sequence_length((const unsigned char *)bytes + i, n - i);
        if (length == 0) {
            *bad = i;
            return false;
        }
        i += length;
    }
    return true;
}
