/* The cooperation ladder of an outside power towards a faction.
 *
 *   rungs: 0 hostile, 1 talks and deconfliction, 2 tacit security cooperation, 3 humanitarian and sanctions carve-outs,
 *          4 assets and aid released, 5 diplomatic recognition;  3 to 5 only towards the ruler
 *   dz = kappa_z (c_zT Thr - c_zN (N - N_ref) 1{f rules} - z) dt + sigma_z dW
 *   up at q_k exp(z), straight to 3 from 0 or 1 at q_h exp(z) (towards the ruler), down at d exp(-z)
 *
 * Waiting times are exact: every clock holds an Exp(1) amount of hazard that is used up as it passes. While the past is
 * followed, rungs are the scenario's.
 */
#include "model/lanes.h"

enum {
    UP_0,
    UP_1,
    UP_2,
    UP_3,
    UP_4,
    CARVE_OUT,
    DOWN,
    RETURN,
    NOISE,
    THREAT_EFFECT,
    RIGHTS_EFFECT,
    RIGHTS_REFERENCE,
    THREAT_SCALE,
    N_PARAMETERS
};

static const parameter parameters[N_PARAMETERS] = {
    [UP_0] = {"up_from_hostile", "per month", 0, 10, 0.03, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.7, EVIDENCE_DATA,
              "q_0: talks open.",
              ".06 a month once talks are prepared (Doha, about 16 months); halved for pairs without any", ""},
    [UP_1] = {"up_from_talks", "per month", 0, 10, 0.08, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.7, EVIDENCE_DATA,
              "q_1: tacit security cooperation after talks.", "within 6-18 months, 2020", "2020-10"},
    [UP_2] = {"up_from_tacit", "per month", 0, 10, 0.1, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.7, EVIDENCE_ASSUMED,
              "q_2: carve-outs from sanctions for humanitarian trade.",
              "before 2021-08: practice of licences elsewhere within a year; assumed", ""},
    [UP_3] = {"up_from_carve_outs", "per month", 0, 10, 0.01, SCOPE_WORLD, PRIOR_LOG_NORMAL, 1, EVIDENCE_DATA,
              "q_3: assets and aid released.", "Jeffreys posterior Gamma(.5, 52): no event in 52 months, mean .0096",
              "2025-12"},
    [UP_4] = {"up_from_released", "per month", 0, 10, 0.005, SCOPE_WORLD, PRIOR_LOG_NORMAL, 1, EVIDENCE_DATA,
              "q_4: diplomatic recognition.",
              "between .0019 (pooled over Western powers) and .0096, no event in 52 months", "2025-12"},
    [CARVE_OUT] = {"carve_out", "per month", 0, 10, 0.1, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.7, EVIDENCE_ASSUMED,
                   "q_h: humanitarian carve-outs straight from rungs 0 or 1.", "assumed; as q_2", ""},
    [DOWN] = {"down", "per month", 0, 10, 0.01, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.7, EVIDENCE_ASSUMED, "d: a step back.",
              "assumed", ""},
    [RETURN] = {"return", "per month", 0, 5, 0.1, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.4, EVIDENCE_ASSUMED,
                "kappa_z: disposition returns to its mean.", "assumed", ""},
    [NOISE] = {"noise", "per square root of a month", 0, 5, 0.3, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.4, EVIDENCE_ASSUMED,
               "sigma_z: what else moves disposition.", "assumed", ""},
    [THREAT_EFFECT] = {"threat_effect", "1", -10, 10, 1, SCOPE_WORLD, PRIOR_NORMAL, 0.5, EVIDENCE_ASSUMED,
                       "c_zT: a common threat disposes a power to cooperate.",
                       "claim of the commentary of August 2021; size assumed", ""},
    [RIGHTS_EFFECT] = {"rights_effect", "1", -10, 10, 1.5, SCOPE_WORLD, PRIOR_NORMAL, 0.5, EVIDENCE_ASSUMED,
                       "c_zN: violation of rights by the ruler sets a power against cooperation.", "assumed", ""},
    [RIGHTS_REFERENCE] = {"rights_reference", "1", 0, 1, 0.5, SCOPE_WORLD, PRIOR_FIXED, 0, EVIDENCE_ASSUMED,
                          "N_ref: index at which the rates hold.", "definition", ""},
    [THREAT_SCALE] = {"threat_scale", "events a month", 0.1, 1e6, 30, SCOPE_WORLD, PRIOR_FIXED, 0, EVIDENCE_ASSUMED,
                      "a0: events that make a threat.", "definition of the unit", ""},
};

/** Thr_pf = sum_h max(0, -R_ph) max(0, -R_fh) log(1 + a_h/a0). */
static void common_threat(const model_step *s, uint32_t p, uint32_t f, real *restrict out) {
    const model *m = s->m;
    const real *scale = step_parameter(s, THREAT_SCALE, 0);
    real *a_h = step_scratch(s, 4), *r_p = step_scratch(s, 5), *r_f = step_scratch(s, 6);
    lanes_fill(out, 0, s->n_lanes);
    for (uint32_t g = 0; g < m->n_factions; g++) {
        uint32_t h = m->actor_of_faction[g];
        if (h == f)
            continue;
        lanes_fill(a_h, 0, s->n_lanes);
        for (uint32_t c = 0; c < m->n_channels; c++)
            if (m->channel_a[c] == (int32_t)g || m->channel_b[c] == (int32_t)g)
                lanes_add(a_h, step_row(s, ROW_events_last, c), s->n_lanes);
        lanes_relation(s, p, h, r_p);
        lanes_relation(s, f, h, r_f);
        for (uint32_t lane = 0; lane < s->n_lanes; lane++)
            out[lane] += lane_max(0, -r_p[lane]) * lane_max(0, -r_f[lane]) * lane_log(1 + a_h[lane] / scale[lane]);
    }
}

static void disposition(const model_step *s, uint32_t k, const real *restrict rules) {
    const model *m = s->m;
    uint32_t p = (uint32_t)m->ladder_power[k], f = (uint32_t)m->ladder_faction[k];
    const real *back = step_parameter(s, RETURN, 0), *sigma = step_parameter(s, NOISE, 0);
    const real *threat_effect = step_parameter(s, THREAT_EFFECT, 0),
               *rights_effect = step_parameter(s, RIGHTS_EFFECT, 0);
    const real *reference = step_parameter(s, RIGHTS_REFERENCE, 0);
    const real *rights = step_series(s, WORLD_RIGHTS_VIOLATION, (int32_t)f, WORLD_NONE);
    if (!rights)
        rights = step_series(s, WORLD_RIGHTS_VIOLATION, WORLD_NONE, WORLD_NONE);
    real *threat = step_scratch(s, 2), *e = step_scratch(s, 3), *z = step_row(s, ROW_disposition, k),
         root_dt = lane_sqrt(s->dt);
    common_threat(s, p, f, threat);
    KERNEL(random_normal_rows)(&s->address, USE_DISPOSITION, k * 4, 1, s->n_lanes, e);
    real *goal = threat;
    for (uint32_t lane = 0; lane < s->n_lanes; lane++)
        goal[lane] *= threat_effect[lane];
    for (uint32_t lane = 0; rights && lane < s->n_lanes; lane++)
        goal[lane] -= rules[lane] * rights_effect[lane] * (rights[lane] - reference[lane]);
    for (uint32_t lane = 0; lane < s->n_lanes; lane++)
        z[lane] += (goal[lane] - z[lane]) * (1 - lane_exp(-back[lane] * s->dt)) + sigma[lane] * root_dt * e[lane];
}

static void climb(const model_step *s, uint32_t k, const real *restrict rules) {
    const real *q[5] = {step_parameter(s, UP_0, 0), step_parameter(s, UP_1, 0), step_parameter(s, UP_2, 0),
                        step_parameter(s, UP_3, 0), step_parameter(s, UP_4, 0)};
    const real *carve_out = step_parameter(s, CARVE_OUT, 0), *down = step_parameter(s, DOWN, 0);
    const real *z = step_row(s, ROW_disposition, k);
    real *rung = step_row(s, ROW_rung, k), *up_clock = step_row(s, ROW_rung_clock, 2 * k),
         *down_clock = step_row(s, ROW_rung_clock, 2 * k + 1);
    real *fresh = step_scratch(s, 2), *fresh_down = step_scratch(s, 3), *u = step_scratch(s, 4);
    KERNEL(random_exponential_rows)(&s->address, USE_RUNG, (3 * k) * 4, 1, s->n_lanes, fresh);
    KERNEL(random_exponential_rows)(&s->address, USE_RUNG, (3 * k + 1) * 4, 1, s->n_lanes, fresh_down);
    KERNEL(random_uniform_rows)(&s->address, USE_RUNG, (3 * k + 2) * 4, 1, s->n_lanes, u);
    for (uint32_t lane = 0; lane < s->n_lanes; lane++) {
        int32_t now = (int32_t)rung[lane];
        bool open = now < 2 || (rules[lane] > 0 && now < 5);
        real factor = lane_exp(z[lane]);
        real next = open ? q[now < 5 ? now : 4][lane] * factor : 0;
        real direct = now < 2 && rules[lane] > 0 ? carve_out[lane] * factor : 0;
        up_clock[lane] -= (next + direct) * s->dt;
        down_clock[lane] -= now > 0 ? down[lane] * lane_exp(-z[lane]) * s->dt : 0;
        bool up = up_clock[lane] <= 0, step_down = !up && down_clock[lane] <= 0;
        real to = up          ? (u[lane] * (next + direct) < direct ? 3 : (real)(now + 1))
                  : step_down ? (real)(now - 1)
                              : (real)now;
        rung[lane] = to;
        up_clock[lane] = up ? fresh[lane] : up_clock[lane];
        down_clock[lane] = down_clock[lane] <= 0 ? fresh_down[lane] : down_clock[lane];
    }
}

static void dated_rungs(const model_step *s) {
    const model *m = s->m;
    for (uint32_t i = m->first_event[s->i_month]; i < m->first_event[s->i_month + 1]; i++) {
        const model_event *event = &m->events[i];
        if (event->kind != WORLD_EVENT_RUNG || event->substep != s->i_substep)
            continue;
        for (uint32_t k = 0; k < m->n_ladders; k++)
            if (m->ladder_power[k] == event->actor && m->ladder_faction[k] == event->other)
                lanes_fill(step_row(s, ROW_rung, k), (real)event->value, s->n_lanes);
    }
}

static void step(const model_step *s) {
    const model *m = s->m;
    bool past = m->first_month + (int32_t)s->i_month <= m->last_observed && !m->options.free_history;
    real *rules = step_scratch(s, 1);
    dated_rungs(s);
    for (uint32_t k = 0; k < m->n_ladders; k++) {
        int32_t f = m->faction_of_actor[m->ladder_faction[k]];
        lanes_fill(rules, 0, s->n_lanes);
        if (f >= 0)
            lanes_is_ruler(s, (uint32_t)f, rules);
        disposition(s, k, rules);
        if (!past)
            climb(s, k, rules);
    }
}

const mechanism KERNEL(mechanism_ladder) = {
    .name = "ladder",
    .title = "The cooperation ladder",
    .text =
        "How far an outside power goes with a faction: from hostility over talks, tacit security cooperation, "
        "humanitarian carve-outs and released assets to recognition. A disposition that is not seen drifts with the "
        "common threat and with the violation of rights; steps happen at rates that it raises or lowers. The first two "
        "steps are covert: they can be taken while being denied.",
    .equation = "dz = kappa (c_zT Thr - c_zN (N - N_ref) 1{rules} - z) dt + sigma dW;  up at q_k exp(z), straight to 3 "
                "at q_h exp(z), "
                "down at d exp(-z)",
    .doubt = "Release of assets and recognition have hardly ever been seen: their rates are priors, not estimates.",
    .parameters = parameters,
    .n_parameters = N_PARAMETERS,
    .is_pace = true,
    .step = step,
    .changes = CHANGES(disposition) | CHANGES(rung) | CHANGES(rung_clock),
};
