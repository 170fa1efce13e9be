/* tessera selftest */
#include "cli/shared.h"

#include <stdio.h>

static int run(int argc, char **argv) {
    common_options common;
    terminal t;
    int n_arguments, code;
    uint32_t n_failed = 0;
    char *text = NULL;
    tsr_error error = TSR_ERROR_INIT;
    if (!options_read(&command_selftest, argc, argv, NULL, 0, &common, &n_arguments, &code))
        return code;
    if (n_arguments > 0) {
        fprintf(stderr, "tessera: selftest takes no argument; see `tessera selftest --help`\n");
        return EXIT_USAGE;
    }
    terminal_init(&t, &common);
    tsr_hooks hooks = terminal_hooks(&t);
    if (tsr_selftest(&hooks, common.json, &text, &n_failed, &error) != TSR_OK)
        return shared_fail(&t, &error, NULL);
    code = shared_print(text);
    return code == EXIT_DONE && n_failed > 0 ? EXIT_NO : code;
}

const command command_selftest = {
    .name = "selftest",
    .summary = "check the model's limits with known answers on this machine",
    .arguments = "",
    .text =
        "Runs tiny worlds in which the model must come to a value that is known exactly, with the kernels that every\n"
        "run uses, and prints for each the exact value, the computed one and the tolerance: rounding, or six standard\n"
        "errors where draws are averaged (a false alarm in 5e8). Exits with 1 when a limit fails.",
    .example = "  tessera selftest --json",
    .run = run,
};
