/*
 * sys/system.c - the system's name, its clocks, random bytes
 */
#include <asm/errno.h>
#include <linux/random.h>
#include <linux/time.h>
#include <linux/utsname.h>

#include "arch/timer.h"
#include "dev/clock.h"
#include "dev/random.h"
#include "lib/version.h"
#include "mm/usercopy.h"
#include "proc/process.h"
#include "sys/syscall.h"

#define NS_PER_S     1000000000UL
#define RANDOM_PIECE 256UL
#define RANDOM_MAX   0x7ffff000UL /* the most one call gives, as of read(2) */

int64_t sys_uname(struct trap_frame *frame)
{
    static const struct new_utsname name = {
        .sysname = SYSTEM_NAME,
        .nodename = SYSTEM_NODE,
        .release = SYSTEM_RELEASE,
        .version = SYSTEM_VERSION,
        .machine = SYSTEM_MACHINE,
        .domainname = "(none)",
    };

    return copy_to_user(frame->rdi, &name, sizeof(name));
}

int64_t sys_clock_gettime(struct trap_frame *frame)
{
    uint64_t ns;

    switch ((int)frame->rdi) {
    case CLOCK_PROCESS_CPUTIME_ID:
    case CLOCK_THREAD_CPUTIME_ID:
        ns = thread_run_ns(thread_current());
        break;
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
    case CLOCK_TAI:
        ns = clock_realtime_ns();
        break;
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_BOOTTIME:
        ns = timer_now_ns();
        break;
    default:
        return -EINVAL;
    }
    struct timespec time = {
        .tv_sec = (int64_t)(ns / NS_PER_S),
        .tv_nsec = (int64_t)(ns % NS_PER_S),
    };
    return copy_to_user(frame->rsi, &time, sizeof(time));
}

int64_t sys_getrandom(struct trap_frame *frame)
{
    vaddr_t to = frame->rdi;
    size_t len = frame->rsi;
    uint64_t flags = (uint32_t)frame->rdx;
    uint8_t piece[RANDOM_PIECE];

    if (flags & ~(uint64_t)(GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE))
        return -EINVAL;
    if ((flags & (GRND_RANDOM | GRND_INSECURE)) == (GRND_RANDOM | GRND_INSECURE))
        return -EINVAL;
    len = MIN(len, RANDOM_MAX);
    if (!user_range_ok(to, len))
        return -EFAULT;
    for (size_t done = 0; done < len;) {
        size_t n = MIN(len - done, RANDOM_PIECE);
        random_fill(piece, n);
        size_t left = copy_to_user_partial(to + done, piece, n);
        done += n - left;
        if (left)
            return done ? (int64_t)done : -EFAULT;
        if (thread_pause_point())
            return (int64_t)done;
    }
    return (int64_t)len;
}
