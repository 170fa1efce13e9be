/* Events that more than one file has: the later file wins. Files are compared in pairs, through the ids that both use:
 * a later file with the column id_ged211 is compared with an older file's id through it. */
#include "events/gather.h"

#include <stdlib.h>
#include <string.h>

typedef struct id_entry {
    int64_t id;
    size_t record;
} id_entry;

/** Which ids of a file to compare. */
typedef enum id_kind { ID_OWN, ID_OLDER } id_kind;

static int compare_entries(const void *a, const void *b) {
    const id_entry *x = a, *y = b;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return x->record < y->record ? -1 : x->record > y->record;
}

static int64_t id_of(const event_record *e, id_kind kind) {
    return kind == ID_OWN ? e->id : e->id_older;
}

/** The file's ids, sorted; *n gets their number. NULL when there is no memory. */
static id_entry *list_ids(const gathering *g, const gathered_file *file, id_kind kind, size_t *n) {
    id_entry *entries = malloc((file->n_records + 1) * sizeof *entries);
    *n = 0;
    for (size_t i = file->first_record; entries != NULL && i < file->first_record + file->n_records; i++)
        if (id_of(&g->records[i], kind) != GED_NO_ID)
            entries[(*n)++] = (id_entry){id_of(&g->records[i], kind), i};
    if (entries != NULL)
        qsort(entries, *n, sizeof *entries, compare_entries);
    return entries;
}

/** Of two rows of one file with one id the later is kept. */
static void mark_within(gathering *g, const char *path, const id_entry *entries, size_t n) {
    size_t n_twice = 0;
    const event_record *first = NULL;
    for (size_t i = 0; i + 1 < n; i++) {
        if (entries[i].id != entries[i + 1].id)
            continue;
        event_record *e = &g->records[entries[i].record];
        e->reason = PANEL_DUPLICATE;
        if (first == NULL || e->line < first->line)
            first = e;
        n_twice++;
    }
    if (first != NULL)
        problem_add(g->problems, PROBLEM_WARNING, (base_place){path, first->line, 0},
                    "%zu rows have an id that a later row has too (here, for example); the later row counts", n_twice);
}

/** Mark records of `file` whose id is among the entries of a later file; returns how many ids match. */
static size_t mark_between(gathering *g, const gathered_file *file, id_kind kind, const id_entry *entries, size_t n) {
    size_t n_matches = 0;
    for (size_t i = file->first_record; i < file->first_record + file->n_records; i++) {
        event_record *e = &g->records[i];
        int64_t id = id_of(e, kind);
        size_t low = 0, high = n;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (entries[middle].id < id)
                low = middle + 1;
            else
                high = middle;
        }
        if (id == GED_NO_ID || low == n || entries[low].id != id)
            continue;
        e->reason = PANEL_DUPLICATE;
        n_matches++;
    }
    return n_matches;
}

/** Days that both files have events of; number and deaths of the earlier file's events there that are not duplicates. */
static panel_tally overlap(const gathering *g, const gathered_file *earlier, const gathered_file *later,
                           date_day *first, date_day *last) {
    panel_tally tally = {0};
    *first = earlier->first_day > later->first_day ? earlier->first_day : later->first_day;
    *last = earlier->last_day < later->last_day ? earlier->last_day : later->last_day;
    for (size_t i = earlier->first_record; i < earlier->first_record + earlier->n_records; i++) {
        const event_record *e = &g->records[i];
        if (e->reason == PANEL_DUPLICATE || e->reason == PANEL_SUPERSEDED || e->end < *first || e->end > *last)
            continue;
        tally.events++;
        tally.deaths += e->best;
    }
    return tally;
}

/** A complete file is the whole truth for its time: what an earlier file of precisely located events has there and it has
 *  not does not count. */
static void supersede(gathering *g, const gathered_file *earlier, const gathered_file *later) {
    if (earlier->is_complete || !later->is_complete)
        return;
    for (size_t i = earlier->first_record; i < earlier->first_record + earlier->n_records; i++) {
        event_record *e = &g->records[i];
        if (e->reason != PANEL_DUPLICATE && e->end >= later->first_day && e->end <= later->last_day)
            e->reason = PANEL_SUPERSEDED;
    }
}

/** The file's first record of these days that counts, or NULL. @param without_id  of those that have no id at all */
static const event_record *find_record(const gathering *g, const gathered_file *file, date_day first, date_day last,
                                       bool without_id) {
    for (size_t i = file->first_record; i < file->first_record + file->n_records; i++) {
        const event_record *e = &g->records[i];
        bool has_no_id = e->id == GED_NO_ID && e->id_older == GED_NO_ID;
        if (e->end >= first && e->end <= last && e->reason != PANEL_SUPERSEDED && (has_no_id || !without_id))
            return e;
    }
    return NULL;
}

static void report_overlap(gathering *g, const panel_file *accounts, size_t earlier, size_t later, size_t n_matches) {
    date_day first, last;
    char from[16], to[16];
    panel_tally both = overlap(g, &g->files[earlier], &g->files[later], &first, &last);
    if (first > last || both.events == 0 || find_record(g, &g->files[later], first, last, false) == NULL)
        return;
    date_text(first, from);
    date_text(last, to);
    const char *path = g->files[earlier].path;
    const event_record *unknown = find_record(g, &g->files[earlier], first, last, true);
    if (unknown == NULL)
        unknown = find_record(g, &g->files[later], first, last, true);
    if (n_matches == 0)
        problem_add(g->problems, PROBLEM_ERROR, (base_place){path, 0, 0},
                    "this file and %s both have events from %s to %s, but none with the same id, so that events may "
                    "count twice; give one of them a from: or to:",
                    accounts[later].path, from, to);
    else if (unknown != NULL)
        problem_add(g->problems, PROBLEM_ERROR, (base_place){g->files[unknown->file].path, unknown->line, 0},
                    "this row has no id, and %s has events from %s to %s too, so that it may count twice; give one of "
                    "the files a from: or to:",
                    accounts[unknown->file == earlier ? later : earlier].path, from, to);
    else
        problem_add(g->problems, PROBLEM_WARNING, (base_place){path, 0, 0},
                    "%llu events (%llu deaths) from %s to %s are in this file and not in %s; they count as well. Give "
                    "this file a to: if the other one replaces it",
                    (unsigned long long)both.events, (unsigned long long)both.deaths, from, to, accounts[later].path);
}

static tsr_status compare_files(gathering *g, const panel_file *accounts, size_t later, tsr_error *error) {
    const gathered_file *file = &g->files[later];
    size_t n_own = 0, n_older = 0;
    tsr_status status = TSR_OK;
    id_entry *own = list_ids(g, file, ID_OWN, &n_own), *older = list_ids(g, file, ID_OLDER, &n_older);
    if (own == NULL || older == NULL) {
        status = FAIL(error, TSR_E_MEMORY, "no memory to compare %zu events", g->n_records);
        goto out;
    }
    mark_within(g, file->path, file->has_ids ? own : older, file->has_ids ? n_own : n_older);
    for (size_t earlier = 0; earlier < later; earlier++) {
        const gathered_file *before = &g->files[earlier];
        size_t n_matches = 0;
        if (file->has_older_ids && before->has_older_ids)
            n_matches += mark_between(g, before, ID_OLDER, older, n_older);
        if (file->has_older_ids && !before->has_older_ids)
            n_matches += mark_between(g, before, ID_OWN, older, n_older);
        else if (!file->has_older_ids && !before->has_ids)
            n_matches += mark_between(g, before, ID_OLDER, own, n_own);
        else if (file->has_ids && before->has_ids)
            n_matches += mark_between(g, before, ID_OWN, own, n_own);
        if (n_matches > 0)
            supersede(g, before, file);
        report_overlap(g, accounts, earlier, later, n_matches);
    }
out:
    free(own);
    free(older);
    return status;
}

/** A file that is named twice would silently take the place of itself. */
static void report_same_file(gathering *g, const panel_file *accounts) {
    for (size_t later = 0; later < g->n_files; later++)
        for (size_t earlier = 0; earlier < later; earlier++) {
            const gathered_file *a = &g->files[earlier], *b = &g->files[later];
            if (strcmp(accounts[earlier].hash, accounts[later].hash) != 0 || a->from > b->to || b->from > a->to)
                continue;
            problem_add(g->problems, PROBLEM_ERROR, (base_place){b->path, 0, 0},
                        "this file has the same content as %s; name one of them, or give them a from: and to: that do "
                        "not overlap",
                        accounts[earlier].path);
        }
}

tsr_status gather_mark_duplicates(gathering *g, const panel_file *accounts, tsr_error *error) {
    report_same_file(g, accounts);
    for (size_t later = 0; later < g->n_files; later++) {
        tsr_status status = compare_files(g, accounts, later, error);
        if (status != TSR_OK)
            return status;
    }
    return TSR_OK;
}
