/*
 * sys/path.c - paths that a program passes, and system calls about what they lead to
 *
 * What follows a path is looked at after it: Linux's order of errors.
 */
#include "sys/path.h"

#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/stat.h>
#include <string.h>

#include "fs/file.h"
#include "fs/mount.h"
#include "fs/tmpfs.h"
#include "fs/tty.h"
#include "mm/kheap.h"
#include "mm/usercopy.h"
#include "proc/process.h"
#include "sys/syscall.h"

#define MODE_BITS (S_IRWXUGO | S_ISUID | S_ISGID | S_ISVTX)
#define S_IRWXUGO (S_IRWXU | S_IRWXG | S_IRWXO)
#define X_OK      1
#define W_OK      2

static struct fd_table *files(void)
{
    return &process_current()->files;
}

/* The directory that a relative path starts at, with a reference. */
static int start_of(int fd, const char *path, struct node **start)
{
    *start = fd_table_directory(files());
    if (path[0] != '/' && fd != AT_FDCWD) {
        const struct file *file = fd_peek(files(), fd);
        if (!file)
            return -EBADF;
        if ((file->node->mode & S_IFMT) != S_IFDIR)
            return -ENOTDIR;
        *start = file->node;
    }
    node_get(*start);
    return 0;
}

int user_path_take_text(struct user_path *path, vaddr_t address)
{
    ssize_t len = copy_string_from_user(path->brief, address, sizeof(path->brief));

    path->text = path->brief;
    if (len != -ENAMETOOLONG)
        return (int)MIN(len, 0);
    path->text = kmalloc(PATH_LEN_MAX);
    if (!path->text)
        return -ENOMEM;
    len = copy_string_from_user(path->text, address, PATH_LEN_MAX);
    if (len >= 0)
        return 0;
    kfree(path->text);
    return (int)len;
}

void user_path_drop_text(struct user_path *path)
{
    if (path->text != path->brief)
        kfree(path->text);
}

int user_path_take(struct user_path *path, int fd, vaddr_t address)
{
    int error = user_path_take_text(path, address);

    if (error)
        return error;
    error = path->text[0] ? start_of(fd, path->text, &path->start) : -ENOENT;
    if (error)
        user_path_drop_text(path);
    return error;
}

void user_path_drop(struct user_path *path)
{
    node_put(path->start);
    user_path_drop_text(path);
}

/* What is open at fd, or the working directory, with a reference. */
static int node_at(int fd, struct node **node)
{
    const struct file *file = fd == AT_FDCWD ? NULL : fd_get_any(files(), fd);

    if (!file && fd != AT_FDCWD)
        return -EBADF;
    *node = file ? file->node : fd_table_directory(files());
    node_get(*node);
    return 0;
}

int user_path_lookup(int fd, vaddr_t address, unsigned flags, struct node **node)
{
    unsigned lookup = flags & AT_SYMLINK_NOFOLLOW ? LOOKUP_NO_FOLLOW : 0;
    struct user_path path;
    int error = user_path_take_text(&path, address);

    if (error)
        return error;
    if (path.text[0]) {
        error = start_of(fd, path.text, &path.start);
        if (!error) {
            error = path_lookup(path.start, path.text, lookup, node);
            node_put(path.start);
        }
    } else {
        error = flags & AT_EMPTY_PATH ? node_at(fd, node) : -ENOENT;
    }
    user_path_drop_text(&path);
    return error;
}

/* ---- open ------------------------------------------------------------------------------------ */

/* A session's leader that opens a terminal makes it its session's. */
static void adopt_terminal(const struct file *file, unsigned flags)
{
    const struct process *self = process_current();

    if (file->ops == &tty_ops && !(flags & O_NOCTTY) && self->session == self->pid)
        tty_acquire(self->session, self->group);
}

static int64_t do_open(const struct user_path *path, unsigned flags, uint32_t mode)
{
    struct file *file;
    int fd = fd_reserve(files(), 0); /* a full table comes before a file that is not there */

    if (fd < 0)
        return fd;
    mode = mode & MODE_BITS & ~files()->umask;
    int result = file_open(path->start, path->text, flags | O_LARGEFILE, mode, &file);
    if (result)
        return result;
    result = fd_install_from(files(), file, flags, (unsigned)fd);
    if (result < 0)
        file_put(file);
    else
        adopt_terminal(file, flags);
    return result;
}

/* What is wrong with the flags whatever the file is. */
static int check_flags(unsigned flags)
{
    if (flags & O_PATH || !(flags & __O_TMPFILE))
        return 0;
    bool writes = (flags & O_ACCMODE) != O_RDONLY;
    return (flags & (O_TMPFILE | O_CREAT)) == O_TMPFILE && writes ? 0 : -EINVAL;
}

static int64_t open_at(int fd, vaddr_t address, unsigned flags, uint32_t mode)
{
    struct user_path path;
    int64_t result = check_flags(flags);

    if (result)
        return result;
    result = user_path_take(&path, fd, address);
    if (result)
        return result;
    result = do_open(&path, flags, mode);
    user_path_drop(&path);
    return result;
}

int64_t sys_open(struct trap_frame *frame)
{
    return open_at(AT_FDCWD, frame->rdi, (unsigned)frame->rsi, (uint32_t)frame->rdx);
}

int64_t sys_openat(struct trap_frame *frame)
{
    return open_at((int)frame->rdi, frame->rsi, (unsigned)frame->rdx, (uint32_t)frame->r10);
}

int64_t sys_creat(struct trap_frame *frame)
{
    return open_at(AT_FDCWD, frame->rdi, O_CREAT | O_WRONLY | O_TRUNC, (uint32_t)frame->rsi);
}

/* ---- what is said of a file ------------------------------------------------------------------ */

int64_t sys_truncate(struct trap_frame *frame)
{
    int64_t size = (int64_t)frame->rsi;
    struct node *node;

    if (size < 0)
        return -EINVAL;
    int64_t result = user_path_lookup(AT_FDCWD, frame->rdi, 0, &node);
    if (result)
        return result;
    unsigned type = node->mode & S_IFMT;
    if (type != S_IFREG)
        result = type == S_IFDIR ? -EISDIR : -EINVAL;
    else if (mount_is_read_only(node))
        result = -EROFS;
    else if (!(node->flags & NODE_WRITABLE))
        result = -EACCES;
    else if (node->nr_runners)
        result = -ETXTBSY;
    else if (node->object) /* what is made up has no length to change */
        result = tmpfs_check_size(node, (uint64_t)size);
    if (!result && node->object)
        tmpfs_truncate(node, (uint64_t)size);
    node_put(node);
    return result;
}

/* All is root's, who may do what can be done at all. */
static int64_t check_access(const struct node *node, unsigned mode)
{
    unsigned type = node->mode & S_IFMT;

    if (mode & X_OK && type == S_IFREG && mount_flags(node) & MS_NOEXEC)
        return -EACCES;
    if (mode & X_OK && type != S_IFDIR && !(node->mode & (S_IXUSR | S_IXGRP | S_IXOTH)))
        return -EACCES;
    bool kept = type == S_IFREG || type == S_IFDIR || type == S_IFLNK;
    return mode & W_OK && kept && mount_is_read_only(node) ? -EROFS : 0;
}

static int64_t access_at(int fd, vaddr_t address, unsigned mode, unsigned flags)
{
    struct node *node;

    if (mode & ~(unsigned)S_IRWXO ||
        flags & ~(unsigned)(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
        return -EINVAL;
    int64_t result = user_path_lookup(fd, address, flags, &node);
    if (result)
        return result;
    result = check_access(node, mode);
    node_put(node);
    return result;
}

int64_t sys_access(struct trap_frame *frame)
{
    return access_at(AT_FDCWD, frame->rdi, (unsigned)frame->rsi, 0);
}

int64_t sys_faccessat(struct trap_frame *frame)
{
    return access_at((int)frame->rdi, frame->rsi, (unsigned)frame->rdx, 0);
}

int64_t sys_faccessat2(struct trap_frame *frame)
{
    return access_at((int)frame->rdi, frame->rsi, (unsigned)frame->rdx, (unsigned)frame->r10);
}

/* The text of a symbolic link, to the program's to[size]. */
static int64_t copy_link(struct node *node, vaddr_t to, size_t size)
{
    char *made = node->hooks ? kmalloc(PATH_LEN_MAX) : NULL;

    if (node->hooks && !made)
        return -ENOMEM;
    int64_t len = node->hooks ? node->hooks->read_link(node, made, PATH_LEN_MAX)
                              : (int64_t)strlen(node->link);
    if (len >= 0) {
        len = MIN(len, (int64_t)size);
        if (copy_to_user(to, made ? made : node->link, (size_t)len) < 0)
            len = -EFAULT;
    }
    kfree(made);
    return len;
}

static int64_t read_link(int fd, vaddr_t address, vaddr_t to, int32_t size)
{
    struct node *node;

    if (size <= 0)
        return -EINVAL;
    int64_t result = user_path_lookup(fd, address, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH, &node);
    if (result)
        return result;
    if ((node->mode & S_IFMT) == S_IFLNK) {
        result = copy_link(node, to, (size_t)size);
    } else {
        char first;
        result = copy_from_user(&first, address, 1) == 0 && !first ? -ENOENT : -EINVAL;
    }
    node_put(node);
    return result;
}

int64_t sys_readlink(struct trap_frame *frame)
{
    return read_link(AT_FDCWD, frame->rdi, frame->rsi, (int32_t)frame->rdx);
}

int64_t sys_readlinkat(struct trap_frame *frame)
{
    return read_link((int)frame->rdi, frame->rsi, frame->rdx, (int32_t)frame->r10);
}

/* ---- what the process starts paths from ------------------------------------------------------ */

static int64_t change_directory(struct node *node)
{
    if ((node->mode & S_IFMT) != S_IFDIR)
        return -ENOTDIR;
    fd_table_set_directory(files(), node);
    return 0;
}

int64_t sys_chdir(struct trap_frame *frame)
{
    struct node *node;
    int64_t result = user_path_lookup(AT_FDCWD, frame->rdi, 0, &node);

    if (result)
        return result;
    result = change_directory(node);
    node_put(node);
    return result;
}

int64_t sys_fchdir(struct trap_frame *frame)
{
    const struct file *file = fd_get_any(files(), (int)frame->rdi);

    return file ? change_directory(file->node) : -EBADF;
}

int64_t sys_getcwd(struct trap_frame *frame)
{
    const struct node *directory = fd_table_directory(files());
    char *path = kmalloc(PATH_LEN_MAX);

    if (!path)
        return -ENOMEM;
    int64_t result = node_path(directory, path, PATH_LEN_MAX);
    if (!(directory->flags & NODE_NAMED))
        result = -ENOENT;
    if (result >= 0) {
        size_t size = (size_t)result + 1;
        result = size > frame->rsi                          ? -ERANGE
                 : copy_to_user(frame->rdi, path, size) < 0 ? -EFAULT
                                                            : (int64_t)size;
    }
    kfree(path);
    return result;
}

int64_t sys_umask(struct trap_frame *frame)
{
    uint32_t old = files()->umask;

    files()->umask = (uint32_t)frame->rdi & S_IRWXUGO;
    return old;
}
