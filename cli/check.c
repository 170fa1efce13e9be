/* tessera check SCENARIO */
#include "cli/shared.h"

#include <stdio.h>

static int run(int argc, char **argv) {
    common_options common;
    terminal t;
    int n_arguments, code;
    if (!options_read(&command_check, argc, argv, NULL, 0, &common, &n_arguments, &code))
        return code;
    if (n_arguments != 1) {
        fprintf(stderr, "tessera: check takes one scenario; see `tessera check --help`\n");
        return EXIT_USAGE;
    }
    terminal_init(&t, &common);
    tsr_error error = TSR_ERROR_INIT;
    tsr_scenario *scenario = NULL;
    tsr_problems *problems = NULL;
    char *text = NULL;
    tsr_status status = tsr_scenario_read(argv[1], &scenario, &problems, &error);
    if (status != TSR_OK)
        code = shared_fail(&t, &error, problems);
    else if (common.json)
        code =
            tsr_problems_json(problems, &text, &error) == TSR_OK ? shared_print(text) : shared_fail(&t, &error, NULL);
    else {
        terminal_problems(&t, problems);
        code = tsr_scenario_describe(scenario, &text, &error) == TSR_OK ? shared_print(text)
                                                                        : shared_fail(&t, &error, NULL);
    }
    tsr_problems_free(problems);
    tsr_scenario_free(scenario);
    return code;
}

const command command_check = {
    .name = "check",
    .summary = "read and validate a scenario, say what the model will be",
    .arguments = "SCENARIO",
    .text = "Reads scenario.yaml and every file it names except event data, lists all problems with file, line and\n"
            "column, and prints what the model will be: areas, actors, channels, schedules, questions, parameters.",
    .example = "  tessera check scenarios/afghanistan",
    .run = run,
};
