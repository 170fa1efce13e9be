/* initial: the state at the start. */
#include "scenario/reader.h"

#include <stdio.h>
#include <string.h>

static void add_initial(reader *r, const yaml_node *at, uint32_t kind, int32_t actor, int32_t other, int32_t area,
                        const world_number *number) {
    static const char *const names[WORLD_INITIAL_KINDS] = {"strength", "share of strength", "support",
                                                           "control",  "relation",          "funds",
                                                           "cohesion", "captives",          "disposition"};
    size_t n;
    const world_initial *all = world_built_initials(r->b, &n);
    for (size_t i = 0; i < n; i++) {
        bool same = all[i].actor == actor && all[i].other == other,
             turned = kind == WORLD_INITIAL_RELATION && all[i].actor == other && all[i].other == actor;
        if (all[i].kind == kind && all[i].area == area && (same || turned)) {
            const world_actor *actors = world_built_actors(r->b, NULL);
            reader_error(r, at, "%s of %s%s%s%s%s is given twice", names[kind],
                         world_builder_string(r->b, actors[actor].id), other >= 0 ? " and " : "",
                         other >= 0 ? world_builder_string(r->b, actors[other].id) : "", area >= 0 ? " in " : "",
                         area >= 0 ? world_builder_string(r->b, world_built_areas(r->b, NULL)[area].name) : "");
            return;
        }
    }
    world_add_initials(r->b, &(world_initial){kind, actor, other, area, *number});
}

/** strength: {actor: {total: N, shares: {area: share}, areas: {area: N}}} */
static void read_strength(reader *r, const yaml_node *node) {
    static const char *const allowed[] = {"total", "shares", "areas", NULL};
    if (!reader_map(r, node, "initial strength", NULL, NULL))
        return;
    for (size_t i = 0; i < node->n; i++) {
        int32_t actor = reader_actor(r, node->keys[i], WORLD_FACTION);
        const yaml_node *entry = node->items[i], *shares = yaml_get(entry, "shares"), *areas = yaml_get(entry, "areas");
        world_number number;
        char what[160];
        double sum = 0;
        snprintf(what, sizeof what, "strength of %.100s", node->keys[i]->text);
        if (entry->kind == YAML_SCALAR || yaml_get(entry, "low") || yaml_get(entry, "high") ||
            yaml_get(entry, "value")) { /* the total alone */
            if (reader_number(r, entry, what, 0, 1e8, NULL, &number) && actor >= 0)
                add_initial(r, node->keys[i], WORLD_INITIAL_STRENGTH, actor, WORLD_NONE, WORLD_NONE, &number);
            continue;
        }
        if (!reader_map(r, entry, what, allowed, NULL))
            continue;
        bool has_shares = reader_map(r, shares, "shares", NULL, NULL),
             has_areas = reader_map(r, areas, "areas", NULL, NULL);
        if (reader_number(r, yaml_get(entry, "total"), what, 0, 1e8, NULL, &number) && actor >= 0)
            add_initial(r, node->keys[i], WORLD_INITIAL_STRENGTH, actor, WORLD_NONE, WORLD_NONE, &number);
        for (size_t k = 0; has_shares && k < shares->n; k++) {
            int32_t area = reader_area(r, shares->keys[k]);
            if (!reader_number(r, shares->items[k], "a share of strength", 0, 1, NULL, &number) || area < 0 ||
                actor < 0)
                continue;
            sum += number.value;
            add_initial(r, shares->keys[k], WORLD_INITIAL_STRENGTH_SHARE, actor, WORLD_NONE, area, &number);
        }
        if (sum > 1 + 1e-9)
            reader_error(r, shares, "the shares of %s add up to %.4g; they must add up to 1 or less",
                         node->keys[i]->text, sum);
        for (size_t k = 0; has_areas && k < areas->n; k++) {
            int32_t area = reader_area(r, areas->keys[k]);
            if (reader_number(r, areas->items[k], what, 0, 1e8, NULL, &number) && area >= 0 && actor >= 0)
                add_initial(r, areas->keys[k], WORLD_INITIAL_STRENGTH, actor, WORLD_NONE, area, &number);
        }
    }
}

/** support and control: {actor: {default: share, area: share}} */
static void read_shares(reader *r, const yaml_node *node, uint32_t kind, const char *name) {
    if (!reader_map(r, node, name, NULL, NULL))
        return;
    for (size_t i = 0; i < node->n; i++) {
        int32_t actor = reader_actor(r, node->keys[i], WORLD_FACTION);
        const yaml_node *entry = node->items[i];
        world_number number;
        char what[160];
        snprintf(what, sizeof what, "%s of %.100s", name, node->keys[i]->text);
        if (entry->kind == YAML_SCALAR || yaml_get(entry, "low") || yaml_get(entry, "high") ||
            yaml_get(entry, "value")) {
            if (reader_number(r, entry, what, 0, 1, NULL, &number) && actor >= 0)
                add_initial(r, node->keys[i], kind, actor, WORLD_NONE, WORLD_NONE, &number);
            continue;
        }
        if (!reader_map(r, entry, what, NULL, NULL))
            continue;
        for (size_t k = 0; k < entry->n; k++) {
            bool is_default = strcmp(entry->keys[k]->text, "default") == 0;
            int32_t area = is_default ? WORLD_NONE : reader_area(r, entry->keys[k]);
            if (reader_number(r, entry->items[k], what, 0, 1, NULL, &number) && actor >= 0 && (is_default || area >= 0))
                add_initial(r, entry->keys[k], kind, actor, WORLD_NONE, area, &number);
        }
    }
}

/** Shares of one area must not add up to more than 1. */
static void check_shares(reader *r, const yaml_node *at, uint32_t kind, const char *name) {
    size_t n_areas, n_actors, n;
    world_built_areas(r->b, &n_areas);
    world_built_actors(r->b, &n_actors);
    const world_initial *initials = world_built_initials(r->b, &n);
    for (size_t a = 0; at && a < n_areas; a++) {
        double sum = 0;
        for (size_t v = 0; v < n_actors; v++) {
            double general = 0, own = -1;
            for (size_t i = 0; i < n; i++)
                if (initials[i].kind == kind && initials[i].actor == (int32_t)v) {
                    general = initials[i].area == WORLD_NONE ? initials[i].number.value : general;
                    own = initials[i].area == (int32_t)a ? initials[i].number.value : own;
                }
            sum += own >= 0 ? own : general;
        }
        if (sum > 1 + 1e-6)
            reader_error(r, at, "the shares of %s in %s add up to %.4g; they must add up to 1 or less", name,
                         world_builder_string(r->b, world_built_areas(r->b, NULL)[a].name), sum);
    }
}

static void read_pairs(reader *r, const yaml_node *list) {
    static const char *const allowed[] = {"between", "value", "low", "high", "source", NULL}, *const also[] = {
                                                                                                  "between", NULL};
    if (!reader_list(r, list, "relations"))
        return;
    for (size_t i = 0; i < list->n; i++) {
        const yaml_node *node = list->items[i], *between = yaml_get(node, "between");
        world_number number;
        if (!reader_map(r, node, "a relation", allowed, NULL))
            continue;
        if (!between || between->kind != YAML_LIST || between->n != 2) {
            reader_error(r, node, "a relation needs `between: [actor, actor]`");
            continue;
        }
        int32_t a = reader_actor(r, between->items[0], -1), b = reader_actor(r, between->items[1], -1);
        if (a >= 0 && a == b)
            reader_error(r, between, "a relation is between two actors; this is one");
        else if (reader_number(r, node, "the relation", -0.999, 0.999, also, &number) && a >= 0 && b >= 0)
            add_initial(r, between, WORLD_INITIAL_RELATION, a, b, WORLD_NONE, &number);
    }
}

static void read_per_actor(reader *r, const yaml_node *node, uint32_t kind, const char *name, int actor_kind,
                           double low, double high) {
    if (!reader_map(r, node, name, NULL, NULL))
        return;
    for (size_t i = 0; i < node->n; i++) {
        int32_t actor = reader_actor(r, node->keys[i], actor_kind);
        world_number number;
        char what[160];
        snprintf(what, sizeof what, "%s of %.100s", name, node->keys[i]->text);
        if (reader_number(r, node->items[i], what, low, high, NULL, &number) && actor >= 0)
            add_initial(r, node->keys[i], kind, actor, WORLD_NONE, WORLD_NONE, &number);
    }
}

static void read_captives(reader *r, const yaml_node *list) {
    static const char *const allowed[] = {"actor", "holder", "area", "number", NULL};
    if (!reader_list(r, list, "captives"))
        return;
    for (size_t i = 0; i < list->n; i++) {
        const yaml_node *node = list->items[i];
        world_number number;
        if (!reader_map(r, node, "captives", allowed, allowed))
            continue;
        int32_t actor = reader_actor(r, yaml_get(node, "actor"), WORLD_FACTION),
                holder = reader_actor(r, yaml_get(node, "holder"), WORLD_FACTION);
        int32_t area = reader_area(r, yaml_get(node, "area"));
        if (actor >= 0 && actor == holder) {
            reader_error(r, yaml_get(node, "holder"), "'%s' cannot hold captives of its own",
                         yaml_get(node, "holder")->text);
            continue;
        }
        if (reader_number(r, yaml_get(node, "number"), "the number of captives", 0, 1e7, NULL, &number) && actor >= 0 &&
            holder >= 0 && area >= 0)
            add_initial(r, node, WORLD_INITIAL_CAPTIVES, actor, holder, area, &number);
    }
}

static void read_dispositions(reader *r, const yaml_node *list) {
    static const char *const allowed[] = {"power", "faction", "value", "low", "high", "source", NULL}, *const also[] = {
                                                                                                           "power",
                                                                                                           "faction",
                                                                                                           NULL};
    if (!reader_list(r, list, "disposition"))
        return;
    for (size_t i = 0; i < list->n; i++) {
        const yaml_node *node = list->items[i];
        world_number number;
        if (!reader_map(r, node, "a disposition", allowed, also))
            continue;
        int32_t power = reader_actor(r, yaml_get(node, "power"), WORLD_POWER),
                faction = reader_actor(r, yaml_get(node, "faction"), WORLD_FACTION);
        if (power >= 0 && faction >= 0 && reader_find_ladder(r, power, faction) == WORLD_NONE) {
            reader_error(r, node, "the ladder of %s and %s is not declared under `ladder`: a disposition has no effect",
                         yaml_get(node, "power")->text, yaml_get(node, "faction")->text);
            continue;
        }
        if (reader_number(r, node, "the disposition", -10, 10, also, &number) && power >= 0 && faction >= 0)
            add_initial(r, node, WORLD_INITIAL_DISPOSITION, power, faction, WORLD_NONE, &number);
    }
}

void read_initial(reader *r, const yaml_node *root) {
    static const char *const allowed[] = {"strength", "support",  "control",     "relations", "funds",
                                          "cohesion", "captives", "disposition", NULL};
    const yaml_node *node = yaml_get(root, "initial");
    if (!reader_map(r, node, "initial", allowed, NULL))
        return;
    read_strength(r, yaml_get(node, "strength"));
    read_shares(r, yaml_get(node, "support"), WORLD_INITIAL_SUPPORT, "support");
    read_shares(r, yaml_get(node, "control"), WORLD_INITIAL_CONTROL, "control");
    check_shares(r, yaml_get(node, "support"), WORLD_INITIAL_SUPPORT, "support");
    check_shares(r, yaml_get(node, "control"), WORLD_INITIAL_CONTROL, "control");
    read_pairs(r, yaml_get(node, "relations"));
    read_per_actor(r, yaml_get(node, "funds"), WORLD_INITIAL_FUNDS, "funds", WORLD_FACTION, 0, 1e7);
    read_per_actor(r, yaml_get(node, "cohesion"), WORLD_INITIAL_COHESION, "cohesion", -1, 0.01, 1);
    read_captives(r, yaml_get(node, "captives"));
    read_dispositions(r, yaml_get(node, "disposition"));
}
