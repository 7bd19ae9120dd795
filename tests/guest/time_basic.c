/*
 * tests/guest/time_basic.c - clock_gettime and getrandom
 */
#include <stdint.h>
#include <sys/mman.h>
#include <time.h>

#include "raw.h"
#include "tap.h"

#define SECOND 1000000000L

static long now(clockid_t clock)
{
    struct timespec time = {-1, -1};

    if (raw(SYS_clock_gettime, clock, &time) != 0 || time.tv_nsec < 0 || time.tv_nsec >= SECOND)
        return -1;
    return time.tv_sec * SECOND + time.tv_nsec;
}

static void check_clocks(void)
{
    long last = now(CLOCK_MONOTONIC), first = last, backwards = 0, changes = 0;
    struct timespec time;

    ok(first >= 0, "the monotonic clock tells the time");
    for (int i = 0; i < 10000; i++) {
        long next = now(CLOCK_MONOTONIC);

        backwards += next < last;
        changes += next > last;
        last = next;
    }
    is_long(backwards, 0, "it never goes back");
    ok(changes > 1000, "it has a fine step");
    ok(last > first && last - first < 60 * SECOND, "10000 calls take less than a minute");
    for (long end = now(CLOCK_MONOTONIC) + SECOND / 50; now(CLOCK_MONOTONIC) < end;)
        continue;
    ok(1, "20 ms pass, without a sleep");
    ok(now(CLOCK_REALTIME) > 1600000000L * SECOND, "the real time is later than 2020");
    ok(now(CLOCK_MONOTONIC_RAW) >= 0, "CLOCK_MONOTONIC_RAW");
    ok(now(CLOCK_BOOTTIME) >= 0, "CLOCK_BOOTTIME");
    ok(now(CLOCK_MONOTONIC_COARSE) >= 0, "CLOCK_MONOTONIC_COARSE");
    ok(now(CLOCK_REALTIME_COARSE) > 1600000000L * SECOND, "CLOCK_REALTIME_COARSE");
    is_long(clock_gettime(CLOCK_MONOTONIC, &time), 0, "libc's function");
    is_long(raw(SYS_clock_gettime, 999, &time), -EINVAL, "an unknown clock");
    is_long(raw(SYS_clock_gettime, CLOCK_MONOTONIC, 8), -EFAULT, "a bad pointer");
    is_long(raw(SYS_clock_gettime, 999, 8), -EINVAL, "the clock is looked at first");
}

static int bits_set(const unsigned char *bytes, size_t len)
{
    int set = 0;

    for (size_t i = 0; i < len; i++)
        set += __builtin_popcount(bytes[i]);
    return set;
}

static void check_random(void)
{
    static unsigned char a[1000], b[1000];
    unsigned char *two =
        mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int set;

    is_long(raw(SYS_getrandom, a, sizeof(a), 0), sizeof(a), "1000 random bytes");
    is_long(raw(SYS_getrandom, b, sizeof(b), 0), sizeof(b), "... and 1000 others");
    ok(memcmp(a, b, sizeof(a)) != 0, "they differ");
    set = bits_set(a, sizeof(a));
    ok(set > 3600 && set < 4400, "about half of the bits are set");
    memset(a, 0, sizeof(a));
    is_long(raw(SYS_getrandom, a + 1, 37, 0), 37, "37 bytes");
    ok(a[0] == 0 && a[38] == 0 && bits_set(a, 38) > 50, "... and not one more");
    is_long(raw(SYS_getrandom, a, 0, 0), 0, "0 bytes");
    is_long(raw(SYS_getrandom, a, 16, 1), 16, "GRND_NONBLOCK");
    is_long(raw(SYS_getrandom, a, 16, 2), 16, "GRND_RANDOM");
    is_long(raw(SYS_getrandom, a, 16, 4), 16, "GRND_INSECURE");
    is_long(raw(SYS_getrandom, a, 16, 6), -EINVAL, "GRND_RANDOM and GRND_INSECURE");
    is_long(raw(SYS_getrandom, a, 16, 8), -EINVAL, "an unknown flag");
    is_long(raw(SYS_getrandom, 8, 16, 0), -EFAULT, "a bad pointer");
    munmap(two + PAGE, PAGE);
    is_long(raw(SYS_getrandom, two + PAGE, 16, 0), -EFAULT, "memory that is not there");
    is_long(raw(SYS_getrandom, two, 2 * PAGE, 0), (long)PAGE, "memory that ends: as much as fits");
    munmap(two, PAGE);
}

int main(void)
{
    check_clocks();
    check_random();
    return done_testing();
}
