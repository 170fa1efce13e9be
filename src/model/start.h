/* The start's parameters, which run.c reads where it makes the state. */
#ifndef MODEL_START_H
#define MODEL_START_H

enum { START_STRENGTH, START_SUPPORT, START_PARAMETERS };

#endif
