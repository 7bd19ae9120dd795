/*
 * tests/guest/fpu_state.c - x87, SSE and AVX registers belong to their process
 *
 * Two children fill all registers from a seed each and look for a while whether they stay; the
 * scheduler switches between them at any instruction.
 */
#include <cpuid.h>
#include <stdint.h>
#include <time.h>

#include "child.h"
#include "raw.h"
#include "tap.h"

#define SPIN_NS 150000000L /* some time slices long */

struct state {
    uint64_t ymm[16][4];
    double x87[8];
    uint32_t mxcsr;
    uint16_t control;
};

static int have_avx(void)
{
    unsigned a, b, c, d, low, high;

    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_AVX) || !(c & bit_OSXSAVE))
        return 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (low & 6) == 6;
}

#define EACH_REGISTER(of)                                                                          \
    of(0) of(1) of(2) of(3) of(4) of(5) of(6) of(7) of(8) of(9) of(10) of(11) of(12) of(13) of(14) \
        of(15)

#define LOAD_XMM(n)  "movups " #n "*32(%0), %%xmm" #n "\n\t"
#define STORE_XMM(n) "movups %%xmm" #n ", " #n "*32(%0)\n\t"
#define LOAD_YMM(n)  "vmovups " #n "*32(%0), %%ymm" #n "\n\t"
#define STORE_YMM(n) "vmovups %%ymm" #n ", " #n "*32(%0)\n\t"

static void fill(struct state *state, uint64_t seed, int avx)
{
    memset(state, 0, sizeof(*state));
    for (int i = 0; i < 16; i++)
        for (int j = 0; j < (avx ? 4 : 2); j++)
            state->ymm[i][j] = seed * 0x9e3779b97f4a7c15 + (uint64_t)(i * 4 + j);
    for (int i = 0; i < 8; i++)
        state->x87[i] = (double)seed * 100 + i;
    state->mxcsr = 0x1f80 | (uint32_t)(seed & 3) << 13; /* rounding modes that differ */
    state->control = (uint16_t)(0x37f | (seed & 3) << 10);
}

/* Load the registers, run for some 10,000 cycles and a system call, and store what they are then.
 */
static void pass(const struct state *in, struct state *out, int avx)
{
    uint64_t loops = 10000;
    long nr = SYS_getpid;

    memset(out, 0, sizeof(*out));
    __asm__ volatile("fninit\n\tfldcw %0\n\tldmxcsr %1" : : "m"(in->control), "m"(in->mxcsr));
    for (int i = 7; i >= 0; i--)
        __asm__ volatile("fldl %0" : : "m"(in->x87[i]));
    if (avx)
        __asm__ volatile(EACH_REGISTER(LOAD_YMM) : : "r"(in->ymm) : "memory");
    else
        __asm__ volatile(EACH_REGISTER(LOAD_XMM) : : "r"(in->ymm) : "memory");
    __asm__ volatile("1:\tdec %0\n\tjnz 1b\n\tsyscall"
                     : "+r"(loops), "+a"(nr)
                     :
                     : "rcx", "r11", "memory", "cc");
    if (avx)
        __asm__ volatile(EACH_REGISTER(STORE_YMM) : : "r"(out->ymm) : "memory");
    else
        __asm__ volatile(EACH_REGISTER(STORE_XMM) : : "r"(out->ymm) : "memory");
    for (int i = 0; i < 8; i++)
        __asm__ volatile("fstpl %0" : "=m"(out->x87[i]));
    __asm__ volatile("stmxcsr %0\n\tfnstcw %1" : "=m"(out->mxcsr), "=m"(out->control));
    out->mxcsr &= ~0x3fU; /* exceptions that the conversions above may have raised */
}

static void reset(void)
{
    uint32_t mxcsr = 0x1f80;

    __asm__ volatile("fninit\n\tldmxcsr %0" : : "m"(mxcsr));
}

static long now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000L + time.tv_nsec;
}

/* Between fill and the comparison no C code may touch the registers: all is in asm statements. */
static int spin(char **args)
{
    static struct state in, out;
    int avx = have_avx();
    long end = now() + SPIN_NS;

    fill(&in, (uint64_t)atoi(args[0]), avx);
    do {
        pass(&in, &out, avx);
        reset();
        if (memcmp(&in, &out, sizeof(in)) != 0)
            return 1;
    } while (now() < end);
    return 0;
}

static const struct child children[] = {{"spin", spin}, {NULL, NULL}};

static pid_t start(int seed)
{
    char name[] = "spin", number[16];
    char *argv[] = {child_self(), name, number, NULL};

    snprintf(number, sizeof(number), "%d", seed);
    return child_start_argv(argv);
}

static void check_vfork(void)
{
    double values[2] = {1.5, 2.5}, seen[2];
    int status = -1;
    pid_t pid;

    fflush(stdout);
    pid = vfork();
    if (pid == 0) {
        __asm__ volatile("fninit\n\tpcmpeqd %%xmm0, %%xmm0" : : : "xmm0");
        _exit(0);
    }
    waitpid(pid, &status, 0);
    __asm__ volatile("movups %1, %%xmm7\n\tsyscall\n\tmovups %%xmm7, %0"
                     : "=m"(seen)
                     : "m"(values), "a"(SYS_getpid)
                     : "rcx", "r11", "xmm7", "memory");
    ok(seen[0] == 1.5 && seen[1] == 2.5, "a system call keeps SSE registers");
    is_long(status, CHILD_EXITED(0), "a vfork child may use the unit");
}

int main(int argc, char **argv)
{
    pid_t pids[3];
    static struct state in, out;

    if (argc > 1)
        return child_main(children, argv);
    fill(&in, 5, have_avx());
    pass(&in, &out, have_avx());
    reset();
    is_long(memcmp(&in, &out, sizeof(in)), 0, "registers stay while nobody else runs");
    for (int i = 0; i < 3; i++)
        pids[i] = start(i + 1);
    for (int i = 0; i < 3; i++)
        is_long(child_wait(pids[i]), CHILD_EXITED(0),
                "registers stay while others use theirs: child %d", i + 1);
    check_vfork();
    return done_testing();
}
