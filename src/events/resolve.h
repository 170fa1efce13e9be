/* Which channel and which area an event belongs to. */
#ifndef EVENTS_RESOLVE_H
#define EVENTS_RESOLVE_H

#include "events/ged.h"
#include "events/intern.h"
#include "world/geography.h"

typedef struct resolver resolver;

/** @param tolerance_km  for points outside every polygon */
tsr_status resolver_create(const world *w, double tolerance_km, resolver **out, tsr_error *error);
void resolver_free(resolver *r);

typedef struct resolution {
    int32_t month;           /**< of date_end */
    bool is_long;            /**< spans more than 31 days */
    int32_t channel;         /**< WORLD_NONE: no channel covers these actors */
    int32_t area;            /**< WORLD_NONE: not located */
    uint32_t side_a, side_b; /**< of resolver_side */
} resolution;

/** Resolve one event. @param file_has_adm_1  the file has the column, so that a blank cell means "no province"
 *  @retval TSR_E_MEMORY  only */
tsr_status resolver_resolve(resolver *r, const ged_event *e, bool file_has_adm_1, resolution *out, tsr_error *error);
/** Are two names of actors one? Equal but for ASCII case and the number of blanks between words. */
bool resolver_same_name(const char *a, const char *b);
/** Name of a side as the data spell it. */
const char *resolver_side(const resolver *r, uint32_t side);

/** A spelling of adm_1 that is no area's name or alias. */
typedef struct resolver_spelling {
    const char *text;
    uint64_t n_events;
    uint32_t first_line; /**< of the file in which it came first */
} resolver_spelling;
/** Spellings of adm_1 so far; *out is filled and true returned when number `i` is unknown to the world. */
uint32_t resolver_n_spellings(const resolver *r);
bool resolver_unknown(const resolver *r, uint32_t i, resolver_spelling *out);

#endif
