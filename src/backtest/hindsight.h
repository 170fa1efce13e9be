/* Parameters that somebody set who knew more than the first origin did. */
#ifndef BACKTEST_HINDSIGHT_H
#define BACKTEST_HINDSIGHT_H

#include "backtest/backtest.h"
#include "model/model.h"

/** List every parameter in use whose `known` date, or the date of the source that a scenario names for its value, lies
 *  after `month`. A value that several actors or channels have counts once, with the latest date. */
tsr_status hindsight_list(const model *m, int32_t month, backtest *b, tsr_error *error);

#endif
