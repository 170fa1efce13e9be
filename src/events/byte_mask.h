/* Where a byte occurs among 64, one bit for each, so that short cells are cut without a search of their own (as simdjson
 * does it: Langdale & Lemire 2019, doi:10.1007/s00778-019-00578-5). */
#ifndef EVENTS_BYTE_MASK_H
#define EVENTS_BYTE_MASK_H

#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define BYTE_MASK_SIZE 64

/** Bit i says that bytes[i] is `byte`. For every little-endian machine: eight bytes in a word at a time. */
static inline uint64_t byte_mask_plain(const char *bytes, char byte) {
    const uint64_t ones = 0x0101010101010101u, sevens = 0x7F7F7F7F7F7F7F7Fu;
    uint64_t mask = 0;
    for (int i = 0; i < BYTE_MASK_SIZE; i += 8) {
        uint64_t word;
        memcpy(&word, bytes + i, sizeof word);
        word ^= ones * (unsigned char)byte;                            /* 0 where the byte is */
        uint64_t tops = ~(((word & sevens) + sevens) | word | sevens); /* its top bit, all others 0 */
        mask |= ((tops >> 7) * 0x0102040810204080u >> 56) << i;        /* the eight top bits side by side */
    }
    return mask;
}

/** The same with what every x86-64 has. */
static inline uint64_t byte_mask(const char *bytes, char byte) {
#ifdef __SSE2__
    uint64_t mask = 0;
    for (int i = 0; i < BYTE_MASK_SIZE; i += 16) {
        __m128i part = _mm_loadu_si128((const __m128i *)(const void *)(bytes + i));
        mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(part, _mm_set1_epi8(byte))) << i;
    }
    return mask;
#else
    return byte_mask_plain(bytes, byte);
#endif
}

#endif
