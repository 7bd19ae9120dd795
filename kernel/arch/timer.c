/*
 * arch/timer.c - the local APIC's one-shot timer and the time-stamp counter
 *
 * Both run at a rate that only a third clock of known rate can tell: channel 2 of the 8254, whose
 * output does not interrupt. The three are read together at the start and the end of half a
 * millisecond; of several tries at each end the one that took least time counts, so that a pause of
 * an emulator does no harm.
 *
 * Source  Intel SDM vol. 3A 10.4 (local APIC), 10.5.4 (timer); Intel 8254 data sheet.
 */
#include "arch/timer.h"

#include "arch/cpu.h"
#include "arch/irq.h"
#include "lib/log.h"
#include "lib/panic.h"

#define APIC_ENABLE  (1UL << 11)
#define APIC_ADDRESS 0x000ffffffffff000UL

#define APIC_TPR       (0x080 / 4)
#define APIC_EOI       (0x0b0 / 4)
#define APIC_SPURIOUS  (0x0f0 / 4)
#define APIC_LVT_TIMER (0x320 / 4)
#define APIC_LVT_LINT0 (0x350 / 4)
#define APIC_LVT_LINT1 (0x360 / 4)
#define APIC_INITIAL   (0x380 / 4)
#define APIC_CURRENT   (0x390 / 4)
#define APIC_DIVIDE    (0x3e0 / 4)
#define APIC_SW_ENABLE (1U << 8)
#define APIC_MODE_NMI  (4U << 8)
#define APIC_MODE_EXT  (7U << 8)
#define APIC_MASKED    (1U << 16)
#define APIC_DIVIDE_1  0xbU

#define PIT_HZ          1193182UL
#define PIT_CHANNEL2    0x42
#define PIT_COMMAND     0x43
#define PIT_SPEAKER     0x61            /* bit 0: gate of channel 2, bit 1: speaker */
#define PIT_MODE        0xb4            /* channel 2, low byte then high, mode 2 */
#define PIT_LATCH       0x80            /* channel 2 */
#define CALIBRATE_TICKS (PIT_HZ / 2000) /* half a millisecond */
#define MAX_READS       1000000
#define TRIES           3

#define NS_PER_S 1000000000UL

static volatile uint32_t *apic;
static uint64_t tsc_start, tsc_hz, apic_hz;
static uint64_t
    ns_per_tick_q32; /* nanoseconds per tick of the time-stamp counter, 32.32 fixed point */

/* The three clocks at one moment. */
struct sample {
    uint64_t tsc;
    uint32_t apic; /* counts down */
    uint16_t pit;  /* counts down */
};

static uint16_t pit_read(void)
{
    outb(PIT_COMMAND, PIT_LATCH);
    uint16_t low = inb(PIT_CHANNEL2);
    return (uint16_t)(low | inb(PIT_CHANNEL2) << 8);
}

static struct sample take_sample(void)
{
    struct sample best = {0};
    uint64_t shortest = UINT64_MAX;

    for (int i = 0; i < TRIES; i++) {
        uint64_t before = rdtsc();
        struct sample s = {.apic = apic[APIC_CURRENT], .pit = pit_read(), .tsc = rdtsc()};
        if (s.tsc - before < shortest) {
            shortest = s.tsc - before;
            best = s;
        }
    }
    return best;
}

INIT_ONCE static void calibrate(void)
{
    outb(PIT_SPEAKER, (inb(PIT_SPEAKER) & 0xfc) | 1);
    outb(PIT_COMMAND, PIT_MODE);
    outb(PIT_CHANNEL2, 0);
    outb(PIT_CHANNEL2, 0); /* 65536 */
    apic[APIC_LVT_TIMER] = APIC_MASKED | TIMER_VECTOR;
    apic[APIC_DIVIDE] = APIC_DIVIDE_1;
    apic[APIC_INITIAL] = UINT32_MAX;

    struct sample start = take_sample(), end;
    for (int reads = 0; (uint16_t)(start.pit - pit_read()) < CALIBRATE_TICKS; reads++) {
        if (reads == MAX_READS)
            panic("the 8254 timer does not count");
    }
    end = take_sample();
    apic[APIC_INITIAL] = 0;

    uint64_t ticks = (uint16_t)(start.pit - end.pit);
    tsc_hz = (end.tsc - start.tsc) * PIT_HZ / ticks;
    apic_hz = (uint64_t)(start.apic - end.apic) * PIT_HZ / ticks;
    tsc_start = start.tsc;
    ns_per_tick_q32 = (NS_PER_S << 32) / tsc_hz;
    log_verbose("timer: time-stamp counter %lu kHz, local APIC %lu kHz\n", tsc_hz / 1000,
                apic_hz / 1000);
}

paddr_t timer_registers(void)
{
    return rdmsr(MSR_APIC_BASE) & APIC_ADDRESS;
}

INIT_ONCE void timer_init(volatile uint32_t *base)
{
    apic = base;
    wrmsr(MSR_APIC_BASE, rdmsr(MSR_APIC_BASE) | APIC_ENABLE);
    apic[APIC_TPR] = 0;
    apic[APIC_LVT_LINT0] = APIC_MODE_EXT;
    apic[APIC_LVT_LINT1] = APIC_MODE_NMI;
    apic[APIC_SPURIOUS] = APIC_SW_ENABLE | SPURIOUS_VECTOR;
    calibrate();
    apic[APIC_LVT_TIMER] = TIMER_VECTOR;
}

uint64_t timer_now_ns(void)
{
    return (uint64_t)(((unsigned __int128)(rdtsc() - tsc_start) * ns_per_tick_q32) >> 32);
}

uint64_t timer_tsc_hz(void)
{
    return tsc_hz;
}

void timer_arm(uint64_t ns)
{
    uint64_t ticks = MIN(ns, NS_PER_S) * apic_hz / NS_PER_S; /* fits for clocks below 18 GHz */

    apic[APIC_INITIAL] = (uint32_t)MIN(MAX(ticks, 1UL), UINT32_MAX);
}

void timer_interrupt(void)
{
    apic[APIC_EOI] = 0;
    timer_expired();
}
