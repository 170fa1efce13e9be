/* The Afghan scenario of this repository. */
#ifndef BENCH_AFGHAN_CASE_H
#define BENCH_AFGHAN_CASE_H

#include "events/panel.h"

/** Ends the program with a message when something is wrong. free() the world. */
world *afghan_case_world(void);
/** Its events and totals; panel_free. */
panel *afghan_case_panel(const world *w);

#endif
