#include "world.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static world_number plain(double value) {
    return (world_number){.value = value, .low = value, .high = value, .source = WORLD_NONE};
}

static void set(world_builder *b, const char *name, double value) {
    world_add_parameters(b, &(world_parameter){.name = world_builder_text(b, name),
                                               .actor = WORLD_NONE,
                                               .other = WORLD_NONE,
                                               .channel = WORLD_NONE,
                                               .area = WORLD_NONE,
                                               .is_fixed = 1,
                                               .number = plain(value)});
}

static void add_initial(world_builder *b, uint32_t kind, int32_t actor, int32_t other, double value) {
    world_add_initials(
        b, &(world_initial){.kind = kind, .actor = actor, .other = other, .area = WORLD_NONE, .number = plain(value)});
}

static void add_areas(world_builder *b, uint32_t n_areas) {
    for (uint32_t a = 0; a < n_areas; a++) {
        char name[16];
        double west = a;
        const world_point corners[] = {{west, 0}, {west + 1, 0}, {west + 1, 1}, {west, 1}, {west, 0}};
        world_ring ring = {.area = a, .n_points = 5};
        for (int i = 0; i < 5; i++) {
            uint32_t at = world_add_points(b, &corners[i]);
            ring.first_point = i == 0 ? at : ring.first_point;
        }
        snprintf(name, sizeof name, "area %u", a);
        world_add_areas(b, &(world_area){.name = world_builder_text(b, name),
                                         .n_rings = 1,
                                         .first_ring = world_add_rings(b, &ring),
                                         .population = 1000,
                                         .area_km2 = 12000,
                                         .longitude = west + 0.5,
                                         .latitude = 0.5});
    }
    for (uint32_t a = 0; a < n_areas; a++)
        for (uint32_t other = 0; other < n_areas; other++) {
            float km = 111 * fabsf((float)a - (float)other);
            world_add_distances(b, &km);
        }
}

/** The channel of a pair, while there are channels left to add. */
static void add_channel(world_builder *b, int32_t f, int32_t g, uint32_t *n_left) {
    char name[32] = "government-rebels";
    if (*n_left == 0)
        return;
    if (g > 1)
        snprintf(name, sizeof name, "faction %d-%d", f, g);
    world_add_channels(
        b, &(world_channel){.id = world_builder_text(b, name), .kind = WORLD_BATTLE, .actor_a = f, .actor_b = g});
    --*n_left;
}

world *infer_world_create(const infer_world *choices) {
    static const char *const off[] = {"finance",     "relations", "ladder", "pressure", "movement",
                                      "excitation",  "publicity", "losses", "prisons",  "leadership",
                                      "recruitment", "support",   "morale"};
    uint32_t n_factions = choices->n_factions ? choices->n_factions : 2;
    uint32_t n_channels = choices->n_channels ? choices->n_channels : 1;
    world_builder *b = world_builder_create();
    world *w = NULL, *header = world_builder_header(b);
    tsr_error error = TSR_ERROR_INIT;
    header->name = world_builder_text(b, "two sides");
    header->first_month = 421;
    header->last_observed = header->first_month + (int32_t)choices->n_months - 1;
    header->last_month = header->last_observed + 12;
    header->substeps = 1;
    header->n_factions = n_factions;
    add_areas(b, choices->n_areas);
    for (int32_t f = 0; f < (int32_t)n_factions; f++) {
        char name[32];
        snprintf(name, sizeof name, f < 2 ? (f ? "rebels" : "government") : "faction %d", f);
        world_text id = world_builder_text(b, name);
        world_add_actors(b, &(world_actor){.id = id,
                                           .title = id,
                                           .kind = WORLD_FACTION,
                                           .faction = f,
                                           .power = WORLD_NONE,
                                           .founded = DATE_MIN,
                                           .part_of = WORLD_NONE,
                                           .sponsor = WORLD_NONE,
                                           .home_area = WORLD_NONE});
        add_initial(b, WORLD_INITIAL_STRENGTH, f, WORLD_NONE, 1000.0 * choices->n_areas);
    }
    for (int32_t f = 0; f < (int32_t)n_factions; f++)
        for (int32_t g = f + 1; g < (int32_t)n_factions; g++) {
            add_initial(b, WORLD_INITIAL_RELATION, f, g, -0.9);
            add_channel(b, f, g, &n_channels);
        }
    for (size_t i = 0; i < sizeof off / sizeof off[0]; i++)
        if (!(choices->strength_noise > 0) || strcmp(off[i], "morale") != 0)
            world_add_switches(b, &(world_switch){.mechanism = world_builder_text(b, off[i]), .is_on = 0});
    if (choices->strength_noise > 0) {
        set(b, "morale.strength_noise", choices->strength_noise);
        set(b, "morale.base_rate", 0);
    }
    /* 1,000 fighters on both sides of every area: a contact of 1,000 at full hostility. */
    set(b, "intensity.battle_rate", choices->rate / 1000);
    set(b, "intensity.floor", 0);
    set(b, "intensity.cell_sd", choices->cell_sd);
    set(b, "intensity.cell_persistence", choices->cell_persistence);
    set(b, "intensity.channel_sd", choices->channel_sd);
    set(b, "intensity.channel_persistence", 0.99999);
    set(b, "events.cell_size", choices->cell_size);
    set(b, "events.channel_size", choices->channel_size);
    if (choices->estimate)
        world_add_estimates(b, &(world_estimate){.name = world_builder_text(b, choices->estimate),
                                                 .actor = WORLD_NONE,
                                                 .other = WORLD_NONE,
                                                 .channel = WORLD_NONE});
    assert_int_equal(world_builder_freeze(b, &w, &error), TSR_OK);
    world_builder_free(b);
    return w;
}

panel *infer_panel_create(const world *w) {
    size_t n_areas, n_channels;
    panel *p = calloc(1, sizeof *p);
    assert_non_null(p);
    world_areas(w, &n_areas);
    world_channels(w, &n_channels);
    p->first_month = w->first_month;
    p->n_months = (uint32_t)(w->last_observed - w->first_month + 1);
    p->n_areas = (uint32_t)n_areas;
    p->n_channels = (uint32_t)n_channels;
    size_t n_cells = (size_t)p->n_months * n_areas * n_channels, n_rows = (size_t)p->n_months * n_channels;
    p->events = calloc(n_cells, sizeof *p->events);
    p->deaths = calloc(n_cells, sizeof *p->deaths);
    p->unlocated_events = calloc(n_rows, sizeof *p->unlocated_events);
    p->unlocated_deaths = calloc(n_rows, sizeof *p->unlocated_deaths);
    p->long_events = calloc(n_rows, sizeof *p->long_events);
    p->long_deaths = calloc(n_rows, sizeof *p->long_deaths);
    p->type_deaths = calloc((size_t)p->n_months * PANEL_TYPES, sizeof *p->type_deaths);
    p->type_events = calloc((size_t)p->n_months * PANEL_TYPES, sizeof *p->type_events);
    p->coverage = calloc(p->n_months, sizeof *p->coverage);
    p->totals = calloc((size_t)p->n_months * PANEL_TYPES, sizeof *p->totals);
    assert_true(p->events && p->deaths && p->unlocated_events && p->unlocated_deaths && p->long_events &&
                p->long_deaths && p->type_deaths && p->type_events && p->coverage && p->totals);
    for (uint32_t t = 0; t < p->n_months; t++)
        p->coverage[t] = PANEL_COMPLETE;
    for (size_t i = 0; i < (size_t)p->n_months * PANEL_TYPES; i++)
        p->totals[i] = NAN;
    return p;
}
