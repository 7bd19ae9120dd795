/*
 * arch/fpu.c - save and restore the vector state, with XSAVE where there is one, else FXSAVE
 *
 * Source  Intel SDM vol. 1 13 (XSAVE), 10.5 (FXSAVE); System V ABI x86-64 3.4.1 (state at start).
 */
#include "arch/fpu.h"

#include <linux/signal.h>
#include <string.h>

#include "arch/cpu.h"
#include "lib/assert.h"

#define XCR0_X87    (1UL << 0)
#define XCR0_SSE    (1UL << 1)
#define XCR0_AVX    (1UL << 2)
#define XCR0_AVX512 (7UL << 5)

#define FCW_DEFAULT   0x37f
#define MXCSR_DEFAULT 0x1f80
#define FCW_OFFSET    0
#define FSW_OFFSET    2
#define MXCSR_OFFSET  24

static size_t state_size = FPU_LEGACY_SIZE;
static uint64_t xcr0;

/* What a program starts with: a header of zeros stands for initial components of any size. */
static uint8_t initial[FPU_LEGACY_SIZE + FPU_HEADER_SIZE] __attribute__((aligned(FPU_ALIGN)));

static void put_defaults(void *state)
{
    const uint16_t fcw = FCW_DEFAULT;
    const uint32_t mxcsr = MXCSR_DEFAULT;

    memcpy((char *)state + FCW_OFFSET, &fcw, sizeof(fcw));
    memcpy((char *)state + MXCSR_OFFSET, &mxcsr, sizeof(mxcsr));
}

INIT_ONCE void fpu_init(void)
{
    put_defaults(initial);
    if (!cpu_features.xsave)
        return;
    struct cpuid supported = cpuid(0xd, 0);
    xcr0 = XCR0_X87 | XCR0_SSE;
    xcr0 |= supported.eax & XCR0_AVX;
    if ((xcr0 & XCR0_AVX) && (supported.eax & XCR0_AVX512) == XCR0_AVX512)
        xcr0 |= XCR0_AVX512;
    xsetbv(0, xcr0);
    state_size = cpuid(0xd, 0).ebx; /* for what XCR0 enables now */
    ASSERT(state_size <= FPU_STATE_MAX);
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
    /* The header says that what follows it is initial; MXCSR is loaded whatever it says. */
    memcpy(state, initial, xcr0 ? sizeof(initial) : FPU_LEGACY_SIZE);
}

uint64_t fpu_features(void)
{
    return xcr0;
}

/* An instruction that loads vector state and may fault: true if it did not. */
#define TRY_LOAD(instruction, state, features)                                                     \
    ({                                                                                             \
        bool loaded_ = false;                                                                      \
        __asm__ volatile("1:\t" instruction " (%1)\n\t"                                            \
                         "movb $1, %0\n"                                                           \
                         "2:\n\t"                                                                  \
                         ".pushsection .extable, \"a\", @progbits\n\t"                             \
                         ".balign 8\n\t"                                                           \
                         ".quad 1b, 2b\n\t"                                                        \
                         ".popsection"                                                             \
                         : "+q"(loaded_)                                                           \
                         : "r"(state), "a"((uint32_t)(features)),                                  \
                           "d"((uint32_t)((features) >> 32))                                       \
                         : "memory");                                                              \
        loaded_;                                                                                   \
    })

void fpu_clear(void)
{
    fpu_restore(initial);
}

/* What was not loaded from elsewhere becomes initial. As on Linux, that can set MXCSR once more. */
static void clear_features(uint64_t features)
{
    if (features)
        __asm__ volatile("xrstor64 (%0)"
                         :
                         : "r"(initial), "a"((uint32_t)features), "d"((uint32_t)(features >> 32))
                         : "memory");
}

bool fpu_try_restore(const void *state, uint64_t features)
{
    if (!TRY_LOAD("xrstor64", state, features & xcr0)) {
        fpu_clear();
        return false;
    }
    clear_features(xcr0 & ~features);
    return true;
}

bool fpu_try_restore_legacy(const void *state)
{
    if (!TRY_LOAD("fxrstor64", state, 0UL)) {
        fpu_clear();
        return false;
    }
    clear_features(xcr0 & ~FPU_LEGACY_FEATURES);
    return true;
}

/* The first of the unmasked exceptions; both units have the same bits. SDM vol. 1 8.1.3, 10.2.3. */
static int code_of(unsigned exceptions)
{
    if (exceptions & 0x01)
        return FPE_FLTINV;
    if (exceptions & 0x04)
        return FPE_FLTDIV;
    if (exceptions & 0x08)
        return FPE_FLTOVF;
    if (exceptions & 0x12) /* underflow, or an operand that is not normal */
        return FPE_FLTUND;
    return exceptions & 0x20 ? FPE_FLTRES : 0;
}

int fpu_x87_code(const void *state)
{
    uint16_t control, status;

    memcpy(&control, (const char *)state + FCW_OFFSET, sizeof(control));
    memcpy(&status, (const char *)state + FSW_OFFSET, sizeof(status));
    return code_of(status & ~(unsigned)control);
}

int fpu_simd_code(const void *state)
{
    uint32_t mxcsr;

    memcpy(&mxcsr, (const char *)state + MXCSR_OFFSET, sizeof(mxcsr));
    return code_of(mxcsr & ~(mxcsr >> 7));
}
