/* Weights of two forecasts in a mixture; see stacking.h. */
#include "judge/stacking.h"

#include <math.h>

enum { BINS = 34, ROUNDS = 500 };

/** Bin of a count: 0, 1, 2, 3-4, 5-7, 8-11, 12-17 ...; the last one, from 600,000 on, is open. Its bounds go to *low, *high. */
static void bin_of(double y, double *low, double *high) {
    double edge = 0.5;
    *low = 0;
    for (int bin = 1; bin < BINS && y >= edge; bin++) {
        *low = edge;
        edge = bin + 1 == BINS ? INFINITY : floor(1.5 * edge + 0.5) + 0.5;
    }
    *high = edge;
}

double stacking_probability(const double *draws, size_t n, double y) {
    double low, high;
    size_t count = 0;
    bin_of(y, &low, &high);
    for (size_t i = 0; i < n; i++)
        count += draws[i] >= low && draws[i] < high;
    return ((double)count + 1) / ((double)n + BINS);
}

double stacking_weight(const stacking_case *cases, size_t n) {
    double w = 0.5, worth = 0;
    for (size_t i = 0; i < n; i++)
        worth += cases[i].worth;
    for (int round = 0; round < ROUNDS; round++) {
        double sum = STACKING_STRENGTH / 2;
        for (size_t i = 0; i < n; i++) {
            double first = w * cases[i].first;
            sum += cases[i].worth * first / (first + (1 - w) * cases[i].second);
        }
        double next = sum / (STACKING_STRENGTH + worth);
        if (fabs(next - w) < 1e-10)
            return next;
        w = next;
    }
    return w;
}

int stacking_takes_first(double w, size_t i) {
    return floor((double)(i + 1) * w) > floor((double)i * w);
}
