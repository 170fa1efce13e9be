/* tessera fit SCENARIO */
#include "cli/shared.h"

#include <stdio.h>
#include <unistd.h>

typedef struct fit_arguments {
    uint64_t seed, particles, iterations, chains, steps, repeats, threads;
    const char *out, *until, *checkpoint, *kernel;
    bool force, resume;
} fit_arguments;

/** Where the state is kept: as asked, else beside the run folder; "" for nowhere. false: the path is too long. */
static bool choose_checkpoint(const fit_arguments *a, char path[TSR_PATH_SIZE]) {
    const char *from = a->checkpoint ? a->checkpoint : a->out && a->steps ? a->out : "";
    int n = snprintf(path, TSR_PATH_SIZE, "%s", from);
    if (!a->checkpoint && *from && n > 0 && n < TSR_PATH_SIZE) {
        while (n > 1 && path[n - 1] == '/')
            path[--n] = '\0';
        n += snprintf(path + n, (size_t)(TSR_PATH_SIZE - n), ".checkpoint");
    }
    return n < TSR_PATH_SIZE;
}

static int show(terminal *t, const tsr_fit *fit, const fit_arguments *a) {
    tsr_error error = TSR_ERROR_INIT;
    char *text = NULL;
    const tsr_write_options options = {.hooks = terminal_hooks(t), .replace = a->force};
    if (a->out && tsr_fit_write(fit, a->out, &options, &error) != TSR_OK)
        return shared_fail(t, &error, NULL);
    tsr_status status = t->json ? tsr_fit_json(fit, &text, &error) : tsr_fit_describe(fit, &text, &error);
    int code = status == TSR_OK ? shared_print(text) : shared_fail(t, &error, NULL);
    if (code == EXIT_DONE && a->out && !t->quiet)
        fprintf(stderr, "written: %s\n", a->out);
    return code == EXIT_DONE && a->steps && !tsr_fit_converged(fit) ? EXIT_NO : code;
}

static int run(int argc, char **argv) {
    common_options common;
    terminal t;
    int n_arguments, code;
    char line[4096], checkpoint[TSR_PATH_SIZE];
    fit_arguments a = {.seed = 1, .particles = 1000, .iterations = 40, .chains = 4, .repeats = 5};
    tsr_error error = TSR_ERROR_INIT;
    tsr_scenario *scenario = NULL;
    tsr_panel *panel = NULL;
    tsr_fit *fit = NULL;
    const option_spec specs[] = {
        {"out", OPTION_TEXT, &a.out, "DIR", "write the fit there: fit.json, parameters.csv, draws.csv", 0, 0},
        {"force", OPTION_FLAG, &a.force, NULL, "replace DIR if Tessera made it", 0, 0},
        {"steps", OPTION_COUNT, &a.steps, "N", "steps of each chain, for the posterior (default: the maximum only)", 16,
         1 << 20},
        {"chains", OPTION_COUNT, &a.chains, "N", "chains (default 4)", 1, 64},
        {"resume", OPTION_FLAG, &a.resume, NULL, "go on with a fit that was stopped", 0, 0},
        {"checkpoint", OPTION_TEXT, &a.checkpoint, "FILE", "keep the state there (default: DIR.checkpoint)", 0, 0},
        {"particles", OPTION_COUNT, &a.particles, "N", "particles of the filter (default 1000)", 16, 1 << 20},
        {"iterations", OPTION_COUNT, &a.iterations, "N", "of iterated filtering (default 40)", 1, 10000},
        {"repeats", OPTION_COUNT, &a.repeats, "N",
         "filters at the end, for the error of the log likelihood (default 5)", 2, 1000},
        {"until", OPTION_TEXT, &a.until, "MONTH", "last month whose data are seen (default: the scenario's)", 0, 0},
        {"seed", OPTION_COUNT, &a.seed, "N", "seed of all random draws (default 1)", 0, UINT64_MAX},
        {"threads", OPTION_COUNT, &a.threads, "N", "threads (default: all processors; changes no result)", 1, 1024},
        {"kernel", OPTION_TEXT, &a.kernel, "NAME", "baseline, v3 or v4 (default: the best; changes no result)", 0, 0},
    };
    shared_command_line(argc, argv, "fit", line, sizeof line);
    if (!options_read(&command_fit, argc, argv, specs, sizeof specs / sizeof specs[0], &common, &n_arguments, &code))
        return code;
    if (n_arguments != 1 || (a.until && !tsr_month(a.until)) || !choose_checkpoint(&a, checkpoint) ||
        (a.resume && !*checkpoint)) {
        fprintf(stderr,
                n_arguments != 1 ? "tessera: fit takes one scenario; see `tessera fit --help`\n"
                : a.until && !tsr_month(a.until)
                    ? "tessera: --until must be a month, such as 2019-06\n"
                    : "tessera: --resume needs --steps with --out or --checkpoint, as the fit that was stopped had\n");
        return EXIT_USAGE;
    }
    terminal_init(&t, &common);
    const tsr_fit_options options = {.hooks = terminal_hooks(&t),
                                     .seed = a.seed,
                                     .particles = (uint32_t)a.particles,
                                     .threads = (uint32_t)a.threads,
                                     .kernel = a.kernel,
                                     .last_data = a.until ? tsr_month(a.until) : 0,
                                     .iterations = (uint32_t)a.iterations,
                                     .repeats = (uint32_t)a.repeats,
                                     .chains = (uint32_t)a.chains,
                                     .steps = (uint32_t)a.steps,
                                     .checkpoint = *checkpoint ? checkpoint : NULL,
                                     .resume = a.resume,
                                     .arguments = line};
    code = shared_read_scenario(&t, argv[1], &scenario);
    if (code == EXIT_DONE)
        code = shared_import(&t, scenario, &panel);
    if (code == EXIT_DONE && tsr_fit_run(scenario, panel, &options, &fit, &error) != TSR_OK) {
        code = shared_fail(&t, &error, NULL);
        if (code == EXIT_INTERRUPTED && *checkpoint && access(checkpoint, F_OK) == 0)
            fprintf(stderr, "  but the chains so far, in %s: the same command with --resume goes on from there\n",
                    checkpoint);
    }
    if (code == EXIT_DONE)
        code = show(&t, fit, &a);
    tsr_fit_free(fit);
    tsr_panel_free(panel);
    tsr_scenario_free(scenario);
    return code;
}

const command command_fit = {
    .name = "fit",
    .summary = "estimate parameters: the maximum, then the posterior",
    .arguments = "SCENARIO",
    .text = "Estimates the parameters under `estimate` in the scenario (at most 15; a usual list when there is none): "
            "first the\n"
            "maximum by iterated filtering, in minutes; with --steps then the posterior by particle marginal\n"
            "Metropolis-Hastings: some thousand filters; a few hundred particles are often enough (docs/fit.md).\n"
            "Ctrl-C keeps the state; --resume goes on with the same draws. Chains that "
            "have not\n"
            "converged are not called a posterior, and the exit code is 1.",
    .example = "  tessera fit scenarios/afghanistan --out runs/fit --particles 256 --steps 900",
    .run = run,
};
