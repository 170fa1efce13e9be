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

/* Rows of scratch; after a row of rule for every faction come four rows for every area. */
enum { TOTAL, REMAINING, GONE, UNIFORM, FIRST_RULE = UNIFORM + 4 };

/** Row i of those for every area: 0 the dead, 1 in whole persons, 2 chances of capture, 3 the captured. */
static real *area_row(const model_step *s, uint32_t i, uint32_t a) {
    return step_scratch(s, FIRST_RULE + s->m->n_factions + i * s->m->n_areas + a);
}

/** Dead and captured of one side in all areas of a channel. @return had any area deaths? */
static bool casualties(const model_step *s, uint32_t c, bool is_a) {
    const model *m = s->m;
    uint32_t n = s->n_lanes, head = (uint32_t)(is_a ? m->channel_a[c] : m->channel_b[c]);
    const real *capture = step_parameter(s, CAPTURE, head);
    bool any = false;
    for (uint32_t a = 0; a < m->n_areas; a++) {
        uint32_t cell = c * m->n_areas + a;
        const real *all = step_row(s, ROW_deaths_now, cell), *civilians = step_row(s, ROW_civilians_now, cell);
        const real *share_a = step_row(s, ROW_start_share, cell);
        real *dead = area_row(s, 0, a), *whole = area_row(s, 1, a), *p = area_row(s, 2, a);
        if (!lanes_any(all, n)) {
            lanes_fill(whole, 0, n);
            continue;
        }
        any = true;
        for (uint32_t lane = 0; lane < n; lane++) {
            dead[lane] = (all[lane] - civilians[lane]) * (is_a ? 1 - share_a[lane] : share_a[lane]);
            whole[lane] = lane_whole(dead[lane]);
            p[lane] = capture[lane];
        }
    }
    if (!any)
        return false;
    KERNEL(random_binomial_rows)
    (&s->address, USE_CAPTURE, step_site(s, 2 * c + is_a, 0), m->n_areas, n, area_row(s, 1, 0), area_row(s, 2, 0),
     area_row(s, 3, 0));
    return true;
}

/** What casualties take from one side in one area: its family shares them in proportion to its members' strength. */
static void bear(const model_step *s, uint32_t head, uint32_t enemy, uint32_t a) {
    const model *m = s->m;
    uint32_t n = s->n_lanes;
    const real *wounded = step_parameter(s, WOUNDED, 0), *dead = area_row(s, 0, a);
    real *captured = area_row(s, 3, a), *excess = step_row(s, ROW_excess_loss, head);
    const real *total = lanes_family(s, head, a, step_scratch(s, TOTAL));
    real *remaining = step_scratch(s, REMAINING);
    for (uint32_t lane = 0; lane < n; lane++) {
        real lost = dead[lane] * (1 + wounded[lane]);
        captured[lane] = lane_min(captured[lane], lane_max(0, total[lane] - lost));
        lost += captured[lane];
        excess[lane] += lane_max(0, lost - total[lane]);
        remaining[lane] = total[lane] > 0 ? lane_max(0, 1 - lost / total[lane]) : 0;
    }
    for (uint32_t f = 0; f < m->n_factions; f++) {
        if (step_family(s, f) != head)
            continue;
        real *strength = step_row(s, ROW_strength, f * m->n_areas + a);
        for (uint32_t lane = 0; lane < n; lane++)
            strength[lane] *= remaining[lane];
    }
    imprison(s, head, enemy, a, captured);
}

/** Does the holder of pair k imprison those of f who surrender, where it rules? Rulers are heads of families. */
static bool takes(const model_step *s, uint32_t k, uint32_t f) {
    uint32_t h = s->m->captive_holder[k];
    return s->m->captive_faction[k] == f && step_family(s, h) == h && step_family(s, f) != h &&
           lanes_any(step_scratch(s, FIRST_RULE + h), s->n_lanes);
}

/** The captured of all areas as whole persons, into the prisons of pair k where its holder rules. */
static void imprison_by_ruler(const model_step *s, uint32_t k) {
    const real *rule = step_scratch(s, FIRST_RULE + s->m->captive_holder[k]);
    for (uint32_t a = 0; a < s->m->n_areas; a++) {
        real *captives = step_row(s, ROW_captives, k * s->m->n_areas + a);
        const real *captured = area_row(s, 3, a);
        for (uint32_t lane = 0; lane < s->n_lanes; lane++)
            captives[lane] += rule[lane] * captured[lane];
    }
}

/** Surrenders under well-informed pressure; prisoners go to the ruler. */
static void surrender(const model_step *s, uint32_t f) {
    const model *m = s->m;
    uint32_t n = s->n_lanes;
    const real *rate = step_parameter(s, SURRENDER_RATE, 0), *kept = step_parameter(s, SURRENDER_CAPTURED, 0);
    const real *pressure = step_row(s, ROW_pressure, f), *informed = step_row(s, ROW_intelligence, f);
    real *gone = step_scratch(s, GONE);
    for (uint32_t lane = 0; lane < n; lane++)
        gone[lane] = lane_decayed(rate[lane] * pressure[lane] * informed[lane] * s->dt);
    if (!lanes_any(gone, n))
        return;
    for (uint32_t a = 0; a < m->n_areas; a++) {
        real *strength = step_row(s, ROW_strength, f * m->n_areas + a), *captured = area_row(s, 3, a);
        for (uint32_t lane = 0; lane < n; lane++) {
            real lost = strength[lane] * gone[lane];
            strength[lane] -= lost;
            captured[lane] = lost * kept[lane];
        }
    }
    bool drawn = false; /* only when somebody takes them */
    for (uint32_t k = 0; k < m->n_captive_pairs; k++) {
        if (!takes(s, k, f))
            continue;
        if (!drawn)
            lanes_whole_by_chance(s, USE_SURRENDER, f, area_row(s, 3, 0), step_scratch(s, UNIFORM));
        drawn = true;
        imprison_by_ruler(s, k);
    }
}

static void step(const model_step *s) {
    const model *m = s->m;
    for (uint32_t c = 0; c < m->n_channels; c++) {
        if (m->channel_one_sided[c])
            continue;
        const uint32_t side[2] = {(uint32_t)m->channel_a[c], (uint32_t)m->channel_b[c]};
        for (uint32_t i = 0; i < 2; i++) {
            if (!casualties(s, c, i == 0))
                continue;
            for (uint32_t a = 0; a < m->n_areas; a++)
                if (lanes_any(step_row(s, ROW_deaths_now, c * m->n_areas + a), s->n_lanes))
                    bear(s, side[i], side[1 - i], a);
        }
    }
    for (uint32_t h = 0; h < m->n_factions; h++)
        lanes_is_ruler(s, h, step_scratch(s, FIRST_RULE + h));
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
    .changes = CHANGES(strength) | CHANGES(captives) | CHANGES(excess_loss),
};
