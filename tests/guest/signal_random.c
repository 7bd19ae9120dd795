/*
 * tests/guest/signal_random.c - thousands of forged signal frames
 *
 * Each handler changes one place of its frame to a value drawn at random: flags, selectors, what
 * stands in and around the vector state. The same frames are refused on Linux and on Loam, and after
 * each the program goes on. signal_hostile.c has the single cases, with names.
 *
 * Not drawn: rip and rsp, where anything may happen to the program; components of the vector state
 * that one kernel knows and the other does not.
 */
#include <setjmp.h>
#include <stdint.h>
#include <ucontext.h>

#include "child.h"
#include "raw.h"
#include "tap.h"

#define NR_ROUNDS    20
#define ROUND        500
#define SEED         0x6c6f616d
#define XSAVE_HEADER 512
#define SW_BYTES     464

#define UNSHARED (~0x7UL & 0xffffUL) /* components past AVX that exist somewhere */

static char stack_memory[65536];
static sigjmp_buf out;
static volatile int signal_caught;
static uint64_t state = SEED;

static uint64_t draw(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* A value, near a usual one or in places that matter more often than chance would have it. */
static uint64_t draw_value(uint64_t usual)
{
    switch (draw() % 8) {
    case 0:
        return 0;
    case 1:
        return ~0UL;
    case 2:
        return usual ^ 1UL << draw() % 64;
    case 3:
        return usual + draw() % 129 - 64;
    case 4:
        return 0xffffffff80000000 + draw() % 0x1000000;
    case 5:
        return 0x0000800000000000 + draw() % 0x100000 - 0x80000;
    case 6:
        return 1UL << draw() % 64;
    default:
        return draw();
    }
}

/* The usual value is the same on every kernel; bits in `leave` stay as they are. */
static void change(void *place, size_t len, uint64_t usual, uint64_t leave)
{
    uint64_t old = 0, new = draw_value(usual);

    memcpy(&old, place, len);
    new = (new & ~leave) | (old & leave);
    memcpy(place, &new, len);
}

static void forge(int signal, siginfo_t *info, void *arg)
{
    ucontext_t *context = arg;
    char *gregs = (char *)context->uc_mcontext.gregs;
    char *vector = (char *)context->uc_mcontext.fpregs;

    (void)signal, (void)info;
    switch (draw() % 11) {
    case 0:
        change(gregs + REG_EFL * 8, 8, 0x202, 0);
        break;
    case 1:
        change(gregs + REG_CSGSFS * 8, 2, 0x33, 0);
        break;
    case 2:
        change(gregs + REG_CSGSFS * 8 + 6, 2, 0x2b, 0);
        break;
    case 3:
        change(&context->uc_mcontext.fpregs, 8, 0, 0);
        break;
    case 4:
        change(&context->uc_flags, 8, 7, 0);
        break;
    case 5:
        change(vector + XSAVE_HEADER, 8, 7, UNSHARED);
        break;
    case 6:
        change(vector + XSAVE_HEADER + 8 + draw() % 7 * 8, 8, 0, 0);
        break;
    case 7: /* the first mark, or the size of it all */
        change(vector + SW_BYTES + draw() % 2 * 4, 4, 576, 0);
        break;
    case 8:
        change(vector + SW_BYTES + 8, 8, 7, 0);
        break;
    case 9:
        change(vector + SW_BYTES + 16 + draw() % 8 * 4, 4, 576, 0);
        break;
    default: /* x87, mxcsr, registers */
        change(vector + draw() % 50 * 8, 8, 0x1f80, 0);
        break;
    }
}

static void rescue(int signal)
{
    signal_caught = signal;
    siglongjmp(out, 1);
}

static void catch (int signal)
{
    struct sigaction action = {.sa_flags = SA_ONSTACK};

    action.sa_handler = rescue;
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, NULL);
}

/* Raise the signal, and put flags and vector state in order before C goes on. */
static void raise_signal(void)
{
    static const uint32_t mxcsr = 0x1f80;

    __asm__ volatile("sub $128, %%rsp\n\tsyscall\n\tpush $0x202\n\tpopfq\n\tadd $128, %%rsp\n\t"
                     "fninit\n\tldmxcsr %3"
                     :
                     : "a"(SYS_kill), "D"(getpid()), "S"(SIGUSR1), "m"(mxcsr)
                     : "rcx", "r11", "memory", "cc");
}

/* Which of some frames were refused, mixed into one number. */
static void round_of(int number)
{
    volatile uint64_t digest = 0;
    volatile int nr_refused = 0;

    for (volatile int i = 0; i < ROUND; i++) {
        signal_caught = 0;
        if (!sigsetjmp(out, 1))
            raise_signal();
        nr_refused += signal_caught != 0;
        digest = digest * 31 + (uint64_t)signal_caught;
    }
    ok(nr_refused > 0 && nr_refused < ROUND, "round %d: %d of %d refused, digest %016lx", number,
       nr_refused, ROUND, (unsigned long)digest);
}

int main(void)
{
    const stack_t stack = {.ss_sp = stack_memory, .ss_size = sizeof(stack_memory)};
    struct sigaction action = {.sa_flags = SA_SIGINFO};

    sigaltstack(&stack, NULL);
    action.sa_sigaction = forge;
    sigemptyset(&action.sa_mask);
    sigaction(SIGUSR1, &action, NULL);
    catch (SIGSEGV);
    catch (SIGBUS);
    catch (SIGTRAP);
    catch (SIGFPE);
    catch (SIGILL);
    for (int i = 1; i <= NR_ROUNDS; i++)
        round_of(i);
    return done_testing();
}
