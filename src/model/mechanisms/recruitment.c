/* Recruitment: local people join the faction they support, more after publicity and enemy harm, less under pressure or unpaid.
 *
 *   recruits_if = dt r_f pop_i P_if (1 + Q_f)^psi_r (1 + g_rev log(1 + harm_i by enemies)) (L_f/Lbar)^a_L exp(-xi_r Z_f)
 *                 * 1.5 F / (F + 1/2) * S_if / (S_if + presence) * (1 - S_if / cap_i)+
 *   cap_i = cap_share * pop_i;  the factor of funding is 1 where wages are just covered (F = 1)
 *   defection f -> g:  w_fg S_if (support of g over support of f, at most 1)
 */
#include "model/lanes.h"

enum { RATE, PUBLICITY_EFFECT, REVENGE, COHESION_EFFECT, PRESSURE_EFFECT, CAPACITY, PRESENCE, DEFECTION, N_PARAMETERS };

static const parameter parameters[N_PARAMETERS] = {
    [RATE] = {"rate", "per 1,000 supporters and month", 0, 50, 0.35, SCOPE_FACTION, PRIOR_LOG_NORMAL, 0.5,
              EVIDENCE_ASSUMED, "r: recruits among a faction's supporters.",
              "balance of stocks and flows at 17,000 deaths a year of one side, 2019", ""},
    [PUBLICITY_EFFECT] = {"publicity_effect", "1", 0, 2, 0.12, SCOPE_WORLD, PRIOR_NORMAL, 0.05, EVIDENCE_SOURCE,
                          "psi_r: elasticity of recruits to 1 + publicity.",
                          "Jetter 2017, J. Public Economics 153 (for attacks)", ""},
    [REVENGE] = {"revenge", "1", 0, 10, 0.3, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.5, EVIDENCE_SOURCE,
                 "g_rev: rise of recruits with the log of civilian deaths per month caused by the faction's enemies in "
                 "the area.",
                 "direction: Condra et al. 2010, NBER 16152; size assumed", ""},
    [COHESION_EFFECT] = {"cohesion_effect", "1", -3, 3, 0.5, SCOPE_WORLD, PRIOR_NORMAL, 0.3, EVIDENCE_ASSUMED,
                         "a_L: elasticity to leadership cohesion.", "assumed", ""},
    [PRESSURE_EFFECT] = {"pressure_effect", "1", 0, 5, 0.5, SCOPE_WORLD, PRIOR_NORMAL, 0.2, EVIDENCE_ASSUMED,
                         "xi_r: fall of log recruits per unit of pressure.", "assumed, below the effect on attacks",
                         ""},
    [CAPACITY] = {"capacity", "share of population", 1e-4, 0.5, 0.03, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.3,
                  EVIDENCE_ASSUMED, "cap: the most fighters of one faction an area can hold.",
                  "about five times the densest force of the reference case", ""},
    [PRESENCE] =
        {"presence", "fighters", 0, 1e5, 50, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.5, EVIDENCE_ASSUMED,
         "Fighters in an area that make half of its possible recruits reachable: people can only join what is there.",
         "assumed: one recruiter per area and district", ""},
    [DEFECTION] = {"defection", "per month", 0, 1, 0, SCOPE_FACTION_PAIR, PRIOR_LOG_NORMAL, 0.7, EVIDENCE_ASSUMED,
                   "w: rate at which fighters of one faction join another where it has more support.",
                   "declared per pair by the scenario", ""},
};

/** log(1 + civilian deaths a month caused in area a by the enemies of f). */
static void enemy_harm(const model_step *s, uint32_t f, uint32_t a, real *restrict out) {
    const model *m = s->m;
    lanes_fill(out, 0, s->n_lanes);
    for (uint32_t g = 0; g < m->n_factions; g++) {
        if (step_family(s, g) == step_family(s, f) || !m->fights[g])
            continue;
        const real *harm = step_row(s, ROW_harm, g * m->n_areas + a);
        const real *r = step_row(s, ROW_relation, m->actor_of_faction[f] * m->n_actors + m->actor_of_faction[g]);
        for (uint32_t lane = 0; lane < s->n_lanes; lane++)
            out[lane] += r[lane] < 0 ? harm[lane] : 0;
    }
    for (uint32_t lane = 0; lane < s->n_lanes; lane++)
        out[lane] = lane_log(1 + out[lane]);
}

static void recruit(const model_step *s, uint32_t f) {
    const model *m = s->m;
    const real *rate = step_parameter(s, RATE, f), *psi = step_parameter(s, PUBLICITY_EFFECT, 0);
    const real *revenge = step_parameter(s, REVENGE, 0), *a_l = step_parameter(s, COHESION_EFFECT, 0);
    const real *xi = step_parameter(s, PRESSURE_EFFECT, 0), *capacity = step_parameter(s, CAPACITY, 0);
    const real *presence = step_parameter(s, PRESENCE, 0);
    const real *publicity = step_row(s, ROW_publicity, f), *pressure = step_row(s, ROW_pressure, f);
    const real *funding = step_row(s, ROW_funding, f), *cohesion = step_row(s, ROW_cohesion, m->actor_of_faction[f]);
    real *national = step_scratch(s, 0), *harm = step_scratch(s, 1);
    for (uint32_t lane = 0; lane < s->n_lanes; lane++)
        national[lane] = s->dt * rate[lane] * (real)0.001 *
                         lane_exp(psi[lane] * lane_log(1 + publicity[lane]) + a_l[lane] * lane_log(cohesion[lane]) -
                                  xi[lane] * pressure[lane]) *
                         (real)1.5 * funding[lane] / (funding[lane] + (real)0.5);
    for (uint32_t a = 0; a < m->n_areas; a++) {
        real *strength = step_row(s, ROW_strength, f * m->n_areas + a);
        const real *support = step_row(s, ROW_support, f * m->n_areas + a);
        real population = m->population[a];
        enemy_harm(s, f, a, harm);
        for (uint32_t lane = 0; lane < s->n_lanes; lane++) {
            real room = lane_max(0, 1 - strength[lane] / lane_max(1, capacity[lane] * population));
            real reach = strength[lane] > 0 ? strength[lane] / (strength[lane] + presence[lane]) : 0;
            strength[lane] +=
                reach * national[lane] * population * support[lane] * (1 + revenge[lane] * harm[lane]) * room;
        }
    }
}

static void defect(const model_step *s, uint32_t f, uint32_t g) {
    const model *m = s->m;
    const real *rate = step_parameter(s, DEFECTION, f * m->n_factions + g);
    if (!lanes_any(rate, s->n_lanes))
        return;
    for (uint32_t a = 0; a < m->n_areas; a++) {
        real *from = step_row(s, ROW_strength, f * m->n_areas + a), *to = step_row(s, ROW_strength, g * m->n_areas + a);
        const real *support_f = step_row(s, ROW_support, f * m->n_areas + a),
                   *support_g = step_row(s, ROW_support, g * m->n_areas + a);
        for (uint32_t lane = 0; lane < s->n_lanes; lane++) {
            real pull = support_f[lane] > 0 ? lane_min(1, support_g[lane] / support_f[lane]) : 0;
            real moved = from[lane] * lane_decayed(rate[lane] * pull * s->dt);
            from[lane] -= moved;
            to[lane] += moved;
        }
    }
}

static void step(const model_step *s) {
    for (uint32_t f = 0; f < s->m->n_factions; f++)
        if (step_active(s, f))
            recruit(s, f);
    for (uint32_t f = 0; f < s->m->n_factions; f++)
        for (uint32_t g = 0; g < s->m->n_factions; g++)
            if (f != g && step_active(s, f) && step_active(s, g))
                defect(s, f, g);
}

const mechanism KERNEL(mechanism_recruitment) = {
    .name = "recruitment",
    .title = "Recruitment and defection",
    .text =
        "Factions recruit among the people of an area who support them. Publicity and harm done by their enemies bring "
        "more recruits; pressure, weak leadership and empty coffers bring fewer; an area can hold only so many, and "
        "nobody joins what is not there. "
        "Fighters may defect to a faction that has more support where they are.",
    .equation = "recruits = dt r pop P (1 + Q)^psi (1 + g log(1 + harm)) (L/Lbar)^a exp(-xi Z) 1.5 F/(F + 1/2) S/(S + "
                "presence) (1 - S/cap)+",
    .doubt = "Only the net flow of recruits and deserters shows in strength reports.",
    .parameters = parameters,
    .n_parameters = N_PARAMETERS,
    .is_pace = true,
    .step = step,
    .changes = CHANGES(strength),
};
