/* A command: its page of help, its options, and what it does. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "tessera.h"

/** Exit codes, the same for every command. */
enum exit_code {
    EXIT_DONE = 0,
    EXIT_NO = 1, /* a check or comparison says no */
    EXIT_USAGE = 2,
    EXIT_BAD_INPUT = 3,
    EXIT_RESOURCES = 4, /* input, output, memory, disk */
    EXIT_INTERNAL = 5,
    EXIT_INTERRUPTED = 130
};

typedef enum option_kind { OPTION_FLAG, OPTION_TEXT, OPTION_COUNT } option_kind;

/** One long option. Where `value` points: bool for a flag, const char * for text, uint64_t for a count. */
typedef struct option_spec {
    const char *name;
    option_kind kind;
    void *value;
    const char *argument; /**< name of the value in the help, "FILE"; NULL for a flag */
    const char *help;
    uint64_t low, high; /**< allowed counts */
} option_spec;

/** Options that every command has. */
typedef struct common_options {
    bool quiet, verbose, json, help;
} common_options;

typedef struct command {
    const char *name;
    const char *summary;   /**< one line */
    const char *arguments; /**< "SCENARIO" */
    const char *text;      /**< what it does, for --help */
    const char *example;
    int (*run)(int argc, char **argv);
} command;

extern const command command_check, command_import, command_simulate, command_nowcast, command_fit, command_forecast,
    command_backtest, command_report, command_explain, command_score, command_selftest, command_new;

/**
 * Read the options of a command from argv[1 ...]; what is not an option is moved to the front of argv.
 *
 * @param n_arguments  out: how many arguments are left, from argv[1]
 * @param exit_code    out: what to return when the result is false (0 after --help, 2 after a mistake)
 */
bool options_read(const command *c, int argc, char **argv, const option_spec *specs, size_t n_specs,
                  common_options *common, int *n_arguments, int *exit_code);

/** Exit code of a status. */
int exit_code_of(tsr_status status);

#endif
