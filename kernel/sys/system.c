/*
 * sys/system.c - the system's name, random bytes
 */
#include <asm/errno.h>
#include <linux/random.h>
#include <linux/utsname.h>

#include "dev/random.h"
#include "lib/version.h"
#include "mm/usercopy.h"
#include "sched/thread.h"
#include "sys/syscall.h"

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
