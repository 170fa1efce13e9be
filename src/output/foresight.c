/* How well located events were foreseen beside the benchmark: foresight.csv, JSON and a table. */
#include "output/parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_LOST = 6 };

/** A cell, in one month or over all compared months. */
typedef struct loss {
    uint32_t month, channel, area;
    double events, expected, expected_benchmark, model, benchmark;
} loss;

static size_t cell_at(const run_foresight *f, uint32_t t, uint32_t c, uint32_t a) {
    return ((size_t)t * f->n_channels + c) * f->n_areas + a;
}

static size_t sum_at(const run_foresight *f, uint32_t t, uint32_t c) {
    return (size_t)t * (f->n_channels + 1) + c;
}

static const char *channel_id(const study_run *run, uint32_t c) {
    return world_string(run->w, world_channels(run->w, NULL)[c].id);
}

static const char *area_title(const study_run *run, uint32_t a) {
    return world_string(run->w, world_areas(run->w, NULL)[a].name);
}

/** Put `one` into the list of the largest losses, in order; the smallest falls out of a full list. */
static void keep_largest(const loss *one, loss *list, size_t *n) {
    size_t at = *n;
    while (at > 0 && one->model - one->benchmark < list[at - 1].model - list[at - 1].benchmark)
        at--;
    if (at == MOST_LOST)
        return;
    size_t n_after = *n < MOST_LOST ? *n - at : MOST_LOST - 1 - at;
    memmove(list + at + 1, list + at, n_after * sizeof *list);
    list[at] = *one;
    *n += *n < MOST_LOST;
}

static loss one_month(const run_foresight *f, uint32_t t, uint32_t c, uint32_t a) {
    size_t at = cell_at(f, t, c, a);
    return (loss){
        t, c, a, f->seen[at], f->expected[at], f->expected_benchmark[at], f->cells[at], f->cells_benchmark[at]};
}

/** A cell over all compared months. */
static loss all_months(const run_foresight *f, uint32_t c, uint32_t a) {
    loss sum = {.channel = c, .area = a};
    for (uint32_t t = f->first; t < f->n_months; t++) {
        loss one = one_month(f, t, c, a);
        if (isnan(one.events))
            continue;
        sum.events += one.events;
        sum.expected += one.expected;
        sum.expected_benchmark += one.expected_benchmark;
        sum.model += one.model;
        sum.benchmark += one.benchmark;
    }
    return sum;
}

/** The cells where the model lost most: in one month, or with `is_sum` over all months.
 *  @param out  [MOST_LOST]  @return how many */
static size_t largest_losses(const run_foresight *f, bool is_sum, loss *out) {
    size_t n = 0;
    for (uint32_t c = 0; c < f->n_channels; c++)
        for (uint32_t a = 0; a < f->n_areas; a++)
            for (uint32_t t = f->first; t < (is_sum ? f->first + 1 : f->n_months); t++) {
                loss one = is_sum ? all_months(f, c, a) : one_month(f, t, c, a);
                if (one.model < one.benchmark)
                    keep_largest(&one, out, &n);
            }
    return n;
}

typedef struct total {
    uint32_t n_months;
    double model, benchmark;
} total;

/** Over the compared months: a channel, or all of them for c = n_channels. */
static total channel_total(const run_foresight *f, uint32_t c) {
    total sum = {0};
    for (uint32_t t = f->first; t < f->n_months; t++) {
        double model = f->channels[sum_at(f, t, c)];
        if (isnan(model))
            continue;
        sum.n_months++;
        sum.model += model;
        sum.benchmark += f->channels_benchmark[sum_at(f, t, c)];
    }
    return sum;
}

/* ---- JSON ---- */

static void put_pair(json *object, double model, double benchmark) {
    json_put_number(object, "model", model);
    json_put_number(object, "benchmark", benchmark);
    json_put_number(object, "difference", model - benchmark);
}

static void put_month(const study_run *run, uint32_t t, json *object) {
    char name[16];
    month_text(run->record->first_month + (int32_t)t, name);
    json_put_string(object, "month", name);
}

static void put_cell(const study_run *run, const loss *l, json *item) {
    output_put_text(item, "area", area_title(run, l->area));
    output_put_text(item, "channel", channel_id(run, l->channel));
    json_put_number(item, "events", l->events);
    json_put_number(item, "expected", l->expected);
    json_put_number(item, "benchmark_expected", l->expected_benchmark);
    put_pair(item, l->model, l->benchmark);
}

void output_put_foresight(const study_run *run, json *root) {
    const run_foresight *f = run->learning ? run->learning->foresight : NULL;
    if (!f || f->first >= f->n_months)
        return;
    json *object = json_put_object(root, "foresight");
    json_put_string(object, "of", "located events, one month ahead: log probability in nat");
    json_put_string(object, "benchmark", "dynamic negative binomial of every area and channel");
    json *channels = json_put_array(object, "channels");
    for (uint32_t c = 0; c <= f->n_channels; c++) {
        json *item = json_add_object(channels);
        total sum = channel_total(f, c);
        output_put_text(item, "channel", c < f->n_channels ? channel_id(run, c) : "all");
        json_put_integer(item, "months", sum.n_months);
        put_pair(item, sum.model, sum.benchmark);
    }
    json *months = json_put_array(object, "months");
    for (uint32_t t = f->first; t < f->n_months; t++) {
        double model = f->channels[sum_at(f, t, f->n_channels)];
        if (isnan(model))
            continue;
        json *item = json_add_object(months);
        put_month(run, t, item);
        put_pair(item, model, f->channels_benchmark[sum_at(f, t, f->n_channels)]);
    }
    json *cells = json_put_array(object, "cells");
    for (uint32_t c = 0; c < f->n_channels; c++)
        for (uint32_t a = 0; a < f->n_areas; a++) {
            loss sum = all_months(f, c, a);
            put_cell(run, &sum, json_add_object(cells));
        }
    loss losses[MOST_LOST];
    size_t n = largest_losses(f, false, losses);
    json *array = json_put_array(object, "largest_losses");
    for (size_t i = 0; i < n; i++) {
        json *item = json_add_object(array);
        put_month(run, losses[i].month, item);
        put_cell(run, &losses[i], item);
    }
}

/* ---- a table ---- */

static void describe_losses(const study_run *run, const run_foresight *f, bool is_sum, text_buffer *out) {
    loss losses[MOST_LOST];
    size_t n = largest_losses(f, is_sum, losses);
    char name[16], label[256];
    for (size_t i = 0; i < n; i++) {
        const loss *l = &losses[i];
        month_text(run->record->first_month + (int32_t)l->month, name);
        snprintf(label, sizeof label, "%s, %s", area_title(run, l->area), channel_id(run, l->channel));
        text_add_format(out, "  %-8s %-40s %6.0f %9.1f %12.1f %+11.1f\n", is_sum ? "all" : name, label, l->events,
                        l->expected, l->expected_benchmark, l->model - l->benchmark);
    }
}

void output_describe_foresight(const study_run *run, text_buffer *out) {
    const run_foresight *f = run->learning ? run->learning->foresight : NULL;
    char name[16];
    if (!f || f->first >= f->n_months || channel_total(f, f->n_channels).n_months == 0)
        return;
    month_text(run->record->first_month + (int32_t)f->first, name);
    text_add_format(out,
                    "Located events foreseen one month ahead, from %s on: log probability beside a dynamic negative\n"
                    "binomial of every area and channel that knows only its own past (above 0: the model is better)\n\n"
                    "  %-32s months     model  benchmark  difference\n",
                    name, "channel");
    for (uint32_t c = 0; c <= f->n_channels; c++) {
        total sum = channel_total(f, c);
        if (sum.n_months)
            text_add_format(out, "  %-32s %6u %9.1f %10.1f %+11.1f\n",
                            c < f->n_channels ? channel_id(run, c) : "all together", sum.n_months, sum.model,
                            sum.benchmark, sum.model - sum.benchmark);
    }
    text_add_format(out,
                    "\nWhere the model loses most, each cell on its own\n\n"
                    "  month    %-40s events  expected  benchmark's  difference\n",
                    "area, channel");
    describe_losses(run, f, true, out);
    describe_losses(run, f, false, out);
    text_add_string(out, "\n");
}

/* ---- foresight.csv ---- */

static void put_numbers(output_sink *sink, const double *numbers, size_t n) {
    for (size_t i = 0; i < n; i++) {
        output_sink_add(sink, ",", 1);
        output_sink_number(sink, round(numbers[i] * 1e6) / 1e6);
    }
    output_sink_add(sink, "\n", 1);
}

static void put_where(const study_run *run, output_sink *sink, uint32_t t, const char *channel, const char *area) {
    char name[16];
    int32_t month = run->record->first_month + (int32_t)t;
    month_text(month, name);
    output_sink_integer(sink, month);
    output_sink_add(sink, ",", 1);
    output_sink_string(sink, name);
    output_sink_add(sink, ",", 1);
    output_sink_field(sink, channel);
    output_sink_add(sink, ",", 1);
    output_sink_field(sink, area);
}

tsr_status output_foresight_csv(const study_run *run, const folder_out *folder, tsr_error *error) {
    const run_foresight *f = run->learning ? run->learning->foresight : NULL;
    output_sink *sink;
    if (!f)
        return TSR_OK;
    tsr_status status = output_sink_open(folder, "foresight.csv", &sink, error);
    if (status != TSR_OK)
        return status;
    /* Rows without an area are all areas together, without a channel all channels. */
    output_sink_string(sink, "month_id,month,channel,area,events,expected,benchmark_expected,log_p,benchmark_log_p\n");
    for (uint32_t t = 0; t < f->n_months; t++)
        for (uint32_t c = 0; c <= f->n_channels; c++) {
            size_t sum = sum_at(f, t, c);
            if (isnan(f->channels[sum]))
                continue;
            const char *channel = c < f->n_channels ? channel_id(run, c) : "";
            const double together[] = {NAN, NAN, NAN, f->channels[sum], f->channels_benchmark[sum]};
            put_where(run, sink, t, channel, "");
            put_numbers(sink, together, 5);
            for (uint32_t a = 0; c < f->n_channels && a < f->n_areas; a++) {
                size_t at = cell_at(f, t, c, a);
                const double one[] = {f->seen[at], f->expected[at], f->expected_benchmark[at], f->cells[at],
                                      f->cells_benchmark[at]};
                put_where(run, sink, t, channel, area_title(run, a));
                put_numbers(sink, one, 5);
            }
        }
    return output_sink_close(sink, error);
}
