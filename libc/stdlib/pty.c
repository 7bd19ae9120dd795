/*
 * stdlib/pty.c - pseudo terminals
 */
#include "internal/libc.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

int posix_openpt(int flags)
{
    return open("/dev/ptmx", flags);
}

int grantpt(int fd)
{
    unsigned number;

    /* The kernel has set owner and mode already; only that it is a pseudo terminal is left to ask.
     */
    if (ioctl(fd, TIOCGPTN, &number) == 0)
        return 0;
    if (errno == ENOTTY)
        errno = EINVAL;
    return -1;
}

int unlockpt(int fd)
{
    int unlock = 0;

    return ioctl(fd, TIOCSPTLCK, &unlock);
}

int ptsname_r(int fd, char *buf, size_t size)
{
    char digits[12];
    unsigned number;

    if (ioctl(fd, TIOCGPTN, &number) < 0)
        return errno;
    if (strlcpy(buf, "/dev/pts/", size) >= size ||
        strlcat(buf, __utoa(number, digits + sizeof(digits)), size) >= size)
        return ERANGE;
    return 0;
}

char *ptsname(int fd)
{
    static char name[sizeof("/dev/pts/") + 10];
    int error = ptsname_r(fd, name, sizeof(name));

    if (!error)
        return name;
    errno = error;
    return NULL;
}
