/* What is estimated: coordinates, each of which moves one value of a parameter or several together.
 *
 * A coordinate is measured in standard deviations of the prior from its median, on the scale on which the prior is normal
 * (as it is, log or logit): the prior of every coordinate is the standard normal, and the coordinates are independent.
 */
#ifndef INFER_SPACE_H
#define INFER_SPACE_H

#include "model/model.h"

enum { SPACE_MOST = 15, SPACE_NAME = 96 };

typedef struct space {
    uint32_t n;                        /**< coordinates, 1 ... SPACE_MOST */
    char name[SPACE_MOST][SPACE_NAME]; /**< "events.cell_size", "recruitment.rate isis_k" */
    bool is_of_start[SPACE_MOST];      /**< of a mechanism that has nothing to do once a run has begun */
    uint32_t n_values;
    uint32_t *parameter;  /**< [n_values] row of parameters */
    uint32_t *coordinate; /**< [n_values] */
} space;

/**
 * Coordinates of the scenario's `estimate`, or, when it has none, those of a list that fits any conflict.
 *
 * @retval TSR_E_INPUT  a parameter of `estimate` has no prior (the scenario sets it to a plain number), belongs to a mechanism
 *                      that is off, or no parameter is left to estimate
 */
tsr_status space_create(const model *m, space **out, tsr_error *error);
void space_free(space *s);

/** The value that coordinate z gives a parameter, within its bounds. */
double space_value(const model_parameter *p, double z);

#endif
