/* A month of the scalar filter with everything moved out of the inner loops that can be. */
#include "scalar_filter.h"

#include <math.h>

enum { SHARED_NODES = 7, CELL_NODES = 5, MOST_STEPS = 5 };

/* sqrt(2) x > 0 of Gauss-Hermite quadrature, and w exp(x^2) from the centre outwards. */
static const double shared_node[] = {1.1544053947399682, 2.3667594107345416, 3.750439717725742};
static const double shared_weight[] = {0.810264617556807, 0.828687303283639, 0.897184600225184, 1.101330729610322};
static const double cell_node[] = {1.3556261799742659, 2.8569700138728056};
static const double cell_weight[] = {0.945308720482942, 0.986580996751429, 1.18148862553599};

static const double converged = 1e-4;

typedef struct learned {
    double log_density, mean, variance;
} learned;

/** log Gamma(size + count) - log Gamma(size). */
static double log_rising(double size, double count) {
    if (count > 24)
        return lgamma(size + count) - lgamma(size);
    double product = 1, sum = 0;
    for (double i = 0; i < count; i++) {
        product *= size + i;
        if (product > 1e250) {
            sum += log(product);
            product = 1;
        }
    }
    return sum + log(product);
}

static double matched_size(double variance, double size) {
    double relative = exp(variance) - 1;
    return 1 / (relative + (1 + relative) / size);
}

/** h at the nodes, outermost first: exp(t + sd node) with one exponential for two nodes. */
static void at_nodes(int n_pairs, double h, double sd, const double *node, double *out) {
    out[n_pairs] = h;
    for (int j = 0; j < n_pairs; j++) {
        double away = exp(sd * node[j]);
        out[n_pairs - 1 - j] = h / away;
        out[n_pairs + 1 + j] = h * away;
    }
}

/** Sums the nodes' log posteriors; the mean is relative to t. */
static learned sum_nodes(int n_pairs, const double *logs, double sd, const double *node, const double *weight) {
    double centre = logs[n_pairs], sum = weight[0], first = 0, second = 0;
    for (int j = 0; j < n_pairs; j++) {
        double below = weight[j + 1] * exp(logs[n_pairs - 1 - j] - centre);
        double above = weight[j + 1] * exp(logs[n_pairs + 1 + j] - centre), off = sd * node[j];
        sum += below + above;
        first += (above - below) * off;
        second += (above + below) * off * off;
    }
    first /= sum;
    double spread = second / sum - first * first;
    return (learned){.log_density = centre + log(sum), .mean = first, .variance = spread > 0 ? spread : 0};
}

/** Counts that share a factor, without the gamma functions and factorials of their densities. */
static learned learn_shared(uint32_t n, const double *count, const double *ratio, const double *size, double v) {
    double t = -v / 2, h = exp(t), curvature = 1 / v, inverse = 1 / v;
    for (int step = 0; step < MOST_STEPS; step++) {
        double slope = -(t + v / 2) * inverse;
        curvature = inverse;
        for (uint32_t i = 0; i < n; i++) {
            double odds = h * ratio[i], rest = 1 / (1 + odds), pulled = (size[i] + count[i]) * odds * rest;
            slope += count[i] - pulled;
            curvature += pulled * rest;
        }
        double move = fmax(-1, fmin(1, slope / curvature));
        t += move;
        h = exp(t);
        if (fabs(move) < converged)
            break;
    }
    double sd = 1 / sqrt(curvature), nodes[SHARED_NODES], logs[SHARED_NODES] = {0}, total = 0, with_h = 0;
    at_nodes(SHARED_NODES / 2, h, sd, shared_node, nodes);
    for (uint32_t i = 0; i < n; i++) {
        double both = size[i] + count[i];
        if (count[i] > 0) {
            total += count[i];
            with_h += count[i] * log(ratio[i]);
        }
        for (int j = 0; j < SHARED_NODES; j++)
            logs[j] -= both * log(1 + nodes[j] * ratio[i]);
    }
    for (int j = 0; j < SHARED_NODES; j++) {
        int from_centre = j - SHARED_NODES / 2;
        double away = from_centre == 0 ? 0 : sd * shared_node[(from_centre > 0 ? from_centre : -from_centre) - 1];
        double x = t + (from_centre < 0 ? -away : away), z = x + v / 2;
        logs[j] += total * x - z * z * inverse / 2;
    }
    learned l = sum_nodes(SHARED_NODES / 2, logs, sd, shared_node, shared_weight);
    l.mean += t;
    l.log_density += with_h + log(sd / sqrt(3.14159265358979323846 * v));
    return l;
}

/** One cell, log factor u ~ N(-v/2, v); log_density without the gamma function and factorial. */
static learned learn_cell(double count, double ratio, double size, double v) {
    double t = -v / 2, h = exp(t), inverse = 1 / v, curvature = inverse, both = size + count;
    for (int step = 0; step < MOST_STEPS; step++) {
        double odds = h * ratio, rest = 1 / (1 + odds), pulled = both * odds * rest;
        curvature = inverse + pulled * rest;
        double move = fmax(-1, fmin(1, (count - pulled - (t + v / 2) * inverse) / curvature));
        t += move;
        h = exp(t);
        if (fabs(move) < 0.01) /* any point near the mode will do */
            break;
    }
    double sd = 1 / sqrt(curvature), nodes[CELL_NODES], logs[CELL_NODES];
    const double away[CELL_NODES] = {-sd * cell_node[1], -sd * cell_node[0], 0, sd * cell_node[0], sd * cell_node[1]};
    at_nodes(CELL_NODES / 2, h, sd, cell_node, nodes);
    for (int j = 0; j < CELL_NODES; j++) {
        double u = t + away[j], z = u + v / 2;
        logs[j] = count * u - both * log(1 + nodes[j] * ratio) - z * z * inverse / 2;
    }
    learned l = sum_nodes(CELL_NODES / 2, logs, sd, cell_node, cell_weight);
    l.mean += t;
    l.log_density += log(sd / sqrt(3.14159265358979323846 * v)) + (count > 0 ? count * log(ratio) : 0);
    return l;
}

static double learn_deaths(const workload *load, uint32_t n_areas, const float *events, const float *deaths,
                           const scalar_constants *of, uint32_t c, scalar_particle *p) {
    double count[WORKLOAD_MOST_AREAS], ratio[WORKLOAD_MOST_AREAS], size[WORKLOAD_MOST_AREAS];
    double level_sd = load->size_level_sd, effect_sd = load->size_effect_sd, gammas = 0;
    double effect = exp(p->level[c] + (p->level_variance[c] - level_sd * level_sd) / 2);
    double average = load->deaths_per_event * effect, sure = fmin(load->sure_death, average), more = average - sure;
    double variance = p->level_variance[c] + effect_sd * effect_sd, part = p->level_variance[c] / variance;
    uint32_t n = 0;
    for (uint32_t a = 0; a < n_areas; a++) {
        if (!(events[a] > 0))
            continue;
        double N = (double)events[a], mean = average * N;
        double beyond = more * more * N * N * of[a].inverse_deaths_size - sure * sure * N;
        count[n] = (double)deaths[a];
        size[n] = mean * mean / fmax(beyond, 0.01 * mean * mean);
        ratio[n] = mean / size[n];
        if (count[n] > 0)
            gammas += log_rising(size[n], count[n]) - of[a].log_factorial_deaths;
        n++;
    }
    if (n == 0)
        return 0;
    learned l = learn_shared(n, count, ratio, size, variance);
    p->level[c] += part * (l.mean + variance / 2);
    p->level_variance[c] -= part * part * fmax(0, variance - l.variance);
    return l.log_density + gammas;
}

static double learn_events(const workload *load, uint32_t n, const float *events, const scalar_constants *of,
                           uint32_t c, double mu, scalar_particle *p) {
    double count[WORKLOAD_MOST_AREAS], ratio[WORKLOAD_MOST_AREAS], size[WORKLOAD_MOST_AREAS], mean[WORKLOAD_MOST_AREAS];
    double *x = p->cell + (size_t)c * n, *x_variance = x + (size_t)WORKLOAD_CHANNELS * n;
    double variance = p->y_variance[c] + log(1 + 1 / load->channel_size), part = p->y_variance[c] / variance;
    double national = mu * exp(p->y[c] + (p->y_variance[c] - load->cell_sd * load->cell_sd) / 2);
    for (uint32_t a = 0; a < n; a++) {
        count[a] = (double)events[a];
        mean[a] = national * exp(x[a] + x_variance[a] / 2);
        size[a] = matched_size(x_variance[a], load->cell_size);
        ratio[a] = mean[a] / size[a];
    }
    learned l = learn_shared(n, count, ratio, size, variance);
    double log_density = l.log_density, h = exp(l.mean + l.variance / 2), inverse_size = 1 / load->cell_size;
    p->y[c] += part * (l.mean + variance / 2);
    p->y_variance[c] -= part * part * fmax(0, variance - l.variance);
    for (uint32_t a = 0; a < n; a++) {
        /* The gamma functions of the matched negative binomial fall out of shared density and correction. */
        double odds = h * ratio[a];
        learned own = learn_cell(count[a], h * mean[a] * inverse_size, load->cell_size, x_variance[a]);
        log_density += own.log_density + (size[a] + count[a]) * log(1 + odds);
        if (count[a] > 0)
            log_density += of[a].log_coefficient_events - count[a] * log(odds);
        x[a] += x_variance[a] / 2 + own.mean;
        x_variance[a] = own.variance;
    }
    return log_density;
}

static void move(const workload *load, uint32_t n, bool is_first, uint32_t c, scalar_particle *p) {
    double pull = load->channel_persistence, sigma = load->channel_sd, s = load->cell_sd;
    double rho = is_first ? 0 : load->cell_persistence, kept = is_first ? 0 : load->size_level_persistence;
    double rho_2 = rho * rho, added = (1 - rho_2) * s * s;
    double *x = p->cell + (size_t)c * n, *x_variance = x + (size_t)WORKLOAD_CHANNELS * n;
    p->y[c] = pull * p->y[c] - sigma * sigma / 2;
    p->y_variance[c] = pull * pull * p->y_variance[c] + sigma * sigma;
    p->level[c] = kept * p->level[c];
    p->level_variance[c] =
        kept * kept * p->level_variance[c] + (1 - kept * kept) * load->size_level_sd * load->size_level_sd;
    for (uint32_t a = 0; a < n; a++) {
        x[a] = rho * x[a];
        x_variance[a] = rho_2 * x_variance[a] + added;
    }
}

double scalar_month_smart(const workload *load, const scalar_data *data, const scalar_constants *constants, uint32_t t,
                          scalar_particle *p) {
    double log_density = 0;
    uint32_t n = data->n_areas;
    for (uint32_t c = 0; c < WORKLOAD_CHANNELS; c++) {
        size_t first = ((size_t)t * WORKLOAD_CHANNELS + c) * n;
        const float *events = data->events + first, *deaths = data->deaths + first;
        double mu = load->mean * exp(WORKLOAD_RATE_SD * p->z[c]);
        move(load, n, t == 0, c, p);
        log_density += learn_deaths(load, n, events, deaths, constants + first, c, p);
        log_density += learn_events(load, n, events, constants + first, c, mu, p);
    }
    return log_density;
}
