/* Which months a backtest forecasts from. */
#ifndef BACKTEST_ORIGINS_H
#define BACKTEST_ORIGINS_H

#include "backtest/losses.h"

/**
 * Rolling origins, and the challenge's: October of 2017 to 2022, as far as the panel has a year before and the whole year
 * after it.
 *
 * @param origins  out, [*n] in order of time, at least one; free() it
 * @retval TSR_E_INPUT  there is none; the message says which months can be origins
 */
tsr_status origins_choose(const panel *p, const backtest_options *options, origin **origins, uint32_t *n,
                          tsr_error *error);

#endif
