/* Areas: population, neighbours, distance from each faction's home. */
#include "model/compile.h"

tsr_status compile_areas(model *m, arena *memory, tsr_error *error) {
    tsr_status status = TSR_OK;
    const world_area *areas = world_areas(m->w, NULL);
    const float *distances = world_distances(m->w, NULL);
    const world_actor *actors = world_actors(m->w, NULL);
    size_t n_borders;
    const world_border *borders = world_borders(m->w, &n_borders);
    double people = 0;
    TRY(compile_array(memory, m->n_areas, sizeof(float), &m->population, error));
    TRY(compile_array(memory, m->n_areas, sizeof(float), &m->population_share, error));
    TRY(compile_array(memory, (size_t)m->n_factions * m->n_areas, sizeof(float), &m->distance_decay_km, error));
    TRY(compile_array(memory, m->n_areas + 1, sizeof(uint32_t), &m->neighbour_first, error));
    TRY(compile_array(memory, n_borders, sizeof(uint32_t), &m->neighbour, error));
    for (uint32_t a = 0; a < m->n_areas; a++)
        people += areas[a].population;
    for (uint32_t a = 0; a < m->n_areas; a++) {
        m->population[a] = (float)areas[a].population;
        m->population_share[a] = people > 0 ? (float)(areas[a].population / people) : 1.0f / (float)m->n_areas;
        for (uint32_t f = 0; f < m->n_factions; f++) {
            int32_t home = actors[m->actor_of_faction[f]].home_area;
            m->distance_decay_km[f * m->n_areas + a] = home < 0 ? 0 : distances[(size_t)home * m->n_areas + a];
        }
    }
    for (size_t k = 0; k < n_borders; k++) {
        m->neighbour[k] = borders[k].to; /* sorted by from */
        m->neighbour_first[borders[k].from + 1] = (uint32_t)(k + 1);
    }
    for (uint32_t a = 1; a <= m->n_areas; a++) /* areas without neighbours */
        if (m->neighbour_first[a] < m->neighbour_first[a - 1])
            m->neighbour_first[a] = m->neighbour_first[a - 1];
out:
    return status;
}
