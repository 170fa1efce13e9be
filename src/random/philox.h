/* Philox4x32-10 on lanes: words of many slots at one address. Salmon et al. 2011, doi:10.1145/2063384.2063405. */
#ifndef RANDOM_PHILOX_H
#define RANDOM_PHILOX_H

#include "random/random.h"
#include "random/vector.h"

#define PHILOX_MULTIPLIER_0 0xD2511F53u
#define PHILOX_MULTIPLIER_1 0xCD9E8D57u
#define PHILOX_WEYL_0 0x9E3779B9u
#define PHILOX_WEYL_1 0xBB67AE85u
#define PHILOX_ROUNDS 10

typedef struct philox_words {
    uint32_t word[4][RANDOM_MAX_LANES];
} philox_words;

/** Lanes of one block. */
enum { PHILOX_BLOCK = VECTOR_BYTES / sizeof(uint32_t) };

/** Counters { a[i], b, c[i], d } of PHILOX_BLOCK lanes to their words out[0][i] ... out[3][i], rows `stride` apart. Products of
 *  32 x 32 bits fill 64: even and odd lanes are kept apart in words of 64 bits, of which the upper halves are ignored. */
static inline void philox_block(const uint32_t *restrict a, uint32_t b, const uint32_t *restrict c, uint32_t d,
                                random_key key, uint32_t *restrict out, size_t stride) {
    const vector_words none = {0}, multiplier_0 = none + PHILOX_MULTIPLIER_0, multiplier_1 = none + PHILOX_MULTIPLIER_1;
    const vector_words lower = none + UINT32_MAX;
    vector_words key_0 = none + key.word[0], key_1 = none + key.word[1], even[4], odd[4];
    __builtin_memcpy(&even[0], a, sizeof even[0]);
    __builtin_memcpy(&even[2], c, sizeof even[2]);
    odd[0] = even[0] >> 32;
    odd[2] = even[2] >> 32;
    even[1] = odd[1] = none + b;
    even[3] = odd[3] = none + d;
    for (int round = 0; round < PHILOX_ROUNDS; round++) {
        vector_words even_0 = vector_product(even[0], multiplier_0), even_1 = vector_product(even[2], multiplier_1);
        vector_words odd_0 = vector_product(odd[0], multiplier_0), odd_1 = vector_product(odd[2], multiplier_1);
        even[0] = (even_1 >> 32) ^ even[1] ^ key_0;
        even[2] = (even_0 >> 32) ^ even[3] ^ key_1;
        odd[0] = (odd_1 >> 32) ^ odd[1] ^ key_0;
        odd[2] = (odd_0 >> 32) ^ odd[3] ^ key_1;
        even[1] = even_1;
        even[3] = even_0;
        odd[1] = odd_1;
        odd[3] = odd_0;
        key_0 += PHILOX_WEYL_0;
        key_1 += PHILOX_WEYL_1;
    }
    for (size_t word = 0; word < 4; word++) {
        vector_words both = (even[word] & lower) | odd[word] << 32;
        __builtin_memcpy(out + word * stride, &both, sizeof both);
    }
}

/** The four words of every lane: counter { first_slot + lane, month << 20 | substep, site, use << 24 | draw }. */
static inline void philox_lanes(const random_address *address, uint32_t use, uint32_t draw, uint32_t site,
                                size_t n_lanes, philox_words *restrict out) {
    uint32_t time = address->month << 20 | address->substep, last = use << 24 | draw;
    uint32_t slots[PHILOX_BLOCK], sites[PHILOX_BLOCK];
    for (size_t first = 0; first < n_lanes; first += PHILOX_BLOCK) {
        for (uint32_t i = 0; i < PHILOX_BLOCK; i++) {
            slots[i] = address->first_slot + (uint32_t)first + i;
            sites[i] = site;
        }
        philox_block(slots, time, sites, last, address->key, out->word[0] + first, RANDOM_MAX_LANES);
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
