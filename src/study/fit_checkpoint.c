/* The state of a fit in a file: JSON, numbers with all their digits. */
#include "base/file.h"
#include "base/json.h"
#include "study/fit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FORMAT = 3 };

/** Everything that must be the same for a fit to go on: one hash of the world, its data and the choices. */
static void identity(const fit_result *r, const world *w, const panel *p, const fit_options *o, char hex[65]) {
    char text[1024], world_hex[65], data_hex[65];
    size_t n = 65 * p->n_files, at = 0;
    char *files = calloc(1, n + 1);
    world_hash(w, world_hex);
    for (size_t i = 0; files && i < p->n_files; i++, at += 65)
        memcpy(files + at, p->files[i].hash, 64);
    sha256_bytes(files ? files : "", files ? n : 0, data_hex);
    free(files);
    snprintf(text, sizeof text, "%s %s seed %llu particles %u iterations %u chains %u steps %u until %d coordinates %u",
             world_hex, data_hex, (unsigned long long)o->seed, o->n_particles, o->n_iterations, o->n_chains, o->n_steps,
             o->last_data, r->s->n);
    sha256_bytes(text, strlen(text), hex);
}

static void put_numbers(json *object, const char *key, const double *x, size_t n) {
    json *array = json_put_array(object, key);
    for (size_t i = 0; i < n; i++)
        json_add_number(array, x[i]);
}

tsr_status fit_checkpoint_write(const fit_result *r, const world *w, const panel *p, const fit_options *o,
                                tsr_error *error) {
    char hex[65], *text = NULL;
    size_t n;
    const chains *c = r->chains;
    json *root = json_new();
    identity(r, w, p, o, hex);
    json_put_integer(root, "tessera_fit", FORMAT);
    json_put_string(root, "version", TESSERA_VERSION);
    json_put_string(root, "identity", hex);
    json *climb = json_put_array(root, "climb");
    for (uint32_t i = 0; i < r->n_iterations; i++) {
        json *item = json_add_object(climb);
        json_put_number(item, "perturb_sd", r->climb[i].perturb_sd);
        json_put_number(item, "log_likelihood", r->climb[i].log_likelihood);
        put_numbers(item, "mean", r->climb[i].mean, r->s->n);
        put_numbers(item, "sd", r->climb[i].sd, r->s->n);
    }
    uint32_t n_tried = c->n_learning, n_learned = c->n_done < n_tried ? c->n_done : n_tried;
    json_put_integer(root, "done", c->n_done);
    json *states = json_put_array(root, "chains");
    for (uint32_t k = 0; k < c->n_chains; k++) {
        const chain_state *s = &c->state[k];
        json *item = json_add_object(states);
        put_numbers(item, "z", s->z, c->n);
        json_put_number(item, "log_density", s->log_density);
        json_put_number(item, "log_scale", s->log_scale);
        json_put_integer(item, "accepted", s->n_accepted);
        json_put_integer(item, "impossible", s->n_impossible);
        json_put_integer(item, "drawn_in", s->drawn_in);
        put_numbers(item, "draws", c->z + (size_t)k * c->n_steps * c->n, (size_t)c->n_done * c->n);
        put_numbers(item, "log_densities", c->log_density + (size_t)k * c->n_steps, c->n_done);
        put_numbers(item, "tried", c->tried_z + (size_t)k * n_tried * c->n, (size_t)n_learned * c->n);
        put_numbers(item, "tried_log_densities", c->tried + (size_t)k * n_tried, n_learned);
    }
    tsr_status status = json_dump(root, false, &text, &n, error);
    json_free(root);
    if (status == TSR_OK)
        status = file_write_atomic(o->checkpoint, text, n, error);
    free(text);
    return status;
}

/** @return whether there are exactly n numbers */
static bool get_numbers(const json *object, const char *key, double *x, size_t n) {
    const json *array = json_get(object, key);
    bool is_whole = array && json_count(array) == n;
    for (size_t i = 0; is_whole && i < n; i++)
        is_whole = json_number(json_at(array, i), &x[i]);
    return is_whole;
}

/** As get_numbers; null is the log density of what is impossible. */
static bool get_densities(const json *object, const char *key, double *x, size_t n) {
    const json *array = json_get(object, key);
    bool is_whole = array && json_count(array) == n;
    for (size_t i = 0; is_whole && i < n; i++)
        if (!json_number(json_at(array, i), &x[i]))
            x[i] = -INFINITY;
    return is_whole;
}

static bool get_number(const json *object, const char *key, double *x) {
    const json *value = json_get(object, key);
    return value && json_number(value, x);
}

static bool get_count(const json *object, const char *key, uint32_t most, uint32_t *out) {
    double x;
    bool is_whole = get_number(object, key, &x) && x >= 0 && x <= most && x == floor(x);
    if (is_whole)
        *out = (uint32_t)x;
    return is_whole;
}

static bool read_climb(const json *root, const fit_options *o, fit_result *r) {
    const json *climb = json_get(root, "climb");
    uint32_t n = r->s->n;
    if (!climb || json_count(climb) != o->n_iterations)
        return false;
    for (uint32_t i = 0; i < o->n_iterations; i++) {
        const json *item = json_at(climb, i);
        fitting_iteration *out = &r->climb[i];
        if (!get_number(item, "perturb_sd", &out->perturb_sd) ||
            !get_number(item, "log_likelihood", &out->log_likelihood) || !get_numbers(item, "mean", out->mean, n) ||
            !get_numbers(item, "sd", out->sd, n))
            return false;
    }
    r->n_iterations = o->n_iterations;
    return true;
}

static bool read_chains(const json *root, chains *c) {
    const json *states = json_get(root, "chains");
    if (!get_count(root, "done", c->n_steps, &c->n_done) || !states || json_count(states) != c->n_chains)
        return false;
    uint32_t n_tried = c->n_learning, n_learned = c->n_done < n_tried ? c->n_done : n_tried;
    for (uint32_t k = 0; k < c->n_chains; k++) {
        const json *item = json_at(states, k);
        chain_state *s = &c->state[k];
        if (!get_numbers(item, "z", s->z, c->n) || !get_number(item, "log_density", &s->log_density) ||
            !get_number(item, "log_scale", &s->log_scale) || !get_count(item, "accepted", c->n_steps, &s->n_accepted) ||
            !get_count(item, "impossible", c->n_steps, &s->n_impossible) ||
            !get_count(item, "drawn_in", UINT32_MAX, &s->drawn_in) ||
            !get_numbers(item, "draws", c->z + (size_t)k * c->n_steps * c->n, (size_t)c->n_done * c->n) ||
            !get_numbers(item, "log_densities", c->log_density + (size_t)k * c->n_steps, c->n_done) ||
            !get_numbers(item, "tried", c->tried_z + (size_t)k * n_tried * c->n, (size_t)n_learned * c->n) ||
            !get_densities(item, "tried_log_densities", c->tried + (size_t)k * n_tried, n_learned))
            return false;
    }
    return true;
}

tsr_status fit_checkpoint_read(fit_result *r, const world *w, const panel *p, const fit_options *o, tsr_error *error) {
    tsr_status status = TSR_OK;
    char *text = NULL, hex[65];
    size_t n;
    json *root = NULL;
    double format = 0;
    const base_place place = {.file = o->checkpoint};
    TRY(file_read(o->checkpoint, &text, &n, error));
    TRY(json_parse(text, n, o->checkpoint, &root, error));
    identity(r, w, p, o, hex);
    const char *version = json_text(json_get(root, "version")), *found = json_text(json_get(root, "identity"));
    if (!get_number(root, "tessera_fit", &format) || !version || !found)
        status = FAIL_AT(error, TSR_E_INPUT, place, "is no checkpoint of a fit");
    else if (format != FORMAT || strcmp(version, TESSERA_VERSION) != 0)
        status = FAIL_AT(error, TSR_E_INPUT, place, "is of Tessera %s; this is %s: results would not be the same",
                         version, TESSERA_VERSION);
    else if (strcmp(found, hex) != 0)
        status = FAIL_AT(
            error, TSR_E_INPUT, place,
            "is of another scenario, other data or other options (seed, particles, iterations, chains, steps, until)");
    else if (!r->chains || !read_climb(root, o, r) || !read_chains(root, r->chains))
        status = FAIL_AT(error, TSR_E_INPUT, place, "is damaged");
out:
    json_free(root);
    free(text);
    return status;
}
