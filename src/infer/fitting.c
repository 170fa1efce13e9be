/* Likelihoods and iterated filtering; see fitting.h. */
#include "infer/fitting.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct fitting {
    const space *s;
    filter_options options;
    filter_coordinates coordinates;
    filter *f;
    uint32_t n_particles;
    tsr_hooks hooks; /* of the fit: a filter is a small part of it and tells no progress of its own */
};

tsr_status fitting_create(const model *m, const evidence *e, const space *s, const filter_options *options,
                          fitting **out, tsr_error *error) {
    tsr_status status = TSR_OK;
    fitting *f = calloc(1, sizeof *f);
    float *z = calloc((size_t)s->n * options->n_particles + 1, sizeof *z);
    if (!f || !z) {
        free(f);
        free(z);
        return FAIL(error, TSR_E_MEMORY, "no memory for %u particles", options->n_particles);
    }
    f->s = s;
    f->n_particles = options->n_particles;
    f->coordinates = (filter_coordinates){.n_values = s->n_values,
                                          .parameter = s->parameter,
                                          .coordinate = s->coordinate,
                                          .n = s->n,
                                          .z = z,
                                          .is_of_start = s->is_of_start};
    f->options = *options;
    f->options.coordinates = &f->coordinates;
    f->hooks = options->hooks;
    f->options.hooks.progress = NULL;
    status = filter_create(m, e, &f->options, &f->f, error);
    if (status == TSR_OK)
        *out = f;
    else
        fitting_free(f);
    return status;
}

void fitting_free(fitting *f) {
    if (!f)
        return;
    filter_free(f->f);
    free(f->coordinates.z);
    free(f);
}

const space *fitting_space(const fitting *f) {
    return f->s;
}

tsr_status fitting_log_likelihood(fitting *f, const double *z, uint64_t replicate, double *out, tsr_error *error) {
    tsr_error own = TSR_ERROR_INIT;
    for (uint32_t j = 0; j < f->s->n; j++)
        for (uint32_t i = 0; i < f->n_particles; i++)
            f->coordinates.z[(size_t)j * f->n_particles + i] = (float)z[j];
    f->coordinates.perturb_sd = 0;
    f->coordinates.weigh_prior = false;
    filter_restart(f->f, replicate);
    tsr_status status = filter_run(f->f, NULL, 0, &own);
    *out = status == TSR_OK ? filter_log_likelihood(f->f) : -INFINITY;
    if (status == TSR_E_NUMERIC) /* nothing there could produce the data, or the state left the numbers */
        return TSR_OK;
    if (status != TSR_OK && error)
        *error = own;
    return status;
}

static void summarise(const fitting *f, fitting_iteration *out) {
    for (uint32_t j = 0; j < f->s->n; j++) {
        const float *z = f->coordinates.z + (size_t)j * f->n_particles;
        double sum = 0, squares = 0;
        for (uint32_t i = 0; i < f->n_particles; i++)
            sum += (double)z[i];
        out->mean[j] = sum / f->n_particles;
        for (uint32_t i = 0; i < f->n_particles; i++)
            squares += ((double)z[i] - out->mean[j]) * ((double)z[i] - out->mean[j]);
        out->sd[j] = sqrt(squares / f->n_particles);
    }
}

tsr_status fitting_maximise(fitting *f, const fitting_climb *climb, fitting_iteration *out, tsr_error *error) {
    tsr_status status = TSR_OK;
    memset(f->coordinates.z, 0, (size_t)f->s->n * f->n_particles * sizeof *f->coordinates.z);
    f->coordinates.weigh_prior = true;
    for (uint32_t i = 0; i < climb->n_iterations; i++) {
        double part = climb->n_iterations > 1 ? (double)i / (climb->n_iterations - 1) : 0;
        out[i].perturb_sd = climb->first_sd * pow(climb->last_sd / climb->first_sd, part);
        f->coordinates.perturb_sd = out[i].perturb_sd;
        filter_restart(f->f, i);
        TRY(filter_run(f->f, NULL, 0, error));
        out[i].log_likelihood = filter_log_likelihood(f->f);
        summarise(f, &out[i]);
        if (f->hooks.progress)
            f->hooks.progress(f->hooks.user, "climbing", i + 1, climb->n_iterations);
    }
out:
    return status;
}
