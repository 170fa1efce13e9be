/* Morale and desertion.
 *
 *   B_f = w_B sum_i popshare_i C_if + (1 - w_B) min(phi_f, 1) + eta_f         (regular forces; family control)
 *   eta' = rho_eta eta + sigma_eta sqrt(1 - rho_eta^2) e                       (once a month)
 *   desertion rate = delta0_f + 1{regular} b_B / (1 + exp((B - B0) / tau_B)) + b_M (1 - F)+
 *   of the deserters a share sw joins the locally strongest enemy
 *   log S_f += sigma_S sqrt(dt) e - sigma_S^2 dt / 2   common noise: strength forecasts are never certain
 */
#include "model/lanes.h"

enum {
    BASE_RATE,
    CASCADE_RATE,
    CASCADE_POINT,
    CASCADE_WIDTH,
    CONTROL_WEIGHT,
    NOISE_SD,
    NOISE_PERSISTENCE,
    UNPAID_RATE,
    SWITCH_SHARE,
    STRENGTH_NOISE,
    N_PARAMETERS
};

static const parameter parameters[N_PARAMETERS] = {
    [BASE_RATE] = {"base_rate", "per month", 0, 1, 0.012, SCOPE_FACTION, PRIOR_LOG_NORMAL, 0.4, EVIDENCE_MEMORY,
                   "delta0: attrition that always happens.", "regular Afghan forces 2-3 % a month gross, others 1-3 %",
                   ""},
    [CASCADE_RATE] = {"cascade_rate", "per month", 0, 20, 1.2, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.5, EVIDENCE_ASSUMED,
                      "b_B: desertion of a regular force whose morale has given way.",
                      "set on the one collapse of 2021: untestable in sample", "2021-08"},
    [CASCADE_POINT] = {"cascade_point", "1", 0, 1, 0.47, SCOPE_WORLD, PRIOR_NORMAL, 0.1, EVIDENCE_ASSUMED,
                       "B0: morale at which half of that rate is reached.",
                       "set on the one collapse of 2021: untestable in sample", "2021-08"},
    [CASCADE_WIDTH] = {"cascade_width", "1", 0.005, 1, 0.05, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.5, EVIDENCE_ASSUMED,
                       "tau_B: how sharp the threshold is.", "set on the one collapse of 2021: untestable in sample",
                       "2021-08"},
    [CONTROL_WEIGHT] = {"control_weight", "1", 0, 1, 0.5, SCOPE_WORLD, PRIOR_LOGIT_NORMAL, 0.4, EVIDENCE_ASSUMED,
                        "w_B: weight of territory against foreign support.", "assumed", "2021-08"},
    [NOISE_SD] = {"noise_sd", "1", 0, 1, 0.05, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.4, EVIDENCE_ASSUMED,
                  "sigma_eta: spread of what else moves morale.",
                  "assumed; without it every run collapses in the same month", ""},
    [NOISE_PERSISTENCE] = {"noise_persistence", "per month", 0, 0.999, 0.8, SCOPE_WORLD, PRIOR_FIXED, 0,
                           EVIDENCE_ASSUMED, "How long such moods last.", "assumed", ""},
    [UNPAID_RATE] = {"unpaid_rate", "per month", 0, 5, 0.1, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.5, EVIDENCE_ASSUMED,
                     "b_M: desertion when nothing is paid.", "assumed", ""},
    [SWITCH_SHARE] = {"switch_share", "1", 0, 1, 0.05, SCOPE_WORLD, PRIOR_LOGIT_NORMAL, 0.7, EVIDENCE_ASSUMED,
                      "sw: deserters that join the strongest enemy of the area.",
                      "assumed; bandwagoning, Christia 2012 for direction", ""},
    [STRENGTH_NOISE] = {"strength_noise", "per square root of a month", 0, 0.5, 0.03, SCOPE_WORLD, PRIOR_LOG_NORMAL,
                        0.4, EVIDENCE_ASSUMED, "sigma_S: common noise of a faction's log strength.", "assumed", ""},
};

static void month(const model_step *s) {
    const real *sd = step_parameter(s, NOISE_SD, 0), *rho = step_parameter(s, NOISE_PERSISTENCE, 0);
    real *e = step_scratch(s, 0);
    for (uint32_t f = 0; f < s->m->n_factions; f++) {
        if (!s->m->regular[f])
            continue;
        real *eta = step_row(s, ROW_morale_noise, f);
        KERNEL(random_normal_rows)(&s->address, USE_MORALE, f * 4, 1, s->n_lanes, e);
        for (uint32_t lane = 0; lane < s->n_lanes; lane++) {
            real innovation = s->i_month == 0 ? 1 : lane_sqrt(1 - rho[lane] * rho[lane]);
            eta[lane] = rho[lane] * eta[lane] + sd[lane] * innovation * e[lane];
        }
    }
}

/** B and how far it has given way. */
static void refresh(const model_step *s, uint32_t f) {
    const model *m = s->m;
    const real *weight = step_parameter(s, CONTROL_WEIGHT, 0), *point = step_parameter(s, CASCADE_POINT, 0);
    const real *width = step_parameter(s, CASCADE_WIDTH, 0), *eta = step_row(s, ROW_morale_noise, f);
    const real *foreign =
        lanes_series(s, WORLD_FOREIGN_SUPPORT, (int32_t)m->actor_of_faction[f], WORLD_NONE, 1, step_scratch(s, 1));
    real *morale = step_row(s, ROW_morale, f), *collapse = step_row(s, ROW_collapse, f), *held = step_scratch(s, 0);
    lanes_fill(held, 0, s->n_lanes);
    for (uint32_t g = 0; g < m->n_factions; g++) {
        if (step_family(s, g) != step_family(s, f))
            continue;
        for (uint32_t a = 0; a < m->n_areas; a++) {
            const real *control = step_row(s, ROW_control, g * m->n_areas + a);
            for (uint32_t lane = 0; lane < s->n_lanes; lane++)
                held[lane] += (real)m->population_share[a] * control[lane];
        }
    }
    for (uint32_t lane = 0; lane < s->n_lanes; lane++) {
        real support = lane_min(1, foreign[lane]);
        morale[lane] = weight[lane] * held[lane] + (1 - weight[lane]) * support + eta[lane];
        collapse[lane] = lane_logistic((point[lane] - morale[lane]) / width[lane]);
    }
}

/** Scratch: fighters of faction f in the country when the step begins. */
static real *fighters(const model_step *s, uint32_t f) {
    return step_scratch(s, 3 + 2 * s->m->n_areas + f);
}

/** Relation of f to g where those of f who change sides may join g: a faction outside its family that is hostile in some lane in
 *  which it has fighters; else NULL. */
static const real *relation_to_enemy(const model_step *s, uint32_t f, uint32_t g) {
    const model *m = s->m;
    const real *r = step_row(s, ROW_relation, m->actor_of_faction[f] * m->n_actors + m->actor_of_faction[g]);
    const real *there = fighters(s, g);
    uint32_t hostile = 0;
    if (step_family(s, g) == step_family(s, f))
        return NULL;
    for (uint32_t lane = 0; lane < s->n_lanes; lane++)
        hostile |= (r[lane] < 0) & (there[lane] > 0);
    return hostile ? r : NULL;
}

/** Fighters of the strongest enemy of f by area; 0 where there is none. */
static void strongest_enemies(const model_step *s, uint32_t f, real *restrict strongest) {
    uint32_t n = s->n_lanes, n_areas = s->m->n_areas;
    lanes_fill(strongest, 0, n_areas * n);
    for (uint32_t g = 0; g < s->m->n_factions; g++) {
        const real *restrict r = relation_to_enemy(s, f, g);
        for (uint32_t a = 0; r && a < n_areas; a++) {
            const real *restrict strength = step_row(s, ROW_strength, g * n_areas + a);
            real *restrict best = strongest + (size_t)a * n;
            for (uint32_t lane = 0; lane < n; lane++) {
                real there = strength[lane];
                best[lane] = lane_max(best[lane], r[lane] < 0 ? there : 0);
            }
        }
    }
}

/** Those of f who change sides, by area, join the strongest enemy there; of equals the first. `joining` is used up. */
static void join_strongest(const model_step *s, uint32_t f, const real *restrict strongest, real *restrict joining) {
    uint32_t n = s->n_lanes, n_areas = s->m->n_areas;
    for (uint32_t g = 0; g < s->m->n_factions; g++) {
        const real *restrict r = relation_to_enemy(s, f, g);
        for (uint32_t a = 0; r && a < n_areas; a++) {
            real *restrict strength = step_row(s, ROW_strength, g * n_areas + a);
            const real *restrict best = strongest + (size_t)a * n;
            real *restrict left = joining + (size_t)a * n;
            for (uint32_t lane = 0; lane < n; lane++) {
                bool chosen = r[lane] < 0 && strength[lane] == best[lane] && best[lane] > 0;
                real gained = chosen ? left[lane] : 0;
                strength[lane] += gained;
                left[lane] -= gained;
            }
        }
    }
}

static void desert(const model_step *s, uint32_t f) {
    const model *m = s->m;
    uint32_t n = s->n_lanes;
    const real *base = step_parameter(s, BASE_RATE, f), *cascade = step_parameter(s, CASCADE_RATE, 0);
    const real *unpaid = step_parameter(s, UNPAID_RATE, 0), *sw = step_parameter(s, SWITCH_SHARE, 0);
    const real *noise_sd = step_parameter(s, STRENGTH_NOISE, 0);
    const real *collapse = step_row(s, ROW_collapse, f), *funding = step_row(s, ROW_funding, f);
    real *gone = step_scratch(s, 1), *factor = step_scratch(s, 2);
    real *strongest = step_scratch(s, 3), *joining = step_scratch(s, 3 + m->n_areas); /* [area] */
    real root_dt = lane_sqrt(s->dt);
    KERNEL(random_normal_rows)(&s->address, USE_STRENGTH_NOISE, f * 4, 1, n, factor);
    for (uint32_t lane = 0; lane < n; lane++) {
        real rate = base[lane] + (m->regular[f] ? cascade[lane] * collapse[lane] : 0) +
                    unpaid[lane] * lane_max(0, 1 - funding[lane]);
        gone[lane] = 1 - lane_exp(-rate * s->dt);
        factor[lane] = lane_exp(noise_sd[lane] * root_dt * factor[lane] - noise_sd[lane] * noise_sd[lane] * s->dt / 2);
    }
    strongest_enemies(s, f, strongest);
    for (uint32_t a = 0; a < m->n_areas; a++) {
        real *strength = step_row(s, ROW_strength, f * m->n_areas + a), *changing = joining + (size_t)a * n;
        for (uint32_t lane = 0; lane < n; lane++) {
            real lost = strength[lane] * gone[lane];
            strength[lane] = (strength[lane] - lost) * factor[lane];
            changing[lane] = lost * sw[lane];
        }
    }
    join_strongest(s, f, strongest, joining);
}

static void step(const model_step *s) {
    for (uint32_t f = 0; f < s->m->n_factions; f++)
        if (s->m->regular[f])
            refresh(s, f);
    for (uint32_t f = 0; f < s->m->n_factions; f++)
        lanes_national_strength(s, f, fighters(s, f));
    for (uint32_t f = 0; f < s->m->n_factions; f++)
        if (step_active(s, f))
            desert(s, f);
}

const mechanism KERNEL(mechanism_morale) = {
    .name = "morale",
    .title = "Morale and desertion",
    .text =
        "Fighters always leave. A regular force also has morale, which rests on the ground it holds and on foreign "
        "support; below a threshold it gives way and the force dissolves within weeks, each loss of ground bringing "
        "the next. Unpaid fighters leave. Some deserters join the strongest enemy of the area.",
    .equation = "B = w sum popshare C + (1 - w) min(phi, 1) + eta;  rate = delta0 + b_B / (1 + exp((B - B0)/tau)) + "
                "b_M (1 - F)+",
    .doubt = "Threshold, sharpness and rate were set knowing the one collapse of 2021: no probability of collapse here "
             "is an estimate.",
    .parameters = parameters,
    .n_parameters = N_PARAMETERS,
    .is_pace = true,
    .month = month,
    .step = step,
    .changes = CHANGES(morale_noise) | CHANGES(morale) | CHANGES(collapse) | CHANGES(strength),
};
