/* Choosing actors and channels; see choose.h. */
#include "draft/choose.h"

#include "base/text.h"
#include "world/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char government_prefix[] = "Government of ";
enum { MOST_MONTHS = 120 }; /* of the period, when nobody says */

/** What order goes by: deaths, and a thousandth of a death for an event without any. */
static uint64_t weight(choice_tally t) {
    return 1000 * t.deaths + t.events;
}

static void add(choice_tally *t, const survey_event *e) {
    t->events++;
    t->deaths += e->deaths;
}

void choice_clear(choice *c) {
    free(c->actor_of_side);
    free(c->channels);
    *c = (choice){0};
}

/* ---- the period ------------------------------------------------------------------------------------------------ */

static tsr_status choose_period(const draft_options *o, const survey *s, choice *c, tsr_error *error) {
    char first[16], last[16];
    int32_t end = s->last_month_of_files > s->last_month ? s->last_month_of_files : s->last_month;
    c->last_month = o->last_month ? o->last_month : end;
    c->first_month = o->first_month ? o->first_month : s->first_month;
    if (!o->first_month && c->first_month < c->last_month - MOST_MONTHS + 1)
        c->first_month = c->last_month - MOST_MONTHS + 1;
    month_text(c->first_month, first);
    month_text(c->last_month, last);
    if (c->first_month > c->last_month)
        return FAIL(error, TSR_E_USAGE, "the period would be from %s to %s; it must end after it begins", first, last);
    for (size_t i = 0; i < s->n_events; i++)
        if (choice_has_month(c, s->events[i].month))
            add(&c->all, &s->events[i]);
    if (c->all.events == 0) {
        char first_event[16], last_event[16];
        month_text(s->first_month, first_event);
        month_text(s->last_month, last_event);
        return FAIL(error, TSR_E_USAGE,
                    "no event is in the period from %s to %s; those of the country are from %s to %s", first, last,
                    first_event, last_event);
    }
    return TSR_OK;
}

/* ---- sides and dyads ------------------------------------------------------------------------------------------- */

typedef struct side {
    uint32_t number;
    bool is_government;
    choice_tally tally;  /* in the period */
    int32_t first_month; /* in all of the data */
} side;

typedef struct dyad {
    uint32_t a, b; /* a < b in battles; b = UINT32_MAX: civilians */
    choice_tally tally;
} dyad;

typedef struct tallies {
    side *sides; /* [number] */
    uint32_t n_sides;
    dyad *dyads;
    size_t n_dyads;
} tallies;

static void tallies_clear(tallies *t) {
    free(t->sides);
    free(t->dyads);
}

static int by_pair(const void *x, const void *y) {
    const dyad *a = x, *b = y;
    if (a->a != b->a)
        return a->a < b->a ? -1 : 1;
    return a->b < b->b ? -1 : a->b > b->b;
}

static dyad dyad_of(const survey_event *e) {
    dyad d = {e->side_a, e->side_b, {1, e->deaths}};
    if (e->type == SURVEY_ONE_SIDED)
        d.b = UINT32_MAX;
    else if (d.a > d.b) {
        d.a = e->side_b;
        d.b = e->side_a;
    }
    return d;
}

/** "Government of Mali" in Mali; "Government of Yemen (North Yemen)" in Yemen too. */
static bool is_own_government(const survey *s, const char *name) {
    size_t n = sizeof government_prefix - 1;
    return strncasecmp(name, government_prefix, n) == 0 && survey_same_country(name + n, s->country);
}

static tsr_status tally_all(const survey *s, const choice *c, tallies *t, tsr_error *error) {
    t->n_sides = s->sides.n;
    t->sides = calloc(t->n_sides, sizeof *t->sides);
    t->dyads = calloc(s->n_events, sizeof *t->dyads);
    if (!t->sides || !t->dyads)
        return FAIL(error, TSR_E_MEMORY, "no memory for %u actors", t->n_sides);
    for (uint32_t i = 0; i < t->n_sides; i++)
        t->sides[i] = (side){
            .number = i, .first_month = INT32_MAX, .is_government = is_own_government(s, intern_text(&s->sides, i))};
    for (size_t i = 0; i < s->n_events; i++) {
        const survey_event *e = &s->events[i];
        for (int k = 0; k < (e->type == SURVEY_ONE_SIDED ? 1 : 2); k++) {
            side *one = &t->sides[k ? e->side_b : e->side_a];
            one->first_month = e->month < one->first_month ? e->month : one->first_month;
            if (choice_has_month(c, e->month))
                add(&one->tally, e);
        }
        if (choice_has_month(c, e->month))
            t->dyads[t->n_dyads++] = dyad_of(e);
    }
    qsort(t->dyads, t->n_dyads, sizeof *t->dyads, by_pair);
    size_t n = 0;
    for (size_t i = 0; i < t->n_dyads; i++) {
        if (n > 0 && by_pair(&t->dyads[n - 1], &t->dyads[i]) == 0) {
            t->dyads[n - 1].tally.events += t->dyads[i].tally.events;
            t->dyads[n - 1].tally.deaths += t->dyads[i].tally.deaths;
        } else {
            t->dyads[n++] = t->dyads[i];
        }
    }
    t->n_dyads = n;
    return TSR_OK;
}

/** Who governs when no name says so: the "Government of ..." with the most deaths in the period. */
static void find_other_government(const survey *s, tallies *t) {
    uint64_t most = 0;
    uint32_t found = UINT32_MAX;
    for (uint32_t i = 0; i < t->n_sides; i++) {
        if (t->sides[i].is_government)
            return;
        if (strncasecmp(intern_text(&s->sides, i), government_prefix, sizeof government_prefix - 1) == 0 &&
            weight(t->sides[i].tally) > most) {
            most = weight(t->sides[i].tally);
            found = i;
        }
    }
    if (found != UINT32_MAX)
        t->sides[found].is_government = true;
}

/* ---- actors ---------------------------------------------------------------------------------------------------- */

static int by_weight(const void *x, const void *y) {
    const side *a = x, *b = y;
    uint64_t v = weight(a->tally), w = weight(b->tally);
    if (v != w)
        return v > w ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

/** Weight of the dyads among actors chosen so far, and of their violence against civilians. */
static uint64_t covered(const choice *c, const tallies *t) {
    uint64_t sum = 0;
    for (size_t i = 0; i < t->n_dyads; i++) {
        const dyad *d = &t->dyads[i];
        int32_t a = c->actor_of_side[d->a], b = d->b == UINT32_MAX ? CHOICE_CIVILIANS : c->actor_of_side[d->b];
        if (a >= 0 && (d->b == UINT32_MAX || (b >= 0 && a != b)))
            sum += weight(d->tally);
    }
    return sum;
}

/** An id of the letters that a name has: "IS (Sahel)" is is_sahel. Names without Latin letters are numbered. */
static void make_id(const choice *c, const char *name, char *id) {
    char stem[24] = "";
    size_t n = 0;
    bool gap = false;
    for (; *name && n + 2 < sizeof stem; name++) {
        bool upper = *name >= 'A' && *name <= 'Z', lower = *name >= 'a' && *name <= 'z';
        bool digit = *name >= '0' && *name <= '9';
        if (!upper && !lower && !digit) {
            gap = n > 0 && *name != '\'';
            continue;
        }
        if (gap)
            stem[n++] = '_';
        gap = false;
        stem[n++] = (char)(upper ? *name + ('a' - 'A') : *name);
    }
    stem[n] = '\0';
    static const char *const reserved[] = {"all",  "nobody", "civilians", "others", "government",
                                           "null", "true",   "false",     "default"};
    bool is_taken = n < 2 || (stem[0] >= '0' && stem[0] <= '9');
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
        is_taken = is_taken || strcmp(stem, reserved[i]) == 0;
    if (is_taken)
        snprintf(id, CHOICE_ID_SIZE, n > 0 ? "actor_%s" : "actor", stem);
    else
        snprintf(id, CHOICE_ID_SIZE, "%s", stem);
    size_t length = strlen(id);
    for (uint32_t number = 2, i = 0; i < c->n_actors; i++)
        if (strcmp(c->actors[i].id, id) == 0) {
            snprintf(id + length, CHOICE_ID_SIZE - length, "_%u", number++);
            i = UINT32_MAX; /* from the beginning again */
        }
}

static void choose_actors(const survey *s, choice *c, tallies *t, side *order) {
    uint64_t all = weight(c->all);
    c->actors[0] = (choice_actor){.id = "government", .side = WORLD_NONE};
    c->n_actors = 1;
    memcpy(order, t->sides, t->n_sides * sizeof *order);
    qsort(order, t->n_sides, sizeof *order, by_weight);
    for (uint32_t i = 0; i < t->n_sides; i++) {
        const side *one = &order[i];
        c->actor_of_side[one->number] = WORLD_NONE;
        if (!one->is_government)
            continue;
        c->actor_of_side[one->number] = 0;
        c->actors[0].side = c->actors[0].side == WORLD_NONE ? (int32_t)one->number : c->actors[0].side;
        c->actors[0].tally.events += one->tally.events;
        c->actors[0].tally.deaths += one->tally.deaths;
    }
    for (uint32_t i = 0; i < t->n_sides && c->n_actors < CHOICE_MOST_ACTORS; i++) {
        const side *one = &order[i];
        if (one->is_government || one->tally.events == 0)
            continue;
        if ((double)covered(c, t) >= CHOICE_SHARE * (double)all)
            break;
        choice_actor actor = {.side = (int32_t)one->number, .tally = one->tally};
        make_id(c, intern_text(&s->sides, one->number), actor.id);
        actor.founded_month = one->first_month > c->first_month ? one->first_month : 0;
        c->actor_of_side[one->number] = (int32_t)c->n_actors;
        c->actors[c->n_actors++] = actor;
    }
}

/** Everybody else in the period becomes one actor, if it then has a channel with one that was kept or with civilians. */
static void pool_rest(choice *c, const tallies *t) {
    bool is_needed = false;
    int32_t rest = (int32_t)c->n_actors;
    choice_actor actor = {.id = "others", .side = WORLD_NONE};
    for (size_t i = 0; i < t->n_dyads; i++) {
        const dyad *d = &t->dyads[i];
        bool a_is_kept = c->actor_of_side[d->a] >= 0;
        bool b_is_kept = d->b != UINT32_MAX && c->actor_of_side[d->b] >= 0;
        is_needed = is_needed || (!a_is_kept && (d->b == UINT32_MAX || b_is_kept)) ||
                    (a_is_kept && !b_is_kept && d->b != UINT32_MAX);
    }
    for (uint32_t i = 0; i < t->n_sides; i++) {
        if (c->actor_of_side[i] >= 0 || t->sides[i].tally.events == 0)
            continue;
        c->n_pooled++;
        actor.tally.events += t->sides[i].tally.events;
        actor.tally.deaths += t->sides[i].tally.deaths;
        if (is_needed)
            c->actor_of_side[i] = rest;
    }
    if (!is_needed)
        return;
    c->has_rest = true;
    c->actors[c->n_actors++] = actor;
}

/* ---- channels -------------------------------------------------------------------------------------------------- */

static int32_t find_channel(const choice *c, int32_t a, int32_t b) {
    for (size_t i = 0; i < c->n_channels; i++)
        if ((c->channels[i].a == a && c->channels[i].b == b) ||
            (b != CHOICE_CIVILIANS && c->channels[i].a == b && c->channels[i].b == a))
            return (int32_t)i;
    return WORLD_NONE;
}

int32_t choice_channel_of(const choice *c, const survey_event *e) {
    int32_t a = c->actor_of_side[e->side_a];
    if (e->type == SURVEY_ONE_SIDED)
        return a < 0 ? WORLD_NONE : find_channel(c, a, CHOICE_CIVILIANS);
    int32_t b = c->actor_of_side[e->side_b];
    return a < 0 || b < 0 || a == b ? WORLD_NONE : find_channel(c, a, b);
}

static int by_channel_weight(const void *x, const void *y) {
    const choice_channel *a = x, *b = y;
    uint64_t v = weight(a->tally), w = weight(b->tally);
    if (v != w)
        return v > w ? -1 : 1;
    return a->a != b->a ? a->a - b->a : a->b - b->b;
}

/** Every pair with events in the period, largest first, without those that make up the last two hundredths of the
 *  deaths and are not needed for the share that single actors are to carry. */
static tsr_status choose_channels(choice *c, const tallies *t, tsr_error *error) {
    c->channels = calloc(t->n_dyads + 1, sizeof *c->channels);
    if (c->channels == NULL)
        return FAIL(error, TSR_E_MEMORY, "no memory for %zu channels", t->n_dyads);
    uint64_t all = 0, sum = 0;
    for (size_t i = 0; i < t->n_dyads; i++) {
        const dyad *d = &t->dyads[i];
        int32_t a = c->actor_of_side[d->a], b = d->b == UINT32_MAX ? CHOICE_CIVILIANS : c->actor_of_side[d->b];
        if (a < 0 || (d->b != UINT32_MAX && (b < 0 || a == b)))
            continue;
        int32_t channel = find_channel(c, a, b);
        if (channel < 0) {
            channel = (int32_t)c->n_channels++;
            bool in_order = b == CHOICE_CIVILIANS || a < b;
            c->channels[channel] = (choice_channel){.a = in_order ? a : b, .b = in_order ? b : a};
        }
        c->channels[channel].tally.events += d->tally.events;
        c->channels[channel].tally.deaths += d->tally.deaths;
        all += weight(d->tally);
    }
    qsort(c->channels, c->n_channels, sizeof *c->channels, by_channel_weight);
    size_t n = 0;
    int32_t rest = c->has_rest ? (int32_t)c->n_actors - 1 : CHOICE_CIVILIANS - 1;
    while (n < c->n_channels &&
           ((double)sum < 0.98 * (double)all || (double)weight(c->kept) < CHOICE_SHARE * (double)weight(c->all))) {
        const choice_channel *channel = &c->channels[n++];
        choice_tally *part = channel->a == rest || channel->b == rest ? &c->pooled : &c->kept;
        part->events += channel->tally.events;
        part->deaths += channel->tally.deaths;
        sum += weight(channel->tally);
    }
    c->n_channels = n;
    return TSR_OK;
}

/** When no channel of the rest was large enough, there is no need for it. */
static void drop_idle_rest(choice *c, uint32_t n_sides) {
    int32_t rest = (int32_t)c->n_actors - 1;
    for (size_t i = 0; c->has_rest && i < c->n_channels; i++)
        if (c->channels[i].a == rest || c->channels[i].b == rest)
            return;
    if (!c->has_rest)
        return;
    for (uint32_t i = 0; i < n_sides; i++)
        c->actor_of_side[i] = c->actor_of_side[i] == rest ? WORLD_NONE : c->actor_of_side[i];
    c->has_rest = false;
    c->n_actors--;
}

tsr_status choice_make(const draft_options *options, const survey *s, choice *out, tsr_error *error) {
    tsr_status status = TSR_OK;
    tallies t = {0};
    side *order = NULL;
    *out = (choice){0};
    TRY(choose_period(options, s, out, error));
    TRY(tally_all(s, out, &t, error));
    find_other_government(s, &t);
    order = calloc(t.n_sides, sizeof *order);
    out->actor_of_side = calloc(t.n_sides, sizeof *out->actor_of_side);
    if (!order || !out->actor_of_side) {
        status = FAIL(error, TSR_E_MEMORY, "no memory for %u actors", t.n_sides);
        goto out;
    }
    choose_actors(s, out, &t, order);
    pool_rest(out, &t);
    TRY(choose_channels(out, &t, error));
    drop_idle_rest(out, t.n_sides);
out:
    free(order);
    tallies_clear(&t);
    return status;
}
