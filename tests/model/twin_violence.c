/* Twins of violence: intensity, excitation, publicity, events. */
#include "twin.h"

#include <math.h>

static const double pi = 3.14159265358979323846;

/* ---- intensity ---- */

void twin_intensity_month(const twin *t) {
    const model *m = t->m;
    double s = twin_parameter(t, "cell_sd", 0), rho_x = twin_parameter(t, "cell_persistence", 0);
    double sigma = twin_parameter(t, "channel_sd", 0), rho_y = twin_parameter(t, "channel_persistence", 0);
    for (uint32_t c = 0; c < m->n_channels; c++) {
        double *y = twin_at(t, ROW_channel_log, c);
        *y = rho_y * *y + sigma * twin_normal(t, USE_CHANNEL_LOG, 4 * c) - sigma * sigma / 2;
        for (uint32_t a = 0; a < m->n_areas; a++) {
            double *x = twin_cell(t, ROW_cell_log, c, a), e = twin_normal(t, USE_CELL_LOG, twin_site(t, c, a));
            *x = t->i_month == 0 ? s * e : rho_x * *x + s * sqrt(1 - rho_x * rho_x) * e;
        }
    }
}

static double drive_of(const twin *t, uint32_t f) {
    return -twin_parameter(t, "pressure_effect", 0) * *twin_at(t, ROW_pressure, f) +
           twin_parameter(t, "backlash_effect", 0) * *twin_at(t, ROW_backlash, f) +
           twin_parameter(t, "publicity_effect", 0) * log1p(*twin_at(t, ROW_publicity, f)) +
           twin_parameter(t, "cohesion_effect", 0) * log(*twin_at(t, ROW_cohesion, t->m->actor_of_faction[f]));
}

static double season_of(const twin *t, uint32_t c) {
    double turn = ((double)t->m->season_phase[t->i_month] - twin_parameter(t, "season_peak", c)) / 12;
    return exp(twin_parameter(t, "season_amplitude", c) * cos(2 * pi * turn));
}

static bool fights(const model *m, uint32_t f, uint32_t h) {
    for (uint32_t c = 0; c < m->n_channels; c++) {
        int32_t a = m->channel_a[c], b = m->channel_b[c];
        if (!m->channel_one_sided[c] && ((a == (int32_t)f && b == (int32_t)h) || (a == (int32_t)h && b == (int32_t)f)))
            return true;
    }
    return false;
}

/** Recorded strikes a month on f that count as events between f and g. */
static double strikes_on(const twin *t, uint32_t f, uint32_t g) {
    const model *m = t->m;
    double rate = 0;
    for (uint32_t p = 0; p < m->n_powers; p++) {
        uint32_t power = m->actor_of_power[p];
        double all = 0, own = 0;
        for (uint32_t h = 0; h < m->n_factions; h++)
            if (fights(m, f, h) && twin_relation(t, power, m->actor_of_faction[h]) > 0) {
                all += twin_national_strength(t, h);
                own = h == g ? twin_national_strength(t, h) : own;
            }
        if (all > 0)
            rate += twin_series(t, WORLD_STRIKES, (int32_t)power, (int32_t)m->actor_of_faction[f], 0) * own / all;
    }
    return rate * twin_parameter(t, "strike_rate", 0) * *twin_at(t, ROW_intelligence, f);
}

/** Strength of f's family in every area. @return in the country */
static double family_strengths(const twin *t, uint32_t f, double *S) {
    double all = 0;
    for (uint32_t a = 0; a < t->m->n_areas; a++)
        all += S[a] = twin_family_strength(t, f, a);
    return all;
}

static void battles(const twin *t, uint32_t c) {
    const model *m = t->m;
    uint32_t f = (uint32_t)m->channel_a[c], g = (uint32_t)m->channel_b[c];
    double q = twin_parameter(t, "start_power", 0), drive_f = drive_of(t, f), drive_g = drive_of(t, g);
    double level = twin_parameter(t, "battle_rate", c) * season_of(t, c);
    double struck_f = strikes_on(t, f, g), struck_g = strikes_on(t, g, f), s = twin_parameter(t, "cell_sd", 0);
    level /= 1 + exp((twin_between(t, f, g) + 0.1) / 0.1);
    if (twin_rules(t, f) || twin_rules(t, g))
        level *= 1 + twin_parameter(t, "ruler_premium", 0);
    double here_f[TWIN_MOST_AREAS], here_g[TWIN_MOST_AREAS], effort_f = twin_parameter(t, "effort", f);
    double all_f = family_strengths(t, f, here_f), all_g = family_strengths(t, g, here_g);
    double effort_g = twin_parameter(t, "effort", g), y = *twin_at(t, ROW_channel_log, c);
    for (uint32_t a = 0; a < m->n_areas; a++) {
        double S_f = here_f[a], S_g = here_g[a], start_f = effort_f * pow(S_f, q), start_g = effort_g * pow(S_g, q);
        double w = start_f + start_g > 0 ? start_f / (start_f + start_g) : 0.5;
        double contact = S_f + S_g > 0 ? 2 * S_f * S_g / (S_f + S_g) : 0;
        double mu = level * contact * exp(w * drive_f + (1 - w) * drive_g);
        mu += (all_f > 0 ? struck_f * S_f / all_f : 0) + (all_g > 0 ? struck_g * S_g / all_g : 0);
        if (twin_head(t, f) != f || twin_head(t, g) != g)
            mu = 0;
        mu += twin_parameter(t, "floor", 0);
        *twin_cell(t, ROW_start_share, c, a) = w;
        *twin_cell(t, ROW_intensity, c, a) = mu * exp(y + *twin_cell(t, ROW_cell_log, c, a) - s * s / 2);
    }
}

static void against_civilians(const twin *t, uint32_t c) {
    const model *m = t->m;
    uint32_t f = (uint32_t)m->channel_a[c];
    double s = twin_parameter(t, "cell_sd", 0), level = twin_parameter(t, "one_sided_rate", c) * season_of(t, c);
    level *= exp(drive_of(t, f)) * (1 + twin_parameter(t, "disorder_effect", 0) * *twin_at(t, ROW_disorder, f));
    double selective = twin_parameter(t, "selective", f), indiscriminate = twin_parameter(t, "indiscriminate", f);
    double repression = twin_rules(t, f) ? twin_parameter(t, "repression", 0) * twin_rights(t, f) : 0;
    double outbid = twin_parameter(t, "rivals_effect", 0), floor = twin_parameter(t, "floor", 0);
    for (uint32_t a = 0; a < m->n_areas; a++) {
        double C = 0, rivals = 0;
        for (uint32_t g = 0; g < m->n_factions; g++)
            *(twin_family(t, f, g) ? &C : &rivals) += *twin_cell(t, ROW_control, g, a);
        double kernel = selective * 256 / 27 * C * C * C * fmax(0, 1 - C);
        kernel += indiscriminate * pow(fmax(0, 1 - C), 3) + repression * C;
        double mu = level * twin_family_strength(t, f, a) * kernel * (1 + outbid * rivals);
        mu = (twin_head(t, f) == f ? mu : 0) + floor;
        *twin_cell(t, ROW_intensity, c, a) =
            mu * exp(*twin_at(t, ROW_channel_log, c)) * exp(*twin_cell(t, ROW_cell_log, c, a) - s * s / 2);
    }
}

void twin_intensity_step(const twin *t) {
    for (uint32_t c = 0; c < t->m->n_channels; c++)
        if (t->m->channel_one_sided[c])
            against_civilians(t, c);
        else
            battles(t, c);
}

/* ---- excitation ---- */

void twin_excitation_month(const twin *t) {
    double keep = exp(-twin_parameter(t, "decay", 0));
    for (uint32_t i = 0; i < t->m->n_channels * t->m->n_areas && t->i_month > 0; i++) {
        double *E = twin_at(t, ROW_excitation, i);
        *E = keep * *E + (1 - keep) * *twin_at(t, ROW_events, i);
    }
}

/** Row a of K times the cells of channel c. */
static double spread(const twin *t, model_row_group group, uint32_t c, uint32_t a, double share) {
    const model *m = t->m;
    uint32_t n = m->neighbour_first[a + 1] - m->neighbour_first[a];
    double w = n > 0 ? share : 0, sum = (1 - w) * *twin_cell(t, group, c, a);
    for (uint32_t k = 0; k < n; k++)
        sum += w / n * *twin_cell(t, group, c, m->neighbour[m->neighbour_first[a] + k]);
    return sum;
}

void twin_excitation_step(const twin *t) {
    const model *m = t->m;
    double keep = exp(-twin_parameter(t, "decay", 0)), share = twin_parameter(t, "neighbour_share", 0);
    double kept = twin_parameter(t, "keep_mean", 0);
    for (uint32_t c = 0; c < m->n_channels; c++) {
        double n = twin_parameter(t, "self", c), base[TWIN_MOST_AREAS];
        for (uint32_t a = 0; a < m->n_areas; a++) {
            double *Lambda = twin_cell(t, ROW_intensity, c, a);
            double expected = kept * spread(t, ROW_excitation_mean, c, a, share);
            base[a] = *Lambda;
            *Lambda = fmax(*Lambda - n * expected, *Lambda / 10) + n * spread(t, ROW_excitation, c, a, share);
        }
        for (uint32_t a = 0; a < m->n_areas && t->i_substep == m->substeps - 1; a++) {
            double *mean = twin_cell(t, ROW_excitation_mean, c, a);
            *mean = keep * *mean + (1 - keep) * base[a];
        }
    }
}

/* ---- publicity ---- */

void twin_publicity_month(const twin *t) {
    const model *m = t->m;
    for (uint32_t f = 0; f < m->n_factions; f++) {
        double noticed = 0;
        for (uint32_t c = 0; c < m->n_channels; c++) {
            bool is_a = m->channel_a[c] == (int32_t)f, is_b = m->channel_b[c] == (int32_t)f;
            int32_t enemy = m->channel_one_sided[c] ? WORLD_NONE : is_a ? m->channel_b[c] : m->channel_a[c];
            double weight = 1;
            if (enemy >= 0 && twin_rules(t, (uint32_t)enemy))
                weight += twin_parameter(t, "ruler_weight", 0);
            double per_death = twin_parameter(t, "deaths_weight", 0);
            for (uint32_t a = 0; a < m->n_areas && (is_a || is_b); a++) {
                double w = *twin_cell(t, ROW_start_share, c, a), own = enemy < 0 ? 1 : is_a ? w : 1 - w;
                noticed += own * *twin_cell(t, ROW_events, c, a) * weight;
                noticed += own * per_death * log1p(*twin_cell(t, ROW_deaths, c, a));
            }
        }
        double *Q = twin_at(t, ROW_publicity, f);
        *Q = exp(-twin_parameter(t, "fading", 0)) * *Q + noticed / twin_parameter(t, "scale", 0);
    }
}

/* ---- events ---- */

void twin_events_month(const twin *t) {
    const model *m = t->m;
    double sd = twin_parameter(t, "size_effect_sd", 0), level_sd = twin_parameter(t, "size_level_sd", 0);
    double kept = t->i_month == 0 ? 0 : twin_parameter(t, "size_level_persistence", 0);
    for (uint32_t c = 0; c < m->n_channels; c++) {
        double k_C = twin_parameter(t, "channel_size", c);
        *twin_at(t, ROW_channel_shock, c) = twin_gamma(t, USE_CHANNEL_SHOCK, 4 * c, k_C) / k_C;
        double *level = twin_at(t, ROW_size_level, c);
        *level = kept * *level + level_sd * sqrt(1 - kept * kept) * twin_normal(t, USE_SIZE_LEVEL, 4 * c);
        *twin_at(t, ROW_size_effect, c) =
            exp(*level - level_sd * level_sd / 2 + sd * twin_normal(t, USE_SIZE_EFFECT, 4 * c) - sd * sd / 2);
    }
}

static double seen(const twin *t, model_row_group group, uint32_t c, uint32_t a) {
    return t->seen[t->m->first_row[group] + c * t->m->n_areas + a];
}

static void fight(const twin *t, uint32_t c, uint32_t a, double dated, double dated_deaths) {
    uint32_t site = twin_site(t, c, a);
    double *shape = twin_cell(t, ROW_shock_shape, c, a), *rate = twin_cell(t, ROW_shock_rate, c, a);
    double expected = *twin_at(t, ROW_channel_shock, c) * *twin_cell(t, ROW_intensity, c, a) * t->dt;
    if (t->i_substep == 0)
        *shape = *rate = twin_parameter(t, "cell_size", c);
    double N = twin_negbin(t, USE_EVENTS, site, *shape, expected / *rate, seen(t, ROW_events_now, c, a) - dated);
    *shape += N;
    *rate += expected;
    double average = twin_parameter(t, "deaths_per_event", c) * *twin_at(t, ROW_size_effect, c);
    double sure = fmin(twin_parameter(t, "sure_death", c), average), D = 0, civilians = 0;
    if (N > 0) {
        double size = twin_parameter(t, "deaths_size", c) * pow(N, twin_parameter(t, "deaths_size_power", 0));
        D = twin_packed_binomial(t, USE_DEATHS, 0, site, N, sure);
        D += twin_packed_negbin(t, USE_DEATHS, 1, site, size, (average - sure) * N / size,
                                seen(t, ROW_deaths_now, c, a) - dated_deaths - D);
        civilians = D;
        if (!t->m->channel_one_sided[c])
            civilians = twin_packed_binomial(t, USE_DEATHS, 2, site, D, twin_parameter(t, "civilian_share", c));
    }
    *twin_cell(t, ROW_events_now, c, a) = N + dated;
    *twin_cell(t, ROW_deaths_now, c, a) = D + dated_deaths;
    *twin_cell(t, ROW_civilians_now, c, a) = civilians + dated_deaths;
    double *events = twin_cell(t, ROW_events, c, a), *deaths = twin_cell(t, ROW_deaths, c, a);
    *events = (t->i_substep > 0 ? *events : 0) + N + dated;
    *deaths = (t->i_substep > 0 ? *deaths : 0) + D + dated_deaths;
}

void twin_events_step(const twin *t) {
    const model *m = t->m;
    for (uint32_t c = 0; c < m->n_channels; c++)
        for (uint32_t a = 0; a < m->n_areas; a++) {
            double dated = 0, deaths = 0;
            uint32_t i = 0;
            for (const model_event *e; (e = twin_next_event(t, WORLD_EVENT_ATTACK, &i)) != NULL;)
                if (m->first_month + (int32_t)t->i_month > m->last_observed && m->channel_one_sided[c] &&
                    m->channel_a[c] == e->faction && e->area == (int32_t)a) {
                    double amount = twin_amount(t, e);
                    dated += 1;
                    deaths += amount > 0 ? nearbyint(amount) : 0;
                }
            fight(t, c, a, dated, deaths);
        }
}

void twin_events_close(const twin *t) {
    const model *m = t->m;
    for (uint32_t c = 0; c < m->n_channels; c++) {
        double events = 0, deaths = 0;
        for (uint32_t a = 0; a < m->n_areas; a++) {
            events += *twin_cell(t, ROW_events, c, a);
            deaths += *twin_cell(t, ROW_deaths, c, a);
        }
        *twin_at(t, ROW_events_last, c) = events;
        *twin_at(t, ROW_deaths_last, c) = deaths;
    }
}
