/* A fit: its folder, its table, its JSON. */
#include "study/fit.h"
#include "output/parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *informed_name(fit_informed informed) {
    static const char *const names[] = {"unknown", "no", "little", "yes"};
    return names[informed];
}

static void put_likelihood(json *root, const char *key, const fit_likelihood *l) {
    json *object = json_put_object(root, key);
    json_put_number(object, "mean", l->mean);
    json_put_number(object, "sd", l->sd);
    json_put_integer(object, "repeats", l->n_repeats);
}

static void put_fit(const fit_result *r, json *root) {
    const chains *c = r->chains;
    fit_estimates estimates;
    char month[16];
    fit_take_estimates(r, &estimates);
    month_text(r->run.last_observed, month);
    json_put_string(root, "last_data", month);
    json_put_string(root, "status", r->status);
    json_put_bool(root, "converged", r->is_converged);
    put_likelihood(root, "log_likelihood", &r->at_estimate);
    put_likelihood(root, "log_likelihood_at_prior_medians", &r->at_medians);
    if (r->chains)
        put_likelihood(root, "log_likelihood_at_maximum", &r->at_maximum);
    json_put_integer(root, "particles", r->run.n_members);
    json_put_integer(root, "months", r->e->n_months);
    json_put_integer(root, "iterations", r->n_iterations);
    output_put_data(&r->run, root);
    json *array = json_put_array(root, "chains");
    for (uint32_t k = 0; c && k < c->n_chains; k++) {
        json *item = json_add_object(array);
        uint32_t n_kept = c->n_steps - c->n_learning;
        json_put_integer(item, "steps", c->n_steps);
        json_put_number(item, "acceptance", c->state[k].n_accepted / (double)n_kept);
        json_put_integer(item, "impossible", c->state[k].n_impossible);
    }
    array = json_put_array(root, "parameters");
    for (uint32_t j = 0; j < r->s->n; j++) {
        const fit_parameter *p = &r->parameters[j];
        json *item = json_add_object(array);
        json_put_string(item, "name", p->name);
        json_put_string(item, "unit", p->unit);
        json_put_integer(item, "values", p->n_values);
        json_put_number(item, "estimate", p->estimate);
        json_put_number(item, "low", p->low);
        json_put_number(item, "high", p->high);
        json_put_number(item, "prior", p->prior);
        json_put_number(item, "prior_low", p->prior_low);
        json_put_number(item, "prior_high", p->prior_high);
        json_put_string(item, "informed", informed_name(p->informed));
        json_put_number(item, "narrowing", p->narrowing);
        json_put_number(item, "z", p->z);
        json_put_number(item, "first_prior_median", estimates.prior_median[j]);
        json_put_number(item, "first_prior_spread", estimates.prior_spread[j]);
        json_put_number(item, "rhat", p->chains.rhat);
        json_put_number(item, "effective", p->chains.effective);
    }
}

tsr_status output_fit_json(const fit_result *r, char **out, size_t *n, tsr_error *error) {
    json *root = json_new();
    put_fit(r, root);
    tsr_status status = json_dump(root, true, out, n, error);
    json_free(root);
    return status;
}

/* ---- tables ---- */

static void add_header(output_sink *sink, const space *s, const char *first) {
    output_sink_string(sink, first);
    for (uint32_t j = 0; j < s->n; j++) {
        output_sink_string(sink, ",");
        output_sink_field(sink, s->name[j]);
    }
    output_sink_string(sink, "\n");
}

static void add_numbers(output_sink *sink, const double *x, size_t n) {
    for (size_t i = 0; i < n; i++) {
        output_sink_string(sink, ",");
        output_sink_number(sink, x[i]);
    }
}

static void parameters_table(const fit_result *r, output_sink *sink) {
    output_sink_string(
        sink, "name,unit,values,estimate,low,high,prior,prior_low,prior_high,informed,narrowing,z,rhat,effective\n");
    for (uint32_t j = 0; j < r->s->n; j++) {
        const fit_parameter *p = &r->parameters[j];
        output_sink_field(sink, p->name);
        output_sink_string(sink, ",");
        output_sink_field(sink, p->unit);
        output_sink_string(sink, ",");
        output_sink_integer(sink, p->n_values);
        add_numbers(sink, (const double[]){p->estimate, p->low, p->high, p->prior, p->prior_low, p->prior_high}, 6);
        output_sink_string(sink, ",");
        output_sink_string(sink, informed_name(p->informed));
        add_numbers(sink, (const double[]){p->narrowing, p->z, p->chains.rhat, p->chains.effective}, 4);
        output_sink_string(sink, "\n");
    }
}

/** In standard deviations of the prior. */
static void draws_table(const fit_result *r, output_sink *sink) {
    const chains *c = r->chains;
    add_header(sink, r->s, "chain,step,log_density");
    for (uint32_t k = 0; c && k < c->n_chains; k++)
        for (uint32_t i = c->n_learning; i < c->n_steps; i++) {
            size_t at = (size_t)k * c->n_steps + i;
            output_sink_integer(sink, k + 1);
            output_sink_string(sink, ",");
            output_sink_integer(sink, i + 1);
            add_numbers(sink, &c->log_density[at], 1);
            add_numbers(sink, c->z + at * c->n, c->n);
            output_sink_string(sink, "\n");
        }
}

static void climb_table(const fit_result *r, output_sink *sink) {
    add_header(sink, r->s, "iteration,perturbation,log_likelihood");
    for (uint32_t i = 0; i < r->n_iterations; i++) {
        output_sink_integer(sink, i + 1);
        add_numbers(sink, (const double[]){r->climb[i].perturb_sd, r->climb[i].log_likelihood}, 2);
        add_numbers(sink, r->climb[i].mean, r->s->n);
        output_sink_string(sink, "\n");
    }
}

static tsr_status write_table(const fit_result *r, void (*fill)(const fit_result *, output_sink *),
                              const folder_out *folder, const char *name, tsr_error *error) {
    output_sink *sink = NULL;
    tsr_status status = output_sink_open(folder, name, &sink, error);
    if (status != TSR_OK)
        return status;
    fill(r, sink);
    return output_sink_close(sink, error);
}

tsr_status output_write_fit(const fit_result *r, const char *path, const output_options *options, tsr_error *error) {
    tsr_status status = TSR_OK;
    folder_out folder = {0};
    json *root = json_new(), *provenance = json_new();
    TRY(folder_begin(&folder, path, options && options->replace, error));
    put_fit(r, root);
    output_provenance_put(&r->run, provenance);
    TRY(output_write_json(root, true, &folder, "fit.json", error));
    TRY(write_table(r, parameters_table, &folder, "parameters.csv", error));
    TRY(write_table(r, climb_table, &folder, "climb.csv", error));
    if (r->chains)
        TRY(write_table(r, draws_table, &folder, "draws.csv", error));
    TRY(output_write_json(provenance, true, &folder, "provenance.json", error));
    TRY(folder_commit(&folder, error));
out:
    folder_abandon(&folder);
    json_free(root);
    json_free(provenance);
    return status;
}

/* ---- words ---- */

static void add_parameter(const fit_parameter *p, text_buffer *out) {
    text_add_format(out, "  %-34s %10.4g", p->name, p->estimate);
    if (isnan(p->low))
        text_add_string(out, "                          ");
    else
        text_add_format(out, "  (%9.4g to %9.4g)", p->low, p->high);
    text_add_format(out, "  %10.4g  (%9.4g to %9.4g)", p->prior, p->prior_low, p->prior_high);
    if (p->informed != FIT_UNKNOWN)
        text_add_format(out, "  %-7s %5.2f %6.0f", informed_name(p->informed), p->chains.rhat, p->chains.effective);
    text_add_string(out, "\n");
}

/** "a, b and c": the parameters of that kind. */
static void add_names(const fit_result *r, fit_informed informed, const char *before, text_buffer *out) {
    uint32_t n = 0, i = 0;
    for (uint32_t j = 0; j < r->s->n; j++)
        n += r->parameters[j].informed == informed;
    if (n == 0)
        return;
    text_add_string(out, before);
    for (uint32_t j = 0; j < r->s->n; j++)
        if (r->parameters[j].informed == informed)
            text_add_format(out, "%s%s", i++ == 0 ? "" : i == n ? " and " : ", ", r->parameters[j].name);
    text_add_string(out, ".\n");
}

tsr_status output_describe_fit(const fit_result *r, text_buffer *out, tsr_error *error) {
    const chains *c = r->chains;
    text_add_format(out, "Log likelihood of %u months: %.1f (sd %.1f over %u filters of %u particles)\n",
                    r->e->n_months, r->at_estimate.mean, r->at_estimate.sd, r->at_estimate.n_repeats, r->run.n_members);
    text_add_format(out, "At the prior medians:        %.1f (sd %.1f)\n", r->at_medians.mean, r->at_medians.sd);
    output_describe_data(&r->run, out);
    text_add_format(out, "  %-34s %10s%s  %10s  %24s%s\n", "parameter", "estimate", c ? "     (5 % to 95 %)      " : "",
                    "prior", "(5 % to 95 %)", c ? "  informed R-hat effective" : "");
    for (uint32_t j = 0; j < r->s->n; j++)
        add_parameter(&r->parameters[j], out);
    text_add_string(out, "\n");
    add_names(r, FIT_NOT, "The data did not inform ", out);
    add_names(r, FIT_LITTLE, "They said little about ", out);
    if (c) {
        text_add_format(out, "%u chains of %u steps, of which the first third is left out.\n", c->n_chains, c->n_steps);
        text_add_format(out, "A log likelihood has an error of %.1f where the climb ended%s.\n", r->at_maximum.sd,
                        r->is_noisy && !r->is_converged
                            ? ", too much for chains, which stand still where it was overestimated: take more particles"
                            : "");
    }
    text_add_format(out, "%s\n", r->status);
    return out->failed ? FAIL(error, TSR_E_MEMORY, "no memory for the text") : TSR_OK;
}
