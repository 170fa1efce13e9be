/* Reading event files for a draft; see survey.h. */
#include "draft/survey.h"

#include "base/arena.h"
#include "base/text.h"
#include "events/ged.h"
#include "events/quote.h"
#include "events/resolve.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Places of worst-located events: the country as a whole, and international waters or airspace. */
enum { PRECISION_COUNTRY = 6, PRECISION_DISTRICT = 3 };
/* Fewer events than this can all be precisely located by chance. */
enum { LEAST_EVENTS_TO_TELL = 30, LEAST_EVENTS_BY_PROVINCE = 1000 };
enum { NAMES_IN_MESSAGE = 5 };

void survey_clear(survey *s) {
    intern_clear(&s->sides);
    free(s->same_side);
    free(s->events);
    free(s->country);
    for (size_t i = 0; s->paths && i < s->n_files; i++)
        free(s->paths[i]);
    free(s->paths);
    *s = (survey){0};
}

/* ---- which country is meant ------------------------------------------------------------------------------------ */

/** Length of a name without what stands in brackets at its end, and blanks. */
static size_t length_of_base(const char *name) {
    const char *bracket = strrchr(name, '(');
    size_t n = bracket && bracket > name && name[strlen(name) - 1] == ')' ? (size_t)(bracket - name) : strlen(name);
    while (n > 0 && name[n - 1] == ' ')
        n--;
    return n;
}

bool survey_same_country(const char *a, const char *b) {
    size_t n = length_of_base(a), m = length_of_base(b);
    return n == m && strncasecmp(a, b, n) == 0;
}

/** Every row as it comes: names of countries and the last month. A file with many mistakes in rows of other countries is
 *  read on for the names alone; whether our rows are right is seen later. */
static tsr_status list_countries(const char *path, const tsr_hooks *hooks, bool names_only, intern *countries,
                                 int32_t *last_month, problem_list *problems, tsr_error *error) {
    tsr_status status = TSR_OK;
    ged_reader *reader = NULL;
    size_t n_problems = 0;
    TRY(ged_open(path, hooks, names_only ? problems : NULL, &n_problems, &reader, error));
    if (names_only)
        ged_only_country(reader, "\n"); /* no country: of every row only country and deaths are read */
    for (;;) {
        ged_event e;
        bool more;
        uint32_t number;
        TRY(ged_next(reader, &e, &more, error));
        if (!more)
            break;
        if (e.country.n > 0 && !intern_add(countries, e.country.text, e.country.n, &number)) {
            status = FAIL(error, TSR_E_MEMORY, "no memory for the names of countries");
            goto out;
        }
        if (!e.is_elsewhere && month_from_day(e.end) > *last_month)
            *last_month = month_from_day(e.end);
    }
out:
    ged_close(reader);
    return status;
}

static tsr_status list_all_countries(const draft_options *options, survey *s, intern *countries, problem_list *problems,
                                     tsr_error *error) {
    for (size_t i = 0; i < s->n_files; i++) {
        tsr_error first = TSR_ERROR_INIT;
        tsr_status status =
            list_countries(s->paths[i], &options->hooks, false, countries, &s->last_month_of_files, problems, &first);
        if (status == TSR_E_INPUT)
            status =
                list_countries(s->paths[i], &options->hooks, true, countries, &s->last_month_of_files, problems, error);
        else if (status != TSR_OK && error)
            *error = first;
        if (status != TSR_OK)
            return status;
    }
    return TSR_OK;
}

/** The names nearest to the one wanted: parts of each other first, then by edit distance. */
static void nearest_countries(const intern *countries, const char *wanted, char *list, size_t size) {
    bool is_said[4096] = {false};
    size_t n = 0;
    for (int k = 0; k < NAMES_IN_MESSAGE; k++) {
        size_t best = SIZE_MAX, found = SIZE_MAX;
        for (uint32_t i = 0; i < countries->n && i < sizeof is_said; i++) {
            const char *name = intern_text(countries, i);
            size_t distance = text_distance(wanted, name) + 1;
            if (strcasestr(name, wanted) || strcasestr(wanted, name))
                distance = 0;
            if (!is_said[i] && distance < best) {
                best = distance;
                found = i;
            }
        }
        if (found == SIZE_MAX || n >= size)
            return;
        char quoted[QUOTE_SIZE];
        const char *name = intern_text(countries, (uint32_t)found);
        n += (size_t)snprintf(list + n, size - n, "%s%s", n > 0 ? ", " : "", quote_text(name, strlen(name), quoted));
        is_said[found] = true;
    }
    if (countries->n > NAMES_IN_MESSAGE && n < size)
        snprintf(list + n, size - n, " and %u more", countries->n - NAMES_IN_MESSAGE);
}

static tsr_status find_country(const draft_options *options, survey *s, const intern *countries, tsr_error *error) {
    const char *found = countries->n == 0 ? options->country : NULL; /* without the column all events are of it */
    for (uint32_t i = 0; i < countries->n && found == NULL; i++)
        if (strcmp(intern_text(countries, i), options->country) == 0)
            found = options->country;
    for (uint32_t i = 0; i < countries->n && found == NULL; i++)
        if (survey_same_country(intern_text(countries, i), options->country))
            found = intern_text(countries, i);
    if (found == NULL) {
        char list[NAMES_IN_MESSAGE * (QUOTE_SIZE + 2) + 32] = "";
        nearest_countries(countries, options->country, list, sizeof list);
        return FAIL_AT(error, TSR_E_INPUT, ((base_place){.file = s->paths[0]}),
                       "no event is of country \"%s\"; the nearest names in the files are %s", options->country, list);
    }
    s->country = strdup(found);
    return s->country ? TSR_OK : FAIL(error, TSR_E_MEMORY, "no memory for the country");
}

/* ---- its events ------------------------------------------------------------------------------------------------ */

static bool is_vague(const survey *s, const ged_event *e) {
    return e->where_prec >= PRECISION_COUNTRY ||
           (e->where_coordinates.n > 0 && e->where_coordinates.n == strlen(s->country) &&
            memcmp(e->where_coordinates.text, s->country, e->where_coordinates.n) == 0);
}

static tsr_status add_side(survey *s, csv_slice text, base_place place, uint32_t *side, tsr_error *error) {
    size_t bad;
    if (!text_is_utf8(text.text, text.n, &bad) || memchr(text.text, 0, text.n)) {
        char quoted[QUOTE_SIZE];
        return FAIL_AT(error, TSR_E_INPUT, place,
                       "the name of an actor, %s, is not UTF-8, as a scenario is; save the file as UTF-8",
                       quote_text(text.text, text.n, quoted));
    }
    uint32_t n_before = s->sides.n;
    bool ok = intern_add(&s->sides, text.text, text.n, side);
    if (ok && s->sides.n > n_before) {
        void *items = s->same_side;
        ok = array_reserve(&items, &s->same_capacity, s->sides.n, sizeof *s->same_side);
        s->same_side = items;
        for (uint32_t i = 0; ok && i <= *side; i++)
            if (resolver_same_name(intern_text(&s->sides, i), intern_text(&s->sides, *side))) {
                s->same_side[*side] = i;
                break;
            }
    }
    if (!ok)
        return FAIL(error, TSR_E_MEMORY, "no memory for names of actors");
    *side = s->same_side[*side];
    return TSR_OK;
}

static tsr_status take_event(survey *s, uint32_t file, const ged_event *e, base_place place, tsr_error *error) {
    tsr_status status = TSR_OK;
    survey_event event = {
        .id = e->id,
        .month = month_from_day(e->end),
        .file = file,
        .deaths = e->best,
        .type = (uint8_t)e->type,
        .where_prec = (uint8_t)e->where_prec,
        .is_vague = is_vague(s, e),
        .has_province = e->adm_1.n > 0,
        .longitude = e->longitude,
        .latitude = e->latitude,
    };
    void *items = s->events;
    if (!array_reserve(&items, &s->capacity, s->n_events + 1, sizeof *s->events))
        return FAIL(error, TSR_E_MEMORY, "no memory for %zu events", s->n_events + 1);
    s->events = items;
    TRY(add_side(s, e->side_a, place, &event.side_a, error));
    TRY(add_side(s, e->side_b, place, &event.side_b, error));
    s->events[s->n_events++] = event;
out:
    return status;
}

static tsr_status read_file(const draft_options *options, survey *s, uint32_t file, problem_list *problems,
                            tsr_error *error) {
    tsr_status status = TSR_OK;
    ged_reader *reader = NULL;
    size_t n_problems = 0;
    TRY(ged_open(s->paths[file], &options->hooks, problems, &n_problems, &reader, error));
    ged_only_country(reader, s->country);
    s->has_precision = s->has_precision && ged_has_precision(reader);
    s->has_adm_1 = s->has_adm_1 && ged_has_adm_1(reader);
    for (;;) {
        ged_event e;
        bool more;
        TRY(ged_next(reader, &e, &more, error));
        if (!more)
            break;
        if (!e.is_elsewhere)
            TRY(take_event(s, file, &e, ged_place(reader), error));
    }
    if (n_problems > 0)
        status = problem_list_status(problems, error);
out:
    ged_close(reader);
    return status;
}

static int by_id(const void *x, const void *y) {
    const survey_event *a = x, *b = y;
    if (a->id != b->id)
        return a->id < b->id ? -1 : 1;
    return a->file < b->file ? -1 : a->file > b->file;
}

/** Of events with one id in several files the last file's stays. */
static void drop_duplicates(survey *s) {
    size_t n = 0;
    qsort(s->events, s->n_events, sizeof *s->events, by_id);
    for (size_t i = 0; i < s->n_events; i++) {
        const survey_event *e = &s->events[i];
        bool is_later = i + 1 < s->n_events && e->id != GED_NO_ID && e[1].id == e->id && e[1].file > e->file;
        if (!is_later)
            s->events[n++] = *e;
    }
    s->n_events = n;
}

static tsr_status find_paths(const draft_options *options, survey *s, tsr_error *error) {
    s->paths = calloc(options->n_events, sizeof *s->paths);
    if (s->paths == NULL)
        return FAIL(error, TSR_E_MEMORY, "no memory for %zu files", options->n_events);
    for (s->n_files = 0; s->n_files < options->n_events; s->n_files++) {
        const char *path = options->events[s->n_files];
        base_place place = {.file = path};
        s->paths[s->n_files] = realpath(path, NULL);
        if (s->paths[s->n_files] == NULL)
            return FAIL_AT(error, errno == EACCES ? TSR_E_IO : TSR_E_INPUT, place, "cannot be opened: %s",
                           strerror(errno));
        size_t bad;
        if (!text_is_utf8(s->paths[s->n_files], strlen(s->paths[s->n_files]), &bad))
            return FAIL_AT(error, TSR_E_INPUT, place, "its path is not UTF-8, as a scenario is; rename it");
    }
    return TSR_OK;
}

tsr_status survey_read(const draft_options *options, survey *out, problem_list *problems, tsr_error *error) {
    tsr_status status = TSR_OK;
    intern countries;
    intern_init(&countries);
    *out = (survey){.has_precision = true, .has_adm_1 = true, .completeness = options->completeness};
    intern_init(&out->sides);
    TRY(find_paths(options, out, error));
    TRY(list_all_countries(options, out, &countries, problems, error));
    TRY(find_country(options, out, &countries, error));
    for (uint32_t i = 0; i < out->n_files; i++)
        TRY(read_file(options, out, i, problems, error));
    if (out->n_events == 0) {
        status = FAIL_AT(error, TSR_E_INPUT, ((base_place){.file = out->paths[0]}), "the files have no events");
        goto out;
    }
    drop_duplicates(out);
    out->first_month = INT32_MAX;
    for (size_t i = 0; i < out->n_events; i++) {
        int32_t month = out->events[i].month;
        out->first_month = month < out->first_month ? month : out->first_month;
        out->last_month = month > out->last_month ? month : out->last_month;
    }
out:
    intern_clear(&countries);
    return status;
}

bool survey_is_precise(const survey *s) {
    size_t n_coarse = 0, n_nowhere = 0;
    if (s->completeness)
        return strcmp(s->completeness, "precise") == 0;
    for (size_t i = 0; i < s->n_events; i++) {
        n_coarse += s->events[i].where_prec > PRECISION_DISTRICT || s->events[i].where_prec == 0;
        n_nowhere += s->events[i].is_vague || !s->events[i].has_province;
    }
    if (s->has_precision)
        return s->n_events >= LEAST_EVENTS_TO_TELL && n_coarse * 100 < s->n_events;
    return s->has_adm_1 && s->n_events >= LEAST_EVENTS_BY_PROVINCE && n_nowhere == 0;
}
