/* What goes to standard error: errors with their place, warnings, a bar of progress; and Ctrl-C. */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include "cli/command.h"

typedef struct terminal {
    bool quiet, verbose, json;
    bool is_tty, use_colour;
    double task_began, last_shown;
    char task[64];
} terminal;

/** Also installs the handler of Ctrl-C: the first one asks the running call to stop, the second one ends the program. */
void terminal_init(terminal *t, const common_options *common);
tsr_hooks terminal_hooks(terminal *t);
/** Show an error. Returns the exit code that belongs to it. Commands use shared_fail. */
int terminal_error(const tsr_error *error);
/** Show every problem; errors and warnings counted at the end. */
void terminal_problems(const terminal *t, const tsr_problems *problems);
bool terminal_interrupted(void);

#endif
