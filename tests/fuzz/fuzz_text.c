/* Numbers, dates, UTF-8 and nearest names, read from any bytes. */
#include "base/date.h"
#include "base/text.h"
#include "fuzz.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    const char *text = (const char *)bytes;
    double value = 0, again = 0;
    if (text_number(text, n, &value)) {
        char shortest[32];
        if (!isfinite(value))
            abort();
        text_from_number(value, shortest);
        if (!text_number(shortest, strlen(shortest), &again) || memcmp(&value, &again, sizeof value) != 0)
            abort();
    }
    int64_t whole = 0;
    if (text_integer(text, n, false, &whole) && !text_integer(text, n, true, &whole))
        abort();
    date_day first = 0, last = 0;
    if (date_read(text, n, &first, &last) && (first > last || !date_valid(date_from_day(first))))
        abort();
    size_t bad = 0;
    if (!text_is_utf8(text, n, &bad) && bad >= n)
        abort();
    if (n < 64) {
        char name[64] = "";
        memcpy(name, bytes, n);
        static const char *const known[] = {"strength", "support", "control", "schedules"};
        (void)text_nearest(name, known, sizeof known / sizeof known[0]);
        if (text_distance(name, name) != 0)
            abort();
    }
    return 0;
}
