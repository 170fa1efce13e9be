/* Prisons: captives are moved to the holder's prison area, break out, or are freed when the area changes hands.
 *
 *   moved of J: whole persons whose expectation is J (1 - exp(-kappa_J dt)), no more than J
 *   break ~ hazard h (S_if / 1000) (1 - C_ih) per month, frees Binomial(J, phi_break)
 *   all of J is freed when factions hostile to the holder together control more than half of the area
 *   of the freed Binomial(freed, phi_rejoin) fight again
 */
#include "model/lanes.h"

enum { TRANSFER_RATE, BREAK_HAZARD, FREED_SHARE, REJOIN, N_PARAMETERS };

static const parameter parameters[N_PARAMETERS] = {
    [TRANSFER_RATE] = {"transfer_rate", "per month", 0, 5, 0.2, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.5, EVIDENCE_ASSUMED,
                       "kappa_J: captives moved to the holder's prison area.", "assumed", ""},
    [BREAK_HAZARD] = {"break_hazard", "per 1,000 fighters and month", 0, 1, 0.004, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.7,
                      EVIDENCE_ASSUMED,
                      "h: hazard of a prison break per 1,000 fighters of the captives' faction nearby.",
                      "assumed; no estimate found", ""},
    [FREED_SHARE] = {"freed_share", "1", 0, 1, 0.5, SCOPE_WORLD, PRIOR_LOGIT_NORMAL, 0.5, EVIDENCE_SOURCE,
                     "phi_B: share freed by a break.",
                     "Jalalabad, August 2020: 1,793 inmates, 1,025 recaptured, 300-800 missing", ""},
    [REJOIN] = {"rejoin", "1", 0, 1, 0.5, SCOPE_WORLD, PRIOR_LOGIT_NORMAL, 0.7, EVIDENCE_SOURCE,
                "phi_J: share of the freed that fight again.",
                "UN: ISIS-K from 2,200 to approaching 4,000 after the release of several thousand", "2022-01"},
};

/* Rows of scratch; then come four rows for every area. */
enum { GONE, RATE, HELD, ENEMY, UNIFORM, FIRST_AREA = UNIFORM + 4 };

/** Row i of those for every area. */
enum { FREED, CHANCE, ATTACKED, TAKEN, BACK = ATTACKED, MOVED = FREED };

static real *area_row(const model_step *s, uint32_t i, uint32_t a) {
    return step_scratch(s, FIRST_AREA + i * s->m->n_areas + a);
}

/** Free as many of pair k as the rows FREED of n_areas areas say: out of J, and a share of them back into the faction.
 *  @param is_dated  0 or 1: breaks by chance and breaks by date have numbers of their own */
static void release(const model_step *s, uint32_t k, uint32_t first_area, uint32_t n_areas, uint32_t is_dated) {
    const model *m = s->m;
    uint32_t n = s->n_lanes, end = first_area + n_areas;
    const real *rejoin = step_parameter(s, REJOIN, 0);
    bool any = false;
    for (uint32_t a = first_area; a < end; a++) {
        real *captives = step_row(s, ROW_captives, k * m->n_areas + a);
        real *freed = area_row(s, FREED, a), *p = area_row(s, CHANCE, a);
        if (!lanes_any(freed, n))
            continue;
        any = true;
        for (uint32_t lane = 0; lane < n; lane++) {
            freed[lane] = lane_min(freed[lane], captives[lane]);
            captives[lane] -= freed[lane];
            p[lane] = rejoin[lane];
        }
    }
    if (!any)
        return;
    KERNEL(random_binomial_rows)
    (&s->address, USE_PRISON_REJOIN, step_site(s, 2 * k + is_dated, first_area), n_areas, n,
     area_row(s, FREED, first_area), area_row(s, CHANCE, first_area), area_row(s, BACK, first_area));
    for (uint32_t a = first_area; a < end; a++)
        if (lanes_any(area_row(s, FREED, a), n))
            lanes_add(step_row(s, ROW_strength, m->captive_faction[k] * m->n_areas + a), area_row(s, BACK, a), n);
}

/** Control of area a by the family of faction h, and by those hostile to it. */
static void guards(const model_step *s, uint32_t h, uint32_t a, real *restrict held, real *restrict enemy) {
    const model *m = s->m;
    uint32_t n = s->n_lanes;
    lanes_fill(held, 0, n);
    lanes_fill(enemy, 0, n);
    for (uint32_t g = 0; g < m->n_factions; g++) {
        const real *control = step_row(s, ROW_control, g * m->n_areas + a);
        const real *r = step_row(s, ROW_relation, m->actor_of_faction[g] * m->n_actors + m->actor_of_faction[h]);
        if (step_family(s, g) == step_family(s, h))
            lanes_add(held, control, n);
        else
            for (uint32_t lane = 0; lane < n; lane++)
                enemy[lane] += r[lane] < 0 ? control[lane] : 0;
    }
}

/** The captives of pair k in area a where the area has fallen to an enemy of the holder (TAKEN), and where else their faction
 *  breaks in (ATTACKED). @return the latter in any lane? */
static bool attack(const model_step *s, uint32_t k, uint32_t a) {
    const model *m = s->m;
    uint32_t n = s->n_lanes;
    const real *captives = step_row(s, ROW_captives, k * m->n_areas + a), *hazard = step_parameter(s, BREAK_HAZARD, 0);
    const real *strength = step_row(s, ROW_strength, m->captive_faction[k] * m->n_areas + a);
    const real *u = step_scratch(s, UNIFORM + a % 4);
    real *rate = step_scratch(s, RATE);
    real *held = step_scratch(s, HELD), *enemy = step_scratch(s, ENEMY);
    real *attacked = area_row(s, ATTACKED, a), *taken = area_row(s, TAKEN, a);
    guards(s, m->captive_holder[k], a, held, enemy);
    uint32_t maybe = 0;
    for (uint32_t lane = 0; lane < n; lane++) {
        rate[lane] = hazard[lane] * strength[lane] * (real)0.001 * lane_max(0, 1 - held[lane]) * s->dt;
        taken[lane] = enemy[lane] > (real)0.5 ? captives[lane] : 0;
        /* 1 - exp(-rate) is below the rate, but for rounding. Breaks are rare: mostly there is no exponential to take. */
        maybe |= u[lane] < rate[lane] + (real)1e-6;
    }
    if (!maybe) {
        lanes_fill(attacked, 0, n);
        return false;
    }
    for (uint32_t lane = 0; lane < n; lane++) {
        real open = captives[lane] - taken[lane], stay = lane_exp(-rate[lane]);
        attacked[lane] = u[lane] < 1 - stay ? open : 0;
    }
    return lanes_any(attacked, n);
}

/** Captives of pair k come free in all areas. */
static void breaks(const model_step *s, uint32_t k) {
    const model *m = s->m;
    uint32_t n = s->n_lanes;
    const real *share = step_parameter(s, FREED_SHARE, 0), *captives = step_row(s, ROW_captives, k * m->n_areas);
    bool any = false;
    for (uint32_t a = 0; a < m->n_areas; a++) {
        uint32_t n_rows = step_sharing(s, a), site = step_site(s, k, a);
        if (a % 4 == 0 && lanes_any(captives + (size_t)a * n, n_rows * n))
            KERNEL(random_uniform_rows)(&s->address, USE_PRISON_BREAK, site, n_rows, n, step_scratch(s, UNIFORM));
        if (!lanes_any(captives + (size_t)a * n, n)) {
            lanes_fill(area_row(s, ATTACKED, a), 0, n);
            lanes_fill(area_row(s, TAKEN, a), 0, n);
        } else if (attack(s, k, a)) {
            any = true;
            lanes_copy(area_row(s, CHANCE, a), share, n);
        }
    }
    real *freed = area_row(s, FREED, 0);
    if (any) {
        KERNEL(random_binomial_rows)
        (&s->address, USE_PRISON_BREAK_SHARE, step_site(s, k, 0), m->n_areas, n, area_row(s, ATTACKED, 0),
         area_row(s, CHANCE, 0), freed);
        lanes_add(freed, area_row(s, TAKEN, 0), m->n_areas * n);
    } else {
        lanes_copy(freed, area_row(s, TAKEN, 0), m->n_areas * n);
    }
    release(s, k, 0, m->n_areas, 0);
}

static void move_to_prison(const model_step *s, uint32_t k) {
    const model *m = s->m;
    int32_t prison = m->prison_area[m->captive_holder[k]];
    if (prison < 0)
        return;
    const real *rate = step_parameter(s, TRANSFER_RATE, 0);
    real *to = step_row(s, ROW_captives, k * m->n_areas + (uint32_t)prison);
    real *gone = step_scratch(s, GONE);
    for (uint32_t lane = 0; lane < s->n_lanes; lane++)
        gone[lane] = lane_decayed(rate[lane] * s->dt);
    for (uint32_t a = 0; a < m->n_areas; a++) {
        const real *from = step_row(s, ROW_captives, k * m->n_areas + a);
        real *moved = area_row(s, MOVED, a);
        for (uint32_t lane = 0; lane < s->n_lanes; lane++)
            moved[lane] = lane_max(0, from[lane] * gone[lane]);
    }
    lanes_fill(area_row(s, MOVED, (uint32_t)prison), 0, s->n_lanes);
    lanes_whole_by_chance(s, USE_TRANSFER, k, area_row(s, MOVED, 0), step_scratch(s, UNIFORM));
    for (uint32_t a = 0; a < m->n_areas; a++) {
        real *from = step_row(s, ROW_captives, k * m->n_areas + a);
        const real *moved = area_row(s, MOVED, a);
        if (!lanes_any(moved, s->n_lanes))
            continue;
        for (uint32_t lane = 0; lane < s->n_lanes; lane++) {
            real left = lane_max(0, from[lane] - moved[lane]); /* a part of a person is not moved as a whole one */
            to[lane] += from[lane] - left;
            from[lane] = left;
        }
    }
}

static void dated_breaks(const model_step *s) {
    const model *m = s->m;
    for (uint32_t i = m->first_event[s->i_month]; i < m->first_event[s->i_month + 1]; i++) {
        const model_event *event = &m->events[i];
        if (event->kind != WORLD_EVENT_PRISON_BREAK || event->substep != s->i_substep || event->area < 0)
            continue;
        real *freed = area_row(s, FREED, (uint32_t)event->area);
        for (uint32_t k = 0; k < m->n_captive_pairs; k++) {
            if ((int32_t)m->captive_faction[k] != event->faction)
                continue;
            lanes_event_amount(s, i, freed);
            for (uint32_t lane = 0; lane < s->n_lanes; lane++)
                freed[lane] = lane_whole(lane_max(0, freed[lane]));
            release(s, k, (uint32_t)event->area, 1, 1);
        }
    }
}

static void step(const model_step *s) {
    dated_breaks(s);
    for (uint32_t k = 0; k < s->m->n_captive_pairs; k++) {
        if (!lanes_any(step_row(s, ROW_captives, k * s->m->n_areas), s->m->n_areas * s->n_lanes))
            continue;
        move_to_prison(s, k);
        breaks(s, k);
    }
}

const mechanism KERNEL(mechanism_prisons) = {
    .name = "prisons",
    .title = "Prisons",
    .text = "Captured fighters sit in prisons. They come free when their side breaks in, or all at once when the area "
            "falls "
            "to an enemy of the holder; a share of the freed fights again.",
    .equation =
        "P(break) = 1 - exp(-h S/1000 (1 - C_holder) dt);  freed ~ Binomial(J, phi_B), or J when the area falls;  "
        "back ~ Binomial(freed, phi_J)",
    .doubt = "Numbers of prisoners are poorly known, and no estimate of the share that rejoins exists.",
    .parameters = parameters,
    .n_parameters = N_PARAMETERS,
    .is_pace = true,
    .step = step,
    .changes = CHANGES(captives) | CHANGES(strength),
};
