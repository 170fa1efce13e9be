/* A normal approximation of a density that was evaluated, with noise, at some points: the proposals of chains are drawn from it.
 *
 * The log density is regressed on a quadratic function. Every evaluation counts, also of proposals that a chain refused, and the
 * noise averages out: in fifteen dimensions a few hundred evaluations say more than the covariance of as many draws of a chain.
 */
#ifndef INFER_APPROXIMATION_H
#define INFER_APPROXIMATION_H

#include "infer/space.h"
#include "random/counts.h"

typedef struct approximation {
    uint32_t n; /**< dimensions, at most SPACE_MOST */
    double mean[SPACE_MOST];
    double direction[SPACE_MOST * SPACE_MOST],
        sd[SPACE_MOST]; /**< principal axes (rows) and how wide it is along them */
} approximation;

/** Points and what was found there. */
typedef struct approximation_points {
    const double *z;           /**< [n_points][n] */
    const double *log_density; /**< [n_points]; -INFINITY where the point is impossible: not used */
    uint32_t n_points;
} approximation_points;

/** What is believed before there are points, and what no points can refute. */
typedef struct approximation_guess {
    const double *centre; /**< [n] */
    double sd;            /**< of the density around it; counts like a few points */
    double most_sd;       /**< in no direction is the density wider */
} approximation_guess;

/** @param runs  n_runs sets of points that belong together; none: the guess
 *  @retval TSR_E_MEMORY  the only failure */
tsr_status approximation_fit(uint32_t n, const approximation_points *runs, uint32_t n_runs,
                             const approximation_guess *guess, approximation *out, tsr_error *error);

/** A draw from the multivariate t of 8 degrees of freedom with this centre and these axes. */
void approximation_draw(const approximation *a, philox_stream *stream, double *z);
/** Its log density but for a constant. */
double approximation_log_density(const approximation *a, const double *z);
/** A normal step of `scale` times the width in every direction, added to z. */
void approximation_step(const approximation *a, double scale, philox_stream *stream, double *z);

#endif
