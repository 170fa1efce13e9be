/* The start: how far forces and followings were from what the scenario says, in standard deviations of its uncertainty.
 *
 *   S_if = given_if exp(z_f spread),  u_if = given u_if + z_f spread_i;  the spreads are those of the scenario's intervals
 *
 * As parameters they can be fitted: what a series of events says about the start it says month after month, and a filter whose
 * particles start alike cannot learn it. Read where the state is made (start_areas in run.c).
 */
#include "model/start.h"

#include "model/mechanism.h"
#include "random/kernel.h"

static const parameter parameters[START_PARAMETERS] = {
    [START_STRENGTH] = {"strength", "standard deviations", -6, 6, 0, SCOPE_FACTION, PRIOR_NORMAL, 1, EVIDENCE_ASSUMED,
                        "How far a faction's fighters at the start were from the scenario's number, everywhere alike.",
                        "definition: the scenario's interval", ""},
    [START_SUPPORT] = {"support", "standard deviations", -6, 6, 0, SCOPE_FACTION, PRIOR_NORMAL, 1, EVIDENCE_ASSUMED,
                       "How far people's support for a faction at the start, and what it returns to, was from the "
                       "scenario's share, everywhere alike.",
                       "definition: the scenario's interval", ""},
};

const mechanism KERNEL(mechanism_start) = {
    .name = "start",
    .title = "The start",
    .text = "Nobody knows how many fighters a faction had when the period begins, or how many people stood by it. The "
            "scenario gives intervals; these numbers say where in them the truth was, for a whole force and a whole "
            "following at once.",
    .equation = "S = given exp(z spread);  u = given + z spread",
    .doubt = "One number moves all areas alike; that the scenario's pattern over areas is wrong it cannot say.",
    .parameters = parameters,
    .n_parameters = START_PARAMETERS,
    .is_core = true,
};
