/*
 * stdlib/random.c - random(): an additive feedback generator with changeable state
 *
 * x[i] = x[i - degree] + x[i - degree + separation] modulo 2^32, without its lowest bit (random(3);
 * TAOCP 2, 3.2.2). The degree follows from the size of the state that the caller gives; with the
 * smallest one it is a linear congruential generator. The state's first word holds the degree and
 * the position, so that setstate finds them again.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

struct kind {
    size_t min_size; /* Bytes of state, the first word included. */
    unsigned degree;
    unsigned separation;
};

static const struct kind kinds[] = {{8, 0, 0}, {32, 7, 3}, {64, 15, 1}, {128, 31, 3}, {256, 63, 1}};
#define NR_KINDS (sizeof(kinds) / sizeof(kinds[0]))

static uint32_t default_state[32];
static uint32_t *state = default_state;
static const struct kind *kind = &kinds[3];
static unsigned position;
static int seeded;

static void save(void)
{
    state[0] = position * NR_KINDS + (uint32_t)(kind - kinds);
}

/* The minimal standard generator (Park and Miller, CACM 31, 1988), for seeding. */
static uint32_t minimal_standard(uint32_t x)
{
    return (uint32_t)((uint64_t)x * 16807 % 2147483647);
}

static uint32_t step(void)
{
    uint32_t *x = state + 1;
    uint32_t result;

    if (kind->degree == 0)
        return (x[0] = x[0] * 1103515245 + 12345) & 0x7fffffff;
    result = x[position] += x[(position + kind->separation) % kind->degree];
    position = (position + 1) % kind->degree;
    return result >> 1;
}

void srandom(unsigned int seed)
{
    uint32_t *x = state + 1;

    seeded = 1;
    position = 0;
    x[0] = seed % 2147483647 == 0 ? 1 : seed % 2147483647;
    if (kind->degree == 0)
        return;
    for (unsigned i = 1; i < kind->degree; i++)
        x[i] = minimal_standard(x[i - 1]);
    /* The first rounds still show the seed. */
    for (unsigned i = 0; i < 10 * kind->degree; i++)
        step();
}

long random(void)
{
    if (!seeded)
        srandom(1);
    return step();
}

char *initstate(unsigned int seed, char *mem, size_t size)
{
    uint32_t *old = state;

    if (size < kinds[0].min_size) {
        errno = EINVAL;
        return NULL;
    }
    if (!seeded)
        srandom(1);
    save();
    for (size_t i = 0; i < NR_KINDS && kinds[i].min_size <= size; i++)
        kind = &kinds[i];
    state = (uint32_t *)(void *)mem;
    srandom(seed);
    save();
    return (char *)old;
}

char *setstate(char *mem)
{
    uint32_t *old = state;
    uint32_t head = *(uint32_t *)(void *)mem;
    const struct kind *wanted = &kinds[head % NR_KINDS];

    if (head / NR_KINDS != 0 && head / NR_KINDS >= wanted->degree) {
        errno = EINVAL;
        return NULL;
    }
    if (!seeded)
        srandom(1);
    save();
    state = (uint32_t *)(void *)mem;
    kind = wanted;
    position = (unsigned)(head / NR_KINDS);
    return (char *)old;
}
