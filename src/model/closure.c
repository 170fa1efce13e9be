/* Integrating out a factor that many counts share; see closure.h. */
#include "model/closure.h"

#include "random/elementary.h"

#include <stdbool.h>

/* Nodes of five-point Gauss-Hermite quadrature times sqrt(2), and weights w exp(x^2) / sqrt(pi) (Abramowitz & Stegun,
 * table 25.10): the middle one, the inner and the outer pair. */
#define INNER ((real)1.3556261799742659)
#define OUTER ((real)2.8569700138728056)
#define MIDDLE_WEIGHT ((real)0.5333333333333333)
#define INNER_WEIGHT ((real)0.5566187216933)
#define OUTER_WEIGHT ((real)0.6665835756076)
/* w / sqrt(pi) itself: probabilities of nodes of a standard normal */
#define INNER_SHARE ((real)0.2220759220056126)
#define OUTER_SHARE ((real)0.0112574113277207)

/* A factor that is known leaves no room for quadrature: this variance stands for 0. */
static const real least_variance = (real)1e-6;

/* Most steps of Newton's method but the last. */
enum { MOST_STEPS = 3 };

/* Counts up to here: gamma functions as products. */
enum { SHORT_PRODUCT = 16 };

static inline real limited(real step) {
    return step > 1 ? 1 : step < -1 ? -1 : step;
}

static inline real size_of(real step) {
    return step < 0 ? -step : step;
}

/* ---- counts that share a factor: LANES lanes ---- */

/* Newton's method goes on until a step is no longer than CLOSE; another one follows. */
#define CLOSE ((real)0.5)

/* log(1 + r) is taken for r - r^2/2 + r^3/3 up to here: 2.5e-5 off. */
#define SMALL_RATIO ((real)0.1)

/* The log density is taken for a polynomial of this degree in log h where all nodes are within REACH of the mode and that
 * within OFF of the point of expansion: at most 4e-5 nat and .0002 of a standard deviation off in 1,500 random cases (1 to 34
 * cells, sizes .2 to 20, variances .005 to 1.5, surprises up to five-fold). The series of log(1 + exp) converges up to pi. */
enum { DEGREE = 8 };
#define REACH ((real)1.75)
#define OFF ((real)0.2)

/** The cells of LANES lanes. */
typedef struct block {
    const closure_counts *k;
    uint32_t first; /**< lane */
    uint32_t n_large;
    const uint32_t *large;                               /**< cells that are looked at one by one */
    real small_1[LANES], small_2[LANES], small_3[LANES]; /**< sums of size ratio^j over the others; none has a count */
    real count;                                          /**< sum over cells */
    real v[LANES], t[LANES], sd[LANES];                  /**< mode of log h and its spread there */
    real centre[LANES];                                  /**< log h where the density is expanded, close to the mode */
    double at_centre[LANES];                             /**< log density of the large cells there */
    real term[DEGREE + 1][LANES];                        /**< [1 ...]: of (log h - centre)^j in that log density */
    bool is_near;                                        /**< are all nodes in reach of the centre? */
    double constant[LANES];                              /**< log density of the counts without what depends on h */
} block;

static inline const real *at(const block *b, const real *rows, uint32_t cell) {
    return rows + (size_t)cell * b->k->n_lanes + b->first;
}

/** Sorts the cells: those without a count whose expectation is so small that a series does for all of them, and others. */
static void sort_cells(block *b, uint32_t *restrict large) {
    const closure_counts *k = b->k;
    real most_variance = 0;
    for (uint32_t i = 0; i < LANES; i++) {
        real v = k->variance[b->first + i];
        b->v[i] = v > least_variance ? v : least_variance;
        most_variance = b->v[i] > most_variance ? b->v[i] : most_variance;
        b->small_1[i] = b->small_2[i] = b->small_3[i] = 0;
    }
    /* h is not above this at any node that counts. */
    real limit = SMALL_RATIO * lane_exp(-4 * lane_sqrt(most_variance));
    b->count = 0;
    b->n_large = 0;
    for (uint32_t cell = 0; cell < k->n_cells; cell++) {
        const real *restrict ratio = at(b, k->ratio, cell), *restrict size = at(b, k->size, cell);
        uint32_t above = k->count[cell] > 0;
        for (uint32_t i = 0; i < LANES; i++)
            above |= !(ratio[i] <= limit);
        b->count += (real)k->count[cell];
        if (above) {
            large[b->n_large++] = cell;
            continue;
        }
        for (uint32_t i = 0; i < LANES; i++) {
            real mean = size[i] * ratio[i];
            b->small_1[i] += mean;
            b->small_2[i] += mean * ratio[i];
            b->small_3[i] += mean * ratio[i] * ratio[i];
        }
    }
    b->large = large;
}

/** First and second derivative of the log posterior with respect to log h, without what the large cells add. */
static void small_slopes(const block *b, const real *restrict h, real *restrict slope, real *restrict curvature) {
    for (uint32_t i = 0; i < LANES; i++) {
        real first = h[i] * b->small_1[i], second = h[i] * h[i] * b->small_2[i],
             third = h[i] * h[i] * h[i] * b->small_3[i];
        slope[i] = -(b->t[i] + b->v[i] / 2) / b->v[i] - (first - second + third);
        curvature[i] = 1 / b->v[i] + (first - 2 * second + 3 * third);
    }
}

/** A step of Newton's method towards the mode of log h; the log posterior is concave. @return was any lane's long? */
static bool newton_step(block *b) {
    uint32_t is_long = 0;
    real h[LANES], slope[LANES], curvature[LANES];
    for (uint32_t i = 0; i < LANES; i++)
        h[i] = lane_exp(b->t[i]);
    small_slopes(b, h, slope, curvature);
    for (uint32_t i = 0; i < LANES; i++)
        slope[i] += b->count;
    for (uint32_t j = 0; j < b->n_large; j++) {
        uint32_t cell = b->large[j];
        real count = (real)b->k->count[cell];
        const real *restrict ratio = at(b, b->k->ratio, cell), *restrict size = at(b, b->k->size, cell);
        for (uint32_t i = 0; i < LANES; i++) {
            real rest = 1 / (1 + h[i] * ratio[i]), pulled = (size[i] + count) * (1 - rest);
            slope[i] -= pulled;
            curvature[i] += pulled * rest;
        }
    }
    for (uint32_t i = 0; i < LANES; i++) {
        real move = limited(slope[i] / curvature[i]);
        b->t[i] += move;
        is_long |= !(size_of(move) <= CLOSE);
    }
    return is_long;
}

/** Expands the log density of the large cells around the present log h. Derivatives of k log(1 + h r), k = size + count, are
 *  polynomials in p = h r / (1 + h r):  k p,  k x,  k x y,  k x (1 - 6x),  k x y (1 - 12x),  k x (1 - 30x + 120x^2), ... with
 *  x = p (1 - p) and y = 1 - 2p, so that sums of k x^j and k x^j y over cells are enough. */
static void expand(block *b) {
    real h[LANES], empty[LANES], pulled[LANES], even[4][LANES], odd[3][LANES];
    for (uint32_t i = 0; i < LANES; i++) {
        b->centre[i] = b->t[i];
        h[i] = lane_exp(b->t[i]);
        b->at_centre[i] = (double)b->count * (double)b->t[i];
        empty[i] = pulled[i] = 0;
        even[0][i] = even[1][i] = even[2][i] = even[3][i] = odd[0][i] = odd[1][i] = odd[2][i] = 0;
    }
    for (uint32_t j = 0; j < b->n_large; j++) {
        uint32_t cell = b->large[j];
        real count = (real)b->k->count[cell], term[LANES];
        const real *restrict ratio = at(b, b->k->ratio, cell), *restrict size = at(b, b->k->size, cell);
        for (uint32_t i = 0; i < LANES; i++)
            term[i] = (size[i] + count) * lane_log(1 + h[i] * ratio[i]);
        for (uint32_t i = 0; i < LANES; i++) {
            real rest = 1 / (1 + h[i] * ratio[i]), p = 1 - rest, x = p * rest, y = rest - p;
            real of_p = (size[i] + count) * p, of_x = of_p * rest;
            pulled[i] += of_p;
            even[0][i] += of_x;
            odd[0][i] += of_x * y;
            even[1][i] += of_x * x;
            odd[1][i] += of_x * x * y;
            even[2][i] += of_x * x * x;
            odd[2][i] += of_x * x * x * y;
            even[3][i] += of_x * x * x * x;
        }
        if (count > 0)
            for (uint32_t i = 0; i < LANES; i++)
                b->at_centre[i] -= (double)term[i];
        else
            for (uint32_t i = 0; i < LANES; i++)
                empty[i] += term[i];
    }
    for (uint32_t i = 0; i < LANES; i++) {
        b->at_centre[i] -= (double)empty[i];
        b->term[1][i] = b->count - pulled[i];
        b->term[2][i] = -even[0][i] / 2;
        b->term[3][i] = -odd[0][i] / 6;
        b->term[4][i] = -(even[0][i] - 6 * even[1][i]) / 24;
        b->term[5][i] = -(odd[0][i] - 12 * odd[1][i]) / 120;
        b->term[6][i] = -(even[0][i] - 30 * even[1][i] + 120 * even[2][i]) / 720;
        b->term[7][i] = -(odd[0][i] - 60 * odd[1][i] + 360 * odd[2][i]) / 5040;
        b->term[8][i] = -(even[0][i] - 126 * even[1][i] + 1680 * even[2][i] - 5040 * even[3][i]) / 40320;
    }
}

static void find_mode(block *b) {
    real h[LANES], slope[LANES], curvature[LANES];
    uint32_t far = 0;
    for (uint32_t i = 0; i < LANES; i++)
        b->t[i] = -b->v[i] / 2;
    for (int step = 0; step < MOST_STEPS && newton_step(b); step++)
        ;
    expand(b);
    for (uint32_t i = 0; i < LANES; i++)
        h[i] = lane_exp(b->t[i]);
    small_slopes(b, h, slope, curvature);
    for (uint32_t i = 0; i < LANES; i++) {
        real bend = curvature[i] - 2 * b->term[2][i], move = limited((slope[i] + b->term[1][i]) / bend);
        b->t[i] += move;
        b->sd[i] = 1 / lane_sqrt(bend);
        far |= !(size_of(move) <= OFF) | !(OUTER * b->sd[i] <= REACH);
    }
    b->is_near = !far;
}

/** Stirling's series for log Gamma(x), x >= 8, but for the 0.9189 that differences do not have. */
static inline double log_gamma_large(double x, double log_x) {
    double inverse = 1 / x, square = inverse * inverse;
    return (x - 0.5) * log_x - x +
           inverse * (8.333333333333333e-02 - square * (2.777777777777778e-03 - square * 7.936507936507937e-04));
}

/** log of a double > 0, as lane_log. */
static inline double log_double(double x) {
    union {
        double value;
        int64_t bits;
    } v = {.value = x}, half = {.value = 0.70710678118654752}, mantissa;
    /* By way of 32 bits: there are no vector instructions for signed shifts and conversions of 64. */
    int32_t exponent = (int32_t)((uint64_t)(v.bits - half.bits) >> 32) >> 20;
    mantissa.bits = v.bits - (int64_t)((uint64_t)(int64_t)exponent << 52);
    double f = mantissa.value - 1, t = f / (2 + f), t2 = t * t, p = 2.0 / 15;
    p = p * t2 + 2.0 / 13;
    p = p * t2 + 2.0 / 11;
    p = p * t2 + 2.0 / 9;
    p = p * t2 + 2.0 / 7;
    p = p * t2 + 2.0 / 5;
    p = p * t2 + 2.0 / 3;
    return (double)exponent * 0.6931471805599453 + (f - t * f + t * t2 * p);
}

/** log [Gamma(count + size) / Gamma(size)] for counts above SHORT_PRODUCT, added to `out`. */
static void add_log_gammas(double count, double sign, const real *restrict size, double *restrict out) {
    double x[LANES], y[LANES], product[LANES];
    for (uint32_t i = 0; i < LANES; i++) {
        double s = (double)size[i];
        product[i] = s * (s + 1) * (s + 2) * (s + 3) * (s + 4) * (s + 5) * (s + 6) * (s + 7);
        x[i] = log_double(count + s);
        y[i] = log_double(s + 8);
    }
    for (uint32_t i = 0; i < LANES; i++)
        product[i] = log_double(product[i]);
    for (uint32_t i = 0; i < LANES; i++) {
        double s = (double)size[i];
        out[i] += sign * (log_gamma_large(count + s, x[i]) - log_gamma_large(s + 8, y[i]) + product[i]);
    }
}

/** log [mean^n Gamma(n + size) / (size^n Gamma(size) n!)], summed over cells: what does not depend on h. */
static void find_constants(block *b) {
    for (uint32_t i = 0; i < LANES; i++)
        b->constant[i] = 0;
    for (uint32_t j = 0; j < b->n_large; j++) {
        uint32_t cell = b->large[j];
        double count = (double)b->k->count[cell];
        const real *restrict ratio = at(b, b->k->ratio, cell), *restrict size = at(b, b->k->size, cell);
        real logs[LANES], product[LANES], inverse[LANES];
        if (!(count > 0))
            continue;
        if (count > SHORT_PRODUCT) {
            double of_count = lane_log_gamma(count + 1);
            add_log_gammas(count, 1, size, b->constant);
            for (uint32_t i = 0; i < LANES; i++)
                logs[i] = lane_log(ratio[i]);
            for (uint32_t i = 0; i < LANES; i++) {
                double seen = count * (double)logs[i] - of_count;
                b->constant[i] += ratio[i] > 0 ? seen : -__builtin_inf(); /* events where none can be */
            }
            continue;
        }
        for (uint32_t i = 0; i < LANES; i++) {
            product[i] = 1;
            inverse[i] = 1 / size[i];
        }
        for (int n = 1; n < (int)count; n++) {
            real part = 1 / (real)(n + 1);
            for (uint32_t i = 0; i < LANES; i++)
                product[i] *= (1 + (real)n * inverse[i]) * part;
        }
        for (uint32_t i = 0; i < LANES; i++)
            logs[i] = lane_log(ratio[i] * size[i]);
        for (uint32_t i = 0; i < LANES; i++)
            product[i] = (real)count * logs[i] + lane_log(product[i]);
        for (uint32_t i = 0; i < LANES; i++)
            b->constant[i] += ratio[i] > 0 ? (double)product[i] : -__builtin_inf();
    }
}

/** Log density of the large cells at h = exp(t + sd x), but for the constant: the polynomial. */
static void large_by_series(const block *b, real x, double *restrict out) {
    for (uint32_t i = 0; i < LANES; i++) {
        real away = b->t[i] - b->centre[i] + b->sd[i] * x, sum = b->term[DEGREE][i];
        for (int j = DEGREE - 1; j > 0; j--)
            sum = sum * away + b->term[j][i];
        out[i] = b->at_centre[i] + (double)(sum * away);
    }
}

/** The same, cell by cell. */
static void large_by_cells(const block *b, real x, const real *restrict h, double *restrict out) {
    real term[LANES], empty[LANES];
    for (uint32_t i = 0; i < LANES; i++) {
        out[i] = (double)(b->count * (b->t[i] + b->sd[i] * x));
        empty[i] = 0;
    }
    for (uint32_t j = 0; j < b->n_large; j++) {
        uint32_t cell = b->large[j];
        real count = (real)b->k->count[cell];
        const real *restrict ratio = at(b, b->k->ratio, cell), *restrict size = at(b, b->k->size, cell);
        for (uint32_t i = 0; i < LANES; i++)
            term[i] = (size[i] + count) * lane_log(1 + h[i] * ratio[i]);
        if (count > 0)
            for (uint32_t i = 0; i < LANES; i++)
                out[i] -= (double)term[i];
        else
            for (uint32_t i = 0; i < LANES; i++)
                empty[i] += term[i];
    }
    for (uint32_t i = 0; i < LANES; i++)
        out[i] -= (double)empty[i];
}

/** Log density of the counts at h = exp(t + sd x), but for the constant. */
static void density_at(const block *b, real x, double *restrict out) {
    real h[LANES], empty[LANES];
    for (uint32_t i = 0; i < LANES; i++)
        h[i] = lane_exp(b->t[i] + b->sd[i] * x);
    for (uint32_t i = 0; i < LANES; i++)
        empty[i] = h[i] * (b->small_1[i] - h[i] * (b->small_2[i] / 2 - h[i] * b->small_3[i] / 3));
    if (b->is_near)
        large_by_series(b, x, out);
    else
        large_by_cells(b, x, h, out);
    for (uint32_t i = 0; i < LANES; i++)
        out[i] -= (double)empty[i];
}

static void integrate(const block *b, const closure_posterior *out) {
    static const real node[CLOSURE_NODES] = {-OUTER, -INNER, 0, INNER, OUTER};
    static const real weight[CLOSURE_NODES] = {OUTER_WEIGHT, INNER_WEIGHT, MIDDLE_WEIGHT, INNER_WEIGHT, OUTER_WEIGHT};
    double *restrict log_density = out->log_density + b->first, logs[CLOSURE_NODES][LANES], most[LANES];
    real *restrict log_mean = out->log_mean + b->first, *restrict log_variance = out->log_variance + b->first;
    real sum[LANES], first[LANES], second[LANES], p[LANES];
    for (uint32_t i = 0; i < LANES; i++) {
        most[i] = -__builtin_inf();
        sum[i] = first[i] = second[i] = 0;
    }
    for (int j = 0; j < CLOSURE_NODES; j++) {
        density_at(b, node[j], logs[j]);
        for (uint32_t i = 0; i < LANES; i++) {
            real z = b->t[i] + b->sd[i] * node[j] + b->v[i] / 2;
            logs[j][i] -= (double)(z * z / (2 * b->v[i]));
            most[i] = logs[j][i] > most[i] ? logs[j][i] : most[i];
        }
    }
    for (int j = 0; j < CLOSURE_NODES; j++) {
        for (uint32_t i = 0; i < LANES; i++)
            p[i] = (real)(logs[j][i] - most[i]);
        for (uint32_t i = 0; i < LANES; i++)
            p[i] = weight[j] * lane_exp(p[i]);
        for (uint32_t i = 0; i < LANES; i++) {
            real off = b->sd[i] * node[j];
            sum[i] += p[i];
            first[i] += p[i] * off;
            second[i] += p[i] * off * off;
        }
    }
    /* sd / sqrt(v) times the sum of w exp(x^2) f / sqrt(pi) */
    for (uint32_t i = 0; i < LANES; i++)
        p[i] = lane_log(sum[i] * b->sd[i] / lane_sqrt(b->v[i]));
    for (uint32_t i = 0; i < LANES; i++) {
        real mean = first[i] / sum[i], spread = second[i] / sum[i] - mean * mean;
        bool possible = b->constant[i] > -__builtin_inf(); /* else nothing is learned */
        real learned = b->t[i] + mean, left = spread > 0 ? spread : 0;
        log_density[i] = b->constant[i] + most[i] + (double)p[i];
        log_mean[i] = possible ? learned : -b->v[i] / 2;
        log_variance[i] = possible ? left : b->v[i];
    }
}

void KERNEL(closure_integrate)(const closure_counts *k, uint32_t *restrict scratch, const closure_posterior *out) {
    block b;
    b.k = k;
    for (b.first = 0; b.first < k->n_lanes; b.first += LANES) {
        sort_cells(&b, scratch);
        find_mode(&b);
        find_constants(&b);
        integrate(&b, out);
    }
}

/* ---- one cell: LANES lanes ---- */

/* An empty cell with an expectation m E[(exp(u) gamma)^2] up to this has the law of the negative binomial of equal mean and
 * variance to 2e-4 nat. */
#define RARE ((real)0.15)

/* Up to this nodes may stay where they are before the count: at most .001 nat off, .4 % of a standard deviation and 1.2 % of a
 * variance where v is up to 2.5, a third of that where v is up to 1. */
#define SCARCE ((real)2)

/* Nodes may lie around a point that is this many standard deviations off the mode. */
#define FAR ((real)0.1)

/** Is the cell empty and its expectation up to `limit` in all lanes? */
static bool expects_little(const closure_one *c, uint32_t first, real limit) {
    uint32_t above = c->count > 0;
    for (uint32_t i = first; i < first + LANES; i++)
        above |= !(c->mean[i] * (1 + 1 / c->matched[i]) <= limit);
    return !above;
}

/** Shifting a normal u is scaling the mean m: with p(m) the probability of no event, the mean of u given none is
 *  -v/2 + v d log p / d log m, its variance v + v^2 d^2 log p / (d log m)^2; here p = (1 + m/K)^-K. */
static void rare_cell(const closure_one *c, uint32_t first) {
    const real *restrict m = c->mean + first, *restrict matched = c->matched + first;
    real *restrict v = c->variance + first, *restrict log_mean = c->log_mean + first;
    for (uint32_t i = 0; i < LANES; i++) {
        real share = matched[i] / (matched[i] + m[i]), pulled = v[i] * m[i] * share;
        log_mean[i] = -v[i] / 2 - pulled;
        v[i] -= v[i] * pulled * share;
    }
}

/** Mode of u given the count by Newton's method, from where a gamma multiplier would have it, until no lane is far from it (any
 *  point near it will do); the standard deviation there, and exp(mode) mean / size. */
static void cell_mode(const closure_one *c, uint32_t first, const real *restrict v, real *restrict t, real *restrict sd,
                      real *restrict ratio) {
    real n = (real)c->count;
    const real *restrict m = c->mean + first, *restrict size = c->size + first, *restrict K = c->matched + first;
    uint32_t far = 1;
    for (uint32_t i = 0; i < LANES; i++)
        t[i] = lane_log((K[i] + n) / (K[i] + m[i]));
    for (uint32_t i = 0; i < LANES; i++) {
        real part = v[i] * size[i];
        t[i] = t[i] * part / (part + 1) - v[i] / 2 * K[i] / (K[i] + n);
    }
    for (int step = 0; far; step++) {
        real move[LANES];
        for (uint32_t i = 0; i < LANES; i++)
            ratio[i] = lane_exp(t[i]) * m[i] / size[i];
        far = 0;
        for (uint32_t i = 0; i < LANES; i++) {
            real rest = 1 / (1 + ratio[i]), pulled = (size[i] + n) * (1 - rest), curvature = 1 / v[i] + pulled * rest;
            move[i] = limited((n - pulled - (t[i] + v[i] / 2) / v[i]) / curvature);
            sd[i] = 1 / lane_sqrt(curvature);
            far |= step < MOST_STEPS && !(size_of(move[i]) <= FAR * sd[i]);
        }
        for (uint32_t i = 0; far && i < LANES; i++)
            t[i] += move[i];
    }
}

/** Adds a pair of nodes, `off` standard deviations on either side of the mode. */
static inline void add_pair(const closure_one *c, uint32_t first, real x, real weight, const real *restrict v,
                            const real *restrict t, const real *restrict sd, const real *restrict ratio,
                            const real *restrict log_centre, real sums[restrict 3][LANES]) {
    real n = (real)c->count, up[LANES], down[LANES];
    const real *restrict size = c->size + first;
    for (uint32_t i = 0; i < LANES; i++) {
        real factor = lane_exp(sd[i] * x);
        up[i] = ratio[i] * factor;
        down[i] = ratio[i] / factor;
    }
    for (uint32_t i = 0; i < LANES; i++)
        up[i] = lane_log(1 + up[i]);
    for (uint32_t i = 0; i < LANES; i++)
        down[i] = lane_log(1 + down[i]);
    for (uint32_t i = 0; i < LANES; i++) {
        real off = sd[i] * x, z = t[i] + v[i] / 2, half = 1 / (2 * v[i]), k = n + size[i];
        real even = -off * off * half, odd = n * off - 2 * off * z * half;
        up[i] = even + odd - k * (up[i] - log_centre[i]);
        down[i] = even - odd - k * (down[i] - log_centre[i]);
    }
    for (uint32_t i = 0; i < LANES; i++)
        up[i] = weight * lane_exp(up[i]);
    for (uint32_t i = 0; i < LANES; i++)
        down[i] = weight * lane_exp(down[i]);
    for (uint32_t i = 0; i < LANES; i++) {
        real off = sd[i] * x, both = up[i] + down[i];
        sums[0][i] += both;
        sums[1][i] += (up[i] - down[i]) * off;
        sums[2][i] += both * off * off;
    }
}

/** log [Gamma(n + size) matched^n / (Gamma(size) size^n)] less the same of `matched`. */
static void gamma_difference(const closure_one *c, uint32_t first, double *restrict correction) {
    const real *restrict size = c->size + first, *restrict matched = c->matched + first;
    real upper[LANES], lower[LANES];
    if (c->count > SHORT_PRODUCT) {
        for (uint32_t i = 0; i < LANES; i++)
            upper[i] = (real)c->count * lane_log(matched[i] / size[i]);
        for (uint32_t i = 0; i < LANES; i++)
            correction[i] += (double)upper[i];
        add_log_gammas((double)c->count, 1, size, correction);
        add_log_gammas((double)c->count, -1, matched, correction);
        return;
    }
    for (uint32_t i = 0; i < LANES; i++)
        upper[i] = lower[i] = 1;
    for (int j = 1; j < (int)c->count; j++)
        for (uint32_t i = 0; i < LANES; i++) {
            upper[i] *= 1 + (real)j / size[i];
            lower[i] *= 1 + (real)j / matched[i];
        }
    for (uint32_t i = 0; i < LANES; i++)
        upper[i] = lane_log(upper[i] / lower[i]);
    for (uint32_t i = 0; i < LANES; i++)
        correction[i] += (double)upper[i];
}

static inline void add_doubles(double *restrict to, const real *restrict term) {
    for (uint32_t i = 0; i < LANES; i++)
        to[i] += (double)term[i];
}

/** Mean and variance of u from its sums around the mode t. */
static inline void learned(real sums[restrict 3][LANES], const real *restrict t, real *restrict log_mean,
                           real *restrict variance) {
    for (uint32_t i = 0; i < LANES; i++) {
        real mean = sums[1][i] / sums[0][i], spread = sums[2][i] / sums[0][i] - mean * mean;
        log_mean[i] = t[i] + mean;
        variance[i] = spread > 0 ? spread : 0;
    }
}

/** Adds a pair of nodes on either side of the mean that u has before the count. */
static inline void add_prior_pair(const closure_one *c, uint32_t first, real x, real share, const real *restrict sd,
                                  const real *restrict ratio, real sums[restrict 3][LANES]) {
    real up[LANES], down[LANES];
    const real *restrict size = c->size + first;
    for (uint32_t i = 0; i < LANES; i++) {
        real factor = lane_exp(sd[i] * x);
        up[i] = ratio[i] * factor;
        down[i] = ratio[i] / factor;
    }
    for (uint32_t i = 0; i < LANES; i++)
        up[i] = share * lane_exp(-size[i] * lane_log(1 + up[i]));
    for (uint32_t i = 0; i < LANES; i++)
        down[i] = share * lane_exp(-size[i] * lane_log(1 + down[i]));
    for (uint32_t i = 0; i < LANES; i++) {
        real off = sd[i] * x, both = up[i] + down[i];
        sums[0][i] += both;
        sums[1][i] += (up[i] - down[i]) * off;
        sums[2][i] += both * off * off;
    }
}

/** An empty cell that expects little: Gauss-Hermite quadrature over u as it is before the count. */
static void scarce_cell(const closure_one *c, uint32_t first) {
    real sd[LANES], before[LANES], ratio[LANES], logs[LANES], sums[3][LANES];
    const real *restrict m = c->mean + first, *restrict size = c->size + first, *restrict matched = c->matched + first;
    for (uint32_t i = 0; i < LANES; i++) {
        real v = c->variance[first + i] > least_variance ? c->variance[first + i] : least_variance;
        sd[i] = lane_sqrt(v);
        before[i] = -v / 2;
    }
    for (uint32_t i = 0; i < LANES; i++)
        ratio[i] = lane_exp(before[i]) * m[i] / size[i];
    for (uint32_t i = 0; i < LANES; i++) {
        sums[0][i] = MIDDLE_WEIGHT * lane_exp(-size[i] * lane_log(1 + ratio[i]));
        sums[1][i] = sums[2][i] = 0;
    }
    add_prior_pair(c, first, INNER, INNER_SHARE, sd, ratio, sums);
    add_prior_pair(c, first, OUTER, OUTER_SHARE, sd, ratio, sums);
    for (uint32_t i = 0; i < LANES; i++)
        logs[i] = lane_log(sums[0][i]) + matched[i] * lane_log(1 + m[i] / matched[i]);
    add_doubles(c->correction + first, logs);
    learned(sums, before, c->log_mean + first, c->variance + first);
}

static void cell(const closure_one *c, uint32_t first) {
    real n = (real)c->count, v[LANES], t[LANES], sd[LANES], ratio[LANES], log_centre[LANES], logs[LANES],
         sums[3][LANES];
    const real *restrict m = c->mean + first, *restrict size = c->size + first, *restrict matched = c->matched + first;
    for (uint32_t i = 0; i < LANES; i++) {
        v[i] = c->variance[first + i] > least_variance ? c->variance[first + i] : least_variance;
        sums[0][i] = MIDDLE_WEIGHT;
        sums[1][i] = sums[2][i] = 0;
    }
    cell_mode(c, first, v, t, sd, ratio);
    for (uint32_t i = 0; i < LANES; i++)
        log_centre[i] = lane_log(1 + ratio[i]);
    add_pair(c, first, INNER, INNER_WEIGHT, v, t, sd, ratio, log_centre, sums);
    add_pair(c, first, OUTER, OUTER_WEIGHT, v, t, sd, ratio, log_centre, sums);
    for (uint32_t i = 0; i < LANES; i++)
        logs[i] = lane_log(sums[0][i] * sd[i] / lane_sqrt(v[i]));
    for (uint32_t i = 0; i < LANES; i++) {
        real z = t[i] + v[i] / 2, of_matched = (n + matched[i]) * lane_log(1 + m[i] / matched[i]);
        logs[i] += n * t[i] - (n + size[i]) * log_centre[i] - z * z / (2 * v[i]) + of_matched;
    }
    add_doubles(c->correction + first, logs);
    if (n > 0)
        gamma_difference(c, first, c->correction + first);
    learned(sums, t, c->log_mean + first, c->variance + first);
}

void KERNEL(closure_cell)(const closure_one *c) {
    for (uint32_t first = 0; first < c->n_lanes; first += LANES) {
        if (expects_little(c, first, RARE))
            rare_cell(c, first);
        else if (expects_little(c, first, SCARCE))
            scarce_cell(c, first);
        else
            cell(c, first);
    }
}
