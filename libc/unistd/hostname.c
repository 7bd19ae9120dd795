/*
 * unistd/hostname.c - the names and the number of this machine
 */
#include "internal/syscall.h"
#include <errno.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

static int give(char *buf, size_t size, const char *name)
{
    if (strlcpy(buf, name, size) < size)
        return 0;
    errno = ENAMETOOLONG;
    return -1;
}

int gethostname(char *name, size_t size)
{
    struct utsname uts;

    return uname(&uts) < 0 ? -1 : give(name, size, uts.nodename);
}

int getdomainname(char *name, size_t size)
{
    struct utsname uts;

    return uname(&uts) < 0 ? -1 : give(name, size, uts.domainname);
}

int sethostname(const char *name, size_t size)
{
    return (int)syscall_ret(__NR_sethostname, name, size);
}

int setdomainname(const char *name, size_t size)
{
    return (int)syscall_ret(__NR_setdomainname, name, size);
}

/* The FNV-1a hash of the host's name stands in for a number that nobody assigned. */
long gethostid(void)
{
    unsigned hash = 2166136261;
    struct utsname uts;

    if (uname(&uts) < 0)
        return 0;
    for (const char *p = uts.nodename; *p; p++)
        hash = (hash ^ (unsigned char)*p) * 16777619;
    return (int)hash;
}
