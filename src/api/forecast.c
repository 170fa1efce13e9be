/* Public functions that learn from data: nowcast and forecast. */
#include "api/objects.h"

#include "study/forecast.h"

#include <stdlib.h>
#include <string.h>

tsr_status tsr_forecast(const tsr_scenario *scenario, const tsr_panel *p, const tsr_forecast_options *o, tsr_run **out,
                        tsr_error *error) {
    tsr_status status = TSR_OK;
    fit_estimates estimates;
    if (o->fit && (status = fit_read_estimates(o->fit, &estimates, error)) != TSR_OK)
        return status;
    const forecast_options choices = {
        .hooks = o->hooks,
        .seed = o->seed,
        .n_particles = o->particles ? o->particles : 2000,
        .n_threads = o->threads,
        .n_lanes = o->lanes,
        .kernel = o->kernel,
        .whatif = o->whatif,
        .estimates = o->fit ? &estimates : NULL,
        .last_data = o->last_data,
        .n_months = o->months,
        .lag = o->lag,
        .n_repeats = o->repeats ? o->repeats : 1,
        .draw_parameters = o->draw_parameters,
        .without_reports = o->without_reports,
        .without_totals = o->without_totals,
    };
    tsr_run *result = calloc(1, sizeof *result);
    if (!result)
        return FAIL(error, TSR_E_MEMORY, "no memory for the run");
    result->arguments = strdup(o->arguments ? o->arguments : "");
    if (!result->arguments) {
        status = FAIL(error, TSR_E_MEMORY, "no memory for the run");
        goto out;
    }
    TRY(forecast(scenario->w, p->p, &choices, &result->s, error));
    study_run *run = &result->s->run;
    run->scenario_path = scenario->path;
    run->arguments = result->arguments;
    memcpy(run->scenario_hash, scenario->hash, sizeof run->scenario_hash);
    *out = result;
    result = NULL;
out:
    tsr_run_free(result);
    return status;
}

int32_t tsr_month(const char *text) {
    date_day first, last;
    if (!text || !date_read(text, strlen(text), &first, &last) || month_from_day(first) != month_from_day(last) ||
        first == last)
        return 0;
    return month_from_day(first);
}
