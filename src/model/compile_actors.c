/* Actors, channels, ladders, and the table of families by month. */
#include "model/compile.h"

static tsr_status lists(model *m, arena *memory, tsr_error *error) {
    tsr_status status = TSR_OK;
    TRY(compile_array(memory, m->n_factions, sizeof(uint32_t), &m->actor_of_faction, error));
    TRY(compile_array(memory, m->n_powers, sizeof(uint32_t), &m->actor_of_power, error));
    TRY(compile_array(memory, m->n_actors, sizeof(int32_t), &m->faction_of_actor, error));
    TRY(compile_array(memory, m->n_actors, sizeof(float), &m->ideology, error));
    TRY(compile_array(memory, m->n_factions, sizeof(double), &m->founded_years, error));
    TRY(compile_array(memory, m->n_factions, sizeof(bool), &m->regular, error));
    TRY(compile_array(memory, m->n_factions, sizeof(int32_t), &m->sponsor, error));
    TRY(compile_array(memory, m->n_channels, sizeof(int32_t), &m->channel_a, error));
    TRY(compile_array(memory, m->n_channels, sizeof(int32_t), &m->channel_b, error));
    TRY(compile_array(memory, m->n_channels, sizeof(bool), &m->channel_one_sided, error));
    TRY(compile_array(memory, m->n_factions, sizeof(bool), &m->fights, error));
    TRY(compile_array(memory, m->n_ladders, sizeof(int32_t), &m->ladder_power, error));
    TRY(compile_array(memory, m->n_ladders, sizeof(int32_t), &m->ladder_faction, error));
    TRY(compile_array(memory, (size_t)m->n_months * m->n_factions, sizeof(uint32_t), &m->family, error));
    TRY(compile_array(memory, (size_t)m->n_months * m->n_factions, sizeof(int32_t), &m->only_member, error));
    TRY(compile_array(memory, (size_t)m->n_months * m->n_factions, sizeof(bool), &m->active, error));
out:
    return status;
}

static void fill_actors(model *m) {
    const world_actor *actors = world_actors(m->w, NULL);
    date_day start = month_first_day(m->first_month);
    for (uint32_t v = 0; v < m->n_actors; v++) {
        m->faction_of_actor[v] = actors[v].faction;
        m->ideology[v] = (float)actors[v].ideology;
        if (actors[v].power >= 0)
            m->actor_of_power[actors[v].power] = v;
        if (actors[v].faction < 0)
            continue;
        uint32_t f = (uint32_t)actors[v].faction;
        m->actor_of_faction[f] = v;
        m->regular[f] = actors[v].is_regular;
        m->sponsor[f] = actors[v].sponsor;
        m->founded_years[f] = actors[v].founded == DATE_MIN ? 100 : (start - actors[v].founded) / 365.25;
        for (uint32_t t = 0; t < m->n_months; t++)
            m->active[t * m->n_factions + f] = actors[v].founded <= month_last_day(m->first_month + (int32_t)t);
    }
    for (uint32_t t = 0; t < m->n_months; t++)
        for (uint32_t f = 0; f < m->n_factions; f++)
            m->family[t * m->n_factions + f] = (uint32_t)actors[world_family(m->w, m->actor_of_faction[f])].faction;
}

tsr_status compile_actors(model *m, arena *memory, tsr_error *error) {
    tsr_status status = lists(m, memory, error);
    if (status != TSR_OK)
        return status;
    fill_actors(m);
    const world_channel *channels = world_channels(m->w, NULL);
    for (uint32_t c = 0; c < m->n_channels; c++) {
        m->channel_one_sided[c] = channels[c].kind == WORLD_ONE_SIDED;
        m->channel_a[c] = m->faction_of_actor[channels[c].actor_a];
        m->channel_b[c] = channels[c].actor_b < 0 ? WORLD_NONE : m->faction_of_actor[channels[c].actor_b];
        m->fights[m->channel_a[c]] = true;
        if (m->channel_b[c] >= 0)
            m->fights[m->channel_b[c]] = true;
    }
    const world_ladder *ladders = world_ladders(m->w, NULL);
    for (uint32_t k = 0; k < m->n_ladders; k++) {
        m->ladder_power[k] = (int32_t)ladders[k].power;
        m->ladder_faction[k] = (int32_t)ladders[k].faction;
    }
    return TSR_OK;
}

void compile_members(model *m) {
    for (uint32_t t = 0; t < m->n_months; t++)
        for (uint32_t head = 0; head < m->n_factions; head++) {
            uint32_t n_members = 0, member = 0;
            for (uint32_t f = 0; f < m->n_factions; f++)
                if (m->family[t * m->n_factions + f] == head) {
                    member = f;
                    n_members++;
                }
            m->only_member[t * m->n_factions + head] = n_members == 1 ? (int32_t)member : WORLD_NONE;
        }
}
