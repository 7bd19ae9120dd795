/*
 * sched/load.c - how many threads wanted the processor lately
 *
 * The timer does not tick for this: samples that are due are taken when threads are switched, or when
 * somebody asks. Until then nobody came or went, so that late ones are as good.
 *
 * Source  Linux, kernel/sched/loadavg.c
 */
#include "sched/load.h"

#define ONE         (1UL << LOAD_SHIFT)
#define PERIOD_NS   5000000000UL
#define SAMPLES_MAX 4096 /* after so many equal ones the averages are what was sampled */

uint64_t load_averages[3];
uint64_t load_next_ns = PERIOD_NS;

/* ONE / e^(5 s / 1, 5, 15 min) */
static const uint64_t decay[3] = {1884, 2014, 2037};

static void take_one(uint64_t nr_ready)
{
    for (size_t i = 0; i < ARRAY_SIZE(decay); i++) {
        uint64_t sum = load_averages[i] * decay[i] + nr_ready * (ONE - decay[i]);
        load_averages[i] = (sum + (nr_ready >= load_averages[i] ? ONE - 1 : 0)) / ONE;
    }
}

void load_sample(uint64_t now, size_t nr_ready)
{
    uint64_t nr = (now - load_next_ns) / PERIOD_NS + 1;

    for (uint64_t i = 0; i < MIN(nr, SAMPLES_MAX); i++)
        take_one(nr_ready << LOAD_SHIFT);
    load_next_ns += nr * PERIOD_NS;
}
