/* The twins of all mechanisms. */
#include "twin.h"

const twin_mechanism twin_mechanisms[] = {
    {.name = "support", .step = twin_support_step, .spoilt = "harm_effect"},
    {.name = "control", .start = twin_control_start, .step = twin_control_step, .spoilt = "decisiveness"},
    {.name = "recruitment", .step = twin_recruitment_step, .spoilt = "rate"},
    {.name = "losses", .step = twin_losses_step, .spoilt = "wounded"},
    {.name = "intensity", .month = twin_intensity_month, .step = twin_intensity_step, .spoilt = "battle_rate"},
    {.name = "excitation", .month = twin_excitation_month, .step = twin_excitation_step, .spoilt = "self"},
    {.name = "publicity", .month = twin_publicity_month, .spoilt = "fading"},
    {.name = "events",
     .month = twin_events_month,
     .step = twin_events_step,
     .close = twin_events_close,
     .spoilt = "deaths_per_event"},
    {.name = "morale", .month = twin_morale_month, .step = twin_morale_step, .spoilt = "base_rate"},
    {.name = "movement", .step = twin_movement_step, .spoilt = "rate"},
    {.name = "pressure", .step = twin_pressure_step, .spoilt = "lag"},
    {.name = "relations", .step = twin_relations_step, .spoilt = "noise"},
    {.name = "ladder", .step = twin_ladder_step, .spoilt = "threat_effect"},
    {.name = "finance", .step = twin_finance_step, .spoilt = "wage"},
    {.name = "prisons", .step = twin_prisons_step, .spoilt = "transfer_rate"},
    {.name = "leadership", .step = twin_leadership_step, .spoilt = "loss"},
    {.name = "schedule", .start = twin_schedule_month, .month = twin_schedule_month, .step = twin_schedule_step},
};
const size_t n_twin_mechanisms = sizeof twin_mechanisms / sizeof twin_mechanisms[0];
