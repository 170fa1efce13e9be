/* `selftest`: limits with known answers, as a table or as JSON. */
#include "api/objects.h"

#include "base/json.h"
#include "study/selftest.h"

#include <stdlib.h>

static tsr_status as_json(const selftest_limit *limits, size_t n, uint32_t n_failed, char **text, tsr_error *error) {
    size_t length;
    json *root = json_new();
    json_put_integer(root, "passed", (int64_t)(n - n_failed));
    json_put_integer(root, "failed", n_failed);
    json *array = json_put_array(root, "limits");
    for (size_t i = 0; i < n; i++) {
        json *item = json_add_object(array);
        json_put_string(item, "name", limits[i].name);
        json_put_string(item, "text", limits[i].text);
        json_put_number(item, "exact", limits[i].exact);
        json_put_number(item, "computed", limits[i].computed);
        json_put_number(item, "tolerance", limits[i].tolerance);
        json_put_bool(item, "passed", limits[i].passed);
    }
    tsr_status status = json_dump(root, true, text, &length, error);
    json_free(root);
    return status;
}

static tsr_status as_table(const selftest_limit *limits, size_t n, uint32_t n_failed, char **text, tsr_error *error) {
    text_buffer b;
    text_buffer_init(&b);
    text_add_format(&b, "%-27s %14s %14s %10s\n", "limit", "exact", "computed", "tolerance");
    for (size_t i = 0; i < n; i++)
        text_add_format(&b, "%-27s %14.9g %14.9g %10.2g  %s\n    %s\n", limits[i].name, limits[i].exact,
                        limits[i].computed, limits[i].tolerance, limits[i].passed ? "ok" : "FAILED", limits[i].text);
    text_add_format(&b, "\n%zu passed, %u failed\n", n - n_failed, n_failed);
    return api_text(&b, text, error);
}

tsr_status tsr_selftest(const tsr_hooks *hooks, bool as_object, char **text, uint32_t *n_failed, tsr_error *error) {
    size_t n = selftest_count();
    selftest_limit *limits = calloc(n, sizeof *limits);
    uint32_t failed = 0;
    if (!limits)
        return FAIL(error, TSR_E_MEMORY, "no memory for %zu limits", n);
    tsr_status status = selftest_run(hooks, limits, error);
    for (size_t i = 0; status == TSR_OK && i < n; i++)
        failed += !limits[i].passed;
    if (status == TSR_OK)
        status = (as_object ? as_json : as_table)(limits, n, failed, text, error);
    if (status == TSR_OK)
        *n_failed = failed;
    free(limits);
    return status;
}
