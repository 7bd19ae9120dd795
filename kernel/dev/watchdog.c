/*
 * dev/watchdog.c - the iBASE 700 watchdog, as QEMU has it: a hang becomes a panic
 *
 * The card is told how long to wait, and again before that time is over. If that does not come, it
 * raises a non-maskable interrupt (QEMU: -device ib700 -action watchdog=inject-nmi), which reaches
 * even a kernel that loops with interrupts off; the panic shows where. With -icount shift=0 a second
 * is 10^9 instructions, so that the budget does not depend on how fast the emulator's host is.
 *
 * Source  QEMU, hw/watchdog/wdt_ib700.c; Linux, drivers/watchdog/ib700wdt.c
 */
#include "dev/watchdog.h"

#include <string.h>

#include "arch/cpu.h"

#define START_PORT 0x443 /* a value v of 0 to 14 waits 30 - 2v seconds from now */
#define STEP       2

static unsigned budget; /* seconds; 0: off */

INIT_ONCE bool watchdog_set_option(const char *word)
{
    static const char name[] = "budget=";
    unsigned n = 0;

    if (strncmp(word, name, strlen(name)) != 0)
        return false;
    for (word += strlen(name); *word >= '0' && *word <= '9' && n <= WATCHDOG_MAX; word++)
        n = n * 10 + (unsigned)(*word - '0');
    if (*word || n < STEP || n > WATCHDOG_MAX)
        return false;
    budget = n;
    return true;
}

void watchdog_kick(void)
{
    if (unlikely(budget))
        outb(START_PORT, (uint8_t)((WATCHDOG_MAX - budget) / STEP));
}
