/* Summaries of draws: mean and quantiles of type 1, the inverse of the empirical distribution function.
 *
 *   Q(p) = x_(k),  k = max(1, ceil(p n)),  x_(1) <= x_(2) <= ... the sorted values
 *
 * Source: Hyndman & Fan (1996) Am. Stat. 50:361-365, doi:10.2307/2684934. No sort: partition until the wanted ranks are
 * in place, which is linear in n for a fixed number of probabilities.
 */
#include "ensemble/record.h"

#include <math.h>
#include <string.h>

const record_variable *record_find(const record *r, const char *name) {
    for (size_t i = 0; i < r->n_variables; i++)
        if (strcmp(r->variables[i].name, name) == 0)
            return &r->variables[i];
    return NULL;
}

static void swap(float *x, uint32_t i, uint32_t j) {
    float kept = x[i];
    x[i] = x[j];
    x[j] = kept;
}

static float middle(float a, float b, float c) {
    float low = a < b ? a : b, high = a < b ? b : a;
    return c < low ? low : c > high ? high : c;
}

/** Put the value of rank k (0-based) in its place within x[first ... end-1]: smaller ones before it, larger ones
 * behind. */
static void place_rank(float *x, uint32_t first, uint32_t end, uint32_t k) {
    while (end - first > 1) {
        float pivot = middle(x[first], x[first + (end - first) / 2], x[end - 1]);
        uint32_t less = first, i = first, more = end; /* Dijkstra's three parts: ties are common in counts */
        while (i < more) {
            if (x[i] < pivot)
                swap(x, less++, i++);
            else if (x[i] > pivot)
                swap(x, i, --more);
            else
                i++;
        }
        if (k < less)
            end = less;
        else if (k >= more)
            first = more;
        else
            return;
    }
}

static uint32_t rank_of(double p, uint32_t n) {
    /* The nearest double to 0.95 times 1000 must give rank 950, so a product that is whole but for rounding counts as
     * whole. */
    double rank = ceil(p * n - 1e-9 * n);
    return rank < 1 ? 0 : rank >= n ? n - 1 : (uint32_t)rank - 1;
}

void record_summary(const float *values, uint32_t n, const double *probabilities, uint32_t n_probabilities,
                    float *scratch, double *mean, double *quantiles) {
    double sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += (double)values[i];
    *mean = n ? sum / n : NAN;
    if (n == 0 || isnan(sum)) {
        for (uint32_t q = 0; q < n_probabilities; q++)
            quantiles[q] = NAN;
        return;
    }
    memcpy(scratch, values, n * sizeof *values);
    uint32_t first = 0, last_rank = 0;
    for (uint32_t q = 0; q < n_probabilities; q++) {
        uint32_t k = rank_of(probabilities[q], n);
        if (q == 0 || k < last_rank)
            first = 0; /* probabilities need not rise, but when they do the part before is done */
        place_rank(scratch, first, n, k);
        quantiles[q] = (double)scratch[k];
        first = last_rank = k;
    }
}
