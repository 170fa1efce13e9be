/* The account of an import, for people and for programs. */
#ifndef EVENTS_DESCRIBE_H
#define EVENTS_DESCRIBE_H

#include "base/json.h"
#include "base/text.h"
#include "events/panel.h"

/** For a terminal: per file what was used or not and why, the largest pairs of actors without a channel, the comparison
 *  with the national totals, and how much of each channel is located. */
void panel_describe(const panel *p, const world *w, text_buffer *out);
/** Members used {events, deaths}, dropped [{reason, events, deaths}], files, others, checks and channels. */
void panel_to_json(const panel *p, const world *w, json *into);

#endif
