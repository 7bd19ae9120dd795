/*
 * tests/guest/process_state.c - what a process can say about itself: priority, processors, groups,
 * capabilities, name; and what is said about the system
 */
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/membarrier.h>
#include <linux/prctl.h>
#include <linux/sysinfo.h>
#include <stdint.h>
#include <sys/resource.h>
#include <unistd.h>

#include "child.h"
#include "procfile.h"
#include "raw.h"
#include "tap.h"

static int lower_as_user(void)
{
    if (raw(SYS_setpriority, PRIO_PROCESS, 0, 5) || raw(SYS_setuid, 1000))
        return 1;
    if (raw(SYS_setpriority, PRIO_PROCESS, 0, 4) != -EACCES)
        return 2;
    if (raw(SYS_setpriority, PRIO_PROCESS, 0, 6))
        return 3;
    if (raw(SYS_setpriority, PRIO_PROCESS, 1, 6) != -EPERM)
        return 4;
    return raw(SYS_getpriority, PRIO_PROCESS, 0) == 14 ? 0 : 5;
}

static void check_priority(void)
{
    is_long(raw(SYS_getpriority, PRIO_PROCESS, 0), 20, "nice is 0 at first");
    is_long(raw(SYS_setpriority, PRIO_PROCESS, 0, 7), 0, "7 can be had");
    is_long(raw(SYS_getpriority, PRIO_PROCESS, getpid()), 13, "... and is said");
    is_long(raw(SYS_setpriority, PRIO_PROCESS, 0, 100), 0, "more than there is");
    is_long(raw(SYS_getpriority, PRIO_PROCESS, 0), 1, "... is the most");
    is_long(raw(SYS_setpriority, PRIO_PROCESS, 0, -100), 0, "less than there is");
    is_long(raw(SYS_getpriority, PRIO_PROCESS, 0), 40, "... is the least");
    is_long(raw(SYS_setpriority, PRIO_PROCESS, 0, 0), 0, "back to 0");
    ok(raw(SYS_getpriority, PRIO_PGRP, 0) >= 20, "the best of a group");
    ok(raw(SYS_getpriority, PRIO_USER, 0) >= 20, "the best of a user");
    is_long(raw(SYS_getpriority, PRIO_PROCESS, 30000), -ESRCH, "of nobody");
    is_long(raw(SYS_getpriority, 9, 0), -EINVAL, "of a strange kind");
    is_long(raw(SYS_setpriority, PRIO_PROCESS, 30000, 0), -ESRCH, "for nobody");
    is_long(raw(SYS_setpriority, 9, 0, 0), -EINVAL, "for a strange kind");
    is_long(child_call(lower_as_user), 0, "who is not root goes up only");
}

static void check_processors(void)
{
    unsigned long set[16] = {0};
    unsigned cpu = 77, node = 77;

    is_long(raw(SYS_sched_yield), 0, "sched_yield");
    long len = raw(SYS_sched_getaffinity, 0, sizeof(set), set);
    ok(len > 0 && len % 8 == 0 && set[0] & 1, "the first processor is one to run on");
    is_long(raw(SYS_sched_setaffinity, 0, sizeof(set), set), 0, "to run where it may");
    set[0] = 0;
    is_long(raw(SYS_sched_setaffinity, 0, sizeof(set), set), -EINVAL, "to run nowhere");
    is_long(raw(SYS_sched_getaffinity, 0, 1, set), -EINVAL, "too small a set");
    is_long(raw(SYS_sched_getaffinity, 30000, sizeof(set), set), -ESRCH, "of nobody");
    is_long(raw(SYS_sched_getaffinity, 0, sizeof(set), 8), -EFAULT, "a bad pointer");
    is_long(raw(SYS_getcpu, &cpu, &node, NULL), 0, "getcpu");
    ok(cpu == 0 && node == 0, "... the first");
    is_long(raw(SYS_getcpu, NULL, NULL, NULL), 0, "... for nobody");
    is_long(raw(SYS_getcpu, 8, NULL, NULL), -EFAULT, "... for a bad pointer");
}

static int groups_as_user(void)
{
    unsigned group = 5;

    return raw(SYS_setuid, 1000) || raw(SYS_setgroups, 1, &group) != -EPERM;
}

static int groups_of_child(void)
{
    unsigned groups[4] = {0};

    return raw(SYS_getgroups, 4, groups) != 3 || groups[2] != 30;
}

static void check_groups(void)
{
    unsigned groups[] = {10, 20, 30}, got[4] = {0};

    is_long(raw(SYS_setgroups, 3, groups), 0, "three groups");
    is_long(raw(SYS_getgroups, 0, NULL), 3, "... are counted");
    is_long(raw(SYS_getgroups, 4, got), 3, "... and given");
    ok(got[0] == 10 && got[1] == 20 && got[2] == 30, "... as they were set");
    is_long(raw(SYS_getgroups, 2, got), -EINVAL, "too little room");
    is_long(raw(SYS_getgroups, -1, got), -EINVAL, "less than none");
    is_long(raw(SYS_getgroups, 4, 8), -EFAULT, "a bad pointer");
    ok(strstr(procfile("/proc/self/status"), "\nGroups:\t10 20 30 \n") != NULL, "... and shown");
    is_long(child_call(groups_of_child), 0, "a child has them too");
    is_long(raw(SYS_setgroups, 1000000, groups), -EINVAL, "a million groups");
    is_long(raw(SYS_setgroups, 1, 8), -EFAULT, "a bad pointer");
    is_long(child_call(groups_as_user), 0, "who is not root sets none");
    is_long(raw(SYS_setgroups, 0, NULL), 0, "no groups");
    is_long(raw(SYS_getgroups, 0, NULL), 0, "... are none");
}

static int capabilities_as_user(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];

    if (raw(SYS_setuid, 1000) || raw(SYS_capget, &header, data) || data[0].effective)
        return 1;
    data[0].effective = data[0].permitted = 1;
    return raw(SYS_capset, &header, data) != -EPERM;
}

static void check_capabilities(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];

    is_long(raw(SYS_capget, &header, data), 0, "capget");
    ok(data[0].effective == UINT32_MAX && data[0].permitted == UINT32_MAX, "... root has all");
    is_long(raw(SYS_capset, &header, data), 0, "... and may keep them");
    header.version = 1;
    is_long(raw(SYS_capget, &header, data), -EINVAL, "an unknown version");
    ok(header.version == _LINUX_CAPABILITY_VERSION_3, "... is put right");
    header = (struct __user_cap_header_struct){_LINUX_CAPABILITY_VERSION_3, 30000};
    is_long(raw(SYS_capget, &header, data), -ESRCH, "of nobody");
    is_long(raw(SYS_capget, 8, data), -EFAULT, "a bad pointer");
    is_long(child_call(capabilities_as_user), 0, "others have none");
}

static void check_prctl(void)
{
    char name[16];

    is_long(raw(SYS_prctl, PR_SET_NAME, "a name that is too long"), 0, "a name");
    is_long(raw(SYS_prctl, PR_GET_NAME, name), 0, "... is given");
    is_str(name, "a name that is ", "... cut off");
    is_long(raw(SYS_prctl, PR_SET_NAME, 8), -EFAULT, "... or not there");
    is_long(raw(SYS_prctl, PR_GET_DUMPABLE), 1, "dumpable");
    is_long(raw(SYS_prctl, PR_SET_DUMPABLE, 0), 0, "... not any more");
    is_long(raw(SYS_prctl, PR_GET_DUMPABLE), 0, "... as is said");
    is_long(raw(SYS_prctl, PR_SET_DUMPABLE, 3), -EINVAL, "... or something else");
    is_long(raw(SYS_prctl, PR_SET_DUMPABLE, 1), 0, "... and again");
    is_long(raw(SYS_prctl, PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 0, "new privileges");
    is_long(raw(SYS_prctl, PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0), -EINVAL, "... cannot be asked for");
    is_long(raw(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0, "... but refused");
    is_long(raw(SYS_prctl, PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1, "... as is said");
    ok(strstr(procfile("/proc/self/status"), "\nNoNewPrivs:\t1\n") != NULL, "... and shown");
    is_long(raw(SYS_prctl, 9999, 0), -EINVAL, "a strange option");
    is_long(raw(SYS_personality, 0xffffffff), 0, "Linux's personality");
    is_long(raw(SYS_personality, 0x0040000), 0, "without random addresses");
    is_long(raw(SYS_personality, 0xffffffff), 0x0040000, "... as is said");
}

static void check_system(void)
{
    struct sysinfo info;

    is_long(raw(SYS_sysinfo, &info), 0, "sysinfo");
    ok(info.uptime >= 0 && info.mem_unit >= 1 && info.procs >= 1, "... the machine runs");
    ok(info.freeram > 0 && info.totalram >= info.freeram, "... and has memory");
    is_long(raw(SYS_sysinfo, 8), -EFAULT, "... for a bad pointer");
    is_long(raw(SYS_sync), 0, "sync");
}

static int barrier_in_child(void)
{
    return (int)raw(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
}

static void check_barriers(void)
{
    long all = raw(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0, 0);

    is_long(all & 0x7f, 0x7f, "memory barriers of all kinds");
    is_long(raw(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0), 0, "one for all");
    is_long(raw(SYS_membarrier, MEMBARRIER_CMD_GLOBAL_EXPEDITED, 0, 0), 0, "... at once");
    is_long(raw(SYS_membarrier, MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED, 0, 0), 0,
            "... to be met");
    is_long(raw(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0), -EPERM,
            "one's own is to be registered for");
    is_long(raw(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0), 0, "... is");
    is_long(raw(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0), 0, "... is made");
    is_long(raw(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE, 0, 0), -EPERM,
            "... but not that of another kind");
    is_long(child_call(barrier_in_child), 0, "a child may, too");
    is_long(raw(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 4, 0), -EINVAL, "a flag");
    is_long(raw(SYS_membarrier, 1 << 20, 0, 0), -EINVAL, "a strange command");
    is_long(raw(SYS_membarrier, 3, 0, 0), -EINVAL, "two commands");
}

int main(void)
{
    check_priority();
    check_processors();
    check_groups();
    check_capabilities();
    check_prctl();
    check_system();
    check_barriers();
    return done_testing();
}
