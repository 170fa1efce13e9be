/* Writing YAML; see yaml.h. */
#include "draft/yaml.h"

#include <math.h>
#include <stdio.h>

static const double z95 = 1.6448536269514722; /* of the normal distribution: 5 % lie above */

/** Code point of the character at `text`, valid UTF-8, and its bytes. */
static uint32_t decode(const unsigned char *text, size_t *n) {
    if (text[0] < 0x80) {
        *n = 1;
        return text[0];
    }
    *n = text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;
    uint32_t c = text[0] & (0xffu >> (*n + 1));
    for (size_t i = 1; i < *n; i++)
        c = (c << 6) | (text[i] & 0x3fu);
    return c;
}

/** What YAML 1.1 calls printable and no line break, without the byte order mark. */
static bool is_plain(uint32_t c) {
    return (c >= 0x20 && c <= 0x7e) || (c >= 0xa0 && c <= 0xd7ff && c != 0x2028 && c != 0x2029) ||
           (c >= 0xe000 && c <= 0xfffd && c != 0xfeff) || c >= 0x10000;
}

void yaml_quote(text_buffer *out, const char *text) {
    text_add(out, "\"", 1);
    for (size_t n; *text; text += n) {
        uint32_t c = decode((const unsigned char *)text, &n);
        if (c == '"' || c == '\\')
            text_add(out, "\\", 1);
        if (is_plain(c))
            text_add(out, text, n);
        else
            text_add_format(out, "\\u%04x", c);
    }
    text_add(out, "\"", 1);
}

void yaml_number(text_buffer *out, double value) {
    double digits = value > 0 ? floor(log10(value)) - 1 : 0, unit = pow(10, digits);
    if (value >= 100)
        text_add_format(out, "%.0f", round(value / unit) * unit);
    else
        text_add_format(out, "%.2g", value);
}

void yaml_interval(text_buffer *out, double value, double log_sd, double least, double most) {
    double factor = exp(z95 * log_sd);
    text_add_string(out, "{value: ");
    yaml_number(out, value);
    text_add_string(out, ", low: ");
    yaml_number(out, fmax(least, value / factor));
    text_add_string(out, ", high: ");
    yaml_number(out, fmin(most, value * factor));
    text_add_string(out, ", source: drafted}");
}
