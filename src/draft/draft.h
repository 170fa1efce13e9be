/* A runnable scenario drafted from event data alone: areas, actors, channels, starts and rates, as commented YAML that a
 * person can edit. docs/new.md says by which rules. */
#ifndef DRAFT_DRAFT_H
#define DRAFT_DRAFT_H

#include "base/error.h"

typedef struct draft_options {
    tsr_hooks hooks;
    const char *const *events; /**< files of UCDP GED events, plain or zipped */
    size_t n_events;
    const char *country;
    const char *boundaries;          /**< GeoJSON; NULL: cells of a grid */
    const char *name_property;       /**< of the boundaries; NULL: the first usual one that names every feature */
    const char *population;          /**< table with columns area (or name) and population; NULL: a total is spread */
    double population_total;         /**< persons; 0: DRAFT_ASSUMED_POPULATION */
    const char *completeness;        /**< "precise" or "complete"; NULL: judged from the events */
    int32_t first_month, last_month; /**< 0: by the rules of docs/new.md */
} draft_options;

#define DRAFT_ASSUMED_POPULATION 2e7

/** What was drafted. */
typedef struct draft_summary {
    char country[128], government[128]; /**< as the data spell them; no government: "" */
    char name_property[128];            /**< "" without boundaries */
    int32_t first_month, last_month;
    uint32_t n_areas, n_actors, n_channels;
    uint32_t n_pooled;                     /**< names that one actor stands for, or that are left out */
    double cell_degrees;                   /**< 0: boundaries */
    double population;                     /**< persons */
    bool is_assumed;                       /**< nobody said how many people there are */
    bool is_precise;                       /**< the files have only precisely located events */
    uint64_t events, deaths;               /**< of the country in the period */
    uint64_t events_kept, deaths_kept;     /**< in channels between actors of their own */
    uint64_t events_pooled, deaths_pooled; /**< in channels with the actor `others` */
} draft_summary;

/** Draft into `folder`, which appears complete or not at all.
 *  @param problems  gets what is wrong in the files
 *  @retval TSR_E_USAGE  --from is after the last month with data, or the like
 *  @retval TSR_E_INPUT  a file is wrong, or has no event of the country; the message lists the nearest names
 *  @retval TSR_E_IO     `folder` exists already or cannot be made */
tsr_status draft_write(const char *folder, const draft_options *options, draft_summary *summary, problem_list *problems,
                       tsr_error *error);

#endif
