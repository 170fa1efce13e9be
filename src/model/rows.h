/* The state of a particle as rows of lanes: one line a group of rows.
 *
 * In a group with two indices the last one (the area) runs fastest: strength of faction f in area a is row
 * strength + f * n_areas + a. Units and meaning: see docs/model.md.
 *
 * PARTS is 1 where a month has several sub-steps and 0 where it has one: then the events and deaths of its sub-step are those of
 * the month, in the same rows, and nothing of a cell's shock has to be kept.
 */
#ifndef MODEL_ROWS_H
#define MODEL_ROWS_H

/* id, number of rows, value when the mechanism that owns it is off */
#define MODEL_LASTING_ROWS(X)                                                                                          \
    /* area x faction */                                                                                               \
    X(strength, F *A, 0)     /* S: fighters */                                                                         \
    X(utility, F *A, 0)      /* u: support utility; share = softmax over factions and nobody (0) */                    \
    X(rest_utility, F *A, 0) /* u0: where u returns to */                                                              \
    X(support, F *A, 0)      /* P: softmax of u, refreshed by support */                                               \
    X(control, F *A, 0)      /* C: share of control; the rest is nobody's */                                           \
    X(advantage, F *A, 0)    /* log of the lasting local advantage in the contest for control */                       \
    X(harm, F *A, 0)         /* civilian deaths caused by f in the last sub-step, per month */                         \
    X(captives, H *A, 0)     /* J: fighters held in area a, per (faction, holder) pair that occurs */                  \
    /* area x channel */                                                                                               \
    X(cell_log, C *A, 0)        /* x: log multiplier of the cell; its mean where it is inferred from data */           \
    X(cell_variance, C *A, 0)   /* of x given the data; 0 where x is drawn */                                          \
    X(excitation, C *A, 0)      /* E */                                                                                \
    X(excitation_mean, C *A, 0) /* E-bar: the same filter on expected events */                                        \
    X(start_share, C *A, 0) /* share of battles that side a starts = share of military deaths that side b suffers */   \
    X(events, C *A, 0)      /* N of the month so far */                                                                \
    X(deaths, C *A, 0)      /* D of the month so far */                                                                \
    /* channel */                                                                                                      \
    X(channel_log, C, 0)      /* y: national log multiplier; its mean where it is inferred from data */                \
    X(channel_variance, C, 0) /* of y given the data; 0 where y is drawn */                                            \
    X(channel_shock, C, 1)    /* gamma_c of the month */                                                               \
    X(size_level, C, 0)       /* log of the slow part of deaths per event; its mean where it is inferred from data */  \
    X(size_level_variance, C, 0) /* of it given the data; 0 where it is drawn */                                       \
    X(size_effect, C, 1)         /* monthly factor on deaths per event */                                              \
    X(events_last, C, 0)         /* national events of the last month */                                               \
    X(deaths_last, C, 0)         /* national deaths of the last month */                                               \
    /* faction */                                                                                                      \
    X(funds, F, 0)        /* M: million US$ */                                                                         \
    X(funding, F, 1)      /* F: funding ratio; 1 = wages covered */                                                    \
    X(other_income, F, 0) /* income that the scenario does not explain, million US$ a month */                         \
    X(publicity, F, 0)    /* Q */                                                                                      \
    X(pressure, F, 0)     /* Z */                                                                                      \
    X(intelligence, F, 0) /* I-bar: information behind the pressure on f, [0, 1] */                                    \
    X(backlash, F, 0)     /* Bk */                                                                                     \
    X(disorder, F, 0)     /* O */                                                                                      \
    X(morale_noise, F, 0) /* eta */                                                                                    \
    X(morale, F, 1)       /* B */                                                                                      \
    X(collapse, F, 0)     /* 0 ... 1: how far morale has given way */                                                  \
    X(excess_loss, F, 0)  /* losses beyond what was there, counted over the run */                                     \
    /* actor (factions and powers) */                                                                                  \
    X(cohesion, V, 1)         /* L / L-bar: leadership cohesion relative to its long-run mean */                       \
    X(relation, V *V, 0)      /* r = atanh R, both triangles kept equal: v * V + w */                                  \
    X(relation_rest, V *V, 0) /* where r returns to */                                                                 \
    /* declared (power, faction) pairs */                                                                              \
    X(disposition, K, 0)    /* z */                                                                                    \
    X(rung, K, 0)           /* 0 ... 5 */                                                                              \
    X(rung_clock, K * 2, 0) /* hazard left until the next step up and down, Exp(1) at the start */                     \
    /* country */                                                                                                      \
    X(ruler, 1, -1) /* faction index, -1: nobody */

/* What every month writes before it reads it, by mechanisms that are always on: between two months nothing of a particle is in
 * these rows, and a particle's descendants do not inherit them. They are the last rows of the state. */
#define MODEL_MONTH_ROWS(X)                                                                                            \
    X(shock_shape, C *A *PARTS, 0) /* k + n: the shock of a cell after n events where m were expected is */            \
    X(shock_rate, C *A *PARTS, 0)  /* k + m: Gamma(k + n, 1/(k + m)) */                                                \
    X(intensity, C *A, 0)          /* Lambda without shocks: expected events per month */                              \
    X(events_now, C *A *PARTS, 0)  /* N of the sub-step */                                                             \
    X(deaths_now, C *A *PARTS, 0)  /* D of the sub-step */                                                             \
    X(civilians_now, C *A, 0)      /* civilians among them */                                                          \
    X(exogenous, N_EXOGENOUS, 0)   /* schedules' values of the month, one row per series */

#define MODEL_ROWS(X) MODEL_LASTING_ROWS(X) MODEL_MONTH_ROWS(X)

#endif
