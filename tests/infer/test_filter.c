/* The filter against exact answers: a grid in one dimension, a long brute-force filter in several, and what must not change
 * a bit. */
#include "draws.h"
#include "world.h"

#include "infer/filter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static double log_negbin(double n, double mean, double size) {
    return lgamma(n + size) - lgamma(size) - lgamma(n + 1) - size * log1p(mean / size) +
           (n > 0 ? n * log(mean / (mean + size)) : 0);
}

static const double hostility = 0.9996646498695336; /* 1/(1 + exp((-.9 + .1)/.1)) */

/* ---- runs ---- */

static void draw_data(const infer_world *c, panel *p, uint64_t seed) {
    double x[8], y = 0;
    generator = seed;
    assert_true(c->n_areas <= 8);
    for (uint32_t t = 0; t < c->n_months; t++) {
        y += t > 0 ? c->channel_sd * normal() - c->channel_sd * c->channel_sd / 2 : 0;
        double shock = gamma_variate(c->channel_size) / c->channel_size;
        for (uint32_t a = 0; a < c->n_areas; a++) {
            double rho = c->cell_persistence, s = c->cell_sd;
            x[a] = t == 0 ? s * normal() : rho * x[a] + s * sqrt(1 - rho * rho) * normal();
            double mean = c->rate * exp(y + x[a] - s * s / 2) * shock * gamma_variate(c->cell_size) / c->cell_size;
            p->events[panel_cell(p, t, 0, a)] = (uint32_t)poisson(mean);
        }
    }
}

enum { MOST_MONTHS = 72 };

/* Mean and variance of the first cell's log multiplier given the data up to a month, of the last run. */
static double cell_mean[MOST_MONTHS], cell_variance[MOST_MONTHS];

static void look(void *user, const model_tile *tile, uint32_t i_month) {
    (void)user;
    const model *m = tile->m;
    if (tile->first_slot > 0)
        return;
    cell_mean[i_month] = (double)tile->state[(size_t)m->first_row[ROW_cell_log] * tile->n_lanes];
    cell_variance[i_month] = (double)tile->state[(size_t)m->first_row[ROW_cell_variance] * tile->n_lanes];
}

/** Log likelihood of the events alone: deaths are left out of the evidence. */
static double filtered(const world *w, const panel *p, const filter_options *options, filter_month *months) {
    static const uint32_t none[1] = {0};
    tsr_error error = TSR_ERROR_INIT;
    model *m = NULL;
    evidence *e = NULL;
    filter *f = NULL;
    model_options choices = {.use_defaults = true, .whatif = WORLD_NONE, .last_month = w->last_observed, .substeps = 1};
    assert_int_equal(model_create(w, &choices, &m, &error), TSR_OK);
    assert_int_equal(evidence_create(m, p, NULL, &e, &error), TSR_OK);
    for (uint32_t t = 0; t < e->n_months; t++)
        e->months[t].n_active = none;
    if (filter_create(m, e, options, &f, &error) != TSR_OK ||
        filter_run(f, &(ensemble_observer){.month = look}, 1, &error) != TSR_OK)
        fail_msg("%s", error.message);
    double log_likelihood = filter_log_likelihood(f);
    uint32_t n;
    const filter_month *all = filter_months(f, &n);
    if (months)
        memcpy(months, all, n * sizeof *months);
    filter_free(f);
    evidence_free(e);
    model_free(m);
    return log_likelihood;
}

static const filter_options few = {.seed = 3, .purpose = RANDOM_TEST, .n_particles = 16, .n_threads = 1};

/* ---- one cell: a grid ---- */

enum { GRID = 801, MIDDLE = GRID / 2, MONTHS = MOST_MONTHS };

/** What the grid knows of x after each month. */
typedef struct grid_moments {
    double mean[MONTHS], sd[MONTHS];
} grid_moments;

/** Exact log likelihood of one cell's counts, the national multiplier known: x on a grid of six standard deviations. */
static double by_grid(const infer_world *c, const panel *p, grid_moments *out) {
    static double density[GRID], next[GRID];
    double s = c->cell_sd, rho = c->cell_persistence, width = 12 * s / (GRID - 1), sum = 0, total = 0;
    double innovation = s * sqrt(1 - rho * rho);
    for (int i = 0; i < GRID; i++) {
        double x = (i - MIDDLE) * width;
        density[i] = exp(-0.5 * x * x / (s * s));
        sum += density[i];
    }
    for (int i = 0; i < GRID; i++)
        density[i] /= sum;
    for (uint32_t t = 0; t < c->n_months; t++) {
        if (t > 0) {
            memset(next, 0, sizeof next);
            for (int i = 0; i < GRID; i++) {
                double mean = rho * (i - MIDDLE) * width, mass = 0;
                int reach = (int)(8 * innovation / width) + 1, centre = (int)lround(mean / width) + MIDDLE;
                for (int pass = 0; pass < 2; pass++)
                    for (int j = centre - reach; j <= centre + reach; j++) {
                        if (j < 0 || j >= GRID)
                            continue;
                        double z = ((j - MIDDLE) * width - mean) / innovation, step = exp(-0.5 * z * z);
                        if (pass == 0)
                            mass += step;
                        else
                            next[j] += density[i] * step / mass;
                    }
            }
            memcpy(density, next, sizeof density);
        }
        double n = p->events[panel_cell(p, t, 0, 0)], likelihood = 0;
        for (int i = 0; i < GRID; i++) {
            double x = (i - MIDDLE) * width;
            density[i] *= exp(log_negbin(n, c->rate * hostility * exp(x - s * s / 2), c->cell_size));
            likelihood += density[i];
        }
        double first = 0, second = 0;
        for (int i = 0; i < GRID; i++) {
            double x = (i - MIDDLE) * width;
            density[i] /= likelihood;
            first += density[i] * x;
            second += density[i] * x * x;
        }
        out->mean[t] = first;
        out->sd[t] = sqrt(second - first * first);
        total += log(likelihood);
    }
    return total;
}

/** Between closure and grid, the largest over five sets of data. */
typedef struct closure_errors {
    double probability; /**< of the mean log probability of a month's count [nat] */
    double mean, sd;    /**< root mean square over months: of the mean of x, in its sd, and of the log of its sd */
} closure_errors;

static closure_errors closure_error(double rate, double spoil) {
    infer_world c = {.n_areas = 1,
                     .n_months = MONTHS,
                     .rate = rate,
                     .cell_sd = 1.1,
                     .cell_persistence = 0.97,
                     .channel_sd = 0,
                     .cell_size = 8,
                     .channel_size = 1e5};
    grid_moments exact;
    closure_errors worst = {0};
    for (uint64_t seed = 1; seed <= 5; seed++) {
        world *w = infer_world_create(&c);
        panel *p = infer_panel_create(w);
        draw_data(&c, p, seed * 7919);
        infer_world believed = c;
        believed.cell_persistence *= spoil;
        double by_closure = filtered(w, p, &few, NULL), mean = 0, sd = 0;
        worst.probability = fmax(worst.probability, fabs(by_closure - by_grid(&believed, p, &exact)) / MONTHS);
        for (int t = 0; t < MONTHS; t++) {
            mean += pow((cell_mean[t] - exact.mean[t]) / exact.sd[t], 2) / MONTHS;
            sd += pow(log(sqrt(cell_variance[t]) / exact.sd[t]), 2) / MONTHS;
        }
        worst.mean = fmax(worst.mean, sqrt(mean));
        worst.sd = fmax(worst.sd, sqrt(sd));
        panel_free(p);
        free(w);
    }
    return worst;
}

/* What the closure costs: posteriors of multipliers are taken for log-normals, predictions for negative binomials. Measured
 * .001 to .0025 nat a month, and the moments as printed. No draws are compared: no false alarms. */
static const double closure_tolerance = 0.01, mean_tolerance = 0.08, sd_tolerance = 0.08;

static bool is_close(const closure_errors *e) {
    return e->probability < closure_tolerance && e->mean < mean_tolerance && e->sd < sd_tolerance;
}

static void one_cell_equals_grid(void **state) {
    (void)state;
    static const double rates[] = {0.05, 0.3, 2, 20};
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        closure_errors e = closure_error(rates[i], 1);
        print_message(
            "rate %5.2f: closure and grid differ by %.4f nat a month, by %.3f sd in the mean of x and by %.3f in the "
            "log of its sd\n",
            rates[i], e.probability, e.mean, e.sd);
        assert_true(is_close(&e));
    }
}

/* The sabotaged twin: a grid that believes in less persistence disagrees, in probability and in both moments. */
static void wrong_persistence_is_seen(void **state) {
    (void)state;
    closure_errors e = closure_error(2, 0.9);
    assert_true(e.probability > closure_tolerance && e.mean > mean_tolerance && e.sd > sd_tolerance);
}

/* ---- several cells: a plain bootstrap filter with very many particles ---- */

static double bootstrap(const infer_world *c, const panel *p, uint32_t n, uint64_t seed) {
    uint32_t A = c->n_areas;
    double(*x)[9] = calloc(n, sizeof *x), (*old)[9] = calloc(n, sizeof *old); /* the last one is y */
    double *w = calloc(n, sizeof *w), total = 0;
    assert_true(x && old && w);
    generator = seed;
    for (uint32_t t = 0; t < c->n_months; t++) {
        double most = -INFINITY, sum = 0;
        for (uint32_t i = 0; i < n; i++) {
            double s = c->cell_sd, rho = c->cell_persistence;
            x[i][8] += c->channel_sd * normal() - c->channel_sd * c->channel_sd / 2;
            double shock = gamma_variate(c->channel_size) / c->channel_size;
            w[i] = 0;
            for (uint32_t a = 0; a < A; a++) {
                x[i][a] = t == 0 ? s * normal() : rho * x[i][a] + s * sqrt(1 - rho * rho) * normal();
                double mean = c->rate * hostility * exp(x[i][8] + x[i][a] - s * s / 2) * shock;
                w[i] += log_negbin(p->events[panel_cell(p, t, 0, a)], mean, c->cell_size);
            }
            most = fmax(most, w[i]);
        }
        for (uint32_t i = 0; i < n; i++)
            sum += w[i] = exp(w[i] - most);
        total += most + log(sum / n);
        memcpy(old, x, n * sizeof *x);
        double u = uniform(), cumulative = w[0];
        for (uint32_t i = 0, k = 0; i < n; i++) {
            while (cumulative < (i + u) / n * sum && k + 1 < n)
                cumulative += w[++k];
            memcpy(x[i], old[k], sizeof *x);
        }
    }
    free(w);
    free(old);
    free(x);
    return total;
}

static void several_cells_equal_brute_force(void **state) {
    (void)state;
    infer_world c = {.n_areas = 3,
                     .n_months = 24,
                     .rate = 2,
                     .cell_sd = 0.8,
                     .cell_persistence = 0.97,
                     .channel_sd = 0.15,
                     .cell_size = 8,
                     .channel_size = 15};
    world *w = infer_world_create(&c);
    panel *p = infer_panel_create(w);
    draw_data(&c, p, 104729);
    double closure = filtered(w, p, &few, NULL);
    double exact[3], mean = 0;
    for (uint64_t i = 0; i < 3; i++)
        mean += exact[i] = bootstrap(&c, p, BOOTSTRAP_PARTICLES, 15485863 * (i + 1));
    mean /= 3;
    print_message("closure %.3f; brute force %.3f %.3f %.3f\n", closure, exact[0], exact[1], exact[2]);
    /* A few thousand particles (sanitizers) have an error of their own, some .2 a run and mostly downwards. */
    double own_error = BOOTSTRAP_PARTICLES < 100000 ? 0.5 : 0;
    assert_true(fabs(closure - mean) < closure_tolerance * c.n_months + own_error);
    panel_free(p);
    free(w);
}

/* ---- what was foreseen of every cell ---- */

static foresight *foreseen(const infer_world *c, const panel *p) {
    foresight *out;
    world *w = infer_world_create(c);
    filter_options options = few;
    assert_int_equal(foresight_create(c->n_months, 1, c->n_areas, &out, NULL), TSR_OK);
    options.foresight = out;
    options.n_particles = 40; /* the last tile is not full */
    filtered(w, p, &options, NULL);
    free(w);
    return out;
}

/** Difference, per month, of the log probability of one cell's counts from the grid's. */
static double foresight_error(double rate, double spoil) {
    infer_world c = {.n_areas = 1,
                     .n_months = MONTHS,
                     .rate = rate,
                     .cell_sd = 1.1,
                     .cell_persistence = 0.97,
                     .channel_sd = 0,
                     .cell_size = 8,
                     .channel_size = 1e5};
    grid_moments moments;
    double sum = 0;
    world *w = infer_world_create(&c);
    panel *p = infer_panel_create(w);
    draw_data(&c, p, 7919);
    foresight *f = foreseen(&c, p);
    infer_world believed = c;
    believed.cell_persistence *= spoil;
    double exact = by_grid(&believed, p, &moments);
    for (uint32_t t = 0; t < MONTHS; t++) {
        sum += f->cells[t];
        assert_true(fabs(f->channels[2 * (size_t)t] - f->channels[2 * (size_t)t + 1]) < 1e-12); /* one channel */
    }
    foresight_free(f);
    panel_free(p);
    free(w);
    return fabs(sum - exact) / MONTHS;
}

static void a_cell_alone_is_foreseen_as_by_grid(void **state) {
    (void)state;
    assert_true(foresight_error(0.3, 1) < closure_tolerance);
    assert_true(foresight_error(2, 1) < closure_tolerance);
    assert_true(foresight_error(2, 0.9) > closure_tolerance); /* the sabotaged twin */
}

/** Areas that share nothing: their log probabilities add up to the channel's. With a shared shock they do not. */
static void independent_cells_add_up(void **state) {
    (void)state;
    for (int is_shared = 0; is_shared < 2; is_shared++) {
        infer_world c = {.n_areas = 4,
                         .n_months = 36,
                         .rate = 4,
                         .cell_sd = 0.8,
                         .cell_persistence = 0.97,
                         .channel_sd = 0,
                         .cell_size = 8,
                         .channel_size = is_shared ? 2 : 1e5};
        world *w = infer_world_create(&c);
        panel *p = infer_panel_create(w);
        draw_data(&c, p, 104729);
        foresight *f = foreseen(&c, p);
        double difference = 0;
        for (uint32_t t = 0; t < c.n_months; t++) {
            difference += f->channels[2 * (size_t)t];
            for (uint32_t a = 0; a < c.n_areas; a++) {
                difference -= f->cells[(size_t)t * c.n_areas + a];
                assert_true(f->expected[(size_t)t * c.n_areas + a] > 0);
            }
        }
        print_message("shared %d: channel less cells %.3f nat\n", is_shared, difference);
        assert_true(is_shared ? difference > 5 : fabs(difference) < c.n_months * closure_tolerance);
        foresight_free(f);
        panel_free(p);
        free(w);
    }
}

/* ---- parameters that move ---- */

enum { DRIFTERS = 20000 };

/** Two coordinates of all particles after so many months without data. */
static void move(uint32_t n_months, filter_coordinates how, uint32_t n_threads, float *z) {
    static const uint32_t rows[2] = {0, 1}, coordinate[2] = {0, 1};
    infer_world c = {.n_areas = 1,
                     .n_months = n_months,
                     .rate = 1,
                     .cell_sd = 1,
                     .cell_persistence = 0.9,
                     .channel_sd = 0.1,
                     .cell_size = 8,
                     .channel_size = 15};
    world *w = infer_world_create(&c);
    panel *p = infer_panel_create(w);
    model *m = NULL;
    evidence *e = NULL;
    filter *f = NULL;
    how.n = how.n_values = 2;
    how.parameter = rows;
    how.coordinate = coordinate;
    how.z = z;
    filter_options options = {
        .seed = 5, .purpose = RANDOM_TEST, .n_particles = DRIFTERS, .n_threads = n_threads, .coordinates = &how};
    model_options choices = {.use_defaults = true, .whatif = WORLD_NONE, .last_month = w->last_observed, .substeps = 1};
    assert_int_equal(model_create(w, &choices, &m, NULL), TSR_OK);
    assert_int_equal(evidence_create(m, p, NULL, &e, NULL), TSR_OK);
    assert_int_equal(filter_create(m, e, &options, &f, NULL), TSR_OK);
    assert_int_equal(filter_simulate(f, NULL, 0, NULL), TSR_OK);
    filter_free(f);
    evidence_free(e);
    model_free(m);
    panel_free(p);
    free(w);
}

static double product(const float *a, const float *b) {
    double sum = 0;
    for (int i = 0; i < DRIFTERS; i++)
        sum += (double)a[i] * (double)b[i];
    return sum / DRIFTERS;
}

/** Standard normal in every month, with the persistence asked for. Bounds are five standard errors: 4 false alarms in ten million
 *  for each of 10 comparisons. */
static void drifting_parameters_keep_their_prior(void **state) {
    (void)state;
    static float after[4][2 * DRIFTERS], again[2 * DRIFTERS];
    const double bound = 5 / sqrt(DRIFTERS);
    for (uint32_t t = 1; t <= 3; t++)
        move(t, (filter_coordinates){.persistence = 0.8}, 1, after[t]);
    for (uint32_t t = 1; t <= 3; t++) {
        double mean = 0;
        for (int i = 0; i < DRIFTERS; i++)
            mean += (double)after[t][i] / DRIFTERS;
        assert_true(fabs(mean) < bound && fabs(product(after[t], after[t]) - 1) < sqrt(2) * bound);
    }
    assert_true(fabs(product(after[1], after[2]) - 0.8) < sqrt(2) * bound);
    assert_true(fabs(product(after[1], after[3]) - 0.64) < sqrt(2) * bound);
    assert_true(fabs(product(after[3], after[3] + DRIFTERS)) < bound);      /* two coordinates have nothing in common */
    assert_true(fabs(product(after[1], after[3]) - 0.8) > sqrt(2) * bound); /* the sabotaged twin: nothing is lost */
    move(3, (filter_coordinates){.persistence = 0.8}, 3, again);
    assert_memory_equal(again, after[3], sizeof again);
}

/** In iterated filtering a coordinate of the start moves once, before the start, as far as others do in all months. Bounds as above, 3
 *  comparisons. */
static void coordinates_of_the_start_move_once(void **state) {
    (void)state;
    static float one[2 * DRIFTERS], nine[2 * DRIFTERS];
    static const bool first[2] = {true, false};
    const filter_coordinates climbing = {.perturb_sd = 0.1, .is_of_start = first};
    const double bound = 5 / sqrt(DRIFTERS);
    move(1, climbing, 1, one);
    move(9, climbing, 1, nine);
    uint32_t n_same[2] = {0, 0};
    for (int j = 0; j < 2; j++) {
        const float *z = nine + (ptrdiff_t)j * DRIFTERS;
        assert_true(fabs(product(z, z) / 0.09 - 1) < sqrt(2) * bound);
        for (int i = 0; i < DRIFTERS; i++)
            n_same[j] += fabsf(z[i] - 3 * one[j * DRIFTERS + i]) < 1e-5F;
    }
    assert_true(fabs(product(nine, nine + DRIFTERS)) < 0.09 * bound);
    assert_int_equal(n_same[0], DRIFTERS);
    assert_true(n_same[1] < DRIFTERS / 100); /* the sabotaged twin: a coordinate of all months */
}

/* ---- sameness ---- */

static const infer_world some = {.n_areas = 4,
                                 .n_months = 12,
                                 .rate = 1,
                                 .cell_sd = 1,
                                 .cell_persistence = 0.97,
                                 .channel_sd = 0.1,
                                 .cell_size = 8,
                                 .channel_size = 15};

static bool spoil_cells; /* instead of the rows of a month */

static void spoiled_month(model_tile *tile, uint32_t i_month) {
    const model *m = tile->m;
    size_t first = spoil_cells ? m->first_row[ROW_cell_log] : m->n_rows - m->n_month_rows;
    size_t n = spoil_cells ? m->n_rows_of[ROW_cell_log] : m->n_month_rows;
    for (size_t i = first * tile->n_lanes; i < (first + n) * tile->n_lanes; i++)
        tile->state[i] = 0.5F;
    model_kernel_baseline.month(tile, i_month);
}

/** Particles do not inherit the rows of a month: what is in them before a month makes no difference. The sabotaged twin: what it knows of
 *  its cells does. */
static void rows_of_a_month_are_not_inherited(void **state) {
    (void)state;
    world *w = infer_world_create(&some);
    panel *p = infer_panel_create(w);
    draw_data(&some, p, 1299709);
    model_kernel spoiled = model_kernel_baseline;
    spoiled.month = spoiled_month;
    filter_options options = {
        .seed = 3, .purpose = RANDOM_TEST, .n_particles = 200, .n_threads = 1, .resample_below = 1};
    options.kernel = "baseline";
    double reference = filtered(w, p, &options, NULL);
    options.own_kernel = &spoiled;
    spoil_cells = false;
    assert_true(filtered(w, p, &options, NULL) == reference);
    spoil_cells = true;
    assert_true(filtered(w, p, &options, NULL) != reference);
    panel_free(p);
    free(w);
}

static void same_bits(void **state) {
    (void)state;
    world *w = infer_world_create(&some);
    panel *p = infer_panel_create(w);
    draw_data(&some, p, 1299709);
    filter_options options = {.seed = 3,
                              .purpose = RANDOM_TEST,
                              .n_particles = 200,
                              .n_threads = 1,
                              .n_lanes = 16,
                              .kernel = "baseline",
                              .resample_below = 1};
    double reference = filtered(w, p, &options, NULL);
    options.n_threads = 3;
    assert_true(filtered(w, p, &options, NULL) == reference);
    options.n_lanes = 128;
    assert_true(filtered(w, p, &options, NULL) == reference);
    static const char *const kernels[] = {"v3", "v4"};
    for (size_t i = 0; i < 2; i++) {
        const model_kernel *kernel;
        options.kernel = kernels[i];
        if (ensemble_kernel(kernels[i], &kernel, NULL) == TSR_OK)
            assert_true(filtered(w, p, &options, NULL) == reference);
    }
    panel_free(p);
    free(w);
}

/* ---- what cannot be is said ---- */

static void impossible_data_are_named(void **state) {
    (void)state;
    infer_world c = some;
    c.rate = 0; /* no intensity at all: an event cannot be */
    world *w = infer_world_create(&c);
    panel *p = infer_panel_create(w);
    p->events[panel_cell(p, 5, 0, 2)] = 3;
    tsr_error error = TSR_ERROR_INIT;
    model *m = NULL;
    evidence *e = NULL;
    filter *f = NULL;
    model_options choices = {.use_defaults = true, .whatif = WORLD_NONE, .last_month = w->last_observed, .substeps = 1};
    assert_int_equal(model_create(w, &choices, &m, &error), TSR_OK);
    assert_int_equal(evidence_create(m, p, NULL, &e, &error), TSR_OK);
    assert_int_equal(filter_create(m, e, &few, &f, &error), TSR_OK);
    assert_int_equal(filter_run(f, NULL, 0, &error), TSR_E_NUMERIC);
    assert_non_null(strstr(error.message, "events of government-rebels"));
    assert_non_null(strstr(error.message, "area 2: 3 seen, 0 expected (99 of 100 times 0 to 0)"));
    assert_non_null(strstr(error.message, "the data of 2015-06: "));
    assert_null(error.origin); /* not a defect to report */
    assert_int_equal(error.month_id, w->first_month + 5);
    filter_free(f);
    evidence_free(e);
    model_free(m);
    panel_free(p);
    free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_cell_equals_grid),
                                       cmocka_unit_test(wrong_persistence_is_seen),
                                       cmocka_unit_test(several_cells_equal_brute_force),
                                       cmocka_unit_test(a_cell_alone_is_foreseen_as_by_grid),
                                       cmocka_unit_test(independent_cells_add_up),
                                       cmocka_unit_test(drifting_parameters_keep_their_prior),
                                       cmocka_unit_test(coordinates_of_the_start_move_once),
                                       cmocka_unit_test(rows_of_a_month_are_not_inherited),
                                       cmocka_unit_test(same_bits),
                                       cmocka_unit_test(impossible_data_are_named)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
