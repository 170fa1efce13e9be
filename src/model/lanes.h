/* Small pieces that several mechanisms share: all of them loops over lanes. */
#ifndef MODEL_LANES_H
#define MODEL_LANES_H

#include "model/step.h"
#include "random/vector.h"

static inline void lanes_fill(real *restrict row, real value, uint32_t n) {
    for (uint32_t lane = 0; lane < n; lane++)
        row[lane] = value;
}

static inline void lanes_copy(real *restrict row, const real *restrict from, uint32_t n) {
    for (uint32_t lane = 0; lane < n; lane++)
        row[lane] = from[lane];
}

static inline void lanes_add(real *restrict row, const real *restrict term, uint32_t n) {
    for (uint32_t lane = 0; lane < n; lane++)
        row[lane] += term[lane];
}

/** Two of them, one after the other: half the work on `row`. */
static inline void lanes_add_two(real *restrict row, const real *restrict first, const real *restrict second,
                                 uint32_t n) {
    for (uint32_t lane = 0; lane < n; lane++)
        row[lane] = row[lane] + first[lane] + second[lane];
}

static inline real lane_max(real a, real b) {
    return a > b ? a : b;
}

static inline real lane_min(real a, real b) {
    return a < b ? a : b;
}

/** x rounded to a whole number, for x >= 0; NaN stays NaN (a cast to an integer would be undefined there). */
static inline real lane_whole(real x) {
    real rounded = (x + LANE_ROUND) - LANE_ROUND;
    return x < LANE_ROUND / 4 ? rounded : x; /* larger values are whole already, or too large to matter */
}

/** x >= 0 as whole persons whose expectation is x: the fraction is the chance of one more. @param u  uniform on (0, 1) */
static inline real lane_whole_by_chance(real x, real u) {
    real nearest = lane_whole(x), below = nearest > x ? nearest - 1 : nearest;
    return u < x - below ? below + 1 : below;
}

/** a^b for a >= 0; 0^b = 0 for b > 0, and 1 for b = 0. */
static inline real lane_power(real a, real b) {
    real value = lane_exp(b * lane_log(a));
    return b == (real)0 ? (real)1 : (a > (real)0 ? value : (real)0);
}

/** Is any value above 0? n: a multiple of LANES. Mostly the first ones say yes. */
static inline bool lanes_any(const real *restrict row, uint32_t n) {
    for (uint32_t first = 0; first < n; first += LANES)
        if (vector_positive(row + first))
            return true;
    return false;
}

static inline real lane_tanh(real x) {
    real e = lane_exp(-2 * (x < 0 ? -x : x));
    real t = (1 - e) / (1 + e);
    return x < 0 ? -t : t;
}

static inline real lane_logistic(real x) {
    return 1 / (1 + lane_exp(-x));
}

/** 1 - exp(-x) for x >= 0: what is gone after a decay, without the cancellation that a small x would suffer. */
static inline real lane_decayed(real x) {
    real small = x * (1 - x / 2 * (1 - x / 3 * (1 - x / 4))), large = 1 - lane_exp(-x);
    return x < (real)0.03125 ? small : large;
}

/** Lanes of a schedule's value this month; `absent` in all of them, in `spare`, when the scenario has no such schedule. A loop
 *  that asks in every lane whether there is one becomes code that reads through a mask, at no address: a hundred times
 *  slower than reading a row. */
static inline const real *lanes_series(const model_step *s, uint32_t kind, int32_t actor, int32_t other, real absent,
                                       real *restrict spare) {
    const real *row = step_series(s, kind, actor, other);
    if (row)
        return row;
    lanes_fill(spare, absent, s->n_lanes);
    return spare;
}

/** National strength of faction f: the sum over areas in a fixed order. */
static inline void lanes_national_strength(const model_step *s, uint32_t f, real *restrict out) {
    lanes_fill(out, 0, s->n_lanes);
    for (uint32_t a = 0; a < s->m->n_areas; a++)
        lanes_add(out, step_row(s, ROW_strength, f * s->m->n_areas + a), s->n_lanes);
}

/** Strength of the family headed by `head` in area a, into `out`. */
static inline void lanes_family_strength(const model_step *s, uint32_t head, uint32_t a, real *restrict out) {
    lanes_fill(out, 0, s->n_lanes);
    for (uint32_t f = 0; f < s->m->n_factions; f++)
        if (step_family(s, f) == head)
            lanes_add(out, step_row(s, ROW_strength, f * s->m->n_areas + a), s->n_lanes);
}

/** The same for reading: the row of the only member where the family has one, else the sum, in `spare`. */
static inline const real *lanes_family(const model_step *s, uint32_t head, uint32_t a, real *restrict spare) {
    int32_t member = s->m->only_member[s->i_month * s->m->n_factions + head];
    if (member >= 0)
        return step_row(s, ROW_strength, (uint32_t)member * s->m->n_areas + a);
    lanes_family_strength(s, head, a, spare);
    return spare;
}

/** lane_whole_by_chance of rows for all areas, at the sites of the i-th faction or pair; draws only where a lane has something.
 *  @param rows  [n_areas][n_lanes]  @param u  scratch, four rows */
static inline void lanes_whole_by_chance(const model_step *s, uint32_t use, uint32_t i, real *restrict rows,
                                         real *restrict u) {
    for (uint32_t a = 0; a < s->m->n_areas; a += 4) {
        uint32_t n_rows = step_sharing(s, a), n = n_rows * s->n_lanes;
        real *row = rows + (size_t)a * s->n_lanes;
        if (!lanes_any(row, n))
            continue;
        KERNEL(random_uniform_rows)(&s->address, use, step_site(s, i, a), n_rows, s->n_lanes, u);
        for (uint32_t lane = 0; lane < n; lane++)
            row[lane] = lane_whole_by_chance(row[lane], u[lane]);
    }
}

/** R between two actors. */
static inline void lanes_relation(const model_step *s, uint32_t v, uint32_t w, real *restrict out) {
    const real *r = step_row(s, ROW_relation, v * s->m->n_actors + w);
    for (uint32_t lane = 0; lane < s->n_lanes; lane++)
        out[lane] = lane_tanh(r[lane]);
}

/** Amount of a dated event in every lane: its median times a log-normal error from the scenario's interval. */
static inline void lanes_event_amount(const model_step *s, uint32_t i_event, real *restrict out) {
    const model_event *event = &s->m->events[i_event];
    real value = (real)event->value, spread = (real)event->spread;
    lanes_fill(out, value, s->n_lanes);
    if (!(spread > 0))
        return;
    random_address address = s->address;
    address.month = 0; /* the error belongs to the event, whenever it is looked at */
    address.substep = 0;
    KERNEL(random_normal_rows)(&address, USE_EVENT_AMOUNT, i_event * 4, 1, s->n_lanes, out);
    for (uint32_t lane = 0; lane < s->n_lanes; lane++)
        out[lane] = value * lane_exp(spread * out[lane]);
}

/** Is faction f (with its family) the ruler? 1 or 0 per lane. */
static inline void lanes_is_ruler(const model_step *s, uint32_t f, real *restrict out) {
    const real *ruler = step_row(s, ROW_ruler, 0);
    lanes_fill(out, 0, s->n_lanes);
    for (uint32_t g = 0; g < s->m->n_factions; g++)
        if (step_family(s, g) == step_family(s, f))
            for (uint32_t lane = 0; lane < s->n_lanes; lane++)
                out[lane] = ruler[lane] == (real)g ? 1 : out[lane];
}

#endif
