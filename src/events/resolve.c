/* Actors, channels and areas of events. Names are looked up in the world once and remembered: a file of 300,000 events
 * has some hundred spellings. */
#include "events/resolve.h"

#include "base/arena.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LONG_DAYS 31 /* an event that spans more days is not in one month */

/** Places of worst-located events: the country as a whole, and international waters or airspace. */
enum { PRECISION_COUNTRY = 6, PRECISION_INTERNATIONAL = 7 };

/** The names of the world that equal one spelling of a side. */
typedef struct side_names {
    uint32_t first, n; /**< in resolver.matches */
} side_names;

typedef struct spelling {
    int32_t area;
    uint32_t first_line;
    uint64_t n_events;
} spelling;

struct resolver {
    const world *w;
    double tolerance_km;
    geography_locator *locator;
    intern sides;
    side_names *names_of_side;
    size_t names_capacity;
    uint32_t *matches; /**< indices of world_actor_names */
    size_t n_matches, matches_capacity;
    intern adm_1;
    spelling *spellings;
    uint32_t n_spellings; /**< filled; as many as adm_1 has, unless memory ran out */
    size_t spellings_capacity;
};

tsr_status resolver_create(const world *w, double tolerance_km, resolver **out, tsr_error *error) {
    resolver *r = calloc(1, sizeof *r);
    if (r == NULL)
        return FAIL(error, TSR_E_MEMORY, "no memory to resolve names");
    r->w = w;
    r->tolerance_km = tolerance_km;
    tsr_status status = geography_locator_create(w, &r->locator, error);
    if (status != TSR_OK) {
        resolver_free(r);
        return status;
    }
    *out = r;
    return TSR_OK;
}

void resolver_free(resolver *r) {
    if (r == NULL)
        return;
    geography_locator_free(r->locator);
    intern_clear(&r->sides);
    intern_clear(&r->adm_1);
    free(r->names_of_side);
    free(r->matches);
    free(r->spellings);
    free(r);
}

/* ---- actors and channels -------------------------------------------------------------------------------------- */

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool resolver_same_name(const char *a, const char *b) {
    for (;;) {
        bool blank_a = *a == ' ' || *a == '\t', blank_b = *b == ' ' || *b == '\t';
        while (*a == ' ' || *a == '\t')
            a++;
        while (*b == ' ' || *b == '\t')
            b++;
        if (*a == '\0' || *b == '\0')
            return *a == *b;
        if (blank_a != blank_b || lower(*a) != lower(*b))
            return false;
        a++;
        b++;
    }
}

/** Number of a side's spelling; a new one is looked up in the world. */
static bool find_side(resolver *r, csv_slice text, uint32_t *side) {
    uint32_t n_before = r->sides.n;
    if (!intern_add(&r->sides, text.text, text.n, side))
        return false;
    if (r->sides.n == n_before)
        return true;
    void *items = r->names_of_side;
    bool ok = array_reserve(&items, &r->names_capacity, r->sides.n, sizeof *r->names_of_side);
    r->names_of_side = items;
    if (!ok)
        return false;
    size_t n = 0;
    const world_actor_name *names = world_actor_names(r->w, &n);
    uint32_t first = (uint32_t)r->n_matches;
    for (size_t i = 0; i < n; i++) {
        if (names[i].vocabulary != WORLD_NAME_GED ||
            !resolver_same_name(world_string(r->w, names[i].name), intern_text(&r->sides, *side)))
            continue;
        items = r->matches;
        ok = array_reserve(&items, &r->matches_capacity, r->n_matches + 1, sizeof *r->matches);
        r->matches = items;
        if (!ok)
            return false;
        r->matches[r->n_matches++] = (uint32_t)i;
    }
    r->names_of_side[*side] = (side_names){first, (uint32_t)r->n_matches - first};
    return true;
}

/** The actor that has this name on that day. */
static int32_t actor_on(const resolver *r, uint32_t side, date_day day) {
    const world_actor_name *names = world_actor_names(r->w, NULL);
    side_names of_side = r->names_of_side[side];
    for (uint32_t i = 0; i < of_side.n; i++) {
        const world_actor_name *name = &names[r->matches[of_side.first + i]];
        if (name->from <= day && day <= name->to)
            return (int32_t)name->actor;
    }
    return WORLD_NONE;
}

/** The actor that this one is part of, or WORLD_NONE. */
static int32_t parent(const resolver *r, int32_t actor) {
    return world_actors(r->w, NULL)[actor].part_of;
}

/** Channel of two actors, or of what they are part of: nearest first. */
static int32_t battle_channel(const resolver *r, int32_t actor_a, int32_t actor_b) {
    for (int32_t a = actor_a; a != WORLD_NONE; a = parent(r, a))
        for (int32_t b = actor_b; b != WORLD_NONE; b = parent(r, b)) {
            int32_t channel = world_channel_of(r->w, a, b);
            if (channel != WORLD_NONE)
                return channel;
        }
    return WORLD_NONE;
}

static int32_t one_sided_channel(const resolver *r, int32_t actor) {
    for (int32_t a = actor; a != WORLD_NONE; a = parent(r, a)) {
        int32_t channel = world_channel_of(r->w, a, WORLD_NONE);
        if (channel != WORLD_NONE)
            return channel;
    }
    return WORLD_NONE;
}

/* ---- areas ---------------------------------------------------------------------------------------------------- */

/** The spelling's entry, looked up in the world when it is new; NULL without memory. */
static spelling *find_spelling(resolver *r, csv_slice text, uint32_t line) {
    uint32_t number, n_before = r->adm_1.n;
    if (!intern_add(&r->adm_1, text.text, text.n, &number))
        return NULL;
    if (r->adm_1.n > n_before) {
        void *items = r->spellings;
        bool ok = array_reserve(&items, &r->spellings_capacity, r->adm_1.n, sizeof *r->spellings);
        r->spellings = items;
        if (!ok)
            return NULL;
        r->spellings[number] = (spelling){world_find_area(r->w, intern_text(&r->adm_1, number)), line, 0};
        r->n_spellings = r->adm_1.n;
    }
    return &r->spellings[number];
}

static bool slices_equal(csv_slice a, csv_slice b) {
    return a.n == b.n && memcmp(a.text, b.text, a.n) == 0;
}

/** The data say no more than "somewhere in the country". */
static bool is_vague(const resolver *r, const ged_event *e, bool file_has_adm_1) {
    const char *country = world_string(r->w, r->w->country);
    csv_slice named = {country, strlen(country)};
    if (e->where_prec == PRECISION_COUNTRY || e->where_prec == PRECISION_INTERNATIONAL)
        return true;
    if (e->where_prec == 0 && file_has_adm_1 && e->adm_1.n == 0)
        return true;
    if (e->adm_1.n > 0 && (slices_equal(e->adm_1, named) || slices_equal(e->adm_1, e->country)))
        return true;
    return e->where_coordinates.n > 0 &&
           (slices_equal(e->where_coordinates, named) || slices_equal(e->where_coordinates, e->country));
}

static bool find_area(resolver *r, const ged_event *e, bool file_has_adm_1, int32_t *area) {
    *area = WORLD_NONE;
    if (is_vague(r, e, file_has_adm_1))
        return true;
    if (e->adm_1.n > 0) {
        spelling *s = find_spelling(r, e->adm_1, e->line);
        if (s == NULL)
            return false;
        s->n_events++;
        *area = s->area;
    }
    if (*area == WORLD_NONE && !isnan(e->latitude))
        *area = geography_locate(r->locator, e->longitude, e->latitude, r->tolerance_km, NULL);
    return true;
}

/* ---- events --------------------------------------------------------------------------------------------------- */

/** Channel of an event whose sides' names are read as of `day`. */
static int32_t channel_on(const resolver *r, const ged_event *e, const resolution *sides, date_day day) {
    int32_t actor_a = actor_on(r, sides->side_a, day);
    if (e->type == PANEL_ONE_SIDED)
        return one_sided_channel(r, actor_a);
    return battle_channel(r, actor_a, actor_on(r, sides->side_b, day));
}

tsr_status resolver_resolve(resolver *r, const ged_event *e, bool file_has_adm_1, resolution *out, tsr_error *error) {
    resolution found = {.month = month_from_day(e->end), .is_long = e->end - e->start >= LONG_DAYS};
    if (!find_side(r, e->side_a, &found.side_a) || !find_side(r, e->side_b, &found.side_b) ||
        !find_area(r, e, file_has_adm_1, &found.area))
        return FAIL(error, TSR_E_MEMORY, "no memory for the names of events");
    found.channel = channel_on(r, e, &found, e->end);
    if (found.channel == WORLD_NONE) /* a name changed its bearer while the event lasted */
        found.channel = channel_on(r, e, &found, e->start);
    *out = found;
    return TSR_OK;
}

const char *resolver_side(const resolver *r, uint32_t side) {
    return intern_text(&r->sides, side);
}

uint32_t resolver_n_spellings(const resolver *r) {
    return r->n_spellings;
}

bool resolver_unknown(const resolver *r, uint32_t i, resolver_spelling *out) {
    const spelling *s = &r->spellings[i];
    if (s->area != WORLD_NONE)
        return false;
    *out = (resolver_spelling){intern_text(&r->adm_1, i), s->n_events, s->first_line};
    return true;
}
