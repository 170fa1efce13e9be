/* The panel: files are read into records, records that a later file has too are taken out, the rest is counted. */
#include "events/panel.h"

#include "base/file.h"
#include "base/log.h"
#include "events/gather.h"
#include "events/quote.h"
#include "events/totals.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const reason_texts[PANEL_REASONS] = {
    [PANEL_USED_LOCATED] = "used, in an area",
    [PANEL_USED_UNLOCATED] = "used, in the country as a whole",
    [PANEL_USED_LONG] = "used in totals: spans more than 31 days",
    [PANEL_OTHER_CHANNEL] = "actors that no channel covers",
    [PANEL_DUPLICATE] = "a later file has the same event",
    [PANEL_SUPERSEDED] = "a complete file covers this time",
    [PANEL_OUT_OF_PERIOD] = "outside the scenario's observed period",
    [PANEL_OUT_OF_FILE_RANGE] = "outside the from and to of this file",
    [PANEL_OTHER_COUNTRY] = "another country",
};

const char *panel_reason_text(panel_reason reason) {
    return (unsigned)reason < PANEL_REASONS ? reason_texts[reason] : "unknown";
}

const char *panel_type_name(panel_type type) {
    static const char *const names[PANEL_TYPES] = {"sb", "ns", "os"};
    return (unsigned)type < PANEL_TYPES ? names[type] : "unknown";
}

void panel_free(panel *p) {
    if (p == NULL)
        return;
    for (size_t i = 0; p->files != NULL && i < p->n_files; i++)
        free(p->files[i].path);
    for (size_t i = 0; p->others != NULL && i < p->n_others; i++) {
        free(p->others[i].side_a);
        free(p->others[i].side_b);
    }
    free(p->events);
    free(p->deaths);
    free(p->unlocated_events);
    free(p->unlocated_deaths);
    free(p->long_events);
    free(p->long_deaths);
    free(p->type_deaths);
    free(p->type_events);
    free(p->coverage);
    free(p->totals);
    free(p->files);
    free(p->others);
    free(p->checks);
    free(p);
}

/** An empty panel of the world's size. */
static tsr_status create(const world *w, panel **out, tsr_error *error) {
    size_t n_areas, n_channels, n_files;
    world_areas(w, &n_areas);
    world_channels(w, &n_channels);
    world_files(w, &n_files);
    panel *p = calloc(1, sizeof *p);
    if (p == NULL || w->last_observed < w->first_month) {
        free(p);
        return p == NULL ? FAIL(error, TSR_E_MEMORY, "no memory for the event data")
                         : FAIL(error, TSR_E_INTERNAL, "the observed period ends before it starts");
    }
    p->first_month = w->first_month;
    p->n_months = (uint32_t)(w->last_observed - w->first_month) + 1;
    p->n_channels = (uint32_t)n_channels;
    p->n_areas = (uint32_t)n_areas;
    size_t n_rows = (size_t)p->n_months * n_channels + 1, n_types = (size_t)p->n_months * PANEL_TYPES;
    size_t n_cells = n_rows * (n_areas + 1);
    p->events = calloc(n_cells, sizeof *p->events);
    p->deaths = calloc(n_cells, sizeof *p->deaths);
    p->unlocated_events = calloc(n_rows, sizeof *p->unlocated_events);
    p->unlocated_deaths = calloc(n_rows, sizeof *p->unlocated_deaths);
    p->long_events = calloc(n_rows, sizeof *p->long_events);
    p->long_deaths = calloc(n_rows, sizeof *p->long_deaths);
    p->type_deaths = calloc(n_types, sizeof *p->type_deaths);
    p->type_events = calloc(n_types, sizeof *p->type_events);
    p->coverage = calloc(p->n_months, sizeof *p->coverage);
    p->totals = malloc(n_types * sizeof *p->totals);
    p->files = calloc(n_files + 1, sizeof *p->files);
    p->checks = calloc(n_types, sizeof *p->checks);
    if (!p->events || !p->deaths || !p->unlocated_events || !p->unlocated_deaths || !p->long_events ||
        !p->long_deaths || !p->type_deaths || !p->type_events || !p->coverage || !p->totals || !p->files ||
        !p->checks) {
        panel_free(p);
        return FAIL(error, TSR_E_MEMORY, "no memory for event data of %zu areas and %zu channels", n_areas, n_channels);
    }
    for (size_t i = 0; i < n_types; i++)
        p->totals[i] = NAN;
    *out = p;
    return TSR_OK;
}

/* ---- files ---------------------------------------------------------------------------------------------------- */

/** Make a failure that concerns one file a problem, so that the others are read on. */
static tsr_status note_failure(problem_list *problems, tsr_status status, const char *path, tsr_error *failure,
                               tsr_error *error) {
    if (status == TSR_OK)
        return TSR_OK;
    if (status != TSR_E_INPUT && status != TSR_E_IO) {
        if (error != NULL)
            *error = *failure;
        return status;
    }
    base_place place = {failure->file[0] != '\0' ? failure->file : path, failure->line, failure->column};
    problem_add(problems, PROBLEM_ERROR, place, "%s", failure->message);
    return TSR_OK;
}

/** A new entry in the panel's list of files. */
static tsr_status add_file(panel *p, const world *w, const world_file *named, panel_file **account, tsr_error *error) {
    const char *shown = world_string(w, named->path);
    *account = &p->files[p->n_files];
    (*account)->path = quote_copy(shown, strlen(shown));
    if ((*account)->path == NULL)
        return FAIL(error, TSR_E_MEMORY, "no memory to read %s", shown);
    p->n_files++;
    return TSR_OK;
}

static tsr_status read_events(gathering *g, const world_file *named, const char *path, panel_file *account,
                              tsr_error *error) {
    gathered_file *file = &g->files[g->n_files++];
    *file = (gathered_file){.from = named->from, .to = named->to, .is_complete = named->is_complete != 0};
    memcpy(file->path, path, strlen(path) + 1);
    return gather_file(g, file, account, error);
}

static tsr_status read_totals(const gathering *g, const char *path, panel *p, panel_file *account, tsr_error *error) {
    tsr_status status = totals_read(path, g->w, p->n_months, p->totals, &account->n_rows, g->problems, error);
    return status == TSR_OK ? sha256_file(path, account->hash, &account->n_bytes, error) : status;
}

/** Read all files of one role. Event files come first, so that those of the gathering and of the panel have one index. */
static tsr_status read_files(gathering *g, world_file_role role, const char *folder, panel *p, tsr_error *error) {
    size_t n_files;
    const world_file *files = world_files(g->w, &n_files);
    tsr_status status = TSR_OK;
    for (size_t i = 0; i < n_files && status == TSR_OK; i++) {
        char path[TSR_PATH_SIZE];
        tsr_error failure = TSR_ERROR_INIT;
        panel_file *account = NULL;
        if (files[i].role != (uint32_t)role)
            continue;
        status = add_file(p, g->w, &files[i], &account, error);
        if (status != TSR_OK)
            break;
        status = path_join(folder, account->path, path, &failure);
        if (status == TSR_OK) {
            log_say(&g->options->hooks, TSR_LOG_INFO, "reading %s", path);
            status = role == WORLD_FILE_EVENTS ? read_events(g, &files[i], path, account, &failure)
                                               : read_totals(g, path, p, account, &failure);
        }
        status = note_failure(g->problems, status, account->path, &failure, error);
    }
    return status;
}

/* ---- counting ------------------------------------------------------------------------------------------------- */

static void count_record(panel *p, const event_record *e) {
    uint32_t month = (uint32_t)(e->month - p->first_month);
    panel_tally *tally = &p->files[e->file].by_reason[e->reason];
    tally->events++;
    tally->deaths += e->best;
    if (e->reason == PANEL_DUPLICATE || e->reason == PANEL_SUPERSEDED)
        return;
    p->type_events[(size_t)month * PANEL_TYPES + e->type]++;
    p->type_deaths[(size_t)month * PANEL_TYPES + e->type] += e->best;
    if (e->reason == PANEL_OTHER_CHANNEL)
        return;
    size_t row = (size_t)month * p->n_channels + (uint32_t)e->channel;
    if (e->reason == PANEL_USED_LOCATED) {
        size_t cell = panel_cell(p, month, (uint32_t)e->channel, (uint32_t)e->area);
        p->events[cell]++;
        p->deaths[cell] += e->best;
        return;
    }
    p->unlocated_events[row]++;
    p->unlocated_deaths[row] += e->best;
    if (e->reason == PANEL_USED_LONG) {
        p->long_events[row]++;
        p->long_deaths[row] += e->best;
    }
}

static tsr_status count_records(panel *p, const gathering *g, tsr_error *error) {
    uint64_t n_deaths = 0;
    for (size_t i = 0; i < g->n_records; i++)
        n_deaths += g->records[i].best;
    if (n_deaths > UINT32_MAX)
        return FAIL(error, TSR_E_INPUT, "the event files have %llu deaths; there may be at most %u",
                    (unsigned long long)n_deaths, UINT32_MAX);
    for (size_t i = 0; i < g->n_records; i++)
        count_record(p, &g->records[i]);
    return TSR_OK;
}

/** The days that a file covers: as the scenario says, else the months from its first to its last event. */
static bool covered_days(const gathered_file *file, date_day *first, date_day *last) {
    if (file->first_day > file->last_day)
        return false; /* no events, no first and last day */
    *first = file->from != DATE_MIN ? file->from : month_first_day(month_from_day(file->first_day));
    *last = file->to != DATE_MAX ? file->to : month_last_day(month_from_day(file->last_day));
    return true;
}

/** Do the files (the complete ones only) together cover every day of a month? */
static bool is_covered(const gathering *g, int32_t month, bool complete_only) {
    date_day missing = month_first_day(month), end = month_last_day(month);
    for (size_t round = 0; round < g->n_files && missing <= end; round++) /* each may close one gap */
        for (size_t i = 0; i < g->n_files; i++) {
            date_day first, last;
            if ((g->files[i].is_complete || !complete_only) && covered_days(&g->files[i], &first, &last) &&
                first <= missing && missing <= last)
                missing = last + 1;
        }
    return missing > end;
}

static void cover_months(panel *p, const gathering *g) {
    for (uint32_t i = 0; i < p->n_months; i++) {
        int32_t month = p->first_month + (int32_t)i;
        p->coverage[i] = is_covered(g, month, true)    ? PANEL_COMPLETE
                         : is_covered(g, month, false) ? PANEL_PRECISE
                                                       : PANEL_NOT_OBSERVED;
    }
}

/** A `to` long after the last event says that nothing happened; more often the file is too short. */
static void warn_of_silence(const gathering *g, const gathered_file *file) {
    enum { QUIET_DAYS = 183 };
    char to[16], last[16];
    if (file->to == DATE_MAX || file->first_day > file->last_day || file->to - file->last_day <= QUIET_DAYS)
        return;
    date_text(file->to, to);
    date_text(file->last_day, last);
    problem_add(g->problems, PROBLEM_WARNING, (base_place){file->path, 0, 0},
                "the file is said to reach to %s, but its last event is of %s; the months after it count as observed "
                "and without events",
                to, last);
}

static void fill_checks(panel *p) {
    for (uint32_t month = 0; month < p->n_months; month++)
        for (uint32_t type = 0; type < PANEL_TYPES; type++) {
            size_t i = (size_t)month * PANEL_TYPES + type;
            if (p->coverage[month] == PANEL_COMPLETE && !isnan(p->totals[i]))
                p->checks[p->n_checks++] =
                    (panel_check){p->first_month + (int32_t)month, (panel_type)type, p->type_deaths[i], p->totals[i]};
        }
}

/* ---- all of it ------------------------------------------------------------------------------------------------ */

static tsr_status import_into(panel *p, gathering *g, const char *folder, tsr_error *error) {
    tsr_status status = TSR_OK;
    TRY(resolver_create(g->w, g->options->tolerance_km, &g->names, error));
    TRY(read_files(g, WORLD_FILE_EVENTS, folder, p, error));
    TRY(read_files(g, WORLD_FILE_TOTALS, folder, p, error));
    if (g->problems->n_errors == 0)
        TRY(gather_mark_duplicates(g, p->files, error));
    TRY(problem_list_status(g->problems, error));
    TRY(count_records(p, g, error));
    cover_months(p, g);
    for (size_t i = 0; i < g->n_files; i++)
        warn_of_silence(g, &g->files[i]);
    fill_checks(p);
    TRY(gather_others(g, &p->others, &p->n_others, error));
out:
    return status;
}

/** Append to the caller's list. */
static void hand_over(const problem_list *from, problem_list *to) {
    for (size_t i = 0; to != NULL && i < from->n; i++) {
        const problem *x = &from->items[i];
        problem_add(to, x->severity, (base_place){x->file, x->line, x->column}, "%s", x->message);
    }
    if (to != NULL)
        to->out_of_memory = to->out_of_memory || from->out_of_memory;
}

tsr_status panel_import(const world *w, const char *folder, const panel_options *options, panel **out,
                        problem_list *problems, tsr_error *error) {
    static const panel_options usual = {.tolerance_km = 25};
    tsr_status status = TSR_OK;
    size_t n_files;
    panel *p = NULL;
    problem_list found;
    gathering g = {.w = w, .options = options != NULL ? options : &usual, .problems = &found};
    problem_list_init(&found);
    world_files(w, &n_files);
    g.files = calloc(n_files + 1, sizeof *g.files);
    if (g.files == NULL) {
        status = FAIL(error, TSR_E_MEMORY, "no memory for %zu files", n_files);
        goto out;
    }
    TRY(create(w, &p, error));
    TRY(import_into(p, &g, folder, error));
    *out = p;
    p = NULL;
out:
    hand_over(&found, problems);
    problem_list_clear(&found);
    panel_free(p);
    resolver_free(g.names);
    free(g.records);
    free(g.files);
    return status;
}
