/* Any bytes as an event file, read as it is and unpacked as a zip would be. What is accepted has values in their ranges,
 * and a row is either an event or a problem. */
#include "events/ged.h"
#include "events/source.h"
#include "fuzz.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static void check(bool holds) {
    if (!holds)
        abort();
}

static void check_event(const ged_event *e) {
    check((unsigned)e->type < PANEL_TYPES && e->start <= e->end);
    check(e->low <= e->best && e->best <= e->high && e->high <= GED_MAX_DEATHS);
    check(isnan(e->latitude) == isnan(e->longitude));
    check(isnan(e->latitude) || (fabs(e->latitude) <= 90 && fabs(e->longitude) <= 180));
    check(e->where_prec >= 0 && e->where_prec <= 7);
    check(e->side_a.n > 0 && e->side_b.n > 0);
}

static void read_events(const uint8_t *bytes, size_t n) {
    problem_list problems;
    size_t n_problems = 0, n_events = 0;
    ged_reader *g = NULL;
    tsr_error error = TSR_ERROR_INIT;
    problem_list_init(&problems);
    tsr_status status = ged_open_bytes(bytes, n, "fuzz.csv", &problems, &n_problems, &g, &error);
    while (status == TSR_OK) {
        ged_event e;
        bool more;
        status = ged_next(g, &e, &more, &error);
        if (status != TSR_OK || !more)
            break;
        check_event(&e);
        n_events++;
    }
    check(status == TSR_OK || error.message[0] != '\0');
    check(n_problems == problems.n_errors);
    check(g == NULL || ged_n_rows(g) >= n_events);
    for (size_t i = 0; i < problems.n; i++)
        check(problems.items[i].line > 0 && problems.items[i].column > 0);
    problem_list_clear(&problems);
    ged_close(g);
}

/** The same bytes as a file: they may be a zip. */
static void read_source(const uint8_t *bytes, size_t n) {
    char path[64], block[4096];
    source *s = NULL;
    size_t n_block = 1, n_all = 0;
    int file = memfd_create("events", 0);
    if (file < 0)
        return;
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    if (write(file, bytes, n) == (ssize_t)n && source_open(path, &s, NULL) == TSR_OK)
        while (n_block > 0 && n_all < (size_t)1 << 20 && source_read(s, block, sizeof block, &n_block, NULL) == TSR_OK)
            n_all += n_block;
    source_close(s);
    close(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    read_events(bytes, n);
    if (n > 1 && bytes[0] == 'P' && bytes[1] == 'K')
        read_source(bytes, n);
    return 0;
}
