/*
 * unistd/isatty.c - whether a file is a terminal, and which
 */
#include "internal/syscall.h"
#include <unistd.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

int isatty(int fd)
{
    struct termios tio;

    return syscall_ret(__NR_ioctl, fd, TCGETS, &tio) == 0;
}

int ttyname_r(int fd, char *buf, size_t size)
{
    char link[32] = "/proc/self/fd/";
    char *p = link + sizeof(link) - 1;
    struct stat by_name, by_fd;
    unsigned n = (unsigned)fd;
    ssize_t len;

    if (!isatty(fd))
        return errno;
    do
        *--p = (char)('0' + n % 10);
    while ((n /= 10) != 0);
    memmove(link + strlen(link), p, (size_t)(link + sizeof(link) - p));
    len = readlink(link, buf, size);
    if (len < 0)
        return errno;
    if ((size_t)len == size)
        return ERANGE;
    buf[len] = 0;
    /* The link is a name from another time or name space unless it leads to the same device. */
    if (stat(buf, &by_name) < 0 || fstat(fd, &by_fd) < 0)
        return errno;
    return by_name.st_dev == by_fd.st_dev && by_name.st_ino == by_fd.st_ino ? 0 : ENODEV;
}

char *ttyname(int fd)
{
    static char name[PATH_MAX];

    errno = ttyname_r(fd, name, sizeof(name));
    return errno == 0 ? name : NULL;
}
