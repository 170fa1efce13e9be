/* tessera score FORECAST... */
#include "cli/shared.h"

#include <stdio.h>

typedef struct score_arguments {
    const char *actuals, *history, *answers, *scenario, *profile, *type, *model, *origin;
    uint64_t seed;
} score_arguments;

/** Import the scenario's data, when there is one. */
static int read_scenario(terminal *t, const score_arguments *a, tsr_scenario **scenario, tsr_panel **panel) {
    int code = a->scenario ? shared_read_scenario(t, a->scenario, scenario) : EXIT_DONE;
    if (code == EXIT_DONE && a->scenario)
        code = shared_import_to_judge(t, *scenario, panel);
    return code;
}

static int score(terminal *t, const score_arguments *a, int32_t origin, char **forecasts, size_t n, bool json) {
    tsr_error error = TSR_ERROR_INIT;
    tsr_problems *problems = NULL;
    tsr_scenario *scenario = NULL;
    tsr_panel *panel = NULL;
    tsr_scores *scores = NULL;
    char *text = NULL;
    tsr_score_options options = {
        .hooks = terminal_hooks(t),
        .actuals = a->actuals,
        .history = a->history,
        .answers = a->answers,
        .profile = a->profile,
        .type = a->type,
        .model = a->model,
        .origin = origin,
        .seed = a->seed,
    };
    int code = read_scenario(t, a, &scenario, &panel);
    if (code == EXIT_DONE) {
        tsr_status status =
            tsr_score((const char *const *)forecasts, n, scenario, panel, &options, &scores, &problems, &error);
        if (status == TSR_OK)
            status = json ? tsr_scores_json(scores, &text, &error) : tsr_scores_describe(scores, &text, &error);
        code = status == TSR_OK ? shared_print(text) : shared_fail(t, &error, problems);
    }
    tsr_scores_free(scores);
    tsr_problems_free(problems);
    tsr_panel_free(panel);
    tsr_scenario_free(scenario);
    return code;
}

static int run(int argc, char **argv) {
    common_options common;
    terminal t;
    score_arguments a = {.seed = 1};
    int n_arguments, code;
    const option_spec specs[] = {
        {"actuals", OPTION_TEXT, &a.actuals, "FILE", "observed deaths: month_id, country_id or area, outcome", 0, 0},
        {"history", OPTION_TEXT, &a.history, "FILE", "the same up to the forecast, for the baselines", 0, 0},
        {"answers", OPTION_TEXT, &a.answers, "FILE", "what became of a run's questions: id, outcome (1 or 0)", 0, 0},
        {"scenario", OPTION_TEXT, &a.scenario, "DIR", "take both from a scenario's data where no file is given", 0, 0},
        {"profile", OPTION_TEXT, &a.profile, "NAME", "views-challenge-2023 (default) or views-evaluation", 0, 0},
        {"type", OPTION_TEXT, &a.type, "TYPE", "sb, ns, os or all (default: by the file's name, else all)", 0, 0},
        {"origin", OPTION_TEXT, &a.origin, "MONTH", "last month known (default: the month before the forecast)", 0, 0},
        {"model", OPTION_TEXT, &a.model, "NAME", "what to call the forecasts (default tessera)", 0, 0},
        {"seed", OPTION_COUNT, &a.seed, "N", "seed of the baselines' draws and of resampling (default 1)", 0,
         UINT64_MAX},
    };
    if (!options_read(&command_score, argc, argv, specs, sizeof specs / sizeof specs[0], &common, &n_arguments, &code))
        return code;
    int32_t origin = a.origin ? tsr_month(a.origin) : 0;
    if (n_arguments < 1) {
        fprintf(stderr, "tessera: score takes one or more forecasts; see `tessera score --help`\n");
        return EXIT_USAGE;
    }
    if (a.origin && origin == 0) {
        fprintf(stderr, "tessera: --origin is '%s'; it must be a month, such as 2021-08\n", a.origin);
        return EXIT_USAGE;
    }
    if (!a.actuals && !a.scenario && !a.answers) {
        fprintf(stderr, "tessera: score needs --actuals, --scenario or --answers; see `tessera score --help`\n");
        return EXIT_USAGE;
    }
    terminal_init(&t, &common);
    return score(&t, &a, origin, argv + 1, (size_t)n_arguments, common.json);
}

const command command_score = {
    .name = "score",
    .summary = "score forecasts against what happened, beside the baselines",
    .arguments = "FORECAST...",
    .text =
        "A FORECAST is a run folder or a CSV file of draws (month_id, country_id or area, draw, outcome); several are\n"
        "scored together, from several origins. Prints CRPS, IGN, MIS, the Brier score of 25 deaths or more, and\n"
        "coverage, beside five baselines: zero, last, conflictology, bootstrap and negbin. See docs/scores.md.",
    .example = "  tessera score runs/forecast --actuals actuals.csv --history history.csv\n"
               "  tessera score runs/2020-* --scenario scenarios/afghanistan --type all",
    .run = run,
};
