/* Pieces of YAML that any name can stand in. Private to src/draft. */
#ifndef DRAFT_YAML_H
#define DRAFT_YAML_H

#include "base/text.h"

/** Any UTF-8 text in double quotes, on one line, so that the scenario reader gives the same bytes back; safe in a comment
 *  too. */
void yaml_quote(text_buffer *out, const char *text);
/** `value` to two significant digits, in a form that a scenario takes; whole from 100 on. */
void yaml_number(text_buffer *out, double value);
/** {value: 3000, low: 600, high: 15000, source: drafted}: `low` and `high` a factor of e^(1.645 sd) away, within
 *  least ... most. */
void yaml_interval(text_buffer *out, double value, double log_sd, double least, double most);

#endif
