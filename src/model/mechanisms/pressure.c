/* Pressure on a faction, and the intelligence behind it.
 *
 *   partners of power p in area i:  pi_ip = sum_h C_ih min(1, max(0, R_ph) + 1{h rules, rung of (p, h) >= 2})
 *   I_ip = iota0 + (iota1 - iota0) min(1, pi_ip);   Ibar_pf = sum_i S_if I_ip / S_f
 *   Z*_f = zeta_ruler effort_f max(0, -R_ruler,f) + zeta_U sum_p U_pf Ibar_pf
 *          + iota_p sum_p 1{rung >= 2} max(0, -R_pf) max(0, -R_ruler,f)
 *   Z += (Z* - Z)(1 - exp(-dt/tau_Z));   Bk <- exp(-dt/3) Bk + dt sum_p U_pf (1 - Ibar_pf)
 *
 * Pressure takes months to build and to fade. Strikes without partners on the ground find little and are resented.
 */
#include "model/lanes.h"

enum { RULER_PRESSURE, STRIKE_PRESSURE, COOPERATION, LAG, BLIND, INFORMED, BACKLASH_MEMORY, N_PARAMETERS };

static const parameter parameters[N_PARAMETERS] = {
    [RULER_PRESSURE] = {"ruler_pressure", "1", 0, 20, 0.4, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.5, EVIDENCE_ASSUMED,
                        "zeta_ruler: pressure of a hostile ruler at effort 1.",
                        "a third of a sustained programme; assumed", ""},
    [STRIKE_PRESSURE] = {"strike_pressure", "per informed strike a month", 0, 1, 0.002, SCOPE_WORLD, PRIOR_LOG_NORMAL,
                         0.5, EVIDENCE_ASSUMED, "zeta_U: pressure per well-informed strike a month.",
                         "so that 600 strikes a month with partners make a sustained programme (1.3)", ""},
    [COOPERATION] = {"cooperation", "1", 0, 20, 0.4, SCOPE_POWER, PRIOR_LOG_NORMAL, 0.5, EVIDENCE_ASSUMED,
                     "iota_p: pressure added by a power's tacit cooperation with the ruler against a common enemy.",
                     "assumed: information shared, no targeting data (press 2023)", ""},
    [LAG] = {"lag", "months", 0.1, 120, 5, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.5, EVIDENCE_ASSUMED,
             "tau_Z: time for pressure to build or fade.", "4-5 months suggested by UN attack counts 2021-2023",
             "2023-11"},
    [BLIND] = {"blind", "1", 0, 1, 0.05, SCOPE_WORLD, PRIOR_LOGIT_NORMAL, 0.5, EVIDENCE_ASSUMED,
               "iota0: intelligence from over the horizon, without partners.",
               "assumed; Mir 2018: effectiveness needs a local partner", ""},
    [INFORMED] = {"informed", "1", 0, 1, 1, SCOPE_WORLD, PRIOR_FIXED, 0, EVIDENCE_ASSUMED,
                  "iota1: intelligence with full partner control.", "definition", ""},
    [BACKLASH_MEMORY] = {"backlash_memory", "months", 0.1, 60, 3, SCOPE_WORLD, PRIOR_FIXED, 0, EVIDENCE_SOURCE,
                         "How long badly informed strikes are resented.", "Lyall 2015 ms.: at least 90 days", ""},
};

/** Rung of (power, whoever rules) per lane; 0 where that pair is not declared. */
static void rung_with_ruler(const model_step *s, uint32_t power, real *restrict out) {
    const model *m = s->m;
    const real *ruler = step_row(s, ROW_ruler, 0);
    lanes_fill(out, 0, s->n_lanes);
    for (uint32_t k = 0; k < m->n_ladders; k++) {
        if (m->ladder_power[k] != (int32_t)power)
            continue;
        const real *rung = step_row(s, ROW_rung, k);
        real f = (real)m->faction_of_actor[m->ladder_faction[k]];
        for (uint32_t lane = 0; lane < s->n_lanes; lane++)
            out[lane] = ruler[lane] == f ? rung[lane] : out[lane];
    }
}

/** Rows of scratch from here on: f's national strength, and f's strength times the control of every faction, summed over areas:
 *  what is known to partners does not depend on whose partners they are. */
enum { FIRST_KNOWN = 10 };

static void list_known(const model_step *s, uint32_t f) {
    const model *m = s->m;
    uint32_t n = s->n_lanes;
    lanes_national_strength(s, f, step_scratch(s, FIRST_KNOWN));
    bool is_anywhere = lanes_any(step_scratch(s, FIRST_KNOWN), n);
    for (uint32_t h = 0; h < m->n_factions; h++) {
        real *known = step_scratch(s, FIRST_KNOWN + 1 + h);
        lanes_fill(known, 0, n);
        for (uint32_t a = 0; h != f && is_anywhere && a < m->n_areas; a++) {
            const real *strength = step_row(s, ROW_strength, f * m->n_areas + a),
                       *control = step_row(s, ROW_control, h * m->n_areas + a);
            for (uint32_t lane = 0; lane < n; lane++)
                known[lane] += strength[lane] * control[lane];
        }
    }
}

/** Rows of scratch behind those: R of power p and faction f in row p * n_factions + f of them, the same for all that are pressed. */
static real *stance(const model_step *s, uint32_t p, uint32_t f) {
    return step_scratch(s, FIRST_KNOWN + 1 + s->m->n_factions + p * s->m->n_factions + f);
}

static void list_stances(const model_step *s) {
    const model *m = s->m;
    for (uint32_t p = 0; p < m->n_powers; p++)
        for (uint32_t f = 0; f < m->n_factions; f++)
            lanes_relation(s, m->actor_of_power[p], m->actor_of_faction[f], stance(s, p, f));
}

/** Ibar_pf after list_known and list_stances; p WORLD_NONE: of the ruler itself, whose partners are its own people. */
static void intelligence(const model_step *s, int32_t p, uint32_t f, const real *restrict rung, real *restrict out) {
    const model *m = s->m;
    uint32_t n = s->n_lanes;
    const real *blind = step_parameter(s, BLIND, 0), *informed = step_parameter(s, INFORMED, 0),
               *ruler = step_row(s, ROW_ruler, 0), *total = step_scratch(s, FIRST_KNOWN);
    real *neutral = step_scratch(s, 8);
    lanes_fill(neutral, 0, n);
    lanes_fill(out, 0, n);
    for (uint32_t h = 0; h < m->n_factions; h++) {
        if (h == f)
            continue;
        const real *known = step_scratch(s, FIRST_KNOWN + 1 + h), *R = p >= 0 ? stance(s, (uint32_t)p, h) : neutral;
        for (uint32_t lane = 0; lane < n; lane++) {
            bool rules = ruler[lane] == (real)h;
            real share = lane_min(1, lane_max(0, R[lane]) + (rules && (p < 0 || rung[lane] >= 2) ? 1 : 0));
            out[lane] += share * known[lane];
        }
    }
    for (uint32_t lane = 0; lane < n; lane++) {
        real pi = total[lane] > 0 ? lane_min(1, out[lane] / total[lane]) : 0;
        out[lane] = blind[lane] + (informed[lane] - blind[lane]) * pi;
    }
}

/** Does g rule in any lane? */
static bool may_rule(const model_step *s, uint32_t g) {
    const real *ruler = step_row(s, ROW_ruler, 0);
    uint32_t any = 0;
    for (uint32_t lane = 0; lane < s->n_lanes; lane++)
        any |= ruler[lane] == (real)g;
    return any != 0;
}

/** Hostility of the ruler to f: max(0, -R), 0 where f's own family rules or nobody does. */
static void ruler_hostility(const model_step *s, uint32_t f, real *restrict out, real *restrict R) {
    const model *m = s->m;
    const real *ruler = step_row(s, ROW_ruler, 0);
    lanes_fill(out, 0, s->n_lanes);
    for (uint32_t g = 0; g < m->n_factions; g++) {
        if (step_family(s, g) == step_family(s, f) || !may_rule(s, g))
            continue;
        lanes_relation(s, m->actor_of_faction[g], m->actor_of_faction[f], R);
        for (uint32_t lane = 0; lane < s->n_lanes; lane++)
            out[lane] = ruler[lane] == (real)g ? lane_max(0, -R[lane]) : out[lane];
    }
}

/** Effort of whoever rules against f: a schedule, else 1. */
static void ruler_effort(const model_step *s, uint32_t f, real *restrict out) {
    const model *m = s->m;
    const real *ruler = step_row(s, ROW_ruler, 0);
    lanes_fill(out, 1, s->n_lanes);
    for (uint32_t g = 0; g < m->n_factions; g++) {
        const real *effort =
            step_series(s, WORLD_EFFORT, (int32_t)m->actor_of_faction[g], (int32_t)m->actor_of_faction[f]);
        for (uint32_t lane = 0; effort && lane < s->n_lanes; lane++)
            out[lane] = ruler[lane] == (real)g ? effort[lane] : out[lane];
    }
}

static void press(const model_step *s, uint32_t f) {
    const model *m = s->m;
    uint32_t n = s->n_lanes;
    const real *from_ruler = step_parameter(s, RULER_PRESSURE, 0), *per_strike = step_parameter(s, STRIKE_PRESSURE, 0);
    const real *lag = step_parameter(s, LAG, 0), *memory = step_parameter(s, BACKLASH_MEMORY, 0);
    real *goal = step_scratch(s, 0), *hostile = step_scratch(s, 1), *effort = step_scratch(s, 2),
         *resented = step_scratch(s, 3);
    real *rung = step_scratch(s, 4), *known = step_scratch(s, 5), *R = step_scratch(s, 6), *none = step_scratch(s, 7);
    real *pressure = step_row(s, ROW_pressure, f), *backlash = step_row(s, ROW_backlash, f),
         *informed = step_row(s, ROW_intelligence, f);
    ruler_hostility(s, f, hostile, R);
    ruler_effort(s, f, effort);
    lanes_fill(rung, 0, n);
    list_known(s, f);
    intelligence(s, WORLD_NONE, f, rung, informed);
    for (uint32_t lane = 0; lane < n; lane++) {
        goal[lane] = from_ruler[lane] * effort[lane] * hostile[lane];
        resented[lane] = 0;
    }
    for (uint32_t p = 0; p < m->n_powers; p++) {
        uint32_t power = m->actor_of_power[p];
        const real *released = lanes_series(s, WORLD_STRIKES, (int32_t)power, (int32_t)m->actor_of_faction[f], 0, none);
        const real *cooperation = step_parameter(s, COOPERATION, p);
        rung_with_ruler(s, power, rung);
        const real *stands = stance(s, p, f);
        intelligence(s, (int32_t)p, f, rung, known);
        for (uint32_t lane = 0; lane < n; lane++) {
            real strikes = released[lane];
            goal[lane] += per_strike[lane] * strikes * known[lane];
            goal[lane] += rung[lane] >= 2 ? cooperation[lane] * lane_max(0, -stands[lane]) * hostile[lane] : 0;
            resented[lane] += strikes * (1 - known[lane]);
            informed[lane] = strikes > 0 ? lane_max(informed[lane], known[lane]) : informed[lane];
        }
    }
    for (uint32_t lane = 0; lane < n; lane++) {
        pressure[lane] += (goal[lane] - pressure[lane]) *
                          (s->i_month == 0 && s->i_substep == 0 ? 1 : 1 - lane_exp(-s->dt / lag[lane]));
        backlash[lane] = lane_exp(-s->dt / memory[lane]) * backlash[lane] + s->dt * resented[lane];
    }
}

static void step(const model_step *s) {
    list_stances(s);
    for (uint32_t f = 0; f < s->m->n_factions; f++)
        press(s, f);
}

const mechanism KERNEL(mechanism_pressure) = {
    .name = "pressure",
    .title = "Pressure, intelligence and partners on the ground",
    .text = "A faction is under pressure from a hostile ruler, from strikes as far as they are well informed, and from "
            "outside powers that quietly cooperate with the ruler. Intelligence needs partners who control ground "
            "where the "
            "faction is. Pressure builds and fades over months; badly informed strikes bring backlash.",
    .equation = "Z* = zeta effort max(0,-R) + zeta_U sum U Ibar + sum iota 1{rung >= 2} max(0,-R_pf) max(0,-R_rf);  dZ "
                "= (Z* - Z)/tau dt",
    .doubt = "Pressure, a group's own restraint and fewer claims explain the same decline of attacks; only strength "
             "reports separate them.",
    .parameters = parameters,
    .n_parameters = N_PARAMETERS,
    .is_pace = true,
    .step = step,
    .changes = CHANGES(pressure) | CHANGES(backlash) | CHANGES(intelligence),
};
