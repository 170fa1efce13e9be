/* What the events mechanism and its months with data share. */
#ifndef MODEL_OBSERVE_H
#define MODEL_OBSERVE_H

#include "model/step.h"

enum {
    EVENTS_CELL_SIZE,
    EVENTS_CHANNEL_SIZE,
    EVENTS_DEATHS_PER_EVENT,
    EVENTS_SURE_DEATH,
    EVENTS_DEATHS_SIZE,
    EVENTS_DEATHS_SIZE_POWER,
    EVENTS_SIZE_EFFECT_SD,
    EVENTS_SIZE_LEVEL_SD,
    EVENTS_SIZE_LEVEL_PERSISTENCE,
    EVENTS_CIVILIAN_SHARE,
    EVENTS_PARAMETERS
};

/** The sub-step of a month with data (s->tile->observed): log densities of the data, multipliers given the data, and the
 *  data as the events that the later mechanisms see. A model with data has one sub-step a month. */
void KERNEL(events_observe)(const model_step *s);

/** Before it, when s->tile->cells is asked for: every cell's located events on their own. */
void KERNEL(events_observe_cells)(const model_step *s);

/** Rows of scratch that both need. */
static inline uint32_t events_observe_scratch(const model *m) {
    return 2 * m->n_areas + (m->n_areas + LANES - 1) / LANES + 2 * m->n_channels + 16;
}

#endif
