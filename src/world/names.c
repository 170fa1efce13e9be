/* Names: what the scenario file calls the values of our enums, and when two spellings of an area are one. */
#include "world/names.h"
#include "world/world.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const schedule_kinds[] = {
    "foreign_support", "strikes", "sponsor_payment", "aid", "reserves", "rights_violation",
    "effort",          "rent",    "relation",
};
_Static_assert(COUNT(schedule_kinds) == WORLD_SCHEDULE_KINDS, "a schedule kind has no name");

static const char *const event_kinds[] = {
    "attack",   "prison_break", "leader_removed", "leader_installed", "talks", "statement", "transfer", "rung",
    "founding", "split",        "ruler",
};
_Static_assert(COUNT(event_kinds) == WORLD_EVENT_KINDS, "an event kind has no name");

static const char *const facts[] = {"strength", "presence", "control", "deaths", "funds", "captives", "districts"};
_Static_assert(COUNT(facts) == WORLD_FACT_KINDS, "a fact has no name");

static const char *const metrics[] = {
    "ladder", "ruler", "control", "provinces", "strength", "support", "relation", "events", "deaths",
};
_Static_assert(COUNT(metrics) == WORLD_METRICS, "a metric has no name");

static const char *const rungs[] = {
    "hostile", "talks", "tacit_cooperation", "humanitarian_carveouts", "assets_released", "recognition",
};
_Static_assert(COUNT(rungs) == WORLD_RUNGS, "a rung has no name");

const char *world_schedule_kind_name(uint32_t kind) {
    return kind < COUNT(schedule_kinds) ? schedule_kinds[kind] : NULL;
}

const char *world_event_kind_name(uint32_t kind) {
    return kind < COUNT(event_kinds) ? event_kinds[kind] : NULL;
}

const char *world_fact_name(uint32_t about) {
    return about < COUNT(facts) ? facts[about] : NULL;
}

const char *world_metric_name(uint32_t metric) {
    return metric < COUNT(metrics) ? metrics[metric] : NULL;
}

const char *world_rung_name(uint32_t rung) {
    return rung < COUNT(rungs) ? rungs[rung] : NULL;
}

/* Area names. A name is a sequence of words; the normal form keeps the words that say which area it is. Nothing is
 * copied: names are compared word by word, so that looking one up needs no memory. */

typedef struct word {
    const char *begin;
    size_t n; /**< 0: no more words */
} word;

static bool is_continuation(char c) {
    return ((unsigned char)c & 0xC0u) == 0x80u;
}

/** Bytes of the blank that `text` begins with: ASCII white space or U+00A0; 0 when it is none. */
static size_t blank_length(const char *text) {
    if (*text == ' ' || (*text >= '\t' && *text <= '\r'))
        return 1;
    return (unsigned char)text[0] == 0xC2u && (unsigned char)text[1] == 0xA0u ? 2 : 0;
}

static word next_word(const char *text) {
    size_t blank;
    while ((blank = blank_length(text)) > 0)
        text += blank;
    word w = {text, 0};
    while (text[w.n] != '\0' && blank_length(text + w.n) == 0)
        w.n++;
    return w;
}

/** Lower case of a code point U+0080 ... U+07FF; always one of that range too, so that a name keeps its length. */
static uint32_t lower_code_point(uint32_t c) {
    bool latin_1 = c >= 0xC0 && c <= 0xDE && c != 0xD7;
    bool even_upper = (c >= 0x100 && c <= 0x12F) || (c >= 0x132 && c <= 0x137) || (c >= 0x14A && c <= 0x177);
    bool odd_upper = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E);
    bool greek = c >= 0x391 && c <= 0x3A9 && c != 0x3A2;
    bool cyrillic = c >= 0x410 && c <= 0x42F;
    if (latin_1 || greek || cyrillic)
        return c + 0x20;
    if (c >= 0x400 && c <= 0x40F)
        return c + 0x50;
    if (even_upper)
        return c | 1u;
    if (odd_upper)
        return c + (c & 1u);
    return c == 0x178 ? 0xFF : c;
}

/** Lower-case the character at `text` (at most `n` bytes left). @return its bytes, 1 or 2, as many as in the input */
static size_t lower_character(const char *text, size_t n, char out[2]) {
    unsigned char c = (unsigned char)text[0];
    if (c >= 0xC2u && c <= 0xDFu && n > 1 && is_continuation(text[1])) {
        uint32_t lower = lower_code_point(((c & 0x1Fu) << 6) | ((unsigned char)text[1] & 0x3Fu));
        out[0] = (char)(0xC0u | (lower >> 6));
        out[1] = (char)(0x80u | (lower & 0x3Fu));
        return 2;
    }
    out[0] = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : (char)c;
    return 1;
}

static bool words_equal(word a, word b) {
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n;) {
        char x[2] = {0}, y[2] = {0};
        size_t n = lower_character(a.begin + i, a.n - i, x);
        if (n != lower_character(b.begin + i, b.n - i, y) || memcmp(x, y, n) != 0)
            return false;
        i += n;
    }
    return true;
}

/** The next word that belongs to the normal form, from *text, which is moved on. */
static word next_kept_word(const char **text, bool keep_all) {
    static const word dropped[] = {{"province", 8}, {"state", 5}, {"region", 6}, {"division", 8}, {"district", 8}};
    static const word pair[] = {{"union", 5}, {"territory", 9}};
    for (;;) {
        word w = next_word(*text);
        *text = w.begin + w.n;
        if (w.n == 0 || keep_all)
            return w;
        bool drop = false;
        for (size_t i = 0; i < COUNT(dropped) && !drop; i++)
            drop = words_equal(w, dropped[i]);
        if (!drop && words_equal(w, pair[0])) {
            word second = next_word(*text);
            drop = words_equal(second, pair[1]);
            if (drop)
                *text = second.begin + second.n;
        }
        if (!drop)
            return w;
    }
}

area_name area_name_parse(const char *name) {
    area_name parsed = {.rest = name};
    word first = next_kept_word(&parsed.rest, false);
    if (first.n == 0) { /* such words only ("State"): they stay */
        parsed.keep_all = true;
        parsed.rest = name;
        first = next_kept_word(&parsed.rest, true);
    }
    parsed.first = first.begin;
    parsed.n_first = first.n;
    return parsed;
}

void world_normal_area_name(const char *name, char *out) {
    area_name parsed = area_name_parse(name);
    size_t n = 0;
    for (word w = {parsed.first, parsed.n_first}; w.n > 0; w = next_kept_word(&parsed.rest, parsed.keep_all)) {
        if (n > 0)
            out[n++] = ' ';
        for (size_t i = 0; i < w.n;) {
            char lower[2] = {0};
            size_t length = lower_character(w.begin + i, w.n - i, lower);
            memcpy(out + n, lower, length);
            n += length;
            i += length;
        }
    }
    out[n] = '\0';
}

bool area_name_is(area_name a, const char *name) {
    area_name b = area_name_parse(name);
    word x = {a.first, a.n_first}, y = {b.first, b.n_first};
    while (x.n > 0 && words_equal(x, y)) {
        x = next_kept_word(&a.rest, a.keep_all);
        y = next_kept_word(&b.rest, b.keep_all);
    }
    return x.n == 0 && y.n == 0;
}
