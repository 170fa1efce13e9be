/* Integrating out a factor that many counts share; see closure.h. */
#include "model/closure.h"

#include "model/closure_parts.h"

#include <stdbool.h>

/* Newton's method goes on until a step is no longer than CLOSE; another one follows. */
#define CLOSE ((real)0.5)

/* log(1 + r) is taken for r - r^2/2 + r^3/3 up to here: 2.5e-5 off. */
#define SMALL_RATIO ((real)0.1)

/* The polynomial is expanded no further than this from the mode. */
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

/** Expands the log density of the large cells around the present log h. */
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
    coefficients(even, odd, b->term);
    for (uint32_t i = 0; i < LANES; i++) {
        b->at_centre[i] -= (double)empty[i];
        b->term[1][i] = b->count - pulled[i];
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
