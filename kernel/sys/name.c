/*
 * sys/name.c - system calls that make, remove and change names of files
 */
#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/stat.h>

#include "fs/name.h"
#include "proc/process.h"
#include "sys/path.h"
#include "sys/syscall.h"

/* What becomes of the permissions of a file that is made. */
static uint32_t masked(uint32_t mode)
{
    return mode & ~process_current()->files.umask;
}

/* Do something with a path. */
static int64_t with_path(int fd, vaddr_t address, int (*call)(struct node *start, const char *path))
{
    struct user_path path;
    int result = user_path_take(&path, fd, address);

    if (result)
        return result;
    result = call(path.start, path.text);
    user_path_drop(&path);
    return result;
}

static int64_t make_directory(int fd, vaddr_t address, uint32_t mode)
{
    struct user_path path;
    int result = user_path_take(&path, fd, address);

    if (result)
        return result;
    mode = masked(mode & (S_IRWXU | S_IRWXG | S_IRWXO | S_ISVTX));
    result = name_make_directory(path.start, path.text, mode);
    user_path_drop(&path);
    return result;
}

int64_t sys_mkdir(struct trap_frame *frame)
{
    return make_directory(AT_FDCWD, frame->rdi, (uint32_t)frame->rsi);
}

int64_t sys_mkdirat(struct trap_frame *frame)
{
    return make_directory((int)frame->rdi, frame->rsi, (uint32_t)frame->rdx);
}

int64_t sys_rmdir(struct trap_frame *frame)
{
    return with_path(AT_FDCWD, frame->rdi, name_remove_directory);
}

int64_t sys_unlink(struct trap_frame *frame)
{
    return with_path(AT_FDCWD, frame->rdi, name_remove);
}

int64_t sys_unlinkat(struct trap_frame *frame)
{
    unsigned flags = (unsigned)frame->rdx;

    if (flags & ~(unsigned)AT_REMOVEDIR)
        return -EINVAL;
    return with_path((int)frame->rdi, frame->rsi,
                     flags & AT_REMOVEDIR ? name_remove_directory : name_remove);
}

static int64_t make_link(vaddr_t target_address, int fd, vaddr_t address)
{
    struct user_path path, target;
    int result = user_path_take_text(&target, target_address);

    if (result)
        return result;
    result = target.text[0] ? user_path_take(&path, fd, address) : -ENOENT;
    if (!result) {
        result = name_make_link(path.start, path.text, target.text);
        user_path_drop(&path);
    }
    user_path_drop_text(&target);
    return result;
}

int64_t sys_symlink(struct trap_frame *frame)
{
    return make_link(frame->rdi, AT_FDCWD, frame->rsi);
}

int64_t sys_symlinkat(struct trap_frame *frame)
{
    return make_link(frame->rdi, (int)frame->rsi, frame->rdx);
}

static int64_t rename_at(int old_fd, vaddr_t old_address, int new_fd, vaddr_t new_address,
                         unsigned flags)
{
    struct user_path old, new;

    if (flags & ~(unsigned)RENAME_NOREPLACE)
        return -EINVAL;
    int result = user_path_take(&old, old_fd, old_address);
    if (result)
        return result;
    result = user_path_take(&new, new_fd, new_address);
    if (!result) {
        result = name_change(old.start, old.text, new.start, new.text, flags);
        user_path_drop(&new);
    }
    user_path_drop(&old);
    return result;
}

int64_t sys_rename(struct trap_frame *frame)
{
    return rename_at(AT_FDCWD, frame->rdi, AT_FDCWD, frame->rsi, 0);
}

int64_t sys_renameat(struct trap_frame *frame)
{
    return rename_at((int)frame->rdi, frame->rsi, (int)frame->rdx, frame->r10, 0);
}

int64_t sys_renameat2(struct trap_frame *frame)
{
    return rename_at((int)frame->rdi, frame->rsi, (int)frame->rdx, frame->r10, (unsigned)frame->r8);
}

static int64_t link_at(int old_fd, vaddr_t old_address, int new_fd, vaddr_t new_address,
                       unsigned flags)
{
    unsigned lookup =
        (flags & AT_SYMLINK_FOLLOW ? 0 : AT_SYMLINK_NOFOLLOW) | (flags & AT_EMPTY_PATH);
    struct user_path path;
    struct node *node;

    if (flags & ~(unsigned)(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
        return -EINVAL;
    int64_t result = user_path_lookup(old_fd, old_address, lookup, &node);
    if (result)
        return result;
    result = user_path_take(&path, new_fd, new_address);
    if (!result) {
        result = name_link(node, path.start, path.text);
        user_path_drop(&path);
    }
    node_put(node);
    return result;
}

int64_t sys_link(struct trap_frame *frame)
{
    return link_at(AT_FDCWD, frame->rdi, AT_FDCWD, frame->rsi, 0);
}

int64_t sys_linkat(struct trap_frame *frame)
{
    return link_at((int)frame->rdi, frame->rsi, (int)frame->rdx, frame->r10, (unsigned)frame->r8);
}

static int64_t make_special(int fd, vaddr_t address, uint32_t mode, uint32_t rdev)
{
    struct user_path path;

    switch (mode & S_IFMT) {
    case 0:
        mode |= S_IFREG;
        break;
    case S_IFREG:
    case S_IFCHR:
    case S_IFBLK:
    case S_IFIFO:
    case S_IFSOCK:
        break;
    default:
        return (mode & S_IFMT) == S_IFDIR ? -EPERM : -EINVAL;
    }
    int64_t result = user_path_take(&path, fd, address);
    if (result)
        return result;
    bool device = (mode & S_IFMT) == S_IFCHR || (mode & S_IFMT) == S_IFBLK;
    if (device && process_current()->credentials.euid != 0)
        result = -EPERM;
    else
        result = name_make_special(path.start, path.text, masked(mode), device ? rdev : 0);
    user_path_drop(&path);
    return result;
}

int64_t sys_mknod(struct trap_frame *frame)
{
    return make_special(AT_FDCWD, frame->rdi, (uint32_t)frame->rsi, (uint32_t)frame->rdx);
}

int64_t sys_mknodat(struct trap_frame *frame)
{
    return make_special((int)frame->rdi, frame->rsi, (uint32_t)frame->rdx, (uint32_t)frame->r10);
}
