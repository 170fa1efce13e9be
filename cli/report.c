/* tessera report RUN */
#include "cli/shared.h"

#include <stdio.h>

static int run(int argc, char **argv) {
    common_options common;
    terminal t;
    int n_arguments, code;
    const char *scores = NULL;
    const option_spec specs[] = {
        {"scores", OPTION_TEXT, &scores, "DIR",
         "folder of a backtest (--out): its scores are put beside the run and shown", 0, 0},
    };
    if (!options_read(&command_report, argc, argv, specs, sizeof specs / sizeof specs[0], &common, &n_arguments, &code))
        return code;
    if (n_arguments != 1) {
        fprintf(stderr, "tessera: report takes one run folder; see `tessera report --help`\n");
        return EXIT_USAGE;
    }
    terminal_init(&t, &common);
    tsr_error error = TSR_ERROR_INIT;
    char path[TSR_PATH_SIZE];
    if ((scores && tsr_report_scores(argv[1], scores, &error) != TSR_OK) || tsr_report(argv[1], path, &error) != TSR_OK)
        return shared_fail(&t, &error, NULL);
    return shared_print_line(common.json, "report", path);
}

const command command_report = {
    .name = "report",
    .summary = "make the report of a run: one self-contained HTML page",
    .arguments = "RUN",
    .text = "Makes RUN/report.html anew from RUN/report.json: map, timelines, questions, scores, sources. The page "
            "needs no\n"
            "network.",
    .example = "  tessera report runs/afghanistan --scores runs/backtest",
    .run = run,
};
