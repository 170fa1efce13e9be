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

/** The keys of all rounds in every element. */
typedef struct philox_keys {
    vector_words word[PHILOX_ROUNDS][2];
} philox_keys;

static inline void philox_keys_of(random_key key, philox_keys *restrict out) {
    const vector_words none = {0};
    for (uint32_t round = 0; round < PHILOX_ROUNDS; round++) {
        out->word[round][0] = none + (key.word[0] + round * PHILOX_WEYL_0);
        out->word[round][1] = none + (key.word[1] + round * PHILOX_WEYL_1);
    }
}

/** The four words of half the lanes of a block. Products of 32 x 32 bits fill 64: even and odd lanes are kept apart in words of
 *  64 bits, of which the upper halves are ignored. */
typedef struct philox_half {
    vector_words x[4];
} philox_half;

static inline void philox_round(philox_half *restrict half, const vector_words key[2]) {
    const vector_words none = {0};
    vector_words product_0 = vector_product(half->x[0], none + PHILOX_MULTIPLIER_0);
    vector_words product_1 = vector_product(half->x[2], none + PHILOX_MULTIPLIER_1);
    half->x[0] = (product_1 >> 32) ^ (half->x[1] ^ key[0]);
    half->x[2] = (product_0 >> 32) ^ (half->x[3] ^ key[1]);
    half->x[1] = product_1;
    half->x[3] = product_0;
}

/** The rounds from `first` on; the words of the block's lanes go to out[0][i] ... out[3][i], rows `stride` apart. */
static inline void philox_finish(philox_half even, philox_half odd, uint32_t first, const philox_keys *restrict keys,
                                 uint32_t *restrict out, size_t stride) {
    const vector_words none = {0}, lower = none + UINT32_MAX;
    for (uint32_t round = first; round < PHILOX_ROUNDS; round++) {
        philox_round(&even, keys->word[round]);
        philox_round(&odd, keys->word[round]);
    }
    for (size_t word = 0; word < 4; word++) {
        vector_words both = (even.x[word] & lower) | odd.x[word] << 32;
        __builtin_memcpy(out + word * stride, &both, sizeof both);
    }
}

/** Counters { a[i], b, c[i], d } of PHILOX_BLOCK lanes. */
static inline void philox_block(const uint32_t *restrict a, uint32_t b, const uint32_t *restrict c, uint32_t d,
                                const philox_keys *restrict keys, uint32_t *restrict out, size_t stride) {
    const vector_words none = {0};
    philox_half even = {{none, none + b, none, none + d}}, odd = even;
    __builtin_memcpy(&even.x[0], a, sizeof even.x[0]);
    __builtin_memcpy(&even.x[2], c, sizeof even.x[2]);
    odd.x[0] = even.x[0] >> 32;
    odd.x[2] = even.x[2] >> 32;
    philox_finish(even, odd, 0, keys, out, stride);
}

/** The first two rounds of a counter of which only word 0 differs between lanes: half of their words do not differ either. */
static inline philox_half philox_begin(vector_words slot, const uint32_t word[4], const philox_keys *restrict keys) {
    const vector_words none = {0};
    vector_words product = none + (uint64_t)PHILOX_MULTIPLIER_1 * word[2];
    philox_half half = {{none, none + word[1], none, none + word[3]}};
    vector_words varying = vector_product(slot, none + PHILOX_MULTIPLIER_0);
    half.x[0] = (product >> 32) ^ (half.x[1] ^ keys->word[0][0]);
    half.x[2] = (varying >> 32) ^ (half.x[3] ^ keys->word[0][1]);
    half.x[1] = product;
    half.x[3] = varying;
    philox_round(&half, keys->word[1]);
    return half;
}

/** The four words of every lane: counter { first_slot + lane, month << 20 | substep, site, use << 24 | draw }. */
static inline void philox_lanes(const random_address *address, uint32_t use, uint32_t draw, uint32_t site,
                                size_t n_lanes, philox_words *restrict out) {
    const uint32_t counter[4] = {0, address->month << 20 | address->substep, site, use << 24 | draw};
    vector_words slot = {0}; /* of the even lanes */
    philox_keys keys;
    philox_keys_of(address->key, &keys);
    for (uint32_t i = 0; i < PHILOX_BLOCK / 2; i++)
        slot[i] = address->first_slot + 2 * i;
    for (size_t first = 0; first < n_lanes; first += PHILOX_BLOCK, slot += PHILOX_BLOCK)
        philox_finish(philox_begin(slot, counter, &keys), philox_begin(slot + 1, counter, &keys), 2, &keys,
                      out->word[0] + first, RANDOM_MAX_LANES);
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
