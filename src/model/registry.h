/* Looking up mechanisms and parameters by name, for the scenario reader, `explain` and the reports. */
#ifndef MODEL_REGISTRY_H
#define MODEL_REGISTRY_H

#include "model/mechanism.h"

/** All mechanisms in the order of the month. */
const mechanism *const *registry_mechanisms(size_t *n);
/** NULL when there is none of that name. */
const mechanism *registry_find(const char *name);
/** "mechanism.parameter" -> parameter (and its mechanism unless `owner` is NULL); NULL when there is none. */
const parameter *registry_find_parameter(const char *full_name, const mechanism **owner);

#endif
