/* A month of the scalar filter as the equations have it. */
#include "scalar_filter.h"

#include <math.h>

enum { SHARED_NODES = 7, CELL_NODES = 5, SHARED_STEPS = 5, CELL_STEPS = 3 };

/* Gauss-Hermite nodes x and weights w (Abramowitz & Stegun, table 25.10). */
static const double shared_node[SHARED_NODES] = {-2.651961356835233, -1.673551628767471, -0.816287882858965, 0,
                                                 0.816287882858965,  1.673551628767471,  2.651961356835233};
static const double shared_weight[SHARED_NODES] = {9.71781245099519e-4, 5.45155828191270e-2, 4.25607252610128e-1,
                                                   8.10264617556807e-1, 4.25607252610128e-1, 5.45155828191270e-2,
                                                   9.71781245099519e-4};
static const double cell_node[CELL_NODES] = {-2.020182870456086, -0.958572464613819, 0, 0.958572464613819,
                                             2.020182870456086};
static const double cell_weight[CELL_NODES] = {1.99532420590459e-2, 3.93619323152241e-1, 9.45308720482942e-1,
                                               3.93619323152241e-1, 1.99532420590459e-2};

static const double pi = 3.14159265358979323846;

/** What was learned about the log of a factor. */
typedef struct learned {
    double log_density, mean, variance;
} learned;

static double log_negbin(double count, double mean, double size) {
    return lgamma(count + size) - lgamma(size) - lgamma(count + 1) + count * log(mean / (mean + size)) -
           size * log1p(mean / size);
}

static double log_normal_density(double x, double mean, double variance) {
    return -0.5 * (x - mean) * (x - mean) / variance - 0.5 * log(2 * pi * variance);
}

/** Size of the negative binomial with the variance of NegBin(mean exp(u), size), u ~ N(-v/2, v). */
static double matched_size(double variance, double size) {
    double relative = expm1(variance);
    return 1 / (relative + (1 + relative) / size);
}

/** Mode of log h and the curvature there. */
static double mode_of(uint32_t n, const double *count, const double *mean, const double *size, double variance,
                      int n_steps, double *curvature) {
    double t = -variance / 2;
    for (int step = 0; step < n_steps; step++) {
        double h = exp(t), slope = -(t + variance / 2) / variance;
        *curvature = 1 / variance;
        for (uint32_t i = 0; i < n; i++) {
            double share = h * mean[i] / (size[i] + h * mean[i]), pulled = (size[i] + count[i]) * share;
            slope += count[i] - pulled;
            *curvature += pulled * (1 - share);
        }
        t += fmax(-1, fmin(1, slope / *curvature));
    }
    return t;
}

/** Counts that share the factor h, log h ~ N(-v/2, v), by quadrature around the mode. */
static learned integrate(uint32_t n, const double *count, const double *mean, const double *size, double variance,
                         int n_steps, int n_nodes, const double *node, const double *weight) {
    double v = fmax(variance, 1e-6), curvature = 0, mode = mode_of(n, count, mean, size, v, n_steps, &curvature);
    double sd = 1 / sqrt(curvature), logs[SHARED_NODES], most = -INFINITY, sum = 0, first = 0, second = 0;
    for (int j = 0; j < n_nodes; j++) {
        double x = mode + sqrt(2) * sd * node[j];
        logs[j] = log_normal_density(x, -v / 2, v) + node[j] * node[j];
        for (uint32_t i = 0; i < n; i++)
            logs[j] += log_negbin(count[i], exp(x) * mean[i], size[i]);
        most = fmax(most, logs[j]);
    }
    for (int j = 0; j < n_nodes; j++) {
        double x = mode + sqrt(2) * sd * node[j], p = weight[j] * exp(logs[j] - most);
        sum += p;
        first += p * x;
        second += p * x * x;
    }
    first /= sum;
    return (learned){.log_density = most + log(sqrt(2) * sd * sum),
                     .mean = first,
                     .variance = fmax(0, second / sum - first * first)};
}

static learned learn_shared(uint32_t n, const double *count, const double *mean, const double *size, double variance) {
    return integrate(n, count, mean, size, variance, SHARED_STEPS, SHARED_NODES, shared_node, shared_weight);
}

/** Deaths of the areas with events; the level of deaths per event takes its share of what is learned. */
static double learn_deaths(const workload *load, const scalar_data *data, const float *events, const float *deaths,
                           uint32_t c, scalar_particle *p) {
    double count[WORKLOAD_MOST_AREAS], mean[WORKLOAD_MOST_AREAS], size[WORKLOAD_MOST_AREAS];
    double level_sd = load->size_level_sd, effect_sd = load->size_effect_sd;
    double effect = exp(p->level[c] + (p->level_variance[c] - level_sd * level_sd) / 2);
    double average = load->deaths_per_event * effect, sure = fmin(load->sure_death, average), more = average - sure;
    double variance = p->level_variance[c] + effect_sd * effect_sd, part = p->level_variance[c] / variance;
    uint32_t n = 0;
    for (uint32_t a = 0; a < data->n_areas; a++) {
        if (!(events[a] > 0))
            continue;
        double N = (double)events[a];
        double beyond = more * more * N * N / (load->deaths_size * pow(N, load->deaths_size_power)) - sure * sure * N;
        count[n] = (double)deaths[a];
        mean[n] = average * N;
        size[n] = mean[n] * mean[n] / fmax(beyond, 0.01 * mean[n] * mean[n]);
        n++;
    }
    if (n == 0)
        return 0;
    learned l = learn_shared(n, count, mean, size, variance);
    p->level[c] += part * (l.mean + variance / 2);
    p->level_variance[c] -= part * part * fmax(0, variance - l.variance);
    return l.log_density;
}

/** Events of all areas of a channel: y, then x cell by cell. */
static double learn_events(const workload *load, const scalar_data *data, const float *events, uint32_t c,
                           const double *mu, scalar_particle *p) {
    double count[WORKLOAD_MOST_AREAS], mean[WORKLOAD_MOST_AREAS], size[WORKLOAD_MOST_AREAS];
    uint32_t n = data->n_areas;
    double *x = p->cell + (size_t)c * n, *x_variance = x + (size_t)WORKLOAD_CHANNELS * n;
    double variance = p->y_variance[c] + log1p(1 / load->channel_size), part = p->y_variance[c] / variance;
    for (uint32_t a = 0; a < n; a++) {
        double above = (p->y_variance[c] + x_variance[a] - load->cell_sd * load->cell_sd) / 2;
        count[a] = (double)events[a];
        mean[a] = mu[a] * exp(p->y[c] + x[a] + above);
        size[a] = matched_size(x_variance[a], load->cell_size);
    }
    learned l = learn_shared(n, count, mean, size, variance);
    double log_density = l.log_density, h = exp(l.mean + l.variance / 2);
    p->y[c] += part * (l.mean + variance / 2);
    p->y_variance[c] -= part * part * fmax(0, variance - l.variance);
    for (uint32_t a = 0; a < n; a++) {
        double expected = h * mean[a], k = load->cell_size;
        learned own =
            integrate(1, &count[a], &expected, &k, x_variance[a], CELL_STEPS, CELL_NODES, cell_node, cell_weight);
        log_density += own.log_density - log_negbin(count[a], expected, size[a]);
        x[a] += x_variance[a] / 2 + own.mean;
        x_variance[a] = own.variance;
    }
    return log_density;
}

/** Before the data: means and variances move. */
static void move(const workload *load, const scalar_data *data, bool is_first, uint32_t c, scalar_particle *p) {
    uint32_t n = data->n_areas;
    double pull = load->channel_persistence, sigma = load->channel_sd, s = load->cell_sd;
    double rho = is_first ? 0 : load->cell_persistence, kept = is_first ? 0 : load->size_level_persistence;
    double *x = p->cell + (size_t)c * n, *x_variance = x + (size_t)WORKLOAD_CHANNELS * n;
    p->y[c] = pull * p->y[c] - sigma * sigma / 2;
    p->y_variance[c] = pull * pull * p->y_variance[c] + sigma * sigma;
    p->level[c] = kept * p->level[c];
    p->level_variance[c] =
        kept * kept * p->level_variance[c] + (1 - kept * kept) * load->size_level_sd * load->size_level_sd;
    for (uint32_t a = 0; a < n; a++) {
        x[a] = rho * x[a];
        x_variance[a] = rho * rho * x_variance[a] + (1 - rho * rho) * s * s;
    }
}

/** Expected events at all multipliers 1; everybody is everywhere, nobody controls anything. */
static double intensity_of(const workload *load, uint32_t c, double z) {
    double S = load->strength, held = 0;
    if (c < WORKLOAD_DYADS)
        return workload_battle_rate(load) * exp(WORKLOAD_RATE_SD * z) / (1 + exp((load->relation + 0.1) / 0.1)) * 2 *
               S * S / (S + S);
    double kernel = 256.0 / 27 * pow(held, 3) * (1 - held) + load->indiscriminate * pow(1 - held, 3);
    return workload_one_sided_rate(load) * exp(WORKLOAD_RATE_SD * z) * S * kernel;
}

double scalar_month_ordinary(const workload *load, const scalar_data *data, const scalar_constants *constants,
                             uint32_t t, scalar_particle *p) {
    double log_density = 0, mu[WORKLOAD_MOST_AREAS];
    (void)constants;
    for (uint32_t c = 0; c < WORKLOAD_CHANNELS; c++) {
        size_t first = ((size_t)t * WORKLOAD_CHANNELS + c) * data->n_areas;
        const float *events = data->events + first, *deaths = data->deaths + first;
        move(load, data, t == 0, c, p);
        for (uint32_t a = 0; a < data->n_areas; a++)
            mu[a] = intensity_of(load, c, p->z[c]);
        log_density += learn_deaths(load, data, events, deaths, c, p);
        log_density += learn_events(load, data, events, c, mu, p);
    }
    return log_density;
}
