/*
 * proc/fail_nth.c - /proc/self/fail-nth: the running thread's next failure (sched/fail.h)
 *
 * Nothing here allocates: a test that asks what became of its call must not be the next to fail.
 *
 * Source  Linux, Documentation/fault-injection/fault-injection.rst
 */
#include "proc/fail_nth.h"

#include <asm/errno.h>
#include <limits.h>
#include <stdio.h>

#include "sched/fail.h"
#include "mm/usercopy.h"

#define NUMBER_LEN 16 /* of a decimal int, with sign, newline and NUL */

static ssize_t fail_nth_read(struct file *file, vaddr_t to, size_t len, uint64_t offset)
{
    char text[NUMBER_LEN];
    size_t text_len = (size_t)snprintf(text, sizeof(text), "%u\n", fail_nth());

    (void)file;
    if (offset >= text_len)
        return 0;
    len = MIN(len, text_len - offset);
    return copy_to_user(to, text + offset, len) < 0 ? -EFAULT : (ssize_t)len;
}

static ssize_t fail_nth_write(struct file *file, vaddr_t from, size_t len, uint64_t offset)
{
    char text[NUMBER_LEN] = "";
    uint64_t n = 0;
    size_t i = 0;

    (void)file, (void)offset;
    if (copy_from_user(text, from, MIN(len, sizeof(text) - 1)) < 0)
        return -EFAULT;
    for (; text[i] >= '0' && text[i] <= '9'; i++)
        n = n * 10 + (uint64_t)(text[i] - '0');
    if (i == 0 || (text[i] && text[i] != '\n'))
        return -EINVAL;
    if (n > INT_MAX)
        return -ERANGE;
    fail_set_nth((unsigned)n);
    return (ssize_t)len;
}

const struct file_ops fail_nth_ops = {
    .read = fail_nth_read,
    .write = fail_nth_write,
    .seekable = true,
};
