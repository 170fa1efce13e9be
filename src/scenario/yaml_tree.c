/* libyaml's events into a tree. */
#include "scenario/yaml_tree.h"

#include "base/text.h"

#include <string.h>
#include <yaml.h>

enum { DEEPEST = 32, MOST_NODES = 1000000 };

typedef struct yaml_reader {
    yaml_parser_t parser;
    const char *file;
    arena *memory;
    problem_list *problems;
    size_t n_nodes;
    bool failed; /**< the tree cannot be used */
} yaml_reader;

static base_place place_of(const yaml_reader *r, const yaml_mark_t *mark) {
    return (base_place){r->file, (uint32_t)mark->line + 1, (uint32_t)mark->column + 1};
}

static void fail(yaml_reader *r, base_place place, const char *message) {
    problem_add(r->problems, PROBLEM_ERROR, place, "%s", message);
    r->failed = true;
}

static bool next_event(yaml_reader *r, yaml_event_t *event) {
    if (yaml_parser_parse(&r->parser, event))
        return true;
    if (r->parser.error == YAML_MEMORY_ERROR) {
        fail(r, (base_place){.file = r->file}, "no memory to read it");
        return false;
    }
    base_place place = place_of(r, &r->parser.problem_mark);
    if (r->parser.error == YAML_READER_ERROR)
        place = (base_place){r->file, (uint32_t)r->parser.mark.line + 1, (uint32_t)r->parser.mark.column + 1};
    problem_add(r->problems, PROBLEM_ERROR, place, "this is not valid YAML: %s%s%s",
                r->parser.problem ? r->parser.problem : "unreadable", r->parser.context ? ", " : "",
                r->parser.context ? r->parser.context : "");
    r->failed = true;
    return false;
}

/** Something is wrong with one node, which stays in the tree so that the rest of the file is looked at too. */
static void fail_node(yaml_reader *r, yaml_node *node, const char *message) {
    fail(r, node->place, message);
    node->is_reported = true;
}

static yaml_node *new_node(yaml_reader *r, yaml_kind kind, const yaml_mark_t *mark) {
    yaml_node *node = r->n_nodes < MOST_NODES ? arena_alloc(r->memory, sizeof *node) : NULL;
    if (!node) {
        fail(r, place_of(r, mark),
             r->n_nodes < MOST_NODES ? "no memory for the tree" : "the document has more than a million parts");
        return NULL;
    }
    r->n_nodes++;
    node->kind = kind;
    node->place = place_of(r, mark);
    return node;
}

static yaml_node *read_node(yaml_reader *r, yaml_event_t *event, int depth);

/** Append to a node's arrays; they double in the arena. */
static bool append(yaml_reader *r, yaml_node *node, yaml_node *key, yaml_node *item) {
    bool is_full = node->n >= 4 ? (node->n & (node->n - 1)) == 0 : node->n == 0;
    if (is_full) {
        size_t capacity = node->n ? node->n * 2 : 4;
        yaml_node **keys = arena_alloc(r->memory, capacity * sizeof(yaml_node *)),
                  **items = arena_alloc(r->memory, capacity * sizeof(yaml_node *));
        if (!keys || !items) {
            fail(r, node->place, "no memory for the tree");
            return false;
        }
        if (node->n) {
            memcpy(keys, node->keys, node->n * sizeof(yaml_node *));
            memcpy(items, node->items, node->n * sizeof(yaml_node *));
        }
        node->keys = keys;
        node->items = items;
    }
    node->keys[node->n] = key;
    node->items[node->n++] = item;
    return true;
}

static size_t count_characters(const yaml_event_t *scalar) {
    size_t n = 0;
    for (size_t i = 0; i < scalar->data.scalar.length; i++)
        n += (scalar->data.scalar.value[i] & 0xc0) != 0x80;
    return n;
}

static yaml_node *read_scalar(yaml_reader *r, const yaml_event_t *event) {
    yaml_node *node = new_node(r, YAML_SCALAR, &event->start_mark);
    if (!node)
        return NULL;
    node->is_quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    size_t n_written = event->end_mark.index - event->start_mark.index;
    node->is_one_line = event->start_mark.line == event->end_mark.line &&
                        n_written == count_characters(event) + (node->is_quoted ? 2 : 0);
    if (event->data.scalar.anchor || event->data.scalar.tag)
        fail_node(r, node, "anchors and tags are not allowed");
    if (strlen((const char *)event->data.scalar.value) != event->data.scalar.length) {
        fail(r, node->place, "the text contains a NUL character");
        return NULL;
    }
    node->text = arena_copy_text(r->memory, (const char *)event->data.scalar.value, event->data.scalar.length);
    if (!node->text) {
        fail(r, node->place, "no memory for the tree");
        return NULL;
    }
    if (!node->is_quoted && !node->is_reported &&
        (!*node->text || strcmp(node->text, "~") == 0 || strcmp(node->text, "null") == 0))
        fail_node(r, node, "the value is empty; write one, or remove the key");
    return node;
}

static yaml_node *read_list(yaml_reader *r, const yaml_event_t *start, int depth) {
    yaml_node *node = new_node(r, YAML_LIST, &start->start_mark);
    if (node && (start->data.sequence_start.anchor || start->data.sequence_start.tag))
        fail_node(r, node, "anchors and tags are not allowed");
    while (node) {
        yaml_event_t event;
        if (!next_event(r, &event))
            return NULL;
        bool ended = event.type == YAML_SEQUENCE_END_EVENT;
        yaml_node *item = ended ? NULL : read_node(r, &event, depth + 1);
        yaml_event_delete(&event);
        if (ended)
            return node;
        if (!item || !append(r, node, NULL, item))
            return NULL;
    }
    return NULL;
}

/** false, with a message: the entry is left out of the tree. */
static bool check_key(yaml_reader *r, const yaml_node *map, const yaml_node *key) {
    if (key->is_reported)
        return false;
    if (key->kind != YAML_SCALAR) {
        fail(r, key->place, "a key must be a plain word");
        return false;
    }
    if (strcmp(key->text, "<<") == 0) {
        fail(r, key->place, "merge keys (<<) are not allowed");
        return false;
    }
    for (size_t i = 0; i < map->n; i++)
        if (strcmp(map->keys[i]->text, key->text) == 0) {
            problem_add(r->problems, PROBLEM_ERROR, key->place, "the key '%s' appears twice; first on line %u",
                        key->text, map->keys[i]->place.line);
            r->failed = true;
            return false;
        }
    return true;
}

static yaml_node *read_map(yaml_reader *r, const yaml_event_t *start, int depth) {
    yaml_node *node = new_node(r, YAML_MAP, &start->start_mark);
    if (node && (start->data.mapping_start.anchor || start->data.mapping_start.tag))
        fail_node(r, node, "anchors and tags are not allowed");
    while (node) {
        yaml_event_t event;
        if (!next_event(r, &event))
            return NULL;
        bool ended = event.type == YAML_MAPPING_END_EVENT;
        yaml_node *key = ended ? NULL : read_node(r, &event, depth + 1);
        yaml_event_delete(&event);
        if (ended)
            return node;
        if (!key)
            return NULL;
        bool is_kept = check_key(r, node, key);
        if (!next_event(r, &event))
            return NULL;
        yaml_node *value = read_node(r, &event, depth + 1);
        yaml_event_delete(&event);
        if (!value || (is_kept && !append(r, node, key, value)))
            return NULL;
    }
    return NULL;
}

static yaml_node *read_node(yaml_reader *r, yaml_event_t *event, int depth) {
    base_place place = place_of(r, &event->start_mark);
    if (depth > DEEPEST) {
        fail(r, place, "lists and maps are nested more than 32 deep");
        return NULL;
    }
    if (event->type == YAML_SCALAR_EVENT)
        return read_scalar(r, event);
    if (event->type == YAML_SEQUENCE_START_EVENT)
        return read_list(r, event, depth);
    if (event->type == YAML_MAPPING_START_EVENT)
        return read_map(r, event, depth);
    if (event->type != YAML_ALIAS_EVENT) {
        fail(r, place, "a value was expected here");
        return NULL;
    }
    yaml_node *alias = new_node(r, YAML_SCALAR, &event->start_mark);
    if (alias) {
        alias->text = "";
        fail_node(r, alias, "aliases (*name) are not allowed");
    }
    return alias;
}

/** Stream and document around the one root node. */
static yaml_node *read_document(yaml_reader *r) {
    yaml_node *root = NULL;
    while (true) {
        yaml_event_t event;
        if (!next_event(r, &event))
            return NULL;
        yaml_event_type_t type = event.type;
        if (type != YAML_STREAM_START_EVENT && type != YAML_DOCUMENT_START_EVENT && type != YAML_DOCUMENT_END_EVENT &&
            type != YAML_STREAM_END_EVENT) {
            if (root) {
                fail(r, place_of(r, &event.start_mark), "there is a second document; only one is allowed");
                type = YAML_STREAM_END_EVENT;
            } else {
                root = read_node(r, &event, 0);
                if (!root)
                    type = YAML_STREAM_END_EVENT;
            }
        }
        yaml_event_delete(&event);
        if (type == YAML_STREAM_END_EVENT)
            return root;
    }
}

/** NUL characters and bytes that are not UTF-8: where, and which byte. */
static bool check_bytes(const char *bytes, size_t n, const char *file, problem_list *problems) {
    const char *nul = n ? memchr(bytes, 0, n) : NULL;
    size_t bad = n;
    base_place place = {file, 1, 1};
    text_is_utf8(bytes, n, &bad);
    if (nul && (size_t)(nul - bytes) < bad)
        bad = (size_t)(nul - bytes);
    if (bad >= n)
        return true;
    for (size_t i = 0; i < bad; i++) {
        place.line += bytes[i] == '\n';
        place.column = bytes[i] == '\n' ? 1 : place.column + ((bytes[i] & 0xc0) != 0x80);
    }
    problem_add(problems, PROBLEM_ERROR, place, "the byte 0x%02x is not text in UTF-8; save the file as UTF-8",
                (unsigned char)bytes[bad]);
    return false;
}

yaml_node *yaml_parse_bytes(const char *bytes, size_t n, const char *file, arena *memory, problem_list *problems) {
    if (!check_bytes(bytes, n, file, problems))
        return NULL;
    if (n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) { /* a byte order mark would count as a column */
        bytes += 3;
        n -= 3;
    }
    yaml_reader r = {.file = file, .memory = memory, .problems = problems};
    if (!yaml_parser_initialize(&r.parser)) {
        problem_add(problems, PROBLEM_ERROR, (base_place){.file = file}, "no memory to read it");
        return NULL;
    }
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)bytes, n);
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_node *root = read_document(&r);
    yaml_parser_delete(&r.parser);
    if (!root && !r.failed)
        problem_add(problems, PROBLEM_ERROR, (base_place){file, 1, 1},
                    "the file is empty; a scenario begins with `tessera: 1`");
    return root;
}

const yaml_node *yaml_get(const yaml_node *map, const char *key) {
    if (!map || map->kind != YAML_MAP)
        return NULL;
    for (size_t i = 0; i < map->n; i++)
        if (strcmp(map->keys[i]->text, key) == 0)
            return map->items[i];
    return NULL;
}

const char *yaml_kind_name(const yaml_node *node) {
    return node->kind == YAML_MAP ? "a map" : node->kind == YAML_LIST ? "a list" : "a single value";
}
