/* tessera import SCENARIO */
#include "cli/shared.h"

#include <stdio.h>

static int run(int argc, char **argv) {
    common_options common;
    terminal t;
    const char *out = NULL;
    bool force = false;
    int n_arguments, code;
    const option_spec specs[] = {
        {"out", OPTION_TEXT, &out, "DIR", "also write panel.nc, panel.csv and import.json there", 0, 0},
        {"force", OPTION_FLAG, &force, NULL, "replace DIR if Tessera made it", 0, 0},
    };
    if (!options_read(&command_import, argc, argv, specs, 2, &common, &n_arguments, &code))
        return code;
    if (n_arguments != 1) {
        fprintf(stderr, "tessera: import takes one scenario; see `tessera import --help`\n");
        return EXIT_USAGE;
    }
    terminal_init(&t, &common);
    tsr_error error = TSR_ERROR_INIT;
    tsr_scenario *scenario = NULL;
    tsr_panel *panel = NULL;
    char *text = NULL;
    code = shared_read_scenario(&t, argv[1], &scenario);
    if (code == EXIT_DONE)
        code = shared_import(&t, scenario, &panel);
    if (code == EXIT_DONE && out) {
        tsr_write_options options = {.hooks = terminal_hooks(&t), .replace = force};
        if (tsr_panel_write(panel, scenario, out, &options, &error) != TSR_OK)
            code = shared_fail(&t, &error, NULL);
    }
    if (code == EXIT_DONE) {
        tsr_status status = common.json ? tsr_panel_json(panel, scenario, &text, &error)
                                        : tsr_panel_describe(panel, scenario, &text, &error);
        code = status == TSR_OK ? shared_print(text) : shared_fail(&t, &error, NULL);
    }
    if (code == EXIT_DONE && out && !common.quiet)
        fprintf(stderr, "written: %s\n", out);
    tsr_panel_free(panel);
    tsr_scenario_free(scenario);
    return code;
}

const command command_import = {
    .name = "import",
    .summary = "read event data into a panel, with an account of every event",
    .arguments = "SCENARIO",
    .text =
        "Reads the event files (UCDP GED, plain or zipped) and national totals that the scenario names, and prints\n"
        "what was used and dropped and why, and how the months reconcile with the national totals.",
    .example = "  tessera import scenarios/afghanistan --out runs/panel",
    .run = run,
};
