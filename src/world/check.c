/* Checking foreign bytes: after this, whatever a world's records point at exists, so that no reader needs to look
 * twice. */
#include "world/check.h"

#include <math.h>

#define FIRST_MONTH (-959) /* January 1900 */
#define LAST_MONTH 2652    /* December 2200 */
#define MOST_SUBSTEPS 1000

typedef struct counts {
    size_t areas, rings, points, actors, channels, steps, whatifs, sources, texts;
} counts;

typedef struct checker {
    const world *w;
    counts n;
    tsr_error *error;
    const char *section; /**< being checked, for messages */
    size_t record;
} checker;

static tsr_status say(const checker *c, const char *what) {
    return FAIL(c->error, TSR_E_INPUT, "the world's %s %zu %s", c->section, c->record, what);
}

/** An index or enum value in [least, end). */
static tsr_status in_range(const checker *c, const char *field, int64_t value, int64_t least, uint64_t end) {
    if (value >= least && (value < 0 || (uint64_t)value < end))
        return TSR_OK;
    return FAIL(c->error, TSR_E_INPUT, "the world's %s %zu has %s %lld; it must be at least %lld and below %llu",
                c->section, c->record, field, (long long)value, (long long)least, (unsigned long long)end);
}

/** Index of a record that must exist. */
static tsr_status index_of(const checker *c, const char *field, int64_t index, size_t n) {
    return in_range(c, field, index, 0, n);
}

/** Index of a record, or WORLD_NONE. */
static tsr_status index_or_none(const checker *c, const char *field, int32_t index, size_t n) {
    return in_range(c, field, index, WORLD_NONE, n);
}

static tsr_status choice(const checker *c, const char *field, uint32_t value, uint32_t n_values) {
    return in_range(c, field, value, 0, n_values);
}

static tsr_status text(const checker *c, world_text offset) {
    return in_range(c, "text offset", offset, 0, c->n.texts);
}

static tsr_status number(const checker *c, const world_number *number) {
    return index_or_none(c, "source", number->source, c->n.sources);
}

/** first ... first + n - 1 of a section with `size` records; sums of 32-bit numbers cannot overflow 64 bits. */
static tsr_status run(const checker *c, const char *field, uint32_t first, uint32_t n, size_t size) {
    return in_range(c, field, (int64_t)((uint64_t)first + n), 0, (uint64_t)size + 1);
}

/** The actor, other and area that many records have; each may be none. */
static tsr_status parties(const checker *c, int32_t actor, int32_t other, int32_t area) {
    tsr_status status;
    TRY(index_or_none(c, "actor", actor, c->n.actors));
    TRY(index_or_none(c, "other actor", other, c->n.actors));
    TRY(index_or_none(c, "area", area, c->n.areas));
out:
    return status;
}

static bool on_earth(double longitude, double latitude) {
    return fabs(longitude) <= 180 && fabs(latitude) <= 90; /* false for NaN */
}

static bool is_quantity(double x) {
    return x >= 0 && x < INFINITY;
}

static tsr_status check_header(const checker *c) {
    const world *w = c->w;
    const char *texts = world_texts(w, NULL);
    if (c->n.texts == 0 || texts[0] != '\0' || texts[c->n.texts - 1] != '\0')
        return FAIL(c->error, TSR_E_INPUT, "the world's text must begin and end with a NUL");
    if (w->name >= c->n.texts || w->country >= c->n.texts)
        return FAIL(c->error, TSR_E_INPUT, "the world's name lies outside its text");
    if (w->first_month < FIRST_MONTH || w->last_month > LAST_MONTH || w->first_month > w->last_observed ||
        w->last_observed > w->last_month)
        return FAIL(
            c->error, TSR_E_INPUT,
            "the world's months are %d (first), %d (last observed), %d (last); they must ascend within %d ... %d",
            w->first_month, w->last_observed, w->last_month, FIRST_MONTH, LAST_MONTH);
    if (w->backtest_to != 0 &&
        (w->backtest_to < w->last_observed || w->backtest_to > LAST_MONTH - (w->last_month - w->last_observed)))
        return FAIL(c->error, TSR_E_INPUT,
                    "backtests use data up to month %d; it must be %d or later, and with the horizon at most %d",
                    w->backtest_to, w->last_observed, LAST_MONTH);
    if (w->substeps < 1 || w->substeps > MOST_SUBSTEPS)
        return FAIL(c->error, TSR_E_INPUT, "the world has %d substeps a month; it must be 1 to %d", w->substeps,
                    MOST_SUBSTEPS);
    return TSR_OK;
}

static tsr_status check_areas(checker *c) {
    const world_area *areas = world_areas(c->w, NULL);
    const world_ring *rings = world_rings(c->w, NULL);
    tsr_status status = TSR_OK;
    c->section = "area";
    for (c->record = 0; c->record < c->n.areas; c->record++) {
        const world_area *a = &areas[c->record];
        TRY(text(c, a->name));
        TRY(run(c, "last ring", a->first_ring, a->n_rings, c->n.rings));
        for (uint32_t i = a->first_ring; i < a->first_ring + a->n_rings; i++) {
            if (rings[i].area != c->record || (i == a->first_ring && rings[i].is_hole != 0))
                return say(c, "has a ring of another area, or a hole as its first ring");
        }
        if (!is_quantity(a->population) || !is_quantity(a->area_km2) || !on_earth(a->longitude, a->latitude))
            return say(c, "has a population, size or centre that is negative, infinite or not on Earth");
    }
out:
    return status;
}

static tsr_status check_rings(checker *c) {
    const world_ring *rings = world_rings(c->w, NULL);
    const world_point *points = world_points(c->w, NULL);
    tsr_status status = TSR_OK;
    c->section = "ring";
    for (c->record = 0; c->record < c->n.rings; c->record++) {
        const world_ring *r = &rings[c->record];
        TRY(index_of(c, "area", r->area, c->n.areas));
        TRY(run(c, "last point", r->first_point, r->n_points, c->n.points));
        TRY(choice(c, "hole mark", r->is_hole, 2));
        if (r->n_points < 4)
            return say(c, "has fewer than 4 points");
        const world_point *first = &points[r->first_point], *last = first + (r->n_points - 1);
        if (first->longitude != last->longitude || first->latitude != last->latitude)
            return say(c, "is not closed");
    }
    c->section = "point";
    for (c->record = 0; c->record < c->n.points; c->record++) {
        if (!on_earth(points[c->record].longitude, points[c->record].latitude))
            return say(c, "is not on Earth");
    }
out:
    return status;
}

static int compare_borders(const world_border *a, const world_border *b) {
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    return a->to < b->to ? -1 : a->to > b->to;
}

static bool has_border(const world_border *borders, size_t n, world_border wanted) {
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_borders(&borders[middle], &wanted);
        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static tsr_status check_neighbourhood(checker *c) {
    size_t n, n_distances, n_aliases;
    const world_border *borders = world_borders(c->w, &n);
    const float *distances = world_distances(c->w, &n_distances);
    const world_alias *aliases = world_aliases(c->w, &n_aliases);
    tsr_status status = TSR_OK;
    c->section = "border";
    for (c->record = 0; c->record < n; c->record++) {
        const world_border *b = &borders[c->record];
        TRY(index_of(c, "area", b->from, c->n.areas));
        TRY(index_of(c, "area", b->to, c->n.areas));
        if (b->from == b->to || !is_quantity(b->length_km))
            return say(c, "is of an area with itself, or its length is negative or not finite");
        if (c->record > 0 && compare_borders(b - 1, b) >= 0)
            return say(c, "is out of order");
    }
    for (c->record = 0; c->record < n; c->record++) {
        if (!has_border(borders, n, (world_border){.from = borders[c->record].to, .to = borders[c->record].from}))
            return say(c, "lacks the opposite direction");
    }
    if ((uint64_t)n_distances != (uint64_t)c->n.areas * c->n.areas)
        return FAIL(c->error, TSR_E_INPUT, "the world has %zu distances; %zu areas have %zu", n_distances, c->n.areas,
                    c->n.areas * c->n.areas);
    c->section = "distance";
    for (c->record = 0; c->record < n_distances; c->record++) {
        if (!is_quantity(distances[c->record]))
            return say(c, "is negative or not finite");
    }
    c->section = "alias";
    for (c->record = 0; c->record < n_aliases; c->record++) {
        TRY(text(c, aliases[c->record].name));
        TRY(index_of(c, "area", aliases[c->record].area, c->n.areas));
    }
out:
    return status;
}

/** Following part_of from `actor` ends. */
static bool family_ends(const world_actor *actors, size_t n, size_t actor) {
    for (size_t steps = 0; steps <= n; steps++) {
        if (actors[actor].part_of == WORLD_NONE)
            return true;
        actor = (size_t)actors[actor].part_of;
    }
    return false;
}

static tsr_status check_actors(checker *c) {
    const world_actor *actors = world_actors(c->w, NULL);
    int32_t n_factions = 0, n_powers = 0;
    tsr_status status = TSR_OK;
    c->section = "actor";
    for (c->record = 0; c->record < c->n.actors; c->record++) {
        const world_actor *a = &actors[c->record];
        TRY(text(c, a->id));
        TRY(text(c, a->title));
        TRY(choice(c, "kind", a->kind, WORLD_POWER + 1));
        TRY(index_or_none(c, "part_of", a->part_of, c->n.actors));
        TRY(index_or_none(c, "sponsor", a->sponsor, c->n.actors));
        TRY(index_or_none(c, "home area", a->home_area, c->n.areas));
        bool is_faction = a->kind == WORLD_FACTION;
        if (a->faction != (is_faction ? n_factions : WORLD_NONE) || a->power != (is_faction ? WORLD_NONE : n_powers))
            return say(c, "is misnumbered: factions and powers count from 0, each in the order of actors");
        n_factions += is_faction;
        n_powers += !is_faction;
    }
    for (c->record = 0; c->record < c->n.actors; c->record++) {
        if (!family_ends(actors, c->n.actors, c->record))
            return say(c, "is part of itself");
    }
    if (c->w->n_factions != (uint32_t)n_factions || c->w->n_powers != (uint32_t)n_powers)
        return FAIL(c->error, TSR_E_INPUT, "the world says %u factions and %u powers; it has %d and %d",
                    c->w->n_factions, c->w->n_powers, n_factions, n_powers);
out:
    return status;
}

static tsr_status check_names_and_channels(checker *c) {
    size_t n;
    const world_actor *actors = world_actors(c->w, NULL);
    const world_actor_name *names = world_actor_names(c->w, &n);
    const world_channel *channels = world_channels(c->w, NULL);
    tsr_status status = TSR_OK;
    c->section = "actor name";
    for (c->record = 0; c->record < n; c->record++) {
        TRY(index_of(c, "actor", names[c->record].actor, c->n.actors));
        TRY(choice(c, "vocabulary", names[c->record].vocabulary, WORLD_NAME_TEXT + 1));
        TRY(text(c, names[c->record].name));
    }
    c->section = "channel";
    for (c->record = 0; c->record < c->n.channels; c->record++) {
        const world_channel *channel = &channels[c->record];
        TRY(text(c, channel->id));
        TRY(choice(c, "kind", channel->kind, WORLD_ONE_SIDED + 1));
        TRY(index_of(c, "actor", channel->actor_a, c->n.actors));
        TRY(index_or_none(c, "other actor", channel->actor_b, c->n.actors));
        if ((channel->kind == WORLD_ONE_SIDED) != (channel->actor_b == WORLD_NONE))
            return say(c, "is a battle with one side, or one-sided with two");
        if (actors[channel->actor_a].kind != WORLD_FACTION ||
            (channel->actor_b != WORLD_NONE && actors[channel->actor_b].kind != WORLD_FACTION))
            return say(c, "is not between factions");
    }
out:
    return status;
}

static tsr_status check_schedules(checker *c) {
    size_t n;
    const world_schedule *schedules = world_schedules(c->w, &n);
    const world_schedule_step *steps = world_schedule_steps(c->w, NULL);
    tsr_status status = TSR_OK;
    c->section = "schedule";
    for (c->record = 0; c->record < n; c->record++) {
        const world_schedule *s = &schedules[c->record];
        TRY(text(c, s->id));
        TRY(choice(c, "kind", s->kind, WORLD_SCHEDULE_KINDS));
        TRY(parties(c, s->actor, s->other, s->area));
        TRY(index_or_none(c, "what-if", s->whatif, c->n.whatifs));
        TRY(run(c, "last step", s->first_step, s->n_steps, c->n.steps));
        for (uint32_t i = 1; i < s->n_steps; i++) {
            if (steps[s->first_step + i - 1].from > steps[s->first_step + i].from)
                return say(c, "has steps out of order");
        }
    }
    c->section = "schedule step";
    for (c->record = 0; c->record < c->n.steps; c->record++)
        TRY(number(c, &steps[c->record].value));
out:
    return status;
}

static tsr_status check_events(checker *c) {
    size_t n;
    const world_event *events = world_events(c->w, &n);
    tsr_status status = TSR_OK;
    c->section = "event";
    for (c->record = 0; c->record < n; c->record++) {
        const world_event *e = &events[c->record];
        TRY(text(c, e->id));
        TRY(text(c, e->title));
        TRY(choice(c, "kind", e->kind, WORLD_EVENT_KINDS));
        TRY(parties(c, e->actor, e->other, e->area));
        TRY(choice(c, "target", e->target, WORLD_TARGET_POWER + 1));
        TRY(index_or_none(c, "what-if", e->whatif, c->n.whatifs));
        TRY(choice(c, "switch", e->off, 2));
        TRY(number(c, &e->amount));
    }
out:
    return status;
}

static tsr_status check_politics(checker *c) {
    size_t n_rulers, n_ladders, n_facts;
    const world_ruler *rulers = world_rulers(c->w, &n_rulers);
    const world_ladder *ladders = world_ladders(c->w, &n_ladders);
    const world_fact *facts = world_facts(c->w, &n_facts);
    tsr_status status = TSR_OK;
    c->section = "ruler";
    for (c->record = 0; c->record < n_rulers; c->record++) {
        TRY(index_or_none(c, "actor", rulers[c->record].actor, c->n.actors));
        TRY(index_or_none(c, "source", rulers[c->record].source, c->n.sources));
    }
    c->section = "ladder";
    for (c->record = 0; c->record < n_ladders; c->record++) {
        const world_ladder *l = &ladders[c->record];
        TRY(index_of(c, "power", l->power, c->n.actors));
        TRY(index_of(c, "faction", l->faction, c->n.actors));
        TRY(choice(c, "first rung", l->start, WORLD_RUNGS));
        TRY(index_or_none(c, "source", l->source, c->n.sources));
        const world_actor *actors = world_actors(c->w, NULL);
        if (actors[l->power].kind != WORLD_POWER || actors[l->faction].kind != WORLD_FACTION)
            return say(c, "is not of a power and a faction");
    }
    c->section = "fact";
    for (c->record = 0; c->record < n_facts; c->record++) {
        const world_fact *f = &facts[c->record];
        TRY(choice(c, "subject", f->about, WORLD_FACT_KINDS));
        TRY(parties(c, f->actor, f->other, f->area));
        TRY(choice(c, "upper-bound mark", f->is_upper_bound, 2));
        TRY(text(c, f->title));
        TRY(number(c, &f->number));
    }
out:
    return status;
}

static tsr_status check_settings(checker *c) {
    size_t n_initials, n_parameters, n_estimates, n_switches;
    const world_initial *initials = world_initials(c->w, &n_initials);
    const world_parameter *parameters = world_parameters(c->w, &n_parameters);
    const world_estimate *estimates = world_estimates(c->w, &n_estimates);
    const world_switch *switches = world_switches(c->w, &n_switches);
    tsr_status status = TSR_OK;
    c->section = "initial value";
    for (c->record = 0; c->record < n_initials; c->record++) {
        const world_initial *i = &initials[c->record];
        TRY(choice(c, "kind", i->kind, WORLD_INITIAL_KINDS));
        TRY(parties(c, i->actor, i->other, i->area));
        TRY(number(c, &i->number));
    }
    c->section = "parameter";
    for (c->record = 0; c->record < n_parameters; c->record++) {
        const world_parameter *p = &parameters[c->record];
        TRY(text(c, p->name));
        TRY(parties(c, p->actor, p->other, p->area));
        TRY(index_or_none(c, "channel", p->channel, c->n.channels));
        TRY(choice(c, "fixed mark", p->is_fixed, 2));
        TRY(number(c, &p->number));
    }
    c->section = "estimate";
    for (c->record = 0; c->record < n_estimates; c->record++) {
        const world_estimate *e = &estimates[c->record];
        TRY(text(c, e->name));
        TRY(parties(c, e->actor, e->other, WORLD_NONE));
        TRY(index_or_none(c, "channel", e->channel, c->n.channels));
    }
    c->section = "switch";
    for (c->record = 0; c->record < n_switches; c->record++) {
        TRY(text(c, switches[c->record].mechanism));
        TRY(choice(c, "position", switches[c->record].is_on, 2));
    }
out:
    return status;
}

static tsr_status check_questions(checker *c) {
    size_t n;
    const world_question *questions = world_questions(c->w, &n);
    tsr_status status = TSR_OK;
    c->section = "question";
    for (c->record = 0; c->record < n; c->record++) {
        const world_question *q = &questions[c->record];
        TRY(text(c, q->id));
        TRY(text(c, q->title));
        TRY(text(c, q->ask));
        TRY(choice(c, "metric", q->metric, WORLD_METRICS));
        TRY(choice(c, "operator", q->op, WORLD_LT + 1));
        TRY(choice(c, "mode", q->mode, WORLD_SUM + 1));
        TRY(parties(c, q->actor, q->other, q->area));
        TRY(index_or_none(c, "channel", q->channel, c->n.channels));
        TRY(in_range(c, "first month", q->first_month, FIRST_MONTH, LAST_MONTH + 1));
        TRY(in_range(c, "last month", q->last_month, q->first_month, LAST_MONTH + 1));
    }
out:
    return status;
}

static tsr_status check_sources(checker *c) {
    size_t n_files;
    const world_whatif *whatifs = world_whatifs(c->w, NULL);
    const world_source *sources = world_sources(c->w, NULL);
    const world_file *files = world_files(c->w, &n_files);
    tsr_status status = TSR_OK;
    c->section = "what-if";
    for (c->record = 0; c->record < c->n.whatifs; c->record++) {
        TRY(text(c, whatifs[c->record].id));
        TRY(text(c, whatifs[c->record].title));
    }
    c->section = "source";
    for (c->record = 0; c->record < c->n.sources; c->record++) {
        const world_source *s = &sources[c->record];
        const world_text texts[] = {s->id, s->title, s->publisher, s->date, s->url, s->note};
        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
            TRY(text(c, texts[i]));
    }
    c->section = "file";
    for (c->record = 0; c->record < n_files; c->record++) {
        const world_file *f = &files[c->record];
        TRY(text(c, f->path));
        TRY(choice(c, "role", f->role, WORLD_FILE_OTHER + 1));
        TRY(choice(c, "completeness", f->is_complete, 2));
        TRY(index_or_none(c, "source", f->source, c->n.sources));
    }
out:
    return status;
}

tsr_status world_check_records(const world *w, tsr_error *error) {
    checker c = {.w = w, .error = error};
    world_areas(w, &c.n.areas);
    world_rings(w, &c.n.rings);
    world_points(w, &c.n.points);
    world_actors(w, &c.n.actors);
    world_channels(w, &c.n.channels);
    world_schedule_steps(w, &c.n.steps);
    world_whatifs(w, &c.n.whatifs);
    world_sources(w, &c.n.sources);
    world_texts(w, &c.n.texts);
    tsr_status status;
    TRY(check_header(&c));
    TRY(check_areas(&c));
    TRY(check_rings(&c));
    TRY(check_neighbourhood(&c));
    TRY(check_actors(&c));
    TRY(check_names_and_channels(&c));
    TRY(check_schedules(&c));
    TRY(check_events(&c));
    TRY(check_politics(&c));
    TRY(check_settings(&c));
    TRY(check_questions(&c));
    TRY(check_sources(&c));
out:
    return status;
}
