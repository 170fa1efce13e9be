/* Losses: what battles take from the sides.
 *
 *   military deaths = D - civilians;  side f suffers the share w_g that the other side started
 *   S -= own deaths (1 + wounded) + captured,  captured ~ Binomial(own deaths, capture)
 *   pressure: S -= S (1 - exp(-lambda Z Ibar dt)), a share of which is captured: whole persons, right on average
 *
 * Losses never exceed S; the excess is counted. With q = 0 this is Lanchester's linear law, with q = 1 the square law.
 */
#include "model/lanes.h"

enum { WOUNDED, CAPTURE, SURRENDER_RATE, SURRENDER_CAPTURED, N_PARAMETERS };

static const parameter parameters[N_PARAMETERS] = {
    [WOUNDED] = {"wounded", "per death", 0, 5, 0.15, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.4, EVIDENCE_ASSUMED,
                 "Fighters lost for good as wounded, per death.", "assumed", ""},
    [CAPTURE] = {"capture", "per death", 0, 1, 0.05, SCOPE_FACTION, PRIOR_LOGIT_NORMAL, 0.5, EVIDENCE_ASSUMED,
                 "Fighters captured per own battle death.", "assumed", ""},
    [SURRENDER_RATE] =
        {"surrender_rate", "per unit of pressure and month", 0, 1, 0.01, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.5,
         EVIDENCE_ASSUMED, "lambda_Z: loss of fighters per unit of well-informed pressure.",
         "order of the surrenders in Nangarhar at the end of 2019 (about 1,400 of some 3,000 within months)",
         "2019-11"},
    [SURRENDER_CAPTURED] = {"surrender_captured", "1", 0, 1, 0.4, SCOPE_WORLD, PRIOR_LOGIT_NORMAL, 0.5,
                            EVIDENCE_ASSUMED, "Share of those that end in prison instead of going home.", "assumed",
                            ""},
};

static void imprison(const model_step *s, uint32_t f, uint32_t holder, uint32_t a, const real *restrict captured) {
    const model *m = s->m;
    for (uint32_t k = 0; k < m->n_captive_pairs; k++)
        if (m->captive_faction[k] == f && m->captive_holder[k] == holder)
            lanes_add(step_row(s, ROW_captives, k * m->n_areas + a), captured, s->n_lanes);
}

/** One side's losses in one cell, shared by the members of its family in proportion to their strength. */
static void side(const model_step *s, uint32_t head, uint32_t enemy, uint32_t c, uint32_t a, bool is_a,
                 real *restrict total, real *restrict dead, real *restrict captured, real *restrict p) {
    real *fallen = step_scratch(s, 4);
    const model *m = s->m;
    uint32_t n = s->n_lanes, cell = c * m->n_areas + a;
    const real *wounded = step_parameter(s, WOUNDED, 0), *capture = step_parameter(s, CAPTURE, head);
    const real *all = step_row(s, ROW_deaths_now, cell), *civilians = step_row(s, ROW_civilians_now, cell);
    const real *share_a = step_row(s, ROW_start_share, cell);
    real *excess = step_row(s, ROW_excess_loss, head);
    if (!lanes_any(all, n))
        return;
    lanes_family_strength(s, head, a, total);
    for (uint32_t lane = 0; lane < n; lane++) {
        dead[lane] = (all[lane] - civilians[lane]) * (is_a ? 1 - share_a[lane] : share_a[lane]);
        fallen[lane] = lane_whole(dead[lane]);
        p[lane] = capture[lane];
    }
    KERNEL(random_binomial_rows)(&s->address, USE_CAPTURE, (cell * 2 + is_a) * 4, 1, n, fallen, p, captured);
    for (uint32_t lane = 0; lane < n; lane++) {
        real lost = dead[lane] * (1 + wounded[lane]);
        captured[lane] = lane_min(captured[lane], lane_max(0, total[lane] - lost));
        lost += captured[lane];
        excess[lane] += lane_max(0, lost - total[lane]);
        p[lane] = total[lane] > 0 ? lane_max(0, 1 - lost / total[lane]) : 0;
    }
    for (uint32_t f = 0; f < m->n_factions; f++) {
        if (step_family(s, f) != head)
            continue;
        real *strength = step_row(s, ROW_strength, f * m->n_areas + a);
        for (uint32_t lane = 0; lane < n; lane++)
            strength[lane] *= p[lane];
    }
    imprison(s, head, enemy, a, captured);
}

/** Surrenders under well-informed pressure; prisoners go to the ruler. */
static void surrender(const model_step *s, uint32_t f) {
    const model *m = s->m;
    uint32_t n = s->n_lanes;
    const real *rate = step_parameter(s, SURRENDER_RATE, 0), *kept = step_parameter(s, SURRENDER_CAPTURED, 0);
    const real *pressure = step_row(s, ROW_pressure, f), *informed = step_row(s, ROW_intelligence, f);
    real *gone = step_scratch(s, 0), *captured = step_scratch(s, 1), *rule = step_scratch(s, 2),
         *held = step_scratch(s, 3);
    for (uint32_t lane = 0; lane < n; lane++)
        gone[lane] = lane_decayed(rate[lane] * pressure[lane] * informed[lane] * s->dt);
    for (uint32_t a = 0; a < m->n_areas; a++) {
        real *strength = step_row(s, ROW_strength, f * m->n_areas + a);
        for (uint32_t lane = 0; lane < n; lane++) {
            real lost = strength[lane] * gone[lane];
            strength[lane] -= lost;
            captured[lane] = lost * kept[lane];
        }
        if (!lanes_whole_by_chance(s, USE_SURRENDER, f * m->n_areas + a, captured, held))
            continue;
        for (uint32_t h = 0; h < m->n_factions; h++) {
            if (step_family(s, h) == step_family(s, f) || step_family(s, h) != h)
                continue;
            lanes_is_ruler(s, h, rule);
            for (uint32_t lane = 0; lane < n; lane++)
                held[lane] = rule[lane] * captured[lane];
            imprison(s, f, h, a, held);
        }
    }
}

static void step(const model_step *s) {
    const model *m = s->m;
    real *total = step_scratch(s, 0), *dead = step_scratch(s, 1), *captured = step_scratch(s, 2),
         *p = step_scratch(s, 3);
    for (uint32_t c = 0; c < m->n_channels; c++) {
        if (m->channel_one_sided[c])
            continue;
        uint32_t f = (uint32_t)m->channel_a[c], g = (uint32_t)m->channel_b[c];
        for (uint32_t a = 0; a < m->n_areas; a++) {
            side(s, f, g, c, a, true, total, dead, captured, p);
            side(s, g, f, c, a, false, total, dead, captured, p);
        }
    }
    for (uint32_t f = 0; f < m->n_factions; f++)
        surrender(s, f);
}

const mechanism KERNEL(mechanism_losses) = {
    .name = "losses",
    .title = "Losses in battle and under pressure",
    .text =
        "Battle deaths, the badly wounded and the captured leave their faction; well-informed pressure makes fighters "
        "surrender. Each side suffers the battles that the other side started.",
    .equation = "S_f -= w_g (D - civilians)(1 + wounded) + captured;  S_f -= S_f (1 - exp(-lambda Z Ibar dt))",
    .doubt = "Who starts a battle is not in the data; only deaths by side and strength reports speak about it.",
    .parameters = parameters,
    .n_parameters = N_PARAMETERS,
    .is_pace = true,
    .step = step,
};
