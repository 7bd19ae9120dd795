/*
 * fs/device.c - character devices that are a few lines each
 *
 * What is written to the random ones is refused: nothing here would make it count.
 *
 * Source  null(4), zero(4), full(4), random(4), kmsg of Linux's Documentation/ABI/testing/dev-kmsg (writing only)
 */
#include <asm/errno.h>
#include <string.h>

#include "dev/random.h"
#include "fs/file.h"
#include "lib/log.h"
#include "mm/usercopy.h"
#include "sched/thread.h"

#define DEVICE(major, minor) ((major) << 8 | (minor))
#define KMSG_LINE_MAX        1024
#define RANDOM_PIECE         256
#define LOG_PIECE            256 /* what one log_print() surely takes */

static ssize_t null_read(struct file *file, vaddr_t to, size_t len, uint64_t offset)
{
    (void)file, (void)to, (void)len, (void)offset;
    return 0;
}

static ssize_t null_write(struct file *file, struct vector *from, uint64_t *offset)
{
    size_t len = from->len;

    (void)file, (void)offset;
    vector_skip(from, len);
    return (ssize_t)len;
}

static ssize_t zero_read(struct file *file, vaddr_t to, size_t len, uint64_t offset)
{
    (void)file, (void)offset;
    for (size_t done = 0; done < len;) {
        size_t piece = MIN(len - done, PAGE_SIZE);
        size_t left = copy_to_user_partial(to + done, frame_address(zero_frame), piece);
        done += piece - left;
        if (left)
            return done ? (ssize_t)done : -EFAULT;
        if (thread_pause_point())
            return (ssize_t)done;
    }
    return (ssize_t)len;
}

static ssize_t full_write(struct file *file, vaddr_t from, size_t len, uint64_t offset)
{
    (void)file, (void)from, (void)offset;
    return len ? -ENOSPC : 0;
}

static ssize_t random_read(struct file *file, vaddr_t to, size_t len, uint64_t offset)
{
    uint8_t piece[RANDOM_PIECE];

    (void)file, (void)offset;
    for (size_t done = 0; done < len;) {
        size_t n = MIN(len - done, sizeof(piece));
        random_fill(piece, n);
        size_t left = copy_to_user_partial(to + done, piece, n);
        done += n - left;
        if (left)
            return done ? (ssize_t)done : -EFAULT;
        if (thread_pause_point())
            return (ssize_t)done;
    }
    return (ssize_t)len;
}

static ssize_t kmsg_write(struct file *file, vaddr_t from, size_t len, uint64_t offset)
{
    char line[KMSG_LINE_MAX + 1];

    (void)file, (void)offset;
    if (len > KMSG_LINE_MAX)
        return -EINVAL;
    if (copy_from_user(line, from, len) < 0)
        return -EFAULT;
    line[len] = 0;
    const char *text = line;
    if (text[0] == '<' && strchr(text, '>')) /* a priority, which we do not keep */
        text = strchr(text, '>') + 1;
    for (; strlen(text) > LOG_PIECE; text += LOG_PIECE)
        log_print("%.*s", LOG_PIECE, text);
    log_print("%s%s", text, len && line[len - 1] == '\n' ? "" : "\n");
    return (ssize_t)len;
}

static const struct file_ops null_ops = {
    .read = null_read, .write_vector = null_write, .seekable = true};
static const struct file_ops zero_ops = {
    .read = zero_read, .write_vector = null_write, .seekable = true, .maps_zeros = true};
static const struct file_ops full_ops = {.read = zero_read, .write = full_write, .seekable = true};
static const struct file_ops random_ops = {.read = random_read, .seekable = true};
static const struct file_ops kmsg_ops = {.write = kmsg_write};

const struct file_ops *device_ops(uint32_t rdev)
{
    switch (rdev) {
    case DEVICE(1, 3):
        return &null_ops;
    case DEVICE(1, 5):
        return &zero_ops;
    case DEVICE(1, 7):
        return &full_ops;
    case DEVICE(1, 8): /* random */
    case DEVICE(1, 9): /* urandom */
        return &random_ops;
    case DEVICE(1, 11):
        return &kmsg_ops;
    case DEVICE(4, 64): /* ttyS0 */
    case DEVICE(5, 0):  /* tty */
    case DEVICE(5, 1):  /* console */
        return &tty_ops;
    default:
        return NULL;
    }
}
