/*
 * arch/fpu.c - save and restore the vector state, with XSAVE where there is one, else FXSAVE
 *
 * Source  Intel SDM vol. 1 13 (XSAVE), 10.5 (FXSAVE); System V ABI x86-64 3.4.1 (state at start).
 */
#include "arch/fpu.h"

#include <string.h>

#include "arch/cpu.h"

#define XCR0_X87    (1UL << 0)
#define XCR0_SSE    (1UL << 1)
#define XCR0_AVX    (1UL << 2)
#define XCR0_AVX512 (7UL << 5)

#define FXSAVE_SIZE   512
#define FCW_DEFAULT   0x37f
#define MXCSR_DEFAULT 0x1f80
#define FCW_OFFSET    0
#define MXCSR_OFFSET  24

static size_t state_size = FXSAVE_SIZE;
static uint64_t xcr0;

INIT_ONCE void fpu_init(void)
{
    if (!cpu_features.xsave)
        return;
    struct cpuid supported = cpuid(0xd, 0);
    xcr0 = XCR0_X87 | XCR0_SSE;
    xcr0 |= supported.eax & XCR0_AVX;
    if ((xcr0 & XCR0_AVX) && (supported.eax & XCR0_AVX512) == XCR0_AVX512)
        xcr0 |= XCR0_AVX512;
    xsetbv(0, xcr0);
    state_size = cpuid(0xd, 0).ebx; /* for what XCR0 enables now */
}

size_t fpu_state_size(void)
{
    return state_size;
}

void fpu_save(void *state)
{
    if (xcr0)
        __asm__ volatile("xsave64 (%0)" : : "r"(state), "a"(-1), "d"(-1) : "memory");
    else
        __asm__ volatile("fxsave64 (%0)" : : "r"(state) : "memory");
}

void fpu_restore(const void *state)
{
    if (xcr0)
        __asm__ volatile("xrstor64 (%0)" : : "r"(state), "a"(-1), "d"(-1) : "memory");
    else
        __asm__ volatile("fxrstor64 (%0)" : : "r"(state) : "memory");
}

void fpu_reset(void *state)
{
    uint16_t fcw = FCW_DEFAULT;
    uint32_t mxcsr = MXCSR_DEFAULT;

    /*
     * An XSAVE header of zeros puts every component into its initial state; MXCSR is always loaded.
     */
    memset(state, 0, state_size);
    memcpy((char *)state + FCW_OFFSET, &fcw, sizeof(fcw));
    memcpy((char *)state + MXCSR_OFFSET, &mxcsr, sizeof(mxcsr));
}
