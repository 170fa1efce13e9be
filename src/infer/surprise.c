/* What was seen beside what was expected; see surprise.h. */
#include "infer/surprise.h"

#include <math.h>

/** Weighted mean over particles of a row of the tiles. */
static double mean_of_row(const surprise_cloud *cloud, size_t row) {
    const real *lanes = cloud->tiles + row * cloud->n_lanes;
    double sum = 0, weights = 0;
    for (uint32_t first = 0; first < cloud->n_particles; first += cloud->n_lanes, lanes += cloud->tile_size)
        for (uint32_t lane = 0; lane < cloud->n_lanes && first + lane < cloud->n_particles; lane++) {
            sum += cloud->weight[first + lane] * (double)lanes[lane];
            weights += cloud->weight[first + lane];
        }
    return sum / weights;
}

static double state(const surprise_cloud *cloud, model_row_group group, uint32_t index) {
    return mean_of_row(cloud, cloud->m->first_row[group] + index);
}

/** Of the first particle: where particles differ in it, it stands for them. */
static double parameter_value(const surprise_cloud *cloud, const char *name, uint32_t c) {
    int32_t row = model_find_parameter(cloud->m, name, c);
    return row < 0 ? NAN : (double)cloud->tiles[(cloud->m->n_rows + (size_t)row) * cloud->n_lanes];
}

/** Seen and expected located events, or deaths given them, of one cell. @param share  expected per event, or per intensity */
static void compare(const surprise_cloud *cloud, uint32_t cell, bool is_deaths, double share, surprise *out) {
    const model_observed *data = cloud->seen;
    out->seen = (double)(is_deaths ? data->deaths[cell] : data->events[cell]);
    out->expected = share * (is_deaths ? (double)data->events[cell] : state(cloud, ROW_intensity, cell));
}

/** Variance beyond the mean, over the square of the mean. */
static double relative_variance(const surprise_cloud *cloud, uint32_t c, bool is_deaths, uint32_t a) {
    uint32_t cell = c * cloud->m->n_areas + a;
    double events = fmax(1, (double)cloud->seen->events[cell]);
    if (is_deaths)
        return 1 / (parameter_value(cloud, "events.deaths_size", c) *
                    pow(events, parameter_value(cloud, "events.deaths_size_power", 0))) +
               state(cloud, ROW_size_level_variance, c) + pow(parameter_value(cloud, "events.size_effect_sd", 0), 2);
    double log_variance = state(cloud, ROW_cell_variance, cell) + state(cloud, ROW_channel_variance, c);
    return exp(log_variance) * (1 + 1 / parameter_value(cloud, "events.cell_size", c)) *
               (1 + 1 / parameter_value(cloud, "events.channel_size", c)) -
           1;
}

/** Quantiles .005 and .995 of a negative binomial by summing probabilities; far from 0 those of a normal. */
static void interval(double mean, double relative, surprise *out) {
    double size = 1 / relative, p = exp(-size * log1p(mean * relative)), sum = p;
    double sd = sqrt(mean + mean * mean * relative);
    out->low = fmax(0, floor(mean - 2.576 * sd));
    out->high = ceil(mean + 2.576 * sd);
    if (!(p > 1e-300) || !isfinite(mean))
        return;
    out->low = out->high = 0;
    for (double n = 0; n < 1e7; n++) {
        out->low = sum < 0.005 ? n + 1 : out->low;
        out->high = n;
        if (sum >= 0.995)
            break;
        p *= (n + size) / (n + 1) * mean / (mean + size);
        sum += p;
    }
}

surprise surprise_find(const surprise_cloud *cloud, uint32_t row) {
    const model *m = cloud->m;
    surprise worst = {.area = m->n_areas};
    double largest = -1;
    bool is_deaths = row >= m->n_channels;
    if (row >= 2 * m->n_channels)
        return worst;
    uint32_t c = row % m->n_channels;
    double share = (double)cloud->seen->event_share[c];
    if (is_deaths)
        share = share > 0 ? (double)cloud->seen->death_share[c] / share *
                                parameter_value(cloud, "events.deaths_per_event", c) * state(cloud, ROW_size_effect, c)
                          : 0;
    for (uint32_t a = 0; a < m->n_areas; a++) {
        surprise here = {.area = a};
        compare(cloud, c * m->n_areas + a, is_deaths, share, &here);
        double z = fabs(here.seen - here.expected) / sqrt(here.expected + here.expected * here.expected + 1e-6);
        if (z > largest) {
            largest = z;
            worst = here;
        }
    }
    if (worst.area < m->n_areas)
        interval(worst.expected, relative_variance(cloud, c, is_deaths, worst.area), &worst);
    return worst;
}
