/* Drafting a scenario; see draft.h.
 *
 * The draft is written twice: first with areas, files and actors only, so that the scenario reader and the panel count
 * the events exactly as later runs will; then with the numbers that follow from those counts. What is written last is
 * read once more before the folder appears. */
#include "draft/draft.h"

#include "draft/write.h"

#include "base/file.h"
#include "scenario/scenario.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/** Before anything is read: a folder that is there is never touched. */
static tsr_status check_new(const char *path, tsr_error *error) {
    struct stat about;
    if (lstat(path, &about) == 0)
        return FAIL_AT(error, TSR_E_IO, ((base_place){.file = path}),
                       "exists already; drafts are made to be edited, so none is replaced: give another --out");
    return TSR_OK;
}

/** Write the scenario as far as it is known and read it back.
 *  @param file  NULL: from memory only */
static tsr_status write_and_read(const draft_parts *parts, const folder_out *folder, const char *file, world **w,
                                 problem_list *problems, tsr_error *error) {
    tsr_status status = TSR_OK;
    char path[TSR_PATH_SIZE];
    text_buffer text;
    text_buffer_init(&text);
    write_scenario(parts, &text);
    if (text.failed) {
        status = FAIL(error, TSR_E_MEMORY, "no memory for the draft");
        goto out;
    }
    if (file) {
        TRY(folder_path(folder, file, path, error));
        TRY(file_write_atomic(path, text.data, text.n, error));
    }
    TRY(scenario_read_bytes(text.data, text.n, "the draft's scenario.yaml", folder->path_temporary, w, problems,
                            error));
out:
    text_buffer_clear(&text);
    return status;
}

/** A draft that the reader refuses is our fault, not the user's. */
static tsr_status as_our_fault(tsr_status status, const tsr_error *why, tsr_error *error) {
    if (status == TSR_E_INPUT)
        return FAIL(error, TSR_E_INTERNAL, "the draft cannot be read back: %s:%u: %.400s", why->file, why->line,
                    why->message);
    if (status != TSR_OK && error)
        *error = *why;
    return status;
}

static void add_errors(problem_list *to, const problem_list *from) {
    for (size_t i = 0; i < from->n; i++) {
        const problem *p = &from->items[i];
        if (p->severity == PROBLEM_ERROR)
            problem_add(to, p->severity, (base_place){p->file, p->line, p->column}, "%s", p->message);
    }
}

/** Count the events as runs will. What is wrong in the event files goes to `problems`; warnings wait for `check`. */
static tsr_status count_events(const draft_options *options, const world *w, const folder_out *folder, panel **p,
                               problem_list *problems, tsr_error *error) {
    panel_options how = {.hooks = options->hooks, .tolerance_km = 25};
    problem_list found;
    problem_list_init(&found);
    tsr_status status = panel_import(w, folder->path_temporary, &how, p, &found, error);
    add_errors(problems, &found);
    problem_list_clear(&found);
    return status;
}

static void copy_name(char *to, size_t size, const char *from) {
    snprintf(to, size, "%s", from);
}

static void summarise(const draft_parts *d, draft_summary *out) {
    const choice *c = d->c;
    *out = (draft_summary){
        .first_month = c->first_month,
        .last_month = c->last_month,
        .n_areas = d->n->n_areas,
        .n_actors = c->n_actors,
        .n_channels = (uint32_t)c->n_channels,
        .n_pooled = c->n_pooled,
        .cell_degrees = d->areas->cell_degrees,
        .population = d->areas->population,
        .is_assumed = d->areas->is_assumed,
        .is_precise = survey_is_precise(d->s),
        .events = c->all.events,
        .deaths = c->all.deaths,
        .events_kept = c->kept.events,
        .deaths_kept = c->kept.deaths,
        .events_pooled = c->pooled.events,
        .deaths_pooled = c->pooled.deaths,
    };
    copy_name(out->country, sizeof out->country, d->s->country);
    if (c->actors[0].side >= 0)
        copy_name(out->government, sizeof out->government, intern_text(&d->s->sides, (uint32_t)c->actors[0].side));
    if (!(d->areas->cell_degrees > 0))
        copy_name(out->name_property, sizeof out->name_property, d->areas->property);
}

static tsr_status write_draft(const draft_options *options, const survey *s, const choice *c, folder_out *folder,
                              draft_summary *summary, problem_list *problems, tsr_error *error) {
    tsr_status status = TSR_OK;
    draft_areas areas;
    draft_numbers numbers = {0};
    draft_parts parts = {.s = s, .c = c, .areas = &areas};
    world *frame = NULL, *whole = NULL;
    panel *p = NULL;
    size_t n_areas;
    problem_list ours;
    tsr_error why = TSR_ERROR_INIT;
    problem_list_init(&ours);
    TRY(areas_write(options, s, c, folder, &areas, problems, error));
    TRY(as_our_fault(write_and_read(&parts, folder, NULL, &frame, &ours, &why), &why, error));
    TRY(count_events(options, frame, folder, &p, problems, error));
    world_areas(frame, &n_areas);
    numbers.people = calloc(n_areas + 1, sizeof *numbers.people);
    if (numbers.people == NULL) {
        status = FAIL(error, TSR_E_MEMORY, "no memory for %zu areas", n_areas);
        goto out;
    }
    TRY(areas_write_population(options, frame, folder, &areas, numbers.people, error));
    TRY(numbers_make(s, c, frame, p, numbers.people, &numbers, error));
    parts.n = &numbers;
    parts.w = frame;
    TRY(as_our_fault(write_and_read(&parts, folder, "scenario.yaml", &whole, &ours, &why), &why, error));
    summarise(&parts, summary);
out:
    problem_list_clear(&ours);
    numbers_clear(&numbers);
    panel_free(p);
    free(frame);
    free(whole);
    return status;
}

tsr_status draft_write(const char *folder, const draft_options *options, draft_summary *summary, problem_list *problems,
                       tsr_error *error) {
    tsr_status status = TSR_OK;
    survey s = {0};
    choice c = {0};
    folder_out out = {0};
    draft_summary made;
    TRY(check_new(folder, error));
    TRY(survey_read(options, &s, problems, error));
    TRY(choice_make(options, &s, &c, error));
    TRY(folder_begin(&out, folder, false, error));
    TRY(write_draft(options, &s, &c, &out, &made, problems, error));
    TRY(folder_commit(&out, error));
    *summary = made;
out:
    folder_abandon(&out);
    choice_clear(&c);
    survey_clear(&s);
    return status;
}
