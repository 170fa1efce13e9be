/* Leadership: loss of leaders and succession.
 *
 *   removal ~ hazard h0 + h1 Z_f + h2 sum_p U_pf Ibar_f per month, and by date (also of a sponsor's leader)
 *   on removal: L *= 1 - dL, O += 1, and with probability min(1, pi (HR(age) - 1) (1/2 if a sponsor re-appoints)) a splinter
 *   takes a share of S away;  HR(age) = max(1, 8.5 - .375 age)                      (Price 2012, through three stated points)
 *   dL = (1 - L)/tau_L dt,  O <- O exp(-dt/4)      (L relative to its long-run mean)
 */
#include "model/lanes.h"

enum {
    BASE_HAZARD,
    PRESSURE_HAZARD,
    STRIKE_HAZARD,
    LOSS,
    RECOVERY,
    SPLINTER,
    SPLINTER_SHARE,
    DISORDER_MEMORY,
    N_PARAMETERS
};

static const parameter parameters[N_PARAMETERS] = {
    [BASE_HAZARD] = {"base_hazard", "per month", 0, 1, 0.004, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.5, EVIDENCE_ASSUMED,
                     "h0: loss of the leader without pressure.", "one in about twenty years; assumed", ""},
    [PRESSURE_HAZARD] = {"pressure_hazard", "per unit of pressure and month", 0, 1, 0.03, SCOPE_WORLD, PRIOR_LOG_NORMAL,
                         0.5, EVIDENCE_DATA, "h1: loss of the leader under pressure.",
                         "one branch lost its leader in each year from 2016 to 2020, at about 2 units", "2020-05"},
    [STRIKE_HAZARD] = {"strike_hazard", "per informed strike", 0, 1, 1e-5, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.7,
                       EVIDENCE_ASSUMED, "h2: the same per well-informed strike.", "assumed", ""},
    [LOSS] = {"loss", "1", 0, 1, 0.3, SCOPE_WORLD, PRIOR_LOGIT_NORMAL, 0.5, EVIDENCE_ASSUMED,
              "dL: cohesion lost at once.", "assumed; direction Johnston 2012, Rigterink 2021", ""},
    [RECOVERY] = {"recovery", "months", 0.1, 120, 4, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.4, EVIDENCE_ASSUMED,
                  "tau_L: time to recover.", "disorder of about six months, Rigterink 2021", ""},
    [SPLINTER] = {"splinter", "1", 0, 1, 0.03, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.5, EVIDENCE_ASSUMED,
                  "pi: chance of a splinter per unit of excess hazard ratio.",
                  "Price 2012 for the hazard ratio by age; scale assumed", ""},
    [SPLINTER_SHARE] = {"splinter_share", "1", 0, 1, 0.2, SCOPE_WORLD, PRIOR_LOGIT_NORMAL, 0.5, EVIDENCE_ASSUMED,
                        "Share of fighters that a splinter takes away.", "assumed", ""},
    [DISORDER_MEMORY] = {"disorder_memory", "months", 0.1, 60, 4, SCOPE_WORLD, PRIOR_FIXED, 0, EVIDENCE_SOURCE,
                         "How long disorder lasts.", "Rigterink 2021: 3 of the 6 months after", ""},
};

/** `removed` [lanes] 0 or 1: what a removal does to faction f. */
static void remove_leader(const model_step *s, uint32_t f, const real *restrict removed) {
    const model *m = s->m;
    uint32_t n = s->n_lanes;
    const real *loss = step_parameter(s, LOSS, 0), *scale = step_parameter(s, SPLINTER, 0),
               *share = step_parameter(s, SPLINTER_SHARE, 0);
    real *cohesion = step_row(s, ROW_cohesion, m->actor_of_faction[f]), *disorder = step_row(s, ROW_disorder, f),
         *u = step_scratch(s, 2);
    real age = (real)(m->founded_years[f] + s->i_month / 12.0);
    real excess = lane_max(0, (real)7.5 - (real)0.375 * age) * (m->sponsor[f] >= 0 ? (real)0.5 : 1);
    KERNEL(random_uniform_rows)(&s->address, USE_SPLINTER, f * 4, 1, n, u);
    for (uint32_t lane = 0; lane < n; lane++) {
        cohesion[lane] *= 1 - removed[lane] * loss[lane];
        disorder[lane] += removed[lane];
        bool splits = removed[lane] > 0 && u[lane] < lane_min(1, scale[lane] * excess);
        u[lane] = splits ? 1 - share[lane] : 1;
    }
    for (uint32_t a = 0; a < m->n_areas; a++) {
        real *strength = step_row(s, ROW_strength, f * m->n_areas + a);
        for (uint32_t lane = 0; lane < n; lane++)
            strength[lane] *= u[lane];
    }
}

static void chance(const model_step *s, uint32_t f, real *restrict removed) {
    const model *m = s->m;
    uint32_t n = s->n_lanes;
    const real *h0 = step_parameter(s, BASE_HAZARD, 0), *h1 = step_parameter(s, PRESSURE_HAZARD, 0),
               *h2 = step_parameter(s, STRIKE_HAZARD, 0);
    const real *pressure = step_row(s, ROW_pressure, f), *informed = step_row(s, ROW_intelligence, f);
    real *strikes = step_scratch(s, 1);
    lanes_fill(strikes, 0, n);
    for (uint32_t p = 0; p < m->n_powers; p++) {
        const real *released =
            step_series(s, WORLD_STRIKES, (int32_t)m->actor_of_power[p], (int32_t)m->actor_of_faction[f]);
        if (released)
            lanes_add(strikes, released, n);
    }
    KERNEL(random_uniform_rows)(&s->address, USE_REMOVAL, f * 4, 1, n, removed);
    for (uint32_t lane = 0; lane < n; lane++) {
        real hazard = h0[lane] + h1[lane] * pressure[lane] + h2[lane] * strikes[lane] * informed[lane];
        removed[lane] = removed[lane] < 1 - lane_exp(-hazard * s->dt) ? 1 : 0;
    }
}

static void dated(const model_step *s, real *restrict removed) {
    const model *m = s->m;
    const real *loss = step_parameter(s, LOSS, 0);
    for (uint32_t i = m->first_event[s->i_month]; i < m->first_event[s->i_month + 1]; i++) {
        const model_event *event = &m->events[i];
        if (event->substep != s->i_substep || event->actor < 0)
            continue;
        real *cohesion = step_row(s, ROW_cohesion, (uint32_t)event->actor);
        if (event->kind == WORLD_EVENT_LEADER_INSTALLED) {
            /* The scenario gives L itself; the state is relative to the long-run mean of .7. */
            lanes_event_amount(s, i, cohesion);
            for (uint32_t lane = 0; lane < s->n_lanes; lane++)
                cohesion[lane] = lane_max((real)0.01, cohesion[lane]) / (real)0.7;
        } else if (event->kind == WORLD_EVENT_LEADER_REMOVED && event->faction >= 0) {
            lanes_fill(removed, 1, s->n_lanes);
            remove_leader(s, (uint32_t)event->faction, removed);
        } else if (event->kind == WORLD_EVENT_LEADER_REMOVED) {
            for (uint32_t lane = 0; lane < s->n_lanes; lane++)
                cohesion[lane] *= 1 - loss[lane];
        }
    }
}

static void step(const model_step *s) {
    const model *m = s->m;
    const real *recovery = step_parameter(s, RECOVERY, 0), *memory = step_parameter(s, DISORDER_MEMORY, 0);
    real *removed = step_scratch(s, 0);
    /* Removals that data recorded are dated; chance takes over where the past ends. */
    bool past = m->first_month + (int32_t)s->i_month <= m->last_observed && !m->options.free_history;
    for (uint32_t v = 0; v < m->n_actors; v++) {
        real *cohesion = step_row(s, ROW_cohesion, v);
        for (uint32_t lane = 0; lane < s->n_lanes; lane++)
            cohesion[lane] += (1 - cohesion[lane]) * (1 - lane_exp(-s->dt / recovery[lane]));
    }
    for (uint32_t f = 0; f < m->n_factions; f++) {
        real *disorder = step_row(s, ROW_disorder, f);
        for (uint32_t lane = 0; lane < s->n_lanes; lane++)
            disorder[lane] *= lane_exp(-s->dt / memory[lane]);
        if (past || !step_active(s, f))
            continue;
        chance(s, f, removed);
        remove_leader(s, f, removed);
    }
    dated(s, removed);
}

const mechanism KERNEL(mechanism_leadership) = {
    .name = "leadership",
    .title = "Leaders and succession",
    .text =
        "Groups lose leaders, more often under pressure. Cohesion drops at once and recovers within months; meanwhile "
        "attacks on civilians rise; young groups may splinter. A core organisation that appoints successors halves "
        "that risk.",
    .equation = "hazard = h0 + h1 Z + h2 U I;  L *= 1 - dL;  P(splinter) = min(1, pi (HR(age) - 1));  HR = max(1, 8.5 "
                "- .375 age)",
    .doubt = "Removals are not random: they happen to groups already in decline or on the rise.",
    .parameters = parameters,
    .n_parameters = N_PARAMETERS,
    .is_pace = true,
    .step = step,
    .changes = CHANGES(cohesion) | CHANGES(disorder) | CHANGES(strength),
};
