/* Have the chains converged? Split R-hat on ranks, and the number of independent draws that they are worth.
 *
 * Source: Vehtari, Gelman, Simpson, Carpenter & Burkner 2021, Bayesian Analysis 16(2), doi:10.1214/20-BA1221.
 */
#ifndef INFER_DIAGNOSE_H
#define INFER_DIAGNOSE_H

#include "base/error.h"

typedef struct diagnosis {
    double rhat; /**< the larger of those of ranks and of folded ranks: 1 when chains agree; NaN when no draw differs */
    double effective; /**< effective sample size of the mean, over all chains ("bulk") */
} diagnosis;

/** @param x  [n_chains][n] draws of one quantity; 1 <= n_chains, 8 <= n; TSR_E_MEMORY otherwise the only failure */
tsr_status diagnose(const double *x, uint32_t n_chains, uint32_t n, diagnosis *out, tsr_error *error);

#endif
