/* JSON values: reading GeoJSON, writing summaries. The only place that knows the JSON library. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/error.h"

/** A value; reference counting is hidden: a child belongs to its parent, the root is freed with json_free. */
typedef struct json json;

/** Parse a whole text. Errors are TSR_E_INPUT with file:line:column; duplicate keys are errors; depth is limited. */
tsr_status json_parse(const char *bytes, size_t n, const char *file, json **out, tsr_error *error);
void json_free(json *root);

bool json_is_map(const json *v);
bool json_is_list(const json *v);
/** Member or NULL. */
const json *json_get(const json *object, const char *key);
/** Keys in the order of the text: the one behind `after` (NULL: the first); NULL at the end, and of what is no object. */
const char *json_key(const json *object, const char *after);
size_t json_count(const json *array);
const json *json_at(const json *array, size_t i);
/** NULL when not a string. */
const char *json_text(const json *v);
/** false when not a number. */
bool json_number(const json *v, double *value);

/* Building. A failed allocation makes the functions return NULL and do nothing with NULL parents: check the root's
 * json_dump at the end, which then fails with TSR_E_MEMORY. Numbers that are not finite are written as null, bytes of a
 * string that are not UTF-8 as U+FFFD. Keys must be UTF-8. */
json *json_new(void);
json *json_put_object(json *object, const char *key);
json *json_put_array(json *object, const char *key);
void json_put_string(json *object, const char *key, const char *value); /**< NULL writes null */
void json_put_number(json *object, const char *key, double value);
void json_put_integer(json *object, const char *key, int64_t value);
void json_put_bool(json *object, const char *key, bool value);
json *json_add_object(json *array);
json *json_add_array(json *array);
void json_add_string(json *array, const char *value);
void json_add_number(json *array, double value);
void json_add_integer(json *array, int64_t value);
/** Text with keys in the order they were put; numbers in shortest form. @param out heap, free() it */
tsr_status json_dump(const json *root, bool indent, char **out, size_t *n, tsr_error *error);

#endif
