/*
 * sys/lock.c - fcntl(2)'s locks, flock(2)
 */
#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/fs.h>

#include "fs/lock.h"
#include "mm/usercopy.h"
#include "proc/process.h"
#include "sys/lock.h"
#include "sys/syscall.h"

/* What a struct flock says, as bytes of the file. */
static int64_t range_of(const struct file *file, const struct flock *user, uint64_t *first,
                        uint64_t *last)
{
    int64_t base, start, end;

    switch (user->l_whence) {
    case SEEK_SET:
        base = 0;
        break;
    case SEEK_CUR:
        base = (int64_t)file->offset;
        break;
    case SEEK_END:
        base = (int64_t)node_size(file->node);
        break;
    default:
        return -EINVAL;
    }
    if (__builtin_add_overflow(base, user->l_start, &start))
        return -EOVERFLOW;
    if (start < 0)
        return -EINVAL;
    if (user->l_len == 0) {
        *last = LOCK_TO_END;
    } else {
        if (__builtin_add_overflow(start, user->l_len > 0 ? user->l_len - 1 : -1, &end))
            return -EOVERFLOW;
        start += MIN(user->l_len, 0);
        if (start < 0)
            return -EINVAL;
        *last = (uint64_t)end;
    }
    *first = (uint64_t)start;
    return 0;
}

/* The lock that a struct flock asks for. open: it is the open file's, not the process's. */
static int64_t lock_of(struct file *file, const struct flock *user, bool open,
                       struct file_lock *wanted)
{
    struct process *self = process_current();

    *wanted = (struct file_lock){
        .owner = open ? (const void *)file : &self->files,
        .pid = open ? -1 : self->pid,
        .family = LOCK_RANGE,
        .exclusive = user->l_type == F_WRLCK,
    };
    if (open && user->l_pid)
        return -EINVAL;
    return range_of(file, user, &wanted->start, &wanted->end);
}

static int64_t get_lock(struct file *file, vaddr_t address, struct flock *user, bool open)
{
    struct file_lock wanted, found;
    int64_t error = user->l_type == F_RDLCK || user->l_type == F_WRLCK ? 0 : -EINVAL;

    if (!error)
        error = lock_of(file, user, open, &wanted);
    if (error)
        return error;
    if (lock_test(file->node, &wanted, &found)) {
        user->l_type = found.exclusive ? F_WRLCK : F_RDLCK;
        user->l_whence = SEEK_SET;
        user->l_start = (int64_t)found.start;
        user->l_len = found.end == LOCK_TO_END ? 0 : (int64_t)(found.end - found.start + 1);
        user->l_pid = found.pid;
    } else {
        user->l_type = F_UNLCK;
    }
    return copy_to_user(address, user, sizeof(*user));
}

static int64_t set_lock(struct file *file, const struct flock *user, bool open, bool wait)
{
    struct file_lock wanted;
    int64_t error = lock_of(file, user, open, &wanted);

    if (error)
        return error;
    switch (user->l_type) {
    case F_UNLCK:
        return lock_clear(file->node, wanted.owner, LOCK_RANGE, wanted.start, wanted.end);
    case F_RDLCK:
        return file_readable(file) ? lock_set(file->node, &wanted, wait) : -EBADF;
    case F_WRLCK:
        return file_writable(file) ? lock_set(file->node, &wanted, wait) : -EBADF;
    default:
        return -EINVAL;
    }
}

int64_t lock_control(struct file *file, int fd, unsigned command, vaddr_t address)
{
    bool open = command == F_OFD_GETLK || command == F_OFD_SETLK || command == F_OFD_SETLKW;
    struct flock user;

    if (copy_from_user(&user, address, sizeof(user)) < 0)
        return -EFAULT;
    if (command == F_GETLK || command == F_OFD_GETLK)
        return get_lock(file, address, &user, open);
    int64_t error = set_lock(file, &user, open, command == F_SETLKW || command == F_OFD_SETLKW);
    /* Closed meanwhile by another thread, which did not see the lock: nobody would give it up. */
    struct fd_table *files = &process_current()->files;
    if (!error && !open && user.l_type != F_UNLCK && fd_peek(files, fd) != file) {
        lock_clear_all(file->node, files);
        error = -EBADF;
    }
    return error;
}

int64_t sys_flock(struct trap_frame *frame)
{
    struct file *file = fd_get(&process_current()->files, (int)frame->rdi);
    unsigned operation = (unsigned)frame->rsi, kind = operation & ~(unsigned)LOCK_NB;
    const struct file_lock wanted = {
        .owner = file,
        .pid = process_current()->pid,
        .family = LOCK_WHOLE,
        .exclusive = kind == LOCK_EX,
        .end = LOCK_TO_END,
    };

    if (kind != LOCK_SH && kind != LOCK_EX && kind != LOCK_UN)
        return -EINVAL;
    if (!file)
        return -EBADF;
    if (kind == LOCK_UN)
        return lock_clear(file->node, file, LOCK_WHOLE, 0, LOCK_TO_END);
    return lock_set(file->node, &wanted, !(operation & LOCK_NB));
}
