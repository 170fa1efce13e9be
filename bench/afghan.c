/* The Afghan scenario, all mechanisms: the engine against the model's plain twin (tests/model/twin*.c), which here draws with scalar
 * samplers and runs whole histories, one particle at a time.
 *
 * A particle of the twin begins with the parameters and the start that the engine draws for the same slot; from there on the
 * two share nothing. Before anything is timed, what becomes of the particles must agree, slot by slot, in the mean.
 */
#include "afghan_case.h"
#include "measure.h"
#include "scalar_random.h"
#include "twin.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct effort {
    uint32_t n_rounds, n_members, n_twins, n_compared, n_months;
} effort;

static const effort thorough = {5, 128, 4, 96, 104}, quick = {1, 32, 2, 48, 24};

static const uint64_t seed = 5;

/* ---- what becomes of a particle ------------------------------------------------------------------------------------ */

enum { EVENTS, DEATHS, CIVILIANS, STRENGTH, CONTROL, CAPTIVES, FUNDS, RELATION, SUPPORT, PUBLICITY, N_MEASURES };
static const char *const measure_names[N_MEASURES] = {"events",   "deaths", "civilian deaths", "strength", "control",
                                                      "captives", "funds",  "relations",       "support",  "publicity"};

typedef struct outcome {
    double value[N_MEASURES];
} outcome;

static const struct {
    model_row_group group;
    int which;
    bool is_summed; /* over months; else at the end */
} measured[] = {{ROW_events, EVENTS, true},       {ROW_deaths, DEATHS, true},      {ROW_civilians_now, CIVILIANS, true},
                {ROW_strength, STRENGTH, false},  {ROW_control, CONTROL, false},   {ROW_captives, CAPTIVES, false},
                {ROW_funds, FUNDS, false},        {ROW_relation, RELATION, false}, {ROW_support, SUPPORT, false},
                {ROW_publicity, PUBLICITY, false}};

/** Adds a month; state is one particle's, of `stride` values from row to row. */
static void watch_float(const model *m, const real *state, uint32_t stride, bool is_last, outcome *out) {
    for (size_t i = 0; i < sizeof measured / sizeof measured[0]; i++)
        for (uint32_t row = 0; (measured[i].is_summed || is_last) && row < m->n_rows_of[measured[i].group]; row++)
            out->value[measured[i].which] += (double)state[(size_t)(m->first_row[measured[i].group] + row) * stride];
}

static void watch_double(const model *m, const double *state, bool is_last, outcome *out) {
    for (size_t i = 0; i < sizeof measured / sizeof measured[0]; i++)
        for (uint32_t row = 0; (measured[i].is_summed || is_last) && row < m->n_rows_of[measured[i].group]; row++)
            out->value[measured[i].which] += state[m->first_row[measured[i].group] + row];
}

/* ---- the two engines ----------------------------------------------------------------------------------------------- */

static void watch(void *user, const model_tile *tile, uint32_t i_month) {
    outcome *out = (outcome *)user + tile->first_slot;
    for (uint32_t lane = 0; lane < tile->n_lanes; lane++)
        watch_float(tile->m, tile->state + lane, tile->n_lanes, i_month + 1 == tile->m->n_months, &out[lane]);
}

/** Processor seconds; out, if not NULL, has n_members rounded up to 128. */
static double by_engine(const model *m, const char *kernel, uint32_t n_members, outcome *out) {
    tsr_error error = TSR_ERROR_INIT;
    ensemble_options options = {
        .seed = seed, .purpose = RANDOM_SIMULATE, .n_members = n_members, .n_threads = 1, .kernel = kernel};
    ensemble_observer observer = {.month = watch, .user = out};
    double start = measure_seconds(CLOCK_PROCESS_CPUTIME_ID);
    if (ensemble_run(m, &options, &observer, out ? 1 : 0, &error) != TSR_OK)
        measure_fail(&error);
    return measure_seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
}

typedef struct particle {
    double *x, *parameters;
} particle;

/** n particles as the engine starts them. */
static particle *start_particles(const model *m, uint32_t n) {
    tsr_error error = TSR_ERROR_INIT;
    model_tile tile = {0};
    void *storage;
    particle *out = calloc(n, sizeof *out);
    if (!out || ensemble_tile_create(m, &model_kernel_baseline, LANES, &tile, &storage, &error) != TSR_OK)
        measure_fail(&error);
    tile.key = model_kernel_baseline.key(seed, RANDOM_SIMULATE, 0);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t lane = i % LANES;
        if (lane == 0) {
            tile.first_slot = i;
            model_kernel_baseline.start(&tile);
        }
        out[i].x = malloc(m->n_rows * sizeof(double));
        out[i].parameters = malloc(m->n_parameters * sizeof(double));
        for (uint32_t row = 0; row < m->n_rows; row++)
            out[i].x[row] = (double)tile.state[(size_t)row * LANES + lane];
        for (uint32_t row = 0; row < m->n_parameters; row++)
            out[i].parameters[row] = (double)tile.parameters[(size_t)row * LANES + lane];
    }
    free(storage);
    return out;
}

static void free_particles(particle *particles, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        free(particles[i].x);
        free(particles[i].parameters);
    }
    free(particles);
}

/** The twins in the order of the mechanisms; without those that are off. */
typedef struct twins {
    const twin_mechanism *of[32];
} twins;

static twins twins_of(const model *m) {
    twins out = {0};
    for (uint32_t i = 0; i < model_kernel_baseline.n_mechanisms; i++)
        for (size_t k = 0; m->is_on[i] && k < n_twin_mechanisms; k++)
            if (strcmp(twin_mechanisms[k].name, model_kernel_baseline.mechanisms[i]->name) == 0)
                out.of[i] = &twin_mechanisms[k];
    return out;
}

typedef enum phase { MONTH, STEP, CLOSE } phase;

static void act(const twins *all, twin *t, phase p) {
    for (uint32_t i = 0; i < model_kernel_baseline.n_mechanisms; i++) {
        const twin_mechanism *it = all->of[i];
        void (*function)(const twin *) = !it ? NULL : p == MONTH ? it->month : p == STEP ? it->step : it->close;
        t->of = model_kernel_baseline.mechanisms[i];
        t->i_mechanism = i;
        if (function)
            function(t);
    }
}

/** Runs a particle to the last month of the model. */
static void by_twin(const model *m, const twins *all, const particle *p, uint32_t slot, outcome *out) {
    scalar_random generator;
    scalar_seed(&generator, seed * 1000003 + slot);
    twin t = {.m = m,
              .dt = 1.0 / m->substeps,
              .x = p->x,
              .seen = p->x,
              .parameters = p->parameters,
              .address = {.first_slot = slot},
              .generator = &generator};
    *out = (outcome){0};
    for (t.i_month = 0; t.i_month < m->n_months; t.i_month++) {
        t.i_substep = 0;
        act(all, &t, MONTH);
        for (t.i_substep = 0; t.i_substep < m->substeps; t.i_substep++)
            act(all, &t, STEP);
        t.i_substep = 0;
        act(all, &t, CLOSE);
        watch_double(m, t.x, t.i_month + 1 == m->n_months, out);
    }
}

/* ---- agreement ----------------------------------------------------------------------------------------------------- */

/** Largest |z| over the measures of the mean difference of logs between particles of the same slot. */
static double disagreement(const outcome *ours, const outcome *theirs, uint32_t n, int *worst_measure) {
    double worst = 0, *difference = calloc(n, sizeof *difference);
    for (int k = 0; k < N_MEASURES && difference; k++) {
        double mean, error;
        for (uint32_t i = 0; i < n; i++)
            difference[i] = asinh(ours[i].value[k]) - asinh(theirs[i].value[k]);
        measure_moments(difference, n, &mean, &error);
        double z = error > 0 ? fabs(mean) / error : 0;
        if (z > worst) {
            worst = z;
            *worst_measure = k;
        }
    }
    free(difference);
    return worst;
}

/** Ten means of paired differences within 6 standard errors (t with 47 degrees of freedom: engines that agree fail three times
 *  in a million). A twin whose battles are three times as frequent must be noticed. */
static void check_agreement(const model *m, const twins *all, uint32_t n) {
    static const double allowed = 6;
    outcome *ours = calloc((n + 127) / 128 * 128, sizeof *ours), *theirs = calloc(n, sizeof *theirs);
    if (!ours || !theirs)
        abort();
    by_engine(m, NULL, n, ours);
    for (int spoilt = 0; spoilt < 2; spoilt++) {
        int worst = 0;
        particle *particles = start_particles(m, n);
        for (uint32_t i = 0; i < n; i++) {
            for (uint32_t c = 0; spoilt && c < m->n_channels; c++)
                particles[i].parameters[model_find_parameter(m, "intensity.battle_rate", c)] *= 3;
            by_twin(m, all, &particles[i], i, &theirs[i]);
        }
        double z = disagreement(ours, theirs, n, &worst);
        fprintf(stderr, "afghanistan, %u months, %u particles, twin%s: largest |z| %.1f, of %s\n", m->n_months, n,
                spoilt ? " with three times the battles" : "", z, measure_names[worst]);
        measure_require((z < allowed) != spoilt, "the engine and the twin %s",
                        spoilt ? "must not agree" : "do not agree");
        free_particles(particles, n);
    }
    free(ours);
    free(theirs);
}

int main(int argc, char **argv) {
    static const char *const names[] = {"afghanistan", NULL};
    measure_arguments arguments = measure_read_arguments(argc, argv, names);
    const effort *how = arguments.is_quick ? &quick : &thorough;
    tsr_error error = TSR_ERROR_INIT;
    measure_times times;
    world *w = afghan_case_world();
    model *m = NULL;
    model_options options = {.whatif = WORLD_NONE, .last_month = w->first_month + (int32_t)how->n_months - 1};
    if (model_create(w, &options, &m, &error) != TSR_OK)
        measure_fail(&error);
    twins all = twins_of(m);
    check_agreement(m, &all, how->n_compared);
    double per_particle = (double)m->n_channels * m->n_areas * m->n_months;
    for (uint32_t round = 0; round < how->n_rounds; round++) {
        for (int i = 0; i < MEASURE_KERNELS; i++)
            times.kernel[i][round] =
                measure_has_kernel(measure_kernels[i])
                    ? by_engine(m, measure_kernels[i], how->n_members, NULL) / per_particle / how->n_members
                    : (double)NAN;
        particle *particles = start_particles(m, how->n_twins);
        double start = measure_seconds(CLOCK_PROCESS_CPUTIME_ID);
        for (uint32_t i = 0; i < how->n_twins; i++) {
            outcome out;
            by_twin(m, &all, &particles[i], i, &out);
        }
        times.smart[round] = (measure_seconds(CLOCK_PROCESS_CPUTIME_ID) - start) / per_particle / how->n_twins;
        times.ordinary[round] = (double)NAN;
        free_particles(particles, how->n_twins);
    }
    printf("{\"name\": \"afghanistan\", \"cells\": %u, \"months\": %u, \"substeps\": %u, ", m->n_channels * m->n_areas,
           m->n_months, m->substeps);
    measure_print(&times, how->n_rounds);
    printf("}\n");
    model_free(m);
    free(w);
    return 0;
}
