/* YAML as a tree with positions. The only user of libyaml.
 *
 * A strict subset: one document in UTF-8; no aliases, anchors, tags, merge keys, empty values or duplicate keys; keys are
 * plain scalars. What is wrong goes to the list of problems with file:line:column.
 */
#ifndef SCENARIO_YAML_TREE_H
#define SCENARIO_YAML_TREE_H

#include "base/arena.h"
#include "base/error.h"

typedef enum yaml_kind { YAML_MAP, YAML_LIST, YAML_SCALAR } yaml_kind;

typedef struct yaml_node yaml_node;
struct yaml_node {
    yaml_kind kind;
    base_place place;
    const char *text; /**< of a scalar */
    bool is_quoted;
    bool is_one_line;  /**< its text stands in the file as it is, behind its place and a quote when it is quoted */
    bool is_reported;  /**< something is wrong with it and was said: say nothing more */
    size_t n;          /**< entries of a map, items of a list */
    yaml_node **keys;  /**< scalars; maps only */
    yaml_node **items; /**< values of a map, items of a list */
};

/** Parse bytes. The tree lives in `memory`, `file` is borrowed. @return NULL when there is no usable tree (problems say why) */
yaml_node *yaml_parse_bytes(const char *bytes, size_t n, const char *file, arena *memory, problem_list *problems);
/** Value of a key, or NULL; NULL for what is no map. */
const yaml_node *yaml_get(const yaml_node *map, const char *key);
/** "a number", "a list" ... as found, for messages. */
const char *yaml_kind_name(const yaml_node *node);

#endif
