/* dated_events, facts and what-ifs. */
#include "scenario/reader.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/** What a kind of event takes. */
typedef struct event_rule {
    const char *amount_key; /**< NULL: none */
    double low, high;
    int actor_kind; /**< world_actor_kind or -1 for any */
    bool needs_other, needs_area;
} event_rule;

static const event_rule rules[WORLD_EVENT_KINDS] = {
    [WORLD_EVENT_ATTACK] = {"deaths", 0, 1e6, WORLD_FACTION, false, true},
    [WORLD_EVENT_PRISON_BREAK] = {"freed", 0, 1e6, WORLD_FACTION, false, true},
    [WORLD_EVENT_LEADER_REMOVED] = {NULL, 0, 0, -1, false, false},
    [WORLD_EVENT_LEADER_INSTALLED] = {"cohesion", 0.01, 1, -1, false, false},
    [WORLD_EVENT_TALKS] = {"push", -3, 3, -1, true, false},
    [WORLD_EVENT_STATEMENT] = {NULL, 0, 0, -1, false, false},
    [WORLD_EVENT_TRANSFER] = {"fighters", 0, 1e8, WORLD_FACTION, false, false},
    [WORLD_EVENT_RUNG] = {"rung", 0, 5, WORLD_POWER, true, false},
    [WORLD_EVENT_FOUNDING] = {"fighters", 0, 1e8, WORLD_FACTION, false, false},
    [WORLD_EVENT_SPLIT] = {NULL, 0, 0, WORLD_FACTION, false, false},
    [WORLD_EVENT_RULER] = {NULL, 0, 0, WORLD_FACTION, false, false},
};

static const char *const *kind_words(reader *r) {
    const char **words = arena_alloc(r->memory, (WORLD_EVENT_KINDS + 1) * sizeof(char *));
    for (uint32_t k = 0; words && k < WORLD_EVENT_KINDS; k++)
        words[k] = world_event_kind_name(k);
    return words;
}

static int32_t find_event(reader *r, const char *id, int32_t whatif) {
    size_t n;
    const world_event *all = world_built_events(r->b, &n);
    for (size_t i = 0; i < n; i++)
        if (all[i].whatif == whatif && strcmp(world_builder_string(r->b, all[i].id), id) == 0)
            return (int32_t)i;
    return WORLD_NONE;
}

static bool read_amount(reader *r, const yaml_node *node, const event_rule *rule, world_event *event) {
    event->amount = (world_number){NAN, NAN, NAN, WORLD_NONE, 0};
    const yaml_node *amount = rule->amount_key ? yaml_get(node, rule->amount_key) : NULL;
    if (event->kind == WORLD_EVENT_RUNG) {
        int32_t rung = amount ? reader_rung(r, amount) : -1;
        if (!amount)
            reader_error(r, node, "an event of kind rung needs `rung`");
        event->amount.value = event->amount.low = event->amount.high = rung;
        if (yaml_get(node, "source"))
            event->amount.source = reader_source(r, yaml_get(node, "source"));
        return rung >= 0;
    }
    if (amount && !reader_number(r, amount, rule->amount_key, rule->low, rule->high, NULL, &event->amount))
        return false;
    if (yaml_get(node, "source"))
        event->amount.source = reader_source(r, yaml_get(node, "source"));
    return true;
}

/** The actor must exist on the day, unless the event founds it. */
static void check_day(reader *r, const yaml_node *node, const world_event *event) {
    if (event->day > r->last_day)
        reader_error(r, yaml_get(node, "date"), "%s is after the end of the horizon", yaml_get(node, "date")->text);
    const int32_t actors[2] = {event->actor, event->other};
    for (size_t i = event->kind == WORLD_EVENT_FOUNDING ? 1 : 0; i < 2; i++) {
        char day[16];
        if (actors[i] < 0 || reader_is_founded(r, actors[i], event->day, day))
            continue;
        reader_error(r, yaml_get(node, "date"), "the event is on %s, before '%s' was founded (%s)",
                     yaml_get(node, "date")->text,
                     world_builder_string(r->b, world_built_actors(r->b, NULL)[actors[i]].id), day);
        return;
    }
}

/** What a kind asks of its actors and of its amount, once they are known. */
static bool check_parts(reader *r, const yaml_node *node, const world_event *event) {
    const yaml_node *target = yaml_get(node, "target"), *actor = yaml_get(node, "actor"),
                    *other = yaml_get(node, "other");
    if (target && event->kind != WORLD_EVENT_ATTACK)
        reader_error(r, target, "an event of kind %s has no `target`", world_event_kind_name(event->kind));
    else if (event->kind == WORLD_EVENT_ATTACK && event->target == WORLD_TARGET_POWER &&
             (event->other < 0 || world_built_actors(r->b, NULL)[event->other].kind != WORLD_POWER))
        reader_error(r, other ? other : target, "an attack on a power says which one under `other`");
    else if (event->actor >= 0 && event->actor == event->other)
        reader_error(r, other, "an event of kind %s is between two actors; this is one",
                     world_event_kind_name(event->kind));
    else if (event->kind == WORLD_EVENT_SPLIT && world_built_actors(r->b, NULL)[event->actor].part_of < 0)
        reader_error(r, actor, "'%s' is part of no faction; it cannot split", actor->text);
    else if (event->kind == WORLD_EVENT_RUNG && reader_find_ladder(r, event->actor, event->other) == WORLD_NONE)
        reader_error(r, node, "the ladder of %s and %s is not declared under `ladder`", actor->text, other->text);
    else if (event->kind == WORLD_EVENT_TRANSFER && !yaml_get(node, "fighters"))
        reader_error(r, node, "an event of kind transfer needs `fighters`");
    else
        return true;
    return false;
}

static bool read_event_parts(reader *r, const yaml_node *node, world_event *event) {
    static const char *const targets[] = {"civilians", "ruler", "power", NULL};
    const event_rule *rule = &rules[event->kind];
    const char *kind = world_event_kind_name(event->kind);
    const yaml_node *actor = yaml_get(node, "actor"), *other = yaml_get(node, "other"), *area = yaml_get(node, "area");
    bool nobody =
        event->kind == WORLD_EVENT_RULER && actor && actor->kind == YAML_SCALAR && strcmp(actor->text, "nobody") == 0;
    if (!actor || (rule->needs_other && !other) || (rule->needs_area && !area)) {
        reader_error(r, node, "an event of kind %s needs `%s`", kind,
                     !actor                        ? "actor"
                     : rule->needs_other && !other ? "other"
                                                   : "area");
        return false;
    }
    if (!nobody)
        event->actor = reader_actor(r, actor, rule->actor_kind);
    if (other)
        event->other = reader_actor(
            r, other, event->kind == WORLD_EVENT_TRANSFER || event->kind == WORLD_EVENT_RUNG ? WORLD_FACTION : -1);
    if (area)
        event->area = reader_area(r, area);
    if (yaml_get(node, "target")) {
        int32_t target = reader_word(r, yaml_get(node, "target"), "a target", targets);
        event->target = target < 0 ? 0 : (uint32_t)target;
    }
    return (nobody || event->actor >= 0) && (!other || event->other >= 0) && (!area || event->area >= 0) &&
           read_amount(r, node, rule, event) && check_parts(r, node, event);
}

/** A what-if may switch an event of the scenario on or off by its id. */
static void switch_event(reader *r, const yaml_node *node, int32_t whatif) {
    static const char *const allowed[] = {"id", "off", NULL};
    const char *id;
    bool off;
    if (!reader_map(r, node, "an event that a what-if switches", allowed, allowed) ||
        !reader_text(r, yaml_get(node, "id"), "id", &id) || !reader_bool(r, yaml_get(node, "off"), "off", &off))
        return;
    int32_t base = find_event(r, id, WORLD_NONE);
    if (base == WORLD_NONE) {
        reader_error(r, yaml_get(node, "id"), "'%s' is not the id of a dated event of this scenario", id);
        return;
    }
    if (find_event(r, id, whatif) != WORLD_NONE) {
        reader_error(r, yaml_get(node, "id"), "this what-if says two things about the event '%s'", id);
        return;
    }
    world_event event = world_built_events(r->b, NULL)[base];
    event.whatif = whatif;
    event.off = off;
    world_add_events(r->b, &event);
}

static void add_event(reader *r, const yaml_node *node, int32_t whatif) {
    static const char *const allowed[] = {"id",       "title",  "date",   "kind",   "actor",    "other",
                                          "area",     "target", "deaths", "freed",  "cohesion", "push",
                                          "fighters", "rung",   "known",  "source", "off",      NULL};
    static const char *const required[] = {"date", "kind", NULL};
    const char *id = "", *title = "";
    bool off = false;
    if (whatif != WORLD_NONE && !yaml_get(node, "kind")) {
        switch_event(r, node, whatif);
        return;
    }
    world_event event = {.actor = WORLD_NONE, .other = WORLD_NONE, .area = WORLD_NONE, .whatif = whatif};
    if (!reader_map(r, node, "a dated event", allowed, required) ||
        !reader_date(r, yaml_get(node, "date"), "date", &event.day, NULL))
        return;
    event.known = event.day;
    reader_date(r, yaml_get(node, "known"), "known", &event.known, NULL);
    int32_t kind = reader_word(r, yaml_get(node, "kind"), "a kind of dated event", kind_words(r));
    if (kind < 0)
        return;
    event.kind = (uint32_t)kind;
    for (uint32_t k = 0; k < WORLD_EVENT_KINDS; k++) {
        const char *key = rules[k].amount_key, *own = rules[kind].amount_key;
        if (key && yaml_get(node, key) && !(own && strcmp(key, own) == 0)) {
            reader_error(r, yaml_get(node, key), "an event of kind %s has no `%s`", world_event_kind_name(event.kind),
                         key);
            break;
        }
    }
    reader_text(r, yaml_get(node, "id"), "id", &id);
    reader_text(r, yaml_get(node, "title"), "title", &title);
    reader_bool(r, yaml_get(node, "off"), "off", &off);
    event.off = off;
    if (*id && find_event(r, id, whatif) != WORLD_NONE)
        reader_error(r, yaml_get(node, "id"), "the event '%s' is declared twice", id);
    if (read_event_parts(r, node, &event))
        check_day(r, node, &event);
    event.id = world_builder_text(r->b, id); /* a wrong one is there too, for the what-ifs that name it */
    event.title = world_builder_text(r->b, title);
    world_add_events(r->b, &event);
}

void read_dated_events(reader *r, const yaml_node *list, int32_t whatif) {
    if (!reader_list(r, list, "dated_events"))
        return;
    for (size_t i = 0; i < list->n; i++)
        add_event(r, list->items[i], whatif);
}

static bool read_fact_date(reader *r, const yaml_node *date, world_fact *fact) {
    static const char *const allowed[] = {"from", "to", NULL};
    date_day ignored;
    if (date->kind != YAML_MAP)
        return reader_date(r, date, "date", &fact->first, &fact->last);
    if (!reader_map(r, date, "the date of a fact", allowed, allowed) ||
        !reader_date(r, yaml_get(date, "from"), "from", &fact->first, NULL) ||
        !reader_date(r, yaml_get(date, "to"), "to", &ignored, &fact->last))
        return false;
    if (fact->first > fact->last)
        reader_error(r, yaml_get(date, "from"), "from (%s) is after to (%s)", yaml_get(date, "from")->text,
                     yaml_get(date, "to")->text);
    return fact->first <= fact->last;
}

/** Who a fact is about: its number is of a faction, except deaths, which may be everybody's. */
static bool check_fact_actors(reader *r, const yaml_node *node, const world_fact *fact) {
    const char *about = world_fact_name(fact->about);
    const yaml_node *actor = yaml_get(node, "actor");
    char founded[16];
    if (!actor && fact->about != WORLD_FACT_DEATHS)
        reader_error(r, node, "a fact about %s needs `actor`", about);
    else if (!yaml_get(node, "other") && fact->about == WORLD_FACT_CAPTIVES)
        reader_error(r, node, "a fact about captives needs `other`: who holds them");
    else if (fact->about == WORLD_FACT_STRENGTH && fact->actor >= 0 &&
             !reader_is_founded(r, fact->actor, fact->last, founded))
        reader_error(r, yaml_get(node, "date"), "the fact is about a time before '%s' was founded (%s)", actor->text,
                     founded);
    else
        return true;
    return false;
}

/** A count of districts: a fact of every faction in it. The rest of `of` is contested, or was not told. */
static void add_districts(reader *r, const yaml_node *node, world_fact *fact) {
    const yaml_node *counts = yaml_get(node, "counts");
    int64_t sum = 0;
    if (!counts || fact->of == 0) {
        reader_error(r, node,
                     "a fact about districts needs `of`, how many there are, and `counts`, how many a faction "
                     "holds: {government: 226, taliban: 49}");
        return;
    }
    if (!reader_map(r, counts, "counts", NULL, NULL))
        return;
    if (counts->n == 0)
        reader_error(r, counts, "counts are empty; they name at least one faction");
    for (size_t i = 0; i < counts->n; i++) {
        int64_t count;
        world_fact one = *fact;
        one.actor = reader_actor(r, counts->keys[i], WORLD_FACTION);
        if (one.actor == WORLD_NONE || !reader_whole(r, counts->items[i], "a count of districts", 0, fact->of, &count))
            continue;
        sum += count;
        one.number.value = one.number.low = one.number.high = (double)count;
        world_add_facts(r->b, &one);
    }
    if (sum > (int64_t)fact->of)
        reader_error(r, counts, "the counts add up to %lld of %u districts", (long long)sum, fact->of);
}

/** Keys that only some facts have. */
static bool check_fact_keys(reader *r, const yaml_node *node, uint32_t about) {
    static const char *const not_of_districts[] = {"actor", "other", "area", "low", "high", "value", "upper_bound"};
    for (size_t i = 0; about == WORLD_FACT_DISTRICTS && i < sizeof not_of_districts / sizeof *not_of_districts; i++)
        if (yaml_get(node, not_of_districts[i])) {
            reader_error(r, yaml_get(node, not_of_districts[i]),
                         "a fact about districts has no `%s`; its numbers are `counts`", not_of_districts[i]);
            return false;
        }
    if (about != WORLD_FACT_DISTRICTS && yaml_get(node, "counts")) {
        reader_error(r, yaml_get(node, "counts"), "a fact about %s has no `counts`; one about districts has",
                     world_fact_name(about));
        return false;
    }
    return true;
}

static void add_fact(reader *r, const yaml_node *node, uint32_t entry) {
    static const char *const allowed[] = {"about", "actor",  "other",       "area",  "date",  "low",    "high", "value",
                                          "of",    "counts", "upper_bound", "known", "title", "source", NULL};
    static const char *const required[] = {"about", "date", NULL};
    static const char *const also[] = {"about", "actor",       "other", "area",  "date",
                                       "of",    "upper_bound", "known", "title", NULL};
    const char *words[WORLD_FACT_KINDS + 1] = {NULL}, *title = "";
    world_fact fact = {.actor = WORLD_NONE, .other = WORLD_NONE, .area = WORLD_NONE};
    bool upper = false;
    int64_t of = 0;
    for (uint32_t k = 0; k < WORLD_FACT_KINDS; k++)
        words[k] = world_fact_name(k);
    if (!reader_map(r, node, "a fact", allowed, required))
        return;
    int32_t about = reader_word(r, yaml_get(node, "about"), "what a fact is about", words);
    if (about < 0 || !read_fact_date(r, yaml_get(node, "date"), &fact))
        return;
    fact.about = (uint32_t)about;
    fact.entry = entry;
    if (!check_fact_keys(r, node, fact.about))
        return;
    fact.known = fact.last;
    reader_date(r, yaml_get(node, "known"), "known", &fact.known, NULL);
    int actor_kind = fact.about == WORLD_FACT_DEATHS ? -1 : WORLD_FACTION;
    if (yaml_get(node, "actor"))
        fact.actor = reader_actor(r, yaml_get(node, "actor"), actor_kind);
    if (yaml_get(node, "other"))
        fact.other = reader_actor(r, yaml_get(node, "other"), actor_kind);
    if (yaml_get(node, "area"))
        fact.area = reader_area(r, yaml_get(node, "area"));
    reader_bool(r, yaml_get(node, "upper_bound"), "upper_bound", &upper);
    reader_whole(r, yaml_get(node, "of"), "of", 1, 100000, &of);
    reader_text(r, yaml_get(node, "title"), "title", &title);
    fact.of = (uint32_t)of;
    fact.title = world_builder_text(r->b, title);
    if (fact.about == WORLD_FACT_DISTRICTS) {
        fact.number.source = yaml_get(node, "source") ? reader_source(r, yaml_get(node, "source")) : WORLD_NONE;
        if (fact.number.source == WORLD_NONE)
            reader_warning(r, node, "the fact has no source");
        add_districts(r, node, &fact);
        return;
    }
    bool is_share = fact.about == WORLD_FACT_CONTROL;
    if (!reader_number(r, node, "the fact", 0, is_share ? 1 : INFINITY, also, &fact.number))
        return;
    if (of > 0 && fact.number.high > (double)of)
        reader_error(r, node, "%g of %lld is more than all", fact.number.high, (long long)of);
    else if (!check_fact_actors(r, node, &fact))
        return;
    if (fact.number.source == WORLD_NONE)
        reader_warning(r, node, "the fact has no source");
    size_t n_areas;
    world_built_areas(r->b, &n_areas);
    if (fact.about == WORLD_FACT_PRESENCE && fact.of != n_areas)
        reader_warning(r, yaml_get(node, "of") ? yaml_get(node, "of") : node,
                       "the fact is shown, but not compared with the model: it is about %u areas, the scenario has %zu",
                       fact.of, n_areas);
    fact.is_upper_bound = upper;
    world_add_facts(r->b, &fact);
}

void read_facts(reader *r, const yaml_node *root) {
    const yaml_node *list = yaml_get(root, "facts");
    if (!reader_list(r, list, "facts"))
        return;
    for (size_t i = 0; i < list->n; i++)
        add_fact(r, list->items[i], (uint32_t)i);
}

void read_whatifs(reader *r, const yaml_node *root) {
    static const char *const allowed[] = {"title", "schedules", "dated_events", NULL};
    const yaml_node *node = yaml_get(root, "whatif");
    if (!reader_map(r, node, "whatif", NULL, NULL))
        return;
    for (size_t i = 0; i < node->n; i++) {
        const yaml_node *entry = node->items[i];
        const char *title = node->keys[i]->text;
        char what[160];
        snprintf(what, sizeof what, "what-if %.100s", title);
        if (!reader_map(r, entry, what, allowed, NULL))
            continue;
        reader_text(r, yaml_get(entry, "title"), "title", &title);
        int32_t whatif = (int32_t)world_add_whatifs(
            r->b, &(world_whatif){world_builder_text(r->b, node->keys[i]->text), world_builder_text(r->b, title)});
        read_schedules(r, yaml_get(entry, "schedules"), whatif);
        read_dated_events(r, yaml_get(entry, "dated_events"), whatif);
    }
}
