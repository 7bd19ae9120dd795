/*
 * process/users.c - user and group ids
 */
#include "internal/syscall.h"
#include <grp.h>
#include <unistd.h>

uid_t getuid(void)
{
    return (uid_t)syscall_raw(__NR_getuid);
}

uid_t geteuid(void)
{
    return (uid_t)syscall_raw(__NR_geteuid);
}

gid_t getgid(void)
{
    return (gid_t)syscall_raw(__NR_getgid);
}

gid_t getegid(void)
{
    return (gid_t)syscall_raw(__NR_getegid);
}

int getgroups(int count, gid_t groups[])
{
    return (int)syscall_ret(__NR_getgroups, count, groups);
}

int setuid(uid_t uid)
{
    return (int)syscall_ret(__NR_setuid, uid);
}

int setreuid(uid_t ruid, uid_t euid)
{
    return (int)syscall_ret(__NR_setreuid, ruid, euid);
}

int setresuid(uid_t ruid, uid_t euid, uid_t suid)
{
    return (int)syscall_ret(__NR_setresuid, ruid, euid, suid);
}

int seteuid(uid_t uid)
{
    return setresuid((uid_t)-1, uid, (uid_t)-1);
}

int getresuid(uid_t *ruid, uid_t *euid, uid_t *suid)
{
    return (int)syscall_ret(__NR_getresuid, ruid, euid, suid);
}

int setgid(gid_t gid)
{
    return (int)syscall_ret(__NR_setgid, gid);
}

int setregid(gid_t rgid, gid_t egid)
{
    return (int)syscall_ret(__NR_setregid, rgid, egid);
}

int setresgid(gid_t rgid, gid_t egid, gid_t sgid)
{
    return (int)syscall_ret(__NR_setresgid, rgid, egid, sgid);
}

int setegid(gid_t gid)
{
    return setresgid((gid_t)-1, gid, (gid_t)-1);
}

int getresgid(gid_t *rgid, gid_t *egid, gid_t *sgid)
{
    return (int)syscall_ret(__NR_getresgid, rgid, egid, sgid);
}

int setgroups(size_t count, const gid_t *groups)
{
    return (int)syscall_ret(__NR_setgroups, count, groups);
}
