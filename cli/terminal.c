/* Standard error: errors, problems, progress; and the handler of Ctrl-C. */
#include "cli/terminal.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A signal handler can reach nothing but a global. */
static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal_number) {
    if (interrupted)
        _exit(EXIT_INTERRUPTED);
    interrupted = signal_number;
}

bool terminal_interrupted(void) {
    return interrupted != 0;
}

static double now_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void terminal_init(terminal *t, const common_options *common) {
    const char *no_colour = getenv("NO_COLOR");
    *t = (terminal){
        .quiet = common->quiet, .verbose = common->verbose, .json = common->json, .is_tty = isatty(STDERR_FILENO)};
    t->use_colour = t->is_tty && !(no_colour && *no_colour);
    struct sigaction action = {.sa_handler = on_interrupt};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN); /* writing to a closed pipe is an error like any other */
}

static void show_bar(const terminal *t, const char *task, uint64_t done, uint64_t total, double elapsed) {
    enum { WIDTH = 30 };
    double share = total ? (double)done / (double)total : 0;
    int filled = (int)(share * WIDTH);
    char bar[WIDTH + 1];
    for (int i = 0; i < WIDTH; i++)
        bar[i] = i < filled ? '#' : '.';
    bar[WIDTH] = 0;
    double left = share > 0 ? elapsed / share - elapsed : 0;
    fprintf(stderr, "\r%s%-12s%s [%s] %3.0f %%  %.0f s left ", t->use_colour ? "\033[1m" : "", task,
            t->use_colour ? "\033[0m" : "", bar, 100 * share, left);
    if (done >= total)
        fprintf(stderr, "\r%-70s\r", "");
    fflush(stderr);
}

/** A bar on a terminal, ten times a second; a line every ten seconds elsewhere. */
static void progress(void *user, const char *task, uint64_t done, uint64_t total) {
    terminal *t = user;
    double now = now_seconds();
    if (t->quiet)
        return;
    if (strncmp(t->task, task, sizeof t->task - 1) != 0) {
        snprintf(t->task, sizeof t->task, "%s", task);
        t->task_began = t->last_shown = now;
    }
    if (t->is_tty && (now - t->last_shown > 0.1 || done >= total)) {
        show_bar(t, task, done, total, now - t->task_began);
        t->last_shown = now;
    } else if (!t->is_tty && now - t->last_shown > 10) {
        fprintf(stderr, "%s: %.0f %%\n", task, total ? 100.0 * (double)done / (double)total : 0);
        t->last_shown = now;
    }
}

static void say(void *user, tsr_log_level level, const char *message) {
    const terminal *t = user;
    if (level == TSR_LOG_WARNING)
        fprintf(stderr, "warning: %s\n", message);
    else if (!t->quiet && (level == TSR_LOG_INFO || t->verbose))
        fprintf(stderr, "%s\n", message);
}

static bool cancelled(void *user) {
    (void)user;
    return interrupted != 0;
}

tsr_hooks terminal_hooks(terminal *t) {
    return (tsr_hooks){.progress = progress, .log = say, .cancelled = cancelled, .user = t};
}

int terminal_error(const tsr_error *error) {
    if (*error->file && error->line)
        fprintf(stderr, "%s:%u:%u: ", error->file, error->line, error->column);
    else if (*error->file)
        fprintf(stderr, "%s: ", error->file);
    else
        fprintf(stderr, "tessera: ");
    fprintf(stderr, "%s: %s\n", tsr_status_name(error->status), error->message);
    if (error->particle >= 0 && error->month_id)
        fprintf(stderr, "  in particle %lld, month %d (%d-%02d)\n", (long long)error->particle, error->month_id,
                1980 + (error->month_id - 1) / 12, (error->month_id - 1) % 12 + 1);
    if ((error->status == TSR_E_INTERNAL || error->status == TSR_E_NUMERIC) && error->origin)
        fprintf(stderr, "  at %s:%d; please report it\n", error->origin, error->origin_line);
    if (error->status == TSR_E_CANCELLED)
        fprintf(stderr, "  nothing was written\n");
    return exit_code_of(error->status);
}

void terminal_problems(const terminal *t, const tsr_problems *problems) {
    size_t n = tsr_problems_count(problems), errors = 0, warnings = 0;
    for (size_t i = 0; i < n; i++) {
        tsr_problem p = tsr_problems_get(problems, i);
        errors += !p.is_warning;
        warnings += p.is_warning;
        if (p.is_warning && t->quiet)
            continue;
        if (p.line)
            fprintf(stderr, "%s:%u:%u: ", p.file, p.line, p.column);
        else if (*p.file)
            fprintf(stderr, "%s: ", p.file);
        fprintf(stderr, "%s: %s\n", p.is_warning ? "warning" : "error", p.message);
    }
    if (errors + warnings > 0 && !t->quiet)
        fprintf(stderr, "%zu error%s, %zu warning%s\n", errors, errors == 1 ? "" : "s", warnings,
                warnings == 1 ? "" : "s");
}
