/*
 * dev/clock.c - the time of day: the CMOS clock read once, the time-stamp counter from there on
 *
 * Source  Motorola MC146818A data sheet; the century is assumed to be the 21st.
 */
#include "dev/clock.h"

#include "arch/cpu.h"
#include "arch/timer.h"

#define CMOS_INDEX 0x70
#define CMOS_DATA  0x71
#define SECONDS    0
#define MINUTES    2
#define HOURS      4
#define DAY        7
#define MONTH      8
#define YEAR       9
#define STATUS_A   10
#define STATUS_B   11

#define UPDATING  0x80 /* STATUS_A */
#define BINARY    0x04 /* STATUS_B, else BCD */
#define HOURS_24  0x02
#define PM        0x80 /* in HOURS, 12-hour mode */
#define MAX_TRIES 10000

#define NS_PER_S 1000000000UL

struct date {
    unsigned year, month, day, hour, minute, second;
};

uint64_t clock_realtime_at_start;

static uint8_t cmos(uint8_t index)
{
    outb(CMOS_INDEX, index);
    return inb(CMOS_DATA);
}

static unsigned decode(uint8_t value, uint8_t status)
{
    return status & BINARY ? value : (value >> 4) * 10U + (value & 15);
}

INIT_ONCE static struct date read_date(void)
{
    uint8_t status = cmos(STATUS_B), hours = cmos(HOURS);
    struct date date = {
        .year = 2000 + decode(cmos(YEAR), status),
        .month = decode(cmos(MONTH), status),
        .day = decode(cmos(DAY), status),
        .hour = decode(hours & ~PM, status),
        .minute = decode(cmos(MINUTES), status),
        .second = decode(cmos(SECONDS), status),
    };

    if (!(status & HOURS_24))
        date.hour = date.hour % 12 + (hours & PM ? 12 : 0);
    return date;
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar, with years that begin in March. */
static uint64_t days_since_epoch(unsigned year, unsigned month, unsigned day)
{
    unsigned y = month > 2 ? year : year - 1, m = month > 2 ? month - 3 : month + 9;

    return 365UL * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

INIT_ONCE void clock_init(void)
{
    for (int i = 0; i < MAX_TRIES && cmos(STATUS_A) & UPDATING; i++)
        cpu_pause();
    struct date date = read_date();
    uint64_t seconds = days_since_epoch(date.year, date.month, date.day) * 86400 +
                       date.hour * 3600UL + date.minute * 60UL + date.second;
    clock_realtime_at_start = seconds * NS_PER_S - timer_now_ns();
}
