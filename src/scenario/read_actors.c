/* actors, channels, who rules, and the cooperation ladder. */
#include "scenario/reader.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const vocabularies[] = {"ged", "acled", "text", NULL};

/** At any time a name belongs to one actor. */
static void check_name(reader *r, const yaml_node *at, const world_actor_name *record) {
    size_t n;
    const world_actor_name *names = world_built_actor_names(r->b, &n);
    for (size_t i = 0; i < n; i++)
        if (names[i].actor != record->actor && names[i].vocabulary == record->vocabulary &&
            names[i].name == record->name && names[i].from <= record->to && record->from <= names[i].to) {
            const world_actor *bearer = &world_built_actors(r->b, NULL)[names[i].actor];
            reader_error(r, at, "the name '%s' is also that of '%s' at the time; date them with `from` and `to`",
                         world_builder_string(r->b, record->name), world_builder_string(r->b, bearer->id));
            return;
        }
}

static void add_names(reader *r, uint32_t actor, const yaml_node *names) {
    static const char *const allowed[] = {"name", "from", "to", NULL}, *const required[] = {"name", NULL};
    if (!reader_map(r, names, "names", vocabularies, NULL))
        return;
    for (uint32_t v = 0; v < 3; v++) {
        const yaml_node *list = yaml_get(names, vocabularies[v]);
        if (!reader_list(r, list, "a list of names"))
            continue;
        for (size_t i = 0; i < list->n; i++) {
            const yaml_node *node = list->items[i];
            world_actor_name record = {.actor = actor, .vocabulary = v, .from = DATE_MIN, .to = DATE_MAX};
            const char *name = NULL;
            date_day ignored;
            if (node->kind == YAML_MAP && reader_map(r, node, "a name", allowed, required)) {
                reader_text(r, yaml_get(node, "name"), "name", &name);
                reader_date(r, yaml_get(node, "from"), "from", &record.from, NULL);
                /* `to` ends the day before a `from` of the same date: the first day belongs to the new bearer. */
                if (reader_date(r, yaml_get(node, "to"), "to", &ignored, &record.to) &&
                    strlen(yaml_get(node, "to")->text) == 10)
                    record.to -= 1;
            } else if (node->kind != YAML_MAP) {
                reader_text(r, node, "a name", &name);
            }
            if (record.from > record.to)
                reader_error(r, node, "the name is never valid: from is after to");
            record.name = world_builder_text(r->b, name);
            if (name) {
                check_name(r, node, &record);
                world_add_actor_names(r->b, &record);
            }
        }
    }
}

/** Ids stand in channels ("a-b") and in questions, beside words that have a meaning there. */
static void check_id(reader *r, const yaml_node *key) {
    static const char *const reserved[] = {"all", "nobody", "civilians"};
    const char *id = key->text;
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
        if (strcmp(id, reserved[i]) == 0)
            reader_error(r, key, "an actor cannot be called '%s': the word has a meaning of its own", id);
    if (!*id || id[strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")])
        reader_error(r, key, "the actor id '%s' must be of the letters a to z, digits and _; its `title` is free", id);
}

/** What only factions have. */
static void check_power(reader *r, const yaml_node *node) {
    static const char *const keys[] = {"regular", "part_of", "sponsor", "home"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (yaml_get(node, keys[i]))
            reader_error(r, yaml_get(node, keys[i]), "a power has no `%s`; factions have", keys[i]);
}

/** First pass: every actor exists before one refers to another. */
static void add_actor(reader *r, const yaml_node *key, const yaml_node *node) {
    static const char *const allowed[] = {"kind",    "title", "regular",  "founded", "part_of",
                                          "sponsor", "home",  "ideology", "names",   NULL};
    static const char *const required[] = {"kind", NULL}, *const kinds[] = {"faction", "power", NULL};
    char what[160];
    snprintf(what, sizeof what, "actor %.100s", key->text);
    world *header = world_builder_header(r->b);
    world_actor actor = {.faction = WORLD_NONE,
                         .power = WORLD_NONE,
                         .founded = DATE_MIN,
                         .part_of = WORLD_NONE,
                         .sponsor = WORLD_NONE,
                         .home_area = WORLD_NONE};
    const char *title = key->text;
    bool regular = false;
    check_id(r, key);
    reader_map(r, node, what, allowed, required);
    int32_t kind = reader_word(r, yaml_get(node, "kind"), "a kind of actor", kinds);
    if (kind == WORLD_POWER)
        check_power(r, node);
    actor.kind = kind == WORLD_POWER ? WORLD_POWER : WORLD_FACTION;
    if (actor.kind == WORLD_FACTION)
        actor.faction = (int32_t)header->n_factions++;
    else
        actor.power = (int32_t)header->n_powers++;
    reader_text(r, yaml_get(node, "title"), "title", &title);
    reader_bool(r, yaml_get(node, "regular"), "regular", &regular);
    reader_date(r, yaml_get(node, "founded"), "founded", &actor.founded, NULL);
    reader_plain(r, yaml_get(node, "ideology"), "ideology", 0, 1, &actor.ideology);
    if (yaml_get(node, "home"))
        actor.home_area = reader_area(r, yaml_get(node, "home"));
    actor.is_regular = regular;
    actor.id = world_builder_text(r->b, key->text);
    actor.title = world_builder_text(r->b, title);
    add_names(r, world_add_actors(r->b, &actor), yaml_get(node, "names"));
}

/** part_of must not lead back to the actor itself. The link is cut so that nobody runs in circles later. */
static void check_cycle(reader *r, int32_t actor, const yaml_node *at) {
    world_actor *actors = world_built_actors(r->b, NULL);
    size_t n;
    world_built_actors(r->b, &n);
    int32_t v = actors[actor].part_of;
    for (size_t i = 0; v >= 0 && i <= n; i++, v = actors[v].part_of)
        if (v == actor) {
            reader_error(r, at, "'%s' is part of itself", world_builder_string(r->b, actors[actor].id));
            actors[actor].part_of = WORLD_NONE;
            return;
        }
}

void read_actors(reader *r, const yaml_node *root) {
    const yaml_node *list = yaml_get(root, "actors");
    if (!reader_map(r, list, "actors", NULL, NULL))
        return;
    for (size_t i = 0; i < list->n; i++)
        add_actor(r, list->keys[i], list->items[i]);
    for (size_t i = 0; i < list->n; i++) {
        const yaml_node *part_of = yaml_get(list->items[i], "part_of"), *sponsor = yaml_get(list->items[i], "sponsor");
        if (world_built_actors(r->b, NULL)[i].kind == WORLD_POWER)
            continue;
        if (part_of) {
            int32_t whole = reader_actor(r, part_of, WORLD_FACTION);
            world_built_actors(r->b, NULL)[i].part_of = whole;
            check_cycle(r, (int32_t)i, part_of);
        }
        if (sponsor) {
            int32_t power = reader_actor(r, sponsor, WORLD_POWER);
            world_built_actors(r->b, NULL)[i].sponsor = power;
        }
    }
    if (world_builder_header(r->b)->n_factions == 0)
        reader_error(r, list, "there is no faction; a scenario needs at least one actor of kind faction");
}

static void add_channel(reader *r, const yaml_node *at, int32_t a, int32_t b) {
    size_t n;
    const world_actor *actors = world_built_actors(r->b, NULL);
    char id[256];
    const char *name_a = world_builder_string(r->b, actors[a].id),
               *name_b = b < 0 ? "civilians" : world_builder_string(r->b, actors[b].id);
    snprintf(id, sizeof id, "%.120s-%.120s", name_a, name_b);
    const world_channel *channels = world_built_channels(r->b, &n);
    for (size_t i = 0; i < n; i++)
        if ((channels[i].actor_a == a && channels[i].actor_b == b) ||
            (b >= 0 && channels[i].actor_a == b && channels[i].actor_b == a)) {
            reader_error(r, at, "the channel %s is declared twice", id);
            return;
        }
    if (a == b) { /* parts of one faction may: they can split */
        reader_error(r, at, "'%s' cannot fight itself", name_a);
        return;
    }
    world_add_channels(r->b, &(world_channel){.id = world_builder_text(r->b, id),
                                              .kind = b < 0 ? WORLD_ONE_SIDED : WORLD_BATTLE,
                                              .actor_a = a,
                                              .actor_b = b});
}

/** Every pair of factions that are not of one family, and every faction that is part of none against civilians. */
static void default_channels(reader *r, const yaml_node *root) {
    size_t n;
    world_built_actors(r->b, &n);
    for (size_t v = 0; v < n; v++)
        for (size_t w = v + 1; w < n; w++) {
            const world_actor *actors = world_built_actors(r->b, NULL);
            if (actors[v].kind == WORLD_FACTION && actors[w].kind == WORLD_FACTION && actors[v].part_of < 0 &&
                actors[w].part_of < 0)
                add_channel(r, root, (int32_t)v, (int32_t)w);
        }
    for (size_t v = 0; v < n; v++)
        if (world_built_actors(r->b, NULL)[v].kind == WORLD_FACTION && world_built_actors(r->b, NULL)[v].part_of < 0)
            add_channel(r, root, (int32_t)v, WORLD_NONE);
}

void read_channels(reader *r, const yaml_node *root) {
    static const char *const allowed[] = {"battle", "one_sided", NULL};
    const yaml_node *node = yaml_get(root, "channels");
    if (!node) {
        default_channels(r, root);
        return;
    }
    if (!reader_map(r, node, "channels", allowed, NULL))
        return;
    const yaml_node *battle = yaml_get(node, "battle"), *one_sided = yaml_get(node, "one_sided");
    if (reader_list(r, battle, "battle"))
        for (size_t i = 0; i < battle->n; i++) {
            const yaml_node *pair = battle->items[i];
            if (pair->kind != YAML_LIST || pair->n != 2) {
                reader_error(r, pair, "a battle channel is a list of two factions, such as [government, rebels]");
                continue;
            }
            int32_t a = reader_actor(r, pair->items[0], WORLD_FACTION),
                    b = reader_actor(r, pair->items[1], WORLD_FACTION);
            if (a >= 0 && b >= 0)
                add_channel(r, pair, a, b);
        }
    if (reader_list(r, one_sided, "one_sided"))
        for (size_t i = 0; i < one_sided->n; i++) {
            int32_t a = reader_actor(r, one_sided->items[i], WORLD_FACTION);
            if (a >= 0)
                add_channel(r, one_sided->items[i], a, WORLD_NONE);
        }
}

void read_rulers(reader *r, const yaml_node *root) {
    static const char *const allowed[] = {"from", "actor", "known", "source", NULL}, *const required[] = {
                                                                                         "from", "actor", NULL};
    const yaml_node *list = yaml_get(root, "ruler");
    date_day before = DATE_MIN;
    if (!reader_list(r, list, "ruler"))
        return;
    for (size_t i = 0; i < list->n; i++) {
        const yaml_node *node = list->items[i], *actor = yaml_get(node, "actor");
        world_ruler ruler = {.source = WORLD_NONE, .actor = WORLD_NONE};
        if (!reader_map(r, node, "a ruler", allowed, required) ||
            !reader_date(r, yaml_get(node, "from"), "from", &ruler.from, NULL))
            continue;
        ruler.known = ruler.from;
        reader_date(r, yaml_get(node, "known"), "known", &ruler.known, NULL);
        if (!(actor->kind == YAML_SCALAR && strcmp(actor->text, "nobody") == 0))
            ruler.actor = reader_actor(r, actor, WORLD_FACTION);
        if (yaml_get(node, "source"))
            ruler.source = reader_source(r, yaml_get(node, "source"));
        char founded[16];
        if (ruler.actor >= 0 && !reader_is_founded(r, ruler.actor, ruler.from, founded))
            reader_error(r, yaml_get(node, "from"), "'%s' rules from %s, before it was founded (%s)", actor->text,
                         yaml_get(node, "from")->text, founded);
        if (ruler.from <= before)
            reader_error(r, node, "rulers must be in the order of their dates; %s is not after the one before",
                         yaml_get(node, "from")->text);
        before = ruler.from;
        world_add_rulers(r->b, &ruler);
    }
}

void read_ladder(reader *r, const yaml_node *root) {
    static const char *const allowed[] = {"power", "faction", "start", "source", NULL}, *const required[] = {
                                                                                            "power", "faction", "start",
                                                                                            NULL};
    const yaml_node *list = yaml_get(root, "ladder");
    if (!reader_list(r, list, "ladder"))
        return;
    for (size_t i = 0; i < list->n; i++) {
        const yaml_node *node = list->items[i];
        if (!reader_map(r, node, "a ladder", allowed, required))
            continue;
        int32_t power = reader_actor(r, yaml_get(node, "power"), WORLD_POWER),
                faction = reader_actor(r, yaml_get(node, "faction"), WORLD_FACTION);
        int32_t start = reader_rung(r, yaml_get(node, "start")), source = WORLD_NONE;
        if (yaml_get(node, "source"))
            source = reader_source(r, yaml_get(node, "source"));
        if (power >= 0 && faction >= 0 && reader_find_ladder(r, power, faction) != WORLD_NONE)
            reader_error(r, node, "the ladder of %s and %s is declared twice", yaml_get(node, "power")->text,
                         yaml_get(node, "faction")->text);
        else if (power >= 0 && faction >= 0) /* also with a wrong start: the pair is declared */
            world_add_ladders(
                r->b, &(world_ladder){(uint32_t)power, (uint32_t)faction, start < 0 ? 0 : (uint32_t)start, source});
    }
}
