/* Integer weights and systematic resampling; see resample.h. */
#include "infer/resample.h"

#include <math.h>

static const double scale = 1099511627776.0; /* 2^40 */

/** exp(x) for x <= 0, our own, so that weights do not depend on the C library; 0 below -700. Relative error below 1e-15. */
static inline double weight_exp(double x) {
    union {
        double value;
        int64_t bits;
    } shifted, zero = {.value = 6755399441055744.0}, power; /* 1.5 * 2^52: adding it rounds to a whole number */
    double clamped = x < -700 ? -700 : x;
    shifted.value = clamped * 1.4426950408889634 + zero.value;
    double whole = shifted.value - zero.value;
    double r = clamped - whole * 0.693145751953125 - whole * 1.4286068203094172e-06, p = 1.6059043836821613e-10;
    p = p * r + 2.08767569878681e-09;
    p = p * r + 2.505210838544172e-08;
    p = p * r + 2.755731922398589e-07;
    p = p * r + 2.7557319223985893e-06;
    p = p * r + 2.48015873015873e-05;
    p = p * r + 1.984126984126984e-04;
    p = p * r + 1.388888888888889e-03;
    p = p * r + 8.333333333333333e-03;
    p = p * r + 4.1666666666666664e-02;
    p = p * r + 1.6666666666666666e-01;
    p = p * r + 0.5;
    p = p * r * r + r + 1;
    power.bits = (shifted.bits - zero.bits + 1023) << 52;
    return x < -700 ? 0 : p * power.value;
}

tsr_status resample_weigh(const double *log_weight, uint32_t n, uint64_t *weight, resample_weights *out,
                          tsr_error *error) {
    double most = -INFINITY;
    for (uint32_t i = 0; i < n; i++) {
        if (isnan(log_weight[i])) {
            tsr_status status = FAIL(error, TSR_E_NUMERIC, "the weight of particle %u is not a number", i);
            if (error)
                error->particle = i;
            return status;
        }
        most = log_weight[i] > most ? log_weight[i] : most;
    }
    if (most == -INFINITY)
        return FAIL(error, TSR_E_NUMERIC, "every particle has weight 0");
    uint64_t total = 0;
    double squares = 0; /* of whole numbers divided by 2^20: exact below 2^53 particles of weight 1 */
    for (uint32_t i = 0; i < n; i++) {
        double w = weight_exp(log_weight[i] - most);
        weight[i] = (uint64_t)(w * scale + 0.5);
        total += weight[i];
        squares += w * w;
    }
    double sum = (double)total / scale;
    *out = (resample_weights){
        .log_most = most, .total = total, .log_mean = most + log(sum / n), .effective = sum * sum / squares};
    return TSR_OK;
}

void resample_systematic(const uint64_t *weight, uint32_t n, uint64_t total, double u, uint32_t *ancestor) {
    uint64_t fraction = (uint64_t)(u * 16777216.0); /* 24 bits, like the draw */
    uint64_t cumulative = weight[0];
    uint32_t k = 0;
    for (uint32_t i = 0; i < n; i++) {
        __extension__ typedef unsigned __int128 wide;
        uint64_t point = (uint64_t)(((wide)((uint64_t)i << 24) + fraction) * total / ((wide)n << 24));
        while (cumulative <= point && k + 1 < n)
            cumulative += weight[++k];
        ancestor[i] = k;
    }
}
