/* The mechanisms in the order of the month; the start, which is no part of it, last. One line each; X(name). */
#ifndef MODEL_MECHANISMS_H
#define MODEL_MECHANISMS_H

#define MODEL_MECHANISMS(X)                                                                                            \
    X(schedule)                                                                                                        \
    X(finance)                                                                                                         \
    X(relations)                                                                                                       \
    X(ladder)                                                                                                          \
    X(pressure)                                                                                                        \
    X(movement)                                                                                                        \
    X(intensity)                                                                                                       \
    X(excitation)                                                                                                      \
    X(publicity)                                                                                                       \
    X(events)                                                                                                          \
    X(losses)                                                                                                          \
    X(prisons)                                                                                                         \
    X(leadership)                                                                                                      \
    X(recruitment)                                                                                                     \
    X(support)                                                                                                         \
    X(morale)                                                                                                          \
    X(control)                                                                                                         \
    X(start)

#endif
