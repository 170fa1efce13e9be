/* Control: a contest of local power, with inertia; and who rules the country.
 *
 *   power_if = S_if quality_f (L_f/Lbar) (1 + air_f min(phi_f, 1)) exp(z_P P_if) exp(-distance_if / ell) exp(advantage_if)
 *   target_F = power_F^mu / (sum power^mu + floor^mu)     (Tullock contest, families pooled before the exponent)
 *   C += (target - C) (1 - exp(-kappa dt)),  kappa = kappa_C + kappa_collapse * sum_f C_if max(how far f's morale has given way,
 *                                                                                                 floor / (floor + S_if))
 *   the ruler falls when its control < c_lo and a challenger's > c_hi, or its strength < S_min
 *
 * advantage: what makes the start an equilibrium (terrain, ties, old positions); `anchor` says how much of it lasts.
 */
#include "model/lanes.h"

enum {
    SPEED,
    COLLAPSE_SPEED,
    DECISIVENESS,
    FLOOR,
    QUALITY,
    AIR,
    SUPPORT_EFFECT,
    DISTANCE,
    ANCHOR,
    FALL_BELOW,
    RISE_ABOVE,
    MINIMUM_STRENGTH,
    N_PARAMETERS
};

static const parameter parameters[N_PARAMETERS] = {
    [SPEED] = {"speed", "per month", 0, 5, 0.05, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.4, EVIDENCE_ASSUMED,
               "kappa_C: how fast control follows local power.",
               "SIGAR 2015-2018: national shares move about one point a quarter", ""},
    [COLLAPSE_SPEED] = {"collapse_speed", "per month", 0, 20, 1.5, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.5, EVIDENCE_ASSUMED,
                        "Extra speed where the force that holds the ground is gone or its morale has given way.",
                        "set on the one collapse of 2021: untestable in sample", "2021-08"},
    [DECISIVENESS] = {"decisiveness", "1", 0, 5, 1, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.3, EVIDENCE_ASSUMED,
                      "mu: 0 power does not matter, large: the strongest takes all.",
                      "Tullock contest success function", ""},
    [FLOOR] = {"floor", "power of fighters", 0, 1e6, 20, SCOPE_WORLD, PRIOR_FIXED, 0, EVIDENCE_ASSUMED,
               "Power below which an area is mostly nobody's.", "definition of the scale", ""},
    [QUALITY] = {"quality", "1", 0, 100, 1, SCOPE_FACTION, PRIOR_LOG_NORMAL, 0.3, EVIDENCE_ASSUMED,
                 "Fighting quality of one fighter.", "assumed; local advantage takes up the rest", ""},
    [AIR] =
        {"air", "1", 0, 20, 0.5, SCOPE_FACTION, PRIOR_LOG_NORMAL, 0.5, EVIDENCE_ASSUMED,
         "Extra power from foreign support of 1 (air power, logistics); only for factions with a schedule of support.",
         "assumed", ""},
    [SUPPORT_EFFECT] = {"support_effect", "1", -5, 5, 1, SCOPE_WORLD, PRIOR_NORMAL, 0.5, EVIDENCE_ASSUMED,
                        "z_P: effect of the population's support.", "assumed", ""},
    [DISTANCE] = {"distance", "km", 10, 1e5, 300, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.5, EVIDENCE_ASSUMED,
                  "ell: distance from home over which power falls by e.",
                  "loss-of-strength gradient, Boulding 1962; length assumed", ""},
    [ANCHOR] = {"anchor", "1", 0, 1, 1, SCOPE_WORLD, PRIOR_FIXED, 0, EVIDENCE_ASSUMED,
                "Share of the start's mismatch that is a lasting local advantage.",
                "definition: 1 makes the start an equilibrium", ""},
    [FALL_BELOW] = {"fall_below", "1", 0, 1, 0.25, SCOPE_WORLD, PRIOR_FIXED, 0, EVIDENCE_ASSUMED,
                    "c_lo: a ruler with less of the population than this can fall.", "definition", ""},
    [RISE_ABOVE] = {"rise_above", "1", 0, 1, 0.5, SCOPE_WORLD, PRIOR_FIXED, 0, EVIDENCE_ASSUMED,
                    "c_hi: to a challenger with more than this.", "definition", ""},
    [MINIMUM_STRENGTH] = {"minimum_strength", "fighters", 0, 1e6, 500, SCOPE_WORLD, PRIOR_FIXED, 0, EVIDENCE_ASSUMED,
                          "S_min: a ruler with fewer fighters falls to whoever controls most.", "definition", ""},
};

/** Rows of scratch from here on: by what foreign support multiplies the power of every faction. */
enum { FIRST_HELP = 4 };

static void list_help(const model_step *s) {
    for (uint32_t f = 0; f < s->m->n_factions; f++) {
        real *help = step_scratch(s, FIRST_HELP + f);
        const real *air = step_parameter(s, AIR, f),
                   *foreign =
                       lanes_series(s, WORLD_FOREIGN_SUPPORT, (int32_t)s->m->actor_of_faction[f], WORLD_NONE, 0, help);
        for (uint32_t lane = 0; lane < s->n_lanes; lane++)
            help[lane] = 1 + air[lane] * lane_min(1, foreign[lane]);
    }
}

/** Power of faction f in area a, pooled into its family's row of scratch; after list_help. */
static void add_power(const model_step *s, uint32_t f, uint32_t a, real *restrict power) {
    const model *m = s->m;
    const real *quality = step_parameter(s, QUALITY, f), *help = step_scratch(s, FIRST_HELP + f);
    const real *support_effect = step_parameter(s, SUPPORT_EFFECT, 0), *ell = step_parameter(s, DISTANCE, 0);
    const real *strength = step_row(s, ROW_strength, f * m->n_areas + a),
               *support = step_row(s, ROW_support, f * m->n_areas + a);
    const real *advantage = step_row(s, ROW_advantage, f * m->n_areas + a);
    const real *cohesion = step_row(s, ROW_cohesion, m->actor_of_faction[f]);
    real distance = m->distance_decay_km[f * m->n_areas + a];
    if (!lanes_any(strength, s->n_lanes))
        return; /* nobody there */
    for (uint32_t lane = 0; lane < s->n_lanes; lane++)
        power[lane] += strength[lane] * quality[lane] * cohesion[lane] * help[lane] *
                       lane_exp(support_effect[lane] * support[lane] - distance / ell[lane] + advantage[lane]);
}

/** What nobody contends with, the same in all areas. */
static void nobody_contends(const model_step *s, real *restrict nobody) {
    const real *mu = step_parameter(s, DECISIVENESS, 0), *floor = step_parameter(s, FLOOR, 0);
    for (uint32_t lane = 0; lane < s->n_lanes; lane++)
        nobody[lane] = floor[lane] > 0 ? lane_power(floor[lane], mu[lane]) : 0; /* not without a floor */
}

/** Target shares of area a: scratch rows first ... first + n_factions - 1, family heads only; after nobody_contends. */
static void targets(const model_step *s, uint32_t a, uint32_t first, const real *restrict nobody) {
    const model *m = s->m;
    const real *mu = step_parameter(s, DECISIVENESS, 0);
    real *sum = step_scratch(s, first + m->n_factions);
    for (uint32_t f = 0; f < m->n_factions; f++)
        lanes_fill(step_scratch(s, first + f), 0, s->n_lanes);
    for (uint32_t f = 0; f < m->n_factions; f++)
        add_power(s, f, a, step_scratch(s, first + step_family(s, f)));
    lanes_copy(sum, nobody, s->n_lanes);
    for (uint32_t f = 0; f < m->n_factions; f++) {
        real *power = step_scratch(s, first + f);
        if (step_family(s, f) != f || !lanes_any(power, s->n_lanes))
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

/** 1 - exp(-kappa dt) in area a: ground changes hands fast where the force that holds it is gone or has given way. */
static void speed_of_change(const model_step *s, uint32_t a, real *restrict out) {
    const model *m = s->m;
    const real *speed = step_parameter(s, SPEED, 0), *extra = step_parameter(s, COLLAPSE_SPEED, 0),
               *floor = step_parameter(s, FLOOR, 0);
    lanes_fill(out, 0, s->n_lanes);
    for (uint32_t f = 0; f < m->n_factions; f++) {
        const real *collapse = step_row(s, ROW_collapse, f), *control = step_row(s, ROW_control, f * m->n_areas + a);
        const real *family = lanes_family(s, step_family(s, f), a, step_scratch(s, 1));
        for (uint32_t lane = 0; lane < s->n_lanes; lane++) {
            real gone = floor[lane] > 0 ? floor[lane] / (floor[lane] + family[lane]) : 0;
            out[lane] += control[lane] * lane_max(collapse[lane], gone);
        }
    }
    for (uint32_t lane = 0; lane < s->n_lanes; lane++)
        out[lane] = 1 - lane_exp(-(speed[lane] + extra[lane] * out[lane]) * s->dt);
}

static void contest(const model_step *s) {
    const model *m = s->m;
    uint32_t n = s->n_lanes, first = FIRST_HELP + m->n_factions;
    real *step_share = step_scratch(s, 0), *nobody = step_scratch(s, 3);
    list_help(s);
    nobody_contends(s, nobody);
    for (uint32_t a = 0; a < m->n_areas; a++) {
        speed_of_change(s, a, step_share);
        targets(s, a, first, nobody);
        /* A family's share is held by its members in proportion to their strength. */
        for (uint32_t f = 0; f < m->n_factions; f++) {
            uint32_t head = step_family(s, f);
            const real *target = step_scratch(s, first + head),
                       *strength = step_row(s, ROW_strength, f * m->n_areas + a);
            const real *family = lanes_family(s, head, a, step_scratch(s, 2));
            real *control = step_row(s, ROW_control, f * m->n_areas + a);
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
    real *own = step_scratch(s, 2), *own_strength = step_scratch(s, 3), *held = step_scratch(s, 4),
         *strength = step_scratch(s, 5), *in_power = step_scratch(s, 6);
    lanes_fill(best, 0, n);
    lanes_fill(who, -1, n);
    lanes_fill(own, 0, n);
    lanes_fill(own_strength, 0, n);
    for (uint32_t f = 0; f < m->n_factions; f++) {
        if (step_family(s, f) != f)
            continue;
        lanes_fill(held, 0, n);
        lanes_fill(strength, 0, n);
        lanes_is_ruler(s, f, in_power); /* also where a part of the family rules, not its head */
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
            bool rules = in_power[lane] > 0;
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

/** Control and power of f's family in area a at the start. */
static void at_start(const model_step *s, uint32_t f, uint32_t a, real *restrict held, real *restrict power) {
    const model *m = s->m;
    lanes_fill(held, 0, s->n_lanes);
    lanes_fill(power, 0, s->n_lanes);
    for (uint32_t g = 0; g < m->n_factions; g++) {
        if (step_family(s, g) != step_family(s, f))
            continue;
        lanes_add(held, step_row(s, ROW_control, g * m->n_areas + a), s->n_lanes);
        add_power(s, g, a, power);
    }
}

/** The start: the local advantages that make the shares as given an equilibrium, relative to the largest holder's:
 *  held_f / held_top = (power_f / power_top)^mu. Where a family has no fighters it gets the mean of its other areas. */
static void start(const model_step *s) {
    const model *m = s->m;
    uint32_t n = s->n_lanes;
    const real *mu = step_parameter(s, DECISIVENESS, 0), *anchor = step_parameter(s, ANCHOR, 0);
    uint32_t first = FIRST_HELP + m->n_factions;
    real *held = step_scratch(s, 0), *power = step_scratch(s, 1), *sum = step_scratch(s, 2),
         *count = step_scratch(s, 3);
    real *top_held = step_scratch(s, first), *top_power = step_scratch(s, first + m->n_areas),
         *gaps = step_scratch(s, first + 2 * m->n_areas);
    list_help(s);
    for (uint32_t a = 0; a < m->n_areas; a++) {
        real *best = top_held + (size_t)a * n, *of_best = top_power + (size_t)a * n;
        lanes_fill(best, 0, n);
        lanes_fill(of_best, 0, n);
        for (uint32_t f = 0; f < m->n_factions; f++) {
            at_start(s, f, a, held, power);
            for (uint32_t lane = 0; lane < n; lane++) {
                bool larger = held[lane] > best[lane] && power[lane] > 0;
                best[lane] = larger ? held[lane] : best[lane];
                of_best[lane] = larger ? power[lane] : of_best[lane];
            }
        }
    }
    for (uint32_t f = 0; f < m->n_factions; f++) {
        if (step_family(s, f) != f)
            continue;
        lanes_fill(sum, 0, n);
        lanes_fill(count, 0, n);
        for (uint32_t a = 0; a < m->n_areas; a++) {
            const real *best = top_held + (size_t)a * n, *of_best = top_power + (size_t)a * n;
            real *gap = gaps + (size_t)a * n;
            at_start(s, f, a, held, power);
            for (uint32_t lane = 0; lane < n; lane++) {
                bool known = power[lane] > 0 && of_best[lane] > 0;
                real share = lane_max(held[lane], (real)1e-3) / lane_max(best[lane], (real)1e-3);
                real wanted =
                    lane_log(share) / lane_max(mu[lane], (real)0.01) - lane_log(power[lane]) + lane_log(of_best[lane]);
                gap[lane] =
                    known ? anchor[lane] * lane_max(-5, lane_min(5, wanted)) : 99; /* 99: no fighters to judge by */
                sum[lane] += known ? gap[lane] : 0;
                count[lane] += known ? 1 : 0;
            }
        }
        for (uint32_t g = 0; g < m->n_factions; g++) {
            if (step_family(s, g) != f)
                continue;
            for (uint32_t a = 0; a < m->n_areas; a++) {
                const real *gap = gaps + (size_t)a * n;
                real *advantage = step_row(s, ROW_advantage, g * m->n_areas + a);
                for (uint32_t lane = 0; lane < n; lane++)
                    advantage[lane] = gap[lane] < 99 ? gap[lane] : count[lane] > 0 ? sum[lane] / count[lane] : 0;
            }
        }
    }
}

const mechanism KERNEL(mechanism_control) = {
    .name = "control",
    .title = "Control and the ruler",
    .text = "Control of an area follows local power (fighters, quality, leadership, air support, people's support, "
            "distance "
            "from home), slowly in ordinary times and fast where the force that holds it is gone or has lost its "
            "morale. The capital need not "
            "agree with the provinces. A ruler falls when it holds little and a challenger holds most, or when its "
            "force is spent.",
    .equation = "target = power^mu / (sum power^mu + floor^mu);  C += (target - C)(1 - exp(-kappa dt))",
    .doubt = "Quality, decisiveness and leadership cannot be told apart in control data that hardly move.",
    .parameters = parameters,
    .n_parameters = N_PARAMETERS,
    .is_pace = true,
    .is_core = true,
    .start = start,
    .step = step,
    .changes = CHANGES(control) | CHANGES(ruler) | CHANGES(advantage),
};
