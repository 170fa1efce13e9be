/* What data say, month by month, in the form that the filter's kernels read. */
#ifndef INFER_EVIDENCE_H
#define INFER_EVIDENCE_H

#include "events/panel.h"
#include "model/step.h"

/** Kinds of data, each of which can be left out to see what it adds. */
typedef enum data_kind {
    DATA_EVENTS,    /**< located events and their deaths */
    DATA_TOTALS,    /**< national deaths by type */
    DATA_STRENGTH,  /**< reports of a faction's strength */
    DATA_DISTRICTS, /**< counts of districts by who controls them */
    DATA_PRESENCE,  /**< in how many areas a faction is active */
    DATA_KINDS
} data_kind;

/** "events", "totals", "strength", "districts", "presence"; NULL beyond them. */
const char *data_kind_name(uint32_t kind);

/** A published number about the hidden state; see reports.c for what is compared with it. */
typedef struct evidence_report {
    data_kind kind;
    uint32_t i_month; /**< in which it is compared */
    uint32_t faction;
    double log_value, sd; /**< of strength: log of the reported number ~ N(log strength, sd) */
    double low, high;     /**< of presence: areas */
    bool is_upper_bound;
    uint32_t n_counts, of; /**< of districts: factions and districts; the rest of `of` is nobody's or not told */
    const uint32_t *factions;
    const double *counts;
} evidence_report;

typedef struct evidence {
    uint32_t n_months, n_channels, n_areas;
    model_observed *months; /**< [n_months] */
    evidence_report *reports;
    size_t n_reports;
    void *memory;
} evidence;

typedef struct evidence_options {
    int32_t last_month;       /**< month_id: what is later is not looked at; 0: the panel's last month */
    bool without[DATA_KINDS]; /**< to see what each kind of data adds */
} evidence_options;

/**
 * Evidence of the months first_month ... last_month from a panel and from the facts of the scenario.
 *
 * Located shares: where files are complete, located over all events of the channel; where they hold only precisely located
 * events, located deaths over national deaths of the channel's UCDP type in that year (of all years where that year's total
 * is below 100). Nothing after last_month enters them.
 *
 * @retval TSR_E_INPUT  the panel is of another scenario (areas, channels, first month), or no month is observed at all
 */
tsr_status evidence_create(const model *m, const panel *p, const evidence_options *options, evidence **out,
                           tsr_error *error);
void evidence_free(evidence *e);

/** UCDP type of a channel's events under the ruler that the scenario gives this month. */
panel_type evidence_type(const model *m, uint32_t i_month, uint32_t c);

#endif
