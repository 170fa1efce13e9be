/* The run of the output tests, made by hand; a wrong allocation ends the test program. */
#include "fixture.h"

#include "world/builder.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static world_text text(world_builder *b, const char *string) {
    return world_builder_text(b, string);
}

static world_number number(double value, double low, double high, int32_t source) {
    return (world_number){.value = value, .low = low, .high = high, .source = source};
}

static void add_ring(world_builder *b, uint32_t area, bool is_hole, const double (*points)[2], uint32_t n) {
    size_t first = 0;
    world_built_points(b, &first);
    world_add_rings(b, &(world_ring){.area = area, .first_point = (uint32_t)first, .n_points = n, .is_hole = is_hole});
    for (uint32_t i = 0; i < n; i++)
        world_add_points(b, &(world_point){.longitude = points[i][0], .latitude = points[i][1]});
}

static void add_areas(world_builder *b) {
    /* the first ring runs anticlockwise, its hole clockwise: both must be turned */
    static const double west[][2] = {{60, 30}, {62, 30}, {62, 32}, {60, 32}, {60, 30}};
    static const double hole[][2] = {{61, 31}, {61, 31.5}, {61.5, 31.5}, {61.5, 31}, {61, 31}};
    static const double capital[][2] = {{61, 31}, {61, 31.5}, {61.5, 31.5}, {61.5, 31}, {61, 31}};
    static const double east[][2] = {{62, 30}, {62, 32}, {64.123456, 32}, {64.123457, 32}, {64, 30}, {62, 30}};
    static const double island[][2] = {{65, 30}, {65, 30.5}, {65.5, 30}, {65, 30}};
    static const float distances[FIXTURE_AREAS * FIXTURE_AREAS] = {0, 80, 220, 80, 0, 190, 220, 190, 0};
    world_add_areas(b, &(world_area){.name = text(b, "West, \"Old\""),
                                     .n_rings = 2,
                                     .first_ring = 0,
                                     .population = 1.5e6,
                                     .area_km2 = 40000.06,
                                     .longitude = 60.5,
                                     .latitude = 30.5});
    world_add_areas(b, &(world_area){.name = text(b, "Capital"),
                                     .n_rings = 1,
                                     .first_ring = 2,
                                     .population = 3e6,
                                     .area_km2 = 2500,
                                     .longitude = 61.25,
                                     .latitude = 31.25});
    world_add_areas(b, &(world_area){.name = text(b, "Östmark </script><!--"),
                                     .n_rings = 2,
                                     .first_ring = 3,
                                     .population = 1e6,
                                     .area_km2 = 43000,
                                     .longitude = 63,
                                     .latitude = 31});
    add_ring(b, 0, false, west, 5);
    add_ring(b, 0, true, hole, 5);
    add_ring(b, 1, false, capital, 5);
    add_ring(b, 2, false, east, 6);
    add_ring(b, 2, false, island, 4);
    for (size_t i = 0; i < FIXTURE_AREAS * FIXTURE_AREAS; i++)
        world_add_distances(b, &distances[i]);
}

static void add_actors(world_builder *b) {
    world_actor actor = {.faction = 0,
                         .power = WORLD_NONE,
                         .founded = DATE_MIN,
                         .part_of = WORLD_NONE,
                         .sponsor = WORLD_NONE,
                         .home_area = WORLD_NONE,
                         .kind = WORLD_FACTION};
    actor.id = text(b, "government");
    actor.title = text(b, "Government of Valdoria");
    actor.is_regular = 1;
    world_add_actors(b, &actor);
    actor.id = text(b, "front");
    actor.title = text(b, "People's Front");
    actor.is_regular = 0;
    actor.faction = 1;
    actor.founded = date_to_day((civil_date){1994, 1, 1});
    world_add_actors(b, &actor);
    actor.id = text(b, "branch");
    actor.title = 0; /* the id stands for it */
    actor.faction = 2;
    actor.sponsor = 3;
    world_add_actors(b, &actor);
    actor = (world_actor){.id = text(b, "republic"),
                          .title = text(b, "Great Republic"),
                          .kind = WORLD_POWER,
                          .faction = WORLD_NONE,
                          .power = 0,
                          .founded = DATE_MIN,
                          .part_of = WORLD_NONE,
                          .sponsor = WORLD_NONE,
                          .home_area = WORLD_NONE};
    world_add_actors(b, &actor);
    world_add_channels(b, &(world_channel){text(b, "government-front"), WORLD_BATTLE, 0, 1});
    world_add_channels(b, &(world_channel){text(b, "front-branch"), WORLD_BATTLE, 1, 2});
    world_add_channels(b, &(world_channel){text(b, "branch-civilians"), WORLD_ONE_SIDED, 2, WORLD_NONE});
    world_add_ladders(b, &(world_ladder){.power = 3, .faction = 1, .start = 1, .source = WORLD_NONE});
}

static void add_story(world_builder *b) {
    date_day known = date_to_day((civil_date){2020, 2, 29});
    world_add_sources(b, &(world_source){text(b, "accord"), text(b, "Agreement"), text(b, "Archive"),
                                         text(b, "2020-02-29"), text(b, "https://example.org/a"), 0});
    world_add_whatifs(b, &(world_whatif){text(b, "stay"), text(b, "Support stays")});
    world_add_schedules(b, &(world_schedule){.id = text(b, "support"),
                                             .kind = WORLD_FOREIGN_SUPPORT,
                                             .actor = 0,
                                             .other = WORLD_NONE,
                                             .area = WORLD_NONE,
                                             .n_steps = 2,
                                             .whatif = WORLD_NONE});
    world_add_schedule_steps(
        b, &(world_schedule_step){date_to_day((civil_date){2020, 1, 1}), known, number(1, 1, 1, WORLD_NONE)});
    world_add_schedule_steps(
        b, &(world_schedule_step){date_to_day((civil_date){2020, 9, 1}), known, number(.7, .6, .8, 0)});
    world_add_events(b, &(world_event){.title = text(b, "Break-out"),
                                       .kind = WORLD_EVENT_PRISON_BREAK,
                                       .actor = 2,
                                       .other = WORLD_NONE,
                                       .area = 2,
                                       .day = date_to_day((civil_date){2020, 8, 2}),
                                       .known = known,
                                       .whatif = WORLD_NONE,
                                       .amount = number(490, 300, 800, 0)});
    world_add_events(b, &(world_event){.title = text(b, "Ruler falls"),
                                       .kind = WORLD_EVENT_RULER,
                                       .actor = 1,
                                       .other = WORLD_NONE,
                                       .area = WORLD_NONE,
                                       .day = date_to_day((civil_date){2024, 8, 2}),
                                       .known = known,
                                       .whatif = 0,
                                       .off = 1,
                                       .amount = number(NAN, NAN, NAN, WORLD_NONE)});
    world_add_rulers(
        b, &(world_ruler){date_to_day((civil_date){2020, 1, 1}), date_to_day((civil_date){2020, 1, 1}), 0, WORLD_NONE});
    world_add_facts(b, &(world_fact){.about = WORLD_FACT_STRENGTH,
                                     .actor = 2,
                                     .other = WORLD_NONE,
                                     .area = WORLD_NONE,
                                     .first = date_to_day((civil_date){2020, 1, 1}),
                                     .last = date_to_day((civil_date){2020, 12, 31}),
                                     .known = known,
                                     .number = number(1800, 1500, 2200, 0)});
    world_question question = {.id = text(b, "recognition"),
                               .title =
                                   text(b, "Will the \"Republic\" recognise, within a year and "
                                           "against the advice of everybody who was asked, a government of the Front?"),
                               .ask = text(b, "ladder(republic, front) >= recognition by 2020-12"),
                               .metric = WORLD_METRIC_LADDER,
                               .actor = 3,
                               .other = 1,
                               .area = WORLD_NONE,
                               .channel = WORLD_NONE,
                               .first_month = 489,
                               .last_month = 492,
                               .threshold = 5};
    world_add_questions(b, &question);
    question.id = text(b, "never");
    question.title = text(b, "Will it never be?");
    world_add_questions(b, &question);
    question.id = text(b, "always");
    world_add_questions(b, &question);
    world_add_files(b, &(world_file){.path = text(b, "events.csv"),
                                     .role = WORLD_FILE_EVENTS,
                                     .from = DATE_MIN,
                                     .to = DATE_MAX,
                                     .is_complete = 1,
                                     .source = 0});
    world_add_files(b, &(world_file){.path = text(b, "boundaries.geojson"),
                                     .role = WORLD_FILE_OTHER,
                                     .from = DATE_MIN,
                                     .to = DATE_MAX,
                                     .source = WORLD_NONE});
}

static world *make_world(void) {
    world_builder *b = world_builder_create();
    world *w = NULL;
    tsr_error error = TSR_ERROR_INIT;
    world *header = world_builder_header(b);
    header->name = text(b, "Valdoria 2020");
    header->country = text(b, "Valdoria");
    header->views_country_id = 133;
    header->gleditsch_ward = 700;
    header->first_month = FIXTURE_FIRST_MONTH;
    header->last_observed = FIXTURE_FIRST_MONTH + FIXTURE_OBSERVED - 1;
    header->last_month = FIXTURE_FIRST_MONTH + FIXTURE_MONTHS - 1;
    header->substeps = 4;
    add_areas(b);
    add_actors(b);
    add_story(b);
    if (world_builder_freeze(b, &w, &error) != TSR_OK) {
        fprintf(stderr, "fixture: %s\n", error.message);
        abort();
    }
    world_builder_free(b);
    return w;
}

static void *zeroed(size_t n, size_t size) {
    void *memory = calloc(n, size);
    if (memory == NULL)
        abort();
    return memory;
}

static void make_panel(fixture *f) {
    panel *p = &f->p;
    size_t n = FIXTURE_OBSERVED, n_channels = FIXTURE_CHANNELS, n_cells = n * n_channels * FIXTURE_AREAS;
    *p = (panel){.first_month = FIXTURE_FIRST_MONTH,
                 .n_months = FIXTURE_OBSERVED,
                 .n_channels = FIXTURE_CHANNELS,
                 .n_areas = FIXTURE_AREAS};
    p->events = zeroed(n_cells, sizeof *p->events);
    p->deaths = zeroed(n_cells, sizeof *p->deaths);
    p->unlocated_events = zeroed(n * n_channels, sizeof(uint32_t));
    p->unlocated_deaths = zeroed(n * n_channels, sizeof(uint32_t));
    p->long_events = zeroed(n * n_channels, sizeof(uint32_t));
    p->long_deaths = zeroed(n * n_channels, sizeof(uint32_t));
    p->type_deaths = zeroed(n * PANEL_TYPES, sizeof(uint64_t));
    p->type_events = zeroed(n * PANEL_TYPES, sizeof(uint64_t));
    p->coverage = zeroed(n, 1);
    p->totals = zeroed(n * PANEL_TYPES, sizeof(double));
    for (size_t i = 0; i < n_cells; i++) {
        p->events[i] = (uint32_t)(i % 5);
        p->deaths[i] = (uint32_t)(i % 5 * 3);
    }
    for (size_t i = 0; i < n * n_channels; i++)
        p->unlocated_deaths[i] = p->unlocated_events[i] = (uint32_t)(i % 2);
    for (size_t i = 0; i < n * PANEL_TYPES; i++) {
        p->type_deaths[i] = 100 + i;
        p->type_events[i] = 10 + i;
        p->totals[i] = i % PANEL_TYPES == PANEL_NON_STATE ? NAN : 100.0 + (double)i;
    }
    for (size_t i = 0; i < n; i++)
        p->coverage[i] = i == 0 ? PANEL_NOT_OBSERVED : i < 4 ? PANEL_PRECISE : PANEL_COMPLETE;
    f->files[0] = (panel_file){.path = strdup("events.csv"), .n_bytes = 12345, .n_rows = 67, .n_widened = 2};
    snprintf(f->files[0].hash, sizeof f->files[0].hash, "%064d", 7);
    f->files[0].by_reason[PANEL_USED_LOCATED] = (panel_tally){60, 300};
    f->files[0].by_reason[PANEL_USED_UNLOCATED] = (panel_tally){4, 20};
    f->files[0].by_reason[PANEL_OTHER_CHANNEL] = (panel_tally){3, 9};
    f->others[0] = (panel_other){strdup("Mil\xEDtia"), strdup("Civilians"), PANEL_ONE_SIDED, {3, 9}}; /* Latin-1 */
    f->checks[0] = (panel_check){FIXTURE_FIRST_MONTH + 5, PANEL_STATE_BASED, 95, 100};
    p->files = f->files;
    p->n_files = 1;
    p->others = f->others;
    p->n_others = 1;
    p->checks = f->checks;
    p->n_checks = 1;
}

static void add_variable(fixture *f, const char *name, record_axis outer, uint32_t n_outer, record_axis inner,
                         uint32_t n_inner, bool is_whole, int modulus, double divisor) {
    record_variable *v = &f->variables[f->r.n_variables++];
    size_t n_items = (size_t)n_outer * n_inner;
    *v = (record_variable){.name = name,
                           .title = "test variable",
                           .unit = "1",
                           .outer = outer,
                           .inner = inner,
                           .n_outer = n_outer,
                           .n_inner = n_inner,
                           .n_draws = FIXTURE_MEMBERS,
                           .is_whole = is_whole};
    v->values = zeroed(FIXTURE_MONTHS * n_items * FIXTURE_MEMBERS, sizeof *v->values);
    for (size_t month = 0; month < FIXTURE_MONTHS; month++)
        for (size_t item = 0; item < n_items; item++)
            for (size_t draw = 0; draw < FIXTURE_MEMBERS; draw++)
                v->values[(month * n_items + item) * FIXTURE_MEMBERS + draw] =
                    (float)((double)((month * 7 + item * 13 + draw * 31) % (size_t)modulus) / divisor);
}

static void make_record(fixture *f) {
    f->r = (record){.first_month = FIXTURE_FIRST_MONTH,
                    .n_months = FIXTURE_MONTHS,
                    .n_members = FIXTURE_MEMBERS,
                    .variables = f->variables};
    add_variable(f, "control", RECORD_FACTION, 3, RECORD_AREA, FIXTURE_AREAS, false, 101, 100);
    add_variable(f, "support", RECORD_AREA, FIXTURE_AREAS, RECORD_FACTION, 3, false, 101, 100);
    add_variable(f, "strength_faction", RECORD_FACTION, 3, RECORD_COUNTRY, 1, false, 101, 0.01);
    add_variable(f, "deaths_type_area", RECORD_TYPE, PANEL_TYPES, RECORD_AREA, FIXTURE_AREAS, true, 101, 1);
    add_variable(f, "deaths_channel", RECORD_CHANNEL, FIXTURE_CHANNELS, RECORD_COUNTRY, 1, true, 101, 1);
    add_variable(f, "ruler", RECORD_COUNTRY, 1, RECORD_COUNTRY, 1, true, 3, 1);
    add_variable(f, "rung", RECORD_LADDER, 1, RECORD_COUNTRY, 1, true, 6, 1);
    add_variable(f, "relation", RECORD_PAIR, 6, RECORD_COUNTRY, 1, false, 101, 101);
    for (size_t i = 0; i < (size_t)FIXTURE_MONTHS * FIXTURE_MEMBERS; i++)
        f->variables[5].values[i] -= 1; /* -1: nobody rules */
}

void fixture_init(fixture *f) {
    memset(f, 0, sizeof *f);
    f->w = make_world();
    make_panel(f);
    make_record(f);
    f->answers[0] =
        (run_answer){0, 0.0835, 0.0044, 0.0751, 0.0925, FIXTURE_MEMBERS, "mechanism ladder is off, so \"never\""};
    f->answers[1] = (run_answer){1, 0, 0, 0, 0.003, FIXTURE_MEMBERS, ""};
    f->answers[2] = (run_answer){2, 1, 0, 0.997, 1, FIXTURE_MEMBERS, ""};
    f->parameters[0] = (run_parameter){
        "battle.rate", "government-front", 0.002, 0.001, 0.004, "events/month", "events of a pair", "totals",
        "data",        "2019-12",          0.002, 0.001, 0.004};
    f->parameters[1] =
        (run_parameter){"movement.rate", "", 0.05, 0.05, 0.05, "1/month", "moves", "", "assumed", "", 0.05, 0.05, 0.05};
    f->run = (study_run){.command = "simulate",
                         .status = "not fitted yet: prior simulation",
                         .arguments = "tessera simulate scenarios/valdoria --members 1200",
                         .seed = 18446744073709551557u,
                         .n_members = FIXTURE_MEMBERS,
                         .n_threads = 2,
                         .kernel = "baseline",
                         .whatif = "",
                         .seconds = 1.5,
                         .scenario_path = "scenarios/valdoria",
                         .w = f->w,
                         .panel = &f->p,
                         .last_observed = f->w->last_observed,
                         .record = &f->r,
                         .answers = f->answers,
                         .n_answers = 3,
                         .parameters = f->parameters,
                         .n_parameters = 2};
    snprintf(f->run.scenario_hash, sizeof f->run.scenario_hash, "%064d", 1);
    snprintf(f->run.world_hash, sizeof f->run.world_hash, "%064d", 2);
}

void fixture_clear(fixture *f) {
    panel *p = &f->p;
    void *const arrays[] = {p->events,           p->deaths,
                            p->unlocated_events, p->unlocated_deaths,
                            p->long_events,      p->long_deaths,
                            p->type_deaths,      p->type_events,
                            p->coverage,         p->totals,
                            f->files[0].path,    f->others[0].side_a,
                            f->others[0].side_b, f->w};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free(arrays[i]);
    for (size_t i = 0; i < f->r.n_variables; i++)
        free(f->variables[i].values);
}
