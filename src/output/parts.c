/* Small things that every writer of this folder needs: dates, clean text, rounded numbers, attribution. */
#include "output/parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void output_created(char *out) {
    time_t now = time(NULL);
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    int64_t value;
    if (epoch != NULL && text_integer(epoch, strlen(epoch), false, &value) && value >= 0 && value < 253402300800)
        now = (time_t)value; /* reproducible builds: reproducible-builds.org/specs/source-date-epoch */
    struct tm utc;
    if (gmtime_r(&now, &utc) == NULL || strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
        snprintf(out, 32, "1970-01-01T00:00:00Z");
}

const char *output_banner(const char *status) {
    if (strncmp(status, "not fitted", strlen("not fitted")) == 0)
        return "Not fitted yet: prior simulation. These numbers show what the scenario's assumptions imply, not what "
               "the "
               "data say; they are not a forecast.";
    return status;
}

const char *output_compiler(void) {
#if defined(__clang__)
    return "clang " __clang_version__;
#elif defined(__GNUC__)
    return "gcc " __VERSION__;
#else
    return "unknown";
#endif
}

/* ---- text ---- */

void output_clean_text(const char *text, text_buffer *out) {
    size_t n = strlen(text), bad = 0;
    while (!text_is_utf8(text, n, &bad)) {
        text_add(out, text, bad);
        text_add_string(out, "\xEF\xBF\xBD");
        text += bad + 1;
        n -= bad + 1;
    }
    text_add(out, text, n);
}

void output_put_text(json *object, const char *key, const char *text) {
    text_buffer clean;
    text_buffer_init(&clean);
    output_clean_text(text ? text : "", &clean);
    json_put_string(object, key, clean.data ? clean.data : "");
    text_buffer_clear(&clean);
}

void output_add_text(json *array, const char *text) {
    text_buffer clean;
    text_buffer_init(&clean);
    output_clean_text(text ? text : "", &clean);
    json_add_string(array, clean.data ? clean.data : "");
    text_buffer_clear(&clean);
}

const char *output_actor_title(const world *w, uint32_t actor) {
    const world_actor *a = &world_actors(w, NULL)[actor];
    const char *title = world_string(w, a->title);
    return title[0] ? title : world_string(w, a->id);
}

void output_pair_name(const world *w, uint32_t a, uint32_t b, char *out, size_t size) {
    const world_actor *actors = world_actors(w, NULL);
    snprintf(out, size, "%s-%s", world_string(w, actors[a].id), world_string(w, actors[b].id));
}

/* ---- numbers, dates, indices ---- */

void output_add_value(json *array, double value, int decimals) {
    static const double powers[] = {1, 10, 100, 1e3, 1e4, 1e5, 1e6};
    if (!isfinite(value)) {
        json_add_number(array, NAN);
        return;
    }
    double power = powers[decimals < 0 ? 0 : decimals > 6 ? 6 : decimals];
    double rounded = fabs(value) < 1e9 ? round(value * power) / power : value;
    if (rounded == floor(rounded) && fabs(rounded) < 9e15)
        json_add_integer(array, (int64_t)rounded);
    else
        json_add_number(array, rounded);
}

void output_put_date(json *object, const char *key, date_day day) {
    char text[16];
    if (day == DATE_MIN || day == DATE_MAX) {
        json_put_string(object, key, NULL);
        return;
    }
    date_text(day, text);
    json_put_string(object, key, text);
}

void output_put_index(json *object, const char *key, int32_t index) {
    if (index < 0)
        json_put_string(object, key, NULL);
    else
        json_put_integer(object, key, index);
}

tsr_status output_write_json(const json *root, bool indent, const folder_out *folder, const char *name,
                             tsr_error *error) {
    char path[TSR_PATH_SIZE];
    char *text = NULL;
    size_t n = 0;
    tsr_status status = TSR_OK;
    TRY(json_dump(root, indent, &text, &n, error));
    TRY(folder_path(folder, name, path, error));
    TRY(file_write_atomic(path, text, n, error));
out:
    free(text);
    return status;
}

/* ---- attribution ---- */

static void add_source(const world *w, const world_file *file, json *array) {
    const world_source *source = &world_sources(w, NULL)[file->source];
    text_buffer text;
    text_buffer_init(&text);
    text_add_format(&text, "%s: %s", world_string(w, file->path), world_string(w, source->title));
    const world_text more[] = {source->publisher, source->date, source->url, source->note};
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        if (world_string(w, more[i])[0])
            text_add_format(&text, ", %s", world_string(w, more[i]));
    if (text.data)
        output_add_text(array, text.data);
    text_buffer_clear(&text);
}

void output_attribution(const world *w, const panel *p, json *array) {
    size_t n_files = 0;
    const world_file *files = world_files(w, &n_files);
    bool has_events = p != NULL;
    for (size_t i = 0; i < n_files; i++)
        has_events |= files[i].role == WORLD_FILE_EVENTS || files[i].role == WORLD_FILE_TOTALS;
    if (has_events)
        json_add_string(
            array,
            "Event data: UCDP Georeferenced Event Dataset (GED), Uppsala Conflict Data Program, licence CC BY 4.0; "
            "subset, changed (counted by area and month). Sundberg, R. and Melander, E. (2013), Introducing the "
            "UCDP Georeferenced Event Dataset, Journal of Peace Research 50(4): 523-532; Davies, S., Pettersson, "
            "T., Sollenberg, M. and Öberg, M., Journal of Peace Research, for the version named with the file.");
    for (size_t i = 0; i < n_files; i++)
        if (files[i].source >= 0)
            add_source(w, &files[i], array);
}
