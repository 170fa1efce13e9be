/* Twins of the war on the ground: control, losses. */
#include "twin.h"

#include <math.h>
#include <stdlib.h>

/* ---- control ---- */

/** Power of f in area a per unit of exp(support, distance, advantage): the same in all areas. */
static double force_of(const twin *t, uint32_t f) {
    const model *m = t->m;
    double foreign = twin_series(t, WORLD_FOREIGN_SUPPORT, (int32_t)m->actor_of_faction[f], WORLD_NONE, 0);
    return twin_parameter(t, "quality", f) * *twin_at(t, ROW_cohesion, m->actor_of_faction[f]) *
           (1 + twin_parameter(t, "air", f) * fmin(foreign, 1));
}

static double power_of(const twin *t, uint32_t f, uint32_t a, double force) {
    double strength = *twin_cell(t, ROW_strength, f, a), distance = t->m->distance_decay_km[f * t->m->n_areas + a];
    if (strength == 0)
        return 0;
    return strength * force *
           exp(twin_parameter(t, "support_effect", 0) * *twin_cell(t, ROW_support, f, a) -
               distance / twin_parameter(t, "distance", 0) + *twin_cell(t, ROW_advantage, f, a));
}

/** Shares of area a that the contest would give to every faction in the end. */
static void targets(const twin *t, uint32_t a, const double *force, double *target) {
    const model *m = t->m;
    double mu = twin_parameter(t, "decisiveness", 0), nobody = twin_parameter(t, "floor", 0);
    double share[TWIN_MOST_FACTIONS], all = nobody > 0 ? pow(nobody, mu) : 0;
    for (uint32_t head = 0; head < m->n_factions; head++) {
        double family = 0;
        for (uint32_t g = 0; g < m->n_factions; g++)
            if (twin_head(t, g) == head)
                family += power_of(t, g, a, force[g]);
        share[head] = family > 0 ? pow(family, mu) : 0;
        all += share[head];
    }
    for (uint32_t f = 0; f < m->n_factions; f++) {
        double fighters = twin_family_strength(t, f, a);
        target[f] =
            all > 0 && fighters > 0 ? share[twin_head(t, f)] / all * *twin_cell(t, ROW_strength, f, a) / fighters : 0;
    }
}

static double speed_in(const twin *t, uint32_t a) {
    double loose = 0, floor = twin_parameter(t, "floor", 0);
    for (uint32_t f = 0; f < t->m->n_factions; f++) {
        double gone = floor > 0 ? floor / (floor + twin_family_strength(t, f, a)) : 0;
        loose += *twin_cell(t, ROW_control, f, a) * fmax(*twin_at(t, ROW_collapse, f), gone);
    }
    return twin_parameter(t, "speed", 0) + twin_parameter(t, "collapse_speed", 0) * loose;
}

static void family_totals(const twin *t, uint32_t head, double *held, double *fighters) {
    *held = *fighters = 0;
    for (uint32_t f = 0; f < t->m->n_factions; f++)
        for (uint32_t a = 0; a < t->m->n_areas && twin_head(t, f) == head; a++) {
            *held += t->m->population_share[a] * *twin_cell(t, ROW_control, f, a);
            *fighters += *twin_cell(t, ROW_strength, f, a);
        }
}

static void succession(const twin *t) {
    const model *m = t->m;
    int ruler = (int)*twin_at(t, ROW_ruler, 0), challenger = -1;
    double own = 0, own_fighters = 0, best = 0;
    for (uint32_t f = 0; f < m->n_factions; f++) {
        double held, fighters;
        if (twin_head(t, f) != f)
            continue;
        family_totals(t, f, &held, &fighters);
        if (twin_rules(t, f)) {
            own = held;
            own_fighters = fighters;
        } else if (held > best) {
            best = held;
            challenger = (int)f;
        }
    }
    double low = twin_parameter(t, "fall_below", 0);
    if (own < low && best > twin_parameter(t, "rise_above", 0))
        ruler = challenger;
    else if (ruler >= 0 && own_fighters < twin_parameter(t, "minimum_strength", 0))
        ruler = best > low ? challenger : -1;
    *twin_at(t, ROW_ruler, 0) = ruler;
}

void twin_control_step(const twin *t) {
    const model *m = t->m;
    double target[TWIN_MOST_FACTIONS], force[TWIN_MOST_FACTIONS];
    for (uint32_t f = 0; f < m->n_factions; f++)
        force[f] = force_of(t, f);
    for (uint32_t a = 0; a < m->n_areas; a++) {
        double keep = exp(-speed_in(t, a) * t->dt);
        targets(t, a, force, target);
        for (uint32_t f = 0; f < m->n_factions; f++) {
            double *control = twin_cell(t, ROW_control, f, a);
            *control = target[f] + (*control - target[f]) * keep;
        }
    }
    if (m->ruler_of_month[t->i_month] == -2)
        succession(t);
}

/** Control and power of f's family. */
static void family_in(const twin *t, uint32_t f, uint32_t a, double *held, double *power) {
    *held = *power = 0;
    for (uint32_t g = 0; g < t->m->n_factions; g++)
        if (twin_family(t, f, g)) {
            *held += *twin_cell(t, ROW_control, g, a);
            *power += power_of(t, g, a, force_of(t, g));
        }
}

/** log advantage that makes the share of f's family in area a an equilibrium; NaN without fighters. */
static double advantage_of(const twin *t, uint32_t f, uint32_t a) {
    double held, power, top = 0, top_power = 0;
    for (uint32_t g = 0; g < t->m->n_factions; g++) {
        family_in(t, g, a, &held, &power);
        if (held > top && power > 0) {
            top = held;
            top_power = power;
        }
    }
    family_in(t, f, a, &held, &power);
    if (!(power > 0 && top_power > 0))
        return NAN;
    double wanted = log(fmax(held, 1e-3) / fmax(top, 1e-3)) / fmax(twin_parameter(t, "decisiveness", 0), 0.01);
    wanted -= log(power / top_power);
    return twin_parameter(t, "anchor", 0) * fmax(-5, fmin(5, wanted));
}

void twin_control_start(const twin *t) {
    const model *m = t->m;
    double *all = calloc((size_t)m->n_factions * m->n_areas, sizeof *all);
    for (uint32_t f = 0; f < m->n_factions && all; f++) {
        double sum = 0;
        int n = 0;
        for (uint32_t a = 0; a < m->n_areas; a++) {
            double gap = all[f * m->n_areas + a] = advantage_of(t, f, a);
            sum += isnan(gap) ? 0 : gap;
            n += !isnan(gap);
        }
        for (uint32_t a = 0; a < m->n_areas; a++)
            if (isnan(all[f * m->n_areas + a]))
                all[f * m->n_areas + a] = n > 0 ? sum / n : 0;
    }
    for (uint32_t i = 0; i < m->n_factions * m->n_areas && all; i++)
        *twin_at(t, ROW_advantage, i) = all[i];
    free(all);
}

/* ---- losses ---- */

static void imprison(const twin *t, uint32_t f, uint32_t holder, uint32_t a, double n) {
    for (uint32_t k = 0; k < t->m->n_captive_pairs; k++)
        if (t->m->captive_faction[k] == f && t->m->captive_holder[k] == holder)
            *twin_cell(t, ROW_captives, k, a) += n;
}

/** What the family of `head` loses in the battles of channel c in area a, of which `enemy` started the share w. */
static void battle_losses(const twin *t, uint32_t head, uint32_t enemy, uint32_t c, uint32_t a, bool is_a, double w) {
    const model *m = t->m;
    double all = *twin_cell(t, ROW_deaths_now, c, a);
    if (all == 0)
        return;
    double dead = w * (all - *twin_cell(t, ROW_civilians_now, c, a)), there = twin_family_strength(t, head, a);
    double out = dead * (1 + twin_parameter(t, "wounded", 0));
    uint32_t site = twin_site(t, 2 * c + is_a, a);
    double captured = twin_binomial(t, USE_CAPTURE, site, nearbyint(dead), twin_parameter(t, "capture", head));
    captured = fmin(captured, fmax(0, there - out));
    out += captured;
    *twin_at(t, ROW_excess_loss, head) += fmax(0, out - there);
    for (uint32_t f = 0; f < m->n_factions; f++)
        if (twin_head(t, f) == head)
            *twin_cell(t, ROW_strength, f, a) *= there > 0 ? fmax(0, 1 - out / there) : 0;
    imprison(t, head, enemy, a, captured);
}

static void surrender(const twin *t, uint32_t f) {
    const model *m = t->m;
    double rate =
        twin_parameter(t, "surrender_rate", 0) * *twin_at(t, ROW_pressure, f) * *twin_at(t, ROW_intelligence, f);
    for (uint32_t a = 0; a < m->n_areas; a++) {
        double *strength = twin_cell(t, ROW_strength, f, a), lost = *strength * -expm1(-rate * t->dt);
        double captured =
            twin_whole(t, USE_SURRENDER, twin_site(t, f, a), lost * twin_parameter(t, "surrender_captured", 0));
        *strength -= lost;
        for (uint32_t h = 0; h < m->n_factions; h++)
            if (twin_head(t, h) == h && twin_rules(t, h) && !twin_family(t, f, h))
                imprison(t, f, h, a, captured);
    }
}

void twin_losses_step(const twin *t) {
    const model *m = t->m;
    for (uint32_t c = 0; c < m->n_channels; c++)
        for (uint32_t a = 0; a < m->n_areas && !m->channel_one_sided[c]; a++) {
            uint32_t f = (uint32_t)m->channel_a[c], g = (uint32_t)m->channel_b[c];
            double w = *twin_cell(t, ROW_start_share, c, a);
            battle_losses(t, f, g, c, a, true, 1 - w);
            battle_losses(t, g, f, c, a, false, w);
        }
    for (uint32_t f = 0; f < m->n_factions; f++)
        surrender(t, f);
}
