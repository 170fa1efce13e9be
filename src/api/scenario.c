/* Public functions on scenarios and their problems. */
#include "api/objects.h"

#include "base/json.h"
#include "base/text.h"
#include "scenario/scenario.h"

#include <stdlib.h>
#include <string.h>

void tsr_text_free(char *text) {
    free(text);
}

size_t tsr_problems_count(const tsr_problems *problems) {
    return problems ? problems->list.n : 0;
}

tsr_problem tsr_problems_get(const tsr_problems *problems, size_t i) {
    const problem *p = &problems->list.items[i];
    return (tsr_problem){.is_warning = p->severity == PROBLEM_WARNING,
                         .file = p->file ? p->file : "",
                         .line = p->line,
                         .column = p->column,
                         .message = p->message};
}

void tsr_problems_free(tsr_problems *problems) {
    if (problems)
        problem_list_clear(&problems->list);
    free(problems);
}

tsr_problems *api_problems_create(void) {
    tsr_problems *problems = calloc(1, sizeof *problems);
    if (problems)
        problem_list_init(&problems->list);
    return problems;
}

void api_problems_hand_over(tsr_problems *problems, tsr_problems **out) {
    if (out)
        *out = problems;
    else
        tsr_problems_free(problems);
}

/** Hash of a file that the scenario names, from the panel when that has read it. */
static tsr_status hash_of(const tsr_scenario *scenario, const tsr_panel *p, const char *name, char hex[65],
                          tsr_error *error) {
    tsr_status status = TSR_OK;
    char path[TSR_PATH_SIZE];
    for (size_t i = 0; p && i < p->p->n_files; i++)
        if (strcmp(p->p->files[i].path, name) == 0) {
            memcpy(hex, p->p->files[i].hash, sizeof p->p->files[i].hash);
            return TSR_OK;
        }
    TRY(path_join(scenario->folder, name, path, error));
    TRY(sha256_file(path, hex, NULL, error));
out:
    return status;
}

tsr_status api_scenario_hash(const tsr_scenario *scenario, const tsr_panel *p, char hex[65], tsr_error *error) {
    tsr_status status = TSR_OK;
    text_buffer all;
    size_t n;
    const world_file *files = world_files(scenario->w, &n);
    text_buffer_init(&all);
    text_add_string(&all, scenario->yaml_hash);
    for (size_t i = 0; i < n; i++) {
        char one[65];
        TRY(hash_of(scenario, p, world_string(scenario->w, files[i].path), one, error));
        text_add_string(&all, one);
    }
    if (all.failed)
        status = FAIL(error, TSR_E_MEMORY, "no memory to hash the scenario");
    else
        sha256_bytes(all.data, all.n, hex);
out:
    text_buffer_clear(&all);
    return status;
}

/** A scenario may have been named by its file. */
static tsr_status hash_yaml(tsr_scenario *scenario, tsr_error *error) {
    tsr_status status = TSR_OK;
    char path[TSR_PATH_SIZE];
    TRY(path_join(scenario->folder, "scenario.yaml", path, error));
    TRY(sha256_file(scenario->is_file ? scenario->path : path, scenario->yaml_hash, NULL, error));
out:
    return status;
}

static bool ends_with(const char *text, const char *end) {
    size_t n = strlen(text), k = strlen(end);
    return n >= k && strcmp(text + n - k, end) == 0;
}

tsr_status tsr_scenario_read(const char *path, tsr_scenario **out, tsr_problems **problems, tsr_error *error) {
    tsr_status status = TSR_OK;
    tsr_problems *list = api_problems_create();
    tsr_scenario *scenario = calloc(1, sizeof *scenario);
    if (!list || !scenario) {
        status = FAIL(error, TSR_E_MEMORY, "no memory for the scenario");
        goto out;
    }
    scenario->path = strdup(path);
    if (!scenario->path) {
        status = FAIL(error, TSR_E_MEMORY, "no memory for the scenario");
        goto out;
    }
    scenario->is_file = ends_with(path, ".yaml") || ends_with(path, ".yml");
    TRY(scenario_read(path, &scenario->w, scenario->folder, &list->list, error));
    TRY(hash_yaml(scenario, error));
    *out = scenario;
    scenario = NULL;
out:
    tsr_scenario_free(scenario);
    api_problems_hand_over(list, problems);
    return status;
}

void tsr_scenario_free(tsr_scenario *scenario) {
    if (!scenario)
        return;
    free(scenario->w);
    free(scenario->path);
    free(scenario);
}

const char *tsr_scenario_name(const tsr_scenario *scenario) {
    return world_string(scenario->w, scenario->w->name);
}

tsr_status api_text(text_buffer *b, char **text, tsr_error *error) {
    if (b->failed) {
        text_buffer_clear(b);
        return FAIL(error, TSR_E_MEMORY, "no memory for the text");
    }
    text_add(b, "", 0);
    *text = b->data ? b->data : calloc(1, 1);
    return *text ? TSR_OK : FAIL(error, TSR_E_MEMORY, "no memory for the text");
}

tsr_status tsr_scenario_describe(const tsr_scenario *scenario, char **text, tsr_error *error) {
    text_buffer b;
    text_buffer_init(&b);
    tsr_status status = scenario_describe(scenario->w, &b);
    if (status != TSR_OK) {
        text_buffer_clear(&b);
        return FAIL(error, status, "the scenario could not be described");
    }
    return api_text(&b, text, error);
}

static void put_problems(json *root, const tsr_problems *problems) {
    size_t errors = 0;
    json *list = json_put_array(root, "problems");
    for (size_t i = 0; i < tsr_problems_count(problems); i++) {
        tsr_problem p = tsr_problems_get(problems, i);
        json *item = json_add_object(list);
        json_put_string(item, "file", p.file);
        json_put_integer(item, "line", p.line);
        json_put_integer(item, "column", p.column);
        json_put_string(item, "severity", p.is_warning ? "warning" : "error");
        json_put_string(item, "message", p.message);
        errors += !p.is_warning;
    }
    json_put_bool(root, "valid", errors == 0);
}

tsr_status tsr_problems_json(const tsr_problems *problems, char **text, tsr_error *error) {
    json *root = json_new();
    size_t n;
    put_problems(root, problems);
    tsr_status status = json_dump(root, true, text, &n, error);
    json_free(root);
    return status;
}

tsr_status tsr_failure_json(const tsr_error *failure, const tsr_problems *problems, char **text, tsr_error *error) {
    json *root = json_new();
    size_t n;
    json *item = json_put_object(root, "error");
    json_put_string(item, "status", tsr_status_name(failure->status));
    json_put_string(item, "message", failure->message);
    json_put_string(item, "file", failure->file);
    json_put_integer(item, "line", failure->line);
    json_put_integer(item, "column", failure->column);
    if (tsr_problems_count(problems) > 0)
        put_problems(root, problems);
    tsr_status status = json_dump(root, true, text, &n, error);
    json_free(root);
    return status;
}
