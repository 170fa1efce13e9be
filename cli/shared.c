/* Steps that several commands share. */
#include "cli/shared.h"

#include <stdio.h>
#include <string.h>

int shared_fail(const terminal *t, const tsr_error *error, const tsr_problems *problems) {
    tsr_error json_error = TSR_ERROR_INIT;
    char *text = NULL;
    terminal_problems(t, problems);
    if (error->status != TSR_E_INPUT || tsr_problems_count(problems) == 0)
        terminal_error(error);
    if (t->json) {
        if (tsr_failure_json(error, problems, &text, &json_error) == TSR_OK)
            shared_print(text);
        else
            terminal_error(&json_error);
    }
    return exit_code_of(error->status);
}

/** Show the problems of a call and free them. */
static int finish_call(const terminal *t, tsr_status status, const tsr_error *error, tsr_problems *problems) {
    int code = EXIT_DONE;
    if (status != TSR_OK)
        code = shared_fail(t, error, problems);
    else
        terminal_problems(t, problems);
    tsr_problems_free(problems);
    return code;
}

int shared_read_scenario(terminal *t, const char *path, tsr_scenario **out) {
    tsr_error error = TSR_ERROR_INIT;
    tsr_problems *problems = NULL;
    tsr_status status = tsr_scenario_read(path, out, &problems, &error);
    return finish_call(t, status, &error, problems);
}

static int import(terminal *t, const tsr_scenario *scenario, bool to_judge, tsr_panel **out) {
    tsr_error error = TSR_ERROR_INIT;
    tsr_problems *problems = NULL;
    tsr_import_options options = {.hooks = terminal_hooks(t), .to_judge = to_judge};
    tsr_status status = tsr_panel_import(scenario, &options, out, &problems, &error);
    return finish_call(t, status, &error, problems);
}

int shared_import(terminal *t, const tsr_scenario *scenario, tsr_panel **out) {
    return import(t, scenario, false, out);
}

int shared_import_to_judge(terminal *t, const tsr_scenario *scenario, tsr_panel **out) {
    return import(t, scenario, true, out);
}

int shared_finish_printing(void) {
    if (fflush(stdout) == 0 && !ferror(stdout))
        return EXIT_DONE;
    clearerr(stdout);
    fprintf(stderr, "tessera: standard output could not be written\n");
    return EXIT_RESOURCES;
}

int shared_print(char *text) {
    fputs(text, stdout);
    tsr_text_free(text);
    return shared_finish_printing();
}

int shared_print_line(bool as_json, const char *key, const char *text) {
    if (!as_json) {
        printf("%s\n", text);
        return shared_finish_printing();
    }
    printf("{\"%s\": \"", key);
    for (const char *c = text; *c; c++)
        if (*c == '"' || *c == '\\')
            printf("\\%c", *c);
        else if ((unsigned char)*c < 0x20)
            printf("\\u%04x", (unsigned)*c);
        else
            putchar(*c);
    printf("\"}\n");
    return shared_finish_printing();
}

void shared_command_line(int argc, char **argv, const char *command_name, char *out, size_t n) {
    snprintf(out, n, "tessera %s", command_name);
    for (int i = 1; i < argc; i++) {
        size_t used = strlen(out);
        snprintf(out + used, n - used, " %s", argv[i]);
    }
}

int shared_write_and_show(terminal *t, const tsr_run *run, const char *out, bool replace, bool with_draws) {
    tsr_error error = TSR_ERROR_INIT;
    char *text = NULL, report[TSR_PATH_SIZE];
    if (out) {
        tsr_write_options options = {.hooks = terminal_hooks(t), .replace = replace, .with_draws = with_draws};
        if (tsr_run_write(run, out, &options, &error) != TSR_OK || tsr_report(out, report, &error) != TSR_OK)
            return shared_fail(t, &error, NULL);
    }
    tsr_status status = t->json ? tsr_run_json(run, &text, &error) : tsr_run_describe(run, &text, &error);
    int code = status == TSR_OK ? shared_print(text) : shared_fail(t, &error, NULL);
    if (code == EXIT_DONE && out && !t->quiet)
        fprintf(stderr, "written: %s\nreport:  %s\n", out, report);
    return code;
}
