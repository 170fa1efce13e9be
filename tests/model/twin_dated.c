/* Twins of what happens by date and by chance: prisons, leadership, schedules. */
#include "twin.h"

#include <math.h>

/* ---- prisons ---- */

static void release(const twin *t, uint32_t k, uint32_t a, double freed, uint32_t offset) {
    double *J = twin_cell(t, ROW_captives, k, a), n = fmin(freed, *J);
    uint32_t site = twin_site(t, 2 * k + offset, a);
    *J -= n;
    *twin_cell(t, ROW_strength, t->m->captive_faction[k], a) +=
        twin_binomial(t, USE_PRISON_REJOIN, site, n, twin_parameter(t, "rejoin", 0));
}

static void to_prison(const twin *t, uint32_t k) {
    const model *m = t->m;
    int32_t prison = m->prison_area[m->captive_holder[k]];
    double gone = -expm1(-twin_parameter(t, "transfer_rate", 0) * t->dt);
    for (uint32_t a = 0; a < m->n_areas && prison >= 0; a++)
        if (a != (uint32_t)prison) {
            double *J = twin_cell(t, ROW_captives, k, a),
                   n = fmin(*J, twin_whole(t, USE_TRANSFER, twin_site(t, k, a), *J * gone));
            *J -= n;
            *twin_cell(t, ROW_captives, k, (uint32_t)prison) += n;
        }
}

static void break_out(const twin *t, uint32_t k, uint32_t a) {
    const model *m = t->m;
    if (*twin_cell(t, ROW_captives, k, a) == 0)
        return;
    uint32_t f = m->captive_faction[k], holder = m->captive_holder[k], site = twin_site(t, k, a);
    double J = *twin_cell(t, ROW_captives, k, a), held = 0, enemy = 0, freed = 0;
    for (uint32_t g = 0; g < m->n_factions; g++)
        if (twin_family(t, g, holder))
            held += *twin_cell(t, ROW_control, g, a);
        else if (twin_between(t, g, holder) < 0)
            enemy += *twin_cell(t, ROW_control, g, a);
    double rate = twin_parameter(t, "break_hazard", 0) * *twin_cell(t, ROW_strength, f, a) / 1000 * fmax(0, 1 - held);
    if (twin_uniform(t, USE_PRISON_BREAK, site) < -expm1(-rate * t->dt))
        freed = twin_binomial(t, USE_PRISON_BREAK_SHARE, site, J, twin_parameter(t, "freed_share", 0));
    if (enemy > 0.5)
        freed = J;
    release(t, k, a, freed, 0);
}

void twin_prisons_step(const twin *t) {
    const model *m = t->m;
    uint32_t i = 0;
    for (const model_event *e; (e = twin_next_event(t, WORLD_EVENT_PRISON_BREAK, &i)) != NULL;)
        for (uint32_t k = 0; k < m->n_captive_pairs; k++)
            if (e->area >= 0 && (int32_t)m->captive_faction[k] == e->faction)
                release(t, k, (uint32_t)e->area, nearbyint(fmax(0, twin_amount(t, e))), 1);
    for (uint32_t k = 0; k < m->n_captive_pairs; k++) {
        to_prison(t, k);
        for (uint32_t a = 0; a < m->n_areas; a++)
            break_out(t, k, a);
    }
}

/* ---- leadership ---- */

static void lose_leader(const twin *t, uint32_t f) {
    const model *m = t->m;
    double age = m->founded_years[f] + t->i_month / 12.0, hazard_ratio = fmax(1, 8.5 - 0.375 * age);
    double chance = twin_parameter(t, "splinter", 0) * (hazard_ratio - 1) * (m->sponsor[f] >= 0 ? 0.5 : 1);
    *twin_at(t, ROW_cohesion, m->actor_of_faction[f]) *= 1 - twin_parameter(t, "loss", 0);
    *twin_at(t, ROW_disorder, f) += 1;
    if (twin_uniform(t, USE_SPLINTER, 4 * f) < fmin(1, chance))
        for (uint32_t a = 0; a < m->n_areas; a++)
            *twin_cell(t, ROW_strength, f, a) *= 1 - twin_parameter(t, "splinter_share", 0);
}

void twin_leadership_step(const twin *t) {
    const model *m = t->m;
    for (uint32_t v = 0; v < m->n_actors; v++) {
        double *L = twin_at(t, ROW_cohesion, v);
        *L = 1 + (*L - 1) * exp(-t->dt / twin_parameter(t, "recovery", 0));
    }
    for (uint32_t f = 0; f < m->n_factions; f++) {
        double strikes = 0;
        for (uint32_t p = 0; p < m->n_powers; p++)
            strikes += twin_series(t, WORLD_STRIKES, (int32_t)m->actor_of_power[p], (int32_t)m->actor_of_faction[f], 0);
        double hazard = twin_parameter(t, "base_hazard", 0);
        hazard += twin_parameter(t, "pressure_hazard", 0) * *twin_at(t, ROW_pressure, f);
        hazard += twin_parameter(t, "strike_hazard", 0) * strikes * *twin_at(t, ROW_intelligence, f);
        *twin_at(t, ROW_disorder, f) *= exp(-t->dt / twin_parameter(t, "disorder_memory", 0));
        if (!twin_past(t) && twin_active(t, f) && twin_uniform(t, USE_REMOVAL, 4 * f) < -expm1(-hazard * t->dt))
            lose_leader(t, f);
    }
    uint32_t i = 0;
    for (const model_event *e; (e = twin_next_event(t, WORLD_EVENT_LEADER_REMOVED, &i)) != NULL;)
        if (e->faction >= 0)
            lose_leader(t, (uint32_t)e->faction);
        else if (e->actor >= 0)
            *twin_at(t, ROW_cohesion, (uint32_t)e->actor) *= 1 - twin_parameter(t, "loss", 0);
    i = 0;
    for (const model_event *e; (e = twin_next_event(t, WORLD_EVENT_LEADER_INSTALLED, &i)) != NULL;)
        if (e->actor >= 0)
            *twin_at(t, ROW_cohesion, (uint32_t)e->actor) = fmax(0.01, twin_amount(t, e)) / 0.7;
}

/* ---- schedules ---- */

void twin_schedule_month(const twin *t) {
    const model *m = t->m;
    for (uint32_t k = 0; k < m->n_exogenous; k++) {
        double value = m->series_value[t->i_month * m->n_exogenous + k];
        double spread = m->series_spread[t->i_month * m->n_exogenous + k];
        *twin_at(t, ROW_exogenous, k) =
            spread > 0 ? value * exp(spread * twin_normal_once(t, USE_EXOGENOUS, 4 * k)) : value;
    }
    int32_t ruler = m->ruler_of_month[t->i_month];
    if (ruler != -2)
        *twin_at(t, ROW_ruler, 0) = ruler;
    else if (t->i_month == 0)
        *twin_at(t, ROW_ruler, 0) = m->start_ruler;
}

static void transfer(const twin *t, const model_event *e) {
    const model *m = t->m;
    double there = 0;
    for (uint32_t a = 0; a < m->n_areas; a++)
        if (e->area < 0 || e->area == (int32_t)a)
            there += *twin_cell(t, ROW_strength, (uint32_t)e->faction, a);
    double share = there > 0 ? fmin(1, twin_amount(t, e) / there) : 0;
    for (uint32_t a = 0; a < m->n_areas; a++)
        if (e->area < 0 || e->area == (int32_t)a) {
            double *from = twin_cell(t, ROW_strength, (uint32_t)e->faction, a);
            if (e->other_faction >= 0)
                *twin_cell(t, ROW_strength, (uint32_t)e->other_faction, a) += share * *from;
            *from *= 1 - share;
        }
}

static void found(const twin *t, const model_event *e) {
    const model *m = t->m;
    uint32_t f = (uint32_t)e->faction;
    double total = 0;
    for (uint32_t a = 0; a < m->n_areas; a++)
        total += m->start_strength[f * m->n_areas + a].value;
    for (uint32_t a = 0; a < m->n_areas; a++) {
        double share = total > 0 ? m->start_strength[f * m->n_areas + a].value / total : (double)m->population_share[a];
        if (e->area >= 0)
            share = e->area == (int32_t)a ? 1 : 0;
        *twin_cell(t, ROW_strength, f, a) += share * twin_amount(t, e);
    }
}

void twin_schedule_step(const twin *t) {
    uint32_t i = 0;
    for (const model_event *e; (e = twin_next_event(t, WORLD_EVENT_TRANSFER, &i)) != NULL;)
        if (e->faction >= 0)
            transfer(t, e);
    i = 0;
    for (const model_event *e; (e = twin_next_event(t, WORLD_EVENT_FOUNDING, &i)) != NULL;)
        if (e->faction >= 0)
            found(t, e);
}
