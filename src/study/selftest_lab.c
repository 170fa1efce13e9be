/* The bench; see selftest_lab.h. */
#include "study/selftest_lab.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct lab {
    lab_shape shape;
    const char *spoilt;
    bool is_spoilt; /* has been: only the first value of a parameter is */
    world_builder *b;
    world *w;
    model *m;
    const model_kernel *kernel;
    model_tile tile;
    void *storage;
    uint32_t i_month;
    tsr_status status;
    tsr_error error;
};

static world_number plain(double value) {
    return (world_number){.value = value, .low = value, .high = value, .source = WORLD_NONE};
}

static void add_areas(lab *l) {
    uint32_t n = l->shape.n_areas;
    for (uint32_t a = 0; a < n; a++) {
        char name[24];
        double west = a;
        const world_point corners[] = {{west, 0}, {west + 1, 0}, {west + 1, 1}, {west, 1}, {west, 0}};
        world_ring ring = {.area = a, .n_points = 5};
        for (int i = 0; i < 5; i++) {
            uint32_t at = world_add_points(l->b, &corners[i]);
            ring.first_point = i == 0 ? at : ring.first_point;
        }
        snprintf(name, sizeof name, "area %u", a);
        world_add_areas(l->b, &(world_area){.name = world_builder_text(l->b, name),
                                            .n_rings = 1,
                                            .first_ring = world_add_rings(l->b, &ring),
                                            .population = 1e6,
                                            .area_km2 = 12000,
                                            .longitude = west + 0.5,
                                            .latitude = 0.5});
        /* A chain: every area borders on the next one. */
        if (a > 0)
            world_add_borders(l->b, &(world_border){.from = a, .to = a - 1, .length_km = 111});
        if (a + 1 < n)
            world_add_borders(l->b, &(world_border){.from = a, .to = a + 1, .length_km = 111});
    }
    for (uint32_t a = 0; a < n; a++)
        for (uint32_t other = 0; other < n; other++) {
            float km = 111 * fabsf((float)a - (float)other);
            world_add_distances(l->b, &km);
        }
}

static void add_actors(lab *l) {
    static const char *const ids[] = {"government", "rebels", "splinter", "power"};
    world_builder_header(l->b)->n_factions = 3;
    world_builder_header(l->b)->n_powers = 1;
    for (int32_t v = 0; v < 4; v++) {
        world_text id = world_builder_text(l->b, ids[v]);
        world_add_actors(l->b, &(world_actor){.id = id,
                                              .title = id,
                                              .kind = v == POWER ? WORLD_POWER : WORLD_FACTION,
                                              .faction = v == POWER ? WORLD_NONE : v,
                                              .power = v == POWER ? 0 : WORLD_NONE,
                                              .is_regular = v == GOVERNMENT && l->shape.is_regular,
                                              .founded = DATE_MIN,
                                              .part_of = v == SPLINTER ? REBELS : WORLD_NONE,
                                              .sponsor = WORLD_NONE,
                                              .home_area = WORLD_NONE});
    }
    world_add_channels(l->b, &(world_channel){.id = world_builder_text(l->b, "government-rebels"),
                                              .kind = WORLD_BATTLE,
                                              .actor_a = GOVERNMENT,
                                              .actor_b = REBELS});
    world_add_channels(l->b, &(world_channel){.id = world_builder_text(l->b, "rebels-civilians"),
                                              .kind = WORLD_ONE_SIDED,
                                              .actor_a = REBELS,
                                              .actor_b = WORLD_NONE});
    if (l->shape.has_ladder) {
        world_add_ladders(
            l->b, &(world_ladder){.power = POWER, .faction = GOVERNMENT, .start = l->shape.rung, .source = WORLD_NONE});
        world_add_rulers(
            l->b, &(world_ruler){.actor = GOVERNMENT, .from = DATE_MIN, .known = DATE_MIN, .source = WORLD_NONE});
    }
}

/** What every limit has unless it says otherwise: no noise, no multipliers, no floor, no mechanism that can be off. */
static void add_quiet(lab *l) {
    static const struct {
        const char *parameter;
        double value;
    } quiet[] = {{"intensity.floor", 0},
                 {"intensity.cell_sd", 0},
                 {"intensity.channel_sd", 0},
                 {"intensity.battle_rate", 0},
                 {"intensity.one_sided_rate", 0},
                 {"intensity.ruler_premium", 0},
                 {"intensity.season_amplitude", 0},
                 {"events.cell_size", 1e5},
                 {"events.channel_size", 1e5},
                 {"events.size_effect_sd", 0},
                 {"events.size_level_sd", 0},
                 {"control.speed", 0},
                 {"control.collapse_speed", 0},
                 {"control.minimum_strength", 0}};
    for (size_t i = 0; i < sizeof quiet / sizeof quiet[0]; i++)
        world_add_parameters(l->b, &(world_parameter){.name = world_builder_text(l->b, quiet[i].parameter),
                                                      .actor = WORLD_NONE,
                                                      .other = WORLD_NONE,
                                                      .channel = WORLD_NONE,
                                                      .area = WORLD_NONE,
                                                      .is_fixed = 1,
                                                      .number = plain(quiet[i].value)});
    for (size_t i = 0; i < model_kernel_baseline.n_mechanisms; i++)
        if (!model_kernel_baseline.mechanisms[i]->is_core)
            world_add_switches(l->b, &(world_switch){.mechanism = world_builder_text(
                                                         l->b, model_kernel_baseline.mechanisms[i]->name)});
}

lab *lab_create(const lab_shape *shape, const char *spoilt_parameter) {
    lab *l = calloc(1, sizeof *l);
    if (!l)
        return NULL;
    l->shape = *shape;
    l->shape.n_areas = shape->n_areas ? shape->n_areas : 1;
    l->shape.n_months = shape->n_months ? shape->n_months : 12;
    l->shape.substeps = shape->substeps ? shape->substeps : 1;
    l->spoilt = spoilt_parameter;
    l->kernel = shape->is_double ? &model_kernel_double : NULL;
    l->b = world_builder_create();
    if (!l->b) {
        l->status = FAIL(&l->error, TSR_E_MEMORY, "no memory for a world");
        return l;
    }
    world *header = world_builder_header(l->b);
    header->name = world_builder_text(l->b, "limit");
    header->first_month = 421;
    header->last_observed = 421;
    header->last_month = 421 + (int32_t)l->shape.n_months - 1;
    header->substeps = (int32_t)l->shape.substeps;
    add_areas(l);
    add_actors(l);
    add_quiet(l);
    return l;
}

tsr_status lab_free(lab *l, tsr_error *error) {
    if (!l)
        return FAIL(error, TSR_E_MEMORY, "no memory for a limit");
    tsr_status status = l->status;
    if (status != TSR_OK && error)
        *error = l->error;
    free(l->storage);
    model_free(l->m);
    free(l->w);
    world_builder_free(l->b);
    free(l);
    return status;
}

void lab_on(lab *l, const char *name) {
    size_t n;
    if (lab_failed(l))
        return;
    world_switch *switches = world_built_switches(l->b, &n);
    for (size_t i = 0; i < n; i++)
        if (strcmp(world_builder_string(l->b, switches[i].mechanism), name) == 0)
            switches[i].is_on = 1;
}

void lab_set_of(lab *l, const char *name, int32_t actor, double value) {
    if (lab_failed(l))
        return;
    if (l->spoilt && !l->is_spoilt && strcmp(name, l->spoilt) == 0) {
        value *= 1.1;
        l->is_spoilt = true;
    }
    world_add_parameters(l->b, &(world_parameter){.name = world_builder_text(l->b, name),
                                                  .actor = actor,
                                                  .other = WORLD_NONE,
                                                  .channel = WORLD_NONE,
                                                  .area = WORLD_NONE,
                                                  .is_fixed = 1,
                                                  .number = plain(value)});
}

void lab_set(lab *l, const char *name, double value) {
    lab_set_of(l, name, WORLD_NONE, value);
}

void lab_initial(lab *l, uint32_t kind, int32_t actor, int32_t other, int32_t area, double value) {
    if (!lab_failed(l))
        world_add_initials(
            l->b, &(world_initial){.kind = kind, .actor = actor, .other = other, .area = area, .number = plain(value)});
}

void lab_use_kernel(lab *l, const char *kernel) {
    if (!lab_failed(l))
        l->status = ensemble_kernel(kernel, &l->kernel, &l->error);
}

void lab_begin(lab *l) {
    tsr_status status = l->status;
    model_options options = {.use_defaults = true, .free_history = true, .whatif = WORLD_NONE};
    if (status == TSR_OK && !l->kernel)
        status = ensemble_kernel(NULL, &l->kernel, &l->error);
    if (status == TSR_OK)
        status = world_builder_freeze(l->b, &l->w, &l->error);
    if (status == TSR_OK)
        status = model_create(l->w, &options, &l->m, &l->error);
    if (status == TSR_OK)
        status = ensemble_tile_create(l->m, l->kernel, l->shape.is_double ? LANES : RANDOM_MAX_LANES, &l->tile,
                                      &l->storage, &l->error);
    l->status = status;
    if (status != TSR_OK)
        return;
    l->tile.key = l->kernel->key(l->shape.seed, RANDOM_TEST, 0);
    l->kernel->start(&l->tile);
}

void lab_next_members(lab *l) {
    if (lab_failed(l))
        return;
    l->tile.first_slot += l->tile.n_lanes;
    l->i_month = 0;
    l->kernel->start(&l->tile);
}

void lab_month(lab *l) {
    if (!lab_failed(l) && l->i_month < l->m->n_months)
        l->kernel->month(&l->tile, l->i_month++);
}

uint32_t lab_months(const lab *l) {
    return l->i_month;
}

uint32_t lab_lanes(const lab *l) {
    return l->tile.n_lanes;
}

const model *lab_model(const lab *l) {
    return l->m;
}

bool lab_failed(const lab *l) {
    return l->status != TSR_OK;
}

static size_t place(const lab *l, model_row_group group, uint32_t index, uint32_t lane) {
    return (size_t)(l->m->first_row[group] + index) * l->tile.n_lanes + lane;
}

double lab_get(const lab *l, model_row_group group, uint32_t index, uint32_t lane) {
    if (lab_failed(l))
        return NAN;
    size_t i = place(l, group, index, lane);
    return l->shape.is_double ? ((const double *)(const void *)l->tile.state)[i] : (double)l->tile.state[i];
}

void lab_put(lab *l, model_row_group group, uint32_t index, double value) {
    for (uint32_t lane = 0; !lab_failed(l) && lane < l->tile.n_lanes; lane++) {
        size_t i = place(l, group, index, lane);
        if (l->shape.is_double)
            ((double *)(void *)l->tile.state)[i] = value;
        else
            l->tile.state[i] = (real)value;
    }
}

lab_moments lab_sample(lab *l, uint32_t n_members, uint32_t n_months, void (*prepare)(lab *l), lab_visit visit) {
    double sum = 0, squares = 0, cubes = 0, fourths = 0, n = 0;
    lab_begin(l);
    for (uint32_t done = 0; done < n_members && !lab_failed(l); done += l->tile.n_lanes) {
        if (done > 0)
            lab_next_members(l);
        if (prepare)
            prepare(l);
        for (uint32_t t = 0; t < n_months; t++)
            lab_month(l);
        for (uint32_t lane = 0; lane < l->tile.n_lanes; lane++) {
            double x = visit(l, lane);
            n++;
            sum += x;
            squares += x * x;
            cubes += x * x * x;
            fourths += x * x * x * x;
        }
    }
    double mean = sum / n, variance = squares / n - mean * mean;
    double fourth = fourths / n - 4 * mean * cubes / n + 6 * mean * mean * squares / n - 3 * mean * mean * mean * mean;
    return (lab_moments){.mean = mean,
                         .variance = variance * n / (n - 1),
                         .mean_error = sqrt(variance / n),
                         .variance_error = sqrt(fmax(0, fourth - variance * variance) / n)};
}
