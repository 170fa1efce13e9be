/* tessera COMMAND: one binary, one command per step of an analyst's work. */
#include "cli/shared.h"

#include <stdio.h>
#include <string.h>

static const command *const commands[] = {&command_new,     &command_check,  &command_import,   &command_simulate,
                                          &command_nowcast, &command_fit,    &command_forecast, &command_backtest,
                                          &command_score,   &command_report, &command_explain,  &command_selftest};
enum { N_COMMANDS = sizeof commands / sizeof commands[0] };

static void print_overview(void) {
    printf("Tessera models a conflict as a mosaic of local areas, learns from event data, and answers what-if "
           "questions.\n\n"
           "Usage: tessera COMMAND [arguments] [options]\n\nCommands:\n");
    for (size_t i = 0; i < N_COMMANDS; i++)
        printf("  %-10s %s\n", commands[i]->name, commands[i]->summary);
    printf("\n`tessera COMMAND --help` shows a command's options and an example; `tessera --version` the version.\n\n"
           "Exit codes: 0 done; 1 a check says no; 2 wrong usage; 3 bad input; 4 reading, writing or memory failed;\n"
           "5 internal error; 130 interrupted.\n");
}

static int run_command(int argc, char **argv) {
    if (argc < 2) {
        print_overview();
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        print_overview();
        return EXIT_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("tessera %s\n", tsr_version());
        return EXIT_DONE;
    }
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (strcmp(argv[1], commands[i]->name) == 0)
            return commands[i]->run(argc - 1, argv + 1);
    fprintf(stderr, "tessera: there is no command '%s'; `tessera --help` lists them\n", argv[1]);
    return EXIT_USAGE;
}

int main(int argc, char **argv) {
    int code = run_command(argc, argv);
    int printed = shared_finish_printing();
    return code == EXIT_DONE ? printed : code;
}
