/*
 * sys/system.c - the machine: its name, memory, ports, mounts, reboot
 */
#include "internal/syscall.h"
#include <sys/klog.h>
#include <sys/io.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/reboot.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

int uname(struct utsname *name)
{
    return (int)syscall_ret(__NR_uname, name);
}

int sysinfo(struct sysinfo *info)
{
    return (int)syscall_ret(__NR_sysinfo, info);
}

int ioperm(unsigned long from, unsigned long count, int on)
{
    return (int)syscall_ret(__NR_ioperm, from, count, on);
}

int iopl(int level)
{
    return (int)syscall_ret(__NR_iopl, level);
}

int mount(const char *source, const char *target, const char *type, unsigned long flags,
          const void *data)
{
    return (int)syscall_ret(__NR_mount, source, target, type, flags, data);
}

int umount2(const char *target, int flags)
{
    return (int)syscall_ret(__NR_umount2, target, flags);
}

int umount(const char *target)
{
    return umount2(target, 0);
}

int reboot(int command)
{
    return (int)syscall_ret(__NR_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, command, 0);
}

int personality(unsigned long persona)
{
    return (int)syscall_ret(__NR_personality, persona);
}

int acct(const char *path)
{
    return (int)syscall_ret(__NR_acct, path);
}

int vhangup(void)
{
    return (int)syscall_ret(__NR_vhangup);
}

int klogctl(int type, char *buffer, int len)
{
    return (int)syscall_ret(__NR_syslog, type, buffer, len);
}
