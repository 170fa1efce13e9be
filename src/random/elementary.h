/* exp, log, sin and cos that give the same bits everywhere, in plain + - * / and integer operations, so that the
 * compiler turns a loop over lanes into vector code. No libm, no fma (see ARCHITECTURE.md, "Randomness and sameness").
 *
 * Contract (accuracy is tested over the whole range in tests/random):
 *   lane_exp(x)   relative error <= 2e-7; 0 below -87, saturates at +88 (about 1.6e38): never inf for finite x; NaN stays NaN
 *   lane_log(x)   absolute error <= 1e-7 max(1, |log x|) for normal x > 0; -88 or less (finite) for x <= 0; NaN stays NaN
 *   lane_sincos2pi(u, &s, &c)   sin and cos of 2 pi u for u in [0, 1), absolute error <= 1.5e-7
 *   lane_log_gamma(x)  x > 0, relative error <= 1e-6, double arithmetic inside
 * With real = double the same functions are accurate to about 1e-14.
 */
#ifndef RANDOM_ELEMENTARY_H
#define RANDOM_ELEMENTARY_H
#include "random/kernel.h"
#endif
