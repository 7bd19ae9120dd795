/*
 * sys/file.c - what is read and written through descriptors
 *
 * Every transfer is one of pieces (vector.h); a kind of file that takes a piece at a time gets them
 * one by one, under one hold of the offset's lock.
 */
#include "fs/file.h"

#include <asm/errno.h>
#include <linux/fadvise.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <linux/stat.h>

#include "fs/tmpfs.h"
#include "mm/kheap.h"
#include "mm/usercopy.h"
#include "proc/process.h"
#include "sys/syscall.h"
#include "sys/vector.h"

enum direction { READ, WRITE };

typedef ssize_t piece_fn(struct file *file, vaddr_t buffer, size_t len, uint64_t offset);

static struct file *file_at(uint64_t fd)
{
    return fd_get(&process_current()->files, (int)fd);
}

/* The checks of vfs_read() and vfs_write() in Linux: how it was opened, what it is. */
static ALWAYS_INLINE int check_file(const struct file *file, enum direction direction)
{
    const struct file_ops *ops = file->ops;

    if (!(direction == READ ? file_readable(file) : file_writable(file)))
        return -EBADF;
    if (direction == READ ? !ops->read_vector && !ops->read : !ops->write_vector && !ops->write)
        return -EINVAL;
    return 0;
}

/* Piece by piece, to the first that is cut short, or behind which a reader would have to wait. */
static ssize_t by_pieces(struct file *file, piece_fn *transfer, const struct vector *vector,
                         uint64_t *offset, enum direction direction)
{
    ssize_t done = 0;

    for (size_t i = 0; i < vector->nr_pieces; i++) {
        const struct iovec *piece = &vector->pieces[i];
        if (piece->iov_len == 0 && vector->nr_pieces > 1)
            continue;
        ssize_t n = transfer(file, (vaddr_t)piece->iov_base, piece->iov_len, *offset);
        if (n < 0)
            return done ? done : n;
        *offset += (uint64_t)n;
        done += n;
        if ((size_t)n < piece->iov_len || (direction == READ && !file->ops->seekable))
            break;
    }
    return done;
}

/* A transfer at *offset, which moves if it succeeds. */
static ALWAYS_INLINE ssize_t transfer_at(struct file *file, enum direction direction,
                                         struct vector *vector, uint64_t *offset)
{
    const struct file_ops *ops = file->ops;
    uint64_t at = *offset;
    ssize_t n;

    if ((int64_t)(at + vector->len) < 0)
        return -EINVAL;
    if (direction == READ)
        n = ops->read_vector ? ops->read_vector(file, vector, &at)
                             : by_pieces(file, ops->read, vector, &at, READ);
    else
        n = ops->write_vector ? ops->write_vector(file, vector, &at)
                              : by_pieces(file, ops->write, vector, &at, WRITE);
    if (n >= 0)
        *offset = at;
    return n;
}

/* A transfer at the file's own offset, if it has one. */
static ALWAYS_INLINE ssize_t transfer(struct file *file, enum direction direction,
                                      struct vector *vector)
{
    uint64_t none = 0;

    if (!file->ops->seekable)
        return transfer_at(file, direction, vector, &none);
    mutex_lock(&file->lock);
    ssize_t n = transfer_at(file, direction, vector, &file->offset);
    mutex_unlock(&file->lock);
    return n;
}

/* read(2), write(2); with offset pread(2), pwrite(2). */
static ALWAYS_INLINE int64_t transfer_buffer(struct file *file, enum direction direction,
                                             vaddr_t buffer, size_t len, uint64_t *offset)
{
    struct iovec piece = {(void *)buffer, MIN(len, IO_MAX)};
    struct vector vector = {.pieces = &piece, .nr_pieces = 1, .len = piece.iov_len};
    int error = check_file(file, direction);

    if (error)
        return error;
    if (!user_range_ok(buffer, len))
        return -EFAULT;
    return offset ? transfer_at(file, direction, &vector, offset)
                  : transfer(file, direction, &vector);
}

/* Advice about what is in memory anyway: only its arguments are looked at. */
int64_t sys_fadvise64(struct trap_frame *frame)
{
    const struct file *file = file_at(frame->rdi);

    if (!file)
        return -EBADF;
    if ((file->node->mode & S_IFMT) == S_IFIFO)
        return -ESPIPE;
    return (int64_t)frame->rdx < 0 || (unsigned)frame->r10 > POSIX_FADV_NOREUSE ? -EINVAL : 0;
}

int64_t sys_syncfs(struct trap_frame *frame)
{
    return file_at(frame->rdi) ? 0 : -EBADF;
}

int64_t sys_read(struct trap_frame *frame)
{
    struct file *file = file_at(frame->rdi);

    return file ? transfer_buffer(file, READ, frame->rsi, frame->rdx, NULL) : -EBADF;
}

int64_t sys_write(struct trap_frame *frame)
{
    struct file *file = file_at(frame->rdi);

    return file ? transfer_buffer(file, WRITE, frame->rsi, frame->rdx, NULL) : -EBADF;
}

/* The file of a call that says where: it must have places. */
static int64_t file_with_offset(const struct trap_frame *frame, struct file **file)
{
    *file = file_at(frame->rdi);
    if ((int64_t)frame->r10 < 0)
        return -EINVAL;
    if (!*file)
        return -EBADF;
    return (*file)->ops->seekable ? 0 : -ESPIPE;
}

int64_t sys_pread64(struct trap_frame *frame)
{
    uint64_t offset = frame->r10;
    struct file *file;
    int64_t error = file_with_offset(frame, &file);

    return error ? error : transfer_buffer(file, READ, frame->rsi, frame->rdx, &offset);
}

int64_t sys_pwrite64(struct trap_frame *frame)
{
    uint64_t offset = frame->r10;
    struct file *file;
    int64_t error = file_with_offset(frame, &file);

    return error ? error : transfer_buffer(file, WRITE, frame->rsi, frame->rdx, &offset);
}

/* readv(2), writev(2); with offset preadv(2), pwritev(2). The pieces are in frame's rsi and rdx. */
static int64_t transfer_pieces(struct file *file, enum direction direction,
                               const struct trap_frame *frame, uint64_t *offset)
{
    struct iovec *pieces;
    struct vector vector;
    int64_t result = user_pieces_copy(frame->rsi, frame->rdx, &pieces);

    if (result)
        return result;
    result = user_vector(pieces, frame->rdx, &vector);
    if (!result)
        result = check_file(file, direction);
    if (!result && vector.len)
        result = offset ? transfer_at(file, direction, &vector, offset)
                        : transfer(file, direction, &vector);
    kfree(pieces);
    return result;
}

int64_t sys_readv(struct trap_frame *frame)
{
    struct file *file = file_at(frame->rdi);

    return file ? transfer_pieces(file, READ, frame, NULL) : -EBADF;
}

int64_t sys_writev(struct trap_frame *frame)
{
    struct file *file = file_at(frame->rdi);

    return file ? transfer_pieces(file, WRITE, frame, NULL) : -EBADF;
}

int64_t sys_preadv(struct trap_frame *frame)
{
    uint64_t offset = frame->r10;
    struct file *file;
    int64_t error = file_with_offset(frame, &file);

    return error ? error : transfer_pieces(file, READ, frame, &offset);
}

int64_t sys_pwritev(struct trap_frame *frame)
{
    uint64_t offset = frame->r10;
    struct file *file;
    int64_t error = file_with_offset(frame, &file);

    return error ? error : transfer_pieces(file, WRITE, frame, &offset);
}

/* Where lseek(2) would put the offset: a place, -EINVAL or -ENXIO. */
static int64_t seek_target(const struct file *file, int64_t offset, unsigned whence)
{
    int64_t base = 0;
    unsigned type = file->node->mode & S_IFMT;

    if (type == S_IFCHR)
        return 0; /* null and zero have no place in them */
    if (type == S_IFDIR && whence > SEEK_CUR)
        return -EINVAL;
    if (type == S_IFREG && file->ops != &object_file_ops && whence > SEEK_CUR)
        return -EINVAL; /* nobody knows where the end of what is made up will be */
    if (whence == SEEK_DATA || whence == SEEK_HOLE)
        return tmpfs_seek(file->node, offset, whence);
    if (whence == SEEK_CUR)
        base = (int64_t)file->offset;
    else if (whence == SEEK_END)
        base = (int64_t)node_size(file->node);
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

int64_t sys_ftruncate(struct trap_frame *frame)
{
    struct file *file = file_at(frame->rdi);
    int64_t size = (int64_t)frame->rsi;

    if (size < 0)
        return -EINVAL;
    if (!file)
        return -EBADF;
    if (file->ops != &object_file_ops || !file_writable(file))
        return -EINVAL;
    int error = tmpfs_check_size(file->node, (uint64_t)size);
    if (!error)
        tmpfs_truncate(file->node, (uint64_t)size);
    return error;
}

/* What is wrong with the range and mode whatever the file is. */
static int check_allocate(int64_t offset, int64_t len, unsigned mode)
{
    const unsigned known = FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE;

    if (offset < 0 || len <= 0)
        return -EINVAL;
    if (mode & ~known || (mode & known) == FALLOC_FL_PUNCH_HOLE)
        return -EOPNOTSUPP;
    return 0;
}

int64_t sys_fallocate(struct trap_frame *frame)
{
    const struct file *file = file_at(frame->rdi);
    unsigned mode = (unsigned)frame->rsi;
    int64_t offset = (int64_t)frame->rdx, len = (int64_t)frame->r10, end;

    if (!file)
        return -EBADF;
    int error = check_allocate(offset, len, mode);
    if (error)
        return error;
    if (!file_writable(file))
        return -EBADF;
    switch (file->node->mode & S_IFMT) {
    case S_IFIFO:
        return -ESPIPE;
    case S_IFDIR:
        return -EISDIR;
    case S_IFREG:
        break;
    default:
        return -ENODEV;
    }
    if (__builtin_add_overflow(offset, len, &end))
        return -EFBIG;
    if (file->ops != &object_file_ops)
        return -EOPNOTSUPP;
    error = mode & FALLOC_FL_PUNCH_HOLE ? 0 : tmpfs_check_size(file->node, (uint64_t)end);
    return error ? error : tmpfs_allocate(file->node, (uint64_t)offset, (uint64_t)end, mode);
}

/* All that is written is where it will ever be: there is nothing to do for what can be synced. */
int64_t sys_fsync(struct trap_frame *frame)
{
    const struct file *file = file_at(frame->rdi);

    if (!file)
        return -EBADF;
    return file->ops == &object_file_ops || file->ops == &directory_ops ? 0 : -EINVAL;
}

int64_t sys_getdents64(struct trap_frame *frame)
{
    struct file *file = file_at(frame->rdi);

    return file ? directory_list(file, frame->rsi, (unsigned)frame->rdx) : -EBADF;
}
