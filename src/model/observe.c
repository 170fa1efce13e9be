/* A month with data: nothing is drawn that was seen.
 *
 * Located events of a channel, with g_N the share of events that is located, mu' the intensity at the multipliers' means:
 *   n_i ~ Poisson(h g_i g_N mu'_i);  h = e^y gamma_c relative to its mean, log-normal;  g_i = e^x gamma_ic relative to its
 *   mean, taken for a gamma of equal variance, size 1/(1/a + (1 + 1/a)/k_N) with a = 1/(exp(var x) - 1)
 * The density integrates h and g (closure_integrate). Then
 *   y takes its share var y / (var y + log(1 + 1/k_C)) of what h has learned, and
 *   x is learned cell by cell at the mean of h given all areas (closure_cell), the month's own shock gamma_ic integrated; the
 *   density is corrected by what the gamma gets wrong there.
 * Deaths given events: negative binomial of mean m h N and size matched to the mechanism's D = A + D', h the slow level of
 * deaths per event times the month's effect, integrated in the same way; the level takes its share of what h has learned.
 * Deaths that are known of the country but not located (by UCDP type) are negative binomial around what all channels of the
 * type expect beyond the located part; they move y and the level, and are spread over areas in proportion to what was expected there.
 */
#include "model/observe.h"

#include "model/closure.h"
#include "model/lanes.h"

enum { TYPES = 3, STATE_BASED = 0, NON_STATE = 1, ONE_SIDED = 2 };

/** Named rows of scratch. */
typedef struct rows {
    real *ratio, *size;         /* [area]: of negative binomials, mean / size and size */
    real *of_type[TYPES];       /* observed over expected rest */
    real *rest, *rest_variance; /* [channel]: deaths expected beyond the located ones, and their variance */
    real *variance, *log_mean, *log_variance, *h, *share, *expected, *spread, *factor, *carry_deaths, *carry_events;
    uint32_t *scratch; /* [area] */
} rows;

static rows rows_of(const model_step *s) {
    uint32_t n_areas = s->m->n_areas, n_channels = s->m->n_channels, row = 0;
    rows r;
    r.scratch = (uint32_t *)step_scratch(s, row), row += (n_areas + LANES - 1) / LANES;
    r.ratio = step_scratch(s, row), row += n_areas;
    r.size = step_scratch(s, row), row += n_areas;
    r.rest = step_scratch(s, row), row += n_channels;
    r.rest_variance = step_scratch(s, row), row += n_channels;
    real **singles[] = {&r.variance, &r.log_mean, &r.log_variance, &r.h,           &r.share, &r.expected,
                        &r.spread,   &r.factor,   &r.carry_deaths, &r.carry_events};
    for (uint32_t type = 0; type < TYPES; type++)
        r.of_type[type] = step_scratch(s, row++);
    for (size_t i = 0; i < sizeof singles / sizeof singles[0]; i++)
        *singles[i] = step_scratch(s, row++);
    return r;
}

static double *density_row(const model_step *s, uint32_t row) {
    return s->tile->densities + (size_t)row * s->n_lanes;
}

/** Located events of channel c: their density, and y and x given them. Leaves the mean of h in r->h. */
static void located_events(const model_step *s, uint32_t c, const rows *r) {
    const model *m = s->m;
    const model_observed *seen = s->tile->observed;
    uint32_t n = s->n_lanes, n_areas = m->n_areas;
    const real *k_c = step_parameter(s, EVENTS_CHANNEL_SIZE, c), *k_n = step_parameter(s, EVENTS_CELL_SIZE, c);
    real *y = step_row(s, ROW_channel_log, c), *y_variance = step_row(s, ROW_channel_variance, c);
    real share = (real)seen->event_share[c];
    lanes_fill(r->h, 1, n);
    for (uint32_t a = 0; a < n_areas; a++) {
        const real *intensity = step_row(s, ROW_intensity, c * n_areas + a);
        const real *x_variance = step_row(s, ROW_cell_variance, c * n_areas + a);
        real *ratio = r->ratio + (size_t)a * n, *size = r->size + (size_t)a * n;
        for (uint32_t lane = 0; lane < n; lane++) {
            real inverse = closure_inverse_size(x_variance[lane], k_n[lane]);
            size[lane] = 1 / inverse;
            ratio[lane] = share * intensity[lane] * inverse;
        }
    }
    if (!(share > 0))
        return;
    for (uint32_t lane = 0; lane < n; lane++)
        r->variance[lane] = y_variance[lane] + lane_log(1 + 1 / k_c[lane]);
    const closure_counts counts = {.n_cells = n_areas,
                                   .n_lanes = n,
                                   .count = seen->events + (size_t)c * n_areas,
                                   .ratio = r->ratio,
                                   .size = r->size,
                                   .variance = r->variance};
    const closure_posterior posterior = {
        .log_density = density_row(s, c), .log_mean = r->log_mean, .log_variance = r->log_variance};
    KERNEL(closure_integrate)(&counts, r->scratch, &posterior);
    for (uint32_t lane = 0; lane < n; lane++) {
        real part = y_variance[lane] / r->variance[lane];
        y[lane] += part * (r->log_mean[lane] + r->variance[lane] / 2);
        y_variance[lane] -= part * part * lane_max(0, r->variance[lane] - r->log_variance[lane]);
        r->h[lane] = lane_exp(r->log_mean[lane] + r->log_variance[lane] / 2);
    }
}

/** x of the cells of channel c given their counts, and what to expect of the rest of the month's deaths there. */
static void cells(const model_step *s, uint32_t c, const rows *r) {
    const model *m = s->m;
    const model_observed *seen = s->tile->observed;
    uint32_t n = s->n_lanes, n_areas = m->n_areas;
    const real *k_n = step_parameter(s, EVENTS_CELL_SIZE, c), *m_c = step_parameter(s, EVENTS_DEATHS_PER_EVENT, c);
    const real *k_d = step_parameter(s, EVENTS_DEATHS_SIZE, c), *power = step_parameter(s, EVENTS_DEATHS_SIZE_POWER, 0);
    const real *effect = step_row(s, ROW_size_effect, c);
    real share = (real)seen->event_share[c], rest_share = 1 - (real)seen->death_share[c];
    real *total = r->rest + (size_t)c * n, *variance = r->rest_variance + (size_t)c * n;
    real *expected = r->expected, *before = r->spread;
    real *whole = r->factor, *grown = r->carry_events; /* not in use yet */
    double *density = density_row(s, c);
    lanes_fill(total, 0, n);
    lanes_fill(variance, 0, n);
    for (uint32_t a = 0; a < n_areas; a++) {
        uint32_t cell = c * n_areas + a;
        const real *intensity = step_row(s, ROW_intensity, cell);
        real *x = step_row(s, ROW_cell_log, cell), *x_variance = step_row(s, ROW_cell_variance, cell);
        real *rest = step_row(s, ROW_deaths_now, cell), count = (real)seen->events[cell];
        const real *size = r->size + (size_t)a * n, *unequal = k_d;
        uint32_t any_beyond_one = 0;
        for (uint32_t lane = 0; lane < n; lane++) {
            expected[lane] = r->h[lane] * share * intensity[lane];
            before[lane] = x_variance[lane];
            /* The part of the month's whole intensity that is not located. */
            whole[lane] =
                rest_share * r->h[lane] * intensity[lane] * (size[lane] + count) / (size[lane] + expected[lane]);
            any_beyond_one |= whole[lane] > 1;
        }
        if (any_beyond_one) { /* a power of 1 is 1 */
            for (uint32_t lane = 0; lane < n; lane++)
                grown[lane] = k_d[lane] * lane_power(lane_max(1, whole[lane]), power[lane]);
            unequal = grown;
        }
        for (uint32_t lane = 0; lane < n; lane++) {
            real deaths = whole[lane] * m_c[lane] * effect[lane];
            rest[lane] = deaths;
            total[lane] += deaths;
            variance[lane] +=
                deaths * (1 + m_c[lane]) + deaths * deaths * (1 / (size[lane] + count) + 1 / unequal[lane]);
        }
        if (!(share > 0))
            continue;
        const closure_one one = {.n_lanes = n,
                                 .count = seen->events[cell],
                                 .mean = expected,
                                 .size = k_n,
                                 .matched = size,
                                 .variance = x_variance,
                                 .log_mean = r->log_mean,
                                 .correction = density};
        KERNEL(closure_cell)(&one);
        for (uint32_t lane = 0; lane < n; lane++)
            x[lane] += before[lane] / 2 + r->log_mean[lane];
    }
}

/** Located deaths of channel c given its events: their density, and the month's effect on deaths per event. */
static void located_deaths(const model_step *s, uint32_t c, const rows *r) {
    const model *m = s->m;
    const model_observed *seen = s->tile->observed;
    uint32_t n = s->n_lanes, n_areas = m->n_areas, n_active = seen->n_active[c];
    const uint32_t *active = seen->active + (size_t)c * n_areas;
    const real *per_event = step_parameter(s, EVENTS_DEATHS_PER_EVENT, c),
               *sure = step_parameter(s, EVENTS_SURE_DEATH, c);
    const real *k_d = step_parameter(s, EVENTS_DEATHS_SIZE, c), *power = step_parameter(s, EVENTS_DEATHS_SIZE_POWER, 0);
    const real *effect_sd = step_parameter(s, EVENTS_SIZE_EFFECT_SD, 0);
    const real *level_sd = step_parameter(s, EVENTS_SIZE_LEVEL_SD, 0);
    real *effect = step_row(s, ROW_size_effect, c), *level = step_row(s, ROW_size_level, c);
    real *level_variance = step_row(s, ROW_size_level_variance, c);
    for (uint32_t lane = 0; lane < n; lane++)
        effect[lane] = lane_exp(level[lane] + (level_variance[lane] - level_sd[lane] * level_sd[lane]) / 2);
    if (!(seen->event_share[c] > 0) || n_active == 0)
        return;
    real located = (real)(seen->death_share[c] / seen->event_share[c]);
    for (uint32_t j = 0; j < n_active; j++) {
        real count = (real)seen->events[(size_t)c * n_areas + active[j]];
        real *ratio = r->ratio + (size_t)j * n, *size = r->size + (size_t)j * n;
        for (uint32_t lane = 0; lane < n; lane++) {
            real average = per_event[lane] * located * effect[lane], first = lane_min(sure[lane], average),
                 more = average - first, mean = average * count;
            /* Variance beyond the mean, over the square of the mean, of A + D': the first part is less than Poisson. */
            real beyond =
                more * more * count * count / (k_d[lane] * lane_power(count, power[lane])) - first * first * count;
            real inverse = lane_max(beyond / (mean * mean), (real)0.01);
            size[lane] = 1 / inverse;
            ratio[lane] = mean * inverse;
        }
    }
    for (uint32_t lane = 0; lane < n; lane++)
        r->variance[lane] = level_variance[lane] + effect_sd[lane] * effect_sd[lane];
    const closure_counts counts = {.n_cells = n_active,
                                   .n_lanes = n,
                                   .count = seen->active_deaths + (size_t)c * n_areas,
                                   .ratio = r->ratio,
                                   .size = r->size,
                                   .variance = r->variance};
    const closure_posterior posterior = {
        .log_density = density_row(s, m->n_channels + c), .log_mean = r->log_mean, .log_variance = r->log_variance};
    KERNEL(closure_integrate)(&counts, r->scratch, &posterior);
    for (uint32_t lane = 0; lane < n; lane++) {
        real part = r->variance[lane] > 0 ? level_variance[lane] / r->variance[lane] : 0;
        level[lane] += part * (r->log_mean[lane] + r->variance[lane] / 2);
        level_variance[lane] -= part * part * lane_max(0, r->variance[lane] - r->log_variance[lane]);
        effect[lane] *= lane_exp(r->log_mean[lane] + r->log_variance[lane] / 2);
    }
}

/** Share of channel c's deaths that UCDP counts under `type` this month, by who rules; into r->share. A dated change of
 *  ruler splits the month by days. */
static void type_share(const model_step *s, uint32_t c, uint32_t type, const rows *r) {
    const model *m = s->m;
    uint32_t n = s->n_lanes;
    if (m->channel_one_sided[c] || type == ONE_SIDED) {
        lanes_fill(r->share, m->channel_one_sided[c] && type == ONE_SIDED, n);
        return;
    }
    uint32_t f = (uint32_t)m->channel_a[c], g = (uint32_t)m->channel_b[c];
    int32_t old = m->ruler_before[s->i_month];
    real days = (real)m->ruler_day_share[s->i_month];
    bool before = old >= 0 && (step_family(s, f) == step_family(s, (uint32_t)old) ||
                               step_family(s, g) == step_family(s, (uint32_t)old));
    lanes_is_ruler(s, f, r->share);
    lanes_is_ruler(s, g, r->factor);
    for (uint32_t lane = 0; lane < n; lane++) {
        real rules = lane_max(r->share[lane], r->factor[lane]);
        real state_based = days < 1 ? days * before + (1 - days) * rules : rules;
        r->share[lane] = type == STATE_BASED ? state_based : 1 - state_based;
    }
}

/** What a log multiplier that moves the share r->share of a national factor takes of what the factor has learned: covariance
 *  over the factor's variance 1/size (r->spread). Both have mean 1, so that their logs begin at minus half their variance. */
static void regress(const rows *r, real *restrict value, real *restrict variance, uint32_t n) {
    for (uint32_t lane = 0; lane < n; lane++) {
        real part = lane_min(r->share[lane] * variance[lane] * r->spread[lane], 1);
        value[lane] += part * (r->log_mean[lane] + r->log_variance[lane] / 2);
        variance[lane] = lane_max(variance[lane] - part * part * r->log_variance[lane], 0);
    }
}

/** Deaths of the country of one type that are not located: their density, and y and the level of deaths per event given them.
 *  What the channels expected is scaled to them. */
static void rest_of_type(const model_step *s, uint32_t type, const rows *r) {
    const model *m = s->m;
    uint32_t n = s->n_lanes;
    double deaths = s->tile->observed->rest_deaths[type], of_deaths = lane_log_gamma(deaths + 1);
    double *density = density_row(s, 2 * m->n_channels + type);
    const real *effect_sd = step_parameter(s, EVENTS_SIZE_EFFECT_SD, 0);
    /* Deaths that fit no channel are always possible: half a death a month, so that no count is impossible. */
    lanes_fill(r->expected, (real)0.5, n);
    lanes_fill(r->spread, (real)0.5, n);
    for (uint32_t c = 0; c < m->n_channels; c++) {
        const real *rest = r->rest + (size_t)c * n, *variance = r->rest_variance + (size_t)c * n;
        const real *y_variance = step_row(s, ROW_channel_variance, c), *k_c = step_parameter(s, EVENTS_CHANNEL_SIZE, c);
        const real *level_variance = step_row(s, ROW_size_level_variance, c);
        type_share(s, c, type, r);
        for (uint32_t lane = 0; lane < n; lane++) {
            real own = r->share[lane] * rest[lane];
            r->expected[lane] += own;
            r->spread[lane] +=
                r->share[lane] * variance[lane] +
                own * own *
                    (y_variance[lane] + 1 / k_c[lane] + level_variance[lane] + effect_sd[lane] * effect_sd[lane]);
        }
    }
    for (uint32_t lane = 0; lane < n; lane++) {
        real mean = r->expected[lane], beyond = lane_max(r->spread[lane] - mean, (real)0.001 * mean * mean);
        double size = (double)(mean * mean / beyond), ratio = (double)mean / size;
        density[lane] = lane_log_gamma(deaths + size) - lane_log_gamma(size) - of_deaths +
                        deaths * (double)lane_log((real)ratio) - (deaths + size) * (double)lane_log((real)(1 + ratio));
        r->spread[lane] = (real)size;
        /* log of the factor that a gamma of this size has learned */
        r->log_mean[lane] = lane_log((real)((size + deaths) / (size + (double)mean)));
        r->log_variance[lane] = (real)(1 / size - 1 / (size + deaths));
    }
    for (uint32_t c = 0; c < m->n_channels; c++) {
        const real *rest = r->rest + (size_t)c * n;
        type_share(s, c, type, r);
        for (uint32_t lane = 0; lane < n; lane++)
            r->share[lane] *= rest[lane] / r->expected[lane];
        regress(r, step_row(s, ROW_channel_log, c), step_row(s, ROW_channel_variance, c), n);
        regress(r, step_row(s, ROW_size_level, c), step_row(s, ROW_size_level_variance, c), n);
    }
}

/** The rest of channel c's deaths in all areas: what was expected there times `factor`; with the located counts it becomes the
 *  month's events and deaths. Whole numbers whose sum is right: what rounding takes is carried to the next area. */
static void allot(const model_step *s, uint32_t c, const rows *r, const real *restrict factor) {
    const model *m = s->m;
    const model_observed *seen = s->tile->observed;
    uint32_t n = s->n_lanes, n_areas = m->n_areas;
    const real *m_c = step_parameter(s, EVENTS_DEATHS_PER_EVENT, c);
    lanes_fill(r->carry_deaths, 0, n);
    lanes_fill(r->carry_events, 0, n);
    for (uint32_t a = 0; a < n_areas; a++) {
        uint32_t cell = c * n_areas + a;
        real *dead = step_row(s, ROW_deaths_now, cell), *events = step_row(s, ROW_events_now, cell);
        real located = (real)seen->events[cell], located_dead = (real)seen->deaths[cell];
        for (uint32_t lane = 0; lane < n; lane++) {
            real rest = factor[lane] * dead[lane], rest_events = rest / m_c[lane] + r->carry_events[lane];
            rest += r->carry_deaths[lane];
            real whole = lane_whole(lane_max(rest, 0)), whole_events = lane_whole(lane_max(rest_events, 0));
            r->carry_deaths[lane] = rest - whole;
            r->carry_events[lane] = rest_events - whole_events;
            dead[lane] = located_dead + whole;
            events[lane] = located + whole_events;
        }
    }
}

/** Observed over expected rest of each type, into r->of_type; 1 where a type is not observed. */
static void factors_of_types(const model_step *s, const rows *r) {
    const model *m = s->m;
    uint32_t n = s->n_lanes;
    for (uint32_t type = 0; type < TYPES; type++) {
        real *factor = r->of_type[type];
        double deaths = s->tile->observed->rest_deaths[type];
        lanes_fill(factor, 1, n);
        if (!(deaths >= 0))
            continue;
        lanes_fill(r->expected, (real)0.5, n);
        for (uint32_t c = 0; c < m->n_channels; c++) {
            const real *rest = r->rest + (size_t)c * n;
            type_share(s, c, type, r);
            for (uint32_t lane = 0; lane < n; lane++)
                r->expected[lane] += r->share[lane] * rest[lane];
        }
        for (uint32_t lane = 0; lane < n; lane++)
            factor[lane] = (real)deaths / r->expected[lane];
    }
}

/** Factor on channel c's expected rest. */
static void rest_factor(const model_step *s, uint32_t c, const rows *r, real *restrict out) {
    uint32_t n = s->n_lanes;
    lanes_fill(out, 0, n);
    for (uint32_t type = 0; type < TYPES; type++) {
        type_share(s, c, type, r);
        for (uint32_t lane = 0; lane < n; lane++)
            out[lane] += r->share[lane] * r->of_type[type][lane];
    }
}

/** Civilians among the dead: not seen, and what they are expected to be stands for them. A draw would only add noise to what
 *  follows from them. */
static void civilians(const model_step *s, uint32_t c) {
    const model *m = s->m;
    uint32_t n = s->n_lanes;
    const real *share = step_parameter(s, EVENTS_CIVILIAN_SHARE, c);
    for (uint32_t a = 0; a < m->n_areas; a++) {
        const real *dead = step_row(s, ROW_deaths_now, c * m->n_areas + a);
        real *out = step_row(s, ROW_civilians_now, c * m->n_areas + a);
        for (uint32_t lane = 0; lane < n; lane++)
            out[lane] = m->channel_one_sided[c] ? dead[lane] : share[lane] * dead[lane];
    }
}

void KERNEL(events_observe)(const model_step *s) {
    const model *m = s->m;
    uint32_t n = s->n_lanes;
    rows r = rows_of(s);
    for (size_t i = 0; i < (size_t)model_density_rows(m) * n; i++)
        s->tile->densities[i] = 0;
    for (uint32_t c = 0; c < m->n_channels; c++) {
        located_deaths(s, c, &r);
        located_events(s, c, &r);
        cells(s, c, &r);
    }
    bool has_rest = false;
    for (uint32_t c = 0; c < m->n_channels; c++)
        has_rest |= s->tile->observed->death_share[c] < 1;
    for (uint32_t type = 0; has_rest && type < TYPES; type++)
        if (s->tile->observed->rest_deaths[type] >= 0)
            rest_of_type(s, type, &r);
    if (has_rest)
        factors_of_types(s, &r);
    for (uint32_t c = 0; c < m->n_channels; c++) {
        real *factor = r.ratio; /* type_share uses r.factor */
        lanes_fill(factor, 0, n);
        if (has_rest)
            rest_factor(s, c, &r, factor);
        allot(s, c, &r, factor);
        civilians(s, c);
    }
}
