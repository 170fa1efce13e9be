/* Estimates of a fit that was written: read, and matched with the scenario as it is now. */
#include "base/file.h"
#include "base/json.h"
#include "study/fit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** The first value that coordinate j moves. */
static const model_parameter *first_value(const model *m, const space *s, uint32_t j) {
    for (uint32_t i = 0; i < s->n_values; i++)
        if (s->coordinate[i] == j)
            return &m->parameters[s->parameter[i]];
    return NULL;
}

void fit_take_estimates(const fit_result *r, fit_estimates *out) {
    *out = (fit_estimates){.n = r->s->n, .last_data = r->run.last_observed};
    for (uint32_t j = 0; j < r->s->n; j++) {
        const model_parameter *p = first_value(r->m, r->s, j);
        memcpy(out->name[j], r->s->name[j], SPACE_NAME);
        out->z[j] = r->parameters[j].z;
        out->prior_median[j] = p->value;
        out->prior_spread[j] = p->prior_spread;
    }
}

static bool get_number(const json *object, const char *key, double *out) {
    const json *value = json_get(object, key);
    return value && json_number(value, out);
}

static bool read_parameters(const json *root, fit_estimates *out) {
    const json *list = json_get(root, "parameters");
    const char *last_data = json_text(json_get(root, "last_data"));
    date_day first, last;
    if (!list || !last_data || !date_read(last_data, strlen(last_data), &first, &last) || json_count(list) > SPACE_MOST)
        return false;
    *out = (fit_estimates){.n = (uint32_t)json_count(list), .last_data = month_from_day(last)};
    for (uint32_t j = 0; j < out->n; j++) {
        const json *item = json_at(list, j);
        const char *name = json_text(json_get(item, "name"));
        if (!name || strlen(name) >= SPACE_NAME || !get_number(item, "z", &out->z[j]) ||
            !get_number(item, "first_prior_median", &out->prior_median[j]) ||
            !get_number(item, "first_prior_spread", &out->prior_spread[j]))
            return false;
        snprintf(out->name[j], SPACE_NAME, "%s", name);
    }
    return true;
}

tsr_status fit_read_estimates(const char *folder, fit_estimates *out, tsr_error *error) {
    tsr_status status = TSR_OK;
    char path[TSR_PATH_SIZE], *text = NULL;
    size_t n;
    json *root = NULL;
    TRY(path_join(folder, "fit.json", path, error));
    TRY(file_read(path, &text, &n, error));
    TRY(json_parse(text, n, path, &root, error));
    if (!read_parameters(root, out))
        status = FAIL_AT(error, TSR_E_INPUT, (base_place){.file = path}, "is no fit, or is damaged");
out:
    json_free(root);
    free(text);
    return status;
}

tsr_status fit_match_estimates(const fit_estimates *estimates, const model *m, const space *s, int32_t last_data,
                               double z[SPACE_MOST], tsr_error *error) {
    if (estimates->last_data > last_data) {
        char seen[16], wanted[16];
        month_text(estimates->last_data, seen);
        month_text(last_data, wanted);
        return FAIL(error, TSR_E_INPUT, "the fit has seen data up to %s, later than %s: fit with --until %s", seen,
                    wanted, wanted);
    }
    if (estimates->n != s->n)
        return FAIL(error, TSR_E_INPUT, "the fit has %u parameters and the scenario asks for %u: fit again",
                    estimates->n, s->n);
    for (uint32_t j = 0; j < s->n; j++) {
        uint32_t k = 0;
        while (k < estimates->n && strcmp(estimates->name[k], s->name[j]) != 0)
            k++;
        if (k == estimates->n)
            return FAIL(error, TSR_E_INPUT, "the fit has no %s, which the scenario asks for: fit again", s->name[j]);
        const model_parameter *p = first_value(m, s, j);
        if (fabs(estimates->prior_median[k] - p->value) > 1e-9 * fabs(p->value) ||
            fabs(estimates->prior_spread[k] - p->prior_spread) > 1e-9 * p->prior_spread)
            return FAIL(error, TSR_E_INPUT, "%s has another prior than it had in the fit: fit again", s->name[j]);
        z[j] = estimates->z[k];
    }
    return TSR_OK;
}
