/* Scores against closed forms, against slow twins that share no code with them, and against faults put into the twins.
 *
 * False alarms: only `proper_by_simulation` can fail by chance; see there (4e-13).
 */
#include "judge/scores.h"

#include "draws.h"

#include <math.h>

enum { MAX_DRAWS = 4000 };

static const score_profile *challenge, *evaluation;

static bool near(double a, double b, double tolerance) {
    return fabs(a - b) <= tolerance * fmax(1, fmax(fabs(a), fabs(b)));
}

static score_values score_one(const score_profile *profile, const double *draws, size_t n, double y) {
    score_values v;
    assert_int_equal(score_cells(profile, draws, &y, 1, n, 7, &v, NULL), TSR_OK);
    return v;
}

/* ---- closed forms ---- */

static void identical_members(void **state) {
    (void)state;
    const double xs[] = {0, 1, 24, 25, 1e6}, ys[] = {0, 3, 25, 77777};
    const size_t ns[] = {1, 2, 3, 1000};
    double draws[1000];
    for (size_t i = 0; i < 5; i++)
        for (size_t j = 0; j < 4; j++)
            for (size_t k = 0; k < 4; k++) {
                for (size_t draw = 0; draw < ns[k]; draw++)
                    draws[draw] = xs[i];
                score_values v = score_one(challenge, draws, ns[k], ys[j]);
                assert_true(near(v.crps, fabs(xs[i] - ys[j]), 1e-12));
                assert_true(ns[k] == 1 ? isnan(v.fair_crps) : near(v.fair_crps, v.crps, 1e-12));
                assert_true(near(v.mis, 20 * fabs(xs[i] - ys[j]), 1e-12));
                assert_true(v.brier == ((xs[i] >= 25) != (ys[j] >= 25)));
                for (int level = 0; level < SCORE_COVERAGES; level++)
                    assert_true(v.is_covered[level] == (xs[i] == ys[j]));
            }
}

/** The bins in words: 0, 1-2, 3-5, 6-10, 11-25, 26-50, 51-100, 101-250, 251-500, 501-1000, more. */
static void bins_and_limits_of_ign(void **state) {
    (void)state;
    const double first[] = {0, 1, 3, 6, 11, 26, 51, 101, 251, 501, 1001};
    const double last[] = {0, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 1e9};
    double draws[1000];
    const size_t ns[] = {1, 10, 1000};
    for (size_t k = 0; k < 3; k++)
        for (int bin = 0; bin < 11; bin++)
            for (int other = 0; other < 11; other++) {
                double m = (double)ns[k];
                for (size_t draw = 0; draw < ns[k]; draw++)
                    draws[draw] = draw % 2 ? first[bin] : last[bin];
                double right = log2((m + 11) / (m + 1)), wrong = log2(m + 11);
                score_values low = score_one(challenge, draws, ns[k], first[other]);
                score_values high = score_one(challenge, draws, ns[k], last[other]);
                assert_true(near(low.ign, bin == other ? right : wrong, 1e-12));
                assert_true(near(high.ign, bin == other ? right : wrong, 1e-12));
                if (bin == 10 || other == 10)
                    continue;
                right = log2((m + 10) / (m + 1));
                wrong = log2(m + 10);
                low = score_one(evaluation, draws, ns[k], first[other]);
                assert_true(near(low.ign, bin == other ? right : wrong, 1e-12));
            }
}

static void interval_by_hand(void **state) {
    (void)state;
    double draws[21];
    for (int i = 0; i < 21; i++)
        draws[i] = (i * 8) % 21; /* 0 ... 20 in some order: quantile p is 20 p */
    assert_true(near(score_one(challenge, draws, 21, 5).mis, 18, 1e-12));
    assert_true(near(score_one(challenge, draws, 21, 1).mis, 18, 1e-12));
    assert_true(near(score_one(challenge, draws, 21, 0).mis, 18 + 20 * 1, 1e-12));
    assert_true(near(score_one(challenge, draws, 21, 25).mis, 18 + 20 * 6, 1e-12));
    assert_true(near(score_one(evaluation, draws, 21, 5).mis, 19, 1e-12));
    assert_true(near(score_one(evaluation, draws, 21, 0).mis, 19 + 40 * 0.5, 1e-12));
    assert_true(near(score_one(evaluation, draws, 21, 25).mis, 19 + 40 * 5.5, 1e-12));
    const double ys[] = {0, 1, 2, 3, 5, 10, 15, 16, 18, 19, 20};
    const int covered[][3] = {{0, 0, 0}, {0, 0, 1}, {0, 1, 1}, {0, 1, 1}, {1, 1, 1}, {1, 1, 1},
                              {1, 1, 1}, {0, 1, 1}, {0, 1, 1}, {0, 0, 1}, {0, 0, 0}};
    for (size_t i = 0; i < sizeof ys / sizeof *ys; i++) {
        /* 20 * 0.9 is 18 only up to rounding: ask half a rounding error inside */
        double y = ys[i] + (ys[i] < 10 ? 1e-9 : -1e-9);
        score_values v = score_one(challenge, draws, 21, y);
        for (int level = 0; level < SCORE_COVERAGES; level++)
            assert_int_equal(v.is_covered[level], covered[i][level]);
    }
}

static void brier_by_hand(void **state) {
    (void)state;
    const double draws[] = {0, 24, 25, 400};
    assert_true(near(score_one(challenge, draws, 4, 24).brier, 0.25, 1e-12));
    assert_true(near(score_one(challenge, draws + 1, 3, 25).brier, 1.0 / 9, 1e-12));
    const double probabilities[] = {0, 1, 0.3, 0.3};
    const bool happened[] = {false, true, true, false};
    double brier = -1;
    assert_int_equal(score_brier(probabilities, happened, 4, &brier, NULL), TSR_OK);
    assert_true(near(brier, (0.49 + 0.09) / 4, 1e-12));
}

/** CRPS of the geometric distribution P(X = j) = p q^j: E|X - y| = y - q/p + 2 q^(y+1)/p, E|X - X'|/2 = q/(p (1 + q)). */
static double crps_geometric(double q, double y) {
    double p = 1 - q;
    return y - q / p + 2 * pow(q, y + 1) / p - q / (p * (1 + q));
}

/** CRPS of the negative binomial by the double sum E|X - y| - E|X - X'|/2 over 0 ... `top`. */
static double crps_negbin(double mean, double size, int top, double y) {
    static double p[5000];
    double near_sum = 0, pairs = 0;
    assert_true(top <= 5000);
    p[0] = pow(size / (size + mean), size);
    for (int j = 1; j < top; j++)
        p[j] = p[j - 1] * (size + j - 1) / j * mean / (size + mean);
    for (int i = 0; i < top; i++) {
        near_sum += p[i] * fabs(i - y);
        for (int j = 0; j < i; j++)
            pairs += p[i] * p[j] * (i - j);
    }
    return near_sum - pairs;
}

/** n draws at the quantiles (i + 1/2)/n: their distribution is nowhere further than 1/(2n) from the true one. */
static double spread_negbin(double mean, double size, size_t n, double *draws) {
    double p = pow(size / (size + mean), size), below = p;
    int j = 0;
    for (size_t i = 0; i < n; i++) {
        while (below < ((double)i + 0.5) / (double)n) {
            j++;
            p *= (size + j - 1) / j * mean / (size + mean);
            below += p;
        }
        draws[i] = j;
    }
    return draws[n - 1];
}

static void negative_binomial(void **state) {
    (void)state;
    static double draws[MAX_DRAWS];
    const struct {
        double mean, size;
        int top;
    } cases[] = {{3, 1, 300}, {0.4, 1, 60}, {20, 0.65, 1200}, {6, 3, 200}};
    const double ys[] = {0, 1, 7, 40, 150};
    int n_caught = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t j = 0; j < sizeof ys / sizeof *ys; j++) {
            double mean = cases[i].mean, size = cases[i].size;
            double exact = crps_negbin(mean, size, cases[i].top, ys[j]);
            if (size == 1)
                assert_true(near(exact, crps_geometric(mean / (1 + mean), ys[j]), 1e-9));
            /* CRPS sums (F - [j >= y])^2 over j: an error of e <= 1/(2n) in F moves a term by at most 2 e + e^2 */
            double range = fmax(spread_negbin(mean, size, MAX_DRAWS, draws), ys[j]);
            double bound = (range + 1) * 1.001 / MAX_DRAWS;
            double tail =
                mean / (2 * MAX_DRAWS); /* beyond the largest draw: sum (1 - F)^2 <= e sum (1 - F) <= e mean */
            assert_true(fabs(score_one(challenge, draws, MAX_DRAWS, ys[j]).crps - exact) < bound + tail);
            double wrong = crps_negbin(1.3 * mean, size, cases[i].top, ys[j]);
            n_caught += fabs(score_one(challenge, draws, MAX_DRAWS, ys[j]).crps - wrong) > bound + tail;
        }
    assert_true(n_caught >= 18); /* of 20: the comparison can tell means that differ by a third */
}

/* ---- slow twins ---- */

typedef struct twin {
    double crps, fair_crps, ign, mis, brier, pit_low, pit_high;
    bool is_covered[SCORE_COVERAGES];
} twin;

typedef enum fault { NONE, PAIRS, EDGE, PENALTY, QUANTILE, PSEUDO_COUNT, FAULTS } fault;

/** The k-th smallest draw (from 0), by counting. */
static double kth(const double *x, size_t n, size_t k) {
    for (size_t i = 0; i < n; i++) {
        size_t less = 0, same = 0;
        for (size_t j = 0; j < n; j++) {
            less += x[j] < x[i];
            same += x[j] == x[i];
        }
        if (less <= k && k < less + same)
            return x[i];
    }
    return NAN;
}

static double twin_quantile(const double *x, size_t n, double p, fault f) {
    double position = p * (double)(n - 1), whole = floor(position);
    if (f == QUANTILE)
        return kth(x, n, (size_t)whole);
    double low = kth(x, n, (size_t)whole), high = kth(x, n, (size_t)fmin(whole + 1, (double)(n - 1)));
    return low * (1 - (position - whole)) + high * (position - whole);
}

static int twin_bin(double value, fault f) {
    const int last[] = {0, 2, 5, 10, 25, 50, 100, 250, 500, 1000};
    int bin = 0;
    while (bin < 10 && value > last[bin] - (f == EDGE && bin == 3))
        bin++;
    return bin;
}

static twin slow(const double *x, size_t n, double y, fault f) {
    twin t = {0};
    double near_sum = 0, pairs = 0, m = (double)n, many = 0;
    size_t same_bin = 0, less = 0, same = 0;
    for (size_t i = 0; i < n; i++) {
        near_sum += fabs(x[i] - y) / m;
        for (size_t j = 0; j < n; j++)
            pairs += fabs(x[i] - x[j]);
        same_bin += twin_bin(x[i], f) == twin_bin(y, NONE);
        less += x[i] < y;
        same += x[i] == y;
        many += x[i] > 24.5;
    }
    t.crps = near_sum - pairs / (2 * m * (f == PAIRS ? m - 1 : m));
    t.fair_crps = near_sum - pairs / (2 * m * (m - 1));
    t.ign = log2((m + 11) / ((double)same_bin + (f == PSEUDO_COUNT ? 0.5 : 1)));
    double low = twin_quantile(x, n, 0.05, f), high = twin_quantile(x, n, 0.95, f);
    t.mis = high - low + (f == PENALTY ? 10 : 20) * (fmax(low - y, 0) + fmax(y - high, 0));
    t.brier = pow(many / m - (y > 24.5), 2);
    t.pit_low = (double)less / (m + 1);
    t.pit_high = (double)(less + same + 1) / (m + 1);
    const double tails[] = {0.25, 0.1, 0.05};
    for (int level = 0; level < SCORE_COVERAGES; level++)
        t.is_covered[level] = y >= twin_quantile(x, n, tails[level], NONE) - 1e-9 &&
                              y <= twin_quantile(x, n, 1 - tails[level], NONE) + 1e-9;
    return t;
}

/** How many of 300 forecasts the program and the twin with this fault disagree about. */
static int disagreements(fault f) {
    static double draws[200];
    int n_bad = 0;
    for (uint32_t i = 0; i < 300; i++) {
        philox_stream stream = draws_stream(1, i);
        size_t n = 2 + draws_below(&stream, 199 - 2);
        double mean = exp(8 * counts_uniform(&stream) - 1), size = 0.3 + 3 * counts_uniform(&stream);
        for (size_t k = 0; k < n; k++)
            draws[k] = draws_negbin(&stream, mean, size);
        double y = draws_negbin(&stream, mean, size);
        score_values v = score_one(challenge, draws, n, y);
        twin t = slow(draws, n, y, f);
        bool same = near(v.crps, t.crps, 1e-12) && near(v.fair_crps, t.fair_crps, 1e-12) && near(v.ign, t.ign, 1e-12) &&
                    near(v.mis, t.mis, 1e-11) && near(v.brier, t.brier, 1e-12) && v.pit > t.pit_low &&
                    v.pit < t.pit_high;
        for (int level = 0; level < SCORE_COVERAGES; level++)
            same = same && v.is_covered[level] == t.is_covered[level];
        n_bad += !same;
    }
    return n_bad;
}

static void twins_agree(void **state) {
    (void)state;
    assert_int_equal(disagreements(NONE), 0);
    for (fault f = NONE + 1; f < FAULTS; f++)
        assert_true(disagreements(f) > 10);
}

/** The fair form is lower by the mean distance of two different draws over 2 n. */
static void fair_and_plain(void **state) {
    (void)state;
    const double draws[] = {4, 0, 9, 9, 31};
    double distance = 0;
    for (int i = 0; i < 5; i++)
        for (int j = 0; j < 5; j++)
            distance += fabs(draws[i] - draws[j]) / (5 * 4);
    score_values v = score_one(challenge, draws, 5, 6);
    assert_true(near(v.crps - v.fair_crps, distance / (2 * 5), 1e-12));
}

/* ---- properties ---- */

static void order_and_place_do_not_matter(void **state) {
    (void)state;
    double draws[100], turned[100], moved[100];
    philox_stream stream = draws_stream(2, 0);
    for (int i = 0; i < 100; i++)
        draws[i] = draws_negbin(&stream, 30, 0.7);
    for (int i = 0; i < 100; i++) {
        turned[i] = draws[(i * 37 + 11) % 100];
        moved[i] = draws[i] + 1000;
    }
    for (double y = 0; y < 200; y += 7) {
        score_values a = score_one(challenge, draws, 100, y), b = score_one(challenge, turned, 100, y);
        score_values c = score_one(challenge, moved, 100, y + 1000);
        assert_true(a.crps == b.crps && a.fair_crps == b.fair_crps && a.ign == b.ign && a.mis == b.mis);
        assert_true(a.brier == b.brier && a.pit == b.pit);
        assert_true(near(a.crps, c.crps, 1e-12) && near(a.mis, c.mis, 1e-11) && a.pit == c.pit);
    }
}

/** A surprise that is one death further off costs one more in CRPS, 2/alpha more in MIS, and the same in IGN. */
static void worse_is_worse(void **state) {
    (void)state;
    double draws[100];
    philox_stream stream = draws_stream(3, 0);
    for (int i = 0; i < 100; i++)
        draws[i] = draws_below(&stream, 900);
    for (double y = 2000; y < 2100; y++) {
        score_values a = score_one(challenge, draws, 100, y), b = score_one(challenge, draws, 100, y + 1);
        assert_true(near(b.crps - a.crps, 1, 1e-9) && near(b.mis - a.mis, 20, 1e-9) && a.ign == b.ign);
        assert_true(a.ign == log2(111) && a.pit > 100.0 / 101);
    }
}

/** Uniform draws on 0 ... top: the truth has top 9. Exact expectations: the draws hold every value equally often. */
static void proper_exactly(void **state) {
    (void)state;
    static double draws[3000];
    const int tops[] = {9, 4, 5, 7, 11, 14, 19};
    double crps[7] = {0}, ign[7] = {0}, mis[7] = {0};
    for (int i = 0; i < 7; i++) {
        size_t n = (size_t)(tops[i] + 1) * 150; /* so many that a pseudo-count hardly matters */
        for (size_t k = 0; k < n; k++)
            draws[k] = (double)(k % (size_t)(tops[i] + 1));
        for (int y = 0; y <= 9; y++) {
            score_values v = score_one(challenge, draws, n, y);
            crps[i] += v.crps / 10;
            ign[i] += v.ign / 10;
            mis[i] += v.mis / 10;
        }
    }
    for (int i = 1; i < 7; i++) {
        assert_true(crps[0] < crps[i] && mis[0] < mis[i]);
        assert_true(ign[0] < ign[i]);
    }
    /* two closed forms: E S(F) = sum F (1 - F), and the price of a wrong F is sum (F - G)^2 */
    assert_true(near(crps[0], 1.65, 1e-9));
    assert_true(near(crps[5] - crps[0], 385.0 / 900 + 30.0 / 225, 1e-9));
}

typedef double score_part(const double *sorted, size_t n, double y);

/** The sabotage: a score that forgets the spread of the draws, so that the surest story wins. */
static double distance_only(const double *sorted, size_t n, double y) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += fabs(sorted[i] - y);
    return sum / (double)n;
}

/** `n` uniform draws on first ... last, in ascending order. */
static void draw_sorted(philox_stream *stream, uint32_t first, uint32_t last, size_t n, double *draws) {
    size_t count[15] = {0}, k = 0;
    for (size_t i = 0; i < n; i++)
        count[first + draws_below(stream, last - first + 1)]++;
    for (uint32_t value = 0; value < 15; value++)
        for (size_t times = 0; times < count[value]; times++)
            draws[k++] = value;
}

/** By how much a score of 10 draws prefers the truth (uniform on 0 ... 9) to uniform on `first` ... `last`: the mean over
 *  100,000 cells. */
static double preference(score_part *score, uint32_t first, uint32_t last) {
    double sum = 0, truth[10], other[10];
    for (uint32_t i = 0; i < 100000; i++) {
        philox_stream stream = draws_stream(4, i);
        double y = draws_below(&stream, 10);
        draw_sorted(&stream, 0, 9, 10, truth);
        draw_sorted(&stream, first, last, 10, other);
        sum += score(other, 10, y) - score(truth, 10, y);
    }
    return sum / 100000;
}

/** Fair CRPS prefers the truth by sum (F - G)^2 on average, whatever the number of draws: 0.56 against 0 ... 14 and 0.60
 *  against 4 ... 5. A difference of two scores lies in [-23, 23]; by Hoeffding's inequality the mean of n = 100,000 is not
 *  positive with probability at most exp(-2 n 0.56^2 / 46^2) = exp(-29.6) < 2e-13, twice. */
static void proper_by_simulation(void **state) {
    (void)state;
    assert_true(preference(score_fair_crps, 0, 14) > 0);
    assert_true(preference(score_fair_crps, 4, 5) > 0);
    assert_false(preference(distance_only, 4, 5) > 0);
}

/** Whichever of n + 1 exchangeable values is the actual one, the ranks together fill (0, 1) evenly, ties and all. */
static void pit_is_exactly_uniform(void **state) {
    (void)state;
    const double all[][5] = {{0, 1, 2, 3, 4}, {0, 0, 0, 0, 0}, {0, 0, 7, 7, 9}, {3, 3, 3, 9, 1}};
    for (int i = 0; i < 4; i++)
        for (double cut = 0.025; cut < 1; cut += 0.05) {
            double below = 0;
            for (int role = 0; role < 5; role++) {
                double draws[4];
                for (int k = 0, n = 0; k < 5; k++)
                    if (k != role)
                        draws[n++] = all[i][k];
                for (int a = 0; a < 4; a++)
                    for (int b = a + 1; b < 4; b++)
                        if (draws[b] < draws[a]) {
                            double x = draws[a];
                            draws[a] = draws[b];
                            draws[b] = x;
                        }
                double low = score_pit(draws, 4, all[i][role], 0), high = score_pit(draws, 4, all[i][role], 1);
                below += fmin(fmax((cut - low) / (high - low), 0), 1) / 5;
            }
            assert_true(near(below, cut, 1e-12));
        }
}

static void means(void **state) {
    (void)state;
    const double draws[] = {0, 0, 10, 20, 30, 50}, actuals[] = {0, 12, 100};
    score_values v[3];
    score_means all, two;
    assert_int_equal(score_cells(challenge, draws, actuals, 3, 2, 1, v, NULL), TSR_OK);
    assert_int_equal(score_mean(v, NULL, 3, &all, NULL), TSR_OK);
    assert_int_equal(score_mean(v, (const size_t[]){2, 0}, 2, &two, NULL), TSR_OK);
    assert_true(near(all.crps, (v[0].crps + v[1].crps + v[2].crps) / 3, 1e-12) && all.n_cells == 3);
    assert_true(near(two.mis, (v[0].mis + v[2].mis) / 2, 1e-12) && near(two.coverage[SCORE_80], 0.5, 1e-12));
}

/* ---- what is refused ---- */

static void refused(const score_profile *profile, const double *draws, double y, size_t n_cells, size_t n_draws,
                    const char *message) {
    tsr_error error = TSR_ERROR_INIT;
    score_values v = {.crps = -5};
    assert_int_equal(score_cells(profile, draws, &y, n_cells, n_draws, 1, &v, &error), TSR_E_INPUT);
    assert_string_equal(error.message, message);
    assert_true(v.crps == -5);
}

static void bad_input_has_a_name(void **state) {
    (void)state;
    double draws[] = {1, NAN, 3};
    refused(challenge, draws, 1, 1, 3, "draw 1 of cell 0 is nan; it must be a finite number, 0 or more");
    draws[1] = -2;
    refused(challenge, draws, 1, 1, 3, "draw 1 of cell 0 is -2; it must be a finite number, 0 or more");
    draws[1] = INFINITY;
    refused(challenge, draws, 1, 1, 3, "draw 1 of cell 0 is inf; it must be a finite number, 0 or more");
    draws[1] = 2;
    refused(challenge, draws, (double)NAN, 1, 3, "the actual of cell 0 is nan; it must be a finite number, 0 or more");
    refused(challenge, draws, -1, 1, 3, "the actual of cell 0 is -1; it must be a finite number, 0 or more");
    refused(challenge, draws, 1, 0, 3, "there is nothing to score: no cells");
    refused(challenge, draws, 1, 1, 0, "there is nothing to score: a forecast without draws");
    refused(
        evaluation, draws, 1001, 1, 3,
        "the actual of cell 0 is 1001; profile views-evaluation has no bin from 1000.5 on, use views-challenge-2023");
    draws[2] = 1001;
    refused(evaluation, draws, 1, 1, 3,
            "draw 2 of cell 0 is 1001; profile views-evaluation has no bin from 1000.5 on, use views-challenge-2023");
    score_one(challenge, draws, 3, 1001);
    draws[2] = 1000;
    score_one(evaluation, draws, 3, 1000);
    tsr_error error = TSR_ERROR_INIT;
    score_means m;
    assert_int_equal(score_mean(NULL, NULL, 0, &m, &error), TSR_E_INPUT);
    double brier;
    assert_int_equal(score_brier(NULL, NULL, 0, &brier, NULL), TSR_E_INPUT);
    assert_int_equal(score_brier((const double[]){1.5}, (const bool[]){true}, 1, &brier, NULL), TSR_E_INPUT);
    assert_int_equal(score_brier((const double[]){(double)NAN}, (const bool[]){true}, 1, &brier, NULL), TSR_E_INPUT);
    error = (tsr_error)TSR_ERROR_INIT;
    assert_int_equal(score_same_draws("a.csv", 1000, "b.csv", 200, &error), TSR_E_INPUT);
    assert_string_equal(error.message,
                        "a.csv has 1000 draws and b.csv 200; IGN can be compared only at equal numbers of draws");
    assert_int_equal(score_same_draws("a.csv", 200, "b.csv", 200, NULL), TSR_OK);
}

static void profiles_have_names(void **state) {
    (void)state;
    assert_string_equal(score_profile_name(0), "views-challenge-2023");
    assert_string_equal(score_profile_name(1), "views-evaluation");
    assert_null(score_profile_name(2));
    assert_null(score_profile_find("views"));
    assert_true(challenge->mis_level == 0.9 && evaluation->mis_level == 0.95);
}

int main(void) {
    challenge = score_profile_find("views-challenge-2023");
    evaluation = score_profile_find("views-evaluation");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identical_members),
        cmocka_unit_test(bins_and_limits_of_ign),
        cmocka_unit_test(interval_by_hand),
        cmocka_unit_test(brier_by_hand),
        cmocka_unit_test(negative_binomial),
        cmocka_unit_test(twins_agree),
        cmocka_unit_test(fair_and_plain),
        cmocka_unit_test(order_and_place_do_not_matter),
        cmocka_unit_test(worse_is_worse),
        cmocka_unit_test(proper_exactly),
        cmocka_unit_test(proper_by_simulation),
        cmocka_unit_test(pit_is_exactly_uniform),
        cmocka_unit_test(means),
        cmocka_unit_test(bad_input_has_a_name),
        cmocka_unit_test(profiles_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
