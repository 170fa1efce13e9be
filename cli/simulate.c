/* tessera simulate SCENARIO */
#include "cli/shared.h"

#include <stdio.h>

typedef struct simulate_arguments {
    uint64_t seed, members, threads, area_draws, lanes;
    const char *out, *whatif, *kernel;
    bool force, draws, defaults, free_history, no_data;
} simulate_arguments;

/** Say how much memory and disk a large run wants before it starts. */
static int announce(const terminal *t, const tsr_scenario *scenario, const tsr_simulate_options *options) {
    tsr_error error = TSR_ERROR_INIT;
    uint64_t bytes;
    if (tsr_simulate_bytes(scenario, options, &bytes, &error) != TSR_OK)
        return shared_fail(t, &error, NULL);
    if (!t->quiet && bytes > (uint64_t)1 << 30)
        fprintf(stderr, "the draws of this run take %.1f GB of memory; fewer --members or --area-draws take less\n",
                (double)bytes / 1e9);
    return EXIT_DONE;
}

static int run(int argc, char **argv) {
    common_options common;
    terminal t;
    simulate_arguments a = {.seed = 1, .members = 1000, .area_draws = 1000};
    int n_arguments, code;
    char line[1024];
    const option_spec specs[] = {
        {"out", OPTION_TEXT, &a.out, "DIR", "write the run there: run.nc, CSV, JSON and report.html", 0, 0},
        {"force", OPTION_FLAG, &a.force, NULL, "replace DIR if Tessera made it", 0, 0},
        {"seed", OPTION_COUNT, &a.seed, "N", "seed of all random draws (default 1)", 0, UINT64_MAX},
        {"members", OPTION_COUNT, &a.members, "N", "members of the ensemble (default 1000)", 1, (uint64_t)1 << 31},
        {"area-draws", OPTION_COUNT, &a.area_draws, "N", "members whose area-level draws are kept (default 1000)", 1,
         (uint64_t)1 << 31},
        {"whatif", OPTION_TEXT, &a.whatif, "ID", "with a what-if of the scenario", 0, 0},
        {"defaults", OPTION_FLAG, &a.defaults, NULL, "parameters and starts at their medians, not drawn from priors", 0,
         0},
        {"free-history", OPTION_FLAG, &a.free_history, NULL,
         "past rulers and rungs are the model's, not the scenario's", 0, 0},
        {"no-data", OPTION_FLAG, &a.no_data, NULL, "do not read event data for comparison", 0, 0},
        {"draws", OPTION_FLAG, &a.draws, NULL, "also write raw draws into run.nc", 0, 0},
        {"threads", OPTION_COUNT, &a.threads, "N", "threads (default: all processors; changes no result)", 1, 1024},
        {"kernel", OPTION_TEXT, &a.kernel, "NAME", "baseline, v3 or v4 (default: the best; changes no result)", 0, 0},
        {"lanes", OPTION_COUNT, &a.lanes, "N", "particles per tile (default: 128, fewer for few; changes no result)",
         16, 128},
    };
    shared_command_line(argc, argv, "simulate", line, sizeof line);
    if (!options_read(&command_simulate, argc, argv, specs, sizeof specs / sizeof specs[0], &common, &n_arguments,
                      &code))
        return code;
    if (n_arguments != 1) {
        fprintf(stderr, "tessera: simulate takes one scenario; see `tessera simulate --help`\n");
        return EXIT_USAGE;
    }
    terminal_init(&t, &common);
    tsr_error error = TSR_ERROR_INIT;
    tsr_scenario *scenario = NULL;
    tsr_panel *panel = NULL;
    tsr_run *result = NULL;
    tsr_simulate_options options = {
        .hooks = terminal_hooks(&t),
        .seed = a.seed,
        .members = (uint32_t)a.members,
        .area_draws = (uint32_t)a.area_draws,
        .threads = (uint32_t)a.threads,
        .lanes = (uint32_t)a.lanes,
        .kernel = a.kernel,
        .whatif = a.whatif,
        .use_defaults = a.defaults,
        .free_history = a.free_history,
        .arguments = line,
    };
    code = shared_read_scenario(&t, argv[1], &scenario);
    if (code == EXIT_DONE)
        code = announce(&t, scenario, &options);
    if (code == EXIT_DONE && !a.no_data)
        code = shared_import(&t, scenario, &panel);
    if (code == EXIT_DONE && tsr_simulate(scenario, panel, &options, &result, &error) != TSR_OK)
        code = shared_fail(&t, &error, NULL);
    if (code == EXIT_DONE)
        code = shared_write_and_show(&t, result, a.out, a.force, a.draws);
    tsr_run_free(result);
    tsr_panel_free(panel);
    tsr_scenario_free(scenario);
    return code;
}

const command command_simulate = {
    .name = "simulate",
    .summary = "run a forward ensemble from the prior and answer the questions",
    .arguments = "SCENARIO",
    .text =
        "Runs many members of the scenario from its start to the end of its horizon and answers its questions with\n"
        "probabilities and their Monte Carlo error. Nothing is fitted to data yet: it is a prior simulation.\n"
        "The same scenario and seed give the same bits for any number of threads, lanes and any kernel.",
    .example = "  tessera simulate scenarios/afghanistan --seed 1 --members 1000 --out runs/afghanistan",
    .run = run,
};
