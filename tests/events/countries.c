/* Afghanistan and Myanmar for tests. */
#include "countries.h"

#include "base/table.h"
#include "world/geography.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const country afghanistan = {
    .folder = "afghanistan",
    .name = "Afghanistan",
    .views_id = 133,
    .first_month = 421, /* 2015-01 */
    .last_month = 492,  /* 2020-12 */
    .actors = (const char *const[]){"Government of Afghanistan", "Taleban", "IS", NULL},
};

const country myanmar = {
    .folder = "myanmar",
    .name = "Myanmar (Burma)",
    .views_id = 149,
    .first_month = 457, /* 2018-01 */
    .last_month = 528,  /* 2023-12 */
    .actors = (const char *const[]){"Government of Myanmar (Burma)", "KIO", "ULA", "KNU", "MNDAA", "NUG", NULL},
};

static uint32_t count_actors(const country *c) {
    uint32_t n = 0;
    while (c->actors[n] != NULL)
        n++;
    return n;
}

uint32_t country_battle(uint32_t actor) {
    return actor - 1;
}

uint32_t country_one_sided(const country *c, uint32_t actor) {
    return count_actors(c) - 1 + actor;
}

static void die(const tsr_error *error) {
    fprintf(stderr, "%s:%u: %s\n", error->file, error->line, error->message);
    abort();
}

static void add_aliases(world_builder *b, const char *path) {
    table t = {0};
    size_t n_areas;
    tsr_error error = TSR_ERROR_INIT;
    if (table_read(path, &t, &error) != TSR_OK)
        die(&error);
    const world_area *areas = world_built_areas(b, &n_areas);
    for (size_t i = 0; i < t.n_rows; i++) {
        char normal[128];
        uint32_t area = 0;
        while (area < n_areas && strcmp(world_builder_string(b, areas[area].name), t.rows[i].cells[1]) != 0)
            area++;
        if (area == n_areas || strlen(t.rows[i].cells[0]) >= sizeof normal)
            abort();
        world_normal_area_name(t.rows[i].cells[0], normal);
        world_add_aliases(b, &(world_alias){.name = world_builder_text(b, normal), .area = area});
    }
    table_clear(&t);
}

static void add_actors(world_builder *b, const country *c) {
    uint32_t n = count_actors(c);
    for (uint32_t i = 0; i < n; i++) {
        world_text text = world_builder_text(b, c->actors[i]);
        world_add_actors(b, &(world_actor){.id = text,
                                           .title = text,
                                           .kind = WORLD_FACTION,
                                           .faction = (int32_t)i,
                                           .power = WORLD_NONE,
                                           .founded = DATE_MIN,
                                           .part_of = WORLD_NONE,
                                           .sponsor = WORLD_NONE,
                                           .home_area = WORLD_NONE});
        world_add_actor_names(b, &(world_actor_name){.actor = i, .name = text, .from = DATE_MIN, .to = DATE_MAX});
    }
    for (uint32_t i = 1; i < n; i++)
        world_add_channels(b, &(world_channel){.id = world_builder_text(b, c->actors[i]),
                                               .kind = WORLD_BATTLE,
                                               .actor_a = 0,
                                               .actor_b = (int32_t)i});
    for (uint32_t i = 0; i < n; i++) {
        char id[128];
        snprintf(id, sizeof id, "%s-civilians", c->actors[i]);
        world_add_channels(b, &(world_channel){.id = world_builder_text(b, id),
                                               .kind = WORLD_ONE_SIDED,
                                               .actor_a = (int32_t)i,
                                               .actor_b = WORLD_NONE});
    }
}

static date_day day_of(const char *text, date_day otherwise) {
    date_day first = otherwise, last;
    if (text != NULL && !date_read(text, strlen(text), &first, &last))
        abort();
    return first;
}

world *country_world(const country *c, const fixture_file *files) {
    char path[TSR_PATH_SIZE];
    tsr_error error = TSR_ERROR_INIT;
    world_builder *b = world_builder_create();
    world *w = NULL;
    if (b == NULL)
        abort();
    snprintf(path, sizeof path, "%s/scenarios/%s/boundaries.geojson", TEST_SOURCE_ROOT, c->folder);
    if (geography_read(path, "name", b, NULL, &error) != TSR_OK)
        die(&error);
    snprintf(path, sizeof path, "%s/scenarios/%s/aliases.csv", TEST_SOURCE_ROOT, c->folder);
    add_aliases(b, path);
    add_actors(b, c);
    for (const fixture_file *f = files; f->name != NULL; f++)
        world_add_files(b, &(world_file){.path = world_builder_text(b, f->name),
                                         .role = f->role,
                                         .from = day_of(f->from, DATE_MIN),
                                         .to = day_of(f->to, DATE_MAX),
                                         .is_complete = f->is_complete,
                                         .source = WORLD_NONE});
    world *header = world_builder_header(b);
    header->name = header->country = world_builder_text(b, c->name);
    header->views_country_id = c->views_id;
    header->first_month = c->first_month;
    header->last_observed = header->last_month = c->last_month;
    header->substeps = 4;
    header->n_factions = count_actors(c);
    if (world_builder_freeze(b, &w, &error) != TSR_OK)
        die(&error);
    world_builder_free(b);
    return w;
}

panel *country_import(const country *c, const fixture_file *files) {
    world *w = country_world(c, files);
    panel *p = NULL;
    tsr_error error = TSR_ERROR_INIT;
    if (panel_import(w, TEST_SOURCE_ROOT "/data/ucdp", NULL, &p, NULL, &error) != TSR_OK)
        die(&error);
    free(w);
    return p;
}
