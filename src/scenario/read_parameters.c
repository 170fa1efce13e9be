/* parameters and mechanisms: names, bounds and scopes come from the registry's tables. */
#include "scenario/reader.h"

#include "base/text.h"
#include "model/registry.h"

#include <stdio.h>
#include <string.h>

/** A pair that the model does not have would be passed over in silence. */
static void check_pair(reader *r, const yaml_node *key, const parameter *p, const world_parameter *set) {
    const world_actor *actors = world_built_actors(r->b, NULL);
    if (p->scope == SCOPE_LADDER && reader_find_ladder(r, set->actor, set->other) == WORLD_NONE)
        reader_error(r, key, "'%s' is not declared under `ladder`; write a power, a dash and a faction", key->text);
    if (p->scope == SCOPE_FACTION_PAIR &&
        (actors[set->actor].kind != WORLD_FACTION || actors[set->other].kind != WORLD_FACTION))
        reader_error(r, key, "'%s' is not a pair of factions", key->text);
}

/** Which values of a parameter a key is about: an actor, a channel or a pair, by the parameter's scope. false: said what is
 *  wrong. */
static bool read_scope(reader *r, const parameter *p, const yaml_node *key, world_parameter *set) {
    if (p->scope == SCOPE_CHANNEL) {
        set->channel = reader_find_channel(r, key->text);
        if (set->channel < 0)
            reader_error(r, key, "'%s' is not a channel of this scenario; `tessera check` lists them", key->text);
        return set->channel >= 0;
    }
    if (p->scope == SCOPE_FACTION || p->scope == SCOPE_POWER) {
        set->actor = reader_actor(r, key, p->scope == SCOPE_FACTION ? WORLD_FACTION : WORLD_POWER);
        return set->actor >= 0;
    }
    const char *dash = strchr(key->text, '-');
    char *first = arena_copy_text(r->memory, key->text, dash ? (size_t)(dash - key->text) : 0);
    set->actor = dash && first ? reader_find_actor(r, first) : WORLD_NONE;
    set->other = dash ? reader_find_actor(r, dash + 1) : WORLD_NONE;
    if (set->actor < 0 || set->other < 0)
        reader_error(r, key, "'%s' is not a pair of actors; write two actors with a dash between them", key->text);
    else
        check_pair(r, key, p, set);
    return set->actor >= 0;
}

/** One value of a parameter; the key says which actor, channel or pair it is for. */
static void set_parameter(reader *r, const char *name, const parameter *p, const yaml_node *key,
                          const yaml_node *value) {
    world_parameter set = {.name = world_builder_text(r->b, name),
                           .actor = WORLD_NONE,
                           .other = WORLD_NONE,
                           .channel = WORLD_NONE,
                           .area = WORLD_NONE};
    r->about = p->text;
    bool is_read = reader_number(r, value, name, p->low, p->high, NULL, &set.number);
    r->about = NULL;
    if (!is_read)
        return;
    set.is_fixed = value->kind == YAML_SCALAR;
    if (!key || read_scope(r, p, key, &set))
        world_add_parameters(r->b, &set);
}

static void unknown_parameter(reader *r, const yaml_node *key) {
    size_t n, n_names = 0;
    const mechanism *const *all = registry_mechanisms(&n);
    for (size_t i = 0; i < n; i++)
        n_names += all[i]->n_parameters;
    const char **names = arena_alloc(r->memory, (n_names + 1) * sizeof(char *));
    size_t next = 0;
    for (size_t i = 0; names && i < n; i++)
        for (uint32_t k = 0; k < all[i]->n_parameters; k++) {
            size_t size = strlen(all[i]->name) + strlen(all[i]->parameters[k].name) + 2;
            char *name = arena_alloc(r->memory, size);
            if (!name)
                return;
            snprintf(name, size, "%s.%s", all[i]->name, all[i]->parameters[k].name);
            names[next++] = name;
        }
    const char *nearest = names ? text_nearest(key->text, names, next) : NULL;
    if (nearest)
        reader_error(r, key, "'%s' is not a parameter; did you mean '%s'?", key->text, nearest);
    else
        reader_error(r, key, "'%s' is not a parameter; `tessera explain` lists mechanisms and their parameters",
                     key->text);
}

void read_parameters(reader *r, const yaml_node *root) {
    const yaml_node *node = yaml_get(root, "parameters");
    if (!reader_map(r, node, "parameters", NULL, NULL))
        return;
    for (size_t i = 0; i < node->n; i++) {
        const char *name = node->keys[i]->text;
        const parameter *p = registry_find_parameter(name, NULL);
        const yaml_node *value = node->items[i];
        if (!p) {
            unknown_parameter(r, node->keys[i]);
            continue;
        }
        bool is_one =
            value->kind != YAML_MAP || yaml_get(value, "low") || yaml_get(value, "high") || yaml_get(value, "value");
        if (!is_one && p->scope == SCOPE_WORLD)
            reader_error(r, value, "%s has one value, not one per actor or channel", name);
        else if (is_one)
            set_parameter(r, name, p, NULL, value);
        else
            for (size_t k = 0; k < value->n; k++)
                set_parameter(r, name, p, value->keys[k], value->items[k]);
    }
}

enum { MOST_ESTIMATES = 15 };

/** "mechanism.parameter", or {mechanism.parameter: key} for the value of one actor, channel or pair. */
static void read_estimate(reader *r, const yaml_node *node) {
    const yaml_node *name = node, *key = NULL;
    if (node->kind == YAML_MAP && node->n == 1 && node->items[0]->kind == YAML_SCALAR) {
        name = node->keys[0];
        key = node->items[0];
    } else if (node->kind != YAML_SCALAR) {
        reader_error(r, node,
                     "an item of `estimate` must be a parameter, or {parameter: actor, channel or pair}, not %s",
                     yaml_kind_name(node));
        return;
    }
    const parameter *p = registry_find_parameter(name->text, NULL);
    if (!p) {
        unknown_parameter(r, name);
        return;
    }
    world_parameter which = {.actor = WORLD_NONE, .other = WORLD_NONE, .channel = WORLD_NONE};
    if (p->prior == PRIOR_FIXED)
        reader_error(r, name, "%s is a definition without a prior: it cannot be estimated", name->text);
    else if (key && p->scope == SCOPE_WORLD)
        reader_error(r, key, "%s has one value, not one per actor or channel", name->text);
    else if (!key || read_scope(r, p, key, &which))
        world_add_estimates(r->b, &(world_estimate){.name = world_builder_text(r->b, name->text),
                                                    .actor = which.actor,
                                                    .other = which.other,
                                                    .channel = which.channel});
}

void read_estimates(reader *r, const yaml_node *root) {
    const yaml_node *node = yaml_get(root, "estimate");
    if (!reader_list(r, node, "estimate"))
        return;
    if (node->n > MOST_ESTIMATES) {
        reader_error(r, node, "`estimate` lists %zu parameters; the data can inform %d at most", node->n,
                     MOST_ESTIMATES);
        return;
    }
    for (size_t i = 0; i < node->n; i++)
        read_estimate(r, node->items[i]);
    size_t n;
    const world_estimate *all = world_built_estimates(r->b, &n);
    for (size_t i = 0; i < n && n == node->n; i++)
        for (size_t k = 0; k < i; k++)
            if (all[i].name == all[k].name && (all[i].actor == all[k].actor || all[i].actor < 0 || all[k].actor < 0) &&
                (all[i].other == all[k].other || all[i].other < 0 || all[k].other < 0) &&
                (all[i].channel == all[k].channel || all[i].channel < 0 || all[k].channel < 0))
                reader_error(r, node->items[i], "%s is already estimated for these values",
                             world_builder_string(r->b, all[i].name));
}

void read_mechanisms(reader *r, const yaml_node *root) {
    const yaml_node *node = yaml_get(root, "mechanisms");
    if (!reader_map(r, node, "mechanisms", NULL, NULL))
        return;
    size_t n;
    const mechanism *const *all = registry_mechanisms(&n);
    const char **names = arena_alloc(r->memory, (n + 1) * sizeof(char *));
    for (size_t i = 0; names && i < n; i++)
        names[i] = all[i]->name;
    for (size_t i = 0; names && i < node->n; i++) {
        const mechanism *m = registry_find(node->keys[i]->text);
        bool is_on = false;
        if (!m)
            reader_unknown(r, node->keys[i], node->keys[i]->text, "a mechanism", names, n);
        else if (reader_bool(r, node->items[i], "the switch", &is_on) && !is_on && m->is_core)
            reader_error(r, node->items[i], "mechanism %s cannot be switched off: the model has no meaning without it",
                         m->name);
        else
            world_add_switches(r->b, &(world_switch){world_builder_text(r->b, m->name), is_on});
    }
}
