/* Events and deaths: counts drawn from the intensity.
 *
 *   gamma_c ~ Gamma(k_C, 1/k_C), gamma_ic ~ Gamma(k_N, 1/k_N) once a month;  N ~ Poisson(gamma_c gamma_ic Lambda dt)
 *   gamma_ic is not drawn but integrated: after n events where m = sum of gamma_c Lambda dt were expected it is
 *   Gamma(k_N + n, 1/(k_N + m)), so that the next sub-step's N ~ NB(size k_N + n, mean gamma_c Lambda dt (k_N + n)/(k_N + m))
 *   D = A + D',  A ~ Binomial(N, a0),  D' ~ NB(mean (m h - a0) N, size k_D N^a)
 *   h = log-normal with mean 1: a slow level, AR(1), times a monthly effect, both per channel
 *   civilians ~ Binomial(D, civ) in battles, all of D in one-sided violence
 *
 * Monthly totals are NB(Lambda, k_N) given gamma_c for any number of sub-steps: this is Polya's urn.
 */
#include "model/observe.h"

#include "model/lanes.h"

static const parameter parameters[EVENTS_PARAMETERS] = {
    [EVENTS_CELL_SIZE] = {"cell_size", "1", 0.05, 1e5, 10, SCOPE_CHANNEL, PRIOR_LOG_NORMAL, 0.4, EVIDENCE_DATA,
                          "k_N: size of the monthly shock of a cell (larger = closer to Poisson).",
                          "UCDP GED Afghanistan given province-year means: 7.4-11.7", ""},
    [EVENTS_CHANNEL_SIZE] = {"channel_size", "1", 0.05, 1e5, 20, SCOPE_CHANNEL, PRIOR_LOG_NORMAL, 0.5, EVIDENCE_ASSUMED,
                             "k_C: size of the monthly shock that all areas of a channel share.",
                             "assumed; learned by the filter", ""},
    [EVENTS_DEATHS_PER_EVENT] = {"deaths_per_event", "deaths", 0.01, 200, 5, SCOPE_CHANNEL, PRIOR_LOG_NORMAL, 0.4,
                                 EVIDENCE_DATA, "m: mean deaths of a recorded event.",
                                 "UCDP GED Afghanistan 2015-2020: 5.6-8.9 in battles, 1.5-14 against civilians", ""},
    [EVENTS_SURE_DEATH] = {"sure_death", "1", 0, 1, 0.35, SCOPE_CHANNEL, PRIOR_LOGIT_NORMAL, 0.5, EVIDENCE_DATA,
                           "a0: share of events with one certain death before the rest is drawn.",
                           "complete UCDP file of Afghanistan 2020; near 0 where many events have best = 0", ""},
    [EVENTS_DEATHS_SIZE] =
        {"deaths_size", "1", 0.01, 1e4, 0.9, SCOPE_CHANNEL, PRIOR_LOG_NORMAL, 0.3, EVIDENCE_DATA,
         "k_D: size of the deaths of one event (smaller = more unequal).",
         "likelihood of the filter pooled over Afghanistan 2015-2017 and Myanmar 2012-2014; lethal Afghan events "
         "alone .59-.67",
         "2017-12"},
    [EVENTS_DEATHS_SIZE_POWER] = {"deaths_size_power", "1", 0, 1, 0.35, SCOPE_WORLD, PRIOR_LOGIT_NORMAL, 0.3,
                                  EVIDENCE_DATA,
                                  "a: how the size grows with the number of events (1 = independent events).",
                                  "complete UCDP file of Afghanistan 2020 rejects 1", ""},
    [EVENTS_SIZE_EFFECT_SD] = {"size_effect_sd", "1", 0, 2, 0.25, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.3, EVIDENCE_DATA,
                               "sd of the monthly log effect on deaths per event, per channel.",
                               "likelihood of the filter pooled over Afghanistan 2015-2017 and Myanmar 2012-2014",
                               "2017-12"},
    [EVENTS_SIZE_LEVEL_SD] = {"size_level_sd", "1", 0, 2, 0.3, SCOPE_WORLD, PRIOR_FIXED, 0, EVIDENCE_DATA,
                              "sd of the log of the slow part of deaths per event, per channel: tactics and recording "
                              "change over years.",
                              "yearly means of 5.6 to 8.9 deaths per lethal event in the Afghan file", ""},
    [EVENTS_SIZE_LEVEL_PERSISTENCE] = {"size_level_persistence", "per month", 0, 0.9999, 0.98, SCOPE_WORLD, PRIOR_FIXED,
                                       0, EVIDENCE_ASSUMED, "How much of the slow part is left after a month.",
                                       "assumed: years", ""},
    [EVENTS_CIVILIAN_SHARE] = {"civilian_share", "1", 0, 1, 0.1, SCOPE_CHANNEL, PRIOR_LOGIT_NORMAL, 0.4,
                               EVIDENCE_ASSUMED, "Share of civilians among the deaths of battles.",
                               "UCDP GED 2020: deaths_civilians over best in battles; to be re-estimated", ""},
};

/** The slow part of deaths per event moves: drawn, or in a month with data its mean and variance. */
static void size_levels(const model_step *s) {
    const model *m = s->m;
    const real *sd = step_parameter(s, EVENTS_SIZE_LEVEL_SD, 0);
    const real *rho = step_parameter(s, EVENTS_SIZE_LEVEL_PERSISTENCE, 0);
    bool is_first = s->i_month == 0;
    real *noise = step_scratch(s, 0);
    for (uint32_t c = 0; c < m->n_channels; c++) {
        real *level = step_row(s, ROW_size_level, c), *variance = step_row(s, ROW_size_level_variance, c);
        if (s->tile->observed) {
            for (uint32_t lane = 0; lane < s->n_lanes; lane++) {
                real stationary = sd[lane] * sd[lane], kept = is_first ? 0 : rho[lane] * rho[lane];
                level[lane] = is_first ? 0 : rho[lane] * level[lane];
                variance[lane] = kept * variance[lane] + (1 - kept) * stationary;
            }
            continue;
        }
        KERNEL(random_normal_rows)(&s->address, USE_SIZE_LEVEL, c * 4, 1, s->n_lanes, noise);
        for (uint32_t lane = 0; lane < s->n_lanes; lane++) {
            real kept = is_first ? 0 : rho[lane];
            level[lane] = kept * level[lane] + sd[lane] * lane_sqrt(1 - kept * kept) * noise[lane];
        }
    }
}

static void month(const model_step *s) {
    const model *m = s->m;
    uint32_t n = s->n_lanes;
    const real *effect_sd = step_parameter(s, EVENTS_SIZE_EFFECT_SD, 0);
    size_levels(s);
    if (s->tile->observed) /* shocks are integrated, see observe.c */
        return;
    const real *level_sd = step_parameter(s, EVENTS_SIZE_LEVEL_SD, 0);
    for (uint32_t c = 0; c < m->n_channels; c++) {
        const real *channel_size = step_parameter(s, EVENTS_CHANNEL_SIZE, c);
        const real *level = step_row(s, ROW_size_level, c);
        real *shock = step_row(s, ROW_channel_shock, c), *effect = step_row(s, ROW_size_effect, c);
        KERNEL(random_gamma_rows)(&s->address, USE_CHANNEL_SHOCK, c * 4, 1, n, channel_size, shock);
        KERNEL(random_normal_rows)(&s->address, USE_SIZE_EFFECT, c * 4, 1, n, effect);
        for (uint32_t lane = 0; lane < n; lane++) {
            shock[lane] /= channel_size[lane];
            effect[lane] = lane_exp(level[lane] - level_sd[lane] * level_sd[lane] / 2 + effect_sd[lane] * effect[lane] -
                                    effect_sd[lane] * effect_sd[lane] / 2);
        }
    }
}

/** Size and ratio of a cell's count in the first sub-step. */
static void first_part(const real *restrict k, const real *restrict shock, const real *restrict intensity, real dt,
                       real *restrict size, real *restrict ratio, uint32_t n) {
    for (uint32_t lane = 0; lane < n; lane++) {
        size[lane] = k[lane];
        ratio[lane] = shock[lane] * intensity[lane] * dt / k[lane];
    }
}

/** The ratio in a later one. */
static void next_part(const real *restrict rate, const real *restrict shock, const real *restrict intensity, real dt,
                      real *restrict ratio, uint32_t n) {
    for (uint32_t lane = 0; lane < n; lane++)
        ratio[lane] = shock[lane] * intensity[lane] * dt / rate[lane];
}

/** Events of channel c in this sub-step: negative binomial, given what the month so far says about each cell's shock. */
static void draw_events(const model_step *s, uint32_t c) {
    const model *m = s->m;
    uint32_t n = s->n_lanes, n_areas = m->n_areas;
    const real *k = step_parameter(s, EVENTS_CELL_SIZE, c), *shock = step_row(s, ROW_channel_shock, c);
    const real *intensity = step_row(s, ROW_intensity, c * n_areas);
    real *shape = step_row(s, ROW_shock_shape, c * n_areas), *rate = step_row(s, ROW_shock_rate, c * n_areas);
    real *events = step_row(s, ROW_events_now, c * n_areas), *ratio = step_scratch(s, 0);
    bool has_parts = m->substeps > 1;
    if (!has_parts)
        shape = step_scratch(s, n_areas); /* nobody asks for it afterwards */
    for (uint32_t a = 0; a < n_areas; a++) {
        size_t at = (size_t)a * n;
        if (s->i_substep == 0)
            first_part(k, shock, intensity + at, s->dt, shape + at, ratio + at, n);
        else
            next_part(rate + at, shock, intensity + at, s->dt, ratio + at, n);
        if (s->i_substep == 0 && has_parts)
            lanes_copy(rate + at, k, n);
    }
    KERNEL(random_negbin_rows)(&s->address, USE_EVENTS, step_site(s, c, 0), n_areas, n, shape, ratio, events);
    for (size_t i = 0; has_parts && i < (size_t)n_areas * n; i++) {
        shape[i] += events[i];
        rate[i] += ratio[i] * rate[i];
    }
}

/** Cells with events, packed. */
typedef struct fatal {
    random_packed who;
    uint32_t place[RANDOM_PACKED], lane[RANDOM_PACKED]; /**< place: index into the channel's cells */
    real events[RANDOM_PACKED];
} fatal;

/** What deaths of channel c depend on in each lane. */
typedef struct deadliness {
    real sure[RANDOM_MAX_LANES]; /**< chance that an event has a certain death */
    real more[RANDOM_MAX_LANES]; /**< mean of its further deaths */
    const real *size, *power, *civilian_share;
} deadliness;

static void deadliness_of(const model_step *s, uint32_t c, deadliness *restrict out) {
    const real *per_event = step_parameter(s, EVENTS_DEATHS_PER_EVENT, c), *effect = step_row(s, ROW_size_effect, c);
    const real *sure = step_parameter(s, EVENTS_SURE_DEATH, c);
    for (uint32_t lane = 0; lane < s->n_lanes; lane++) {
        real average = per_event[lane] * effect[lane];
        /* The certain death never exceeds the mean of an event, so that the rest has a mean of 0 or more. */
        out->sure[lane] = lane_min(sure[lane], average);
        out->more[lane] = average - out->sure[lane];
    }
    out->size = step_parameter(s, EVENTS_DEATHS_SIZE, c);
    out->power = step_parameter(s, EVENTS_DEATHS_SIZE_POWER, 0);
    out->civilian_share = step_parameter(s, EVENTS_CIVILIAN_SHARE, c);
}

/** Deaths of the packed cells; empties the pack. */
static void draw_deaths(const model_step *s, bool is_battle, const deadliness *restrict d, fatal *restrict pack,
                        real *restrict deaths, real *restrict civilians) {
    real p[RANDOM_PACKED], size[RANDOM_PACKED], ratio[RANDOM_PACKED], first[RANDOM_PACKED], more[RANDOM_PACKED];
    real share[RANDOM_PACKED];
    size_t n = pack->who.n;
    KERNEL(random_packed_words)(&s->address, USE_DEATHS, &pack->who);
    for (size_t i = 0; i < n; i++) {
        uint32_t lane = pack->lane[i];
        p[i] = d->sure[lane];
        ratio[i] = d->more[lane];
        size[i] = d->size[lane];
        more[i] = d->power[lane];
        share[i] = d->civilian_share[lane];
    }
    for (size_t i = 0; i < n; i++) {
        size[i] *= lane_exp(more[i] * lane_log(pack->events[i])); /* N^a; N is 1 or more */
        ratio[i] *= pack->events[i] / size[i];
    }
    KERNEL(random_binomial_packed)(&s->address, USE_DEATHS, 0, &pack->who, pack->events, p, first);
    KERNEL(random_negbin_packed)(&s->address, USE_DEATHS, 1, &pack->who, size, ratio, more);
    for (size_t i = 0; i < n; i++)
        first[i] += more[i];
    if (is_battle)
        KERNEL(random_binomial_packed)(&s->address, USE_DEATHS, 2, &pack->who, first, share, more);
    for (size_t i = 0; i < n; i++) {
        deaths[pack->place[i]] = first[i];
        civilians[pack->place[i]] = is_battle ? more[i] : first[i];
    }
    pack->who.n = 0;
}

/** Deaths of the sub-step's events of channel c. */
static void deaths(const model_step *s, uint32_t c) {
    const model *m = s->m;
    uint32_t n = s->n_lanes, n_areas = m->n_areas;
    const real *events = step_row(s, ROW_events_now, c * n_areas);
    real *dead = step_row(s, ROW_deaths_now, c * n_areas), *civilians = step_row(s, ROW_civilians_now, c * n_areas);
    bool is_battle = !m->channel_one_sided[c];
    deadliness d;
    fatal pack;
    pack.who.n = 0;
    deadliness_of(s, c, &d);
    lanes_fill(dead, 0, n_areas * n);
    lanes_fill(civilians, 0, n_areas * n);
    for (uint32_t a = 0; a < n_areas; a++)
        for (uint32_t first = 0; first < n; first += LANES) {
            for (uint32_t bits = vector_positive(events + a * n + first); bits; bits &= bits - 1) {
                uint32_t lane = first + (uint32_t)__builtin_ctz(bits);
                size_t i = pack.who.n++;
                pack.who.slot[i] = s->address.first_slot + lane;
                pack.who.site[i] = step_site(s, c, a);
                pack.place[i] = a * n + lane;
                pack.lane[i] = lane;
                pack.events[i] = events[a * n + lane];
            }
            if (pack.who.n > RANDOM_PACKED - LANES)
                draw_deaths(s, is_battle, &d, &pack, dead, civilians);
        }
    if (pack.who.n > 0)
        draw_deaths(s, is_battle, &d, &pack, dead, civilians);
}

/** Dated attacks of months that no data cover: one event with the deaths given, in the channel of its kind. */
static void dated_attacks(const model_step *s) {
    const model *m = s->m;
    if (m->first_month + (int32_t)s->i_month <= m->last_observed)
        return;
    for (uint32_t i = m->first_event[s->i_month]; i < m->first_event[s->i_month + 1]; i++) {
        const model_event *event = &m->events[i];
        if (event->kind != WORLD_EVENT_ATTACK || event->substep != s->i_substep || event->area < 0)
            continue;
        for (uint32_t c = 0; c < m->n_channels; c++) {
            if (m->channel_a[c] != event->faction || !m->channel_one_sided[c])
                continue;
            uint32_t cell = c * m->n_areas + (uint32_t)event->area;
            real *amount = step_scratch(s, 0), *events = step_row(s, ROW_events_now, cell);
            real *dead = step_row(s, ROW_deaths_now, cell), *civilians = step_row(s, ROW_civilians_now, cell);
            lanes_event_amount(s, i, amount);
            for (uint32_t lane = 0; lane < s->n_lanes; lane++) {
                real rounded = amount[lane] > 0 ? lane_whole(amount[lane]) : 0;
                events[lane] += 1;
                dead[lane] += rounded;
                civilians[lane] += rounded;
            }
        }
    }
}

/** Adds a sub-step's numbers to those of the month, if they are not the same rows. */
static void month_so_far(const model_step *s, model_row_group total, model_row_group now) {
    uint32_t n = s->m->n_channels * s->m->n_areas * s->n_lanes;
    if (s->m->substeps == 1)
        return;
    if (s->i_substep == 0)
        lanes_copy(step_row(s, total, 0), step_row(s, now, 0), n);
    else
        lanes_add(step_row(s, total, 0), step_row(s, now, 0), n);
}

static void step(const model_step *s) {
    if (s->tile->observed) {
        if (s->tile->cells)
            KERNEL(events_observe_cells)(s);
        KERNEL(events_observe)(s);
    } else {
        for (uint32_t c = 0; c < s->m->n_channels; c++) {
            draw_events(s, c);
            deaths(s, c);
        }
        dated_attacks(s);
    }
    month_so_far(s, ROW_events, ROW_events_now);
    month_so_far(s, ROW_deaths, ROW_deaths_now);
}

static void close_month(const model_step *s) {
    const model *m = s->m;
    for (uint32_t c = 0; c < m->n_channels; c++) {
        real *events = step_row(s, ROW_events_last, c), *dead = step_row(s, ROW_deaths_last, c);
        lanes_fill(events, 0, s->n_lanes);
        lanes_fill(dead, 0, s->n_lanes);
        for (uint32_t a = 0; a < m->n_areas; a++) {
            lanes_add(events, step_row(s, ROW_events, c * m->n_areas + a), s->n_lanes);
            lanes_add(dead, step_row(s, ROW_deaths, c * m->n_areas + a), s->n_lanes);
        }
    }
}

const mechanism KERNEL(mechanism_events) = {
    .name = "events",
    .title = "Events and deaths",
    .text = "Numbers of recorded events are drawn around their expectation, with a shock shared by all areas of a "
            "channel and "
            "one of the cell. Deaths are drawn given the events: many events have few deaths, a few have very many.",
    .equation = "N ~ Poisson(gamma_c gamma_ic Lambda dt);  D = Binomial(N, a0) + NB(mean (m h - a0) N, size k_D N^a)",
    .doubt = "The largest single events of history are rarer here than in the data unless k_D is small.",
    .parameters = parameters,
    .n_parameters = EVENTS_PARAMETERS,
    .is_core = true,
    .month = month,
    .step = step,
    .close = close_month,
    .changes = CHANGES(events_now) | CHANGES(deaths_now) | CHANGES(civilians_now) | CHANGES(events) | CHANGES(deaths) |
               CHANGES(events_last) | CHANGES(deaths_last) | CHANGES(channel_shock) | CHANGES(shock_shape) |
               CHANGES(shock_rate) | CHANGES(size_effect) | CHANGES(size_level) | CHANGES(size_level_variance) |
               CHANGES(cell_log) | CHANGES(cell_variance) | CHANGES(channel_log) | CHANGES(channel_variance),
};
