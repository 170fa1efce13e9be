/* tessera backtest SCENARIO */
#include "cli/shared.h"

#include <stdio.h>
#include <unistd.h>

static int run(int argc, char **argv) {
    common_options common;
    terminal t;
    int n_arguments, code;
    uint64_t fit = 0, seed = 1, particles = 1000, threads = 0, every = 3;
    const char *from = NULL, *to = NULL, *profile = NULL, *origins = NULL, *out = NULL;
    bool force = false, medians = false;
    char line[4096];
    tsr_error error = TSR_ERROR_INIT;
    tsr_scenario *scenario = NULL;
    tsr_panel *panel = NULL;
    tsr_backtest *result = NULL;
    char *text = NULL;
    const option_spec specs[] = {
        {"from", OPTION_TEXT, &from, "MONTH", "first origin: last month seen (default: three years into the period)", 0,
         0},
        {"to", OPTION_TEXT, &to, "MONTH", "last origin (default: the month before the last observed one)", 0, 0},
        {"every", OPTION_COUNT, &every, "N", "months between rolling origins (default 3)", 1, 120},
        {"origins", OPTION_TEXT, &origins, "WHICH",
         "rolling: every N months, 1 to 12 months ahead; window: the challenge's, October of 2017 to 2022 for the next "
         "year; both (default)",
         0, 0},
        {"particles", OPTION_COUNT, &particles, "N", "particles, and draws of every model (default 1000)", 16, 1 << 20},
        {"fit", OPTION_COUNT, &fit, "N",
         "every origin fits parameters to its own past, in N iterations (default: none)", 1, 10000},
        {"medians", OPTION_FLAG, &medians, NULL, "parameters at their prior medians: none drifts", 0, 0},
        {"profile", OPTION_TEXT, &profile, "NAME", "views-challenge-2023 (default) or views-evaluation", 0, 0},
        {"out", OPTION_TEXT, &out, "DIR", "also write scores.json, scores.csv, scores.txt and provenance.json there", 0,
         0},
        {"force", OPTION_FLAG, &force, NULL, "replace DIR if Tessera made it", 0, 0},
        {"seed", OPTION_COUNT, &seed, "N", "seed of all random draws (default 1)", 0, UINT64_MAX},
        {"threads", OPTION_COUNT, &threads, "N", "threads (default: all processors; changes no result)", 1, 1024},
    };
    shared_command_line(argc, argv, "backtest", line, sizeof line);
    if (!options_read(&command_backtest, argc, argv, specs, sizeof specs / sizeof specs[0], &common, &n_arguments,
                      &code))
        return code;
    if (n_arguments != 1) {
        fprintf(stderr, "tessera: backtest takes one scenario; see `tessera backtest --help`\n");
        return EXIT_USAGE;
    }
    if ((from && !tsr_month(from)) || (to && !tsr_month(to))) {
        fprintf(stderr, "tessera: --from and --to must be months, such as 2019-06\n");
        return EXIT_USAGE;
    }
    if (out && !force && access(out, F_OK) == 0) { /* before the hours, not after them */
        fprintf(stderr, "tessera: %s exists; --force replaces it if Tessera made it, or name another --out\n", out);
        return EXIT_RESOURCES;
    }
    terminal_init(&t, &common);
    const tsr_backtest_options options = {.hooks = terminal_hooks(&t),
                                          .seed = seed,
                                          .particles = (uint32_t)particles,
                                          .threads = (uint32_t)threads,
                                          .first_origin = from ? tsr_month(from) : 0,
                                          .last_origin = to ? tsr_month(to) : 0,
                                          .every = (uint32_t)every,
                                          .origins = origins,
                                          .profile = profile,
                                          .fit = (uint32_t)fit,
                                          .medians = medians};
    code = shared_read_scenario(&t, argv[1], &scenario);
    if (code == EXIT_DONE)
        code = shared_import_to_judge(&t, scenario, &panel);
    if (code == EXIT_DONE && tsr_backtest_run(scenario, panel, &options, &result, &error) != TSR_OK)
        code = shared_fail(&t, &error, NULL);
    if (code == EXIT_DONE && out &&
        tsr_backtest_write(result, scenario, panel, line, out, &(tsr_write_options){.replace = force}, &error) !=
            TSR_OK)
        code = shared_fail(&t, &error, NULL);
    if (code == EXIT_DONE) {
        tsr_status status =
            common.json ? tsr_backtest_json(result, &text, &error) : tsr_backtest_describe(result, &text, &error);
        code = status == TSR_OK ? shared_print(text) : shared_fail(&t, &error, NULL);
    }
    tsr_backtest_free(result);
    tsr_panel_free(panel);
    tsr_scenario_free(scenario);
    return code;
}

const command command_backtest = {
    .name = "backtest",
    .summary = "forecast from many origins and score against the baselines",
    .arguments = "SCENARIO",
    .text =
        "Forecasts from many origins, each seeing only what was known then, and scores country-months and area-months\n"
        "beside five baselines: zero, last value, own last 12 months (conflictology), bootstrap, and a dynamic "
        "negative\n"
        "binomial. Rolling origins are scored 1, 3, 6 and 12 months ahead; the origins of the ViEWS challenge, October "
        "of\n"
        "2017 to 2022, over the whole next year (\"window\"). Tessera is also stacked with the negative binomial, by "
        "weights\n"
        "that earlier origins taught. Losses are shown like wins. See docs/backtest.md.",
    .example = "  tessera backtest scenarios/myanmar --from 2018-12 --every 6\n"
               "  tessera backtest scenarios/afghanistan --origins window --json",
    .run = run,
};
