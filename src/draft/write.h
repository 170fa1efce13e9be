/* The YAML of a draft. Private to src/draft. */
#ifndef DRAFT_WRITE_H
#define DRAFT_WRITE_H

#include "draft/areas.h"
#include "draft/numbers.h"

#include "base/text.h"

typedef struct draft_parts {
    const survey *s;
    const choice *c;
    const draft_areas *areas;
    const draft_numbers *n; /**< NULL: only what is needed to read the areas and the events */
    const world *w;         /**< with n */
} draft_parts;

void write_scenario(const draft_parts *d, text_buffer *out);
/** Starts, founding dates and rates, of write_numbers.c. */
void write_initial(const draft_parts *d, text_buffer *out);
void write_founding(const draft_parts *d, text_buffer *out);
void write_parameters(const draft_parts *d, text_buffer *out);

/** Id of a channel: "a-b" or "a-civilians". */
void write_channel_id(const choice *c, const choice_channel *k, text_buffer *out);

#endif
