/* What both halves of the closure need (closure.c: counts that share a factor, closure_cell.c: one cell): nodes, the polynomial that
 * stands for many logarithms (docs/adr/0028), gamma functions. All of it on LANES lanes. */
#ifndef MODEL_CLOSURE_PARTS_H
#define MODEL_CLOSURE_PARTS_H

#include "random/elementary.h"

/* Nodes of five-point Gauss-Hermite quadrature times sqrt(2), and weights w exp(x^2) / sqrt(pi) (Abramowitz & Stegun,
 * table 25.10): the middle one, the inner and the outer pair. */
#define INNER ((real)1.3556261799742659)
#define OUTER ((real)2.8569700138728056)
#define MIDDLE_WEIGHT ((real)0.5333333333333333)
#define INNER_WEIGHT ((real)0.5566187216933)
#define OUTER_WEIGHT ((real)0.6665835756076)
/* w / sqrt(pi) itself: probabilities of nodes of a standard normal */
#define INNER_SHARE ((real)0.2220759220056126)
#define OUTER_SHARE ((real)0.0112574113277207)

/* A factor that is known leaves no room for quadrature: this variance stands for 0. */
static const real least_variance = (real)1e-6;

/* Most steps of Newton's method but the last. */
enum { MOST_STEPS = 3 };

/* Counts up to here: gamma functions as products. */
enum { SHORT_PRODUCT = 16 };

static inline real limited(real step) {
    return step > 1 ? 1 : step < -1 ? -1 : step;
}

static inline real size_of(real step) {
    return step < 0 ? -step : step;
}

/* The log density is taken for a polynomial of this degree in the log of the factor where all nodes are within REACH of the
 * mode: at most 4e-5 nat and .0002 of a standard deviation off in 1,500 random cases (1 to 34 cells, sizes .2 to 20, variances .005
 * to 1.5, surprises up to five-fold; expanded up to .2 from the mode). The series of log(1 + exp) converges up to pi. */
enum { DEGREE = 8 };
#define REACH ((real)1.75)

/** Coefficients 2 ... DEGREE of - sum k log(1 + h r) in powers of log h, from sums over cells. Derivatives of k log(1 + h r), k = size
 *  + count, are polynomials in p = h r / (1 + h r):  k p,  k x,  k x y,  k x (1 - 6x),  k x y (1 - 12x),  k x (1 - 30x + 120x^2),
 *  ... with x = p (1 - p) and y = 1 - 2p.
 *  @param even  [j] sums of k x^(j+1)  @param odd  [j] sums of k x^(j+1) y */
static inline void coefficients(real even[restrict 4][LANES], real odd[restrict 3][LANES],
                                real term[restrict DEGREE + 1][LANES]) {
    for (uint32_t i = 0; i < LANES; i++) {
        term[2][i] = -even[0][i] / 2;
        term[3][i] = -odd[0][i] / 6;
        term[4][i] = -(even[0][i] - 6 * even[1][i]) / 24;
        term[5][i] = -(odd[0][i] - 12 * odd[1][i]) / 120;
        term[6][i] = -(even[0][i] - 30 * even[1][i] + 120 * even[2][i]) / 720;
        term[7][i] = -(odd[0][i] - 60 * odd[1][i] + 360 * odd[2][i]) / 5040;
        term[8][i] = -(even[0][i] - 126 * even[1][i] + 1680 * even[2][i] - 5040 * even[3][i]) / 40320;
    }
}

/** Stirling's series for log Gamma(x), x >= 8, but for the 0.9189 that differences do not have. */
static inline double log_gamma_large(double x, double log_x) {
    double inverse = 1 / x, square = inverse * inverse;
    return (x - 0.5) * log_x - x +
           inverse * (8.333333333333333e-02 - square * (2.777777777777778e-03 - square * 7.936507936507937e-04));
}

/** log of a double > 0, as lane_log. */
static inline double log_double(double x) {
    union {
        double value;
        int64_t bits;
    } v = {.value = x}, half = {.value = 0.70710678118654752}, mantissa;
    /* By way of 32 bits: there are no vector instructions for signed shifts and conversions of 64. */
    int32_t exponent = (int32_t)((uint64_t)(v.bits - half.bits) >> 32) >> 20;
    mantissa.bits = v.bits - (int64_t)((uint64_t)(int64_t)exponent << 52);
    double f = mantissa.value - 1, t = f / (2 + f), t2 = t * t, p = 2.0 / 15;
    p = p * t2 + 2.0 / 13;
    p = p * t2 + 2.0 / 11;
    p = p * t2 + 2.0 / 9;
    p = p * t2 + 2.0 / 7;
    p = p * t2 + 2.0 / 5;
    p = p * t2 + 2.0 / 3;
    return (double)exponent * 0.6931471805599453 + (f - t * f + t * t2 * p);
}

/** log [Gamma(count + size) / Gamma(size)] for counts above SHORT_PRODUCT, added to `out`. */
static inline void add_log_gammas(double count, double sign, const real *restrict size, double *restrict out) {
    double x[LANES], y[LANES], product[LANES];
    for (uint32_t i = 0; i < LANES; i++) {
        double s = (double)size[i];
        product[i] = s * (s + 1) * (s + 2) * (s + 3) * (s + 4) * (s + 5) * (s + 6) * (s + 7);
        x[i] = log_double(count + s);
        y[i] = log_double(s + 8);
    }
    for (uint32_t i = 0; i < LANES; i++)
        product[i] = log_double(product[i]);
    for (uint32_t i = 0; i < LANES; i++) {
        double s = (double)size[i];
        out[i] += sign * (log_gamma_large(count + s, x[i]) - log_gamma_large(s + 8, y[i]) + product[i]);
    }
}

#endif
