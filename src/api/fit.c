/* Public functions that fit parameters. */
#include "api/objects.h"

#include "output/output.h"
#include "study/fit.h"

#include <stdlib.h>
#include <string.h>

struct tsr_fit {
    fit_result *r;
    char *arguments;
};

tsr_status tsr_fit_run(const tsr_scenario *scenario, const tsr_panel *p, const tsr_fit_options *o, tsr_fit **out,
                       tsr_error *error) {
    const fit_options options = {.hooks = o->hooks,
                                 .seed = o->seed,
                                 .n_particles = o->particles ? o->particles : 1000,
                                 .n_threads = o->threads,
                                 .kernel = o->kernel,
                                 .last_data = o->last_data,
                                 .n_iterations = o->iterations ? o->iterations : 40,
                                 .n_repeats = o->repeats ? o->repeats : 5,
                                 .n_chains = o->chains ? o->chains : 4,
                                 .n_steps = o->steps,
                                 .checkpoint = o->checkpoint,
                                 .resume = o->resume,
                                 .save_seconds = 120};
    tsr_fit *f = calloc(1, sizeof *f);
    char *arguments = strdup(o->arguments ? o->arguments : "");
    char hash[65];
    tsr_status status = TSR_OK;
    if (!f || !arguments)
        status = FAIL(error, TSR_E_MEMORY, "no memory for the fit");
    if (status == TSR_OK)
        status = api_scenario_hash(scenario, p, hash, error);
    if (status == TSR_OK)
        status = fit(scenario->w, p->p, &options, &f->r, error);
    if (status != TSR_OK) {
        free(f);
        free(arguments);
        return status;
    }
    f->arguments = arguments;
    study_run *run = &f->r->run;
    run->scenario_path = scenario->path;
    run->arguments = arguments;
    memcpy(run->scenario_hash, hash, sizeof hash);
    *out = f;
    return TSR_OK;
}

void tsr_fit_free(tsr_fit *f) {
    if (!f)
        return;
    fit_free(f->r);
    free(f->arguments);
    free(f);
}

bool tsr_fit_converged(const tsr_fit *f) {
    return f->r->is_converged;
}

tsr_status tsr_fit_describe(const tsr_fit *f, char **text, tsr_error *error) {
    text_buffer out;
    text_buffer_init(&out);
    tsr_status status = output_describe_fit(f->r, &out, error);
    if (status != TSR_OK) {
        text_buffer_clear(&out);
        return status;
    }
    return api_text(&out, text, error);
}

tsr_status tsr_fit_json(const tsr_fit *f, char **text, tsr_error *error) {
    size_t n;
    return output_fit_json(f->r, text, &n, error);
}

tsr_status tsr_fit_write(const tsr_fit *f, const char *folder, const tsr_write_options *options, tsr_error *error) {
    const output_options choices = {.replace = options && options->replace};
    return output_write_fit(f->r, folder, &choices, error);
}
