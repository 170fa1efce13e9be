/* The particle filter; see filter.h. */
#include "infer/filter.h"

#include "base/memory.h"
#include "base/threads.h"
#include "infer/reports.h"
#include "infer/resample.h"
#include "infer/surprise.h"
#include "random/elementary.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct filter {
    const model *m;
    const evidence *e;
    filter_options options;
    const model_kernel *kernel;
    thread_pool *pool;
    random_key key;
    uint32_t n_particles, n_lanes, n_tiles, n_workers, n_density_rows; /* reports are the last rows */
    size_t kept_rows;                           /* of a tile that a particle consists of: state and parameters */
    size_t own_rows;                            /* the first ones, in which particles differ */
    real *cloud, *next;                         /* [tile][kept row][lane] */
    real **scratch;                             /* [worker] */
    double *densities;                          /* [tile][density row][lane] */
    double *cells;                              /* [tile][channel][area][2][lane] when foresight is asked for */
    double *log_weight, *month_weight;          /* [particle] before and of the month */
    double *prior;                              /* [particle] exp of log_weight but for a factor */
    double log_mean;                            /* log of the mean of exp(log_weight) */
    double *total;                              /* [particle] sum of its densities */
    double *row_log_likelihood, *row_effective; /* [density row] */
    uint64_t *weight;                           /* [particle] */
    uint32_t *ancestors;                        /* [month][particle]: of the particles after the month */
    filter_month *months;
    float *z, *next_z; /* [coordinate][n_slots] */
    model_coordinates coordinates;
    uint32_t n_done;
    double log_likelihood;
    /* of the month that runs */
    uint32_t i_month;
    bool is_observed, is_simulated; /* with data; without, from the start */
    const ensemble_observer *observers;
    size_t n_observers;
};

static size_t tile_size(const filter *f) {
    return f->kept_rows * f->n_lanes;
}

/** Numbers in f->cells of one tile. */
static size_t tile_cells(const filter *f) {
    return (size_t)f->m->n_channels * f->m->n_areas * 2 * f->n_lanes;
}

static model_tile tile_of(const filter *f, uint32_t i_tile, uint32_t worker) {
    real *state = f->cloud + i_tile * tile_size(f);
    return (model_tile){
        .m = f->m,
        .state = state,
        .parameters = state + (size_t)f->m->n_rows * f->n_lanes,
        .scratch = f->scratch[worker],
        .n_lanes = f->n_lanes,
        .first_slot = i_tile * f->n_lanes,
        .key = f->key,
        .observed = f->is_observed ? &f->e->months[f->i_month] : NULL,
        .densities = f->densities + (size_t)i_tile * f->n_density_rows * f->n_lanes,
        .cells = f->cells && f->is_observed ? f->cells + i_tile * tile_cells(f) : NULL,
        .coordinates = f->options.coordinates ? &f->coordinates : NULL,
    };
}

static tsr_status allocate(filter *f, tsr_error *error) {
    size_t n_slots = (size_t)f->n_tiles * f->n_lanes;
    f->cloud = memory_rows(f->n_tiles * tile_size(f) * sizeof(real));
    f->next = memory_rows(f->n_tiles * tile_size(f) * sizeof(real));
    f->densities = memory_rows(f->n_density_rows * n_slots * sizeof(double));
    if (f->options.foresight)
        f->cells = memory_rows(f->n_tiles * tile_cells(f) * sizeof(double));
    f->log_weight = calloc(n_slots, sizeof *f->log_weight);
    f->month_weight = calloc(n_slots, sizeof *f->month_weight);
    f->prior = calloc(n_slots, sizeof *f->prior);
    f->total = calloc(n_slots, sizeof *f->total);
    f->row_log_likelihood = calloc(f->n_density_rows, sizeof *f->row_log_likelihood);
    f->row_effective = calloc(f->n_density_rows, sizeof *f->row_effective);
    f->weight = calloc(n_slots, sizeof *f->weight);
    f->ancestors = calloc((size_t)f->e->n_months * f->n_particles + 1, sizeof *f->ancestors);
    f->months = calloc(f->e->n_months + 1, sizeof *f->months);
    f->scratch = calloc(f->n_workers, sizeof *f->scratch);
    const filter_coordinates *c = f->options.coordinates;
    f->z = calloc(n_slots, (c ? c->n : 0) * sizeof *f->z + 1);
    f->next_z = calloc(n_slots, (c ? c->n : 0) * sizeof *f->z + 1);
    if (c)
        f->coordinates = (model_coordinates){
            .n = c->n_values, .parameter = c->parameter, .coordinate = c->coordinate, .z = f->z, .stride = n_slots};
    bool complete = f->z && f->next_z && f->cloud && f->next && f->densities && f->log_weight && f->month_weight &&
                    f->weight && f->ancestors && f->months && f->scratch && f->prior && f->total &&
                    f->row_log_likelihood && f->row_effective && (f->cells || !f->options.foresight);
    for (uint32_t i = 0; complete && i < f->n_workers; i++) {
        f->scratch[i] = memory_rows((size_t)model_scratch_rows(f->m) * f->n_lanes * sizeof(real));
        complete = f->scratch[i] != NULL;
    }
    if (!complete)
        return FAIL(error, TSR_E_MEMORY, "no memory for a cloud of %u particles of %zu numbers", f->n_particles,
                    f->kept_rows);
    return TSR_OK;
}

static bool parameters_differ(const filter_options *options, const model *m) {
    bool differ = options->coordinates != NULL;
    for (uint32_t k = 0; k < m->n_parameters; k++)
        differ |= m->parameters[k].spread > 0;
    return differ;
}

tsr_status filter_create(const model *m, const evidence *e, const filter_options *options, filter **out,
                         tsr_error *error) {
    tsr_status status = TSR_OK;
    if (options->n_particles < LANES || options->n_particles > 1u << 22)
        return FAIL(error, TSR_E_USAGE, "particles is %u; it must be 16 to 4194304", options->n_particles);
    if (options->n_lanes % LANES != 0 || options->n_lanes > 128)
        return FAIL(error, TSR_E_USAGE, "lanes is %u; it must be a multiple of 16 up to 128", options->n_lanes);
    if (m->substeps != 1)
        return FAIL(error, TSR_E_USAGE, "a filter has one sub-step a month; the model has %u", m->substeps);
    filter *f = calloc(1, sizeof *f);
    if (!f)
        return FAIL(error, TSR_E_MEMORY, "no memory for the filter");
    f->m = m;
    f->e = e;
    f->options = *options;
    f->n_particles = options->n_particles;
    f->n_density_rows = model_density_rows(m) + REPORT_ROWS;
    f->kept_rows = (size_t)m->n_rows + m->n_parameters;
    f->own_rows = parameters_differ(options, m) ? f->kept_rows : m->n_rows;
    f->kernel = options->own_kernel;
    if (!f->kernel)
        TRY(ensemble_kernel(options->kernel, &f->kernel, error));
    f->key = f->kernel->key(options->seed, options->purpose, options->replicate);
    TRY(thread_pool_create(options->n_threads, &f->pool, error));
    f->n_workers = thread_pool_size(f->pool);
    f->n_lanes = options->n_lanes ? options->n_lanes : ensemble_lanes(m, f->n_particles, f->n_workers);
    f->n_tiles = (f->n_particles + f->n_lanes - 1) / f->n_lanes;
    TRY(allocate(f, error));
    *out = f;
out:
    if (status != TSR_OK)
        filter_free(f);
    return status;
}

void filter_free(filter *f) {
    if (!f)
        return;
    thread_pool_free(f->pool);
    for (uint32_t i = 0; f->scratch && i < f->n_workers; i++)
        free(f->scratch[i]);
    free(f->scratch);
    free(f->cloud);
    free(f->next);
    free(f->densities);
    free(f->cells);
    free(f->log_weight);
    free(f->month_weight);
    free(f->prior);
    free(f->total);
    free(f->row_log_likelihood);
    free(f->row_effective);
    free(f->weight);
    free(f->ancestors);
    free(f->months);
    free(f->z);
    free(f->next_z);
    free(f);
}

/** One step of coordinate j of a tile. */
static void move(filter *f, const model_tile *tile, uint32_t month, uint32_t j, double kept, double sd) {
    random_address address = {.key = f->key, .first_slot = tile->first_slot, .month = month};
    float *z = f->z + j * f->coordinates.stride + tile->first_slot;
    real step[128];
    KERNEL(random_normal_rows)(&address, USE_PERTURB, 4 * j, 1, tile->n_lanes, step);
    for (uint32_t lane = 0; lane < tile->n_lanes; lane++)
        z[lane] = (float)(kept * (double)z[lane] + sd * (double)step[lane]);
}

static bool is_of_start(const filter_coordinates *c, uint32_t j) {
    return c->is_of_start && c->is_of_start[j];
}

/** Steps before the start, of the coordinates that it is made with: as far as others go in all months. */
static void perturb_start(filter *f, const model_tile *tile) {
    const filter_coordinates *c = f->options.coordinates;
    for (uint32_t j = 0; c && c->perturb_sd > 0 && j < c->n; j++)
        if (is_of_start(c, j)) /* month 0: no month's address */
            move(f, tile, 0, j, 1, c->perturb_sd * sqrt((double)f->e->n_months));
}

static tsr_status start_tile(void *user, uint64_t task, uint32_t worker, tsr_error *error) {
    (void)error;
    filter *f = user;
    model_tile tile = tile_of(f, (uint32_t)task, worker);
    perturb_start(f, &tile);
    f->kernel->start(&tile);
    /* Rows in which particles do not differ are not copied when they are resampled. */
    size_t n_own = f->own_rows * f->n_lanes;
    memcpy(f->next + task * tile_size(f) + n_own, tile.state + n_own, (tile_size(f) - n_own) * sizeof(real));
    return TSR_OK;
}

/** Coordinates and weights of the start; slots beyond the last particle repeat it. */
static tsr_status start_coordinates(filter *f, tsr_error *error) {
    resample_weights start;
    const filter_coordinates *c = f->options.coordinates;
    for (uint32_t j = 0; c && j < c->n; j++) {
        float *z = f->z + j * f->coordinates.stride;
        for (size_t slot = 0; slot < f->coordinates.stride; slot++)
            z[slot] = c->z[(size_t)j * f->n_particles + (slot < f->n_particles ? slot : f->n_particles - 1)];
    }
    for (uint32_t i = 0; i < f->n_particles; i++) {
        f->log_weight[i] = 0;
        for (uint32_t j = 0; c && c->weigh_prior && j < c->n; j++) {
            double z = (double)f->z[j * f->coordinates.stride + i];
            f->log_weight[i] -= z * z / 2;
        }
    }
    tsr_status status = resample_weigh(f->log_weight, f->n_particles, f->weight, &start, error);
    for (uint32_t i = 0; status == TSR_OK && i < f->n_particles; i++)
        f->prior[i] = (double)f->weight[i];
    f->log_mean = status == TSR_OK ? start.log_mean : NAN;
    return status;
}

static bool moves(const filter_coordinates *c) {
    return c && (c->perturb_sd > 0 || c->persistence > 0);
}

/** A step of every coordinate of a tile that matters in all months, before one of them. */
static void perturb(filter *f, model_tile *tile) {
    const filter_coordinates *c = f->options.coordinates;
    uint32_t month = (uint32_t)(f->m->first_month + (int32_t)f->i_month);
    double kept = c->persistence > 0 ? (f->i_month == 0 ? 0 : c->persistence) : 1;
    double sd = c->persistence > 0 ? sqrt(1 - kept * kept) : c->perturb_sd;
    for (uint32_t j = 0; j < c->n; j++)
        if (!is_of_start(c, j))
            move(f, tile, month, j, kept, sd);
    f->kernel->place(tile);
}

static tsr_status month_of_tile(void *user, uint64_t task, uint32_t worker, tsr_error *error) {
    filter *f = user;
    model_tile tile = tile_of(f, (uint32_t)task, worker);
    if ((f->is_observed || f->is_simulated) && moves(f->options.coordinates))
        perturb(f, &tile);
    f->kernel->month(&tile, f->i_month);
    tsr_status status = ensemble_check_tile(f->kernel, &tile, f->n_particles, f->i_month, error);
    if (status != TSR_OK)
        return status;
    for (size_t k = 0; k < f->n_observers; k++)
        f->observers[k].month(f->observers[k].user, &tile, f->i_month);
    if (!f->is_observed)
        return TSR_OK;
    reports_weigh(f->e, &tile, f->i_month, tile.densities + (size_t)model_density_rows(f->m) * f->n_lanes);
    double *total = f->total + tile.first_slot;
    for (uint32_t lane = 0; lane < f->n_lanes; lane++)
        total[lane] = 0;
    for (uint32_t row = 0; row < f->n_density_rows; row++)
        for (uint32_t lane = 0; lane < f->n_lanes; lane++)
            total[lane] += tile.densities[(size_t)row * f->n_lanes + lane];
    return TSR_OK;
}

/** New particles from their ancestors: whole columns of the cloud, but for the rows that the next month writes first. */
static tsr_status copy_tile(void *user, uint64_t task, uint32_t worker, tsr_error *error) {
    (void)worker;
    (void)error;
    filter *f = user;
    const uint32_t *ancestors = f->ancestors + (size_t)f->i_month * f->n_particles;
    uint32_t first = (uint32_t)task * f->n_lanes;
    model_descent d = {
        .cloud = f->cloud, .tile_size = tile_size(f), .n_lanes = f->n_lanes, .to = f->next + task * tile_size(f)};
    for (uint32_t lane = 0; lane < f->n_lanes; lane++) /* slots beyond the last particle repeat it */
        d.ancestors[lane] = ancestors[first + lane < f->n_particles ? first + lane : f->n_particles - 1];
    f->kernel->descend(&d, 0, f->m->n_rows - f->m->n_month_rows);
    f->kernel->descend(&d, f->m->n_rows, f->own_rows);
    for (uint32_t j = 0; f->options.coordinates && j < f->options.coordinates->n; j++) {
        const float *z = f->z + j * f->coordinates.stride;
        for (uint32_t lane = 0; lane < f->n_lanes; lane++)
            f->next_z[j * f->coordinates.stride + first + lane] = z[d.ancestors[lane]];
    }
    return TSR_OK;
}

/** A row of densities of the tile that begins with slot `first`. */
static const double *densities_of(const filter *f, uint32_t row, uint32_t first) {
    return f->densities + ((size_t)(first / f->n_lanes) * f->n_density_rows + row) * f->n_lanes;
}

static double density_of(const filter *f, uint32_t row, uint32_t slot) {
    return densities_of(f, row, slot - slot % f->n_lanes)[slot % f->n_lanes];
}

/** Of one row of densities alone: log of the mean of exp over particles as weighted before the month, and how many effective
 *  particles it would leave. */
static tsr_status weigh_row(void *user, uint64_t row, uint32_t worker, tsr_error *error) {
    (void)worker;
    (void)error;
    filter *f = user;
    double most = -INFINITY, sum = 0, squares = 0, before = 0;
    float weight[128];
    for (uint32_t first = 0; first < f->n_particles; first += f->n_lanes) {
        const double *density = densities_of(f, (uint32_t)row, first);
        for (uint32_t lane = 0; lane < f->n_lanes && first + lane < f->n_particles; lane++)
            most = f->prior[first + lane] > 0 && density[lane] > most ? density[lane] : most;
    }
    f->row_log_likelihood[row] = -INFINITY;
    f->row_effective[row] = 0;
    if (!(most > -INFINITY))
        return TSR_OK;
    for (uint32_t first = 0; first < f->n_particles; first += f->n_lanes) {
        const double *density = densities_of(f, (uint32_t)row, first);
        for (uint32_t lane = 0; lane < f->n_lanes; lane++)
            weight[lane] = lane_exp((float)(density[lane] - most));
        for (uint32_t lane = 0; lane < f->n_lanes && first + lane < f->n_particles; lane++) {
            double w = f->prior[first + lane] * (double)weight[lane];
            sum += w;
            squares += w * w;
            before += f->prior[first + lane];
        }
    }
    f->row_log_likelihood[row] = most + log(sum / before);
    f->row_effective[row] = sum * sum / squares;
    return TSR_OK;
}

static surprise surprise_of(const filter *f, uint32_t row) {
    return surprise_find(&(surprise_cloud){.m = f->m,
                                           .seen = &f->e->months[f->i_month],
                                           .tiles = f->cloud,
                                           .tile_size = tile_size(f),
                                           .n_particles = f->n_particles,
                                           .n_lanes = f->n_lanes,
                                           .weight = f->prior},
                         row);
}

/** What was least likely. */
static void find_worst(const filter *f, filter_month *month) {
    month->worst = 0;
    for (uint32_t row = 1; row < f->n_density_rows; row++)
        if (f->row_log_likelihood[row] < f->row_log_likelihood[month->worst])
            month->worst = row;
    month->worst_log_likelihood = f->row_log_likelihood[month->worst];
    month->worst_area = surprise_of(f, month->worst).area;
}

/** Which data leave the fewest particles. */
static void find_narrowest(const filter *f, filter_month *month) {
    month->narrowest = 0;
    for (uint32_t row = 1; row < f->n_density_rows; row++)
        if (f->row_effective[row] < f->row_effective[month->narrowest])
            month->narrowest = row;
    month->narrowest_effective = f->row_effective[month->narrowest];
    month->is_collapsed = month->effective < fmax(0.05 * f->n_particles, fmin(20, 0.5 * f->n_particles));
    month->narrowest_area = month->is_collapsed ? surprise_of(f, month->narrowest).area : f->m->n_areas;
}

/** What the month's data were beside what had been expected, as the error of a month that no particle survives. */
static void name_worst(const filter *f, const filter_month *month, tsr_error *error) {
    char row_name[96], place[256] = "", name[16];
    uint32_t row = month->worst, particle = 0;
    if (!error)
        return;
    month_text(f->m->first_month + (int32_t)f->i_month, name);
    bool is_number = true;
    for (uint32_t k = 0; k < f->n_density_rows && is_number; k++)
        for (uint32_t i = 0; i < f->n_particles && is_number; i++)
            if (isnan(density_of(f, k, i))) {
                is_number = false;
                row = k;
                particle = i;
            }
    surprise s = surprise_of(f, row);
    filter_row_name(f->m, row, row_name, sizeof row_name);
    if (s.area < f->m->n_areas)
        snprintf(place, sizeof place, ", most of all in %s: %.0f seen, %.3g expected (99 of 100 times %.0f to %.0f)",
                 world_string(f->m->w, world_areas(f->m->w, NULL)[s.area].name), s.seen, s.expected, s.low, s.high);
    if (is_number)
        snprintf(
            error->message, sizeof error->message,
            "no particle could produce the data of %s: least likely are the %s%s; the scenario makes impossible what "
            "was seen (a rate or a strength of 0, a faction founded later), or more particles are needed",
            name, row_name, place);
    else
        snprintf(error->message, sizeof error->message, "the probability of the %s is not a number in particle %u%s",
                 row_name, particle, place);
    if (is_number)
        error->origin = NULL; /* the scenario's contradiction, not a defect of ours */
    error->particle = particle;
    error->month_id = f->m->first_month + (int32_t)f->i_month;
}

static uint32_t count_different(const uint32_t *sorted, uint32_t n) {
    uint32_t different = n > 0;
    for (uint32_t i = 1; i < n; i++)
        different += sorted[i] != sorted[i - 1];
    return different;
}

uint32_t filter_count_different(const uint32_t *sorted, uint32_t n) {
    return count_different(sorted, n);
}

/** A uniform that belongs to the month and to no particle. */
static double resampling_uniform(const filter *f) {
    random_address address = {.key = f->key, .month = (uint32_t)(f->m->first_month + (int32_t)f->i_month)};
    float u[LANES];
    KERNEL(random_uniform_rows)(&address, USE_RESAMPLE, 0, 1, LANES, u);
    return (double)u[0];
}

/** Particles that are equally weighted, or weighted as after the month. */
static void keep_weights(filter *f, bool are_equal, const resample_weights *after) {
    for (uint32_t i = 0; i < f->n_particles; i++) {
        f->log_weight[i] = are_equal ? 0 : f->month_weight[i] - after->log_most;
        f->prior[i] = are_equal ? 1 : (double)f->weight[i];
    }
    f->log_mean = are_equal ? 0 : after->log_mean - after->log_most;
}

static tsr_status resample(filter *f, uint32_t *ancestors, uint64_t total, tsr_error *error) {
    tsr_status status = TSR_OK;
    resample_systematic(f->weight, f->n_particles, total, resampling_uniform(f), ancestors);
    TRY(thread_pool_run(f->pool, "resampling", f->n_tiles, copy_tile, f, NULL, error));
    real *old = f->cloud;
    f->cloud = f->next;
    f->next = old;
    float *old_z = f->z;
    f->z = f->next_z;
    f->next_z = old_z;
    f->coordinates.z = f->z;
    for (size_t k = 0; k < f->n_observers; k++)
        if (f->observers[k].resampled)
            TRY(f->observers[k].resampled(f->observers[k].user, ancestors, f->n_particles, error));
out:
    return status;
}

/** Weights of the month, and new particles when they have become too uneven. */
static tsr_status weigh_month(filter *f, bool is_last, tsr_error *error) {
    tsr_status status = TSR_OK;
    filter_month *month = &f->months[f->i_month];
    resample_weights after;
    uint32_t *ancestors = f->ancestors + (size_t)f->i_month * f->n_particles;
    if (f->cells)
        foresight_add(f->options.foresight, f->i_month,
                      &(foresight_month){.n_particles = f->n_particles,
                                         .n_lanes = f->n_lanes,
                                         .n_density_rows = f->n_density_rows,
                                         .log_weight = f->log_weight,
                                         .densities = f->densities,
                                         .cells = f->cells},
                      f->month_weight);
    for (uint32_t i = 0; i < f->n_particles; i++)
        f->month_weight[i] = f->log_weight[i] + f->total[i];
    TRY(thread_pool_run(f->pool, "weighing", f->n_density_rows, weigh_row, f, NULL, error));
    find_worst(f, month);
    status = resample_weigh(f->month_weight, f->n_particles, f->weight, &after, error);
    if (status != TSR_OK) {
        name_worst(f, month, error);
        return status;
    }
    month->log_likelihood = after.log_mean - f->log_mean;
    month->effective = after.effective;
    find_narrowest(f, month);
    f->log_likelihood += month->log_likelihood;
    double share = f->options.resample_below > 0 ? f->options.resample_below : 0.5;
    month->is_resampled = is_last || after.effective < share * f->n_particles;
    keep_weights(f, month->is_resampled, &after);
    month->n_ancestors = f->n_particles;
    if (month->is_resampled) {
        TRY(resample(f, ancestors, after.total, error));
        month->n_ancestors = count_different(ancestors, f->n_particles);
    } else {
        for (uint32_t i = 0; i < f->n_particles; i++)
            ancestors[i] = i;
    }
out:
    return status;
}

static void return_coordinates(const filter *f) {
    const filter_coordinates *c = f->options.coordinates;
    for (uint32_t j = 0; c && j < c->n; j++)
        memcpy(c->z + (size_t)j * f->n_particles, f->z + j * f->coordinates.stride, f->n_particles * sizeof(float));
}

tsr_status filter_run(filter *f, const ensemble_observer *observers, size_t n_observers, tsr_error *error) {
    tsr_status status = TSR_OK;
    f->observers = observers;
    f->n_observers = n_observers;
    TRY(start_coordinates(f, error));
    TRY(thread_pool_run(f->pool, "starting", f->n_tiles, start_tile, f, NULL, error));
    for (f->i_month = 0; f->i_month < f->e->n_months; f->i_month++) {
        if (f->options.hooks.cancelled && f->options.hooks.cancelled(f->options.hooks.user)) {
            status = FAIL(error, TSR_E_CANCELLED, "stopped after %u of %u months", f->i_month, f->e->n_months);
            goto out;
        }
        f->is_observed = true;
        TRY(thread_pool_run(f->pool, "filtering", f->n_tiles, month_of_tile, f, NULL, error));
        TRY(weigh_month(f, f->i_month + 1 == f->e->n_months, error));
        f->n_done = f->i_month + 1;
        if (f->options.hooks.progress)
            f->options.hooks.progress(f->options.hooks.user, "filtering", f->n_done, f->e->n_months);
    }
    f->is_observed = false;
    return_coordinates(f);
out:
    return status;
}

tsr_status filter_simulate(filter *f, const ensemble_observer *observers, size_t n_observers, tsr_error *error) {
    tsr_status status = TSR_OK;
    f->observers = observers;
    f->n_observers = n_observers;
    f->is_simulated = true;
    TRY(start_coordinates(f, error));
    TRY(thread_pool_run(f->pool, "starting", f->n_tiles, start_tile, f, NULL, error));
    for (f->i_month = 0; f->i_month < f->e->n_months; f->i_month++)
        TRY(thread_pool_run(f->pool, "simulating", f->n_tiles, month_of_tile, f, &f->options.hooks, error));
    return_coordinates(f);
out:
    f->is_simulated = false;
    return status;
}

void filter_restart(filter *f, uint64_t replicate) {
    f->options.replicate = replicate;
    f->key = f->kernel->key(f->options.seed, f->options.purpose, replicate);
    f->log_likelihood = 0;
    f->n_done = 0;
}

static tsr_status release_tile(void *user, uint64_t task, uint32_t worker, tsr_error *error) {
    (void)error;
    filter *f = user;
    model_tile tile = tile_of(f, (uint32_t)task, worker);
    f->kernel->release(&tile, f->n_done);
    return TSR_OK;
}

tsr_status filter_forecast(filter *f, const ensemble_observer *observers, size_t n_observers, tsr_error *error) {
    tsr_status status = TSR_OK;
    f->observers = observers;
    f->n_observers = n_observers;
    TRY(thread_pool_run(f->pool, "drawing multipliers", f->n_tiles, release_tile, f, NULL, error));
    for (f->i_month = f->n_done; f->i_month < f->m->n_months; f->i_month++)
        TRY(thread_pool_run(f->pool, "forecasting", f->n_tiles, month_of_tile, f, &f->options.hooks, error));
out:
    return status;
}

uint32_t filter_particles(const filter *f) {
    return f->n_particles;
}

double filter_log_likelihood(const filter *f) {
    return f->log_likelihood;
}

const filter_month *filter_months(const filter *f, uint32_t *n_months) {
    *n_months = f->n_done;
    return f->months;
}

void filter_draws(const filter *f, uint32_t i_month, uint32_t lag, uint32_t *draw) {
    /* The first month from i_month + lag on that was resampled: its particles have equal weights; the last one was. */
    uint32_t last = i_month + lag < f->n_done ? i_month + lag : f->n_done - 1;
    while (!f->months[last].is_resampled)
        last++;
    for (uint32_t i = 0; i < f->n_particles; i++) {
        draw[i] = i;
        for (uint32_t t = last + 1; t-- > i_month;)
            draw[i] = f->ancestors[(size_t)t * f->n_particles + draw[i]];
    }
}

void filter_row_name(const model *m, uint32_t row, char *out, size_t n) {
    static const char *const types[] = {"state-based", "non-state", "one-sided"};
    if (row < 2 * m->n_channels)
        snprintf(out, n, "%s of %s", row < m->n_channels ? "events" : "deaths",
                 world_string(m->w, world_channels(m->w, NULL)[row % m->n_channels].id));
    else if (row < 2 * m->n_channels + 3)
        snprintf(out, n, "%s deaths of the country", types[row - 2 * m->n_channels]);
    else
        snprintf(out, n, "%s", reports_row_name(row - model_density_rows(m)));
}
