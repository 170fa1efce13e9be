/* Draws that only few lanes need: those lanes of many rows are packed into full vectors.
 *
 * An entry keeps its own slot and site, so a draw stays a function of its address, wherever it is packed.
 */
#ifndef RANDOM_QUEUE_H
#define RANDOM_QUEUE_H

#include "random/elementary.h"
#include "random/philox.h"

#include <stdbool.h>

/** A queue is emptied when another row of lanes might not fit. */
enum { QUEUE_FULL = RANDOM_PACKED - RANDOM_MAX_LANES };

typedef struct random_queue {
    random_packed who;
    uint32_t place[RANDOM_PACKED];                    /**< index into the rows of the result */
    real first[RANDOM_PACKED], second[RANDOM_PACKED]; /**< what the sampler needs, e.g. trials and p */
} random_queue;

/** Appends the lanes of a row whose value is above 0. */
static inline void queue_row(random_queue *restrict queue, const random_address *address, uint32_t site, size_t row,
                             size_t n_lanes, const real *restrict value, const real *restrict other) {
    for (size_t first = 0; first < n_lanes; first += LANES)
        for (uint32_t bits = vector_positive(value + first); bits; bits &= bits - 1) {
            size_t lane = first + (size_t)__builtin_ctz(bits), n = queue->who.n++;
            queue->who.slot[n] = address->first_slot + (uint32_t)lane;
            queue->who.site[n] = site;
            queue->place[n] = (uint32_t)(row * n_lanes + lane);
            queue->first[n] = value[lane];
            queue->second[n] = other[lane];
        }
}

/** Appends the packed entries whose `which` is above 0; place: where they are packed. `which` has 0 where the last vector is
 *  filled up. */
static inline void queue_packed(random_queue *restrict queue, const random_packed *restrict who,
                                const real *restrict which, const real *restrict value, const real *restrict other) {
    for (size_t first = 0; first < who->n; first += LANES)
        for (uint32_t bits = vector_positive(which + first); bits; bits &= bits - 1) {
            size_t i = first + (size_t)__builtin_ctz(bits), n = queue->who.n++;
            queue->who.slot[n] = who->slot[i];
            queue->who.site[n] = who->site[i];
            queue->place[n] = (uint32_t)i;
            queue->first[n] = value[i];
            queue->second[n] = other[i];
        }
}

/** Number of entries with the last vector filled up. */
static inline size_t queue_padded(size_t n) {
    return (n + LANES - 1) / LANES * LANES;
}

/** The four words of every entry at this draw. */
static inline void queue_philox(const random_address *address, uint32_t use, uint32_t draw,
                                random_packed *restrict who) {
    uint32_t time = address->month << 20 | address->substep, last = use << 24 | draw;
    size_t n = queue_padded(who->n);
    philox_keys keys;
    philox_keys_of(address->key, &keys);
    for (size_t i = who->n; i < n; i++)
        who->slot[i] = who->site[i] = 0;
    for (size_t i = 0; i < n; i += PHILOX_BLOCK)
        philox_block(who->slot + i, time, who->site + i, last, &keys, who->word[0] + i, RANDOM_PACKED);
}

/* Draws of an entry after its first: samplers of the four words have ranges of their own, in each of which a Poisson count that
 * follows a gamma has the upper half. */
#define QUEUE_DRAWS_OF(word) ((uint32_t)(word) << 21)
#define QUEUE_AFTER_GAMMA (1u << 20)

#endif
