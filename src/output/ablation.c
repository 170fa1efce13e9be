/* What each kind of data adds to the hidden state: ablation.csv, JSON and a table of the widths of bands. */
#include "output/parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const run_band *band_of(const study_run *run, uint32_t arm, size_t state, uint32_t month) {
    const run_ablation *a = run->learning->ablation;
    return a->bands + (arm * a->n_states + state) * run->record->n_months + month;
}

static const record_variable *variable_of(const study_run *run, size_t state) {
    return &run->record->variables[run->learning->ablation->variable[state]];
}

static bool is_called(const study_run *run, size_t state, const char *name) {
    return strcmp(variable_of(run, state)->name, name) == 0;
}

static void state_name(const study_run *run, size_t state, char *out, size_t size) {
    const record_variable *v = variable_of(run, state);
    uint32_t item = run->learning->ablation->item[state];
    output_item_name(run->w, v->outer, item / v->n_inner, out, size);
    if (!out[0])
        output_item_name(run->w, v->inner, item % v->n_inner, out, size);
}

/** Width of the 80 % band: of the logarithm for strengths, the standard deviation for rungs, which are whole numbers. */
static double width(const study_run *run, uint32_t arm, size_t state, uint32_t month) {
    const run_band *b = band_of(run, arm, state, month);
    if (is_called(run, state, "strength"))
        return b->low > 0 ? log(b->high / b->low) : NAN;
    return is_called(run, state, "rung") ? b->sd : b->high - b->low;
}

/** The kind of data without which the band is widest, when it is at least a tenth wider; NULL for none. */
static const char *informed_by(const study_run *run, size_t state, uint32_t month) {
    const run_ablation *a = run->learning->ablation;
    double widest = 1.1 * width(run, 0, state, month);
    const char *kind = NULL;
    for (uint32_t arm = 1; arm + 1 < a->n_arms; arm++) {
        double w = width(run, arm, state, month);
        if (w > widest) {
            widest = w;
            kind = a->arms[arm] + strlen("no ");
        }
    }
    return kind;
}

/* ---- JSON ---- */

void output_put_ablation(const study_run *run, json *root) {
    const run_ablation *a = run->learning ? run->learning->ablation : NULL;
    if (!a)
        return;
    uint32_t last = run->record->n_months - 1;
    char name[256];
    json *object = json_put_object(root, "ablation"), *arms = json_put_array(object, "arms");
    for (uint32_t arm = 0; arm < a->n_arms; arm++) {
        json *item = json_add_object(arms);
        json_put_string(item, "name", a->arms[arm]);
        if (isfinite(a->log_likelihood[arm]))
            json_put_number(item, "log_likelihood", a->log_likelihood[arm]);
    }
    month_text(run->record->first_month + (int32_t)last, name);
    json_put_string(object, "month", name);
    json *states = json_put_array(object, "states");
    for (size_t s = 0; s < a->n_states; s++) {
        json *item = json_add_object(states);
        state_name(run, s, name, sizeof name);
        json_put_string(item, "variable", variable_of(run, s)->name);
        output_put_text(item, "item", name);
        json_put_string(item, "informed_by", informed_by(run, s, last));
        json *bands = json_put_array(item, "bands");
        for (uint32_t arm = 0; arm < a->n_arms; arm++) {
            const run_band *b = band_of(run, arm, s, last);
            json *band = json_add_object(bands);
            json_put_number(band, "q10", b->low);
            json_put_number(band, "q50", b->middle);
            json_put_number(band, "q90", b->high);
            json_put_number(band, "sd", b->sd);
        }
    }
}

/* ---- a table ---- */

static const struct {
    const char *variable, *title, *format;
    double scale;
    bool is_ratio;
} groups[] = {{"strength", "fighters: high over low", "%13.2f", 1, true},
              {"control_national", "control: points of the population", "%13.1f", 100, false},
              {"rung", "rung of the ladder: sd", "%13.2f", 1, false},
              {"pressure", "pressure", "%13.3f", 1, false}};

static void describe_month(const study_run *run, uint32_t month, const char *what, text_buffer *out) {
    const run_ablation *a = run->learning->ablation;
    char name[256];
    month_text(run->record->first_month + (int32_t)month, name);
    text_add_format(out, "Width of the 80 %% band in %s%s\n\n  %-34s", name, what, "");
    for (uint32_t arm = 0; arm < a->n_arms; arm++)
        text_add_format(out, "%13s", a->arms[arm]);
    text_add_string(out, "  informed most by\n");
    for (size_t g = 0; g < sizeof groups / sizeof *groups; g++) {
        text_add_format(out, "  %s\n", groups[g].title);
        for (size_t s = 0; s < a->n_states; s++) {
            if (!is_called(run, s, groups[g].variable) || !(band_of(run, 0, s, month)->high > 0))
                continue;
            state_name(run, s, name, sizeof name);
            text_add_format(out, "    %-32s", name);
            for (uint32_t arm = 0; arm < a->n_arms; arm++) {
                double w = width(run, arm, s, month);
                text_add_format(out, groups[g].format, groups[g].is_ratio ? exp(w) : groups[g].scale * w);
            }
            const char *kind = informed_by(run, s, month);
            text_add_format(out, "  %s\n", kind ? kind : "-");
        }
    }
    text_add_string(out, "\n");
}

void output_describe_ablation(const study_run *run, text_buffer *out) {
    const run_ablation *a = run->learning ? run->learning->ablation : NULL;
    if (!a)
        return;
    uint32_t last = run->record->n_months - 1;
    text_add_string(out, "What each kind of data adds: the nowcast again without it, and without any\n"
                         "(- : no kind of data makes the band a tenth wider by its absence)\n\n");
    if (a->last_located < last)
        describe_month(run, a->last_located, ", the last month with located events", out);
    describe_month(run, last, "", out);
}

/* ---- ablation.csv ---- */

tsr_status output_ablation_csv(const study_run *run, const folder_out *folder, tsr_error *error) {
    const run_ablation *a = run->learning ? run->learning->ablation : NULL;
    output_sink *sink;
    char name[256];
    if (!a)
        return TSR_OK;
    tsr_status status = output_sink_open(folder, "ablation.csv", &sink, error);
    if (status != TSR_OK)
        return status;
    output_sink_string(sink, "data,month,variable,item,mean,sd,q10,q50,q90\n");
    for (uint32_t arm = 0; arm < a->n_arms; arm++)
        for (size_t s = 0; s < a->n_states; s++)
            for (uint32_t t = 0; t < run->record->n_months; t++) {
                const run_band *b = band_of(run, arm, s, t);
                const double numbers[] = {b->mean, b->sd, b->low, b->middle, b->high};
                output_sink_field(sink, a->arms[arm]);
                output_sink_add(sink, ",", 1);
                month_text(run->record->first_month + (int32_t)t, name);
                output_sink_string(sink, name);
                output_sink_add(sink, ",", 1);
                output_sink_string(sink, variable_of(run, s)->name);
                output_sink_add(sink, ",", 1);
                state_name(run, s, name, sizeof name);
                output_sink_field(sink, name);
                for (size_t i = 0; i < 5; i++) {
                    output_sink_add(sink, ",", 1);
                    output_sink_number(sink, round(numbers[i] * 1e6) / 1e6);
                }
                output_sink_add(sink, "\n", 1);
            }
    return output_sink_close(sink, error);
}
