/* Baselines: which counts they may draw from, their distributions, the choice of the dynamic negative binomial against a slow
 * twin, addresses of draws, and what is refused.
 *
 * False alarms: 6 distributions of N draws at the bound of Dvoretzky, Kiefer and Wolfowitz for 1e-9: 6e-9. Every kind has a sabotaged
 * twin that must fail.
 */
#include "judge/negbin.h"

#include "draws.h"

#include <math.h>

enum { N = 200000, TOP = 4000 };

static double draws[N], cumulative[TOP];

/** Largest distance between the draws' distribution and `cumulative`, in units of the bound for 1e-9. */
static double distance(void) {
    static double counts[TOP];
    memset(counts, 0, sizeof counts);
    for (int i = 0; i < N; i++) {
        assert_true(draws[i] >= 0 && draws[i] < TOP && floor(draws[i]) == draws[i]);
        counts[(int)draws[i]] += 1.0 / N;
    }
    double sum = 0, largest = 0;
    for (int j = 0; j < TOP; j++) {
        sum += counts[j];
        largest = fmax(largest, fabs(sum - cumulative[j]));
    }
    return largest / sqrt(log(2 / 1e-9) / (2.0 * N));
}

/** Cumulative negative binomial. */
static void set_negbin(double mean, double size, double weight) {
    double p = pow(size / (size + mean), size), sum = p;
    for (int j = 0; j < TOP; j++) {
        cumulative[j] += weight * sum;
        p *= (size + j) / (j + 1) * mean / (size + mean);
        sum += p;
    }
}

static void set_poisson(double mean) {
    double sum = 0;
    for (int j = 0; j < TOP; j++) {
        sum += exp(-mean + j * log(mean) - lgamma(j + 1));
        cumulative[j] = sum;
    }
}

static baseline_history history_of(const double *counts, size_t n_units, size_t n_months) {
    return (baseline_history){.counts = counts, .n_units = n_units, .n_months = n_months, .last_month = 500};
}

static void draw(baseline_kind kind, const baseline_history *h, size_t n_targets, size_t n_horizons, size_t n_draws) {
    tsr_error error = TSR_ERROR_INIT;
    if (baseline_draws(kind, h, n_targets, n_horizons, n_draws, 3, draws, &error) != TSR_OK)
        fail_msg("%s", error.message);
}

static void zero(void **state) {
    (void)state;
    const double counts[] = {7, NAN, NAN, NAN};
    baseline_history h = history_of(counts, 2, 2);
    memset(draws, 1, sizeof draws);
    draw(BASELINE_ZERO, &h, 2, 3, 100);
    for (int i = 0; i < 600; i++)
        assert_true(draws[i] == 0);
}

static void last(void **state) {
    (void)state;
    const double counts[] = {90, 17, NAN, /* */ 5, 4, 0};
    baseline_history h = history_of(counts, 2, 3);
    draw(BASELINE_LAST, &h, 1, 1, N);
    set_poisson(17);
    assert_true(distance() < 1);
    set_poisson(17.4);
    assert_true(distance() > 1);
    draw(BASELINE_LAST, &h, 2, 2, 1000);
    for (int i = 2000; i < 4000; i++)
        assert_true(draws[i] == 0);
}

/** 14 observed months, the first two of which nobody may see, with gaps. */
static void conflictology(void **state) {
    (void)state;
    const double counts[] = {1000, 2000, 3, NAN, 5, 7, 11, 11, 11, NAN, 13, 17, 19, 23, 29, 31, NAN};
    const double seen[] = {3, 5, 7, 11, 11, 11, 13, 17, 19, 23, 29, 31};
    baseline_history h = history_of(counts, 1, 17);
    draw(BASELINE_CONFLICTOLOGY, &h, 1, 1, N);
    memset(cumulative, 0, sizeof cumulative);
    for (int j = 0; j < TOP; j++)
        for (int i = 0; i < 12; i++)
            cumulative[j] += (seen[i] <= j) / 12.0;
    assert_true(distance() < 1);
    for (int j = 3; j < 5; j++)
        cumulative[j] += 1.0 / 12; /* a month too many in the pool */
    assert_true(distance() > 1);
    for (int i = 0; i < N; i++)
        assert_true(draws[i] < 32);
    h.n_months = 5; /* fewer than 12: what there is */
    draw(BASELINE_CONFLICTOLOGY, &h, 1, 1, 1000);
    for (int i = 0; i < 1000; i++)
        assert_true(draws[i] == 1000 || draws[i] == 2000 || draws[i] == 3 || draws[i] == 5);
}

static void bootstrap(void **state) {
    (void)state;
    enum { MONTHS = 15 };
    double counts[3 * MONTHS];
    memset(cumulative, 0, sizeof cumulative);
    for (int unit = 0; unit < 3; unit++)
        for (int month = 0; month < MONTHS; month++) {
            counts[unit * MONTHS + month] = unit == 2 && month < 10 ? NAN : 100 * unit + month;
            for (int j = 0; j < TOP; j++)
                if (month >= (unit == 2 ? 10 : 3))
                    cumulative[j] += (100 * unit + month <= j) / 29.0; /* 12, 12 and 5 months */
        }
    baseline_history h = history_of(counts, 3, MONTHS);
    draw(BASELINE_BOOTSTRAP, &h, 1, 1, N);
    assert_true(distance() < 1);
    for (int i = 0; i < N; i++)
        draws[i] = draws[i] < 200 ? draws[i] : draws[i] - 200; /* as if only two units were asked */
    assert_true(distance() > 1);
}

/* ---- negative binomial ---- */

/** A history with changing levels, long peace and gaps: [4][150]. */
static const double *negbin_history(uint32_t which) {
    static double counts[4 * 150];
    philox_stream stream = draws_stream(20, which);
    for (int unit = 0; unit < 4; unit++) {
        double level = 1 + 30 * counts_uniform(&stream);
        for (int month = 0; month < 150; month++) {
            level = fmin(60, fmax(2, level * exp(0.8 * (counts_uniform(&stream) - 0.5))));
            bool peace = unit == 1 && month < 90, gap = month % 29 == 3 || (unit == 3 && month < 40);
            counts[unit * 150 + month] = gap ? NAN : peace ? 0 : month == 149 ? 20 : draws_negbin(&stream, level, 0.8);
        }
    }
    return counts;
}

typedef enum fault { NONE, SEES_ONE_MORE, NO_DISCOUNT_AHEAD, NO_PRIOR, WRONG_HORIZON, BORROWS_NOTHING, FAULTS } fault;

/** log of the negative binomial, by its product. */
static double twin_log_p(double mean, double variance, double y) {
    double size = mean * mean / (variance - mean), log_p = size * log(size / (size + mean));
    for (int j = 0; j < (int)y; j++)
        log_p += log((size + j) / (j + 1) * mean / (size + mean));
    return log_p;
}

/** Shape and rate after `month`, from plain sums over all months before. */
static void twin_level(const double *y, int month, double d, double m, fault f, double *a, double *b) {
    *a = 0.5;
    *b = 0.5 / m;
    if (f == NO_PRIOR)
        *a = *b = 1e-3;
    for (int past = 0; past <= month + (f == SEES_ONE_MORE); past++)
        if (!isnan(y[past])) {
            double weight = pow(d, month - past + (f == NO_DISCOUNT_AHEAD ? 0 : 1));
            *a += weight * y[past];
            *b += weight;
        }
}

/** Sum of the log probabilities of one unit's forecasts. */
static double twin_score(const double *y, int horizon, double d, double k, double m, fault f, size_t *n) {
    double score = 0;
    for (int target = 150 - 120; target < 150; target++) {
        int origin = target - horizon + (f == WRONG_HORIZON && horizon > 1), seen = 0;
        for (int past = 0; past <= origin; past++)
            seen += !isnan(y[past]);
        if (isnan(y[target]) || seen < 6)
            continue;
        double a, b;
        twin_level(y, origin, d, m, f, &a, &b);
        double mean = a / b, variance = mean + mean * mean * ((1 + 1 / a) * (1 + 1 / k) - 1);
        score += twin_log_p(mean, variance, y[target]);
        ++*n;
    }
    return score;
}

/** Does the twin find the same best pair for this unit, the same score of it, and the same number of forecasts? */
static bool twin_agrees(uint32_t which, int unit, int horizon, fault f) {
    const double discounts[] = {0.5, 0.7, 0.8, 0.87, 0.92, 0.95, 0.98};
    const double sizes[] = {0.15, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1, 1.5, 2, 4, 10, INFINITY};
    const double *counts = negbin_history(which);
    double sum = 0.5, n_counts = 0, best = -INFINITY, best_d = 0, best_k = 0;
    size_t n_all = 0;
    for (int i = 0; i < 600; i++)
        if (!isnan(counts[i])) {
            sum += counts[i];
            n_counts++;
        }
    for (int i = 0; i < 7; i++)
        for (int j = 0; j < 13; j++) {
            double all = 0, own = 0;
            size_t n_own = 0;
            n_all = 0;
            for (int u = 0; u < 4; u++) {
                size_t n = 0;
                double score = twin_score(counts + u * 150, horizon, discounts[i], sizes[j], sum / n_counts, f, &n);
                all += score;
                n_all += n;
                own = u == unit ? score : own;
                n_own = u == unit ? n : n_own;
            }
            double borrowed = f == BORROWS_NOTHING ? 1e-9 : 24;
            double score = (own + borrowed * all / (double)n_all) / ((double)n_own + borrowed);
            if (score > best) {
                best = score;
                best_d = discounts[i];
                best_k = sizes[j];
            }
        }
    baseline_history h = history_of(counts, 4, 150);
    negbin_choice choices[4 * 12];
    assert_int_equal(negbin_choose(&h, 12, choices, NULL), TSR_OK);
    const negbin_choice *c = &choices[unit * 12 + horizon - 1];
    double a, b;
    twin_level(counts + unit * 150, 149, best_d, sum / n_counts, f == SEES_ONE_MORE ? NONE : f, &a, &b);
    negbin_level level = negbin_level_of(&h, (size_t)unit, c);
    return c->discount == best_d && c->size == best_k && fabs(c->log_score - best) < 1e-9 && c->n_scored == n_all &&
           fabs(level.shape - a) < 1e-9 * a && fabs(level.rate - b) < 1e-9 * b;
}

static void negbin_twin(void **state) {
    (void)state;
    for (uint32_t which = 0; which < 3; which++)
        for (int unit = 0; unit < 4; unit++) {
            assert_true(twin_agrees(which, unit, 1, NONE));
            assert_true(twin_agrees(which, unit, 5, NONE));
        }
    for (fault f = NONE + 1; f < FAULTS; f++)
        assert_false(twin_agrees(0, 2, 5, f));
}

/** What is drawn is the mixture that the header says: Poisson, level and noise. */
static void negbin_distribution(void **state) {
    (void)state;
    enum { GRID = 2000 };
    const double *counts = negbin_history(1);
    baseline_history h = history_of(counts, 1, 150);
    negbin_choice choice;
    assert_int_equal(negbin_choose(&h, 1, &choice, NULL), TSR_OK);
    assert_true(isfinite(choice.size));
    negbin_level level = negbin_level_of(&h, 0, &choice);
    draw(BASELINE_NEGBIN, &h, 1, 1, N);
    for (int pass = 0; pass < 2; pass++) {
        /* integrate over log level by the midpoint rule, out to where the gamma density is nothing */
        double size = pass ? 1.3 * choice.size : choice.size, shape = level.shape, sum = 0;
        double width = 12 / sqrt(shape), step = 2 * width / GRID;
        memset(cumulative, 0, sizeof cumulative);
        for (int i = 0; i < GRID; i++) {
            double x = -width + (i + 0.5) * step;
            double weight = step * exp(shape * x - shape * exp(x) + shape * log(shape) - lgamma(shape));
            if (weight > 1e-14)
                set_negbin(exp(x) * shape / level.rate, size, weight);
            sum += weight;
        }
        assert_true(fabs(sum - 1) < 1e-4);
        assert_true(pass ? distance() > 1 : distance() < 1);
    }
}

/** Without noise beyond Poisson it is the negative binomial itself; few months: the fallback; no death ever: not certain. */
static void negbin_limits(void **state) {
    (void)state;
    double flat[60], peace[30] = {0};
    for (int i = 0; i < 60; i++)
        flat[i] = 9 + i % 3; /* less than Poisson noise */
    baseline_history h = history_of(flat, 1, 60);
    negbin_choice choice;
    assert_int_equal(negbin_choose(&h, 1, &choice, NULL), TSR_OK);
    assert_true(isinf(choice.size) && choice.discount == 0.98);
    negbin_level level = negbin_level_of(&h, 0, &choice);
    draw(BASELINE_NEGBIN, &h, 1, 1, N);
    memset(cumulative, 0, sizeof cumulative);
    set_negbin(level.shape / level.rate, level.shape, 1);
    assert_true(distance() < 1);
    assert_true(fabs(level.shape / level.rate - 10) < 0.2);
    h = history_of(flat, 1, 15);
    assert_int_equal(negbin_choose(&h, 1, &choice, NULL), TSR_OK);
    assert_true(choice.discount == 0.92 && choice.size == 1 && choice.n_scored == 9 && isnan(choice.log_score));
    h = history_of(peace, 1, 30);
    draw(BASELINE_NEGBIN, &h, 1, 1, N);
    double n_deaths = 0;
    for (int i = 0; i < N; i++)
        n_deaths += draws[i] > 0;
    assert_true(n_deaths > 0 && n_deaths < 0.02 * N);
}

/* ---- one month ahead, month after month ---- */

enum { STEPS = 60, UNITS = 3 };

/** Mean of all observed counts before `month`, as negbin.h says. */
static double mean_before(const double *y, int month) {
    double sum = 0.5, n = 0;
    for (int u = 0; u < UNITS; u++)
        for (int t = 0; t < month; t++) {
            sum += isnan(y[u * STEPS + t]) ? 0 : y[u * STEPS + t];
            n += isnan(y[u * STEPS + t]) ? 0 : 1;
        }
    return n > 0 ? sum / n : 0.5;
}

/** Log probability of one count from the months before it at one pair, all sums made anew. */
static double plain_step(const double *y, int unit, int month, double d, double k, bool sees_it) {
    double sum = 0, months = 0, mean = mean_before(y, month);
    for (int t = 0; t < month + sees_it; t++) {
        double seen = y[unit * STEPS + t];
        sum = d * sum + (isnan(seen) ? 0 : seen);
        months = d * months + (isnan(seen) ? 0 : 1);
    }
    return negbin_log_probability((negbin_level){0.5 + d * sum, 0.5 / mean + d * months}, k, y[unit * STEPS + month]);
}

/** The same with the pair that did best before; the twin of negbin_foresee. `is_fair` false: every unit for itself. */
static double plain_foresight(const double *y, int unit, int month, bool is_fair) {
    const double discounts[] = {0.5, 0.7, 0.8, 0.87, 0.92, 0.95, 0.98};
    const double sizes[] = {0.15, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1, 1.5, 2, 4, 10, INFINITY};
    double best = -INFINITY, best_d = 0.92, best_k = 1;
    for (int i = 0; i < 7; i++)
        for (int j = 0; j < 13; j++) {
            double own = 0, all = 0, n_all = 0;
            for (int u = 0; u < UNITS; u++)
                for (int t = 0, n_seen = 0; t < month; t++) {
                    bool counts = n_seen >= NEGBIN_WARM_UP && !isnan(y[u * STEPS + t]);
                    double score = counts ? plain_step(y, u, t, discounts[i], sizes[j], false) : 0;
                    own += u == unit ? score : 0;
                    all += score;
                    n_all += counts;
                    n_seen += !isnan(y[u * STEPS + t]);
                }
            double score = own + (is_fair ? 24 / n_all * all : 0);
            if (n_all >= NEGBIN_MIN_SCORED && score > best) {
                best = score;
                best_d = discounts[i];
                best_k = sizes[j];
            }
        }
    return plain_step(y, unit, month, best_d, best_k, false);
}

static void negbin_foresight(void **state) {
    (void)state;
    static double y[UNITS * STEPS], expected[UNITS * STEPS], log_p[UNITS * STEPS], again[UNITS * STEPS];
    const double *from = negbin_history(0);
    for (int u = 0; u < UNITS; u++)
        memcpy(y + u * STEPS, from + u * 150, STEPS * sizeof *y);
    baseline_history h = history_of(y, UNITS, STEPS);
    assert_int_equal(negbin_foresee(&h, expected, log_p, NULL), TSR_OK);
    double apart = 0, seen = 0;
    for (int u = 0; u < UNITS; u++)
        for (int t = 0; t < STEPS; t += 7) {
            int at = u * STEPS + t;
            if (isnan(y[at])) {
                assert_true(isnan(log_p[at]));
                continue;
            }
            assert_true(fabs(log_p[at] - plain_foresight(y, u, t, true)) < 1e-9 && expected[at] > 0);
            apart = fmax(apart, fabs(log_p[at] - plain_foresight(y, u, t, false)));
            seen = fmax(seen, fabs(log_p[at] - plain_step(y, u, t, 0.92, 1, true)));
        }
    assert_true(apart > 1e-3 && seen > 1e-3); /* sabotaged twins: nothing borrowed; the month itself seen */
    /* What comes later changes nothing. */
    for (int u = 0; u < UNITS; u++)
        y[u * STEPS + 40] = 1000;
    assert_int_equal(negbin_foresee(&h, expected, again, NULL), TSR_OK);
    for (int u = 0; u < UNITS; u++) {
        assert_memory_equal(again + u * STEPS, log_p + u * STEPS, 40 * sizeof *log_p);
        assert_true(again[u * STEPS + 41] != log_p[u * STEPS + 41]);
    }
}

/* ---- addresses ---- */

static bool all_same(const double *a, const double *b, size_t n) {
    size_t n_same = 0;
    for (size_t i = 0; i < n; i++)
        n_same += a[i] == b[i];
    return n_same == n;
}

static void more_changes_nothing(void **state) {
    (void)state;
    static double few[3 * 5 * 40], all[4 * 12 * 100];
    const double *counts = negbin_history(2);
    baseline_history h = history_of(counts, 4, 150);
    for (baseline_kind kind = BASELINE_LAST; kind < BASELINES; kind++) {
        assert_int_equal(baseline_draws(kind, &h, 3, 5, 40, 9, few, NULL), TSR_OK);
        assert_int_equal(baseline_draws(kind, &h, kind == BASELINE_NEGBIN ? 3 : 4, 12, 100, 9, all, NULL), TSR_OK);
        for (int unit = 0; unit < 3; unit++)
            for (int month = 0; month < 5; month++)
                assert_true(all_same(few + (unit * 5 + month) * 40, all + (unit * 12 + month) * 100, 40));
        assert_int_equal(baseline_draws(kind, &h, 3, 5, 40, 10, all, NULL), TSR_OK);
        assert_false(all_same(few, all, 600));
        h.last_month++;
        assert_int_equal(baseline_draws(kind, &h, 3, 5, 40, 9, all, NULL), TSR_OK);
        assert_false(all_same(few, all, 600));
        h.last_month--;
    }
}

/** Units that are not forecast are nothing to the negative binomial. */
static void negbin_learns_from_targets(void **state) {
    (void)state;
    static double alone[2 * 3 * 50], among[2 * 3 * 50];
    const double *counts = negbin_history(1);
    baseline_history h = history_of(counts, 4, 150), two = history_of(counts, 2, 150);
    assert_int_equal(baseline_draws(BASELINE_NEGBIN, &h, 2, 3, 50, 9, among, NULL), TSR_OK);
    assert_int_equal(baseline_draws(BASELINE_NEGBIN, &two, 2, 3, 50, 9, alone, NULL), TSR_OK);
    assert_true(all_same(alone, among, 300));
    assert_int_equal(baseline_draws(BASELINE_BOOTSTRAP, &h, 2, 3, 50, 9, among, NULL), TSR_OK);
    assert_int_equal(baseline_draws(BASELINE_BOOTSTRAP, &two, 2, 3, 50, 9, alone, NULL), TSR_OK);
    assert_false(all_same(alone, among, 300));
}

/* ---- what is refused ---- */

static void refused(baseline_kind kind, const baseline_history *h, size_t n_targets, const char *message) {
    tsr_error error = TSR_ERROR_INIT;
    double out[8] = {-5};
    assert_int_equal(baseline_draws(kind, h, n_targets, 2, 2, 1, out, &error), TSR_E_INPUT);
    assert_string_equal(error.message, message);
    assert_true(out[0] == -5);
}

static void bad_input_has_a_name(void **state) {
    (void)state;
    double counts[] = {NAN, NAN, NAN, 3, 2, 1};
    const char *const names[] = {"Kunar", "Balkh"};
    baseline_history h = history_of(counts, 2, 3);
    refused(BASELINE_LAST, &h, 1, "baseline last: unit 0 has no observed month before the forecast");
    h.names = names;
    refused(BASELINE_CONFLICTOLOGY, &h, 2, "baseline conflictology: Kunar has no observed month before the forecast");
    refused(BASELINE_ZERO, &h, 0, "nothing to forecast: 0 of 2 units, 2 months, 2 draws");
    refused(BASELINE_ZERO, &h, 3, "nothing to forecast: 3 of 2 units, 2 months, 2 draws");
    counts[4] = -1;
    refused(BASELINE_ZERO, &h, 1, "the history of Balkh has -1 in month 499; a count is from 0 to 1e+09");
    counts[4] = INFINITY;
    refused(BASELINE_NEGBIN, &h, 1, "the history of Balkh has inf in month 499; a count is from 0 to 1e+09");
    h.n_units = 1;
    refused(BASELINE_NEGBIN, &h, 1, "baseline negbin: no unit has an observed month before the forecast");
    refused(BASELINE_BOOTSTRAP, &h, 1, "baseline bootstrap: no unit has an observed month before the forecast");
    h.last_month = 4094;
    refused(BASELINE_ZERO, &h, 1, "month 4094 and 2 months after it; months are 1 to 4095");
    h.n_units = 2;
    h.last_month = 500;
    counts[4] = 2; /* a unit without data of its own borrows the others' */
    double out[4];
    refused(BASELINE_NEGBIN, &h, 1, "baseline negbin: no unit has an observed month before the forecast");
    assert_int_equal(baseline_draws(BASELINE_NEGBIN, &h, 2, 1, 2, 1, out, NULL), TSR_OK);
    assert_int_equal(baseline_draws(BASELINE_BOOTSTRAP, &h, 2, 1, 2, 1, out, NULL), TSR_OK);
    assert_string_equal(baseline_name(BASELINE_NEGBIN), "negbin");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zero),
        cmocka_unit_test(last),
        cmocka_unit_test(conflictology),
        cmocka_unit_test(bootstrap),
        cmocka_unit_test(negbin_twin),
        cmocka_unit_test(negbin_distribution),
        cmocka_unit_test(negbin_limits),
        cmocka_unit_test(negbin_foresight),
        cmocka_unit_test(more_changes_nothing),
        cmocka_unit_test(negbin_learns_from_targets),
        cmocka_unit_test(bad_input_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
