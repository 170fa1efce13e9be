/* Integrating out a factor that many counts share; see closure.h. */
#include "model/closure.h"

#include "random/elementary.h"

/* Nodes x and weights w exp(x^2) of seven-point Gauss-Hermite quadrature (Abramowitz & Stegun, table 25.10). */
static const double node[CLOSURE_NODES] = {-2.651961356835233, -1.673551628767471, -0.816287882858965, 0,
                                           0.816287882858965,  1.673551628767471,  2.651961356835233};
static const double node_weight[CLOSURE_NODES] = {1.101330729610322, 0.897184600225184, 0.828687303283639,
                                                  0.810264617556807, 0.828687303283639, 0.897184600225184,
                                                  1.101330729610322};

enum { NEWTON_STEPS = 5 };

/* A factor that is known leaves no room for quadrature: this variance stands for 0. */
static const real least_variance = (real)1e-6;

/** One Newton step of `t` towards the mode of log h, no longer than 1; the log posterior is concave in t. `curvature` is
 *  left at its second derivative, sign changed. */
static void newton_step(const closure_counts *k, const real *restrict v, real *restrict t, real *restrict h,
                        real *restrict slope, real *restrict curvature) {
    uint32_t n = k->n_lanes;
    for (uint32_t lane = 0; lane < n; lane++) {
        h[lane] = lane_exp(t[lane]);
        slope[lane] = -(t[lane] + v[lane] / 2) / v[lane];
        curvature[lane] = 1 / v[lane];
    }
    for (uint32_t i = 0; i < k->n_cells; i++) {
        real count = (real)k->count[i];
        const real *restrict mean = k->mean + (size_t)i * n, *restrict size = k->size + (size_t)i * n;
        for (uint32_t lane = 0; lane < n; lane++) {
            real expected = h[lane] * mean[lane], share = expected / (size[lane] + expected);
            real pulled = (size[lane] + count) * share;
            slope[lane] += count - pulled;
            curvature[lane] += pulled * (1 - share);
        }
    }
    for (uint32_t lane = 0; lane < n; lane++) {
        real step = slope[lane] / curvature[lane];
        t[lane] += step > 1 ? 1 : step < -1 ? -1 : step;
    }
}

/** log Gamma(count + size) - log Gamma(size) - log Gamma(count + 1), summed over cells: the part without h. */
static void constants(const closure_counts *k, double *restrict out) {
    uint32_t n = k->n_lanes;
    for (uint32_t lane = 0; lane < n; lane++)
        out[lane] = 0;
    for (uint32_t i = 0; i < k->n_cells; i++) {
        if (!(k->count[i] > 0))
            continue;
        const real *restrict size = k->size + (size_t)i * n;
        double count = k->count[i], of_count = lane_log_gamma(count + 1);
        for (uint32_t lane = 0; lane < n; lane++)
            out[lane] += lane_log_gamma(count + (double)size[lane]) - lane_log_gamma(size[lane]) - of_count;
    }
}

/** Log density of the counts at h = exp(t + sd node), summed over cells, per node. */
static void densities(const closure_counts *k, const real *restrict t, const real *restrict sd, real *restrict h,
                      double *restrict at_node) {
    uint32_t n = k->n_lanes;
    for (uint32_t j = 0; j < CLOSURE_NODES; j++) {
        double *restrict sum = at_node + (size_t)j * n;
        real x = (real)(1.4142135623730951 * node[j]);
        for (uint32_t lane = 0; lane < n; lane++) {
            sum[lane] = 0;
            h[lane] = lane_exp(t[lane] + sd[lane] * x);
        }
        for (uint32_t i = 0; i < k->n_cells; i++) {
            const real *restrict mean = k->mean + (size_t)i * n, *restrict size = k->size + (size_t)i * n;
            real count = (real)k->count[i];
            if (count > 0) {
                for (uint32_t lane = 0; lane < n; lane++) {
                    real ratio = h[lane] * mean[lane] / size[lane];
                    real seen = count * lane_log(ratio) - (count + size[lane]) * lane_log(1 + ratio);
                    sum[lane] += ratio > 0 ? (double)seen : -__builtin_inf(); /* events where none can be */
                }
            } else {
                for (uint32_t lane = 0; lane < n; lane++) {
                    real ratio = h[lane] * mean[lane] / size[lane];
                    sum[lane] -= (double)(size[lane] * lane_log(1 + ratio));
                }
            }
        }
    }
}

void KERNEL(closure_integrate)(const closure_counts *k, double *restrict scratch, const closure_posterior *out) {
    uint32_t n = k->n_lanes;
    double *constant = scratch, *at_node = scratch + n;
    real *t = (real *)(at_node + (size_t)CLOSURE_NODES * n), *v = t + n, *h = v + n;
    real *slope = h + n, *curvature = slope + n;
    for (uint32_t lane = 0; lane < n; lane++) {
        v[lane] = k->variance[lane] > least_variance ? k->variance[lane] : least_variance;
        t[lane] = -v[lane] / 2;
    }
    for (int step = 0; step < NEWTON_STEPS; step++)
        newton_step(k, v, t, h, slope, curvature);
    real *sd = slope;
    for (uint32_t lane = 0; lane < n; lane++)
        sd[lane] = 1 / lane_sqrt(curvature[lane]);
    constants(k, constant);
    densities(k, t, sd, h, at_node);
    for (uint32_t lane = 0; lane < n; lane++) {
        double most = -__builtin_inf(), logs[CLOSURE_NODES], x[CLOSURE_NODES], sum = 0, first = 0, second = 0;
        for (int j = 0; j < CLOSURE_NODES; j++) {
            x[j] = (double)t[lane] + 1.4142135623730951 * node[j] * (double)sd[lane];
            double z = x[j] + (double)v[lane] / 2;
            logs[j] = at_node[(size_t)j * n + lane] - z * z / (2 * (double)v[lane]);
            most = logs[j] > most ? logs[j] : most;
        }
        if (!(most > -__builtin_inf())) { /* impossible: nothing is learned */
            out->log_density[lane] = -__builtin_inf();
            out->log_mean[lane] = -v[lane] / 2;
            out->log_variance[lane] = v[lane];
            continue;
        }
        for (int j = 0; j < CLOSURE_NODES; j++) {
            double p = node_weight[j] * (double)lane_exp((real)(logs[j] - most));
            sum += p;
            first += p * x[j];
            second += p * x[j] * x[j];
        }
        first /= sum;
        /* sqrt(2) sd / sqrt(2 pi v) sum of w exp(x^2) f */
        double scale = (double)sd[lane] / __builtin_sqrt(3.141592653589793 * (double)v[lane]);
        out->log_density[lane] = constant[lane] + most + (double)lane_log((real)(scale * sum));
        out->log_mean[lane] = (real)first;
        double spread = second / sum - first * first;
        out->log_variance[lane] = (real)(spread > 0 ? spread : 0);
    }
}

enum { CELL_NODES = 5, CELL_STEPS = 3 };

/* Five-point Gauss-Hermite quadrature: sqrt(2) x, and log(w exp(x^2) / sqrt(pi)). */
static const real cell_node[CELL_NODES] = {(real)-2.8569700138728056, (real)-1.3556261799742659, 0,
                                           (real)1.3556261799742659, (real)2.8569700138728056};
static const real cell_log_weight[CELL_NODES] = {(real)-0.40558975, (real)-0.58587479, (real)-0.62860866,
                                                 (real)-0.58587479, (real)-0.40558975};

/** Mode and standard deviation there of u given the count, by Newton's method on a concave function. */
static void cell_mode(const closure_one *c, const real *restrict v, real *restrict t, real *restrict sd) {
    real n = (real)c->count;
    uint32_t n_lanes = c->n_lanes;
    const real *restrict m = c->mean, *restrict size = c->size;
    for (uint32_t lane = 0; lane < n_lanes; lane++)
        t[lane] = -v[lane] / 2;
    for (int step = 0; step < CELL_STEPS; step++)
        for (uint32_t lane = 0; lane < c->n_lanes; lane++) {
            real k = size[lane], expected = lane_exp(t[lane]) * m[lane], share = expected / (k + expected);
            real pulled = (k + n) * share, curvature = 1 / v[lane] + pulled * (1 - share);
            real move = (n - pulled - (t[lane] + v[lane] / 2) / v[lane]) / curvature;
            t[lane] += move > 1 ? 1 : move < -1 ? -1 : move;
            sd[lane] = 1 / lane_sqrt(curvature);
        }
}

/** log p(count) of the law with a normal u less that of the negative binomial taken for it, but for their gamma functions. */
static void cell_difference(const closure_one *c, const real *restrict v, const real *restrict log_sum,
                            real *restrict matched) {
    real n = (real)c->count;
    uint32_t n_lanes = c->n_lanes;
    const real *restrict m = c->mean, *restrict size = c->size;
    double *restrict correction = c->correction;
    for (uint32_t lane = 0; lane < n_lanes; lane++) {
        matched[lane] = closure_size(v[lane], size[lane]);
        real ratio = m[lane] / matched[lane];
        correction[lane] += (double)(log_sum[lane] - (n * lane_log(ratio) - (n + matched[lane]) * lane_log(1 + ratio)));
    }
    for (uint32_t lane = 0; n > 0 && lane < n_lanes; lane++)
        correction[lane] += lane_log_gamma((double)(n + size[lane])) - lane_log_gamma((double)size[lane]) -
                            lane_log_gamma((double)(n + matched[lane])) + lane_log_gamma((double)matched[lane]);
}

void KERNEL(closure_cell)(const closure_one *c, double *restrict scratch) {
    uint32_t n_lanes = c->n_lanes;
    real n = (real)c->count, *rows = (real *)scratch;
    real *restrict v = rows, *restrict t = v + n_lanes, *restrict sd = t + n_lanes, *restrict centre = sd + n_lanes;
    real *restrict sum = centre + n_lanes, *restrict first = sum + n_lanes, *restrict second = first + n_lanes;
    real *restrict ratio = second + n_lanes;
    const real *restrict m = c->mean, *restrict size = c->size;
    for (uint32_t lane = 0; lane < n_lanes; lane++) {
        v[lane] = c->variance[lane] > least_variance ? c->variance[lane] : least_variance;
        sum[lane] = first[lane] = second[lane] = 0;
    }
    cell_mode(c, v, t, sd);
    for (uint32_t lane = 0; lane < n_lanes; lane++) {
        real k = size[lane], at_mode = lane_exp(t[lane]) * m[lane] / k, z = t[lane] + v[lane] / 2;
        centre[lane] = n * t[lane] - (n + k) * lane_log(1 + at_mode) - z * z / (2 * v[lane]);
    }
    /* Short passes: one that is longer than an exp and a log is not vectorised. */
    for (int j = 0; j < CELL_NODES; j++) {
        for (uint32_t lane = 0; lane < n_lanes; lane++)
            ratio[lane] = lane_exp(t[lane] + sd[lane] * cell_node[j]) * m[lane] / size[lane];
        for (uint32_t lane = 0; lane < n_lanes; lane++) {
            real u = t[lane] + sd[lane] * cell_node[j], z = u + v[lane] / 2;
            ratio[lane] = n * u - (n + size[lane]) * lane_log(1 + ratio[lane]) - z * z / (2 * v[lane]) +
                          cell_log_weight[j] - centre[lane];
        }
        for (uint32_t lane = 0; lane < n_lanes; lane++) {
            real off = sd[lane] * cell_node[j], p = lane_exp(ratio[lane]);
            sum[lane] += p;
            first[lane] += p * off;
            second[lane] += p * off * off;
        }
    }
    for (uint32_t lane = 0; lane < n_lanes; lane++) {
        real mean = first[lane] / sum[lane], spread = second[lane] / sum[lane] - mean * mean;
        c->log_mean[lane] = t[lane] + mean;
        /* sd / sqrt(v) sum of w exp(x^2) f, with the mean's power that was left out */
        centre[lane] += n * lane_log(m[lane] / size[lane]) + lane_log(sum[lane] * sd[lane]) - lane_log(v[lane]) / 2;
        first[lane] = spread > 0 ? spread : 0;
    }
    cell_difference(c, v, centre, second);
    for (uint32_t lane = 0; lane < n_lanes; lane++)
        c->variance[lane] = first[lane];
}
