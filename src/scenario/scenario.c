/* Reading a scenario: YAML, then section by section into the builder, then the freeze. */
#include "scenario/scenario.h"

#include "base/file.h"
#include "scenario/reader.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static tsr_status read_sections(reader *r, const yaml_node *root) {
    read_header(r, root);
    read_sources(r, root);
    read_areas(r, root);
    read_files(r, root);
    read_actors(r, root);
    read_channels(r, root);
    read_rulers(r, root);
    read_ladder(r, root);
    read_initial(r, root);
    read_facts(r, root);
    read_schedules(r, yaml_get(root, "schedules"), WORLD_NONE);
    read_dated_events(r, yaml_get(root, "dated_events"), WORLD_NONE);
    read_whatifs(r, root);
    read_parameters(r, root);
    read_estimates(r, root);
    read_mechanisms(r, root);
    read_questions(r, root);
    check_sources(r, root);
    return TSR_OK;
}

tsr_status scenario_read_bytes(const char *bytes, size_t n, const char *file, const char *folder, world **out,
                               problem_list *problems, tsr_error *error) {
    tsr_status status = TSR_OK;
    reader r = {.b = world_builder_create(),
                .problems = problems,
                .memory = arena_create(),
                .file = file,
                .folder = folder,
                .first_day = DATE_MIN,
                .last_day = DATE_MAX};
    if (!r.b || !r.memory) {
        status = FAIL(error, TSR_E_MEMORY, "no memory to read %s", file);
        goto out;
    }
    const yaml_node *root = yaml_parse_bytes(bytes, n, file, r.memory, problems);
    if (root)
        TRY(read_sections(&r, root));
    TRY(problem_list_status(problems, error));
    status = world_builder_freeze(r.b, out, error);
    if (status == TSR_E_INPUT && error)
        problem_add(problems, PROBLEM_ERROR, (base_place){.file = file}, "%s", error->message);
out:
    world_builder_free(r.b);
    arena_free(r.memory);
    return status;
}

static bool is_folder(const char *path) {
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

tsr_status scenario_read(const char *path, world **out, char folder[TSR_PATH_SIZE], problem_list *problems,
                         tsr_error *error) {
    tsr_status status = TSR_OK;
    char file[TSR_PATH_SIZE], *bytes = NULL;
    size_t n;
    if (is_folder(path))
        TRY(path_join(path, "scenario.yaml", file, error));
    else
        TRY(path_join(".", path, file, error));
    TRY(path_folder(file, folder, error));
    const char *shown = strncmp(file, "./", 2) == 0 ? file + 2 : file;
    status = file_read(shown, &bytes, &n, error);
    if (status == TSR_E_INPUT && error)
        problem_add(problems, PROBLEM_ERROR, (base_place){.file = shown}, "%s", error->message);
    TRY(status);
    TRY(scenario_read_bytes(bytes, n, shown, folder, out, problems, error));
out:
    free(bytes);
    return status;
}
