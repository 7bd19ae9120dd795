/*
 * sys/copy.c - from file to file: sendfile(2), copy_file_range(2)
 *
 * A page at a time by way of the kernel. What takes no pieces (a terminal, a made-up file) is refused, as
 * Linux refuses what cannot splice: programs read and write then.
 */
#include <asm/errno.h>
#include <linux/stat.h>

#include "fs/file.h"
#include "mm/kheap.h"
#include "mm/usercopy.h"
#include "proc/process.h"
#include "sys/syscall.h"

#define COPY_MAX 0x7ffff000UL /* of one call */

/* One end of a copy: at an offset of its own, or at the file's, which moves. */
struct end {
    struct file *file;
    uint64_t at;
    uint64_t last; /* where the last piece began */
    bool has_own;
};

/* One lock at a time: two may copy against each other. */
static ssize_t transfer(struct end *end, void *buffer, size_t len, bool reads)
{
    struct iovec piece = {buffer, len};
    struct vector vector = {.pieces = &piece, .nr_pieces = 1, .len = len, .kernel = true};
    struct file *file = end->file;
    bool moves = !end->has_own && file->ops->seekable;
    uint64_t *at = moves ? &file->offset : &end->at;

    if (moves)
        mutex_lock(&file->lock);
    end->last = *at;
    ssize_t n = reads ? file->ops->read_vector(file, &vector, at)
                      : file->ops->write_vector(file, &vector, at);
    if (moves)
        mutex_unlock(&file->lock);
    return n;
}

/* Of the last piece read only len bytes could be written: the rest is not used up. */
static void go_back(struct end *end, uint64_t len)
{
    if (end->has_own) {
        end->at = end->last + len;
        return;
    }
    mutex_lock(&end->file->lock);
    end->file->offset = end->last + len; /* wherever another has moved it meanwhile */
    mutex_unlock(&end->file->lock);
}

/* Bytes copied, or why there are none. */
static int64_t copy(struct end *from, struct end *to, size_t len)
{
    void *page = kmalloc(PAGE_SIZE);
    int64_t done = 0, n = 0;

    if (!page)
        return -ENOMEM;
    while ((size_t)done < len) {
        ssize_t read = transfer(from, page, MIN(len - (size_t)done, PAGE_SIZE), true);
        n = read > 0 ? transfer(to, page, (size_t)read, false) : read;
        done += MAX(n, 0);
        if (n < read)
            go_back(from, (uint64_t)MAX(n, 0));
        if (n < read || read <= 0 || thread_pause_point())
            break;
    }
    kfree(page);
    return done ? done : n;
}

static bool is_regular(const struct file *file)
{
    return file->ops == &object_file_ops;
}

int64_t sys_sendfile(struct trap_frame *frame)
{
    struct fd_table *files = &process_current()->files;
    struct end to = {.file = fd_get(files, (int)frame->rdi)};
    struct end from = {.file = fd_get(files, (int)frame->rsi), .has_own = frame->rdx};
    size_t len = MIN(frame->r10, COPY_MAX);

    if (frame->rdx && copy_from_user(&from.at, frame->rdx, sizeof(from.at)) < 0)
        return -EFAULT;
    if (!to.file || !from.file || !file_writable(to.file) || !file_readable(from.file))
        return -EBADF;
    if (!is_regular(from.file) || !to.file->ops->write_vector || to.file->flags & O_APPEND)
        return -EINVAL;
    if ((int64_t)frame->r10 < 0 || (int64_t)from.at < 0)
        return -EINVAL;
    int64_t done = copy(&from, &to, len);
    if (frame->rdx && copy_to_user(frame->rdx, &from.at, sizeof(from.at)) < 0)
        return -EFAULT;
    return done;
}

static bool overlap(const struct end *from, const struct end *to, size_t len)
{
    return from->file->node == to->file->node && from->at < to->at + len && to->at < from->at + len;
}

int64_t sys_copy_file_range(struct trap_frame *frame)
{
    struct fd_table *files = &process_current()->files;
    struct end from = {.file = fd_get(files, (int)frame->rdi), .has_own = frame->rsi};
    struct end to = {.file = fd_get(files, (int)frame->rdx), .has_own = frame->r10};
    size_t len = MIN(frame->r8, COPY_MAX);

    if (!from.file || !to.file)
        return -EBADF;
    if (frame->rsi && copy_from_user(&from.at, frame->rsi, sizeof(from.at)) < 0)
        return -EFAULT;
    if (frame->r10 && copy_from_user(&to.at, frame->r10, sizeof(to.at)) < 0)
        return -EFAULT;
    if (frame->r9)
        return -EINVAL;
    if ((from.file->node->mode & S_IFMT) == S_IFDIR || (to.file->node->mode & S_IFMT) == S_IFDIR)
        return -EISDIR;
    if (!is_regular(from.file) || !is_regular(to.file))
        return -EINVAL;
    if (!file_readable(from.file) || !file_writable(to.file) || to.file->flags & O_APPEND)
        return -EBADF;
    from.at = frame->rsi ? from.at : from.file->offset;
    to.at = frame->r10 ? to.at : to.file->offset;
    if ((int64_t)from.at < 0 || (int64_t)to.at < 0)
        return -EINVAL;
    uint64_t size = node_size(from.file->node);
    len = MIN(len, size - MIN(size, from.at)); /* what a copy adds to its own file is not copied */
    if (overlap(&from, &to, len))
        return -EINVAL;
    int64_t done = copy(&from, &to, len);
    if ((frame->rsi && copy_to_user(frame->rsi, &from.at, sizeof(from.at)) < 0) ||
        (frame->r10 && copy_to_user(frame->r10, &to.at, sizeof(to.at)) < 0))
        return -EFAULT;
    return done;
}
