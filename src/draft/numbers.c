/* Starts and rates; see numbers.h. */
#include "draft/numbers.h"

#include <math.h>
#include <stdlib.h>

const double numbers_spread_of_strength = 1.2;

/* The scale of strengths, from eleven organisations of the two shipped cases (deaths of a year from 4 to 16,900, strengths
 * from 500 to 60,000): the residual sd of the log is 1.2. A line through the origin does worse (1.4). */
static const double fighters_per_root = 250, least_strength = 500, most_strength = 100000;
static const double government_share = 0.003, least_government = 5000;
/* The program's own medians, which the channels are drawn to: those of intensity, events, morale and recruitment. */
static const double battle_rate = 0.0018, one_sided_rate = 0.001, default_size = 5, default_sure_death = 0.35;
static const double ruler_premium = 0.6, deaths_size = 0.9, base_attrition = 0.012, presence = 50;
static const double lost_per_death = 1.2;                       /* with the wounded and the captured */
static const double events_as_strong = 5, sizes_as_strong = 20; /* of what is known before, counted in events */
static const double state_support = 0.3, own_support = 0.05, other_support = 0.01, most_support = 0.3;
static const double state_control = 0.9, own_control = 0.05, most_control = 0.4;

void numbers_clear(draft_numbers *n) {
    free(n->people);
    free(n->channels);
    free(n->control);
    free(n->support);
    free(n->shares);
    *n = (draft_numbers){0};
}

static double clamp(double value, double low, double high) {
    return fmin(fmax(value, low), high);
}

/** What is counted in one month for one channel of the choice. */
typedef struct counts {
    uint64_t events, deaths;
} counts;

typedef struct maker {
    const choice *c;
    const world *w;
    const panel *p;
    draft_numbers *n;
} maker;

static counts counts_of(const maker *m, uint32_t month, size_t channel) {
    const choice_channel *k = &m->c->channels[channel];
    uint32_t i = (uint32_t)world_channel_of(m->w, k->a, k->b);
    size_t total = (size_t)month * m->p->n_channels + i;
    counts sum = {m->p->unlocated_events[total], m->p->unlocated_deaths[total]};
    for (uint32_t a = 0; a < m->p->n_areas; a++) {
        sum.events += m->p->events[panel_cell(m->p, month, i, a)];
        sum.deaths += m->p->deaths[panel_cell(m->p, month, i, a)];
    }
    return sum;
}

static bool has_part(const choice_channel *k, uint32_t actor) {
    return k->a == (int32_t)actor || k->b == (int32_t)actor;
}

/** Month of the period in which an actor is there first. */
static uint32_t month_begun(const maker *m, uint32_t actor) {
    int32_t founded = m->c->actors[actor].founded_month;
    return founded ? (uint32_t)(founded - m->c->first_month) : 0;
}

/* ---- strengths ------------------------------------------------------------------------------------------------- */

/** Where an actor is seen in months first ... last - 1. @return located events */
static double locate(const maker *m, uint32_t actor, uint32_t first, uint32_t last, double *share) {
    double sum = 0;
    for (uint32_t a = 0; a < m->n->n_areas; a++) {
        share[a] = 0;
        for (size_t k = 0; k < m->c->n_channels; k++) {
            if (!has_part(&m->c->channels[k], actor))
                continue;
            uint32_t i = (uint32_t)world_channel_of(m->w, m->c->channels[k].a, m->c->channels[k].b);
            for (uint32_t t = first; t < last; t++)
                share[a] += m->p->events[panel_cell(m->p, t, i, a)];
        }
        sum += share[a];
    }
    for (uint32_t a = 0; a < m->n->n_areas && sum > 0; a++)
        share[a] /= sum;
    return sum;
}

/** Deaths in an actor's channels in one month; *is_seen: it has events there. */
static uint64_t deaths_in(const maker *m, uint32_t actor, uint32_t month, bool *is_seen) {
    uint64_t deaths = 0;
    for (size_t k = 0; k < m->c->n_channels; k++) {
        if (!has_part(&m->c->channels[k], actor))
            continue;
        counts seen = counts_of(m, month, k);
        deaths += seen.deaths;
        *is_seen = *is_seen || seen.events > 0;
    }
    return deaths;
}

static void make_strength(const maker *m, uint32_t actor) {
    number_actor *out = &m->n->actors[actor];
    uint32_t begun = month_begun(m, actor), window = m->n->n_window;
    bool is_seen = false;
    out->is_after_window = begun >= window;
    if (out->is_after_window) {
        out->deaths = deaths_in(m, actor, begun, &is_seen);
        out->strength = clamp(fighters_per_root * sqrt(12 * (double)out->deaths), least_strength, most_strength);
    } else {
        for (uint32_t t = begun, last = window; t < last; t++) {
            bool was_seen = is_seen;
            out->deaths += deaths_in(m, actor, t, &is_seen);
            if (is_seen && !was_seen && t + 12 < window)
                last = t + 12;
        }
        out->strength = clamp(fighters_per_root * sqrt((double)out->deaths), least_strength, most_strength);
    }
    uint32_t first = out->is_after_window ? begun : 0, last = out->is_after_window ? begun + 1 : window;
    out->founding_area = WORLD_NONE;
    if (locate(m, actor, first, last, out->share) > 0) {
        out->founding_area = 0;
        for (uint32_t a = 1; a < m->n->n_areas; a++)
            if (out->share[a] > out->share[out->founding_area])
                out->founding_area = (int32_t)a;
    }
}

static void make_strengths(const maker *m) {
    double rebels = 0, people = 0;
    for (uint32_t v = 1; v < m->c->n_actors; v++) {
        make_strength(m, v);
        rebels += m->n->actors[v].is_after_window ? 0 : m->n->actors[v].strength;
    }
    for (uint32_t a = 0; a < m->n->n_areas; a++)
        people += m->n->people[a];
    m->n->actors[0].strength = fmax(least_government, fmax(government_share * people, rebels));
    for (uint32_t a = 0; a < m->n->n_areas; a++)
        m->n->actors[0].share[a] = people > 0 ? m->n->people[a] / people : 1.0 / m->n->n_areas;
}

/** Fighters of an actor in an area at its start. Nine tenths are where it was seen. */
static double fighters_in(const draft_numbers *n, uint32_t actor, uint32_t area) {
    const number_actor *one = &n->actors[actor];
    if (actor == 0 || one->founding_area == WORLD_NONE)
        return one->strength * n->actors[0].share[area];
    return one->strength * (0.9 * one->share[area] + 0.1 * n->actors[0].share[area]);
}

/* ---- support and control --------------------------------------------------------------------------------------- */

static bool is_seen_in(const maker *m, uint32_t actor, uint32_t area) {
    return actor > 0 && month_begun(m, actor) == 0 && m->n->actors[actor].share[area] > 0;
}

static void make_shares(const maker *m) {
    for (uint32_t a = 0; a < m->n->n_areas; a++) {
        uint32_t n_seen = 0;
        for (uint32_t v = 1; v < m->c->n_actors; v++)
            n_seen += is_seen_in(m, v, a);
        /* Thousandths, rounded down: what is written adds up to what is meant. */
        double control = n_seen ? floor(1000 * fmin(own_control, most_control / n_seen)) / 1000 : 0;
        double support = n_seen ? floor(1000 * fmin(own_support, most_support / n_seen)) / 1000 : 0;
        for (uint32_t v = 0; v < m->c->n_actors; v++) {
            size_t i = (size_t)v * m->n->n_areas + a;
            bool is_seen = is_seen_in(m, v, a);
            m->n->control[i] = v == 0 ? state_control - n_seen * control : is_seen * control;
            m->n->support[i] = v == 0 ? state_support : is_seen ? fmax(support, other_support) : other_support;
        }
    }
}

/* ---- rates ----------------------------------------------------------------------------------------------------- */

/** Expected events of a channel a month for a rate of 1, with everybody as at the start. */
static double exposure(const maker *m, size_t channel) {
    const choice_channel *k = &m->c->channels[channel];
    double sum = 0;
    for (uint32_t a = 0; a < m->n->n_areas; a++) {
        double f = fighters_in(m->n, (uint32_t)k->a, a);
        if (k->b == CHOICE_CIVILIANS) {
            double held = m->n->control[(size_t)k->a * m->n->n_areas + a], free_of = 1 - held;
            sum += f * (256.0 / 27 * held * held * held * free_of + 0.3 * free_of * free_of * free_of);
        } else {
            double g = fighters_in(m->n, (uint32_t)k->b, a);
            sum += f + g > 0 ? 2 * f * g / (f + g) : 0;
        }
    }
    bool with_ruler = k->b != CHOICE_CIVILIANS && (k->a == 0 || k->b == 0);
    return sum * (with_ruler ? 1 + ruler_premium : 1);
}

static uint32_t months_active(const maker *m, size_t channel) {
    const choice_channel *k = &m->c->channels[channel];
    uint32_t begun = month_begun(m, (uint32_t)k->a);
    if (k->b != CHOICE_CIVILIANS && month_begun(m, (uint32_t)k->b) > begun)
        begun = month_begun(m, (uint32_t)k->b);
    return begun < m->n->n_window ? m->n->n_window - begun : 0;
}

/** Log of the observed rate, and how much it counts against what is known before (0 ... 1). */
static double observed_rate(const maker *m, size_t channel, double *weight) {
    double events = (double)m->n->channels[channel].events, months = months_active(m, channel);
    double exposed = exposure(m, channel);
    *weight = 0;
    if (!(months > 0) || !(exposed > 0))
        return 0;
    /* Nothing in a year or more is half an event. */
    if (events == 0 && months >= 12)
        events = 0.5;
    *weight = events > 0 ? fmax(events, events_as_strong * (months >= 12)) : 0;
    *weight /= *weight + events_as_strong;
    return events > 0 ? log(events / months / exposed) : 0;
}

/** Channels of one kind: each drawn to what they have in common, and that to the program's own median. */
static void make_rates(const maker *m, bool one_sided) {
    double prior = log(one_sided ? one_sided_rate : battle_rate), sum = prior, weights = 1, weight;
    for (size_t k = 0; k < m->c->n_channels; k++) {
        if ((m->c->channels[k].b == CHOICE_CIVILIANS) != one_sided)
            continue;
        double rate = observed_rate(m, k, &weight);
        sum += weight * rate;
        weights += weight;
    }
    for (size_t k = 0; k < m->c->n_channels; k++) {
        if ((m->c->channels[k].b == CHOICE_CIVILIANS) != one_sided)
            continue;
        double rate = observed_rate(m, k, &weight);
        number_channel *out = &m->n->channels[k];
        out->rate = clamp(exp(weight * rate + (1 - weight) * sum / weights), 1e-6, 0.5);
        out->rate_sd = 0.4 + 0.6 * (1 - weight);
    }
}

/** Share a0 of events with one certain death that makes the share of events without any `zeros`:
 *  zeros = (1 - a0) (k / (k + m - a0))^k. */
static double solve_sure_death(double size, double zeros) {
    double low = 0.01, high = fmin(0.9, 0.9 * size);
    for (int i = 0; i < 60; i++) {
        double a = (low + high) / 2;
        double implied = (1 - a) * pow(deaths_size / (deaths_size + size - a), deaths_size);
        if (implied > zeros)
            low = a;
        else
            high = a;
    }
    return (low + high) / 2;
}

static void make_sizes(const survey *s, const maker *m) {
    draft_numbers *n = m->n;
    double events = 0, deaths = 0;
    for (size_t k = 0; k < m->c->n_channels; k++) {
        events += (double)n->channels[k].events;
        deaths += (double)n->channels[k].deaths;
    }
    n->pooled_size = clamp((deaths + sizes_as_strong * default_size) / (events + sizes_as_strong), 0.3, 100);
    for (size_t k = 0; k < m->c->n_channels; k++) {
        number_channel *out = &n->channels[k];
        out->size =
            clamp(((double)out->deaths + sizes_as_strong * n->pooled_size) / ((double)out->events + sizes_as_strong),
                  0.3, 100);
        out->size_sd = 0.25 + 0.35 * sizes_as_strong / ((double)out->events + sizes_as_strong);
    }
    for (size_t i = 0; i < s->n_events; i++) {
        const survey_event *e = &s->events[i];
        if (e->month < m->c->first_month || e->month >= m->c->first_month + (int32_t)n->n_window ||
            choice_channel_of(m->c, e) < 0)
            continue;
        n->window_events++;
        n->window_without_deaths += e->deaths == 0;
    }
    double before =
        (1 - default_sure_death) * pow(deaths_size / (deaths_size + default_size - default_sure_death), deaths_size);
    double zeros =
        ((double)n->window_without_deaths + sizes_as_strong * before) / ((double)n->window_events + sizes_as_strong);
    n->sure_death = solve_sure_death(n->pooled_size, zeros);
}

/* ---- recruits -------------------------------------------------------------------------------------------------- */

/** Fighters of an actor killed a month in its battles of the window; *months: how many it was there. */
static double killed(const maker *m, uint32_t actor, uint32_t *months) {
    double deaths = 0;
    uint32_t begun = month_begun(m, actor);
    *months = begun < m->n->n_window ? m->n->n_window - begun : 0;
    for (size_t k = 0; k < m->c->n_channels; k++)
        if (has_part(&m->c->channels[k], actor) && m->c->channels[k].b != CHOICE_CIVILIANS)
            deaths += (double)m->n->channels[k].deaths / 2;
    return *months > 0 ? deaths / *months : 0;
}

static void make_recruits(const maker *m) {
    double all_killed = 0, all_fighters = 0;
    uint32_t months;
    for (uint32_t v = 1; v < m->c->n_actors; v++) {
        double dead = killed(m, v, &months);
        all_killed += dead * months;
        all_fighters += m->n->actors[v].strength * months;
    }
    for (uint32_t v = 0; v < m->c->n_actors; v++) {
        number_actor *out = &m->n->actors[v];
        double reachable = 0, dead = killed(m, v, &months);
        if (months == 0 && all_fighters > 0) /* who is founded later loses as the others did */
            dead = out->strength * all_killed / all_fighters;
        for (uint32_t a = 0; a < m->n->n_areas; a++) {
            double fighters = fighters_in(m->n, v, a);
            reachable +=
                m->n->people[a] * m->n->support[(size_t)v * m->n->n_areas + a] * fighters / (fighters + presence);
        }
        double leaving = base_attrition * out->strength + lost_per_death * dead;
        out->recruit_rate = clamp(reachable > 0 ? 1000 * leaving / reachable : 0.35, 0.001, 20);
    }
}

/* ---------------------------------------------------------------------------------------------------------------- */

static tsr_status allocate(const choice *c, size_t n_areas, draft_numbers *n, tsr_error *error) {
    n->channels = calloc(c->n_channels + 1, sizeof *n->channels);
    n->control = calloc(c->n_actors * n_areas, sizeof *n->control);
    n->support = calloc(c->n_actors * n_areas, sizeof *n->support);
    n->shares = calloc(c->n_actors * n_areas, sizeof *n->shares);
    if (!n->channels || !n->control || !n->support || !n->shares)
        return FAIL(error, TSR_E_MEMORY, "no memory for the numbers of %zu areas", n_areas);
    for (uint32_t v = 0; v < c->n_actors; v++)
        n->actors[v].share = n->shares + v * n_areas;
    return TSR_OK;
}

tsr_status numbers_make(const survey *s, const choice *c, const world *w, const panel *p, double *people,
                        draft_numbers *out, tsr_error *error) {
    size_t n_areas;
    world_areas(w, &n_areas);
    *out = (draft_numbers){.people = people,
                           .n_areas = (uint32_t)n_areas,
                           .n_window = p->n_months < NUMBERS_WINDOW ? p->n_months : NUMBERS_WINDOW};
    maker m = {c, w, p, out};
    tsr_status status = allocate(c, n_areas, out, error);
    if (status != TSR_OK)
        return status;
    for (size_t k = 0; k < c->n_channels; k++)
        for (uint32_t t = 0; t < p->n_months; t++) {
            counts seen = counts_of(&m, t, k);
            out->channels[k].events += t < out->n_window ? seen.events : 0;
            out->channels[k].deaths += t < out->n_window ? seen.deaths : 0;
        }
    for (uint32_t t = p->n_months < 12 ? 0 : p->n_months - 12; t < p->n_months; t++)
        for (uint32_t type = 0; type < PANEL_TYPES; type++)
            out->deaths_of_last_year += p->type_deaths[(size_t)t * PANEL_TYPES + type];
    make_strengths(&m);
    make_shares(&m);
    make_rates(&m, false);
    make_rates(&m, true);
    make_sizes(s, &m);
    make_recruits(&m);
    return TSR_OK;
}
