/* Twins of politics: pressure, relations, the ladder, finance. */
#include "twin.h"

#include <math.h>
#include <stdlib.h>

/* ---- pressure ---- */

/** Rung of (power, ruler); 0 where that pair is not declared or nobody rules. */
static double rung_with_ruler(const twin *t, uint32_t power) {
    const model *m = t->m;
    for (uint32_t k = 0; k < m->n_ladders; k++)
        if (m->ladder_power[k] == (int32_t)power &&
            m->faction_of_actor[m->ladder_faction[k]] == (int32_t)*twin_at(t, ROW_ruler, 0))
            return *twin_at(t, ROW_rung, k);
    return 0;
}

/** What `power` (WORLD_NONE: the ruler) knows about f, by the ground that its partners hold where f is. */
static double known_about(const twin *t, int32_t power, uint32_t f) {
    const model *m = t->m;
    double seen_fighters = 0, fighters = twin_national_strength(t, f), weight[TWIN_MOST_FACTIONS];
    bool partner_rules = power < 0 || rung_with_ruler(t, (uint32_t)power) >= 2;
    for (uint32_t h = 0; h < m->n_factions; h++) {
        bool rules = (int32_t)*twin_at(t, ROW_ruler, 0) == (int32_t)h;
        weight[h] = rules && partner_rules ? 1 : 0;
        if (power >= 0)
            weight[h] += fmax(0, twin_relation(t, (uint32_t)power, m->actor_of_faction[h]));
        weight[h] = h == f ? 0 : fmin(1, weight[h]);
    }
    for (uint32_t h = 0; h < m->n_factions; h++)
        for (uint32_t a = 0; a < m->n_areas && weight[h] > 0; a++)
            seen_fighters += *twin_cell(t, ROW_strength, f, a) * weight[h] * *twin_cell(t, ROW_control, h, a);
    double blind = twin_parameter(t, "blind", 0), informed = twin_parameter(t, "informed", 0);
    return blind + (informed - blind) * (fighters > 0 ? fmin(1, seen_fighters / fighters) : 0);
}

void twin_pressure_step(const twin *t) {
    const model *m = t->m;
    int32_t ruler = (int32_t)*twin_at(t, ROW_ruler, 0);
    for (uint32_t f = 0; f < m->n_factions; f++) {
        int32_t actor = (int32_t)m->actor_of_faction[f];
        double hostile = 0, effort = 1, resented = 0, informed = known_about(t, WORLD_NONE, f);
        if (ruler >= 0 && !twin_family(t, f, (uint32_t)ruler))
            hostile = fmax(0, -twin_between(t, f, (uint32_t)ruler));
        if (ruler >= 0)
            effort = twin_series(t, WORLD_EFFORT, (int32_t)m->actor_of_faction[ruler], actor, 1);
        double goal = twin_parameter(t, "ruler_pressure", 0) * effort * hostile;
        for (uint32_t p = 0; p < m->n_powers; p++) {
            int32_t power = (int32_t)m->actor_of_power[p];
            double strikes = twin_series(t, WORLD_STRIKES, power, actor, 0), known = known_about(t, power, f);
            goal += twin_parameter(t, "strike_pressure", 0) * strikes * known;
            if (rung_with_ruler(t, (uint32_t)power) >= 2)
                goal += twin_parameter(t, "cooperation", p) *
                        fmax(0, -twin_relation(t, (uint32_t)power, (uint32_t)actor)) * hostile;
            resented += strikes * (1 - known);
            informed = strikes > 0 ? fmax(informed, known) : informed;
        }
        double *Z = twin_at(t, ROW_pressure, f), *Bk = twin_at(t, ROW_backlash, f);
        bool first = t->i_month == 0 && t->i_substep == 0;
        *Z = first ? goal : goal + (*Z - goal) * exp(-t->dt / twin_parameter(t, "lag", 0));
        *Bk = *Bk * exp(-t->dt / twin_parameter(t, "backlash_memory", 0)) + t->dt * resented;
        *twin_at(t, ROW_intelligence, f) = informed;
    }
}

/* ---- relations and the ladder ---- */

/** Events of last month in which the faction of actor v took part. */
static double activity(const twin *t, uint32_t v) {
    const model *m = t->m;
    double events = 0;
    int32_t f = m->faction_of_actor[v];
    for (uint32_t c = 0; c < m->n_channels && f >= 0; c++)
        if (m->channel_a[c] == f || m->channel_b[c] == f)
            events += *twin_at(t, ROW_events_last, c);
    return events;
}

/** Thr_vw, with relations R as they were. */
static double common_threat(const twin *t, const double *R, uint32_t v, uint32_t w, double scale) {
    uint32_t V = t->m->n_actors;
    double threat = 0;
    for (uint32_t h = 0; h < V; h++)
        if (h != v && h != w)
            threat += fmax(0, -R[v * V + h]) * fmax(0, -R[w * V + h]) * log1p(activity(t, h) / scale);
    return threat;
}

static double deaths_between(const twin *t, uint32_t v, uint32_t w, double scale) {
    const model *m = t->m;
    int32_t f = m->faction_of_actor[v], g = m->faction_of_actor[w];
    double sum = 0;
    for (uint32_t c = 0; c < m->n_channels && f >= 0 && g >= 0; c++)
        if ((m->channel_a[c] == f && m->channel_b[c] == g) || (m->channel_a[c] == g && m->channel_b[c] == f))
            sum += log1p(*twin_at(t, ROW_deaths_last, c) / scale);
    return sum;
}

static double *relations_now(const twin *t) {
    uint32_t V = t->m->n_actors;
    double *R = calloc((size_t)V * V, sizeof *R);
    for (uint32_t i = 0; i < V * V && R; i++)
        R[i] = tanh(*twin_at(t, ROW_relation, i));
    return R;
}

static double long_run_relation(const twin *t, uint32_t v, uint32_t w) {
    double dated = twin_series(t, WORLD_RELATION, (int32_t)w, (int32_t)v, NAN);
    dated = twin_series(t, WORLD_RELATION, (int32_t)v, (int32_t)w, dated);
    if (isnan(dated))
        return *twin_at(t, ROW_relation_rest, v * t->m->n_actors + w);
    return atanh(fmax(-0.99, fmin(0.99, dated)));
}

static void set_relation(const twin *t, uint32_t v, uint32_t w, double r) {
    *twin_at(t, ROW_relation, v * t->m->n_actors + w) = *twin_at(t, ROW_relation, w * t->m->n_actors + v) = r;
}

static void ladder_floors(const twin *t) {
    const model *m = t->m;
    for (uint32_t k = 0; k < m->n_ladders; k++) {
        uint32_t p = (uint32_t)m->ladder_power[k], f = (uint32_t)m->ladder_faction[k];
        double rung = *twin_at(t, ROW_rung, k), r = *twin_at(t, ROW_relation, p * m->n_actors + f);
        if (rung >= 1)
            r = fmax(r, 0);
        if (rung == 5 && *twin_at(t, ROW_ruler, 0) == m->faction_of_actor[f])
            r = fmax(r, atanh(0.3));
        set_relation(t, p, f, r);
    }
}

void twin_relations_step(const twin *t) {
    uint32_t V = t->m->n_actors, i = 0, pair = 0;
    for (const model_event *e; (e = twin_next_event(t, WORLD_EVENT_TALKS, &i)) != NULL;)
        if (e->actor >= 0 && e->other >= 0) {
            double r = *twin_at(t, ROW_relation, (uint32_t)e->actor * V + (uint32_t)e->other);
            set_relation(t, (uint32_t)e->actor, (uint32_t)e->other, r + twin_amount(t, e));
        }
    double *R = relations_now(t), keep = exp(-twin_parameter(t, "return", 0) * t->dt);
    for (uint32_t v = 0; v < V && R; v++)
        for (uint32_t w = v + 1; w < V; w++) {
            double force =
                twin_parameter(t, "common_threat", 0) * common_threat(t, R, v, w, twin_parameter(t, "events_scale", 0));
            force -=
                twin_parameter(t, "deaths_effect", 0) * deaths_between(t, v, w, twin_parameter(t, "deaths_scale", 0));
            for (uint32_t h = 0; h < V; h++)
                if (h != v && h != w)
                    force += twin_parameter(t, "balance", 0) * R[v * V + h] * R[h * V + w];
            double r = *twin_at(t, ROW_relation, v * V + w), rest = long_run_relation(t, v, w);
            r = rest + (r - rest) * keep + force * t->dt;
            r += twin_parameter(t, "noise", 0) * sqrt(t->dt) * twin_normal(t, USE_RELATION, pair++);
            set_relation(t, v, w, fmax(-4, fmin(4, r)));
        }
    free(R);
    ladder_floors(t);
}

static void climb(const twin *t, uint32_t k, bool rules) {
    static const char *const up[] = {"up_from_hostile", "up_from_talks", "up_from_tacit", "up_from_carve_outs",
                                     "up_from_released"};
    double z = *twin_at(t, ROW_disposition, k), *rung = twin_at(t, ROW_rung, k);
    double *up_clock = twin_at(t, ROW_rung_clock, 2 * k), *down_clock = twin_at(t, ROW_rung_clock, 2 * k + 1);
    int now = (int)*rung;
    double next = 0, direct = 0;
    if (now < 5 && (now < 2 || rules))
        next = twin_parameter(t, up[now], 0) * exp(z);
    if (now < 2 && rules)
        direct = twin_parameter(t, "carve_out", 0) * exp(z);
    *up_clock -= t->dt * (next + direct);
    if (now > 0)
        *down_clock -= t->dt * twin_parameter(t, "down", 0) * exp(-z);
    if (*up_clock <= 0) {
        bool skips = twin_uniform(t, USE_RUNG, 4 * (3 * k + 2)) < direct / (next + direct);
        *rung = skips ? 3 : now + 1;
        *up_clock = twin_exponential(t, USE_RUNG, 4 * (3 * k));
    } else if (*down_clock <= 0)
        *rung = now - 1;
    if (*down_clock <= 0)
        *down_clock = twin_exponential(t, USE_RUNG, 4 * (3 * k + 1));
}

void twin_ladder_step(const twin *t) {
    const model *m = t->m;
    uint32_t i = 0;
    for (const model_event *e; (e = twin_next_event(t, WORLD_EVENT_RUNG, &i)) != NULL;)
        for (uint32_t k = 0; k < m->n_ladders; k++)
            if (m->ladder_power[k] == e->actor && m->ladder_faction[k] == e->other)
                *twin_at(t, ROW_rung, k) = e->value;
    double *R = relations_now(t);
    for (uint32_t k = 0; k < m->n_ladders && R; k++) {
        uint32_t p = (uint32_t)m->ladder_power[k], f = (uint32_t)m->ladder_faction[k];
        int32_t g = m->faction_of_actor[f];
        bool rules = g >= 0 && twin_rules(t, (uint32_t)g);
        double *z = twin_at(t, ROW_disposition, k);
        double any = twin_series(t, WORLD_RIGHTS_VIOLATION, WORLD_NONE, WORLD_NONE, NAN);
        double N = twin_series(t, WORLD_RIGHTS_VIOLATION, (int32_t)f, WORLD_NONE, any);
        double goal =
            twin_parameter(t, "threat_effect", 0) * common_threat(t, R, p, f, twin_parameter(t, "threat_scale", 0));
        if (rules && !isnan(N))
            goal -= twin_parameter(t, "rights_effect", 0) * (N - twin_parameter(t, "rights_reference", 0));
        *z = goal + (*z - goal) * exp(-twin_parameter(t, "return", 0) * t->dt);
        *z += twin_parameter(t, "noise", 0) * sqrt(t->dt) * twin_normal(t, USE_DISPOSITION, 4 * k);
        if (!twin_past(t))
            climb(t, k, rules);
    }
    free(R);
}

/* ---- finance ---- */

/** Aid and released reserves that power p pays to the ruler f. */
static double from_power(const twin *t, uint32_t p, uint32_t f) {
    const model *m = t->m;
    uint32_t power = m->actor_of_power[p], actor = m->actor_of_faction[f];
    double aid = twin_series(t, WORLD_AID, (int32_t)power, WORLD_NONE, 0);
    for (uint32_t k = 0; k < m->n_ladders; k++)
        if (m->ladder_power[k] == (int32_t)power && m->ladder_faction[k] == (int32_t)actor) {
            double rung = *twin_at(t, ROW_rung, k);
            double access = rung == 5 ? 1 : rung >= 3 ? twin_parameter(t, "leakage", 0) : 0;
            return aid * access + (rung >= 4 ? twin_parameter(t, "reserves", p) / 24 : 0);
        }
    return twin_relation(t, power, actor) > 0 ? aid : 0;
}

static double income_of(const twin *t, uint32_t f) {
    const model *m = t->m;
    int32_t actor = (int32_t)m->actor_of_faction[f];
    double rent = twin_series(t, WORLD_RENT, WORLD_NONE, WORLD_NONE, 1), income = *twin_at(t, ROW_other_income, f);
    rent = twin_series(t, WORLD_RENT, actor, WORLD_NONE, rent) * twin_parameter(t, "rent", f);
    for (uint32_t a = 0; a < m->n_areas; a++)
        income += *twin_cell(t, ROW_control, f, a) * ((double)m->population[a] * twin_parameter(t, "tax", f) / 1e6 +
                                                      (double)m->population_share[a] * rent);
    /* Aid goes to the ruler, once: not again to every part of its family. */
    bool rules = *twin_at(t, ROW_ruler, 0) == f;
    if (rules)
        income += twin_series(t, WORLD_RESERVES, WORLD_NONE, WORLD_NONE, 0);
    for (uint32_t p = 0; p < m->n_powers; p++) {
        uint32_t power = m->actor_of_power[p];
        if (rules)
            income += from_power(t, p, f);
        if (twin_relation(t, power, (uint32_t)actor) > 0)
            income +=
                twin_series(t, WORLD_SPONSOR_PAYMENT, (int32_t)power, actor, 0) * *twin_at(t, ROW_cohesion, power);
    }
    return income;
}

void twin_finance_step(const twin *t) {
    for (uint32_t f = 0; f < t->m->n_factions; f++) {
        double *M = twin_at(t, ROW_funds, f), income = income_of(t, f);
        double wages = twin_national_strength(t, f) * twin_parameter(t, "wage", f) / 1e6;
        if (t->i_month == 0 && t->i_substep == 0) {
            double gap = twin_parameter(t, "close_books", 0) * fmax(0, wages - income);
            *twin_at(t, ROW_other_income, f) += gap;
            income += gap;
        }
        *M = fmin(twin_parameter(t, "hoard", 0) * wages, fmax(0, *M + t->dt * (income - wages)));
        *twin_at(t, ROW_funding, f) = wages > 0 ? fmin(10, (*M / 3 + income) / wages) : 1;
    }
}
