/*
 * unistd/path.c - names of files: access, links, removal, owners, working and root directory
 */
#include "internal/syscall.h"
#include <unistd.h>
#include <fcntl.h>

int access(const char *path, int mode)
{
    return (int)syscall_ret(__NR_access, path, mode);
}

int faccessat(int dir, const char *path, int mode, int flags)
{
    /* Only the newer call knows flags. */
    if (flags == 0)
        return (int)syscall_ret(__NR_faccessat, dir, path, mode);
    return (int)syscall_ret(__NR_faccessat2, dir, path, mode, flags);
}

int eaccess(const char *path, int mode)
{
    return faccessat(AT_FDCWD, path, mode, AT_EACCESS);
}

int euidaccess(const char *path, int mode)
{
    return eaccess(path, mode);
}

int link(const char *old_path, const char *new_path)
{
    return (int)syscall_ret(__NR_link, old_path, new_path);
}

int linkat(int old_dir, const char *old_path, int new_dir, const char *new_path, int flags)
{
    return (int)syscall_ret(__NR_linkat, old_dir, old_path, new_dir, new_path, flags);
}

int symlink(const char *target, const char *path)
{
    return (int)syscall_ret(__NR_symlink, target, path);
}

int symlinkat(const char *target, int dir, const char *path)
{
    return (int)syscall_ret(__NR_symlinkat, target, dir, path);
}

ssize_t readlink(const char *restrict path, char *restrict buf, size_t size)
{
    return syscall_ret(__NR_readlink, path, buf, size);
}

ssize_t readlinkat(int dir, const char *restrict path, char *restrict buf, size_t size)
{
    return syscall_ret(__NR_readlinkat, dir, path, buf, size);
}

int unlink(const char *path)
{
    return (int)syscall_ret(__NR_unlink, path);
}

int unlinkat(int dir, const char *path, int flags)
{
    return (int)syscall_ret(__NR_unlinkat, dir, path, flags);
}

int rmdir(const char *path)
{
    return (int)syscall_ret(__NR_rmdir, path);
}

int chdir(const char *path)
{
    return (int)syscall_ret(__NR_chdir, path);
}

int fchdir(int fd)
{
    return (int)syscall_ret(__NR_fchdir, fd);
}

int chroot(const char *path)
{
    return (int)syscall_ret(__NR_chroot, path);
}

int chown(const char *path, uid_t uid, gid_t gid)
{
    return (int)syscall_ret(__NR_chown, path, uid, gid);
}

int fchown(int fd, uid_t uid, gid_t gid)
{
    return (int)syscall_ret(__NR_fchown, fd, uid, gid);
}

int lchown(const char *path, uid_t uid, gid_t gid)
{
    return (int)syscall_ret(__NR_lchown, path, uid, gid);
}

int fchownat(int dir, const char *path, uid_t uid, gid_t gid, int flags)
{
    return (int)syscall_ret(__NR_fchownat, dir, path, uid, gid, flags);
}
