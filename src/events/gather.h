/* Reading event files into records: one per event of this country and period, so that duplicates between files can be
 * taken out before anything is counted. Private to src/events. */
#ifndef EVENTS_GATHER_H
#define EVENTS_GATHER_H

#include "events/panel.h"
#include "events/resolve.h"

typedef struct event_record {
    int64_t id, id_older; /**< as in ged_event */
    int32_t month;        /**< month_id */
    date_day end;
    int32_t channel, area;
    uint32_t file; /**< in gathering.files */
    uint32_t line;
    uint32_t side_a, side_b; /**< of the resolver */
    uint32_t best;
    uint8_t type;   /**< panel_type */
    uint8_t reason; /**< panel_reason */
} event_record;

/** What the reading of one file found, besides its panel_file. */
typedef struct gathered_file {
    char path[TSR_PATH_SIZE];       /**< on disk */
    size_t first_record, n_records; /**< in the order of the file */
    bool has_ids, has_older_ids, is_complete;
    date_day from, to;            /**< of the scenario */
    date_day first_day, last_day; /**< of the events of this country within from ... to; first > last: none */
} gathered_file;

typedef struct gathering {
    const world *w;
    const panel_options *options;
    resolver *names;
    problem_list *problems;
    event_record *records;
    size_t n_records, records_capacity;
    gathered_file *files;
    size_t n_files;
} gathering;

/** Read one file: tallies into `account` what is outside (country, range, period), the rest into records.
 *  Problems of rows are added to g->problems.
 *  @retval TSR_E_INPUT, TSR_E_IO  this file cannot be used; others may be read on */
tsr_status gather_file(gathering *g, gathered_file *file, panel_file *account, tsr_error *error);

/** Give records that a later row or file has too the reason PANEL_DUPLICATE, and find files with the same content and
 *  files that overlap in time without a common event or with events without ids, which are problems.
 *  @retval TSR_E_MEMORY  only */
tsr_status gather_mark_duplicates(gathering *g, const panel_file *accounts, tsr_error *error);

/** Pairs of actors that no channel covers, most deaths first. @param out  heap, with heap names */
tsr_status gather_others(const gathering *g, panel_other **out, size_t *n_out, tsr_error *error);

#endif
