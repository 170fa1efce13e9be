/* Philox4x32-10 on lanes: words of many slots at one address. Salmon et al. 2011, doi:10.1145/2063384.2063405. */
#ifndef RANDOM_PHILOX_H
#define RANDOM_PHILOX_H

#include "random/random.h"

#define PHILOX_MULTIPLIER_0 0xD2511F53u
#define PHILOX_MULTIPLIER_1 0xCD9E8D57u
#define PHILOX_WEYL_0 0x9E3779B9u
#define PHILOX_WEYL_1 0xBB67AE85u
#define PHILOX_ROUNDS 10

typedef struct philox_words {
    uint32_t word[4][RANDOM_MAX_LANES];
} philox_words;

/** One round on one lane's four words. */
static inline void philox_round(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d, uint32_t key_0, uint32_t key_1) {
    uint64_t product_0 = (uint64_t)PHILOX_MULTIPLIER_0 * *a, product_1 = (uint64_t)PHILOX_MULTIPLIER_1 * *c;
    uint32_t new_a = (uint32_t)(product_1 >> 32) ^ *b ^ key_0, new_c = (uint32_t)(product_0 >> 32) ^ *d ^ key_1;
    *b = (uint32_t)product_1;
    *d = (uint32_t)product_0;
    *a = new_a;
    *c = new_c;
}

/** The four words of every lane: counter { first_slot + lane, month << 20 | substep, site, use << 24 | draw }. */
static inline void philox_lanes(const random_address *address, uint32_t use, uint32_t draw, uint32_t site,
                                size_t n_lanes, philox_words *restrict out) {
    uint32_t time = address->month << 20 | address->substep, last = use << 24 | draw, slot = address->first_slot;
    for (size_t lane = 0; lane < n_lanes; lane++) {
        uint32_t a = slot + (uint32_t)lane, b = time, c = site, d = last;
        uint32_t key_0 = address->key.word[0], key_1 = address->key.word[1];
        for (int i = 0; i < PHILOX_ROUNDS; i++) {
            philox_round(&a, &b, &c, &d, key_0, key_1);
            key_0 += PHILOX_WEYL_0;
            key_1 += PHILOX_WEYL_1;
        }
        out->word[0][lane] = a;
        out->word[1][lane] = b;
        out->word[2][lane] = c;
        out->word[3][lane] = d;
    }
}

/** Uniform on (0, 1) from a word: 24 bits and a half. */
static inline real philox_uniform(uint32_t word) {
    return ((real)(int32_t)(word >> 8) + (real)0.5) * (real)5.9604644775390625e-08;
}

/** Words of one lane, drawn one after the other at draw >= 1: for rejections. */
typedef struct philox_stream {
    uint32_t counter[4];
    random_key key;
    uint32_t words[4];
    uint32_t used; /**< of the four; 4: all */
} philox_stream;

static inline philox_stream philox_stream_of(const random_address *address, uint32_t use, uint32_t site, size_t lane) {
    return (philox_stream){
        .counter = {address->first_slot + (uint32_t)lane, address->month << 20 | address->substep, site, use << 24},
        .key = address->key,
        .used = 4,
    };
}

static inline uint32_t philox_stream_next(philox_stream *stream) {
    if (stream->used == 4) {
        stream->counter[3]++; /* draw 0 is the lane-wise call's */
        KERNEL(random_philox)(stream->counter, stream->key, stream->words);
        stream->used = 0;
    }
    return stream->words[stream->used++];
}

#endif
