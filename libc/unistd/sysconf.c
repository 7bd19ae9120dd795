/*
 * unistd/sysconf.c - limits and abilities of the system
 *
 * Answers are what the kernel says where it can be asked, and what its headers fix otherwise; -1
 * with errno unchanged means that there is no limit, or that the ability is not there (POSIX).
 */
#include "internal/libc.h"
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <unistd.h>

static long from_limit(int resource)
{
    struct rlimit limit;

    if (getrlimit(resource, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY)
        return -1;
    return limit.rlim_cur > LONG_MAX ? LONG_MAX : (long)limit.rlim_cur;
}

/* A quarter of the stack's limit is for arguments and environment (execve(2)). */
static long arg_max(void)
{
    long stack = from_limit(RLIMIT_STACK);

    return stack / 4 > ARG_MAX ? stack / 4 : ARG_MAX;
}

int get_nprocs(void)
{
    cpu_set_t set;
    int count;

    if (sched_getaffinity(0, sizeof(set), &set) < 0)
        return 1;
    count = CPU_COUNT(&set);
    return count > 0 ? count : 1;
}

int get_nprocs_conf(void)
{
    return get_nprocs();
}

static long pages(int free_ones)
{
    struct sysinfo info;

    if (sysinfo(&info) < 0)
        return -1;
    return (long)((free_ones ? info.freeram + info.bufferram : info.totalram) /
                  (unsigned long)getpagesize() * (info.mem_unit ? info.mem_unit : 1));
}

long get_phys_pages(void)
{
    return pages(0);
}

long get_avphys_pages(void)
{
    return pages(1);
}

static long signal_stack_min(void)
{
    long size = (long)__auxv_get(AT_MINSIGSTKSZ);

    return size > MINSIGSTKSZ ? size : MINSIGSTKSZ;
}

/* Answers that need no call; 0 where this is not known to be one. */
static long fixed(int name)
{
    static const struct {
        int name;
        long value;
    } table[] = {
        {_SC_STREAM_MAX, _POSIX_STREAM_MAX},
        {_SC_TZNAME_MAX, _POSIX_TZNAME_MAX},
        {_SC_NGROUPS_MAX, NGROUPS_MAX},
        {_SC_JOB_CONTROL, 1},
        {_SC_SAVED_IDS, 1},
        {_SC_REALTIME_SIGNALS, _POSIX_VERSION},
        {_SC_FSYNC, _POSIX_VERSION},
        {_SC_MAPPED_FILES, _POSIX_VERSION},
        {_SC_MEMLOCK, _POSIX_VERSION},
        {_SC_MEMLOCK_RANGE, _POSIX_VERSION},
        {_SC_MEMORY_PROTECTION, _POSIX_VERSION},
        {_SC_MONOTONIC_CLOCK, _POSIX_VERSION},
        {_SC_CPUTIME, _POSIX_VERSION},
        {_SC_SPAWN, _POSIX_VERSION},
        {_SC_VERSION, _POSIX_VERSION},
        {_SC_XOPEN_VERSION, _XOPEN_VERSION},
        {_SC_2_VERSION, _POSIX2_VERSION},
        {_SC_2_C_BIND, _POSIX2_VERSION},
        {_SC_RTSIG_MAX, SIGRTMAX - SIGRTMIN + 1},
        {_SC_BC_BASE_MAX, BC_BASE_MAX},
        {_SC_BC_DIM_MAX, BC_DIM_MAX},
        {_SC_BC_SCALE_MAX, BC_SCALE_MAX},
        {_SC_BC_STRING_MAX, BC_STRING_MAX},
        {_SC_COLL_WEIGHTS_MAX, COLL_WEIGHTS_MAX},
        {_SC_EXPR_NEST_MAX, EXPR_NEST_MAX},
        {_SC_LINE_MAX, LINE_MAX},
        {_SC_RE_DUP_MAX, RE_DUP_MAX},
        {_SC_IOV_MAX, IOV_MAX},
        {_SC_GETGR_R_SIZE_MAX, 1024},
        {_SC_GETPW_R_SIZE_MAX, 1024},
        {_SC_LOGIN_NAME_MAX, LOGIN_NAME_MAX},
        {_SC_TTY_NAME_MAX, TTY_NAME_MAX},
        {_SC_HOST_NAME_MAX, HOST_NAME_MAX},
        {_SC_SYMLOOP_MAX, SYMLOOP_MAX},
        {_SC_ATEXIT_MAX, ATEXIT_MAX},
    };

    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (table[i].name == name)
            return table[i].value;
    }
    return 0;
}

long sysconf(int name)
{
    int saved = errno;
    long value = fixed(name);

    switch (name) {
    case _SC_PAGESIZE:
        return getpagesize();
    case _SC_CLK_TCK:
        value = (long)__auxv_get(AT_CLKTCK);
        return value != 0 ? value : 100;
    case _SC_ARG_MAX:
        value = arg_max();
        break;
    case _SC_CHILD_MAX:
        value = from_limit(RLIMIT_NPROC);
        break;
    case _SC_OPEN_MAX:
        value = from_limit(RLIMIT_NOFILE);
        break;
    case _SC_SIGQUEUE_MAX:
        value = from_limit(RLIMIT_SIGPENDING);
        break;
    case _SC_NPROCESSORS_CONF:
    case _SC_NPROCESSORS_ONLN:
        value = get_nprocs();
        break;
    case _SC_PHYS_PAGES:
        value = get_phys_pages();
        break;
    case _SC_AVPHYS_PAGES:
        value = get_avphys_pages();
        break;
    case _SC_MINSIGSTKSZ:
        return signal_stack_min();
    case _SC_SIGSTKSZ:
        return 4 * signal_stack_min();
    default:
        if (value != 0)
            return value;
        if (name >= 0 && name <= _SC_SIGSTKSZ)
            return -1;
        errno = EINVAL;
        return -1;
    }
    /* A kernel without the call sets no limit that we could know. */
    errno = saved;
    return value;
}

static long path_limit(int name)
{
    switch (name) {
    case _PC_LINK_MAX:
        return _POSIX_LINK_MAX;
    case _PC_MAX_CANON:
        return MAX_CANON;
    case _PC_MAX_INPUT:
        return MAX_INPUT;
    case _PC_NAME_MAX:
        return NAME_MAX;
    case _PC_PATH_MAX:
        return PATH_MAX;
    case _PC_PIPE_BUF:
        return PIPE_BUF;
    case _PC_CHOWN_RESTRICTED:
    case _PC_NO_TRUNC:
    case _PC_2_SYMLINKS:
        return 1;
    case _PC_VDISABLE:
        return _POSIX_VDISABLE;
    case _PC_FILESIZEBITS:
        return FILESIZEBITS;
    case _PC_SYNC_IO:
    case _PC_ASYNC_IO:
    case _PC_PRIO_IO:
    case _PC_SYMLINK_MAX:
        return -1;
    default:
        errno = EINVAL;
        return -1;
    }
}

long pathconf(const char *path, int name)
{
    (void)path;
    return path_limit(name);
}

long fpathconf(int fd, int name)
{
    (void)fd;
    return path_limit(name);
}

size_t confstr(int name, char *buf, size_t size)
{
    static const char path[] = "/bin:/usr/bin";

    if (name != _CS_PATH) {
        errno = EINVAL;
        return 0;
    }
    if (buf)
        strlcpy(buf, path, size);
    return sizeof(path);
}
