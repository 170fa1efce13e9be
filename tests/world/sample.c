/* The sample world: a made-up country of two provinces in the Gulf of Guinea, one of them with a lake. */
#include "sample.h"

#include <math.h>
#include <stdlib.h>

enum { GOVERNMENT, REBELS, SPLINTER, NEIGHBOUR, BANK }; /* actors */

static world_number plain(double value, int32_t source) {
    return (world_number){.value = value, .low = value, .high = value, .source = source};
}

static uint32_t add_box(world_builder *b, uint32_t area, double west, double south, double size, bool is_hole) {
    const world_point corners[] = {
        {west, south}, {west + size, south}, {west + size, south + size}, {west, south + size}, {west, south}};
    world_ring ring = {.area = area, .n_points = 5, .is_hole = is_hole};
    for (int i = 0; i < 5; i++) {
        uint32_t at = world_add_points(b, &corners[i]);
        if (i == 0)
            ring.first_point = at;
    }
    return world_add_rings(b, &ring);
}

static void add_areas(world_builder *b) {
    const float distances[] = {0, 222, 222, 0};
    uint32_t west = add_box(b, 0, 0, 0, 2, false);
    add_box(b, 0, 0.5, 0.5, 0.5, true);
    uint32_t east = add_box(b, 1, 2, 0, 2, false);
    world_add_areas(b, &(world_area){.name = world_builder_text(b, "West Province"),
                                     .n_rings = 2,
                                     .first_ring = west,
                                     .population = 1000,
                                     .area_km2 = 46000,
                                     .longitude = 1.5,
                                     .latitude = 1});
    world_add_areas(b, &(world_area){.name = world_builder_text(b, "Nay Pyi Taw"),
                                     .n_rings = 1,
                                     .first_ring = east,
                                     .population = 3000,
                                     .area_km2 = 49000,
                                     .longitude = 3,
                                     .latitude = 1});
    world_add_borders(b, &(world_border){.from = 0, .to = 1, .length_km = 222});
    world_add_borders(b, &(world_border){.from = 1, .to = 0, .length_km = 222});
    for (int i = 0; i < 4; i++)
        world_add_distances(b, &distances[i]);
    world_add_aliases(b, &(world_alias){.name = world_builder_text(b, "capital"), .area = 1});
}

static void add_actors(world_builder *b) {
    const struct {
        const char *id;
        world_actor_kind kind;
        int32_t faction, power, part_of, sponsor;
    } actors[] = {
        {"government", WORLD_FACTION, 0, WORLD_NONE, WORLD_NONE, WORLD_NONE},
        {"rebels", WORLD_FACTION, 1, WORLD_NONE, WORLD_NONE, NEIGHBOUR},
        {"splinter", WORLD_FACTION, 2, WORLD_NONE, REBELS, WORLD_NONE},
        {"neighbour", WORLD_POWER, WORLD_NONE, 0, WORLD_NONE, WORLD_NONE},
        {"bank", WORLD_POWER, WORLD_NONE, 1, WORLD_NONE, WORLD_NONE},
    };
    for (size_t i = 0; i < sizeof actors / sizeof actors[0]; i++) {
        world_text id = world_builder_text(b, actors[i].id);
        world_add_actors(b, &(world_actor){.id = id,
                                           .title = id,
                                           .kind = actors[i].kind,
                                           .faction = actors[i].faction,
                                           .power = actors[i].power,
                                           .founded = DATE_MIN,
                                           .part_of = actors[i].part_of,
                                           .sponsor = actors[i].sponsor,
                                           .home_area = WORLD_NONE});
    }
    world_add_actor_names(b, &(world_actor_name){.actor = GOVERNMENT,
                                                 .vocabulary = WORLD_NAME_GED,
                                                 .name = world_builder_text(b, "Government of Sample"),
                                                 .from = DATE_MIN,
                                                 .to = DATE_MAX});
    world_add_channels(b, &(world_channel){.id = world_builder_text(b, "government-rebels"),
                                           .kind = WORLD_BATTLE,
                                           .actor_a = GOVERNMENT,
                                           .actor_b = REBELS});
    world_add_channels(b, &(world_channel){.id = world_builder_text(b, "rebels-civilians"),
                                           .kind = WORLD_ONE_SIDED,
                                           .actor_a = REBELS,
                                           .actor_b = WORLD_NONE});
}

static void add_past(world_builder *b) {
    world_schedule_step steps[] = {{.from = 16000, .known = 16000, .value = plain(1, 0)},
                                   {.from = 17000, .known = 16500, .value = plain(0.5, WORLD_NONE)}};
    world_add_schedule_steps(b, &steps[0]);
    world_add_schedule_steps(b, &steps[1]);
    world_add_schedules(b, &(world_schedule){.id = world_builder_text(b, "support"),
                                             .kind = WORLD_FOREIGN_SUPPORT,
                                             .actor = GOVERNMENT,
                                             .other = WORLD_NONE,
                                             .area = WORLD_NONE,
                                             .n_steps = 2,
                                             .whatif = WORLD_NONE});
    world_event event = {.kind = WORLD_EVENT_RULER,
                         .day = 17000,
                         .known = 17000,
                         .actor = REBELS,
                         .other = WORLD_NONE,
                         .area = WORLD_NONE,
                         .whatif = WORLD_NONE,
                         .amount = {.value = NAN, .low = NAN, .high = NAN, .source = WORLD_NONE}};
    world_add_events(b, &event);
    event.day = 17100; /* neither what is off nor what belongs to a what-if changes the ruler */
    event.actor = SPLINTER;
    event.off = 1;
    world_add_events(b, &event);
    event.off = 0;
    event.whatif = 0;
    world_add_events(b, &event);
    world_add_rulers(b, &(world_ruler){.from = 16000, .known = 16000, .actor = GOVERNMENT, .source = 0});
    world_add_rulers(b, &(world_ruler){.from = 18000, .known = 18000, .actor = WORLD_NONE, .source = WORLD_NONE});
    world_add_ladders(b, &(world_ladder){.power = NEIGHBOUR, .faction = REBELS, .start = 2, .source = WORLD_NONE});
    world_add_facts(b, &(world_fact){.about = WORLD_FACT_STRENGTH,
                                     .actor = REBELS,
                                     .other = WORLD_NONE,
                                     .area = 0,
                                     .first = 16000,
                                     .last = 16030,
                                     .known = 16100,
                                     .number = plain(500, 0)});
}

static void add_settings(world_builder *b) {
    world_add_initials(b, &(world_initial){.kind = WORLD_INITIAL_STRENGTH,
                                           .actor = GOVERNMENT,
                                           .other = WORLD_NONE,
                                           .area = WORLD_NONE,
                                           .number = plain(2000, WORLD_NONE)});
    world_add_parameters(b, &(world_parameter){.name = world_builder_text(b, "battle.rate"),
                                               .actor = WORLD_NONE,
                                               .other = WORLD_NONE,
                                               .channel = 0,
                                               .area = WORLD_NONE,
                                               .is_fixed = 1,
                                               .number = plain(0.1, WORLD_NONE)});
    world_add_estimates(
        b, &(world_estimate){
               .name = world_builder_text(b, "battle.rate"), .actor = WORLD_NONE, .other = WORLD_NONE, .channel = 0});
    world_add_switches(b, &(world_switch){.mechanism = world_builder_text(b, "publicity"), .is_on = 0});
    world_add_questions(b, &(world_question){.id = world_builder_text(b, "peace"),
                                             .metric = WORLD_METRIC_EVENTS,
                                             .op = WORLD_LE,
                                             .mode = WORLD_AT,
                                             .actor = WORLD_NONE,
                                             .other = WORLD_NONE,
                                             .area = WORLD_NONE,
                                             .channel = 1,
                                             .first_month = 441,
                                             .last_month = 441,
                                             .threshold = 2});
    world_add_whatifs(b, &(world_whatif){.id = world_builder_text(b, "split"), .title = 0});
    world_add_sources(b, &(world_source){.id = world_builder_text(b, "report"),
                                         .title = world_builder_text(b, "A report"),
                                         .date = world_builder_text(b, "2016-01-01")});
    world_add_files(b, &(world_file){.path = world_builder_text(b, "events.csv"),
                                     .role = WORLD_FILE_EVENTS,
                                     .from = DATE_MIN,
                                     .to = DATE_MAX,
                                     .source = 0,
                                     .line = 7,
                                     .column = 5});
}

world_builder *sample_builder(void) {
    world_builder *b = world_builder_create();
    if (b == NULL)
        return NULL;
    world *header = world_builder_header(b);
    header->name = world_builder_text(b, "Sample");
    header->country = header->name;
    header->first_month = 421;
    header->last_observed = 440;
    header->last_month = 452;
    header->substeps = 4;
    add_areas(b);
    add_actors(b);
    add_past(b);
    add_settings(b);
    return b;
}

world *sample_world(void) {
    world_builder *b = sample_builder();
    world *w = NULL;
    if (b == NULL || world_builder_freeze(b, &w, NULL) != TSR_OK)
        w = NULL;
    world_builder_free(b);
    return w;
}
