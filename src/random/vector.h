/* Vectors of the machine's own width, for the few inner loops of which compilers do not make vector code by themselves: Philox,
 * chop-down inversion and copies from ancestors. Everything else is plain loops over lanes.
 *
 * The operators + - * < & | act element by element; a comparison gives all bits of an element or none. Rounding is that of single
 * operations, so that the bits are those of a plain loop on any machine.
 */
#ifndef RANDOM_VECTOR_H
#define RANDOM_VECTOR_H

#include "random/elementary.h"

#if defined(__AVX512F__)
#include <immintrin.h>
enum { VECTOR_BYTES = 64 };
#elif defined(__AVX2__)
#include <immintrin.h>
enum { VECTOR_BYTES = 32 };
#elif defined(__SSE2__)
#include <emmintrin.h>
enum { VECTOR_BYTES = 16 };
#else
enum { VECTOR_BYTES = 16 };
#endif

typedef real vector_real __attribute__((vector_size(VECTOR_BYTES)));
typedef lane_bits vector_bits __attribute__((vector_size(VECTOR_BYTES)));
typedef uint64_t vector_words __attribute__((vector_size(VECTOR_BYTES))); /**< words of 64 bits */

static inline vector_real vector_load(const real *from) {
    vector_real v;
    __builtin_memcpy(&v, from, sizeof v);
    return v;
}

static inline void vector_store(real *to, vector_real v) {
    __builtin_memcpy(to, &v, sizeof v);
}

/** Bit i: are the bits of element i of a mask set? */
static inline uint32_t vector_mask(vector_bits mask) {
#if defined(__AVX512F__)
    return sizeof(real) == 4 ? _mm512_test_epi32_mask((__m512i)mask, (__m512i)mask)
                             : _mm512_test_epi64_mask((__m512i)mask, (__m512i)mask);
#elif defined(__AVX2__)
    return (uint32_t)(sizeof(real) == 4 ? _mm256_movemask_ps((__m256)mask) : _mm256_movemask_pd((__m256d)mask));
#elif defined(__SSE2__)
    return (uint32_t)(sizeof(real) == 4 ? _mm_movemask_ps((__m128)mask) : _mm_movemask_pd((__m128d)mask));
#else
    uint32_t bits = 0;
    for (uint32_t i = 0; i < sizeof mask / sizeof(lane_bits); i++)
        bits |= (mask[i] != 0 ? 1u : 0u) << i;
    return bits;
#endif
}

/** Bit i: is value[i] above 0? LANES values. */
static inline uint32_t vector_positive(const real *value) {
    enum { N = VECTOR_BYTES / sizeof(real) };
    uint32_t bits = 0;
    for (uint32_t first = 0; first < LANES; first += N)
        bits |= vector_mask((vector_bits)(vector_load(value + first) > 0)) << first;
    return bits;
}

/** Element place[i] of x as element i; places are from 0 to one less than the vector has. */
static inline vector_real vector_permute(vector_real x, vector_bits place) {
#if defined(__AVX512F__) && !defined(KERNEL_DOUBLE)
    return (vector_real)_mm512_permutexvar_ps((__m512i)place, (__m512)x);
#elif defined(__AVX2__) && !defined(KERNEL_DOUBLE)
    return (vector_real)_mm256_permutevar8x32_ps((__m256)x, (__m256i)place);
#else
    vector_real permuted;
    for (uint32_t i = 0; i < sizeof x / sizeof(real); i++)
        permuted[i] = x[place[i]];
    return permuted;
#endif
}

/** Elements of x where a mask's bits are set, of y elsewhere. */
static inline vector_real vector_choose(vector_bits mask, vector_real x, vector_real y) {
    return (vector_real)(((vector_bits)x & mask) | ((vector_bits)y & ~mask));
}

/** Products of the lower 32 bits of each word with `factor`, which has no upper bits. */
static inline vector_words vector_product(vector_words x, vector_words factor) {
#if defined(__AVX512F__)
    return (vector_words)_mm512_mul_epu32((__m512i)x, (__m512i)factor);
#elif defined(__AVX2__)
    return (vector_words)_mm256_mul_epu32((__m256i)x, (__m256i)factor);
#elif defined(__SSE2__)
    return (vector_words)_mm_mul_epu32((__m128i)x, (__m128i)factor);
#else
    return (x & UINT32_MAX) * factor;
#endif
}

#endif
