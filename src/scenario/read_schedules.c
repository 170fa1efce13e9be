/* schedules: dated values of what comes from outside the model. */
#include "scenario/reader.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const *kind_words(reader *r) {
    const char **words = arena_alloc(r->memory, (WORLD_SCHEDULE_KINDS + 1) * sizeof(char *));
    for (uint32_t k = 0; words && k < WORLD_SCHEDULE_KINDS; k++)
        words[k] = world_schedule_kind_name(k);
    return words;
}

/** What a kind of schedule takes: which actors, and the bounds of its values. */
typedef struct schedule_rule {
    int actor_kind, other_kind; /**< world_actor_kind, -1 any, -2 not allowed */
    bool needs_actor, needs_other;
    double low, high;
} schedule_rule;

static const schedule_rule rules[WORLD_SCHEDULE_KINDS] = {
    [WORLD_FOREIGN_SUPPORT] = {WORLD_FACTION, -2, true, false, 0, 10},
    [WORLD_STRIKES] = {WORLD_POWER, WORLD_FACTION, true, true, 0, 1e5},
    [WORLD_SPONSOR_PAYMENT] = {WORLD_POWER, WORLD_FACTION, true, true, 0, 1e5},
    [WORLD_AID] = {WORLD_POWER, -2, true, false, 0, 1e5},
    [WORLD_RESERVES] = {-1, -2, false, false, 0, 1e5},
    [WORLD_RIGHTS_VIOLATION] = {WORLD_FACTION, -2, false, false, 0, 1},
    [WORLD_EFFORT] = {WORLD_FACTION, WORLD_FACTION, true, true, 0, 100},
    [WORLD_RENT] = {WORLD_FACTION, -2, false, false, 0, 100},
    [WORLD_RELATION] = {-1, -1, true, true, -0.999, 0.999},
};

static bool read_actors_of(reader *r, const yaml_node *node, const schedule_rule *rule, const char *kind,
                           world_schedule *schedule) {
    const yaml_node *actor = yaml_get(node, "actor"), *other = yaml_get(node, "other");
    if ((rule->needs_actor && !actor) || (rule->needs_other && !other)) {
        reader_error(r, node, "a schedule of kind %s needs `%s`", kind, !actor ? "actor" : "other");
        return false;
    }
    if (other && rule->other_kind == -2)
        reader_error(r, other, "a schedule of kind %s has no `other`", kind);
    if (actor)
        schedule->actor = reader_actor(r, actor, rule->actor_kind);
    if (other && rule->other_kind != -2)
        schedule->other = reader_actor(r, other, rule->other_kind);
    if (schedule->actor >= 0 && schedule->actor == schedule->other) {
        reader_error(r, other, "a schedule of kind %s is between two actors; this is one", kind);
        return false;
    }
    return (!actor || schedule->actor >= 0) && (!other || rule->other_kind == -2 || schedule->other >= 0);
}

static uint32_t read_steps(reader *r, const yaml_node *values, const schedule_rule *rule, const char *id) {
    static const char *const allowed[] = {"from", "value", "low", "high", "known", "source", NULL}, *const required[] =
                                                                                                        {"from", NULL};
    static const char *const also[] = {"from", "known", NULL};
    uint32_t n_steps = 0;
    date_day before = DATE_MIN;
    for (size_t i = 0; i < values->n; i++) {
        const yaml_node *node = values->items[i];
        world_schedule_step step;
        char what[160];
        snprintf(what, sizeof what, "a value of schedule %.100s", id);
        if (!reader_map(r, node, what, allowed, required) ||
            !reader_date(r, yaml_get(node, "from"), "from", &step.from, NULL) ||
            !reader_number(r, node, what, rule->low, rule->high, also, &step.value))
            continue;
        step.known = step.from;
        reader_date(r, yaml_get(node, "known"), "known", &step.known, NULL);
        if (step.from <= before)
            reader_error(r, yaml_get(node, "from"),
                         "the steps of schedule %s must be in the order of their dates; %s is not after the one before",
                         id, yaml_get(node, "from")->text);
        if (step.from > r->last_day)
            reader_warning(r, yaml_get(node, "from"), "%s is after the end of the horizon; this step has no effect",
                           yaml_get(node, "from")->text);
        before = step.from;
        world_add_schedule_steps(r->b, &step);
        n_steps++;
    }
    return n_steps;
}

static int32_t find_schedule(reader *r, const char *id, int32_t whatif) {
    size_t n;
    const world_schedule *all = world_built_schedules(r->b, &n);
    for (size_t i = 0; i < n; i++)
        if (all[i].whatif == whatif && strcmp(world_builder_string(r->b, all[i].id), id) == 0)
            return (int32_t)i;
    return WORLD_NONE;
}

/** Two schedules of the same thing would contradict each other. */
static void check_overlap(reader *r, const yaml_node *at, const world_schedule *schedule) {
    size_t n;
    const world_schedule *all = world_built_schedules(r->b, &n);
    for (size_t i = 0; i < n; i++) {
        bool same = all[i].actor == schedule->actor && all[i].other == schedule->other,
             turned =
                 schedule->kind == WORLD_RELATION && all[i].actor == schedule->other && all[i].other == schedule->actor;
        if (all[i].whatif == schedule->whatif && all[i].kind == schedule->kind && (same || turned))
            reader_error(r, at, "schedules '%s' and '%s' are about the same thing and overlap; join them into one",
                         world_builder_string(r->b, all[i].id), world_builder_string(r->b, schedule->id));
    }
}

/** A what-if replaces values of what the scenario's schedule is about, never of something else under the same id. */
static bool check_same(reader *r, const yaml_node *node, const char *id, int32_t base, const world_schedule *schedule) {
    const world_schedule *declared = &world_built_schedules(r->b, NULL)[base];
    if (declared->kind == schedule->kind && declared->actor == schedule->actor && declared->other == schedule->other)
        return true;
    reader_error(r, yaml_get(node, "id"),
                 "the scenario's schedule '%s' has another kind or other actors; take a new id", id);
    return false;
}

static void add_schedule(reader *r, const yaml_node *node, int32_t whatif) {
    static const char *const allowed[] = {"id", "kind", "title", "actor", "other", "area", "values", NULL},
                             *const required[] = {"id", "values", NULL};
    const char *id;
    world_schedule schedule = {.actor = WORLD_NONE, .other = WORLD_NONE, .area = WORLD_NONE, .whatif = whatif};
    if (!reader_map(r, node, "a schedule", allowed, required) || !reader_text(r, yaml_get(node, "id"), "id", &id))
        return;
    int32_t base = whatif == WORLD_NONE ? WORLD_NONE : find_schedule(r, id, WORLD_NONE);
    if (find_schedule(r, id, whatif) != WORLD_NONE) {
        reader_error(r, yaml_get(node, "id"), "the schedule '%s' is declared twice", id);
        return;
    }
    if (base >= 0 && !yaml_get(node, "kind")) { /* the what-if only changes values */
        schedule = world_built_schedules(r->b, NULL)[base];
        schedule.whatif = whatif;
    } else {
        int32_t kind =
            yaml_get(node, "kind") ? reader_word(r, yaml_get(node, "kind"), "a kind of schedule", kind_words(r)) : -1;
        if (!yaml_get(node, "kind"))
            reader_error(r, node, "schedule '%s' needs a kind (no schedule of the scenario has this id)", id);
        if (kind < 0)
            return;
        schedule.kind = (uint32_t)kind;
        if (!read_actors_of(r, node, &rules[kind], world_schedule_kind_name((uint32_t)kind), &schedule))
            return;
        if (base >= 0 && !check_same(r, node, id, base, &schedule))
            return;
    }
    if (yaml_get(node, "area"))
        reader_error(r, yaml_get(node, "area"), "a schedule holds for the whole country; it has no `area`");
    schedule.id = world_builder_text(r->b, id);
    if (!reader_list(r, yaml_get(node, "values"), "values"))
        return;
    size_t first;
    world_built_schedule_steps(r->b, &first);
    schedule.first_step = (uint32_t)first;
    if (yaml_get(node, "values")->n == 0)
        reader_warning(r, yaml_get(node, "values"), "schedule %s has no values: it has no effect", id);
    schedule.n_steps = read_steps(r, yaml_get(node, "values"), &rules[schedule.kind], id);
    check_overlap(r, node, &schedule);
    world_add_schedules(r->b, &schedule);
}

void read_schedules(reader *r, const yaml_node *list, int32_t whatif) {
    if (!reader_list(r, list, "schedules"))
        return;
    for (size_t i = 0; i < list->n; i++)
        add_schedule(r, list->items[i], whatif);
}
