/* exp, log, sin and cos that give the same bits everywhere, in plain + - * / and integer operations, so that the
 * compiler turns a loop over lanes into vector code. No libm, no fma (see ARCHITECTURE.md, "Randomness and sameness").
 *
 * Contract (accuracy is tested over the whole range in tests/random):
 *   lane_exp(x)   relative error <= 2e-7; 0 below -87, saturates at +88 (about 1.6e38): never inf for finite x; NaN stays NaN
 *   lane_log(x)   absolute error <= 1e-7 max(1, |log x|) for normal x > 0; -88 (finite) for x <= 0 or below the normal
 *                 numbers; NaN stays NaN
 *   lane_log1p(x) relative error <= 3e-7 for x in [-1/2, 1e30]
 *   lane_sincos2pi(u, &s, &c)   sin and cos of 2 pi u for u in [0, 1), absolute error <= 2e-7
 *   lane_log_gamma(x)  x > 0, absolute error <= 1e-6 max(1, |log gamma|), double arithmetic inside
 *   lane_sqrt(x)  exact to the last bit (IEEE 754)
 * With real = double: 1e-13 instead of 1e-7, and the range of exp is -700 ... 700.
 *
 * Method: exp and log by reduction to [-ln 2/2, ln 2/2] and [sqrt(1/2), sqrt 2], then the Taylor series of exp, and the
 * series 2 (t + t^3/3 + t^5/5 ...) of log((1 + t)/(1 - t)); sin and cos by reduction to [-pi/4, pi/4] and Taylor series.
 */
#ifndef RANDOM_ELEMENTARY_H
#define RANDOM_ELEMENTARY_H

#include "random/kernel.h"

#include <stdbool.h>

#ifdef KERNEL_DOUBLE
typedef int64_t lane_bits;
typedef uint64_t lane_unsigned;
#define LANE_MANTISSA_BITS 52
#define LANE_EXPONENT_BIAS 1023
#define LANE_EXP_LOW (-700.0)
#define LANE_EXP_HIGH 700.0
#define LANE_SMALLEST 2.2250738585072014e-308
#define LANE_ROUND 6755399441055744.0 /* 1.5 * 2^52: adding it rounds to a whole number in the low bits */
#else
typedef int32_t lane_bits;
typedef uint32_t lane_unsigned;
#define LANE_MANTISSA_BITS 23
#define LANE_EXPONENT_BIAS 127
#define LANE_EXP_LOW (-87.0f)
#define LANE_EXP_HIGH 88.0f
#define LANE_SMALLEST 1.17549435e-38f
#define LANE_ROUND 12582912.0f /* 1.5 * 2^23 */
#endif

typedef union lane_view {
    real value;
    lane_bits bits;
} lane_view;

static inline real lane_sqrt(real x) {
#ifdef KERNEL_DOUBLE
    return __builtin_sqrt(x);
#else
    return __builtin_sqrtf(x);
#endif
}

static inline real lane_exp(real x) {
    real clamped = x > LANE_EXP_HIGH ? LANE_EXP_HIGH : x; /* below the low end anything will do */
    lane_view shifted = {.value = clamped * (real)1.4426950408889634 + LANE_ROUND};
    real whole = shifted.value - LANE_ROUND;
    lane_view zero = {.value = LANE_ROUND};
    lane_unsigned exponent = (lane_unsigned)shifted.bits - (lane_unsigned)zero.bits;
    /* ln 2 in two parts: the first has few bits, so that its product with `whole` is exact. */
    real r = clamped - whole * (real)0.693145751953125 - whole * (real)1.4286068203094172e-06;
#ifdef KERNEL_DOUBLE
    real p = 1.6059043836821613e-10;
    p = p * r + 2.08767569878681e-09;
    p = p * r + 2.505210838544172e-08;
    p = p * r + 2.755731922398589e-07;
    p = p * r + 2.7557319223985893e-06;
    p = p * r + 2.48015873015873e-05;
    p = p * r + 1.984126984126984e-04;
    p = p * r + 1.388888888888889e-03;
#else
    real p = 1.984126984126984e-04f;
    p = p * r + 1.388888888888889e-03f;
#endif
    p = p * r + (real)8.333333333333333e-03;
    p = p * r + (real)4.1666666666666664e-02;
    p = p * r + (real)1.6666666666666666e-01;
    p = p * r + (real)0.5;
    p = p * r * r + r + 1;
    lane_view scale = {.bits = (lane_bits)((exponent + LANE_EXPONENT_BIAS) << LANE_MANTISSA_BITS)};
    real value = p * scale.value;
    return x < LANE_EXP_LOW ? 0 : value; /* a NaN went through all of it */
}

/** 2 (t^2/3 + t^4/5 + ...) of t2 = t^2, |t| <= 0.172: log((1 + t)/(1 - t)) = 2t + t times this. */
static inline real lane_log_series(real t2) {
#ifdef KERNEL_DOUBLE
    real p = 2.0 / 21;
    p = p * t2 + 2.0 / 19;
    p = p * t2 + 2.0 / 17;
    p = p * t2 + 2.0 / 15;
    p = p * t2 + 2.0 / 13;
    p = p * t2 + 2.0 / 11;
    p = p * t2 + 2.0 / 9;
#else
    real p = 2.0f / 9;
#endif
    p = p * t2 + (real)(2.0 / 7);
    p = p * t2 + (real)(2.0 / 5);
    p = p * t2 + (real)(2.0 / 3);
    return t2 * p;
}

static inline real lane_log(real x) {
    lane_view v = {.value = x}; /* below the smallest number anything will do */
    lane_view half = {.value = (real)0.70710678118654752};
    /* Exponent such that the mantissa lies in [sqrt(1/2), sqrt 2). */
    lane_bits exponent = (lane_bits)((lane_unsigned)v.bits - (lane_unsigned)half.bits) >> LANE_MANTISSA_BITS;
    lane_view mantissa = {.bits = (lane_bits)((lane_unsigned)v.bits - ((lane_unsigned)exponent << LANE_MANTISSA_BITS))};
    real f = mantissa.value - 1;
    real t = f / (2 + f), e = (real)exponent;
    /* log(1 + f) = f - t f + t (t2 p) with 2t = f - t f: keeps the digits of a small f. */
    real value = e * (real)1.4286068203094172e-06 + (f - t * f + t * lane_log_series(t * t));
    value += e * (real)0.693145751953125;
    value = x < LANE_SMALLEST ? (real)-88 : value;
    return x != x ? x : value;
}

/** log(1 + x) for finite x >= -1/2, without what rounding 1 + x takes from a small x. */
static inline real lane_log1p(real x) {
    lane_view v = {.value = 1 + x}, half = {.value = (real)0.70710678118654752};
    lane_bits exponent = (v.bits - half.bits) >> LANE_MANTISSA_BITS;
    lane_view mantissa = {.bits = (lane_bits)((lane_unsigned)v.bits - ((lane_unsigned)exponent << LANE_MANTISSA_BITS))};
    real f = exponent == 0 ? x : mantissa.value - 1, t = f / (2 + f), e = (real)exponent;
    real value = e * (real)1.4286068203094172e-06 + (f - t * f + t * lane_log_series(t * t));
    return value + e * (real)0.693145751953125;
}

/** sin and cos of 2 pi u, u in [0, 1). */
static inline void lane_sincos2pi(real u, real *sine, real *cosine) {
    lane_view shifted = {.value = u * 4 + LANE_ROUND};
    real whole = shifted.value - LANE_ROUND;
    lane_view zero = {.value = LANE_ROUND};
    lane_unsigned quadrant = (lane_unsigned)shifted.bits - (lane_unsigned)zero.bits;
    real r = (u - whole * (real)0.25) * (real)6.283185307179586, r2 = r * r;
#ifdef KERNEL_DOUBLE
    real s = -7.647163731819816e-13, c = 4.779477332387385e-14;
    s = s * r2 + 1.6059043836821613e-10;
    s = s * r2 - 2.505210838544172e-08;
    c = c * r2 - 1.1470745597729725e-11;
    c = c * r2 + 2.08767569878681e-09;
    c = c * r2 - 2.755731922398589e-07;
    s = s * r2 + 2.7557319223985893e-06;
#else
    real s = 2.7557319223985893e-06f, c = -2.755731922398589e-07f;
#endif
    s = s * r2 - (real)1.984126984126984e-04;
    s = s * r2 + (real)8.333333333333333e-03;
    s = s * r2 - (real)1.6666666666666666e-01;
    s = s * r2 * r + r;
    c = c * r2 + (real)2.48015873015873e-05;
    c = c * r2 - (real)1.388888888888889e-03;
    c = c * r2 + (real)4.1666666666666664e-02;
    c = c * r2 - (real)0.5;
    c = c * r2 + 1;
    real first = quadrant & 1 ? c : s, second = quadrant & 1 ? s : c;
    *sine = quadrant & 2 ? -first : first;
    *cosine = (quadrant + 1) & 2 ? -second : second;
}

/** log of the gamma function for x > 0: Stirling's series after shifting x to 8 or more. */
static inline double lane_log_gamma(double x) {
    double product = 1;
    for (int i = 0; i < 8; i++) {
        product *= x < 8 ? x : 1;
        x += x < 8 ? 1 : 0;
    }
    double inverse = 1 / x, square = inverse * inverse;
    double series =
        inverse *
        (8.333333333333333e-02 -
         square * (2.777777777777778e-03 - square * (7.936507936507937e-04 - square * 5.952380952380953e-04)));
    /* Logarithms in double by the same code as above. */
    double logs[2], arguments[2] = {x, product};
    for (int i = 0; i < 2; i++) {
        union {
            double value;
            int64_t bits;
        } v = {.value = arguments[i]}, half = {.value = 0.70710678118654752}, mantissa;
        int64_t exponent = (v.bits - half.bits) >> 52;
        mantissa.bits = v.bits - (int64_t)((uint64_t)exponent << 52);
        double f = mantissa.value - 1, t = f / (2 + f), t2 = t * t, p = 2.0 / 17;
        p = p * t2 + 2.0 / 15;
        p = p * t2 + 2.0 / 13;
        p = p * t2 + 2.0 / 11;
        p = p * t2 + 2.0 / 9;
        p = p * t2 + 2.0 / 7;
        p = p * t2 + 2.0 / 5;
        p = p * t2 + 2.0 / 3;
        logs[i] = (double)exponent * 0.6931471805599453 + (f - t * f + t * t2 * p);
    }
    return (x - 0.5) * logs[0] - x + 0.9189385332046727 + series - logs[1];
}

#endif
