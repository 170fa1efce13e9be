/* Relations between actors: structural balance with a common threat, in r = atanh R.
 *
 *   dr_vw = [ tau_b sum_h R_vh R_hw + c_T Thr_vw - c_V log(1 + D_vw/d0) ] dt - kappa_R (r - rest) dt + sigma_R dW
 *   Thr_vw = sum_h max(0, -R_vh) max(0, -R_wh) log(1 + a_h/a0),  a_h = h's events last month
 *   rest = atanh of the start, or of the scheduled relation
 *
 * The start contains what ideology and sponsors did to the relation; ideological distance and ties change `rest` only where
 * they are dated. Balance (tau_b) is nearly collinear with the common threat: 0 by default (Marvel et al. 2011 for theory).
 */
#include "model/lanes.h"

enum { BALANCE, COMMON_THREAT, DEATHS_EFFECT, DEATHS_SCALE, EVENTS_SCALE, RETURN, NOISE, N_PARAMETERS };

static const parameter parameters[N_PARAMETERS] = {
    [BALANCE] = {"balance", "per month", 0, 5, 0, SCOPE_WORLD, PRIOR_FIXED, 0, EVIDENCE_ASSUMED,
                 "tau_b: friends of friends become friends, enemies of enemies too.",
                 "Maoz et al. 2007: enemies of enemies ally 3 times as often; collinear with the common threat", ""},
    [COMMON_THREAT] =
        {"common_threat", "per month", 0, 5, 0.003, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.7, EVIDENCE_ASSUMED,
         "c_T: a common enemy that is active draws two actors together.",
         "sign: Christia 2012, Gade et al. 2019; size so that a common enemy alone does not reconcile two "
         "groups that fight each other (Taliban and ISIS-K under the republic)",
         "2021-08"},
    [DEATHS_EFFECT] = {"deaths_effect", "per month", 0, 5, 0.01, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.7, EVIDENCE_ASSUMED,
                       "c_V: deaths between two actors set them apart.", "assumed", ""},
    [DEATHS_SCALE] = {"deaths_scale", "deaths a month", 0.1, 1e6, 100, SCOPE_WORLD, PRIOR_FIXED, 0, EVIDENCE_ASSUMED,
                      "d0: deaths that count.", "definition of the unit", ""},
    [EVENTS_SCALE] = {"events_scale", "events a month", 0.1, 1e6, 30, SCOPE_WORLD, PRIOR_FIXED, 0, EVIDENCE_ASSUMED,
                      "a0: events that make a threat.", "definition of the unit", ""},
    [RETURN] = {"return", "per month", 0, 5, 0.02, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.4, EVIDENCE_ASSUMED,
                "kappa_R: pull back to the long-run relation.", "assumed", ""},
    [NOISE] = {"noise", "per square root of a month", 0, 2, 0.03, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.4, EVIDENCE_ASSUMED,
               "sigma_R: what else moves relations.", "assumed", ""},
};

/** R of every ordered pair into scratch rows 0 ... V*V-1; log(1 + a_h/a0) into the V rows behind them. */
static void prepare(const model_step *s) {
    const model *m = s->m;
    uint32_t V = m->n_actors;
    const real *scale = step_parameter(s, EVENTS_SCALE, 0);
    for (uint32_t v = 0; v < V; v++)
        for (uint32_t w = v + 1; w < V; w++) {
            real *there = step_scratch(s, v * V + w), *back = step_scratch(s, w * V + v);
            lanes_relation(s, v, w, there);
            lanes_copy(back, there, s->n_lanes);
        }
    for (uint32_t v = 0; v < V; v++) {
        real *threat = step_scratch(s, V * V + v);
        lanes_fill(threat, 0, s->n_lanes);
        int32_t f = m->faction_of_actor[v];
        if (f < 0)
            continue;
        for (uint32_t c = 0; c < m->n_channels; c++)
            if (m->channel_a[c] == f || m->channel_b[c] == f)
                lanes_add(threat, step_row(s, ROW_events_last, c), s->n_lanes);
        for (uint32_t lane = 0; lane < s->n_lanes; lane++)
            threat[lane] = lane_log(1 + threat[lane] / scale[lane]);
    }
}

/** Forces on the pair v, w, per month; after prepare. `balances`: is there structural balance? */
static void forces(const model_step *s, uint32_t v, uint32_t w, bool balances, real *restrict force) {
    const model *m = s->m;
    uint32_t V = m->n_actors;
    const real *balance = step_parameter(s, BALANCE, 0), *threat_effect = step_parameter(s, COMMON_THREAT, 0);
    const real *deaths_effect = step_parameter(s, DEATHS_EFFECT, 0), *scale = step_parameter(s, DEATHS_SCALE, 0);
    lanes_fill(force, 0, s->n_lanes);
    for (uint32_t h = 0; h < V; h++) {
        bool threatens = m->faction_of_actor[h] >= 0 && m->fights[m->faction_of_actor[h]];
        if (h == v || h == w || !(balances || threatens))
            continue;
        const real *vh = step_scratch(s, v * V + h), *wh = step_scratch(s, w * V + h),
                   *threat = step_scratch(s, V * V + h);
        for (uint32_t lane = 0; lane < s->n_lanes; lane++)
            force[lane] += balance[lane] * vh[lane] * wh[lane] +
                           threat_effect[lane] * lane_max(0, -vh[lane]) * lane_max(0, -wh[lane]) * threat[lane];
    }
    int32_t f = m->faction_of_actor[v], g = m->faction_of_actor[w];
    for (uint32_t c = 0; c < m->n_channels; c++) {
        bool between =
            !m->channel_one_sided[c] && f >= 0 && g >= 0 &&
            ((m->channel_a[c] == f && m->channel_b[c] == g) || (m->channel_a[c] == g && m->channel_b[c] == f));
        const real *deaths = step_row(s, ROW_deaths_last, c);
        for (uint32_t lane = 0; between && lane < s->n_lanes; lane++)
            force[lane] -= deaths_effect[lane] * lane_log(1 + deaths[lane] / scale[lane]);
    }
}

static void talks(const model_step *s) {
    const model *m = s->m;
    for (uint32_t i = m->first_event[s->i_month]; i < m->first_event[s->i_month + 1]; i++) {
        const model_event *event = &m->events[i];
        if (event->kind != WORLD_EVENT_TALKS || event->substep != s->i_substep || event->actor < 0 || event->other < 0)
            continue;
        real *push = step_scratch(s, 0);
        lanes_event_amount(s, i, push);
        lanes_add(step_row(s, ROW_relation, (uint32_t)event->actor * m->n_actors + (uint32_t)event->other), push,
                  s->n_lanes);
        lanes_add(step_row(s, ROW_relation, (uint32_t)event->other * m->n_actors + (uint32_t)event->actor), push,
                  s->n_lanes);
    }
}

/** Rung 1 and above means no fighting: R is not below 0; a recognised ruler stands at .3 or more. */
static void ladder_floors(const model_step *s) {
    const model *m = s->m;
    const real *ruler = step_row(s, ROW_ruler, 0);
    for (uint32_t k = 0; k < m->n_ladders; k++) {
        uint32_t p = (uint32_t)m->ladder_power[k], f = (uint32_t)m->ladder_faction[k];
        const real *rung = step_row(s, ROW_rung, k);
        real *there = step_row(s, ROW_relation, p * m->n_actors + f),
             *back = step_row(s, ROW_relation, f * m->n_actors + p);
        for (uint32_t lane = 0; lane < s->n_lanes; lane++) {
            bool rules = ruler[lane] == (real)m->faction_of_actor[f];
            real floor = rung[lane] >= 5 && rules ? (real)0.3095196 : rung[lane] >= 1 ? 0 : -20; /* atanh .3 */
            there[lane] = lane_max(there[lane], floor);
            back[lane] = there[lane];
        }
    }
}

static void step(const model_step *s) {
    const model *m = s->m;
    uint32_t V = m->n_actors;
    const real *back = step_parameter(s, RETURN, 0), *sigma = step_parameter(s, NOISE, 0);
    real *force = step_scratch(s, V * V + V), root_dt = lane_sqrt(s->dt);
    real *goal = step_scratch(s, V * V + V + 1), *returned = step_scratch(s, V * V + V + 2);
    real *e = step_scratch(s, V * V + V + 3); /* of one pair after the other: rows share random words */
    for (uint32_t lane = 0; lane < s->n_lanes; lane++)
        returned[lane] = 1 - lane_exp(-back[lane] * s->dt);
    bool balances = lanes_any(step_parameter(s, BALANCE, 0), s->n_lanes);
    talks(s);
    prepare(s);
    KERNEL(random_normal_rows)(&s->address, USE_RELATION, 0, V * (V - 1) / 2, s->n_lanes, e);
    for (uint32_t v = 0; v < V; v++) {
        for (uint32_t w = v + 1; w < V; w++) {
            real *r = step_row(s, ROW_relation, v * V + w), *mirror = step_row(s, ROW_relation, w * V + v);
            const real *rest = step_row(s, ROW_relation_rest, v * V + w);
            const real *dated = step_series(s, WORLD_RELATION, (int32_t)v, (int32_t)w);
            if (!dated)
                dated = step_series(s, WORLD_RELATION, (int32_t)w, (int32_t)v);
            forces(s, v, w, balances, force);
            lanes_copy(goal, rest, s->n_lanes);
            for (uint32_t lane = 0; dated && lane < s->n_lanes; lane++) {
                real R = lane_max((real)-0.99, lane_min((real)0.99, dated[lane]));
                goal[lane] = lane_log((1 + R) / (1 - R)) / 2;
            }
            for (uint32_t lane = 0; lane < s->n_lanes; lane++) {
                r[lane] +=
                    force[lane] * s->dt + (goal[lane] - r[lane]) * returned[lane] + sigma[lane] * root_dt * e[lane];
                r[lane] = lane_max(-4, lane_min(4, r[lane]));
                mirror[lane] = r[lane];
            }
            e += s->n_lanes;
        }
    }
    ladder_floors(s);
}

const mechanism KERNEL(mechanism_relations) = {
    .name = "relations",
    .title = "Relations and the common threat",
    .text =
        "Every pair of actors stands somewhere between hostile (-1) and allied (+1). A third actor that is an enemy of "
        "both, and active, draws them together; deaths between them set them apart; otherwise relations return slowly "
        "to where they were. Steps of the cooperation ladder put a floor under hostility.",
    .equation = "dr = [tau_b sum R R + c_T Thr - c_V log(1 + D/d0)] dt - kappa (r - rest) dt + sigma dW;  R = tanh r",
    .doubt =
        "Relations are not observed; only who fights whom, what is said, and the rungs of the ladder speak about them.",
    .parameters = parameters,
    .n_parameters = N_PARAMETERS,
    .is_pace = true,
    .step = step,
    .changes = CHANGES(relation),
};
