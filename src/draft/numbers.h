/* Starts and rates of a draft: few, wide, and from the first three years of the period only, so that a backtest from there
 * on has not seen them. Private to src/draft; docs/new.md has the formulas.
 *
 *   strength S_f = 250 * sqrt(deaths of the twelve months from its first event), 500 ... 100,000; of 12 times those of
 *                  the month of its founding when that is later than the first three years
 *   government   = 0.003 * population, not less than all rebels together and 5,000
 *   rate theta_c = exp(w log(events a month / exposure) + (1 - w) log pooled), w = N_c / (N_c + 5)
 *   exposure     = sum_a 2 S_f S_g / (S_f + S_g) (1 + 0.6 with the government), or sum_a S_f kernel(control)
 *   size m_c     = (D_c + 20 m) / (N_c + 20)
 *   recruits     : as many a month as leave or die, from the supporters where the actor is; who is founded later dies as
 *                  often as the others do
 */
#ifndef DRAFT_NUMBERS_H
#define DRAFT_NUMBERS_H

#include "draft/choose.h"

#include "events/panel.h"
#include "world/world.h"

enum { NUMBERS_WINDOW = 36 }; /**< months that numbers are drawn from; backtests begin there */

typedef struct number_actor {
    uint64_t deaths;       /**< of the twelve months that its strength is scaled from */
    double strength;       /**< fighters, at the start or when it is founded */
    bool is_after_window;  /**< founded later: `deaths` are those of its first month */
    int32_t founding_area; /**< where it is seen first, or WORLD_NONE */
    double recruit_rate;   /**< per 1,000 supporters and month */
    double *share;         /**< [area] of its located events; all 0: nothing located */
} number_actor;

typedef struct number_channel {
    uint64_t events, deaths; /**< in the window */
    double rate, rate_sd;    /**< events per fighter in contact (or per fighter) and month; sd of the log */
    double size, size_sd;    /**< deaths per event; sd of the log */
} number_channel;

typedef struct draft_numbers {
    uint32_t n_areas, n_window;
    double *people; /**< [area] */
    number_actor actors[CHOICE_MOST_ACTORS + 1];
    number_channel *channels;  /**< in the order of the choice */
    double *control, *support; /**< [actor][area] at the start */
    double pooled_size;        /**< deaths per event of all channels */
    double sure_death;         /**< share of events with one certain death */
    uint64_t window_events, window_without_deaths, deaths_of_last_year;
    double *shares; /**< behind number_actor.share */
} draft_numbers;

extern const double numbers_spread_of_strength; /**< sd of the log */

/** @param people  [n_areas of w] taken over, also after a failure; free with numbers_clear */
tsr_status numbers_make(const survey *s, const choice *c, const world *w, const panel *p, double *people,
                        draft_numbers *out, tsr_error *error);
void numbers_clear(draft_numbers *n);

#endif
