/* Control: a contest of local power, with inertia; and who rules the country.
 *
 *   power_if = S_if quality_f (L_f/Lbar) (1 + air_f min(phi_f, 1)) exp(z_P P_if) exp(-distance_if / ell) exp(advantage_if)
 *   target_F = power_F^mu / (sum power^mu + floor)        (Tullock contest, families pooled before the exponent)
 *   C += (target - C) (1 - exp(-kappa dt)),  kappa = kappa_C + kappa_collapse * (how far the ruler's morale has given way)
 *   the ruler falls when its control < c_lo and a challenger's > c_hi, or its strength < S_min
 *
 * advantage: what makes the start an equilibrium (terrain, ties, old positions); `anchor` says how much of it lasts.
 */
#include "model/lanes.h"

enum {
    SPEED, COLLAPSE_SPEED, DECISIVENESS, FLOOR, QUALITY, AIR, SUPPORT_EFFECT, DISTANCE, ANCHOR, FALL_BELOW, RISE_ABOVE,
    MINIMUM_STRENGTH, N_PARAMETERS
};

static const parameter parameters[N_PARAMETERS] = {
    [SPEED] = {"speed", "per month", 0, 5, 0.05, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.4, EVIDENCE_ASSUMED,
               "kappa_C: how fast control follows local power.", "SIGAR 2015-2018: national shares move about one point a quarter", ""},
    [COLLAPSE_SPEED] = {"collapse_speed", "per month", 0, 20, 1.5, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.5, EVIDENCE_ASSUMED,
                        "Extra speed while the ruler's morale has given way.", "set on the one collapse of 2021: untestable in sample", "2021-08"},
    [DECISIVENESS] = {"decisiveness", "1", 0, 5, 1, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.3, EVIDENCE_ASSUMED,
                      "mu: 0 power does not matter, large: the strongest takes all.", "Tullock contest success function", ""},
    [FLOOR] = {"floor", "power of fighters", 0, 1e6, 20, SCOPE_WORLD, PRIOR_FIXED, 0, EVIDENCE_ASSUMED,
               "Power below which an area is mostly nobody's.", "definition of the scale", ""},
    [QUALITY] = {"quality", "1", 0, 100, 1, SCOPE_FACTION, PRIOR_LOG_NORMAL, 0.3, EVIDENCE_ASSUMED,
                 "Fighting quality of one fighter.", "assumed; local advantage takes up the rest", ""},
    [AIR] = {"air", "1", 0, 20, 0.5, SCOPE_FACTION, PRIOR_LOG_NORMAL, 0.5, EVIDENCE_ASSUMED,
             "Extra power from foreign support of 1 (air power, logistics); only for factions with a schedule of support.", "assumed", ""},
    [SUPPORT_EFFECT] = {"support_effect", "1", -5, 5, 1, SCOPE_WORLD, PRIOR_NORMAL, 0.5, EVIDENCE_ASSUMED,
                        "z_P: effect of the population's support.", "assumed", ""},
    [DISTANCE] = {"distance", "km", 10, 1e5, 300, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.5, EVIDENCE_ASSUMED,
                  "ell: distance from home over which power falls by e.", "loss-of-strength gradient, Boulding 1962; length assumed", ""},
    [ANCHOR] = {"anchor", "1", 0, 1, 1, SCOPE_WORLD, PRIOR_FIXED, 0, EVIDENCE_ASSUMED,
                "Share of the start's mismatch that is a lasting local advantage.", "definition: 1 makes the start an equilibrium", ""},
    [FALL_BELOW] = {"fall_below", "1", 0, 1, 0.25, SCOPE_WORLD, PRIOR_FIXED, 0, EVIDENCE_ASSUMED,
                    "c_lo: a ruler with less of the population than this can fall.", "definition", ""},
    [RISE_ABOVE] = {"rise_above", "1", 0, 1, 0.5, SCOPE_WORLD, PRIOR_FIXED, 0, EVIDENCE_ASSUMED,
                    "c_hi: to a challenger with more than this.", "definition", ""},
    [MINIMUM_STRENGTH] = {"minimum_strength", "fighters", 0, 1e6, 500, SCOPE_WORLD, PRIOR_FIXED, 0, EVIDENCE_ASSUMED,
                          "S_min: a ruler with fewer fighters falls to whoever controls most.", "definition", ""},
};

/** Power of faction f in area a, pooled into its family's row of scratch. */
static void add_power(const model_step *s, uint32_t f, uint32_t a, real *restrict power) {
    const model *m = s->m;
    const real *quality = step_parameter(s, QUALITY, f), *air = step_parameter(s, AIR, f);
    const real *support_effect = step_parameter(s, SUPPORT_EFFECT, 0), *ell = step_parameter(s, DISTANCE, 0);
    const real *strength = step_row(s, ROW_strength, f * m->n_areas + a), *support = step_row(s, ROW_support, f * m->n_areas + a);
    const real *advantage = step_row(s, ROW_advantage, f * m->n_areas + a);
    const real *cohesion = step_row(s, ROW_cohesion, m->actor_of_faction[f]);
    const real *foreign = step_series(s, WORLD_FOREIGN_SUPPORT, (int32_t)m->actor_of_faction[f], WORLD_NONE);
    real distance = m->distance_decay_km[f * m->n_areas + a];
    for (uint32_t lane = 0; lane < s->n_lanes; lane++) {
        real help = foreign ? air[lane] * lane_min(1, foreign[lane]) : 0;
        power[lane] += strength[lane] * quality[lane] * cohesion[lane] * (1 + help) *
                       lane_exp(support_effect[lane] * support[lane] - distance / ell[lane] + advantage[lane]);
    }
}

/** Target shares of area a: scratch rows first ... first + n_factions - 1, family heads only. */
static void targets(const model_step *s, uint32_t a, uint32_t first) {
    const model *m = s->m;
    const real *mu = step_parameter(s, DECISIVENESS, 0), *floor = step_parameter(s, FLOOR, 0);
    real *sum = step_scratch(s, first + m->n_factions);
    for (uint32_t f = 0; f < m->n_factions; f++)
        lanes_fill(step_scratch(s, first + f), 0, s->n_lanes);
    for (uint32_t f = 0; f < m->n_factions; f++)
        add_power(s, f, a, step_scratch(s, first + step_family(s, f)));
    for (uint32_t lane = 0; lane < s->n_lanes; lane++)
        sum[lane] = lane_power(floor[lane], mu[lane]);
    for (uint32_t f = 0; f < m->n_factions; f++) {
        real *power = step_scratch(s, first + f);
        if (step_family(s, f) != f)
            continue;
        for (uint32_t lane = 0; lane < s->n_lanes; lane++) {
            /* Nobody there means no share, also at mu = 0. */
            power[lane] = power[lane] > 0 ? lane_power(power[lane], mu[lane]) : 0;
            sum[lane] += power[lane];
        }
    }
    for (uint32_t f = 0; f < m->n_factions; f++) {
        real *power = step_scratch(s, first + f);
        for (uint32_t lane = 0; lane < s->n_lanes; lane++)
            power[lane] = sum[lane] > 0 ? power[lane] / sum[lane] : 0;
    }
}

/** What of the ruler's morale has given way, per lane. */
static void ruler_collapse(const model_step *s, real *restrict out) {
    const real *ruler = step_row(s, ROW_ruler, 0);
    lanes_fill(out, 0, s->n_lanes);
    for (uint32_t f = 0; f < s->m->n_factions; f++) {
        const real *collapse = step_row(s, ROW_collapse, f);
        for (uint32_t lane = 0; lane < s->n_lanes; lane++)
            out[lane] = ruler[lane] == (real)f ? collapse[lane] : out[lane];
    }
}

static void contest(const model_step *s) {
    const model *m = s->m;
    uint32_t n = s->n_lanes, first = 4;
    const real *speed = step_parameter(s, SPEED, 0), *extra = step_parameter(s, COLLAPSE_SPEED, 0);
    real *step_share = step_scratch(s, 0), *collapse = step_scratch(s, 1);
    ruler_collapse(s, collapse);
    for (uint32_t lane = 0; lane < n; lane++)
        step_share[lane] = 1 - lane_exp(-(speed[lane] + extra[lane] * collapse[lane]) * s->dt);
    for (uint32_t a = 0; a < m->n_areas; a++) {
        targets(s, a, first);
        /* A family's share is held by its members in proportion to their strength. */
        for (uint32_t f = 0; f < m->n_factions; f++) {
            uint32_t head = step_family(s, f);
            const real *target = step_scratch(s, first + head), *strength = step_row(s, ROW_strength, f * m->n_areas + a);
            real *control = step_row(s, ROW_control, f * m->n_areas + a), *family = step_scratch(s, 2);
            lanes_family_strength(s, head, a, family);
            for (uint32_t lane = 0; lane < n; lane++) {
                real part = family[lane] > 0 ? strength[lane] / family[lane] : 0;
                control[lane] += (target[lane] * part - control[lane]) * step_share[lane];
            }
        }
    }
}

/** A ruler that the scenario does not fix may fall. */
static void succession(const model_step *s) {
    const model *m = s->m;
    uint32_t n = s->n_lanes;
    if (m->ruler_of_month[s->i_month] != -2)
        return;
    const real *low = step_parameter(s, FALL_BELOW, 0), *high = step_parameter(s, RISE_ABOVE, 0);
    const real *minimum = step_parameter(s, MINIMUM_STRENGTH, 0);
    real *ruler = step_row(s, ROW_ruler, 0), *best = step_scratch(s, 0), *who = step_scratch(s, 1);
    real *own = step_scratch(s, 2), *own_strength = step_scratch(s, 3), *held = step_scratch(s, 4), *strength = step_scratch(s, 5);
    lanes_fill(best, 0, n);
    lanes_fill(who, -1, n);
    lanes_fill(own, 0, n);
    lanes_fill(own_strength, 0, n);
    for (uint32_t f = 0; f < m->n_factions; f++) {
        if (step_family(s, f) != f)
            continue;
        lanes_fill(held, 0, n);
        lanes_fill(strength, 0, n);
        for (uint32_t g = 0; g < m->n_factions; g++) {
            if (step_family(s, g) != f)
                continue;
            for (uint32_t a = 0; a < m->n_areas; a++) {
                const real *control = step_row(s, ROW_control, g * m->n_areas + a);
                const real *fighters = step_row(s, ROW_strength, g * m->n_areas + a);
                for (uint32_t lane = 0; lane < n; lane++) {
                    held[lane] += (real)m->population_share[a] * control[lane];
                    strength[lane] += fighters[lane];
                }
            }
        }
        for (uint32_t lane = 0; lane < n; lane++) {
            bool rules = ruler[lane] == (real)f;
            own[lane] = rules ? held[lane] : own[lane];
            own_strength[lane] = rules ? strength[lane] : own_strength[lane];
            bool better = !rules && held[lane] > best[lane];
            best[lane] = better ? held[lane] : best[lane];
            who[lane] = better ? (real)f : who[lane];
        }
    }
    for (uint32_t lane = 0; lane < n; lane++) {
        bool challenged = own[lane] < low[lane] && best[lane] > high[lane];
        bool spent = ruler[lane] >= 0 && own_strength[lane] < minimum[lane];
        ruler[lane] = challenged ? who[lane] : spent ? (best[lane] > low[lane] ? who[lane] : -1) : ruler[lane];
    }
}

static void step(const model_step *s) {
    contest(s);
    succession(s);
}

/** The start: control as given, and the local advantage that makes it an equilibrium. Run once, before the first month. */
static void start(const model_step *s) {
    const model *m = s->m;
    uint32_t first = 4;
    const real *mu = step_parameter(s, DECISIVENESS, 0), *anchor = step_parameter(s, ANCHOR, 0);
    const real *floor = step_parameter(s, FLOOR, 0);
    real *held = step_scratch(s, 0), *free = step_scratch(s, 1), *now = step_scratch(s, 2);
    for (uint32_t a = 0; a < m->n_areas; a++) {
        targets(s, a, first);
        lanes_fill(free, 1, s->n_lanes);
        for (uint32_t f = 0; f < m->n_factions; f++) {
            const real *control = step_row(s, ROW_control, f * m->n_areas + a);
            for (uint32_t lane = 0; lane < s->n_lanes; lane++)
                free[lane] -= control[lane];
        }
        for (uint32_t f = 0; f < m->n_factions; f++) {
            lanes_fill(held, 0, s->n_lanes);
            lanes_fill(now, 0, s->n_lanes);
            for (uint32_t g = 0; g < m->n_factions; g++) {
                if (step_family(s, g) != step_family(s, f))
                    continue;
                lanes_add(held, step_row(s, ROW_control, g * m->n_areas + a), s->n_lanes);
                add_power(s, g, a, now);
            }
            real *advantage = step_row(s, ROW_advantage, f * m->n_areas + a);
            for (uint32_t lane = 0; lane < s->n_lanes; lane++) {
                /* target_F = held_F  <=>  power_F^mu = floor^mu held_F / free;  held and free kept off 0 and 1 */
                real share = lane_max(held[lane], (real)1e-4), rest = lane_max(free[lane], (real)0.02);
                real wanted = lane_log(floor[lane]) + lane_log(share / rest) / lane_max(mu[lane], (real)0.01);
                real gap = now[lane] > 0 && floor[lane] > 0 ? wanted - lane_log(now[lane]) : 0;
                advantage[lane] = anchor[lane] * lane_max(-5, lane_min(5, gap));
            }
        }
    }
}

const mechanism KERNEL(mechanism_control) = {
    .name = "control",
    .title = "Control and the ruler",
    .text = "Control of an area follows local power (fighters, quality, leadership, air support, people's support, distance "
            "from home), slowly in ordinary times and fast once the ruler's morale has given way. The capital need not "
            "agree with the provinces. A ruler falls when it holds little and a challenger holds most, or when its force is spent.",
    .equation = "target = power^mu / (sum power^mu + floor);  C += (target - C)(1 - exp(-kappa dt))",
    .doubt = "Quality, decisiveness and leadership cannot be told apart in control data that hardly move.",
    .parameters = parameters,
    .n_parameters = N_PARAMETERS,
    .is_core = true,
    .start = start,
    .step = step,
};
