/*
 * sys/brk.c - brk() and sbrk() over the system call
 *
 * The call answers with the break as it is afterwards: it has failed when that is not what was
 * asked for. The break is asked for anew each time, not remembered, because others may have moved
 * it.
 */
#include "internal/syscall.h"
#include <unistd.h>
#include <errno.h>

static unsigned long set_break(unsigned long addr)
{
    return (unsigned long)syscall_raw(__NR_brk, addr);
}

int brk(void *addr)
{
    /*
     * The kernel refuses what lies below the heap's start by answering with the current break, so
     * brk(NULL), which POSIX programs use on purpose nowhere, fails like any other bad address.
     */
    if (set_break((unsigned long)addr) == (unsigned long)addr)
        return 0;
    errno = ENOMEM;
    return -1;
}

void *sbrk(intptr_t increment)
{
    unsigned long old = set_break(0);
    unsigned long wanted = old + (unsigned long)increment;

    if (increment == 0)
        return (void *)old;
    /* A sum that wraps must not reach the kernel: it could be a valid address. */
    if ((increment > 0) != (wanted > old) || set_break(wanted) != wanted) {
        errno = ENOMEM;
        return (void *)-1;
    }
    return (void *)old;
}
