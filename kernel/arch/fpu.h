/*
 * arch/fpu.h - x87, SSE and AVX state of user threads
 *
 * The kernel itself uses general registers only, so the state changes hands at a thread switch and
 * nowhere else.
 */
#ifndef ARCH_FPU_H
#define ARCH_FPU_H

#include "lib/types.h"

#define FPU_ALIGN     64
#define FPU_STATE_MAX 2688 /* x87, SSE, AVX and AVX-512 in XSAVE's standard format */

/* Where things stand in a state, as far as signal frames need them. SDM vol. 1 10.5.1, 13.4. */
#define FPU_LEGACY_SIZE     512 /* of FXSAVE's part, and all there is without XSAVE */
#define FPU_SOFTWARE_OFFSET 464 /* bytes that the processor leaves to software */
#define FPU_HEADER_SIZE     64  /* XSAVE's header, behind the legacy part */
#define FPU_LEGACY_FEATURES 3UL /* x87 and SSE, as bits of XCR0 and of the header's first word */

/* Turn the units on. Size of a state in bytes: fpu_state_size(), constant from then on. */
void fpu_init(void);
size_t fpu_state_size(void);

/* state: fpu_state_size() bytes, FPU_ALIGN aligned. */
void fpu_save(void *state);
void fpu_restore(const void *state);

/* XCR0: the components of a state. 0 without XSAVE. */
uint64_t fpu_features(void);

/*
 * Load a state whose content nobody vouches for: the processor judges it. Of it the components in
 * `features` are loaded, all others become initial; or, for fpu_try_restore_legacy(), FXSAVE's part
 * is. Returns false if the processor refuses it: then the registers are as a program finds them.
 */
MUST_CHECK bool fpu_try_restore(const void *state, uint64_t features);
MUST_CHECK bool fpu_try_restore_legacy(const void *state);

/* Put the registers in the state that a program starts with. */
void fpu_clear(void);

/* The si_code of SIGFPE for the exception that the saved state shows: FPE_*, 0 for none. */
int fpu_x87_code(const void *state);
int fpu_simd_code(const void *state);

/*
 * Write to state what a program starts with: x87 and SSE exceptions masked, registers zero. What lies behind the
 * header stays as it is, and counts for nothing.
 */
void fpu_reset(void *state);

#endif
