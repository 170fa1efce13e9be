/* The panel: what the event data say, per month, channel and area; and the account of every event and death used or not. */
#ifndef EVENTS_PANEL_H
#define EVENTS_PANEL_H

#include "base/error.h"
#include "world/world.h"

/** UCDP's types of violence, 0-based. */
typedef enum panel_type { PANEL_STATE_BASED, PANEL_NON_STATE, PANEL_ONE_SIDED, PANEL_TYPES } panel_type;

/** Which events a month has: none (not observed), only precisely located ones, or all. The files must together cover
 *  every day of it. */
typedef enum panel_coverage { PANEL_NOT_OBSERVED, PANEL_PRECISE, PANEL_COMPLETE } panel_coverage;

/** Why an event is not in the located counts. An event counts under the first reason that holds. */
typedef enum panel_reason {
    PANEL_USED_LOCATED,      /**< not dropped: in an area's count */
    PANEL_USED_UNLOCATED,    /**< in the country's count only: no area found, or the country as a whole is named */
    PANEL_USED_LONG,         /**< spans more than 31 days: country's count only, flagged */
    PANEL_OTHER_CHANNEL,     /**< actors that no channel covers: reported by type, not modelled */
    PANEL_DUPLICATE,         /**< a later file has the same event */
    PANEL_SUPERSEDED,        /**< only precisely located events, in a time that a complete file covers */
    PANEL_OUT_OF_PERIOD,     /**< month outside the scenario's observed period */
    PANEL_OUT_OF_FILE_RANGE, /**< outside the from/to that the scenario gives this file */
    PANEL_OTHER_COUNTRY,     /**< the file covers more than this country */
    PANEL_REASONS
} panel_reason;

typedef struct panel_tally {
    uint64_t events, deaths;
} panel_tally;

/** Actors as the data spell them that no channel covers, with their weight; sorted by deaths, largest first. */
typedef struct panel_other {
    char *side_a, *side_b;
    panel_type type;
    panel_tally tally;
} panel_other;

typedef struct panel_file {
    char *path;    /**< as named in the scenario */
    char hash[65]; /**< SHA-256 */
    uint64_t n_bytes, n_rows;
    uint64_t n_widened; /**< rows with low > best or best > high, kept with the interval widened */
    panel_tally by_reason[PANEL_REASONS];
} panel_file;

/** One month of one type against the national totals. */
typedef struct panel_check {
    int32_t month_id;
    panel_type type;
    uint64_t events_deaths; /**< all deaths of the complete event files */
    double total;           /**< of the totals file */
} panel_check;

typedef struct panel {
    int32_t first_month; /**< month_id */
    uint32_t n_months, n_channels, n_areas;
    uint32_t *events, *deaths;                     /**< located, [month][channel][area] */
    uint32_t *unlocated_events, *unlocated_deaths; /**< [month][channel], long ones included */
    uint32_t *long_events, *long_deaths; /**< [month][channel], the part of the unlocated that spans > 31 days */
    uint64_t *type_deaths;               /**< [month][type], every death used or in other channels */
    uint64_t *type_events;
    uint8_t *coverage; /**< [month], panel_coverage */
    double *totals;    /**< national deaths [month][type]; NaN: not observed */
    panel_file *files;
    size_t n_files;
    panel_other *others;
    size_t n_others;
    panel_check *checks; /**< every month and type where complete events and totals overlap */
    size_t n_checks;
} panel;

static inline size_t panel_cell(const panel *p, uint32_t month, uint32_t channel, uint32_t area) {
    return ((size_t)month * p->n_channels + channel) * p->n_areas + area;
}

typedef struct panel_options {
    tsr_hooks hooks;
    double tolerance_km; /**< for points outside every polygon; 25 */
} panel_options;

/** Read every event and totals file that the world names (paths relative to `folder`) into a panel over first_month ...
 *  last_observed. All problems of all files are listed; reading a file goes on after a bad row, up to 50 errors. */
tsr_status panel_import(const world *w, const char *folder, const panel_options *options, panel **out,
                        problem_list *problems, tsr_error *error);
void panel_free(panel *p);

const char *panel_reason_text(panel_reason reason);
const char *panel_type_name(panel_type type); /**< "sb", "ns", "os" */

#endif
