/* Stacking: how much of a mixture of two forecasts should come from the first, by their past probabilities.
 *
 * With p_i and q_i the probabilities that the two gave to what happened, the weight w of the first is the mode of
 *     sum_i c_i log(w p_i + (1 - w) q_i) + strength/2 (log w + log(1 - w)),
 * c_i the worth of case i. The prior is half and half, as sure as `strength` cases whose responsibilities were split evenly.
 * The objective is concave in w; the fixed point
 *     w = (strength/2 + sum c_i r_i) / (strength + sum c_i),  r_i = w p_i / (w p_i + (1 - w) q_i)
 * climbs it at every round (expectation and maximisation).
 *
 * Probabilities are those of bins of counts: 0, 1, 2, 3-4, 5-7 ... each half as wide again as the one before, with one
 * pseudo-count for every bin. The bins of IGN would not do: above 1,000 deaths they tell no two forecasts apart.
 *
 * Source: Yao, Vehtari, Simpson & Gelman (2018) Bayesian Analysis 13:917-1007, doi:10.1214/17-BA1091, for stacking by log
 * score; Hall & Mitchell (2007) Int. J. Forecast. 23:1-13, doi:10.1016/j.ijforecast.2006.08.001. The prior is ours.
 */
#ifndef JUDGE_STACKING_H
#define JUDGE_STACKING_H

#include <stddef.h>

/** Worth of the prior, in cases. */
#define STACKING_STRENGTH 8.0

typedef struct stacking_case {
    double first, second; /**< probabilities, above 0 */
    double worth;         /**< c; above 0 */
} stacking_case;

/** Probability that draws give to the bin of y: (draws in it + 1) / (n + bins). @param y  0 or more, finite */
double stacking_probability(const double *draws, size_t n, double y);

/** Weight of the first forecast, in (0, 1); 1/2 for no cases. */
double stacking_weight(const stacking_case *cases, size_t n);

/** Does draw i of a mixture come from the first forecast? Spreads a share w of draws evenly over 0, 1, 2 ... */
int stacking_takes_first(double w, size_t i);

#endif
