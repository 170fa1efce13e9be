/* tessera explain [MECHANISM] */
#include "cli/shared.h"

#include <stdio.h>

static int run(int argc, char **argv) {
    common_options common;
    terminal t;
    int n_arguments, code;
    bool markdown = false;
    const option_spec specs[] = {
        {"markdown", OPTION_FLAG, &markdown, NULL, "a page of Markdown, as in docs/mechanisms", 0, 0}};
    if (!options_read(&command_explain, argc, argv, specs, 1, &common, &n_arguments, &code))
        return code;
    if (n_arguments > 1) {
        fprintf(stderr, "tessera: explain takes at most one mechanism; see `tessera explain --help`\n");
        return EXIT_USAGE;
    }
    terminal_init(&t, &common);
    tsr_error error = TSR_ERROR_INIT;
    char *text = NULL;
    if (tsr_explain(n_arguments == 1 ? argv[1] : NULL, markdown, &text, &error) != TSR_OK)
        return shared_fail(&t, &error, NULL);
    if (!common.json)
        return shared_print(text);
    code = shared_print_line(true, "text", text);
    tsr_text_free(text);
    return code;
}

const command command_explain = {
    .name = "explain",
    .summary = "explain a mechanism: equation, parameters, sources, doubts",
    .arguments = "[MECHANISM]",
    .text = "Prints a short page on a mechanism of the model: what it does, its equation, each parameter with unit, "
            "bounds,\n"
            "default, prior and source, and what would make it wrong. Without an argument it lists the mechanisms.",
    .example = "  tessera explain support",
    .run = run,
};
