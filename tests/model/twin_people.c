/* Twins of what people do: support, recruitment, morale, movement. */
#include "twin.h"

#include <math.h>
#include <stdlib.h>

/* ---- support ---- */

static double harm_by(const twin *t, uint32_t f, uint32_t a) {
    const model *m = t->m;
    double deaths = 0;
    for (uint32_t c = 0; c < m->n_channels; c++) {
        double civilians = *twin_cell(t, ROW_civilians_now, c, a), w = *twin_cell(t, ROW_start_share, c, a);
        if (m->channel_a[c] == (int32_t)f)
            deaths += civilians * (m->channel_one_sided[c] ? 1 : w);
        else if (m->channel_b[c] == (int32_t)f)
            deaths += civilians * (1 - w);
    }
    return deaths / t->dt;
}

static void lose_by_harm(const twin *t, uint32_t f, uint32_t a) {
    const model *m = t->m;
    bool own = *twin_cell(t, ROW_rest_utility, f, a) > 0;
    if (*twin_cell(t, ROW_harm, f, a) == 0)
        return;
    double harm = *twin_cell(t, ROW_harm, f, a) / twin_parameter(t, "harm_scale", 0);
    double loss = t->dt * twin_parameter(t, "harm_effect", f) * log1p(harm);
    if (own)
        loss *= twin_parameter(t, "own_discount", 0);
    *twin_cell(t, ROW_utility, f, a) -= loss;
    int32_t rival = -1; /* one: the strongest, the first of equals */
    for (uint32_t g = 0; g < m->n_factions; g++)
        if (!twin_family(t, f, g) && *twin_cell(t, ROW_support, g, a) > 0 &&
            (rival < 0 || *twin_cell(t, ROW_support, g, a) > *twin_cell(t, ROW_support, (uint32_t)rival, a)))
            rival = (int32_t)g;
    if (!own && rival >= 0)
        *twin_cell(t, ROW_utility, (uint32_t)rival, a) += loss * twin_parameter(t, "transfer", 0);
}

static double attacks_by_others(const twin *t, uint32_t f, uint32_t a) {
    const model *m = t->m;
    double events = 0;
    for (uint32_t c = 0; c < m->n_channels; c++)
        if (!(m->channel_one_sided[c] && twin_family(t, f, (uint32_t)m->channel_a[c])))
            events += *twin_cell(t, ROW_events_now, c, a);
    return events / t->dt;
}

static int recognised_by(const twin *t, uint32_t f) {
    int n = 0;
    for (uint32_t k = 0; k < t->m->n_ladders; k++) {
        int32_t g = t->m->faction_of_actor[t->m->ladder_faction[k]];
        n += g >= 0 && twin_family(t, f, (uint32_t)g) && *twin_at(t, ROW_rung, k) == 5;
    }
    return n;
}

static void change_utilities(const twin *t, uint32_t f) {
    double kept = exp(-twin_parameter(t, "recovery", 0) * t->dt), control = twin_parameter(t, "control_effect", 0);
    double challenge = 0, ruling = 0;
    if (twin_rules(t, f)) {
        challenge = twin_parameter(t, "challenge", 0);
        ruling = twin_parameter(t, "recognition", 0) * recognised_by(t, f);
        ruling -= twin_parameter(t, "rights_cost", 0) * twin_rights(t, f);
    }
    for (uint32_t a = 0; a < t->m->n_areas; a++) {
        double *u = twin_cell(t, ROW_utility, f, a), rest = *twin_cell(t, ROW_rest_utility, f, a);
        *u = rest + (*u - rest) * kept + t->dt * control * (*twin_cell(t, ROW_control, f, a) - 0.5);
        lose_by_harm(t, f, a);
        *u += t->dt * ruling;
        if (challenge > 0)
            *u -= t->dt * challenge * log1p(attacks_by_others(t, f, a));
    }
}

void twin_support_step(const twin *t) {
    const model *m = t->m;
    for (uint32_t f = 0; f < m->n_factions; f++)
        for (uint32_t a = 0; a < m->n_areas; a++)
            *twin_cell(t, ROW_harm, f, a) = harm_by(t, f, a);
    for (uint32_t f = 0; f < m->n_factions; f++)
        if (twin_active(t, f))
            change_utilities(t, f);
    for (uint32_t a = 0; a < m->n_areas; a++) {
        double all = 1;
        for (uint32_t f = 0; f < m->n_factions; f++)
            all += exp(*twin_cell(t, ROW_utility, f, a));
        for (uint32_t f = 0; f < m->n_factions; f++)
            *twin_cell(t, ROW_support, f, a) = exp(*twin_cell(t, ROW_utility, f, a)) / all;
    }
}

static void enemies_of(const twin *t, uint32_t f, bool *is_enemy) {
    for (uint32_t g = 0; g < t->m->n_factions; g++)
        is_enemy[g] = !twin_family(t, f, g) && twin_between(t, f, g) < 0;
}

/* ---- recruitment ---- */

/** What the country does to the recruitment of f, the same in all areas. */
static double recruitment_factor(const twin *t, uint32_t f) {
    double funding = *twin_at(t, ROW_funding, f), n = t->dt * twin_parameter(t, "rate", f) * 1.5 * funding;
    n *= pow(1 + *twin_at(t, ROW_publicity, f), twin_parameter(t, "publicity_effect", 0));
    n *= pow(*twin_at(t, ROW_cohesion, t->m->actor_of_faction[f]), twin_parameter(t, "cohesion_effect", 0));
    n *= exp(-twin_parameter(t, "pressure_effect", 0) * *twin_at(t, ROW_pressure, f));
    return n / (funding + 0.5);
}

/** Parameters that recruits() needs in every area. */
typedef struct recruiting {
    double capacity, revenge, presence;
} recruiting;

static double recruits(const twin *t, uint32_t f, uint32_t a, double factor, const recruiting *of,
                       const bool *is_enemy) {
    const model *m = t->m;
    double harm = 0, strength = *twin_cell(t, ROW_strength, f, a);
    for (uint32_t g = 0; g < m->n_factions; g++)
        harm += is_enemy[g] ? *twin_cell(t, ROW_harm, g, a) : 0;
    double population = m->population[a], capacity = of->capacity * population;
    double n = factor * population * *twin_cell(t, ROW_support, f, a) / 1000;
    n *= harm > 0 ? 1 + of->revenge * log(1 + harm) : 1;
    n *= strength > 0 ? strength / (strength + of->presence) : 0;
    return n * fmax(0, 1 - strength / fmax(1, capacity));
}

static void defect(const twin *t, uint32_t f, uint32_t g, uint32_t a, double rate) {
    double here = *twin_cell(t, ROW_support, f, a), there = *twin_cell(t, ROW_support, g, a);
    if (!(here > 0))
        return;
    double stay = exp(-rate * fmin(1, there / here) * t->dt), *from = twin_cell(t, ROW_strength, f, a);
    *twin_cell(t, ROW_strength, g, a) += *from * (1 - stay);
    *from *= stay;
}

void twin_recruitment_step(const twin *t) {
    const model *m = t->m;
    double factor[TWIN_MOST_FACTIONS];
    bool is_enemy[TWIN_MOST_FACTIONS][TWIN_MOST_FACTIONS];
    const recruiting of = {.capacity = twin_parameter(t, "capacity", 0),
                           .revenge = twin_parameter(t, "revenge", 0),
                           .presence = twin_parameter(t, "presence", 0)};
    for (uint32_t f = 0; f < m->n_factions; f++) {
        factor[f] = twin_active(t, f) ? recruitment_factor(t, f) : 0;
        enemies_of(t, f, is_enemy[f]);
    }
    for (uint32_t a = 0; a < m->n_areas; a++)
        for (uint32_t f = 0; f < m->n_factions; f++)
            if (twin_active(t, f))
                *twin_cell(t, ROW_strength, f, a) += recruits(t, f, a, factor[f], &of, is_enemy[f]);
    for (uint32_t f = 0; f < m->n_factions; f++)
        for (uint32_t g = 0; g < m->n_factions; g++) {
            double rate = f == g ? 0 : twin_parameter(t, "defection", f * m->n_factions + g);
            for (uint32_t a = 0; a < m->n_areas && rate > 0 && twin_active(t, f) && twin_active(t, g); a++)
                defect(t, f, g, a, rate);
        }
}

/* ---- morale ---- */

void twin_morale_month(const twin *t) {
    double rho = twin_parameter(t, "noise_persistence", 0), sd = twin_parameter(t, "noise_sd", 0);
    for (uint32_t f = 0; f < t->m->n_factions; f++)
        if (t->m->regular[f]) {
            double *eta = twin_at(t, ROW_morale_noise, f), e = twin_normal(t, USE_MORALE, 4 * f);
            *eta = t->i_month == 0 ? sd * e : rho * *eta + sd * sqrt(1 - rho * rho) * e;
        }
}

static void refresh_morale(const twin *t, uint32_t f) {
    const model *m = t->m;
    double held = 0, w = twin_parameter(t, "control_weight", 0);
    double foreign = twin_series(t, WORLD_FOREIGN_SUPPORT, (int32_t)m->actor_of_faction[f], WORLD_NONE, 1);
    for (uint32_t g = 0; g < m->n_factions; g++)
        for (uint32_t a = 0; a < m->n_areas && twin_family(t, f, g); a++)
            held += (double)m->population_share[a] * *twin_cell(t, ROW_control, g, a);
    double B = w * held + (1 - w) * fmin(1, foreign) + *twin_at(t, ROW_morale_noise, f);
    *twin_at(t, ROW_morale, f) = B;
    *twin_at(t, ROW_collapse, f) =
        1 / (1 + exp((B - twin_parameter(t, "cascade_point", 0)) / twin_parameter(t, "cascade_width", 0)));
}

static int32_t strongest_enemy(const twin *t, const bool *is_enemy, uint32_t a) {
    int32_t best = -1;
    double most = 0;
    for (uint32_t g = 0; g < t->m->n_factions; g++)
        if (is_enemy[g] && *twin_cell(t, ROW_strength, g, a) > most) {
            most = *twin_cell(t, ROW_strength, g, a);
            best = (int32_t)g;
        }
    return best;
}

void twin_morale_step(const twin *t) {
    const model *m = t->m;
    double sigma = twin_parameter(t, "strength_noise", 0);
    for (uint32_t f = 0; f < m->n_factions; f++)
        if (m->regular[f])
            refresh_morale(t, f);
    for (uint32_t f = 0; f < m->n_factions; f++) {
        double rate = twin_parameter(t, "base_rate", f);
        if (m->regular[f])
            rate += twin_parameter(t, "cascade_rate", 0) * *twin_at(t, ROW_collapse, f);
        rate += twin_parameter(t, "unpaid_rate", 0) * fmax(0, 1 - *twin_at(t, ROW_funding, f));
        double e = twin_normal(t, USE_STRENGTH_NOISE, 4 * f);
        double stay = exp(-rate * t->dt), gain = exp(sigma * sqrt(t->dt) * e - sigma * sigma * t->dt / 2);
        double switched = twin_parameter(t, "switch_share", 0);
        bool is_enemy[TWIN_MOST_FACTIONS];
        enemies_of(t, f, is_enemy);
        for (uint32_t a = 0; a < m->n_areas && twin_active(t, f); a++) {
            double *S = twin_cell(t, ROW_strength, f, a), gone = *S * (1 - stay);
            int32_t enemy = strongest_enemy(t, is_enemy, a);
            *S = (*S - gone) * gain;
            if (enemy >= 0)
                *twin_cell(t, ROW_strength, (uint32_t)enemy, a) += gone * switched;
        }
    }
}

/* ---- movement ---- */

static double attraction(const twin *t, uint32_t a, double tilt) {
    double contest = 1;
    for (uint32_t f = 0; f < t->m->n_factions; f++)
        contest -= *twin_cell(t, ROW_control, f, a) * *twin_cell(t, ROW_control, f, a);
    return 1 + tilt * fmax(0, contest);
}

void twin_movement_step(const twin *t) {
    const model *m = t->m;
    double *moved = calloc(2 * m->n_areas, sizeof *moved); /* arrivals less departures */
    double *attracts = moved + m->n_areas, tilt = twin_parameter(t, "tilt", 0);
    for (uint32_t a = 0; a < m->n_areas && moved; a++)
        attracts[a] = attraction(t, a, tilt);
    for (uint32_t f = 0; f < m->n_factions && moved; f++) {
        double n = -expm1(-twin_parameter(t, "rate", f) * t->dt);
        for (uint32_t a = 0; a < m->n_areas; a++)
            moved[a] = 0;
        for (uint32_t j = 0; j < m->n_areas; j++) {
            double all = 0, leaving = n * *twin_cell(t, ROW_strength, f, j);
            for (uint32_t k = m->neighbour_first[j]; k < m->neighbour_first[j + 1]; k++)
                all += attracts[m->neighbour[k]];
            for (uint32_t k = m->neighbour_first[j]; k < m->neighbour_first[j + 1]; k++)
                moved[m->neighbour[k]] += leaving * attracts[m->neighbour[k]] / all;
            moved[j] -= all > 0 ? leaving : 0;
        }
        for (uint32_t a = 0; a < m->n_areas; a++)
            *twin_cell(t, ROW_strength, f, a) += moved[a];
    }
    free(moved);
}
