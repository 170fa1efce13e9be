/* tessera nowcast SCENARIO and tessera forecast SCENARIO: both learn the hidden state from data, one of them goes on. */
#include "cli/shared.h"

#include <stdio.h>

typedef struct forecast_arguments {
    uint64_t seed, particles, threads, lanes, months, lag, repeats;
    const char *out, *whatif, *kernel, *from, *until, *fit, *without;
    bool force, draws, priors, ablate, medians;
} forecast_arguments;

/** The last month with data from --from (the first month without) or --until. */
static int read_month(const char *option, const char *text, int32_t shift, int32_t *out) {
    int32_t month = text ? tsr_month(text) : 0;
    if (text && month == 0) {
        fprintf(stderr, "tessera: --%s is '%s'; it must be a month, such as 2021-09\n", option, text);
        return EXIT_USAGE;
    }
    *out = text ? month + shift : 0;
    return EXIT_DONE;
}

static int learn(const command *c, int argc, char **argv, const option_spec *specs, size_t n_specs,
                 forecast_arguments *a, bool is_forecast) {
    common_options common;
    terminal t;
    int n_arguments, code;
    char line[1024];
    tsr_error error = TSR_ERROR_INIT;
    tsr_scenario *scenario = NULL;
    tsr_panel *panel = NULL;
    tsr_run *run = NULL;
    int32_t last_data = 0;
    shared_command_line(argc, argv, c->name, line, sizeof line);
    if (!options_read(c, argc, argv, specs, n_specs, &common, &n_arguments, &code))
        return code;
    if (n_arguments != 1) {
        fprintf(stderr, "tessera: %s takes one scenario; see `tessera %s --help`\n", c->name, c->name);
        return EXIT_USAGE;
    }
    terminal_init(&t, &common);
    code = is_forecast ? read_month("from", a->from, -1, &last_data) : read_month("until", a->until, 0, &last_data);
    tsr_forecast_options options = {
        .hooks = terminal_hooks(&t),
        .seed = a->seed,
        .particles = (uint32_t)a->particles,
        .threads = (uint32_t)a->threads,
        .lanes = (uint32_t)a->lanes,
        .kernel = a->kernel,
        .whatif = a->whatif,
        .fit = a->fit,
        .last_data = last_data,
        .months = is_forecast ? (uint32_t)a->months : 0,
        .lag = (uint32_t)a->lag,
        .repeats = (uint32_t)a->repeats,
        .draw_parameters = a->priors,
        .without = a->without,
        .ablate = a->ablate,
        .medians = a->medians,
        .arguments = line,
    };
    if (code == EXIT_DONE)
        code = shared_read_scenario(&t, argv[1], &scenario);
    if (code == EXIT_DONE)
        code = shared_import(&t, scenario, &panel);
    if (code == EXIT_DONE && tsr_forecast(scenario, panel, &options, &run, &error) != TSR_OK)
        code = shared_fail(&t, &error, NULL);
    if (code == EXIT_DONE)
        code = shared_write_and_show(&t, run, a->out, a->force, a->draws);
    tsr_run_free(run);
    tsr_panel_free(panel);
    tsr_scenario_free(scenario);
    return code;
}

/* Options of both commands, at the head of their tables. */
#define SHARED_OPTIONS(a)                                                                                                \
    {"out", OPTION_TEXT, &(a).out, "DIR", "write the run there: run.nc, CSV, JSON and report.html", 0, 0},               \
        {"force", OPTION_FLAG, &(a).force, NULL, "replace DIR if Tessera made it", 0, 0},                                \
        {"draws", OPTION_FLAG, &(a).draws, NULL, "also write raw draws into run.nc", 0, 0},                              \
        {"seed", OPTION_COUNT, &(a).seed, "N", "seed of all random draws (default 1)", 0, UINT64_MAX},                   \
        {"particles", OPTION_COUNT, &(a).particles, "N", "particles of the filter (default 2000)", 16, 1 << 22},         \
        {"fit", OPTION_TEXT, &(a).fit, "DIR", "parameters as this fit estimated them, not at their medians", 0, 0},      \
        {"priors", OPTION_FLAG, &(a).priors, NULL, "parameters drawn from their priors, not at their medians", 0, 0},    \
        {"medians", OPTION_FLAG, &(a).medians, NULL, "parameters at their prior medians: none drifts", 0, 0},            \
        {"without", OPTION_TEXT, &(a).without, "KINDS", "leave out data: events,totals,strength,districts,presence", 0,  \
         0},                                                                                                             \
        {"threads", OPTION_COUNT, &(a).threads, "N", "threads (default: all processors; changes no result)", 1, 1024},   \
        {"kernel", OPTION_TEXT, &(a).kernel, "NAME", "baseline, v3 or v4 (default: the best; changes no result)", 0, 0}, \
    {                                                                                                                    \
        "lanes", OPTION_COUNT, &(a).lanes, "N", "particles per tile (default: 128, fewer for few; changes no result)",   \
            16, 128                                                                                                      \
    }

static int run_nowcast(int argc, char **argv) {
    forecast_arguments a = {.seed = 1, .particles = 2000, .lag = 12, .repeats = 1};
    const option_spec specs[] = {
        SHARED_OPTIONS(a),
        {"until", OPTION_TEXT, &a.until, "MONTH", "last month whose data are seen (default: the scenario's)", 0, 0},
        {"lag", OPTION_COUNT, &a.lag, "N", "months of later data that inform a month (default 12; 0: none)", 0, 1200},
        {"ablate", OPTION_FLAG, &a.ablate, NULL, "run again without each kind of data: what does each add?", 0, 0},
        {"repeats", OPTION_COUNT, &a.repeats, "N", "filters, for the error of the log likelihood (default 1)", 1, 1000},
    };
    return learn(&command_nowcast, argc, argv, specs, sizeof specs / sizeof specs[0], &a, false);
}

static int run_forecast(int argc, char **argv) {
    forecast_arguments a = {.seed = 1, .particles = 2000, .months = 24, .repeats = 1};
    const option_spec specs[] = {
        SHARED_OPTIONS(a),
        {"from", OPTION_TEXT, &a.from, "MONTH", "first month to forecast (default: after the last observed one)", 0, 0},
        {"months", OPTION_COUNT, &a.months, "N", "months to forecast (default 24)", 1, 1200},
        {"whatif", OPTION_TEXT, &a.whatif, "ID", "with a what-if of the scenario", 0, 0},
    };
    return learn(&command_forecast, argc, argv, specs, sizeof specs / sizeof specs[0], &a, true);
}

const command command_nowcast = {
    .name = "nowcast",
    .summary = "learn the hidden state from data: control, strength, relations, month by month",
    .arguments = "SCENARIO",
    .text =
        "Runs a particle filter over the scenario's event data, national totals and strength reports, and shows how\n"
        "likely the data were, the hidden state at their end, and the months that surprised the model most. The run\n"
        "folder has the whole hidden state, month by month, with bands. Parameters that say how fast hidden\n"
        "things move drift around their priors (--medians: they do not); the others are at their prior medians.",
    .example = "  tessera nowcast scenarios/afghanistan --out runs/nowcast",
    .run = run_nowcast,
};

const command command_forecast = {
    .name = "forecast",
    .summary = "learn from data up to a month, forecast from there, answer the questions",
    .arguments = "SCENARIO",
    .text =
        "Filters the data up to the month before --from and continues the particles without data. Nothing dated or\n"
        "`known` later is seen. Up to there parameters that say how fast hidden things move drift around their priors\n"
        "(--medians: they do not); after it they are drawn from their priors. The others are at their prior medians.\n"
        "Writes draws in the form of ViEWS, by country and area.",
    .example = "  tessera forecast scenarios/afghanistan --from 2021-09 --months 24 --out runs/forecast",
    .run = run_forecast,
};
