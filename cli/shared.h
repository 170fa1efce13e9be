/* Steps that several commands share. */
#ifndef CLI_SHARED_H
#define CLI_SHARED_H

#include "cli/terminal.h"

/** Read the scenario and show its problems. @return an exit code; EXIT_DONE with *out set */
int shared_read_scenario(terminal *t, const char *path, tsr_scenario **out);
/** Import its event data and show what is wrong with them. */
int shared_import(terminal *t, const tsr_scenario *scenario, tsr_panel **out);
/** The same with the data of later months that forecasts may be judged by. */
int shared_import_to_judge(terminal *t, const tsr_scenario *scenario, tsr_panel **out);
/** Show why a call failed: its problems (NULL: none), and the error unless they say it; with --json the object of the failure
 *  on standard output, where nothing may have been printed before. @return the exit code of the error */
int shared_fail(const terminal *t, const tsr_error *error, const tsr_problems *problems);
/** Print text on standard output and free it. @return EXIT_DONE, or EXIT_RESOURCES when it could not be written */
int shared_print(char *text);
/** Write a run with its report into `out` (NULL: nowhere) and show its text, or its JSON. @return an exit code */
int shared_write_and_show(terminal *t, const tsr_run *run, const char *out, bool replace, bool with_draws);
/** Was all that was printed written? Says so once when it was not. @return as shared_print */
int shared_finish_printing(void);
/** One line on standard output: the text, or an object of JSON with it under `key`. @return as shared_print */
int shared_print_line(bool as_json, const char *key, const char *text);
/** The command line as one string into `out`. */
void shared_command_line(int argc, char **argv, const char *command_name, char *out, size_t n);

#endif
