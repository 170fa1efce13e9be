/* A tiny country of two areas: West and East, squares side by side. */
#include "fixture.h"

#include <stdio.h>

int country_make(void **state) {
    if (scratch_make(state) != 0)
        return -1;
    scratch_write(
        scratch_path(state, "boundaries.geojson"),
        "{\"type\": \"FeatureCollection\", \"features\": [\n"
        "{\"type\": \"Feature\", \"properties\": {\"name\": \"West\"}, \"geometry\": {\"type\": \"Polygon\",\n"
        "\"coordinates\": [[[10, 10], [11, 10], [11, 11], [10, 11], [10, 10]]]}},\n"
        "{\"type\": \"Feature\", \"properties\": {\"name\": \"East\"}, \"geometry\": {\"type\": \"Polygon\",\n"
        "\"coordinates\": [[[11, 10], [12, 10], [12, 11], [11, 11], [11, 10]]]}}]}\n");
    scratch_write(scratch_path(state, "population.csv"), "name,population\nWest,1000000\nEast,500000\n");
    return 0;
}

char *edited(const char *text, const char *from, const char *to) {
    const char *at = from ? strstr(text, from) : text + strlen(text);
    size_t cut = from ? strlen(from) : 0;
    char *out = NULL;
    if (!at || (from && strstr(at + cut, from)))
        fail_msg("'%s' must be there once in:\n%s", from, text);
    assert_true(asprintf(&out, "%.*s%s%s", (int)(at - text), text, to, at + cut) >= 0);
    return out;
}

bool take_mark(char *text, uint32_t *line, uint32_t *column) {
    char *mark = strchr(text, '^');
    if (!mark)
        return false;
    *line = *column = 1;
    for (const char *c = text; c < mark; c++)
        if (*c == '\n') {
            ++*line;
            *column = 1;
        } else if ((*c & 0xc0) != 0x80) { /* columns are characters, not bytes */
            ++*column;
        }
    memmove(mark, mark + 1, strlen(mark));
    return true;
}

tsr_status read_text(void **state, const char *text, world **out, problem_list *list) {
    tsr_error error = TSR_ERROR_INIT;
    problem_list_init(list);
    *out = NULL;
    tsr_status status = scenario_read_bytes(text, strlen(text), "scenario.yaml", *state, out, list, &error);
    assert_int_equal(status, error.status);
    assert_true((status == TSR_OK) == (*out != NULL));
    assert_true((status == TSR_E_INPUT) == (list->n_errors > 0));
    return status;
}

void expect_errors(const problem_list *list, size_t n, const char *text) {
    if (list->n_errors == n)
        return;
    for (size_t i = 0; i < list->n; i++)
        print_error("%s:%u:%u: %s\n", list->items[i].file, list->items[i].line, list->items[i].column,
                    list->items[i].message);
    fail_msg("%zu errors, not %zu, in:\n%s", list->n_errors, n, text);
}
