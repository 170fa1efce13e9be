/* Integer weights and systematic resampling; see resample.h. */
#include "infer/resample.h"

#include "random/counts.h"

#include <math.h>

static const double scale = 1099511627776.0; /* 2^40 */

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
        double w =
            KERNEL(counts_exp)(log_weight[i] - most); /* our own, so that weights do not depend on the C library */
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
