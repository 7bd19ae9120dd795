/*
 * stdio/freopen.c - give a stream another file
 *
 * The old descriptor is closed first, so that its number is free: the standard streams keep theirs
 * even where the kernel cannot duplicate one.
 */
#include "internal/stdio_file.h"
#include "internal/syscall.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#define SELF_FD     "/proc/self/fd/"
#define FD_DIGITS   10
#define ACCESS_MASK (STDIO_CAN_READ | STDIO_CAN_WRITE | STDIO_APPEND)

/* Open the file behind fd again, with another mode. */
static long reopen(int fd, int open_flags)
{
    char path[sizeof SELF_FD + FD_DIGITS];

    snprintf(path, sizeof path, SELF_FD "%d", fd);
    return syscall_raw(__NR_openat, AT_FDCWD, path, open_flags & ~(O_CREAT | O_EXCL), 0);
}

/* Move the new descriptor to the number of the old one, if that can be. Returns the number it has.
 */
static int take_number(int fd, int wanted, int open_flags)
{
    if (fd == wanted || wanted < 0 ||
        syscall_raw(__NR_dup3, fd, wanted, open_flags & O_CLOEXEC) < 0)
        return fd;
    syscall_raw(__NR_close, fd);
    return wanted;
}

/* Back to how a new stream is, but for its buffer and its place in the list. */
static void reset(FILE *file, int fd, unsigned access)
{
    unsigned keep = STDIO_STATIC | STDIO_LINE_BUFFERED | STDIO_UNBUFFERED | STDIO_UNDECIDED;

    __stdio_discard(file);
    file->wpos = file->wend = NULL;
    file->flags = (file->flags & keep) | access;
    file->ops = &__stdio_fd_ops;
    file->cookie = NULL;
    file->fd = fd;
    if (file != &__stderr_file && file->size >= BUFSIZ) {
        file->flags &= ~(unsigned)(STDIO_LINE_BUFFERED | STDIO_UNBUFFERED);
        file->flags |= STDIO_UNDECIDED;
        file->newline = -1;
    }
}

/* Close what lies below, whose errors do not matter any more. */
static void close_below(FILE *file)
{
    if (file->ops->close && (file->ops != &__stdio_fd_ops || file->fd >= 0))
        file->ops->close(file);
}

static FILE *give_up(FILE *file, long error)
{
    reset(file, -1, 0);
    if (!(file->flags & STDIO_STATIC)) {
        __stdio_list_remove(file);
        free(file);
    }
    errno = (int)-error;
    return NULL;
}

FILE *freopen(const char *restrict path, const char *restrict mode, FILE *restrict file)
{
    int old = file->fd;
    unsigned access;
    int open_flags = __stdio_parse_mode(mode, &access);
    long fd;

    __stdio_sync(file);
    if (open_flags == -1) {
        close_below(file);
        return give_up(file, -EINVAL);
    }
    if (!path && file->fd >= 0 && (file->flags & ACCESS_MASK) == access) {
        reset(file, old, access); /* nothing changes below */
        return file;
    }
    if (!path) {
        fd = reopen(old, open_flags);
        close_below(file);
    } else {
        close_below(file);
        fd = syscall_raw(__NR_openat, AT_FDCWD, path, open_flags, 0666);
    }
    if (fd < 0)
        return give_up(file, fd);
    reset(file, take_number((int)fd, old, open_flags), access);
    if ((access & STDIO_APPEND) && !(access & STDIO_CAN_READ))
        syscall_raw(__NR_lseek, file->fd, 0, SEEK_END);
    return file;
}
