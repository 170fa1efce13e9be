/* areas: boundaries, populations, aliases. */
#include "scenario/reader.h"

#include "base/file.h"
#include "base/table.h"
#include "base/text.h"
#include "world/geography.h"

#include <stdio.h>
#include <string.h>

/** Open a table that the scenario names; what is wrong with it becomes a problem. */
static bool open_table(reader *r, const yaml_node *node, const char *what, char path[TSR_PATH_SIZE], table *out) {
    const char *name;
    tsr_error why = TSR_ERROR_INIT;
    if (!reader_text(r, node, what, &name))
        return false;
    if (path_join(r->folder, name, path, &why) == TSR_OK && table_read(path, out, &why) == TSR_OK)
        return true;
    if (*why.file)
        problem_add(r->problems, PROBLEM_ERROR, (base_place){why.file, why.line, why.column}, "%s", why.message);
    else
        reader_error(r, node, "%s", why.message);
    return false;
}

static void table_error(reader *r, const char *path, uint32_t line, const char *message, const char *value) {
    problem_add(r->problems, PROBLEM_ERROR, (base_place){path, line, 1}, message, value);
}

static void read_population(reader *r, const yaml_node *areas) {
    char path[TSR_PATH_SIZE];
    table t;
    const char *column_name = "population";
    reader_text(r, yaml_get(areas, "population_column"), "population_column", &column_name);
    if (!yaml_get(areas, "population")) {
        reader_warning(r, areas, "there is no population file: every area counts the same");
        return;
    }
    if (!open_table(r, yaml_get(areas, "population"), "population", path, &t))
        return;
    int32_t name = table_column(&t, "name"), people = table_column(&t, column_name);
    if (name < 0 || people < 0) {
        problem_add(r->problems, PROBLEM_ERROR, (base_place){path, 1, 1},
                    "the header needs the columns 'name' and '%s'", column_name);
        table_clear(&t);
        return;
    }
    size_t n;
    world_built_areas(r->b, &n);
    uint32_t *lines = arena_alloc(r->memory, (n + 1) * sizeof *lines); /* zeros: the row of each area */
    for (size_t i = 0; lines && n > 0 && i < t.n_rows; i++) {
        const char *cell = t.rows[i].cells[people];
        int32_t area = reader_find_area(r, t.rows[i].cells[name]);
        double value;
        if (area == WORLD_NONE)
            table_error(r, path, t.rows[i].line, "'%s' is not an area of the boundaries", t.rows[i].cells[name]);
        else if (!text_number(cell, strlen(cell), &value) || value < 0)
            table_error(r, path, t.rows[i].line, "the population is '%s'; it must be a number, 0 or more", cell);
        else if (lines[area])
            problem_add(r->problems, PROBLEM_ERROR, (base_place){path, t.rows[i].line, 1},
                        "'%s' appears twice; first on line %u", t.rows[i].cells[name], lines[area]);
        else {
            world_built_areas(r->b, NULL)[area].population = value;
            lines[area] = t.rows[i].line;
        }
    }
    const world_area *built = world_built_areas(r->b, &n);
    for (size_t a = 0; a < n; a++)
        if (!(built[a].population > 0))
            problem_add(r->problems, PROBLEM_WARNING, (base_place){path, 0, 0}, "area '%s' has no population",
                        world_builder_string(r->b, built[a].name));
    table_clear(&t);
}

static void read_aliases(reader *r, const yaml_node *areas) {
    char path[TSR_PATH_SIZE];
    table t;
    if (!yaml_get(areas, "aliases") || !open_table(r, yaml_get(areas, "aliases"), "aliases", path, &t))
        return;
    int32_t alias = table_column(&t, "alias"), name = table_column(&t, "area");
    if (alias < 0 || name < 0)
        problem_add(r->problems, PROBLEM_ERROR, (base_place){path, 1, 1},
                    "the header needs the columns 'alias' and 'area'");
    size_t n;
    world_built_areas(r->b, &n);
    for (size_t i = 0; n > 0 && alias >= 0 && name >= 0 && i < t.n_rows; i++) {
        int32_t area = reader_find_area(r, t.rows[i].cells[name]);
        char *normal = arena_alloc(r->memory, strlen(t.rows[i].cells[alias]) + 1);
        if (area == WORLD_NONE) {
            table_error(r, path, t.rows[i].line, "'%s' is not an area of the boundaries", t.rows[i].cells[name]);
        } else if (normal) {
            world_normal_area_name(t.rows[i].cells[alias], normal);
            int32_t known = reader_find_area(r, t.rows[i].cells[alias]);
            if (known != WORLD_NONE && known != area)
                table_error(r, path, t.rows[i].line, "'%s' already stands for another area", t.rows[i].cells[alias]);
            world_add_aliases(r->b, &(world_alias){world_builder_text(r->b, normal), (uint32_t)area});
        }
    }
    table_clear(&t);
}

void read_areas(reader *r, const yaml_node *root) {
    static const char *const allowed[] = {"boundaries", "id", "population", "population_column", "aliases", NULL};
    static const char *const required[] = {"boundaries", NULL};
    const yaml_node *areas = yaml_get(root, "areas");
    const char *name, *id = "name";
    char path[TSR_PATH_SIZE];
    if (!reader_map(r, areas, "areas", allowed, required) ||
        !reader_text(r, yaml_get(areas, "boundaries"), "boundaries", &name))
        return;
    reader_text(r, yaml_get(areas, "id"), "id", &id);
    tsr_error why = TSR_ERROR_INIT;
    size_t before = r->problems->n_errors;
    tsr_status status = path_join(r->folder, name, path, &why);
    if (status == TSR_OK)
        status = geography_read(path, id, r->b, r->problems, &why);
    if (status != TSR_OK && r->problems->n_errors == before)
        problem_add(r->problems, PROBLEM_ERROR,
                    *why.file ? (base_place){why.file, why.line, why.column} : yaml_get(areas, "boundaries")->place,
                    "%s", why.message);
    read_aliases(r, areas);
    read_population(r, areas);
}
