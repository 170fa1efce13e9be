/* Origins; see origins.h. */
#include "backtest/origins.h"

#include "base/date.h"

#include <stdlib.h>

enum { EVERY = 3, YEARS_BEFORE = 3, CHALLENGE_FIRST = 2017, CHALLENGE_LAST = 2022, OCTOBER = 10 };

/** Months of the panel that may be origins, both included. */
typedef struct span {
    int32_t first, last;
} span;

static tsr_status refuse(const panel *p, const backtest_options *o, tsr_error *error) {
    char from[16], to[16], first[16], last[16];
    int32_t latest = p->first_month + (int32_t)p->n_months - 2;
    if (p->n_months < 2)
        return FAIL(error, TSR_E_INPUT, "no origin: the data have %u month; two or more are needed", p->n_months);
    month_text(p->first_month, from);
    month_text(latest, to);
    if (!o->first_origin && p->n_months < 12 * YEARS_BEFORE + 1)
        return FAIL(error, TSR_E_INPUT,
                    "no origin: the first one comes three years into the data, which have %u months; name an earlier "
                    "one, from %s to %s",
                    p->n_months, from, to);
    month_text(o->first_origin ? o->first_origin : p->first_month + 12 * YEARS_BEFORE - 1, first);
    month_text(o->last_origin ? o->last_origin : latest, last);
    return FAIL(
        error, TSR_E_INPUT,
        "no origin from %s to %s: the first one must come before the last one, and both lie between %s and %s%s", first,
        last, from, to,
        o->set == BACKTEST_WINDOW ? "; the challenge's are October of 2017 to 2022, with a year of data before "
                                    "and 14 months after them"
                                  : "");
}

static void mark_rolling(const span *s, uint32_t every, origin *all) {
    for (int32_t month = s->first; month <= s->last; month += (int32_t)every)
        all[month].is_rolling = true;
}

static void mark_window(const panel *p, const backtest_options *o, const span *s, origin *all) {
    for (int32_t year = CHALLENGE_FIRST; year <= CHALLENGE_LAST; year++) {
        int32_t month = month_from_civil(year, OCTOBER) - p->first_month;
        bool is_given = (!o->first_origin || month >= s->first) && (!o->last_origin || month <= s->last);
        if (is_given && month >= 11 && month + LONGEST < (int32_t)p->n_months)
            all[month].is_window = true;
    }
}

tsr_status origins_choose(const panel *p, const backtest_options *options, origin **origins, uint32_t *n,
                          tsr_error *error) {
    const span s = {options->first_origin ? options->first_origin - p->first_month : 12 * YEARS_BEFORE - 1,
                    options->last_origin ? options->last_origin - p->first_month : (int32_t)p->n_months - 2};
    uint32_t n_found = 0;
    if (s.first < 0 || s.last > (int32_t)p->n_months - 2 || s.first > s.last)
        return refuse(p, options, error);
    origin *all = calloc(p->n_months, sizeof *all);
    if (!all)
        return FAIL(error, TSR_E_MEMORY, "no memory for %u months", p->n_months);
    if (options->set != BACKTEST_WINDOW)
        mark_rolling(&s, options->every ? options->every : EVERY, all);
    if (options->set != BACKTEST_ROLLING)
        mark_window(p, options, &s, all);
    for (uint32_t month = 0; month < p->n_months; month++)
        if (all[month].is_rolling || all[month].is_window)
            all[n_found++] = (origin){month, all[month].is_rolling, all[month].is_window};
    if (n_found == 0) {
        free(all);
        return refuse(p, options, error);
    }
    *origins = all;
    *n = n_found;
    return TSR_OK;
}
