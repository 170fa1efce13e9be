/* Looking up mechanisms and parameters by name. The tables are the same in every kernel; the baseline's are used. */
#include "model/registry.h"

#include "model/run.h"

#include <string.h>

const mechanism *const *registry_mechanisms(size_t *n) {
    *n = model_kernel_baseline.n_mechanisms;
    return model_kernel_baseline.mechanisms;
}

const mechanism *registry_find(const char *name) {
    size_t n;
    const mechanism *const *all = registry_mechanisms(&n);
    for (size_t i = 0; i < n; i++)
        if (strcmp(all[i]->name, name) == 0)
            return all[i];
    return NULL;
}

const parameter *registry_find_parameter(const char *full_name, const mechanism **owner) {
    size_t n;
    const mechanism *const *all = registry_mechanisms(&n);
    for (size_t i = 0; i < n; i++) {
        size_t length = strlen(all[i]->name);
        if (strncmp(all[i]->name, full_name, length) != 0 || full_name[length] != '.')
            continue;
        for (uint32_t k = 0; k < all[i]->n_parameters; k++)
            if (strcmp(all[i]->parameters[k].name, full_name + length + 1) == 0) {
                if (owner)
                    *owner = all[i];
                return &all[i]->parameters[k];
            }
    }
    return NULL;
}
