/*
 * sys/fd.c - descriptors: copies of them, their flags, pipes and memory files
 */
#include <asm/errno.h>
#include <asm/ioctls.h>
#include <linux/close_range.h>
#include <linux/fcntl.h>
#include <linux/memfd.h>
#include <linux/stat.h>
#include <string.h>

#include "fs/file.h"
#include "fs/memfd.h"
#include "fs/pipe.h"
#include "mm/usercopy.h"
#include "proc/process.h"
#include "sys/lock.h"
#include "sys/syscall.h"

#define ALL_SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)

static struct fd_table *files(void)
{
    return &process_current()->files;
}

int64_t sys_close(struct trap_frame *frame)
{
    return fd_close(files(), (int)frame->rdi);
}

int64_t sys_close_range(struct trap_frame *frame)
{
    unsigned first = (unsigned)frame->rdi, last = (unsigned)frame->rsi;
    unsigned flags = (unsigned)frame->rdx;

    /* Nobody shares a table with another: there is nothing for CLOSE_RANGE_UNSHARE to do. */
    if (flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC) || first > last)
        return -EINVAL;
    for (unsigned fd = first; fd <= last && fd < files()->nr_slots; fd++) {
        if (!fd_peek(files(), fd))
            continue;
        if (flags & CLOSE_RANGE_CLOEXEC)
            fd_set_close_on_exec(files(), fd, O_CLOEXEC);
        else
            (void)!fd_close(files(), fd);
    }
    return 0;
}

/* A new descriptor, from `from` on, for an open file. */
static int64_t duplicate(struct file *file, unsigned flags, unsigned from)
{
    file_get(file);
    int fd = fd_install_from(files(), file, flags, from);
    if (fd < 0)
        file_put(file);
    return fd;
}

int64_t sys_dup(struct trap_frame *frame)
{
    struct file *file = fd_get_any(files(), (int)frame->rdi);

    return file ? duplicate(file, 0, 0) : -EBADF;
}

static int64_t duplicate_to(int fd, unsigned to, unsigned flags)
{
    struct file *file = fd_get_any(files(), fd);

    if (to >= files()->nr_max || !file)
        return -EBADF;
    file_get(file);
    int result = fd_replace(files(), to, file, flags);
    if (result < 0)
        file_put(file);
    return result;
}

int64_t sys_dup2(struct trap_frame *frame)
{
    int fd = (int)frame->rdi;

    if ((unsigned)frame->rsi == (unsigned)fd)
        return fd_get_any(files(), fd) ? fd : -EBADF;
    return duplicate_to(fd, (unsigned)frame->rsi, 0);
}

int64_t sys_dup3(struct trap_frame *frame)
{
    unsigned flags = (unsigned)frame->rdx;

    if (flags & ~(unsigned)O_CLOEXEC || (unsigned)frame->rdi == (unsigned)frame->rsi)
        return -EINVAL;
    return duplicate_to((int)frame->rdi, (unsigned)frame->rsi, flags);
}

/* No memory file can be sealed, as none is made with MFD_ALLOW_SEALING. */
static int64_t add_seals(const struct file *file, uint64_t seals)
{
    if (seals > UINT32_MAX)
        return -EINVAL;
    if (!file_writable(file))
        return -EPERM;
    return seals & ~(uint64_t)ALL_SEALS || file->ops != &object_file_ops ? -EINVAL : -EPERM;
}

/* Commands that are about the descriptor, and so for those of O_PATH too. */
static int64_t control_fd(int fd, struct file *file, unsigned command, uint64_t argument)
{
    switch (command) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
        if ((unsigned)argument >= files()->nr_max)
            return -EINVAL;
        return duplicate(file, command == F_DUPFD_CLOEXEC ? O_CLOEXEC : 0, (unsigned)argument);
    case F_GETFD:
        return fd_close_on_exec(files(), fd) ? FD_CLOEXEC : 0;
    case F_SETFD:
        fd_set_close_on_exec(files(), fd, argument & FD_CLOEXEC ? O_CLOEXEC : 0);
        return 0;
    case F_GETFL:
        return file->flags & ~FILE_WRITES;
    default:
        return file->flags & O_PATH ? -EBADF : -ENOSYS;
    }
}

int64_t sys_fcntl(struct trap_frame *frame)
{
    int fd = (int)frame->rdi;
    struct file *file = fd_get_any(files(), fd);
    unsigned command = (unsigned)frame->rsi;

    if (!file)
        return -EBADF;
    int64_t result = control_fd(fd, file, command, frame->rdx);
    if (result != -ENOSYS)
        return result;
    switch (command) {
    case F_SETFL:
        return file_set_flags(file, (unsigned)frame->rdx);
    case F_GETLK:
    case F_SETLK:
    case F_SETLKW:
    case F_OFD_GETLK:
    case F_OFD_SETLK:
    case F_OFD_SETLKW:
        return lock_control(file, (int)frame->rdi, command, frame->rdx);
    case F_GETPIPE_SZ:
        return pipe_capacity(file);
    case F_SETPIPE_SZ:
        return pipe_set_capacity(file, (uint32_t)frame->rdx);
    case F_GET_SEALS:
        return file->ops == &object_file_ops ? F_SEAL_SEAL : -EINVAL;
    case F_ADD_SEALS:
        return add_seals(file, frame->rdx);
    default:
        return -EINVAL;
    }
}

static int64_t set_nonblocking(struct file *file, vaddr_t argument)
{
    int32_t on;

    if (copy_from_user(&on, argument, sizeof(on)) < 0)
        return -EFAULT;
    file->flags = (file->flags & ~(unsigned)O_NONBLOCK) | (on ? O_NONBLOCK : 0);
    return 0;
}

/* How many bytes a regular file has from here to its end. */
static int64_t bytes_left(const struct file *file, vaddr_t argument)
{
    int32_t left = (int32_t)(node_size(file->node) - file->offset);

    return copy_to_user(argument, &left, sizeof(left));
}

int64_t sys_ioctl(struct trap_frame *frame)
{
    int fd = (int)frame->rdi;
    struct file *file = fd_get(files(), fd);
    unsigned command = (unsigned)frame->rsi;

    if (!file)
        return -EBADF;
    switch (command) {
    case FIOCLEX:
    case FIONCLEX:
        fd_set_close_on_exec(files(), fd, command == FIOCLEX ? O_CLOEXEC : 0);
        return 0;
    case FIONBIO:
        return set_nonblocking(file, frame->rdx);
    case FIONREAD:
        if (file->ops == &object_file_ops)
            return bytes_left(file, frame->rdx);
        break;
    default:
        break;
    }
    return file->ops->ioctl ? file->ops->ioctl(file, command, frame->rdx) : -ENOTTY;
}

/*
 * Say which two descriptors are the lowest that are free. To write it may take a while, in which other
 * tasks open and close: until what was said is still so.
 */
static int64_t say_free_pair(vaddr_t to, int32_t fds[2])
{
    int32_t said[2] = {-1, -1};

    for (;;) {
        fds[0] = fd_reserve(files(), 0);
        fds[1] = fds[0] < 0 ? fds[0] : fd_reserve(files(), (unsigned)fds[0] + 1);
        if (fds[1] < 0)
            return fds[1];
        if (fds[0] == said[0] && fds[1] == said[1])
            return 0;
        if (copy_to_user(to, fds, sizeof(said)) < 0)
            return -EFAULT;
        memcpy(said, fds, sizeof(said));
    }
}

static int64_t do_pipe(vaddr_t to, unsigned flags)
{
    struct file *reader, *writer;
    int32_t fds[2];

    if (flags & ~(unsigned)(O_CLOEXEC | O_NONBLOCK | O_DIRECT))
        return -EINVAL;
    int64_t error = pipe_open(flags & ~(unsigned)O_CLOEXEC, &reader, &writer);
    if (error)
        return error;
    error = say_free_pair(to, fds);
    if (error) {
        file_put(reader);
        file_put(writer);
        return error;
    }
    /* Nobody had the processor since, and there is room. */
    (void)!fd_install_from(files(), reader, flags, (unsigned)fds[0]);
    (void)!fd_install_from(files(), writer, flags, (unsigned)fds[1]);
    return 0;
}

int64_t sys_pipe(struct trap_frame *frame)
{
    return do_pipe(frame->rdi, 0);
}

int64_t sys_pipe2(struct trap_frame *frame)
{
    return do_pipe(frame->rdi, (unsigned)frame->rsi);
}

int64_t sys_memfd_create(struct trap_frame *frame)
{
    unsigned flags = (unsigned)frame->rsi;
    char name[MEMFD_NAME_MAX + 1];
    struct file *file;

    /* Of MFD_HUGETLB the size in the upper bits may be anything. */
    if (flags & ~(flags & MFD_HUGETLB ? MFD_CLOEXEC | MFD_HUGETLB | MFD_HUGE_MASK << MFD_HUGE_SHIFT
                                      : MFD_CLOEXEC))
        return -EINVAL;
    ssize_t len = copy_string_from_user(name, frame->rdi, sizeof(name));
    if (len < 0)
        return len == -ENAMETOOLONG ? -EINVAL : len;
    int result = fd_reserve(files(), 0);
    if (result < 0)
        return result;
    if (flags & MFD_HUGETLB)
        return -ENOSYS; /* what a kernel without huge pages says */
    result = memfd_open(name, &file);
    if (result)
        return result;
    result = fd_install(files(), file, flags & MFD_CLOEXEC ? O_CLOEXEC : 0);
    if (result < 0)
        file_put(file);
    return result;
}
