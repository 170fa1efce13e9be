/* Who stands in the draft: the period, the actors and channels that carry 95 % of the deaths, the government. Private to
 * src/draft. */
#ifndef DRAFT_CHOOSE_H
#define DRAFT_CHOOSE_H

#include "draft/survey.h"

#define CHOICE_MOST_ACTORS 30u /**< with a name of their own */
#define CHOICE_ID_SIZE 40

typedef struct choice_tally {
    uint64_t events, deaths;
} choice_tally;

typedef struct choice_actor {
    char id[CHOICE_ID_SIZE];
    int32_t side;          /**< of the survey; WORLD_NONE: the government that no event names, or the rest */
    int32_t founded_month; /**< 0: before the period */
    choice_tally tally;    /**< events in the period that it has part in */
} choice_actor;

/** Two actors, or one against civilians (b is CHOICE_CIVILIANS). */
typedef struct choice_channel {
    int32_t a, b;
    choice_tally tally; /**< in the period */
} choice_channel;
#define CHOICE_CIVILIANS (-1)

typedef struct choice {
    int32_t first_month, last_month;
    choice_actor actors[CHOICE_MOST_ACTORS + 1]; /**< the government first; the rest last, when there is one */
    uint32_t n_actors;
    bool has_rest;
    int32_t *actor_of_side; /**< [sides]; WORLD_NONE: in no channel */
    choice_channel *channels;
    size_t n_channels;
    choice_tally all, kept, pooled; /**< in the period; in channels of single actors; in channels with the rest */
    uint32_t n_pooled;              /**< names that the rest stands for */
} choice;

/** Share of the deaths that actors and channels are to carry. */
#define CHOICE_SHARE 0.95

/** @param out  choice_clear it, also after a failure
 *  @retval TSR_E_USAGE  the months asked for do not fit the data */
tsr_status choice_make(const draft_options *options, const survey *s, choice *out, tsr_error *error);
void choice_clear(choice *c);

/** The channel of an event, or WORLD_NONE. */
int32_t choice_channel_of(const choice *c, const survey_event *e);
static inline bool choice_has_month(const choice *c, int32_t month) {
    return month >= c->first_month && month <= c->last_month;
}

#endif
