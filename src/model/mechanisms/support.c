/* Support: whom the people of an area stand by.
 *
 *   u_if += dt [ -kappa (u - u0) - omega log(1 + harm_if / h0) + transfer + zeta (C_if - 1/2)
 *               - 1{f rules} (d_ch log(1 + attacks in i per month by others) + d_N N) + delta_u 1{f rules, recognised} ]
 *   P = softmax over factions and nobody (u = 0)
 *
 * Harm by a faction from outside the area's own group moves a share of the loss to its strongest rival there; harm by
 * one's own is discounted and not moved (Lyall, Blair & Imai 2013). A faction counts as an area's own by its start support.
 */
#include "model/lanes.h"

enum {
    RECOVERY,
    HARM_EFFECT,
    HARM_SCALE,
    OWN_DISCOUNT,
    TRANSFER,
    CONTROL_EFFECT,
    CHALLENGE,
    RIGHTS_COST,
    RECOGNITION,
    N_PARAMETERS
};

static const parameter parameters[N_PARAMETERS] = {
    [RECOVERY] = {"recovery", "per month", 0, 2, 0.1, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.4, EVIDENCE_ASSUMED,
                  "kappa_u: return of support to where it was.", "assumed", ""},
    [HARM_EFFECT] = {"harm_effect", "per month", 0, 5, 0.1, SCOPE_FACTION, PRIOR_LOG_NORMAL, 0.5, EVIDENCE_SOURCE,
                     "omega: loss of support per unit of log harm.",
                     "direction: Lyall, Blair & Imai 2013; size assumed", ""},
    [HARM_SCALE] = {"harm_scale", "civilian deaths a month", 0.01, 1e4, 5, SCOPE_WORLD, PRIOR_FIXED, 0,
                    EVIDENCE_ASSUMED, "h0: harm that counts.", "definition of the unit", ""},
    [OWN_DISCOUNT] = {"own_discount", "1", 0, 1, 0.33, SCOPE_WORLD, PRIOR_LOGIT_NORMAL, 0.5, EVIDENCE_SOURCE,
                      "Discount on harm by an area's own.", "Lyall, Blair & Imai 2013, APSR 107(4)", ""},
    [TRANSFER] = {"transfer", "1", 0, 1, 0.5, SCOPE_WORLD, PRIOR_LOGIT_NORMAL, 0.5, EVIDENCE_ASSUMED,
                  "Share of support lost by outsiders' harm that goes to the strongest rival.",
                  "direction: Lyall, Blair & Imai 2013; size assumed", ""},
    [CONTROL_EFFECT] = {"control_effect", "per month", 0, 2, 0.05, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.5, EVIDENCE_ASSUMED,
                        "zeta: people come to terms with who controls the area.",
                        "direction: Kalyvas 2006; size assumed", ""},
    [CHALLENGE] = {"challenge", "per month", 0, 2, 0.05, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.5, EVIDENCE_ASSUMED,
                   "d_ch: the ruler loses support where attacks are not stopped.",
                   "claim of the commentary of August 2021; size assumed", ""},
    [RIGHTS_COST] = {"rights_cost", "per month", 0, 2, 0.03, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.5, EVIDENCE_ASSUMED,
                     "d_N: support a ruler loses by violating rights, at an index of 1.", "assumed", ""},
    [RECOGNITION] = {"recognition", "per month", 0, 2, 0.03, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.5, EVIDENCE_ASSUMED,
                     "delta_u: support a ruler gains when a power recognises it.", "assumed", ""},
};

/** Civilian deaths a month caused by f in area a during this sub-step. */
static void harm_of(const model_step *s, uint32_t f, uint32_t a, real *restrict harm) {
    const model *m = s->m;
    lanes_fill(harm, 0, s->n_lanes);
    for (uint32_t c = 0; c < m->n_channels; c++) {
        bool is_a = m->channel_a[c] == (int32_t)f, is_b = m->channel_b[c] == (int32_t)f;
        if (!is_a && !is_b)
            continue;
        const real *civilians = step_row(s, ROW_civilians_now, c * m->n_areas + a);
        const real *share_a = step_row(s, ROW_start_share, c * m->n_areas + a);
        for (uint32_t lane = 0; lane < s->n_lanes; lane++) {
            real share = m->channel_one_sided[c] ? 1 : is_a ? share_a[lane] : 1 - share_a[lane];
            harm[lane] += share * civilians[lane] / s->dt;
        }
    }
}

/** Events a month in area a of others than f's family. */
static void attacks_by_others(const model_step *s, uint32_t f, uint32_t a, real *restrict out) {
    const model *m = s->m;
    lanes_fill(out, 0, s->n_lanes);
    for (uint32_t c = 0; c < m->n_channels; c++) {
        if (m->channel_one_sided[c] && step_family(s, (uint32_t)m->channel_a[c]) == step_family(s, f))
            continue;
        const real *events = step_row(s, ROW_events_now, c * m->n_areas + a);
        for (uint32_t lane = 0; lane < s->n_lanes; lane++)
            out[lane] += events[lane] / s->dt;
    }
}

/** Number of powers that recognise f's family (rung 5), as lanes. */
static void recognised(const model_step *s, uint32_t f, real *restrict out) {
    const model *m = s->m;
    lanes_fill(out, 0, s->n_lanes);
    for (uint32_t k = 0; k < m->n_ladders; k++) {
        const real *rung = step_row(s, ROW_rung, k);
        int32_t g = m->faction_of_actor[m->ladder_faction[k]];
        if (g < 0 || step_family(s, (uint32_t)g) != step_family(s, f))
            continue;
        for (uint32_t lane = 0; lane < s->n_lanes; lane++)
            out[lane] += rung[lane] >= 5 ? 1 : 0;
    }
}

static void refresh(const model_step *s, uint32_t a) {
    const model *m = s->m;
    real *sum = step_scratch(s, 0);
    lanes_fill(sum, 1, s->n_lanes); /* exp(0): nobody */
    for (uint32_t f = 0; f < m->n_factions; f++) {
        const real *u = step_row(s, ROW_utility, f * m->n_areas + a);
        real *p = step_row(s, ROW_support, f * m->n_areas + a);
        for (uint32_t lane = 0; lane < s->n_lanes; lane++) {
            p[lane] = lane_exp(u[lane]);
            sum[lane] += p[lane];
        }
    }
    for (uint32_t f = 0; f < m->n_factions; f++) {
        real *p = step_row(s, ROW_support, f * m->n_areas + a);
        for (uint32_t lane = 0; lane < s->n_lanes; lane++)
            p[lane] /= sum[lane];
    }
}

/** Loss of f by its own harm in area a; what outsiders lose goes partly to the strongest rival there. */
static void harm_effect(const model_step *s, uint32_t f, uint32_t a) {
    const model *m = s->m;
    const real *omega = step_parameter(s, HARM_EFFECT, f), *scale = step_parameter(s, HARM_SCALE, 0);
    const real *discount = step_parameter(s, OWN_DISCOUNT, 0), *moved = step_parameter(s, TRANSFER, 0);
    const real *harm = step_row(s, ROW_harm, f * m->n_areas + a),
               *rest = step_row(s, ROW_rest_utility, f * m->n_areas + a);
    real *u = step_row(s, ROW_utility, f * m->n_areas + a), *lost = step_scratch(s, 1);
    if (!lanes_any(harm, s->n_lanes))
        return; /* nothing is lost */
    for (uint32_t lane = 0; lane < s->n_lanes; lane++) {
        bool own = rest[lane] > 0; /* more of the area's people began with f than with nobody */
        real loss = s->dt * omega[lane] * lane_log(1 + harm[lane] / scale[lane]);
        loss *= own ? discount[lane] : 1;
        u[lane] -= loss;
        lost[lane] = own ? 0 : loss * moved[lane];
    }
    if (!lanes_any(lost, s->n_lanes))
        return; /* nothing moves: the harm was done by the area's own */
    real *best = step_scratch(s, 2);
    lanes_fill(best, 0, s->n_lanes);
    for (uint32_t g = 0; g < m->n_factions; g++)
        if (step_family(s, g) != step_family(s, f)) {
            const real *p = step_row(s, ROW_support, g * m->n_areas + a);
            for (uint32_t lane = 0; lane < s->n_lanes; lane++)
                best[lane] = lane_max(best[lane], p[lane]);
        }
    for (uint32_t g = 0; g < m->n_factions; g++)
        if (step_family(s, g) != step_family(s, f)) {
            const real *p = step_row(s, ROW_support, g * m->n_areas + a);
            real *rival = step_row(s, ROW_utility, g * m->n_areas + a);
            for (uint32_t lane = 0; lane < s->n_lanes; lane++) {
                bool gains = p[lane] == best[lane] && best[lane] > 0;
                rival[lane] += gains ? lost[lane] : 0;
                lost[lane] = gains ? 0 : lost[lane]; /* of equals the first: nothing is given twice */
            }
        }
}

static void ruler_cost(const model_step *s, uint32_t f, uint32_t a, const real *restrict rules,
                       const real *restrict gain) {
    const model *m = s->m;
    const real *challenge = step_parameter(s, CHALLENGE, 0), *rights_cost = step_parameter(s, RIGHTS_COST, 0);
    const real *rights = step_series(s, WORLD_RIGHTS_VIOLATION, (int32_t)m->actor_of_faction[f], WORLD_NONE);
    if (!rights)
        rights = lanes_series(s, WORLD_RIGHTS_VIOLATION, WORLD_NONE, WORLD_NONE, 0, step_scratch(s, 7));
    real *attacks = step_scratch(s, 3), *u = step_row(s, ROW_utility, f * m->n_areas + a);
    attacks_by_others(s, f, a, attacks);
    for (uint32_t lane = 0; lane < s->n_lanes; lane++)
        u[lane] += rules[lane] * s->dt *
                   (gain[lane] - challenge[lane] * lane_log(1 + attacks[lane]) - rights_cost[lane] * rights[lane]);
}

static void step(const model_step *s) {
    const model *m = s->m;
    const real *recovery = step_parameter(s, RECOVERY, 0), *zeta = step_parameter(s, CONTROL_EFFECT, 0);
    const real *delta = step_parameter(s, RECOGNITION, 0);
    real *rules = step_scratch(s, 4), *gain = step_scratch(s, 5), *returned = step_scratch(s, 6);
    for (uint32_t lane = 0; lane < s->n_lanes; lane++)
        returned[lane] = 1 - lane_exp(-recovery[lane] * s->dt);
    for (uint32_t f = 0; f < m->n_factions; f++)
        for (uint32_t a = 0; m->fights[f] && a < m->n_areas; a++) /* else the harm stays 0 */
            harm_of(s, f, a, step_row(s, ROW_harm, f * m->n_areas + a));
    for (uint32_t f = 0; f < m->n_factions; f++) {
        if (!step_active(s, f))
            continue;
        lanes_is_ruler(s, f, rules);
        bool may_rule = lanes_any(rules, s->n_lanes);
        recognised(s, f, gain);
        for (uint32_t lane = 0; lane < s->n_lanes; lane++)
            gain[lane] *= delta[lane];
        for (uint32_t a = 0; a < m->n_areas; a++) {
            real *u = step_row(s, ROW_utility, f * m->n_areas + a);
            const real *rest = step_row(s, ROW_rest_utility, f * m->n_areas + a),
                       *control = step_row(s, ROW_control, f * m->n_areas + a);
            for (uint32_t lane = 0; lane < s->n_lanes; lane++)
                u[lane] += (rest[lane] - u[lane]) * returned[lane] + s->dt * zeta[lane] * (control[lane] - (real)0.5);
            if (m->fights[f])
                harm_effect(s, f, a);
            if (may_rule)
                ruler_cost(s, f, a, rules, gain);
        }
    }
    for (uint32_t a = 0; a < m->n_areas; a++)
        refresh(s, a);
}

const mechanism KERNEL(mechanism_support) = {
    .name = "support",
    .title = "Support",
    .text =
        "Whom the people of an area stand by, nobody included. Harm costs support, more so from outsiders, whose loss "
        "partly goes to the strongest rival; people come to terms with whoever controls the area; a ruler loses where "
        "it does not stop attacks and where it violates rights.",
    .equation = "u += dt [-kappa (u - u0) - omega log(1 + harm/h0) + transfer + zeta (C - 1/2) - 1{ruler}(d_ch log(1 + "
                "attacks) + d_N N)];  P = softmax(u)",
    .doubt = "There is hardly any data on support by area; starts are wide and assumed.",
    .parameters = parameters,
    .n_parameters = N_PARAMETERS,
    .is_pace = true,
    .step = step,
    .changes = CHANGES(harm) | CHANGES(utility) | CHANGES(support),
};
