/*
 * sys/file.c - files, and what is read and written through descriptors
 */
#include "fs/file.h"

#include <asm/errno.h>
#include <asm/fcntl.h>
#include <asm/stat.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/uio.h>
#include <linux/stat.h>

#include "fs/tty.h"
#include "mm/kheap.h"
#include "mm/usercopy.h"
#include "proc/process.h"
#include "sys/syscall.h"

#define IO_MAX     0x7ffff000UL /* the most that one call transfers, read(2) */
#define IOV_MAX    1024
#define STAT_BLOCK 512 /* st_blocks counts these */

static struct file *file_at(uint64_t fd)
{
    return fd_get(&process_current()->files, (int)fd);
}

/* The checks that all reading and writing starts with. */
static int check_transfer(vaddr_t buffer, size_t len, uint64_t offset)
{
    if (!user_range_ok(buffer, len))
        return -EFAULT;
    return (int64_t)(offset + len) < 0 ? -EINVAL : 0;
}

static ssize_t do_read(struct file *file, vaddr_t to, size_t len, uint64_t offset)
{
    int error = check_transfer(to, len, offset);

    if (error)
        return error;
    if (!file->ops->read)
        return -EINVAL;
    return file->ops->read(file, to, MIN(len, IO_MAX), offset);
}

static ssize_t do_write(struct file *file, vaddr_t from, size_t len, uint64_t offset)
{
    int error = check_transfer(from, len, offset);

    if (error)
        return error;
    if (!file->ops->write)
        return -EINVAL;
    return file->ops->write(file, from, MIN(len, IO_MAX), offset);
}

/* A transfer at the file's offset, which it moves; len bytes at buffer. */
static ssize_t at_offset(struct file *file,
                         ssize_t (*transfer)(struct file *, vaddr_t, size_t, uint64_t),
                         vaddr_t buffer, size_t len)
{
    if (!file->ops->seekable)
        return transfer(file, buffer, len, 0);
    mutex_lock(&file->lock);
    ssize_t n = transfer(file, buffer, len, file->offset);
    if (n > 0)
        file->offset += (uint64_t)n;
    mutex_unlock(&file->lock);
    return n;
}

int64_t sys_read(struct trap_frame *frame)
{
    struct file *file = file_at(frame->rdi);

    if (!file || !file_readable(file))
        return -EBADF;
    return at_offset(file, do_read, frame->rsi, frame->rdx);
}

int64_t sys_pread64(struct trap_frame *frame)
{
    struct file *file = file_at(frame->rdi);

    if ((int64_t)frame->r10 < 0)
        return -EINVAL;
    if (!file)
        return -EBADF;
    if (!file->ops->seekable)
        return -ESPIPE;
    if (!file_readable(file))
        return -EBADF;
    return do_read(file, frame->rsi, frame->rdx, frame->r10);
}

int64_t sys_write(struct trap_frame *frame)
{
    struct file *file = file_at(frame->rdi);

    if (!file || !file_writable(file))
        return -EBADF;
    return at_offset(file, do_write, frame->rsi, frame->rdx);
}

/* Lengths before addresses; what is over the most of one call is cut off. As on Linux. */
static int check_iov(struct iovec *iov, size_t nr)
{
    size_t total = 0;

    for (size_t i = 0; i < nr; i++) {
        if ((ssize_t)iov[i].iov_len < 0)
            return -EINVAL;
    }
    for (size_t i = 0; i < nr; i++) {
        if (!user_range_ok((vaddr_t)iov[i].iov_base, iov[i].iov_len))
            return -EFAULT;
        iov[i].iov_len = MIN(iov[i].iov_len, IO_MAX - total);
        total += iov[i].iov_len;
    }
    return 0;
}

static ssize_t write_iov(struct file *file, const struct iovec *iov, size_t nr)
{
    ssize_t done = 0;

    if (!file_writable(file))
        return -EBADF;
    for (size_t i = 0; i < nr; i++) {
        ssize_t n = at_offset(file, do_write, (vaddr_t)iov[i].iov_base, iov[i].iov_len);
        if (n < 0)
            return done ? done : n;
        done += n;
        if ((size_t)n < iov[i].iov_len)
            break;
    }
    return done;
}

int64_t sys_writev(struct trap_frame *frame)
{
    struct file *file = file_at(frame->rdi);
    size_t nr = frame->rdx;

    if (!file)
        return -EBADF;
    if (nr > IOV_MAX)
        return -EINVAL;
    struct iovec *iov = kmalloc(nr * sizeof(*iov));
    if (!iov)
        return -ENOMEM;
    int64_t result = copy_from_user(iov, frame->rsi, nr * sizeof(*iov));
    if (!result)
        result = check_iov(iov, nr);
    if (!result)
        result = write_iov(file, iov, nr);
    kfree(iov);
    return result;
}

/* A session's leader that opens a terminal makes it its session's. */
static void adopt_terminal(const struct file *file, unsigned flags)
{
    const struct process *self = process_current();

    if (file->ops == &tty_ops && !(flags & O_NOCTTY) && self->session == self->pid)
        tty_acquire(self->session, self->group);
}

static int64_t do_open(struct node *start, const char *path, unsigned flags)
{
    struct fd_table *files = &process_current()->files;
    struct file *file;
    int result = fd_reserve(files); /* a full table comes before a file that is not there */

    if (result < 0)
        return result;
    result = file_open(start, path, flags, &file);
    if (result)
        return result;
    result = fd_install(files, file, flags);
    if (result < 0)
        file_put(file);
    else
        adopt_terminal(file, flags);
    return result;
}

/* The directory that a relative path starts at. */
static int start_of(int64_t fd, const char *path, struct node **start)
{
    *start = fs_root; /* the working directory */
    if (path[0] == '/' || fd == AT_FDCWD)
        return 0;
    const struct file *file = fd_get(&process_current()->files, fd);
    if (!file)
        return -EBADF;
    *start = file->node;
    return (file->node->mode & S_IFMT) == S_IFDIR ? 0 : -ENOTDIR;
}

static int64_t open_at(int64_t fd, vaddr_t user_path, unsigned flags)
{
    char *path = kmalloc(PATH_LEN_MAX);
    struct node *start;

    if (!path)
        return -ENOMEM;
    int64_t result = copy_string_from_user(path, user_path, PATH_LEN_MAX);
    if (result == 0)
        result = -ENOENT;
    if (result > 0)
        result = start_of(fd, path, &start);
    if (result == 0)
        result = do_open(start, path, flags);
    kfree(path);
    return result;
}

int64_t sys_open(struct trap_frame *frame)
{
    return open_at(AT_FDCWD, frame->rdi, (unsigned)frame->rsi);
}

int64_t sys_openat(struct trap_frame *frame)
{
    return open_at((int)frame->rdi, frame->rsi, (unsigned)frame->rdx);
}

int64_t sys_close(struct trap_frame *frame)
{
    return fd_close(&process_current()->files, (int)frame->rdi);
}

int64_t sys_fstat(struct trap_frame *frame)
{
    const struct file *file = file_at(frame->rdi);
    if (!file)
        return -EBADF;

    const struct node *node = file->node;
    struct stat stat = {
        .st_dev = 1,
        .st_ino = node->inode,
        .st_nlink = (node->mode & S_IFMT) == S_IFDIR ? 2 : 1,
        .st_mode = node->mode,
        .st_rdev = node->rdev,
        .st_size = (int64_t)node_size(node),
        .st_blksize = PAGE_SIZE,
        .st_blocks = (int64_t)(align_up(node_size(node), PAGE_SIZE) / STAT_BLOCK),
        .st_atime = (uint64_t)node->mtime,
        .st_mtime = (uint64_t)node->mtime,
        .st_ctime = (uint64_t)node->mtime,
    };
    return copy_to_user(frame->rsi, &stat, sizeof(stat));
}

/* Where lseek(2) would put the offset: a place, -EINVAL or -ENXIO. */
static int64_t seek_target(const struct file *file, int64_t offset, unsigned whence)
{
    int64_t size = (int64_t)node_size(file->node), base = 0;
    unsigned type = file->node->mode & S_IFMT;

    if (type == S_IFCHR)
        return 0; /* null and zero have no place in them */
    if (type == S_IFDIR && whence > SEEK_CUR)
        return -EINVAL;
    if (whence == SEEK_CUR)
        base = (int64_t)file->offset;
    else if (whence == SEEK_END)
        base = size;
    else if (whence == SEEK_DATA || whence == SEEK_HOLE) {
        /* A file is data from its start to its end, where the one hole is. */
        if (offset < 0 || offset >= size)
            return -ENXIO;
        return whence == SEEK_DATA ? offset : size;
    }
    if (__builtin_add_overflow(base, offset, &base) || base < 0)
        return -EINVAL;
    return base;
}

int64_t sys_lseek(struct trap_frame *frame)
{
    struct file *file = file_at(frame->rdi);
    unsigned whence = (unsigned)frame->rdx;

    if (!file)
        return -EBADF;
    if (whence > SEEK_HOLE)
        return -EINVAL;
    if (!file->ops->seekable)
        return -ESPIPE;
    mutex_lock(&file->lock);
    int64_t target = seek_target(file, (int64_t)frame->rsi, whence);
    if (target >= 0)
        file->offset = (uint64_t)target;
    mutex_unlock(&file->lock);
    return target;
}

int64_t sys_ioctl(struct trap_frame *frame)
{
    struct file *file = file_at(frame->rdi);

    if (!file)
        return -EBADF;
    if (!file->ops->ioctl)
        return -ENOTTY;
    return file->ops->ioctl(file, (unsigned)frame->rsi, frame->rdx);
}
