/* state.csv: the national hidden state of the months with data, with its bands. */
#include "output/parts.h"

#include <math.h>

static bool is_national(const record_variable *v) {
    return v->outer != RECORD_AREA && v->inner != RECORD_AREA;
}

static void put_rows(const study_run *run, const output_tables *tables, const char *given, output_sink *sink) {
    uint32_t n_months = tables->record->n_months;
    char name[256];
    for (size_t i = 0; i < tables->n; i++) {
        const output_table *t = &tables->items[i];
        const record_variable *v = t->variable;
        for (uint32_t item = 0; is_national(v) && item < t->n_items; item++)
            for (uint32_t month = 0; month < n_months && month < run->learning->n_months; month++) {
                output_sink_string(sink, given);
                output_sink_add(sink, ",", 1);
                month_text(tables->record->first_month + (int32_t)month, name);
                output_sink_string(sink, name);
                output_sink_add(sink, ",", 1);
                output_sink_string(sink, v->name);
                output_sink_add(sink, ",", 1);
                output_item_name(run->w, v->outer, item / v->n_inner, name, sizeof name);
                output_sink_field(sink, name);
                for (int q = -1; q < OUTPUT_QUANTILES; q++) {
                    size_t at = (size_t)month * t->n_items + item;
                    double x = (double)(q < 0 ? t->mean[at] : t->quantile[(size_t)q * n_months * t->n_items + at]);
                    output_sink_add(sink, ",", 1);
                    output_sink_number(sink, round(x * 1e5) / 1e5);
                }
                output_sink_add(sink, "\n", 1);
            }
    }
}

tsr_status output_state_csv(const study_run *run, const output_tables *tables, const output_tables *filtered,
                            const folder_out *folder, tsr_error *error) {
    output_sink *sink;
    if (!run->learning)
        return TSR_OK;
    tsr_status status = output_sink_open(folder, "state.csv", &sink, error);
    if (status != TSR_OK)
        return status;
    output_sink_string(sink, "given,month,variable,item,mean,q025,q05,q10,q25,q50,q75,q90,q95,q975\n");
    if (filtered)
        put_rows(run, filtered, "data up to the month", sink);
    put_rows(run, tables, filtered ? "later data too" : "data up to the month", sink);
    return output_sink_close(sink, error);
}
