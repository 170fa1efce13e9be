/* Reading event files into records. */
#include "events/gather.h"

#include "base/arena.h"
#include "base/file.h"
#include "base/threads.h"
#include "events/quote.h"

#include <stdio.h>
#include <string.h>

#define MAX_COUNTRIES 4u

/** Names of other countries in the file, for the message when it has none of ours. */
typedef struct countries_seen {
    char names[MAX_COUNTRIES][QUOTE_SIZE];
    uint32_t n;
    bool has_ours;
} countries_seen;

static void tally_add(panel_tally *tally, uint32_t deaths) {
    tally->events++;
    tally->deaths += deaths;
}

static void note_country(const ged_event *e, countries_seen *seen) {
    seen->has_ours = seen->has_ours || !e->is_elsewhere;
    if (seen->has_ours || seen->n == MAX_COUNTRIES)
        return;
    char *name = seen->names[seen->n];
    quote_text(e->country.text, e->country.n, name);
    bool is_new = true;
    for (uint32_t i = 0; i < seen->n; i++)
        is_new = is_new && strcmp(seen->names[i], name) != 0;
    seen->n += is_new;
}

static panel_reason first_reason(const resolution *r) {
    if (r->channel == WORLD_NONE)
        return PANEL_OTHER_CHANNEL;
    if (r->is_long)
        return PANEL_USED_LONG;
    return r->area == WORLD_NONE ? PANEL_USED_UNLOCATED : PANEL_USED_LOCATED;
}

static tsr_status add_record(gathering *g, const gathered_file *file, const ged_event *e, const resolution *r,
                             tsr_error *error) {
    void *items = g->records;
    bool ok = array_reserve(&items, &g->records_capacity, g->n_records + 1, sizeof *g->records);
    g->records = items;
    if (!ok)
        return FAIL(error, TSR_E_MEMORY, "no memory for %zu events", g->n_records + 1);
    g->records[g->n_records++] = (event_record){
        .id = e->id,
        .id_older = e->id_older,
        .month = r->month,
        .end = e->end,
        .channel = r->channel,
        .area = r->area,
        .file = (uint32_t)(file - g->files),
        .line = e->line,
        .side_a = r->side_a,
        .side_b = r->side_b,
        .best = e->best,
        .type = (uint8_t)e->type,
        .reason = (uint8_t)first_reason(r),
    };
    return TSR_OK;
}

static tsr_status take_event(gathering *g, gathered_file *file, const ged_event *e, bool has_adm_1,
                             countries_seen *seen, panel_file *account, tsr_error *error) {
    note_country(e, seen);
    if (e->is_elsewhere) {
        tally_add(&account->by_reason[PANEL_OTHER_COUNTRY], e->best);
        return TSR_OK;
    }
    if (e->end < file->from || e->end > file->to) {
        tally_add(&account->by_reason[PANEL_OUT_OF_FILE_RANGE], e->best);
        return TSR_OK;
    }
    file->first_day = e->end < file->first_day ? e->end : file->first_day;
    file->last_day = e->end > file->last_day ? e->end : file->last_day;
    int32_t month = month_from_day(e->end);
    if (month < g->w->first_month || month > g->w->last_observed) {
        tally_add(&account->by_reason[PANEL_OUT_OF_PERIOD], e->best);
        return TSR_OK;
    }
    resolution r;
    tsr_status status = resolver_resolve(g->names, e, has_adm_1, &r, error);
    return status == TSR_OK ? add_record(g, file, e, &r, error) : status;
}

/** One warning per spelling of a province that the world does not know and that came first in this file. */
static void warn_of_spellings(const gathering *g, const char *path, uint32_t first) {
    for (uint32_t i = first; i < resolver_n_spellings(g->names); i++) {
        resolver_spelling s;
        char quoted[QUOTE_SIZE];
        if (!resolver_unknown(g->names, i, &s))
            continue;
        problem_add(
            g->problems, PROBLEM_WARNING, (base_place){path, s.first_line, 0},
            "adm_1 is %s in %llu events; no area or alias has this name, so their coordinates decide. Add it to "
            "the aliases",
            quote_text(s.text, strlen(s.text), quoted), (unsigned long long)s.n_events);
    }
}

static void warn_of_form(const gathering *g, const char *path, const ged_reader *reader, bool is_open) {
    if (ged_n_rows(reader) == 0)
        problem_add(g->problems, PROBLEM_WARNING, (base_place){path, 0, 0}, "the file has a header row and no events");
    if (is_open)
        problem_add(g->problems, PROBLEM_WARNING, ged_place(reader),
                    "the file does not end with a line break; its last row may have been cut off");
    if (!ged_has_precision(reader) && !ged_has_adm_1(reader))
        problem_add(
            g->problems, PROBLEM_WARNING, (base_place){path, 0, 0},
            "the file has neither adm_1 nor where_prec; an event known for the country as a whole may be placed "
            "in the area where the country's centre is");
}

static tsr_status check_countries(const gathering *g, const char *path, const countries_seen *seen, tsr_error *error) {
    char list[MAX_COUNTRIES * (QUOTE_SIZE + 2)] = "";
    if (seen->has_ours || seen->n == 0)
        return TSR_OK;
    size_t n = 0;
    for (uint32_t i = 0; i < seen->n && n < sizeof list; i++)
        n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", i > 0 ? ", " : "", seen->names[i]);
    return FAIL_AT(error, TSR_E_INPUT, ((base_place){path, 0, 0}),
                   "no event is of country \"%s\", as the scenario calls it; the file has %s%s",
                   world_string(g->w, g->w->country), list, seen->n == MAX_COUNTRIES ? ", ..." : "");
}

/** What is hashed beside the reading. */
typedef struct hashing {
    const char *path;
    panel_file *account;
} hashing;

static tsr_status hash_file(void *user, tsr_error *error) {
    const hashing *h = user;
    return sha256_file(h->path, h->account->hash, &h->account->n_bytes, error);
}

tsr_status gather_file(gathering *g, gathered_file *file, panel_file *account, tsr_error *error) {
    tsr_status status = TSR_OK;
    const char *path = file->path;
    ged_reader *reader = NULL;
    background *hash = NULL;
    hashing to_hash = {path, account};
    size_t n_problems = 0;
    bool is_open = false;
    countries_seen seen = {.n = 0};
    uint32_t n_spellings = resolver_n_spellings(g->names);
    file->first_record = g->n_records;
    file->first_day = DATE_MAX;
    file->last_day = DATE_MIN;
    TRY(ged_open(path, &g->options->hooks, g->problems, &n_problems, &reader, error));
    TRY(background_start(hash_file, &to_hash, &hash, error));
    ged_only_country(reader, world_string(g->w, g->w->country));
    file->has_ids = ged_has_ids(reader);
    file->has_older_ids = ged_has_older_ids(reader);
    for (;;) {
        ged_event e;
        bool more;
        TRY(ged_next(reader, &e, &more, error));
        if (!more)
            break;
        is_open = ged_row_is_open(reader);
        TRY(take_event(g, file, &e, ged_has_adm_1(reader), &seen, account, error));
    }
    account->n_rows = ged_n_rows(reader);
    account->n_widened = ged_n_widened(reader);
    warn_of_form(g, path, reader, is_open);
    TRY(check_countries(g, path, &seen, error));
    status = background_finish(hash, error);
    hash = NULL;
    if (status == TSR_OK)
        status = ged_check_unchanged(reader, error); /* the hash is of what was read */
out:
    background_finish(hash, NULL); /* after a failure */
    file->n_records = g->n_records - file->first_record;
    warn_of_spellings(g, path, n_spellings);
    ged_close(reader);
    return status;
}
