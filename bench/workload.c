#include "workload.h"

#include "world/builder.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

workload workload_make(const char *name, uint32_t n_areas, double mean) {
    return (workload){.name = name,
                      .n_areas = n_areas,
                      .n_months = WORKLOAD_MONTHS,
                      .mean = mean,
                      .strength = 1000,
                      .relation = -0.9,
                      .indiscriminate = 0.3,
                      .cell_sd = 1,
                      .cell_persistence = 0.98,
                      .channel_sd = 0.1,
                      .channel_persistence = 0.995,
                      .cell_size = 10,
                      .channel_size = 20,
                      .deaths_per_event = 5,
                      .sure_death = 0.35,
                      .deaths_size = 0.9,
                      .deaths_size_power = 0.35,
                      .size_effect_sd = 0.25,
                      .size_level_sd = 0.3,
                      .size_level_persistence = 0.98,
                      .civilian_share = 0.1,
                      .start_power = 0.5};
}

double workload_battle_rate(const workload *load) {
    /* Equal forces: a contact of `strength`. */
    double hostility = 1 / (1 + exp((load->relation + 0.1) / 0.1));
    return load->mean / (load->strength * hostility);
}

double workload_one_sided_rate(const workload *load) {
    return load->mean / (load->strength * load->indiscriminate);
}

static world_number plain(double value) {
    return (world_number){.value = value, .low = value, .high = value, .source = WORLD_NONE};
}

/** spread: sd of the log; 0 for a fixed value. */
static void set(world_builder *b, const char *name, double value, double spread) {
    static const double normal_95 = 1.6448536269514722; /* an interval is one of 90 % */
    world_number number = {.value = value,
                           .low = value * exp(-normal_95 * spread),
                           .high = value * exp(normal_95 * spread),
                           .source = WORLD_NONE};
    world_add_parameters(b, &(world_parameter){.name = world_builder_text(b, name),
                                               .actor = WORLD_NONE,
                                               .other = WORLD_NONE,
                                               .channel = WORLD_NONE,
                                               .area = WORLD_NONE,
                                               .is_fixed = spread == 0,
                                               .number = number});
}

static void add_areas(world_builder *b, uint32_t n_areas) {
    for (uint32_t a = 0; a < n_areas; a++) {
        char name[16];
        double west = a * 0.01;
        const world_point corners[] = {{west, 0}, {west + 0.01, 0}, {west + 0.01, 1}, {west, 1}, {west, 0}};
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
                                         .area_km2 = 120,
                                         .longitude = west + 0.005,
                                         .latitude = 0.5});
    }
    for (uint32_t a = 0; a < n_areas; a++)
        for (uint32_t other = 0; other < n_areas; other++) {
            float km = 1.11F * fabsf((float)a - (float)other);
            world_add_distances(b, &km);
        }
}

static void add_factions(world_builder *b, const workload *load) {
    static const char *const names[WORKLOAD_FACTIONS] = {"a", "b", "c", "d"};
    for (int32_t f = 0; f < WORKLOAD_FACTIONS; f++) {
        world_text id = world_builder_text(b, names[f]);
        world_add_actors(b, &(world_actor){.id = id,
                                           .title = id,
                                           .kind = WORLD_FACTION,
                                           .faction = f,
                                           .power = WORLD_NONE,
                                           .founded = DATE_MIN,
                                           .part_of = WORLD_NONE,
                                           .sponsor = WORLD_NONE,
                                           .home_area = WORLD_NONE});
        world_add_initials(b, &(world_initial){.kind = WORLD_INITIAL_STRENGTH,
                                               .actor = f,
                                               .other = WORLD_NONE,
                                               .area = WORLD_NONE,
                                               .number = plain(load->strength * load->n_areas)});
    }
    for (int32_t f = 0; f < WORKLOAD_FACTIONS; f++)
        for (int32_t g = f + 1; g < WORKLOAD_FACTIONS; g++) {
            char id[8];
            snprintf(id, sizeof id, "%s-%s", names[f], names[g]);
            world_add_initials(b, &(world_initial){.kind = WORLD_INITIAL_RELATION,
                                                   .actor = f,
                                                   .other = g,
                                                   .area = WORLD_NONE,
                                                   .number = plain(load->relation)});
            world_add_channels(
                b, &(world_channel){.id = world_builder_text(b, id), .kind = WORLD_BATTLE, .actor_a = f, .actor_b = g});
        }
    for (int32_t f = 0; f < WORKLOAD_FACTIONS; f++) {
        char id[16];
        snprintf(id, sizeof id, "%s-civilians", names[f]);
        world_add_channels(
            b, &(world_channel){
                   .id = world_builder_text(b, id), .kind = WORLD_ONE_SIDED, .actor_a = f, .actor_b = WORLD_NONE});
    }
}

static tsr_status make_world(const workload *load, world **out, tsr_error *error) {
    static const char *const off[] = {"finance",     "relations", "ladder", "pressure", "movement",
                                      "excitation",  "publicity", "losses", "prisons",  "leadership",
                                      "recruitment", "support",   "morale"};
    const struct {
        const char *name;
        double value, spread;
    } values[] = {{"intensity.battle_rate", workload_battle_rate(load), WORKLOAD_RATE_SD},
                  {"intensity.one_sided_rate", workload_one_sided_rate(load), WORKLOAD_RATE_SD},
                  {"intensity.indiscriminate", load->indiscriminate, 0},
                  {"intensity.rivals_effect", 0, 0},
                  {"intensity.floor", 0, 0},
                  {"intensity.start_power", load->start_power, 0},
                  {"intensity.season_amplitude", 0, 0},
                  {"intensity.cell_sd", load->cell_sd, 0},
                  {"intensity.cell_persistence", load->cell_persistence, 0},
                  {"intensity.channel_sd", load->channel_sd, 0},
                  {"intensity.channel_persistence", load->channel_persistence, 0},
                  {"events.cell_size", load->cell_size, 0},
                  {"events.channel_size", load->channel_size, 0},
                  {"events.deaths_per_event", load->deaths_per_event, 0},
                  {"events.sure_death", load->sure_death, 0},
                  {"events.deaths_size", load->deaths_size, 0},
                  {"events.deaths_size_power", load->deaths_size_power, 0},
                  {"events.size_effect_sd", load->size_effect_sd, 0},
                  {"events.size_level_sd", load->size_level_sd, 0},
                  {"events.size_level_persistence", load->size_level_persistence, 0},
                  {"events.civilian_share", load->civilian_share, 0}};
    world_builder *b = world_builder_create();
    world *header = world_builder_header(b);
    header->name = world_builder_text(b, load->name);
    header->first_month = 421;
    header->last_observed = header->first_month;
    header->last_month = header->first_month + (int32_t)load->n_months - 1;
    header->substeps = 1;
    header->n_factions = WORKLOAD_FACTIONS;
    add_areas(b, load->n_areas);
    add_factions(b, load);
    for (size_t i = 0; i < sizeof off / sizeof off[0]; i++)
        world_add_switches(b, &(world_switch){.mechanism = world_builder_text(b, off[i]), .is_on = 0});
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        set(b, values[i].name, values[i].value, values[i].spread);
    tsr_status status = world_builder_freeze(b, out, error);
    world_builder_free(b);
    return status;
}

tsr_status workload_model(const workload *load, world **w, model **m, tsr_error *error) {
    tsr_status status = TSR_OK;
    model_options options = {.use_defaults = true, .whatif = WORLD_NONE};
    TRY(make_world(load, w, error));
    TRY(model_create(*w, &options, m, error));
    /* Scenarios cannot switch these off; here control stays at nobody's. */
    for (uint32_t i = 0; i < (*m)->n_mechanisms; i++) {
        const char *name = model_kernel_baseline.mechanisms[i]->name;
        if (strcmp(name, "control") == 0 || strcmp(name, "schedule") == 0)
            (*m)->is_on[i] = false;
    }
out:
    return status;
}
