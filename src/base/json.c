/* JSON by jansson. A `json` is a json_t under another name; children belong to their parents. */
#include "base/json.h"

#include "base/text.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static json_t *inner(const json *v) {
    union {
        const json *outside;
        json_t *inside;
    } both = {.outside = v};
    return both.inside;
}

static json *outer(json_t *v) {
    return (json *)v;
}

tsr_status json_parse(const char *bytes, size_t n, const char *file, json **out, tsr_error *error) {
    json_error_t why = {0}; /* jansson leaves the code unset where it forgets to say why */
    json_t *root = json_loadb(bytes, n, JSON_REJECT_DUPLICATES, &why);
    if (!root) {
        base_place place = {file, why.line > 0 ? (uint32_t)why.line : 1, why.column > 0 ? (uint32_t)why.column : 1};
        /* Where it does not say why, memory was short. */
        if (json_error_code(&why) == json_error_out_of_memory || why.text[0] == 0)
            return FAIL_AT(error, TSR_E_MEMORY, place, "no memory for the JSON text");
        return FAIL_AT(error, TSR_E_INPUT, place, "this is not valid JSON: %s", why.text);
    }
    *out = outer(root);
    return TSR_OK;
}

/* An array or object to which something could not be added has a reference more than the one of its parent: marking it
 * so needs no memory, and json_dump sees it. */
static void mark_incomplete(json_t *v) {
    json_incref(v);
}

static bool is_incomplete(const json_t *v) {
    return v->refcount > 1;
}

static void clear_marks(json_t *v) {
    const char *key;
    json_t *child;
    size_t i;
    if (!json_is_object(v) && !json_is_array(v)) /* true, false and null are shared */
        return;
    json_object_foreach(v, key, child) {
        clear_marks(child);
    }
    json_array_foreach(v, i, child) {
        clear_marks(child);
    }
    while (is_incomplete(v))
        json_decref(v);
}

void json_free(json *root) {
    clear_marks(inner(root));
    json_decref(inner(root));
}

bool json_is_map(const json *v) {
    return v && json_typeof(inner(v)) == JSON_OBJECT;
}

bool json_is_list(const json *v) {
    return v && json_typeof(inner(v)) == JSON_ARRAY;
}

const json *json_get(const json *object, const char *key) {
    return json_is_map(object) ? outer(json_object_get(inner(object), key)) : NULL;
}

const char *json_key(const json *object, const char *after) {
    if (!json_is_map(object))
        return NULL;
    json_t *o = inner(object);
    void *at = after ? json_object_iter_next(o, json_object_iter_at(o, after)) : json_object_iter(o);
    return at ? json_object_iter_key(at) : NULL;
}

size_t json_count(const json *array) {
    return json_array_size(inner(array)); /* 0 for what is no array */
}

const json *json_at(const json *array, size_t i) {
    return outer(json_array_get(inner(array), i));
}

const char *json_text(const json *v) {
    return json_string_value(inner(v)); /* NULL for what is no string */
}

bool json_number(const json *v, double *value) {
    if (!v || !json_is_number(inner(v)))
        return false;
    *value = json_number_value(inner(v));
    return true;
}

json *json_new(void) {
    return outer(json_object());
}

/** Give a new value to an object or an array; NULL when anything failed before. */
static json *attach(json *parent, const char *key, json_t *value) {
    if (!parent) {
        json_decref(value);
        return NULL;
    }
    int failed = key ? json_object_set_new(inner(parent), key, value) : json_array_append_new(inner(parent), value);
    if (failed) /* the value, which may be NULL, is freed */
        mark_incomplete(inner(parent));
    return failed ? NULL : outer(value);
}

/** A number, null when it is not finite. */
static json_t *number_value(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

/** A text; bytes that are not UTF-8 (a path, a command line) become replacement characters, since JSON cannot hold them. */
static json_t *text_value(const char *value) {
    if (!value)
        return json_null();
    size_t n = strlen(value), bad;
    if (text_is_utf8(value, n, &bad))
        return json_stringn_nocheck(value, n);
    text_buffer repaired;
    text_buffer_init(&repaired);
    for (; !text_is_utf8(value, n, &bad); value += bad + 1, n -= bad + 1) {
        text_add(&repaired, value, bad);
        text_add_string(&repaired, "\xef\xbf\xbd");
    }
    text_add(&repaired, value, n);
    json_t *text = repaired.failed ? NULL : json_stringn_nocheck(repaired.data, repaired.n);
    text_buffer_clear(&repaired);
    return text;
}

json *json_put_object(json *object, const char *key) {
    return attach(object, key, json_object());
}

json *json_put_array(json *object, const char *key) {
    return attach(object, key, json_array());
}

void json_put_string(json *object, const char *key, const char *value) {
    attach(object, key, text_value(value));
}

void json_put_number(json *object, const char *key, double value) {
    attach(object, key, number_value(value));
}

void json_put_integer(json *object, const char *key, int64_t value) {
    attach(object, key, json_integer(value));
}

void json_put_bool(json *object, const char *key, bool value) {
    attach(object, key, json_boolean(value));
}

json *json_add_object(json *array) {
    return attach(array, NULL, json_object());
}

json *json_add_array(json *array) {
    return attach(array, NULL, json_array());
}

void json_add_string(json *array, const char *value) {
    attach(array, NULL, text_value(value));
}

void json_add_number(json *array, double value) {
    attach(array, NULL, number_value(value));
}

void json_add_integer(json *array, int64_t value) {
    attach(array, NULL, json_integer(value));
}

/** jansson writes every double with 17 digits; here numbers are as short as they read back. */
static void write_value(json_t *v, int indent, text_buffer *out);

static void new_line(int indent, text_buffer *out) {
    if (indent < 0)
        return;
    text_add_string(out, "\n");
    for (int i = 0; i < indent; i++)
        text_add_string(out, "  ");
}

static void write_string(json_t *v, text_buffer *out) {
    char *quoted = json_dumps(v, JSON_ENCODE_ANY);
    if (!quoted) {
        out->failed = true;
        return;
    }
    text_add_string(out, quoted);
    free(quoted);
}

static void write_array(json_t *v, int indent, text_buffer *out) {
    size_t n = json_array_size(v);
    bool plain = n > 0; /* numbers stay on one line */
    for (size_t i = 0; i < n; i++)
        plain &= !json_is_object(json_array_get(v, i)) && !json_is_array(json_array_get(v, i));
    text_add_string(out, "[");
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            text_add_string(out, plain && indent >= 0 ? ", " : ",");
        if (!plain)
            new_line(indent < 0 ? -1 : indent + 1, out);
        write_value(json_array_get(v, i), indent < 0 ? -1 : indent + 1, out);
    }
    if (n > 0 && !plain)
        new_line(indent, out);
    text_add_string(out, "]");
}

static void write_object(json_t *v, int indent, text_buffer *out) {
    const char *key;
    json_t *value;
    bool first = true;
    text_add_string(out, "{");
    json_object_foreach(v, key, value) {
        if (!first)
            text_add_string(out, ",");
        first = false;
        new_line(indent < 0 ? -1 : indent + 1, out);
        json_t *name = json_string(key);
        if (name)
            write_string(name, out);
        else
            out->failed = true;
        json_decref(name);
        text_add_string(out, indent < 0 ? ":" : ": ");
        write_value(value, indent < 0 ? -1 : indent + 1, out);
    }
    if (!first)
        new_line(indent, out);
    text_add_string(out, "}");
}

static void write_value(json_t *v, int indent, text_buffer *out) {
    char number[32];
    switch (json_typeof(v)) {
    case JSON_OBJECT:
        out->failed |= is_incomplete(v);
        write_object(v, indent, out);
        break;
    case JSON_ARRAY:
        out->failed |= is_incomplete(v);
        write_array(v, indent, out);
        break;
    case JSON_STRING:
        write_string(v, out);
        break;
    case JSON_INTEGER:
        text_add_format(out, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
        break;
    case JSON_REAL:
        text_from_number(json_real_value(v), number);
        text_add_string(out, strcmp(number, "-0") == 0 ? "-0.0" : number); /* the integer -0 would lose its sign */
        break;
    case JSON_TRUE:
        text_add_string(out, "true");
        break;
    case JSON_FALSE:
        text_add_string(out, "false");
        break;
    case JSON_NULL:
        text_add_string(out, "null");
        break;
    }
}

tsr_status json_dump(const json *root, bool indent, char **out, size_t *n, tsr_error *error) {
    text_buffer b;
    text_buffer_init(&b);
    if (root)
        write_value(inner(root), indent ? 0 : -1, &b);
    if (root && indent)
        text_add_string(&b, "\n");
    if (!root || b.failed) {
        text_buffer_clear(&b);
        return FAIL(error, TSR_E_MEMORY, "no memory for a JSON text");
    }
    *out = b.data;
    *n = b.n;
    return TSR_OK;
}
