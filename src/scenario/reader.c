/* Values and names, each with the message that belongs to a wrong one. */
#include "scenario/reader.h"

#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void add(reader *r, problem_severity severity, const yaml_node *at, const char *format, va_list arguments) {
    char message[TSR_MESSAGE_SIZE];
    if (!format || (at && at->is_reported)) /* gcc 12 with sanitizers takes format for NULL otherwise */
        return;
    vsnprintf(message, sizeof message, format, arguments);
    problem_add(r->problems, severity, at ? at->place : (base_place){r->file, 1, 1}, "%s", message);
}

void reader_error(reader *r, const yaml_node *at, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    add(r, PROBLEM_ERROR, at, format, arguments);
    va_end(arguments);
}

void reader_warning(reader *r, const yaml_node *at, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    add(r, PROBLEM_WARNING, at, format, arguments);
    va_end(arguments);
}

void reader_unknown(reader *r, const yaml_node *at, const char *name, const char *what, const char *const *known,
                    size_t n) {
    const char *nearest = text_nearest(name, known, n);
    if (nearest) {
        reader_error(r, at, "'%s' is not %s; did you mean '%s'?", name, what, nearest);
        return;
    }
    text_buffer list;
    text_buffer_init(&list);
    for (size_t i = 0; i < n && i < 40; i++)
        text_add_format(&list, "%s%s", i ? ", " : "", known[i]);
    if (n > 40)
        text_add_format(&list, " and %zu more", n - 40);
    reader_error(r, at, "'%s' is not %s; allowed: %s", name, what, n && !list.failed ? list.data : "none");
    text_buffer_clear(&list);
}

static size_t count(const char *const *words) {
    size_t n = 0;
    while (words && words[n])
        n++;
    return n;
}

static bool is_one_of(const char *name, const char *const *words) {
    for (size_t i = 0; i < count(words); i++)
        if (strcmp(name, words[i]) == 0)
            return true;
    return false;
}

bool reader_map(reader *r, const yaml_node *node, const char *what, const char *const *allowed,
                const char *const *required) {
    if (!node)
        return false;
    if (node->kind != YAML_MAP) {
        reader_error(r, node, "%s must be a map of keys and values; this is %s", what, yaml_kind_name(node));
        return false;
    }
    for (size_t i = 0; allowed && i < node->n; i++)
        if (!is_one_of(node->keys[i]->text, allowed)) {
            char description[160];
            snprintf(description, sizeof description, "a key of %s", what);
            reader_unknown(r, node->keys[i], node->keys[i]->text, description, allowed, count(allowed));
            node->keys[i]->is_reported = true; /* a map may be looked at twice */
        }
    bool complete = true;
    for (size_t i = 0; i < count(required); i++)
        if (!yaml_get(node, required[i])) {
            reader_error(r, node, "%s needs the key '%s'", what, required[i]);
            complete = false;
        }
    return complete;
}

bool reader_list(reader *r, const yaml_node *node, const char *what) {
    if (node && node->kind != YAML_LIST)
        reader_error(r, node, "%s must be a list; this is %s", what, yaml_kind_name(node));
    return node && node->kind == YAML_LIST;
}

bool reader_text(reader *r, const yaml_node *node, const char *what, const char **out) {
    if (node && (node->kind != YAML_SCALAR || !*node->text)) {
        reader_error(r, node, "%s must be a text; this is %s", what,
                     node->kind == YAML_SCALAR ? "empty" : yaml_kind_name(node));
        return false;
    }
    if (node)
        *out = node->text;
    return node != NULL;
}

bool reader_bool(reader *r, const yaml_node *node, const char *what, bool *out) {
    if (!node)
        return false;
    const char *text = node->kind == YAML_SCALAR ? node->text : "";
    bool yes = strcmp(text, "true") == 0 || strcmp(text, "on") == 0 || strcmp(text, "yes") == 0;
    bool no = strcmp(text, "false") == 0 || strcmp(text, "off") == 0 || strcmp(text, "no") == 0;
    if (!yes && !no)
        reader_error(r, node, "%s is '%s'; it must be true or false", what,
                     node->kind == YAML_SCALAR ? text : yaml_kind_name(node));
    *out = yes;
    return yes || no;
}

bool reader_date(reader *r, const yaml_node *node, const char *what, date_day *first, date_day *last) {
    if (!node)
        return false;
    date_day ignored;
    if (node->kind == YAML_SCALAR && date_read(node->text, strlen(node->text), first, last ? last : &ignored))
        return true;
    reader_error(r, node, "%s is '%s'; it must be a date that exists: YYYY, YYYY-MM or YYYY-MM-DD, 1900 to 2200", what,
                 node->kind == YAML_SCALAR ? node->text : yaml_kind_name(node));
    return false;
}

static void out_of_range(reader *r, const yaml_node *node, const char *what, double low, double high) {
    char low_text[32], high_text[32];
    text_from_number(low, low_text);
    text_from_number(high, high_text);
    if (isinf(high))
        reader_error(r, node, "%s is %s; it must be %s or more", what, node->text, low_text);
    else
        reader_error(r, node, "%s is %s; it must be from %s to %s%s%s%s", what, node->text, low_text, high_text,
                     r->about ? " (" : "", r->about ? r->about : "", r->about ? ")" : "");
}

bool reader_plain(reader *r, const yaml_node *node, const char *what, double low, double high, double *out) {
    if (!node)
        return false;
    double value;
    if (node->kind != YAML_SCALAR || node->is_quoted || !text_number(node->text, strlen(node->text), &value)) {
        reader_error(r, node, "%s is %s%s%s; it must be a number such as 12, 0.5 or 2e3", what,
                     node->kind == YAML_SCALAR ? "'" : "",
                     node->kind == YAML_SCALAR ? node->text : yaml_kind_name(node),
                     node->kind == YAML_SCALAR ? "'" : "");
        return false;
    }
    if (value < low || value > high) {
        out_of_range(r, node, what, low, high);
        return false;
    }
    *out = value;
    return true;
}

bool reader_whole(reader *r, const yaml_node *node, const char *what, int64_t low, int64_t high, int64_t *out) {
    double value;
    if (!reader_plain(r, node, what, (double)low, (double)high, &value))
        return false;
    if (value != floor(value)) {
        reader_error(r, node, "%s is %s; it must be a whole number", what, node->text);
        return false;
    }
    *out = (int64_t)value;
    return true;
}

static bool read_interval(reader *r, const yaml_node *node, const char *what, double low, double high,
                          world_number *out) {
    bool has_low = yaml_get(node, "low"), has_high = yaml_get(node, "high"), has_value = yaml_get(node, "value");
    double value = 0, from = 0, to = 0;
    if (!has_value && !(has_low && has_high)) {
        reader_error(r, node, "%s needs `value`, or `low` and `high`", what);
        return false;
    }
    if ((has_low != has_high)) {
        reader_error(r, node, "%s has only one of `low` and `high`", what);
        return false;
    }
    if ((has_value && !reader_plain(r, yaml_get(node, "value"), what, low, high, &value)) ||
        (has_low && (!reader_plain(r, yaml_get(node, "low"), what, low, high, &from) ||
                     !reader_plain(r, yaml_get(node, "high"), what, low, high, &to))))
        return false;
    if (has_low && from > to) {
        reader_error(r, yaml_get(node, "low"), "the interval of %s is upside down: low %s is above high %s", what,
                     yaml_get(node, "low")->text, yaml_get(node, "high")->text);
        return false;
    }
    if (has_value && has_low && (value < from || value > to)) {
        reader_error(r, yaml_get(node, "value"), "%s is %s, outside its own interval", what,
                     yaml_get(node, "value")->text);
        return false;
    }
    /* Without a value: the geometric mean of a positive interval, else its middle. */
    out->low = has_low ? from : value;
    out->high = has_low ? to : value;
    out->value = has_value ? value : from > 0 ? sqrt(from * to) : (from + to) / 2;
    return true;
}

bool reader_number(reader *r, const yaml_node *node, const char *what, double low, double high, const char *const *also,
                   world_number *out) {
    static const char *const own[] = {"low", "high", "value", "source"};
    if (!node)
        return false;
    *out = (world_number){.source = WORLD_NONE};
    if (node->kind != YAML_MAP) {
        double value;
        if (!reader_plain(r, node, what, low, high, &value))
            return false;
        out->value = out->low = out->high = value;
        return true;
    }
    const char *allowed[32];
    size_t n = 0;
    for (; n < 4; n++)
        allowed[n] = own[n];
    for (size_t i = 0; i < count(also) && n < 31; i++)
        allowed[n++] = also[i];
    allowed[n] = NULL;
    reader_map(r, node, what, allowed, NULL);
    if (yaml_get(node, "source"))
        out->source = reader_source(r, yaml_get(node, "source"));
    const yaml_node *nested = yaml_get(node, "value");
    if (nested && nested->kind == YAML_MAP) { /* value: {low, high, source} beside keys of its own kind */
        reader_map(r, nested, what, (const char *const[]){"low", "high", "value", "source", NULL}, NULL);
        if (yaml_get(nested, "source"))
            out->source = reader_source(r, yaml_get(nested, "source"));
        return read_interval(r, nested, what, low, high, out);
    }
    return read_interval(r, node, what, low, high, out);
}

int32_t reader_word(reader *r, const yaml_node *node, const char *what, const char *const *words) {
    const char *text;
    if (!reader_text(r, node, what, &text))
        return -1;
    for (size_t i = 0; i < count(words); i++)
        if (strcmp(words[i], text) == 0)
            return (int32_t)i;
    reader_unknown(r, node, text, what, words, count(words));
    return -1;
}

/** Names of `n` records for a message, in the arena. */
#define NAMES_OF(section, type, field)                                                                                 \
    static const char **names_of_##section(reader *r, size_t *n) {                                                     \
        const type *items = world_built_##section(r->b, n);                                                            \
        const char **names = arena_alloc(r->memory, (*n + 1) * sizeof(char *));                                        \
        for (size_t i = 0; names && i < *n; i++)                                                                       \
            names[i] = world_builder_string(r->b, items[i].field);                                                     \
        if (!names)                                                                                                    \
            *n = 0;                                                                                                    \
        return names;                                                                                                  \
    }
NAMES_OF(actors, world_actor, id)
NAMES_OF(areas, world_area, name)
NAMES_OF(sources, world_source, id)
NAMES_OF(channels, world_channel, id)

static int32_t find(const char *const *names, size_t n, const char *name) {
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return (int32_t)i;
    return WORLD_NONE;
}

int32_t reader_find_actor(reader *r, const char *id) {
    size_t n;
    const char **names = names_of_actors(r, &n);
    return find(names, n, id);
}

int32_t reader_find_channel(reader *r, const char *id) {
    size_t n;
    const char **names = names_of_channels(r, &n);
    return find(names, n, id);
}

int32_t reader_actor(reader *r, const yaml_node *node, int kind) {
    const char *id;
    if (!reader_text(r, node, "the actor", &id))
        return WORLD_NONE;
    size_t n;
    const char **names = names_of_actors(r, &n);
    int32_t actor = find(names, n, id);
    if (actor == WORLD_NONE) {
        if (n > 0) /* no actors at all: that is the error, and it was said */
            reader_unknown(r, node, id, "an actor of this scenario", names, n);
        return WORLD_NONE;
    }
    if (kind >= 0 && (int)world_built_actors(r->b, NULL)[actor].kind != kind) {
        reader_error(r, node, "'%s' is a %s; a %s is needed here", id, kind == WORLD_FACTION ? "power" : "faction",
                     kind == WORLD_FACTION ? "faction" : "power");
        return WORLD_NONE;
    }
    return actor;
}

int32_t reader_find_area(reader *r, const char *name) {
    size_t n, n_aliases;
    const char **names = names_of_areas(r, &n);
    int32_t area = find(names, n, name);
    char *wanted = arena_alloc(r->memory, strlen(name) + 1);
    if (area != WORLD_NONE || !wanted)
        return area;
    world_normal_area_name(name, wanted);
    for (size_t i = 0; i < n; i++) {
        char *normal = arena_alloc(r->memory, strlen(names[i]) + 1);
        if (!normal)
            return WORLD_NONE;
        world_normal_area_name(names[i], normal);
        if (strcmp(normal, wanted) == 0)
            return (int32_t)i;
    }
    const world_alias *aliases = world_built_aliases(r->b, &n_aliases);
    for (size_t i = 0; i < n_aliases; i++)
        if (strcmp(world_builder_string(r->b, aliases[i].name), wanted) == 0)
            return (int32_t)aliases[i].area;
    return WORLD_NONE;
}

int32_t reader_area(reader *r, const yaml_node *node) {
    const char *name;
    if (!reader_text(r, node, "the area", &name))
        return WORLD_NONE;
    int32_t area = reader_find_area(r, name);
    size_t n;
    const char **names = names_of_areas(r, &n);
    if (area == WORLD_NONE && n > 0) { /* no areas at all: that is the error, and it was said */
        reader_unknown(r, node, name, "an area of this scenario", names, n);
    }
    return area;
}

int32_t reader_source(reader *r, const yaml_node *node) {
    const char *id;
    if (!reader_text(r, node, "the source", &id))
        return WORLD_NONE;
    size_t n;
    const char **names = names_of_sources(r, &n);
    int32_t source = find(names, n, id);
    if (source == WORLD_NONE)
        reader_unknown(r, node, id, "a source of this scenario", names, n);
    else if (r->source_used)
        r->source_used[source] = true;
    return source;
}

int32_t reader_find_ladder(reader *r, int32_t power, int32_t faction) {
    size_t n;
    const world_ladder *ladders = world_built_ladders(r->b, &n);
    for (size_t i = 0; i < n; i++)
        if ((int32_t)ladders[i].power == power && (int32_t)ladders[i].faction == faction)
            return (int32_t)i;
    return WORLD_NONE;
}

bool reader_is_founded(reader *r, int32_t actor, date_day day, char day_founded[16]) {
    date_day founded = world_built_actors(r->b, NULL)[actor].founded;
    if (founded == DATE_MIN || day >= founded)
        return true;
    date_text(founded, day_founded);
    return false;
}

int32_t reader_rung(reader *r, const yaml_node *node) {
    const char *words[WORLD_RUNGS + 1] = {NULL};
    for (uint32_t k = 0; k < WORLD_RUNGS; k++)
        words[k] = world_rung_name(k);
    return reader_word(r, node, "a rung of the ladder", words);
}
