/* A month of the scalar filter with everything moved out of the inner loops that can be, and the short ways of docs/adr/0015
 * and 0028: an empty cell that expects next to nothing is a negative binomial, one that expects little keeps its nodes, and the
 * density of all cells is a series. */
#include "scalar_filter.h"

#include <math.h>
#include <stdbool.h>

enum { NODES = 5, PAIRS = NODES / 2, MOST_STEPS = 5, DEGREE = 8 };
#define REACH 1.75

/* sqrt(2) x > 0 of Gauss-Hermite quadrature, and w exp(x^2) from the centre outwards. */
static const double node[PAIRS] = {1.3556261799742659, 2.8569700138728056};
static const double weight[PAIRS + 1] = {0.945308720482942, 0.986580996751429, 1.18148862553599};

static const double little = 0.1, scarce = 2; /* events */

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

/** Node j, in standard deviations. */
static double away_of(int j) {
    return j < PAIRS ? -node[PAIRS - 1 - j] : j > PAIRS ? node[j - PAIRS - 1] : 0;
}

/** h at the nodes, outermost first: exp(t + sd node) with one exponential for two nodes. */
static void at_nodes(double h, double sd, double *out) {
    out[PAIRS] = h;
    for (int j = 0; j < PAIRS; j++) {
        double away = exp(sd * node[j]);
        out[PAIRS - 1 - j] = h / away;
        out[PAIRS + 1 + j] = h * away;
    }
}

/** Sums the nodes' log posteriors; the mean is relative to t. */
static learned sum_nodes(const double *logs, double sd) {
    double centre = logs[PAIRS], sum = weight[0], first = 0, second = 0;
    for (int j = 0; j < PAIRS; j++) {
        double below = weight[j + 1] * exp(logs[PAIRS - 1 - j] - centre);
        double above = weight[j + 1] * exp(logs[PAIRS + 1 + j] - centre), off = sd * node[j];
        sum += below + above;
        first += (above - below) * off;
        second += (above + below) * off * off;
    }
    first /= sum;
    double spread = second / sum - first * first;
    return (learned){.log_density = centre + log(sum), .mean = first, .variance = spread > 0 ? spread : 0};
}

/** Coefficients of sum k log(1 + h r) in powers of log h - t, from sums of k x^j and k x^j y over the cells: docs/adr/0028. */
static void series_of(const double *even, const double *odd, double *out) {
    out[2] = even[0] / 2;
    out[3] = odd[0] / 6;
    out[4] = (even[0] - 6 * even[1]) / 24;
    out[5] = (odd[0] - 12 * odd[1]) / 120;
    out[6] = (even[0] - 30 * even[1] + 120 * even[2]) / 720;
    out[7] = (odd[0] - 60 * odd[1] + 360 * odd[2]) / 5040;
    out[8] = (even[0] - 126 * even[1] + 1680 * even[2] - 5040 * even[3]) / 40320;
}

/** Cells that are looked at one by one, and sums over the others. */
typedef struct sorted {
    uint32_t rest[WORKLOAD_MOST_AREAS], n_rest;
    double s1, s2, s3, total;
} sorted;

/** Log density of the counts at the nodes, cell by cell: where they are far from the mode. */
static void logs_by_cells(const sorted *of, const double *count, const double *ratio, const double *size,
                          const double *nodes, double *logs) {
    for (uint32_t k = 0; k < of->n_rest; k++) {
        uint32_t i = of->rest[k];
        for (int j = 0; j < NODES; j++)
            logs[j] -= (size[i] + count[i]) * log(1 + nodes[j] * ratio[i]);
    }
}

/** The same by the series around the mode, where the factor is h. */
static void logs_by_series(const sorted *of, const double *count, const double *ratio, const double *size, double h,
                           double sd, double *logs) {
    double even[4] = {0}, odd[3] = {0}, term[DEGREE + 1] = {0};
    for (uint32_t k = 0; k < of->n_rest; k++) {
        uint32_t i = of->rest[k];
        double odds = h * ratio[i], both = size[i] + count[i], other = 1 / (1 + odds), p = odds * other;
        double x = p * other, y = other - p, power = both * x;
        term[0] += both * log(1 + odds);
        term[1] += both * p;
        for (int j = 0; j < 4; j++, power *= x) {
            even[j] += power;
            if (j < 3)
                odd[j] += power * y;
        }
    }
    series_of(even, odd, term);
    for (int j = 0; j < NODES; j++) {
        double away = sd * away_of(j), sum = 0;
        for (int k = DEGREE; k >= 0; k--)
            sum = sum * away + term[k];
        logs[j] -= sum;
    }
}

/** Counts that share a factor, without the gamma functions and factorials of their densities. Empty cells that expect
 *  little enter as the series of their logarithms. */
static learned learn_shared(uint32_t n, const double *count, const double *ratio, const double *size, double v) {
    double t = -v / 2, h = exp(t), inverse = 1 / v, curvature = inverse, with_h = 0, move = 1;
    sorted of = {.n_rest = 0};
    for (uint32_t i = 0; i < n; i++) {
        double first = size[i] * ratio[i];
        if (count[i] == 0 && first < little && ratio[i] < little) {
            of.s1 += first;
            of.s2 += first * ratio[i];
            of.s3 += first * ratio[i] * ratio[i];
        } else {
            of.rest[of.n_rest++] = i;
        }
        if (count[i] > 0) {
            of.total += count[i];
            with_h += count[i] * log(ratio[i]);
        }
    }
    double s1 = of.s1, s2 = of.s2, s3 = of.s3;
    for (int step = 0; step < MOST_STEPS && fabs(move) > 0.1; step++) { /* any point near the mode will do */
        double slope = of.total - (t + v / 2) * inverse - h * (s1 - h * (s2 - h * s3));
        curvature = inverse + h * (s1 - h * (2 * s2 - 3 * h * s3));
        for (uint32_t k = 0; k < of.n_rest; k++) {
            uint32_t i = of.rest[k];
            double odds = h * ratio[i], other = 1 / (1 + odds), pulled = (size[i] + count[i]) * odds * other;
            slope -= pulled;
            curvature += pulled * other;
        }
        move = fmax(-1, fmin(1, slope / curvature));
        t += move;
        h = exp(t);
    }
    double sd = 1 / sqrt(curvature), nodes[NODES], logs[NODES];
    at_nodes(h, sd, nodes);
    for (int j = 0; j < NODES; j++) {
        double x = t + sd * away_of(j), g = nodes[j];
        logs[j] = of.total * x - (x + v / 2) * (x + v / 2) * inverse / 2 - g * (s1 - g * (s2 / 2 - g * s3 / 3));
    }
    if (sd * node[PAIRS - 1] <= REACH)
        logs_by_series(&of, count, ratio, size, h, sd, logs);
    else
        logs_by_cells(&of, count, ratio, size, nodes, logs);
    learned l = sum_nodes(logs, sd);
    l.mean += t;
    l.log_density += with_h + log(sd / sqrt(3.14159265358979323846 * v));
    return l;
}

/** A cell on its own. */
static const sorted only = {.n_rest = 1};

/** One cell, log factor u ~ N(-v/2, v); log_density without the gamma function and factorial. */
static learned learn_cell(double count, double ratio, double size, double v) {
    double t = -v / 2, h = exp(t), inverse = 1 / v, curvature = inverse, both = size + count;
    for (int step = 0; step < MOST_STEPS; step++) {
        double odds = h * ratio, rest = 1 / (1 + odds), pulled = both * odds * rest;
        curvature = inverse + pulled * rest;
        double move = fmax(-1, fmin(1, (count - pulled - (t + v / 2) * inverse) / curvature));
        t += move;
        h = exp(t);
        if (fabs(move) < 0.1 / sqrt(curvature)) /* any point near the mode will do */
            break;
    }
    double sd = 1 / sqrt(curvature), nodes[NODES], logs[NODES];
    for (int j = 0; j < NODES; j++) {
        double u = t + sd * away_of(j), z = u + v / 2;
        logs[j] = count * u - z * z * inverse / 2;
    }
    if (sd * node[PAIRS - 1] <= REACH) {
        logs_by_series(&only, &count, &ratio, &size, h, sd, logs);
    } else {
        at_nodes(h, sd, nodes);
        logs_by_cells(&only, &count, &ratio, &size, nodes, logs);
    }
    learned l = sum_nodes(logs, sd);
    l.mean += t;
    l.log_density += log(sd / sqrt(3.14159265358979323846 * v)) + (count > 0 ? count * log(ratio) : 0);
    return l;
}

/** An empty cell that expects little: the nodes stay where they are before the count. */
static learned learn_scarce(double ratio, double size, double v) {
    double sd = sqrt(v), nodes[NODES], logs[NODES];
    at_nodes(exp(-v / 2), sd, nodes);
    for (int j = 0; j < NODES; j++) {
        double away = away_of(j);
        logs[j] = -size * log(1 + nodes[j] * ratio) - away * away / 2;
    }
    learned l = sum_nodes(logs, sd);
    l.mean -= v / 2;
    l.log_density -= 0.5723649429247001; /* log(pi) / 2 */
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
        double odds = h * ratio[a], expected = h * mean[a], v = x_variance[a];
        if (count[a] == 0 && expected < little) { /* its own law is the matched one */
            double pulled = expected / (1 + odds);
            x[a] -= v * pulled;
            x_variance[a] = v - v * v * pulled / (1 + odds);
            continue;
        }
        bool is_scarce = count[a] == 0 && expected * (1 + 1 / size[a]) <= scarce;
        double own_ratio = expected * inverse_size;
        learned own = is_scarce ? learn_scarce(own_ratio, load->cell_size, v)
                                : learn_cell(count[a], own_ratio, load->cell_size, v);
        log_density += own.log_density + (size[a] + count[a]) * log(1 + odds);
        if (count[a] > 0)
            log_density += of[a].log_coefficient_events - count[a] * log(odds);
        x[a] += v / 2 + own.mean;
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
