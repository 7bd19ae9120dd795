/*
 * sys/random.c - random bytes from the kernel
 */
#include "internal/syscall.h"
#include <sys/random.h>
#include <errno.h>

ssize_t getrandom(void *buf, size_t n, unsigned flags)
{
    return syscall_ret(__NR_getrandom, buf, n, flags);
}

int getentropy(void *buf, size_t n)
{
    char *p = buf;
    ssize_t got;

    if (n > 256) {
        errno = EIO;
        return -1;
    }
    while (n > 0) {
        got = getrandom(p, n, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        p += got;
        n -= (size_t)got;
    }
    return 0;
}
