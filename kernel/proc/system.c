/*
 * proc/system.c - /proc/uptime, loadavg, stat and mounts
 *
 * Source  proc(5); Linux, fs/proc
 */
#include "proc/system.h"

#include "arch/timer.h"
#include "dev/clock.h"
#include "proc/process.h"
#include "sched/load.h"

#define NS_PER_S    1000000000UL
#define NS_PER_TICK 10000000UL /* clock_t's tick, 1/100 s */

/* Seconds with two digits behind the point. */
static void print_seconds(struct text *text, uint64_t ns)
{
    text_print(text, "%lu.%02lu", ns / NS_PER_S, ns % NS_PER_S / NS_PER_TICK);
}

int uptime_show(struct text *text, uint64_t subject, uint64_t at)
{
    (void)subject, (void)at;
    print_seconds(text, timer_now_ns());
    text_append(text, " ", 1);
    print_seconds(text, sched_totals().idle_ns);
    text_append(text, "\n", 1);
    return 0;
}

/* A load with two digits behind the point, rounded. */
static void print_load(struct text *text, uint64_t load)
{
    uint64_t hundredths = ((load * 100) + (1UL << LOAD_SHIFT) / 2) >> LOAD_SHIFT;

    text_print(text, "%lu.%02lu ", hundredths / 100, hundredths % 100);
}

static size_t count_processes(void)
{
    size_t nr = 0;

    for (const struct process *p = NULL; (p = process_next(p));)
        nr++;
    return nr;
}

int loadavg_show(struct text *text, uint64_t subject, uint64_t at)
{
    struct sched_totals totals = sched_totals();

    (void)subject, (void)at;
    for (size_t i = 0; i < ARRAY_SIZE(totals.load); i++)
        print_load(text, totals.load[i]);
    text_print(text, "%lu/%lu %d\n", totals.nr_ready, count_processes(), process_totals().last_pid);
    return 0;
}

/* All time that was used counts as the user's, as in getrusage(2). */
static void print_processor(struct text *text, const char *name, uint64_t idle_ns)
{
    uint64_t used_ns = timer_now_ns() - idle_ns;

    text_print(text, "%s %lu 0 0 %lu 0 0 0 0 0 0\n", name, used_ns / NS_PER_TICK,
               idle_ns / NS_PER_TICK);
}

int system_stat_show(struct text *text, uint64_t subject, uint64_t at)
{
    struct sched_totals totals = sched_totals();
    uint64_t started_ns = clock_realtime_ns() - timer_now_ns();

    (void)subject, (void)at;
    print_processor(text, "cpu ", totals.idle_ns);
    print_processor(text, "cpu0", totals.idle_ns);
    text_print(text, "ctxt %lu\nbtime %lu\nprocesses %lu\nprocs_running %lu\nprocs_blocked 0\n",
               totals.nr_switches, started_ns / NS_PER_S, process_totals().nr_started,
               totals.nr_ready);
    return 0;
}
