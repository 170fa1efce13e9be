/* A small country for tests of event data. */
#include "fixture.h"

#include <assert.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { GOVERNMENT, REBELS, PART, MILITIA };

static date_day day_of(const char *text, date_day otherwise) {
    date_day first = otherwise, last;
    if (text != NULL && !date_read(text, strlen(text), &first, &last))
        abort();
    return first;
}

static void add_area(world_builder *b, const char *name, uint32_t area) {
    double west = area;
    const world_point corners[] = {{west, 0}, {west + 1, 0}, {west + 1, 1}, {west, 1}, {west, 0}};
    world_ring ring = {.area = area, .n_points = 5};
    for (int i = 0; i < 5; i++) {
        uint32_t at = world_add_points(b, &corners[i]);
        ring.first_point = i == 0 ? at : ring.first_point;
    }
    world_add_areas(b, &(world_area){.name = world_builder_text(b, name),
                                     .n_rings = 1,
                                     .first_ring = world_add_rings(b, &ring),
                                     .population = 1000,
                                     .area_km2 = 12000,
                                     .longitude = west + 0.5,
                                     .latitude = 0.5});
}

static void add_actor(world_builder *b, const char *id, int32_t faction, int32_t part_of) {
    world_text text = world_builder_text(b, id);
    world_add_actors(b, &(world_actor){.id = text,
                                       .title = text,
                                       .kind = WORLD_FACTION,
                                       .faction = faction,
                                       .power = WORLD_NONE,
                                       .founded = DATE_MIN,
                                       .part_of = part_of,
                                       .sponsor = WORLD_NONE,
                                       .home_area = WORLD_NONE});
}

static void add_name(world_builder *b, uint32_t actor, const char *name, const char *from, const char *to) {
    world_add_actor_names(b, &(world_actor_name){.actor = actor,
                                                 .vocabulary = WORLD_NAME_GED,
                                                 .name = world_builder_text(b, name),
                                                 .from = day_of(from, DATE_MIN),
                                                 .to = day_of(to, DATE_MAX)});
}

static void add_channel(world_builder *b, const char *id, int32_t actor_a, int32_t actor_b) {
    world_add_channels(b, &(world_channel){.id = world_builder_text(b, id),
                                           .kind = actor_b == WORLD_NONE ? WORLD_ONE_SIDED : WORLD_BATTLE,
                                           .actor_a = actor_a,
                                           .actor_b = actor_b});
}

static void add_places(world_builder *b) {
    const float distances[] = {0, 111, 111, 0};
    add_area(b, "West", FIXTURE_WEST);
    add_area(b, "East", FIXTURE_EAST);
    world_add_borders(b, &(world_border){.from = 0, .to = 1, .length_km = 111});
    world_add_borders(b, &(world_border){.from = 1, .to = 0, .length_km = 111});
    for (int i = 0; i < 4; i++)
        world_add_distances(b, &distances[i]);
    world_add_aliases(b, &(world_alias){.name = world_builder_text(b, "far west"), .area = FIXTURE_WEST});
}

world *fixture_world(const fixture_file *files) {
    world_builder *b = world_builder_create();
    world *w = NULL;
    assert(b != NULL);
    add_places(b);
    add_actor(b, "government", 0, WORLD_NONE);
    add_actor(b, "rebels", 1, WORLD_NONE);
    add_actor(b, "part", 2, REBELS);
    add_actor(b, "militia", 3, WORLD_NONE);
    add_name(b, GOVERNMENT, "Government of X", NULL, "2021-08-15");
    add_name(b, REBELS, "Government of X", "2021-08-16", NULL);
    add_name(b, REBELS, "REB", NULL, NULL);
    add_name(b, PART, "REB - faction", NULL, NULL);
    add_name(b, MILITIA, "MIL", NULL, NULL);
    add_channel(b, "government-rebels", GOVERNMENT, REBELS);
    add_channel(b, "rebels-civilians", REBELS, WORLD_NONE);
    add_channel(b, "government-militia", GOVERNMENT, MILITIA);
    for (const fixture_file *f = files; f->name != NULL; f++)
        world_add_files(b, &(world_file){.path = world_builder_text(b, f->name),
                                         .role = f->role,
                                         .from = day_of(f->from, DATE_MIN),
                                         .to = day_of(f->to, DATE_MAX),
                                         .is_complete = f->is_complete,
                                         .source = WORLD_NONE});
    world *header = world_builder_header(b);
    header->name = world_builder_text(b, "Fixture");
    header->country = world_builder_text(b, "Xland");
    header->views_country_id = 7;
    header->first_month = FIXTURE_FIRST;
    header->last_observed = FIXTURE_FIRST + 23;
    header->last_month = header->last_observed + 12;
    header->substeps = 4;
    header->n_factions = 4;
    tsr_error error = TSR_ERROR_INIT;
    if (world_builder_freeze(b, &w, &error) != TSR_OK) {
        fprintf(stderr, "%s\n", error.message);
        abort();
    }
    world_builder_free(b);
    return w;
}

fixture_folder fixture_make_folder(void) {
    const char *parent = getenv("TMPDIR");
    fixture_folder folder;
    snprintf(folder.path, sizeof folder.path, "%s/events-XXXXXX", parent != NULL ? parent : "/tmp");
    if (mkdtemp(folder.path) == NULL)
        abort();
    return folder;
}

void fixture_write(const fixture_folder *folder, const char *name, const void *bytes, size_t n) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder->path, name);
    FILE *f = fopen(path, "wb");
    if (f == NULL || fwrite(bytes, 1, n, f) != n || fclose(f) != 0)
        abort();
}

void fixture_write_text(const fixture_folder *folder, const char *name, const char *text) {
    fixture_write(folder, name, text, strlen(text));
}

void fixture_remove(fixture_folder *folder) {
    DIR *listing = opendir(folder->path);
    for (struct dirent *entry; listing != NULL && (entry = readdir(listing)) != NULL;) {
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", folder->path, entry->d_name);
        if (entry->d_name[0] != '.')
            unlink(path);
    }
    if (listing != NULL)
        closedir(listing);
    rmdir(folder->path);
}

panel *fixture_import(const char *text, problem_list *problems, tsr_error *error) {
    const fixture_file files[] = {{"events.csv", WORLD_FILE_EVENTS, true, NULL, NULL}, {0}};
    fixture_folder folder = fixture_make_folder();
    world *w = fixture_world(files);
    panel_options options = {.tolerance_km = 25};
    panel *p = NULL;
    problem_list_init(problems);
    fixture_write_text(&folder, "events.csv", text);
    if (panel_import(w, folder.path, &options, &p, problems, error) != TSR_OK)
        p = NULL;
    free(w);
    fixture_remove(&folder);
    return p;
}

panel_tally fixture_sum(const panel_file *file) {
    panel_tally sum = {0};
    for (int r = 0; r < PANEL_REASONS; r++) {
        sum.events += file->by_reason[r].events;
        sum.deaths += file->by_reason[r].deaths;
    }
    return sum;
}
