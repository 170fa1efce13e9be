/* How one source becomes several kernels.
 *
 * Every file of src/random and src/model is compiled once per instruction set (baseline, x86-64-v3, x86-64-v4) and once
 * with real = double as a reference. Symbols that cross files are named through KERNEL(); everything else is static.
 * These two folders use no file, no thread and no outside library.
 */
#ifndef RANDOM_KERNEL_H
#define RANDOM_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#ifndef KERNEL_SUFFIX
#define KERNEL_SUFFIX baseline
#endif
#define KERNEL_JOIN_(name, suffix) name##_##suffix
#define KERNEL_JOIN(name, suffix) KERNEL_JOIN_(name, suffix)
#define KERNEL(name) KERNEL_JOIN(name, KERNEL_SUFFIX)

#ifdef KERNEL_DOUBLE
typedef double real;
#else
typedef float real;
#endif

/** Lanes (particles) come in multiples of this, and lane rows are aligned to 64 bytes. */
#define LANES 16

#endif
