/* Public functions that learn from data: nowcast and forecast. */
#include "api/objects.h"

#include "study/ablation.h"

#include <stdlib.h>
#include <string.h>

/** "events,totals" -> the kinds of data of that name. */
static tsr_status read_kinds(const char *text, bool out[DATA_KINDS], tsr_error *error) {
    const char *names[DATA_KINDS];
    for (uint32_t kind = 0; kind < DATA_KINDS; kind++)
        names[kind] = data_kind_name(kind);
    while (text && *text) {
        size_t n = strcspn(text, ",");
        bool is_known = false;
        for (uint32_t kind = 0; kind < DATA_KINDS; kind++)
            if (strlen(names[kind]) == n && strncmp(names[kind], text, n) == 0)
                is_known = out[kind] = true;
        if (!is_known)
            return FAIL(
                error, TSR_E_USAGE,
                "'%.*s' is not a kind of data to leave out; there are events, totals, strength, districts, presence",
                (int)(n < 60 ? n : 60), text);
        text += n + (text[n] == ',');
    }
    return TSR_OK;
}

tsr_status tsr_forecast(const tsr_scenario *scenario, const tsr_panel *p, const tsr_forecast_options *o, tsr_run **out,
                        tsr_error *error) {
    tsr_status status = TSR_OK;
    char hash[65];
    fit_estimates estimates;
    if (o->fit && (status = fit_read_estimates(o->fit, &estimates, error)) != TSR_OK)
        return status;
    if (o->ablate && o->months)
        return FAIL(error, TSR_E_USAGE, "what each kind of data adds is shown by a nowcast, not by a forecast");
    forecast_options choices = {
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
        .drift = !o->medians && !o->fit && !o->draw_parameters,
        .with_foresight = o->months == 0,
    };
    if ((status = read_kinds(o->without, choices.without, error)) != TSR_OK)
        return status;
    tsr_run *result = calloc(1, sizeof *result);
    if (!result)
        return FAIL(error, TSR_E_MEMORY, "no memory for the run");
    result->arguments = strdup(o->arguments ? o->arguments : "");
    if (!result->arguments) {
        status = FAIL(error, TSR_E_MEMORY, "no memory for the run");
        goto out;
    }
    TRY(api_scenario_hash(scenario, p, hash, error));
    TRY(forecast(scenario->w, p->p, &choices, &result->s, error));
    if (o->ablate)
        TRY(ablation_create(scenario->w, p->p, &choices, result->s, &result->s->learning.ablation, error));
    study_run *run = &result->s->run;
    run->scenario_path = scenario->path;
    run->arguments = result->arguments;
    memcpy(run->scenario_hash, hash, sizeof hash);
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
