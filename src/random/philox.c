/* Philox for one counter and for packed entries, and keys. */
#include "random/queue.h"

void KERNEL(random_philox)(const uint32_t counter[4], random_key key, uint32_t out[4]) {
    uint32_t a = counter[0], b = counter[1], c = counter[2], d = counter[3];
    for (int i = 0; i < PHILOX_ROUNDS; i++) {
        uint64_t product_0 = (uint64_t)PHILOX_MULTIPLIER_0 * a, product_1 = (uint64_t)PHILOX_MULTIPLIER_1 * c;
        a = (uint32_t)(product_1 >> 32) ^ b ^ key.word[0];
        c = (uint32_t)(product_0 >> 32) ^ d ^ key.word[1];
        b = (uint32_t)product_1;
        d = (uint32_t)product_0;
        key.word[0] += PHILOX_WEYL_0;
        key.word[1] += PHILOX_WEYL_1;
    }
    out[0] = a;
    out[1] = b;
    out[2] = c;
    out[3] = d;
}

void KERNEL(random_packed_words)(const random_address *address, uint32_t use, random_packed *who) {
    queue_philox(address, use, 0, who);
}

/** SplitMix64's mixing of one word (Steele, Lea & Flood 2014). */
static uint64_t mix(uint64_t z) {
    z += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

random_key KERNEL(random_key_make)(uint64_t seed, random_purpose purpose, uint64_t replicate) {
    uint64_t hash = mix(mix(mix(seed) ^ (uint64_t)purpose) ^ replicate);
    return (random_key){{(uint32_t)hash, (uint32_t)(hash >> 32)}};
}
