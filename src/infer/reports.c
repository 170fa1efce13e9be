/* Published numbers about the hidden state, compared with it in the middle of the period that they are about.
 *
 * strength   log of the number ~ N(log(1 + S_f), sd), sd from the interval, .3 or more: reports copy each other, and what counts
 *            as a fighter differs; an upper bound is the normal's tail
 * districts  counts by who controls them, every area counting alike: Dirichlet-multinomial of concentration 50 around
 *            p_f = mean over areas of C_if^2; contested is 1 - sum p_f: two places of a district drawn at random are not both
 *            under one faction. The concentration makes a share of a half uncertain by .07: shares of areas are not
 *            districts, and districts are not classed alike
 * presence   active in n areas: Poisson-binomial, an area with S_if fighters being one of them with probability
 *            .05 + .9 (1 - exp(-S_if / 10)); an interval is the sum of its probabilities
 *
 * S_f and C_f are of the faction and of those that are part of it.
 */
#include "infer/reports.h"

#include <math.h>

static const char *const kind_names[DATA_KINDS] = {"events", "totals", "strength", "districts", "presence"};
static const char *const row_names[REPORT_ROWS] = {"strength reports", "counts of districts", "reports of presence"};

static const double least_sd = 0.3, concentration = 50, seen_by_error = 0.05, fighters_seen = 10;

const char *data_kind_name(uint32_t kind) {
    return kind < DATA_KINDS ? kind_names[kind] : NULL;
}

const char *reports_row_name(uint32_t row) {
    return row_names[row];
}

static double strength_sd(const world_number *number) {
    double sd =
        number->low > 0 && number->high > number->low ? log(number->high / number->low) / (2 * 1.6448536269514722) : 0;
    return fmax(sd, least_sd);
}

/** Which kind of report a fact is; DATA_KINDS for what is not compared. */
static data_kind kind_of(const world_fact *fact, const world_actor *actors, uint32_t n_areas) {
    if (fact->area != WORLD_NONE || fact->actor == WORLD_NONE || actors[fact->actor].faction == WORLD_NONE)
        return DATA_KINDS;
    if (fact->about == WORLD_FACT_STRENGTH && fact->number.value > 0)
        return DATA_STRENGTH;
    if (fact->about == WORLD_FACT_DISTRICTS && fact->of > 0)
        return DATA_DISTRICTS;
    if (fact->about == WORLD_FACT_PRESENCE && fact->of == n_areas)
        return DATA_PRESENCE;
    return DATA_KINDS;
}

tsr_status reports_read(const model *m, const evidence_options *options, arena *memory, evidence *e, tsr_error *error) {
    size_t n_facts;
    const world_fact *facts = world_facts(m->w, &n_facts);
    const world_actor *actors = world_actors(m->w, NULL);
    evidence_report *reports = arena_alloc(memory, (n_facts + 1) * sizeof *reports);
    uint32_t *factions = arena_alloc(memory, (n_facts + 1) * sizeof *factions);
    double *counts = arena_alloc(memory, (n_facts + 1) * sizeof *counts);
    if (!reports || !factions || !counts)
        return FAIL(error, TSR_E_MEMORY, "no memory for %zu reports", n_facts);
    e->reports = reports;
    for (size_t i = 0; i < n_facts; i++) {
        const world_fact *fact = &facts[i];
        data_kind kind = kind_of(fact, actors, m->n_areas);
        if (kind == DATA_KINDS || options->without[kind] || fact->known > m->options.origin)
            continue;
        /* A statement about a period is compared in its middle. */
        int32_t month = month_from_day(fact->first + (fact->last - fact->first) / 2) - m->first_month;
        if (month < 0 || month >= (int32_t)e->n_months)
            continue;
        uint32_t faction = (uint32_t)actors[fact->actor].faction;
        factions[i] = faction;
        counts[i] = fact->number.value;
        if (kind == DATA_DISTRICTS && i > 0 && facts[i - 1].about == fact->about && facts[i - 1].entry == fact->entry) {
            reports[e->n_reports - 1].n_counts++; /* another faction of the same count */
            continue;
        }
        reports[e->n_reports++] = (evidence_report){.kind = kind,
                                                    .i_month = (uint32_t)month,
                                                    .faction = faction,
                                                    .log_value = log(fact->number.value),
                                                    .sd = strength_sd(&fact->number),
                                                    .low = fact->is_upper_bound ? 0 : fact->number.low,
                                                    .high = fact->number.high,
                                                    .is_upper_bound = fact->is_upper_bound,
                                                    .n_counts = 1,
                                                    .of = fact->of,
                                                    .factions = factions + i,
                                                    .counts = counts + i};
    }
    return TSR_OK;
}

/** Sum of a row group [faction][area] over the faction's family. */
static double family_sum(const model_tile *tile, uint32_t i_month, model_row_group group, uint32_t faction,
                         uint32_t area, uint32_t lane) {
    const model *m = tile->m;
    double sum = 0;
    for (uint32_t g = 0; g < m->n_factions; g++)
        if (m->family[i_month * m->n_factions + g] == faction)
            sum += (double)tile->state[(size_t)(m->first_row[group] + g * m->n_areas + area) * tile->n_lanes + lane];
    return sum;
}

static double strength_density(const evidence_report *report, const model_tile *tile, uint32_t i_month, uint32_t lane) {
    double strength = 1; /* one fighter: the log of nothing has no density */
    for (uint32_t a = 0; a < tile->m->n_areas; a++)
        strength += family_sum(tile, i_month, ROW_strength, report->faction, a, lane);
    double z = (report->log_value - log(strength)) / report->sd;
    return report->is_upper_bound ? log(0.5 * erfc(-z * M_SQRT1_2) + 1e-300)
                                  : -0.5 * z * z - log(report->sd) - 0.9189385332046727;
}

/** log Gamma without the C library's global sign. */
static double log_gamma(double x) {
    int sign;
    return lgamma_r(x, &sign);
}

/** log of Gamma(n + a) / (Gamma(a) n!). */
static double log_rising(double n, double a) {
    return log_gamma(n + a) - log_gamma(a) - log_gamma(n + 1);
}

static double districts_density(const evidence_report *report, const model_tile *tile, uint32_t i_month,
                                uint32_t lane) {
    const double least = 0.005; /* no class is impossible */
    uint32_t n_areas = tile->m->n_areas;
    double rest = 1, left = report->of, density = -log_rising(report->of, concentration);
    for (uint32_t i = 0; i < report->n_counts; i++) {
        double share = 0;
        for (uint32_t a = 0; a < n_areas; a++) {
            double control = family_sum(tile, i_month, ROW_control, report->factions[i], a, lane);
            share += control * control / n_areas;
        }
        share = least + (1 - least * (report->n_counts + 1)) * share;
        rest -= share;
        left -= report->counts[i];
        density += log_rising(report->counts[i], concentration * share);
    }
    return density + log_rising(left, concentration * fmax(rest, least));
}

enum { EXACT_AREAS = 128 };

static double active_probability(const evidence_report *report, const model_tile *tile, uint32_t i_month, uint32_t area,
                                 uint32_t lane) {
    double strength = family_sum(tile, i_month, ROW_strength, report->faction, area, lane);
    return seen_by_error + (1 - 2 * seen_by_error) * (1 - exp(-strength / fighters_seen));
}

/** P(low <= n <= high) of more areas than are worth counting one by one: the normal of the same mean and variance. */
static double presence_of_many(const evidence_report *report, const model_tile *tile, uint32_t i_month, uint32_t lane) {
    double mean = 0, variance = 0;
    for (uint32_t a = 0; a < tile->m->n_areas; a++) {
        double p = active_probability(report, tile, i_month, a, lane);
        mean += p;
        variance += p * (1 - p);
    }
    double scale = sqrt(2 * variance);
    return 0.5 * (erf((report->high + 0.5 - mean) / scale) - erf((report->low - 0.5 - mean) / scale));
}

static double presence_density(const evidence_report *report, const model_tile *tile, uint32_t i_month, uint32_t lane) {
    uint32_t n_areas = tile->m->n_areas;
    double p_of[EXACT_AREAS + 1] = {1}, sum = 0; /* of 0 ... the areas looked at so far being active */
    if (n_areas > EXACT_AREAS)
        return log(presence_of_many(report, tile, i_month, lane) + 1e-300);
    for (uint32_t a = 0; a < n_areas; a++) {
        double p = active_probability(report, tile, i_month, a, lane);
        for (uint32_t n = a + 1; n > 0; n--)
            p_of[n] = p_of[n] * (1 - p) + p_of[n - 1] * p;
        p_of[0] *= 1 - p;
    }
    for (uint32_t n = 0; n <= n_areas; n++)
        if (n >= report->low && n <= report->high)
            sum += p_of[n];
    return log(sum + 1e-300);
}

void reports_weigh(const evidence *e, const model_tile *tile, uint32_t i_month, double *densities) {
    uint32_t n = tile->n_lanes;
    for (uint32_t i = 0; i < REPORT_ROWS * n; i++)
        densities[i] = 0;
    for (size_t i = 0; i < e->n_reports; i++) {
        const evidence_report *report = &e->reports[i];
        if (report->i_month != i_month)
            continue;
        double *row = densities + (size_t)(report->kind - DATA_STRENGTH) * n;
        for (uint32_t lane = 0; lane < n; lane++)
            row[lane] += report->kind == DATA_STRENGTH    ? strength_density(report, tile, i_month, lane)
                         : report->kind == DATA_DISTRICTS ? districts_density(report, tile, i_month, lane)
                                                          : presence_density(report, tile, i_month, lane);
    }
}
