/* Recorded draws and the data that they are given; see smooth.h. */
#include "study/smooth.h"

#include <stdlib.h>
#include <string.h>

static size_t items_of(const record_variable *v) {
    return (size_t)v->n_outer * v->n_inner;
}

tsr_status smooth_record(const filter *f, uint32_t lag, record *r, tsr_error *error) {
    uint32_t n_months, n = filter_particles(f);
    filter_months(f, &n_months);
    uint32_t *draws = calloc(n, sizeof *draws);
    float *old = calloc(n, sizeof *old);
    if (!draws || !old) {
        free(draws);
        free(old);
        return FAIL(error, TSR_E_MEMORY, "no memory for %u draws", n);
    }
    for (uint32_t t = 0; t < n_months; t++) {
        filter_draws(f, t, lag, draws);
        for (size_t v = 0; v < r->n_variables; v++) {
            record_variable *variable = &r->variables[v];
            for (size_t item = 0; item < items_of(variable); item++) {
                float *values = variable->values + (t * items_of(variable) + item) * variable->n_draws;
                memcpy(old, values, n * sizeof *old);
                for (uint32_t i = 0; i < n; i++)
                    values[i] = old[draws[i]];
            }
        }
    }
    free(draws);
    free(old);
    return TSR_OK;
}

static bool has_areas(const record_variable *v) {
    return v->outer == RECORD_AREA || v->inner == RECORD_AREA;
}

tsr_status smooth_keep_filtered(const filter *f, const record *r, record **out, tsr_error *error) {
    tsr_status status = TSR_OK;
    uint32_t n_months;
    filter_months(f, &n_months);
    record *copy = calloc(1, sizeof *copy);
    if (!copy)
        return FAIL(error, TSR_E_MEMORY, "no memory for the filtered state");
    *copy = (record){.first_month = r->first_month, .n_months = n_months, .n_members = r->n_members};
    copy->variables = calloc(r->n_variables + 1, sizeof *copy->variables);
    for (size_t v = 0; copy->variables && v < r->n_variables; v++) {
        if (has_areas(&r->variables[v]))
            continue;
        record_variable *to = &copy->variables[copy->n_variables++];
        *to = r->variables[v];
        size_t n_values = n_months * items_of(to) * to->n_draws;
        to->values = malloc((n_values + 1) * sizeof *to->values);
        if (!to->values)
            status = TSR_E_MEMORY;
        else
            memcpy(to->values, r->variables[v].values, n_values * sizeof *to->values);
    }
    if (!copy->variables || status != TSR_OK) {
        status = FAIL(error, TSR_E_MEMORY, "no memory for the filtered state of %u months", n_months);
        goto out;
    }
    TRY(smooth_record(f, 0, copy, error));
    *out = copy;
    copy = NULL;
out:
    smooth_free(copy);
    return status;
}

void smooth_free(record *filtered) {
    for (size_t v = 0; filtered && filtered->variables && v < filtered->n_variables; v++)
        free(filtered->variables[v].values);
    if (filtered)
        free(filtered->variables);
    free(filtered);
}
