/* Choosing and applying the dynamic negative binomial. */
#include "judge/negbin.h"

#include <math.h>
#include <stdlib.h>

static const double discounts[] = {0.5, 0.7, 0.8, 0.87, 0.92, 0.95, 0.98};
static const double sizes[] = {0.15, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1, 1.5, 2, 4, 10, INFINITY};
enum { N_DISCOUNTS = sizeof discounts / sizeof *discounts, N_SIZES = sizeof sizes / sizeof *sizes };

#define FALLBACK_DISCOUNT 0.92
#define FALLBACK_SIZE 1.0
#define PRIOR_SHAPE 0.5

/** Mean count of all observed months of all units; half a death is added, so that it is never 0. */
static double pooled_mean(const baseline_history *history) {
    double sum = 0, n = 0;
    for (size_t i = 0; i < history->n_units * history->n_months; i++)
        if (!isnan(history->counts[i])) {
            sum += history->counts[i];
            n++;
        }
    return (sum + 0.5) / fmax(n, 1);
}

/** Discounted sums after one more month. */
static void absorb(double discount, double y, double *sum, double *months) {
    *sum = discount * *sum + (isnan(y) ? 0 : y);
    *months = discount * *months + (isnan(y) ? 0 : 1);
}

static negbin_level level_of(double discount, double sum, double months, double mean) {
    return (negbin_level){PRIOR_SHAPE + discount * sum, PRIOR_SHAPE / mean + discount * months};
}

negbin_level negbin_level_of(const baseline_history *history, size_t unit, const negbin_choice *choice) {
    const double *y = history->counts + unit * history->n_months;
    double sum = 0, months = 0;
    for (size_t month = 0; month < history->n_months; month++)
        absorb(choice->discount, y[month], &sum, &months);
    return level_of(choice->discount, sum, months, choice->mean);
}

/** log Gamma without the C library's global sign. */
static double log_gamma(double x) {
    int sign;
    return lgamma_r(x, &sign);
}

double negbin_log_probability(negbin_level level, double size, double y) {
    double mean = level.shape / level.rate;
    double k = 1 / (1 / level.shape + 1 / size + 1 / (level.shape * size));
    double log_p = -k * log1p(mean / k);
    if (y > 0)
        log_p += log_gamma(y + k) - log_gamma(k) - log_gamma(y + 1) + y * log(mean / (k + mean));
    return log_p;
}

/** Sums of log probabilities, and how many forecasts were compared. */
typedef struct tally {
    double log_score[N_DISCOUNTS][N_SIZES];
    size_t n;
} tally;

/** Add the forecasts that one unit's history holds, at one discount. @param levels  [n_months] scratch */
static void add_unit(const baseline_history *history, size_t unit, size_t i_discount, double mean, size_t n_horizons,
                     negbin_level *levels, tally *tallies) {
    const double *y = history->counts + unit * history->n_months;
    double discount = discounts[i_discount], sum = 0, months = 0;
    size_t n_seen = 0, warm = history->n_months; /* first month after which the unit's forecasts count */
    for (size_t month = 0; month < history->n_months; month++) {
        absorb(discount, y[month], &sum, &months);
        levels[month] = level_of(discount, sum, months, mean);
        n_seen += !isnan(y[month]);
        if (n_seen == NEGBIN_WARM_UP && warm == history->n_months)
            warm = month;
    }
    size_t first = history->n_months > NEGBIN_WINDOW ? history->n_months - NEGBIN_WINDOW : 0;
    for (size_t month = first; month < history->n_months; month++)
        for (size_t h = 1; h <= n_horizons && h <= month && !isnan(y[month]); h++) {
            if (month - h < warm)
                break;
            tally *t = &tallies[h - 1];
            for (size_t i_size = 0; i_size < N_SIZES; i_size++)
                t->log_score[i_discount][i_size] += negbin_log_probability(levels[month - h], sizes[i_size], y[month]);
            t->n += i_discount == 0;
        }
}

/** Sums over all units. */
static void add_tally(const tally *from, tally *to) {
    for (size_t i = 0; i < N_DISCOUNTS; i++)
        for (size_t j = 0; j < N_SIZES; j++)
            to->log_score[i][j] += from->log_score[i][j];
    to->n += from->n;
}

/** The pair that did best for one unit, which borrows NEGBIN_BORROWED forecasts of the average unit. */
static negbin_choice best_of(const tally *own, const tally *all, double mean) {
    negbin_choice best = {FALLBACK_DISCOUNT, FALLBACK_SIZE, mean, all->n, NAN};
    if (all->n < NEGBIN_MIN_SCORED)
        return best;
    double highest = -INFINITY, weight = NEGBIN_BORROWED / (double)all->n;
    for (size_t i = 0; i < N_DISCOUNTS; i++)
        for (size_t j = 0; j < N_SIZES; j++) {
            double score = own->log_score[i][j] + weight * all->log_score[i][j];
            if (score > highest) {
                highest = score;
                best.discount = discounts[i];
                best.size = sizes[j];
            }
        }
    best.log_score = highest / ((double)own->n + NEGBIN_BORROWED);
    return best;
}

tsr_status negbin_choose(const baseline_history *history, size_t n_horizons, negbin_choice *choices, tsr_error *error) {
    tsr_status status = TSR_OK;
    size_t n_units = history->n_units, n_months = history->n_months;
    tally *tallies = calloc(n_units * n_horizons + 1, sizeof *tallies), *all = calloc(n_horizons + 1, sizeof *all);
    negbin_level *levels = malloc((n_months + 1) * sizeof *levels);
    if (tallies == NULL || all == NULL || levels == NULL) {
        status = FAIL(error, TSR_E_MEMORY, "no memory to choose negative binomials for %zu units and %zu horizons",
                      n_units, n_horizons);
        goto out;
    }
    double mean = pooled_mean(history);
    for (size_t unit = 0; unit < n_units; unit++) {
        for (size_t i = 0; i < N_DISCOUNTS; i++)
            add_unit(history, unit, i, mean, n_horizons, levels, tallies + unit * n_horizons);
        for (size_t h = 0; h < n_horizons; h++)
            add_tally(&tallies[unit * n_horizons + h], &all[h]);
    }
    for (size_t i = 0; i < n_units * n_horizons; i++)
        choices[i] = best_of(&tallies[i], &all[i % n_horizons], mean);
out:
    free(tallies);
    free(all);
    free(levels);
    return status;
}

/** A unit month after month: discounted sums at every discount. */
typedef struct unit_path {
    double sum[N_DISCOUNTS], months[N_DISCOUNTS];
    size_t n_seen;
    tally own;
} unit_path;

/** Forecast one unit's next count `y`, and add to the tallies what every pair would have said. */
static void foresee_unit(unit_path *u, double y, double mean, const tally *all, tally *next, double *expected,
                         double *log_p) {
    negbin_choice choice = best_of(&u->own, all, mean);
    bool counts = u->n_seen >= NEGBIN_WARM_UP && !isnan(y);
    *log_p = NAN;
    for (size_t i = 0; i < N_DISCOUNTS; i++) {
        negbin_level level = level_of(discounts[i], u->sum[i], u->months[i], mean);
        for (size_t j = 0; counts && j < N_SIZES; j++) {
            double score = negbin_log_probability(level, sizes[j], y);
            u->own.log_score[i][j] += score;
            next->log_score[i][j] += score;
        }
        if (discounts[i] == choice.discount) {
            *expected = level.shape / level.rate;
            *log_p = isnan(y) ? NAN : negbin_log_probability(level, choice.size, y);
        }
        absorb(discounts[i], y, &u->sum[i], &u->months[i]);
    }
    u->own.n += counts;
    next->n += counts;
    u->n_seen += !isnan(y);
}

tsr_status negbin_foresee(const baseline_history *history, double *expected, double *log_p, tsr_error *error) {
    size_t n_units = history->n_units, n_months = history->n_months;
    unit_path *units = calloc(n_units + 1, sizeof *units);
    tally all = {0}, next = {0};
    double sum = 0, n = 0;
    if (!units)
        return FAIL(error, TSR_E_MEMORY, "no memory to foresee %zu units", n_units);
    for (size_t month = 0; month < n_months; month++) {
        double mean = (sum + 0.5) / fmax(n, 1);
        all = next; /* what was known before the month, for every unit alike */
        for (size_t unit = 0; unit < n_units; unit++) {
            size_t at = unit * n_months + month;
            double y = history->counts[at];
            foresee_unit(&units[unit], y, mean, &all, &next, &expected[at], &log_p[at]);
            sum += isnan(y) ? 0 : y;
            n += !isnan(y);
        }
    }
    free(units);
    return TSR_OK;
}
