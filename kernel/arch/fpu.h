/*
 * arch/fpu.h - x87, SSE and AVX state of user threads
 *
 * The kernel itself uses general registers only, so the state changes hands at a thread switch and
 * nowhere else.
 */
#ifndef ARCH_FPU_H
#define ARCH_FPU_H

#include "lib/types.h"

#define FPU_ALIGN 64

/* Turn the units on. Size of a state in bytes: fpu_state_size(), constant from then on. */
void fpu_init(void);
size_t fpu_state_size(void);

/* state: fpu_state_size() bytes, FPU_ALIGN aligned. */
void fpu_save(void *state);
void fpu_restore(const void *state);

/* Write to state what a program starts with: x87 and SSE exceptions masked, registers zero. */
void fpu_reset(void *state);

#endif
