/* Finance: rule and profit.
 *
 *   income_f = sum_i C_if pop_i tax_f + rent_f rentindex(t) sum_i popshare_i C_if
 *            + sum_p sponsor_pf 1{R_pf > 0} L_p/Lbar             (payments as scheduled while relations hold)
 *            + 1{f itself rules} sum_p (aid_p access(K_pf) + reserves_p/24 1{K_pf >= 4}) + reserves schedule + other_f
 *   M <- min(hoard wage_f S_f, max(0, M + dt (income - wage_f S_f)));   F = (M/3 + income) / (wage_f S_f)
 *   access: 1 at rung 5, `leakage` at rungs 3 and 4 (aid in kind), else 0; 1 for a power without a ladder to f and R > 0
 *
 * other_f closes the books at the start (F = 1 there): income that the scenario does not explain, shown as assumed.
 */
#include "model/lanes.h"

enum { TAX, RENT, WAGE, LEAKAGE, RESERVES, HOARD, CLOSE_BOOKS, N_PARAMETERS };

static const parameter parameters[N_PARAMETERS] = {
    [TAX] = {"tax", "US$ per person and month", 0, 1e3, 0, SCOPE_FACTION, PRIOR_LOG_NORMAL, 0.4, EVIDENCE_ASSUMED,
             "Revenue from people under a faction's control.", "none without local knowledge", ""},
    [RENT] = {"rent", "million US$ a month", 0, 1e5, 0, SCOPE_FACTION, PRIOR_LOG_NORMAL, 0.6, EVIDENCE_ASSUMED,
              "Revenue from rents (mining, drugs, customs) at full control of the country.",
              "none without local knowledge", ""},
    [WAGE] = {"wage", "US$ per fighter and month", 1, 1e5, 200, SCOPE_FACTION, PRIOR_LOG_NORMAL, 0.3, EVIDENCE_MEMORY,
              "Cost of one fighter.", "regular pay 200-300, insurgents 100-250 US$ a month in the reference case", ""},
    [LEAKAGE] = {"leakage", "1", 0, 1, 0.1, SCOPE_WORLD, PRIOR_LOGIT_NORMAL, 0.7, EVIDENCE_ASSUMED,
                 "Share of aid in kind that ends up with the ruler.", "assumed", ""},
    [RESERVES] = {"reserves", "million US$", 0, 1e6, 0, SCOPE_POWER, PRIOR_FIXED, 0, EVIDENCE_SOURCE,
                  "Reserves of the country that a power holds; released over 24 months at rung 4.",
                  "given by the scenario", ""},
    [HOARD] = {"hoard", "months of wages", 0, 600, 6, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.5, EVIDENCE_ASSUMED,
               "Most that a faction keeps in hand; what comes in beyond is spent on other things than fighters.",
               "assumed", ""},
    [CLOSE_BOOKS] = {"close_books", "switch", 0, 1, 1, SCOPE_WORLD, PRIOR_FIXED, 0, EVIDENCE_ASSUMED,
                     "1: unexplained income fills the gap at the start.", "definition", ""},
};

/** Aid and reserves from power p to ruler f, into income (added) for lanes where f rules. */
static void from_power(const model_step *s, uint32_t p, uint32_t f, const real *restrict rules, real *restrict income) {
    const model *m = s->m;
    uint32_t power = m->actor_of_power[p], actor = m->actor_of_faction[f];
    const real *aid = lanes_series(s, WORLD_AID, (int32_t)power, WORLD_NONE, 0, step_scratch(s, 4));
    const real *reserves = step_parameter(s, RESERVES, p), *leakage = step_parameter(s, LEAKAGE, 0);
    const real *r = step_row(s, ROW_relation, power * m->n_actors + actor), *rung = NULL;
    for (uint32_t k = 0; k < m->n_ladders; k++)
        if (m->ladder_power[k] == (int32_t)power && m->ladder_faction[k] == (int32_t)actor)
            rung = step_row(s, ROW_rung, k);
    for (uint32_t lane = 0; rung && lane < s->n_lanes; lane++) {
        real leaked = leakage[lane], released = reserves[lane] / 24;
        real access = rung[lane] >= 5 ? 1 : rung[lane] >= 3 ? leaked : 0;
        income[lane] += rules[lane] * (aid[lane] * access + (rung[lane] >= 4 ? released : 0));
    }
    for (uint32_t lane = 0; !rung && lane < s->n_lanes; lane++)
        income[lane] += rules[lane] * (aid[lane] * (r[lane] > 0 ? 1 : 0));
}

/** Income and wages of f, million US$ a month. */
static void books(const model_step *s, uint32_t f, real *restrict income, real *restrict wages) {
    const model *m = s->m;
    uint32_t n = s->n_lanes;
    int32_t actor = (int32_t)m->actor_of_faction[f];
    const real *tax = step_parameter(s, TAX, f), *rent = step_parameter(s, RENT, f), *wage = step_parameter(s, WAGE, f);
    const real *other = step_row(s, ROW_other_income, f), *rent_index = step_series(s, WORLD_RENT, actor, WORLD_NONE);
    real *held = step_scratch(s, 2), *rules = step_scratch(s, 3);
    if (!rent_index)
        rent_index = lanes_series(s, WORLD_RENT, WORLD_NONE, WORLD_NONE, 1, step_scratch(s, 4));
    double people = 0;
    lanes_fill(held, 0, n);
    lanes_fill(wages, 0, n);
    for (uint32_t a = 0; a < m->n_areas; a++) {
        const real *control = step_row(s, ROW_control, f * m->n_areas + a),
                   *strength = step_row(s, ROW_strength, f * m->n_areas + a);
        people += m->population[a];
        for (uint32_t lane = 0; lane < n; lane++) {
            held[lane] += (real)m->population_share[a] * control[lane];
            wages[lane] += strength[lane] * wage[lane] * (real)1e-6;
        }
    }
    for (uint32_t lane = 0; lane < n; lane++)
        income[lane] = other[lane] + held[lane] * (tax[lane] * (real)(people * 1e-6) + rent[lane] * rent_index[lane]);
    /* Foreign money goes to the ruler once, not again to every part of its family. */
    const real *ruler = step_row(s, ROW_ruler, 0);
    for (uint32_t lane = 0; lane < n; lane++)
        rules[lane] = ruler[lane] == (real)f ? 1 : 0;
    const real *released = step_series(s, WORLD_RESERVES, WORLD_NONE, WORLD_NONE);
    for (uint32_t lane = 0; released && lane < n; lane++)
        income[lane] += rules[lane] * released[lane];
    for (uint32_t p = 0; p < m->n_powers; p++) {
        uint32_t power = m->actor_of_power[p];
        from_power(s, p, f, rules, income);
        const real *paid = step_series(s, WORLD_SPONSOR_PAYMENT, (int32_t)power, actor);
        const real *r = step_row(s, ROW_relation, power * m->n_actors + (uint32_t)actor),
                   *cohesion = step_row(s, ROW_cohesion, power);
        for (uint32_t lane = 0; paid && lane < n; lane++)
            income[lane] += r[lane] > 0 ? paid[lane] * cohesion[lane] : 0;
    }
}

static void step(const model_step *s) {
    const model *m = s->m;
    uint32_t n = s->n_lanes;
    const real *close_books = step_parameter(s, CLOSE_BOOKS, 0), *hoard = step_parameter(s, HOARD, 0);
    real *income = step_scratch(s, 0), *wages = step_scratch(s, 1);
    for (uint32_t f = 0; f < m->n_factions; f++) {
        real *funds = step_row(s, ROW_funds, f), *funding = step_row(s, ROW_funding, f),
             *other = step_row(s, ROW_other_income, f);
        books(s, f, income, wages);
        if (s->i_month == 0 && s->i_substep == 0) {
            for (uint32_t lane = 0; lane < n; lane++) {
                real gap = close_books[lane] * lane_max(0, wages[lane] - income[lane]);
                other[lane] += gap;
                income[lane] += gap;
            }
        }
        for (uint32_t lane = 0; lane < n; lane++) {
            real kept = lane_max(0, funds[lane] + s->dt * (income[lane] - wages[lane]));
            funds[lane] = lane_min(kept, hoard[lane] * wages[lane]);
            real ratio = wages[lane] > 0 ? (funds[lane] / 3 + income[lane]) / wages[lane] : 1;
            funding[lane] = lane_min(ratio, 10);
        }
    }
}

const mechanism KERNEL(mechanism_finance) = {
    .name = "finance",
    .title = "Finance: rule and profit",
    .text = "Factions live on taxes of the people they control, on rents, on sponsors; a ruler also on foreign aid and "
            "reserves, as far as outside powers let it. Where wages are not covered, recruits stay away and fighters "
            "leave.",
    .equation = "M <- min(hoard wage S, max(0, M + dt (income - wage S)));  F = (M/3 + income) / (wage S)",
    .doubt =
        "Budgets of armed groups are guesses within a factor of two or more; what is unexplained is assumed constant.",
    .parameters = parameters,
    .n_parameters = N_PARAMETERS,
    .step = step,
    .changes = CHANGES(funds) | CHANGES(funding) | CHANGES(other_income),
};
