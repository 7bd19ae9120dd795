/*
 * proc/text.c - files whose text is made when it is read
 *
 * The buffer is there only while a part of it waits to be read.
 *
 * Source  Linux, fs/seq_file.c
 */
#include "proc/text.h"

#include <asm/errno.h>
#include <linux/stat.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "mm/kheap.h"
#include "mm/usercopy.h"
#include "proc/process.h"

#define FIRST_SIZE PAGE_SIZE
#define INPUT_MAX  (PAGE_SIZE - 1) /* of one write */

static void drop_buffer(struct text *text)
{
    kfree(text->buffer);
    text->buffer = NULL;
    text->size = text->from = text->len = 0;
}

char *text_reserve(struct text *text, size_t len)
{
    size_t size = MAX(text->size, FIRST_SIZE);

    while (size < text->len + len)
        size *= 2;
    if (text->failed || size == text->size)
        return text->failed ? NULL : text->buffer + text->len;
    char *buffer = kmalloc(size);
    if (!buffer) {
        text->failed = true;
        return NULL;
    }
    if (text->buffer)
        memcpy(buffer, text->buffer, text->len);
    kfree(text->buffer);
    text->buffer = buffer;
    text->size = size;
    return buffer + text->len;
}

void text_append(struct text *text, const void *bytes, size_t len)
{
    char *to = text_reserve(text, len);

    if (!to)
        return;
    memcpy(to, bytes, len);
    text->len += len;
}

void text_print(struct text *text, const char *format, ...)
{
    size_t room = text->size - text->len;
    va_list args;

    va_start(args, format);
    size_t len =
        (size_t)vsnprintf(text->buffer ? text->buffer + text->len : NULL, room, format, args);
    va_end(args);
    if (len >= room) {
        char *to = text_reserve(text, len + 1);
        if (!to)
            return;
        va_start(args, format);
        vsnprintf(to, len + 1, format, args);
        va_end(args);
    }
    text->len += len;
}

void text_pad(struct text *text, size_t start, size_t width)
{
    size_t column = text->len - start;

    text_print(text, "%*s", (int)(column < width ? width - column : 1), "");
}

static const struct text_kind *kind_of(const struct file *file)
{
    return file->node->kind;
}

/* Make the next records, the buffer being used up. */
static int refill(struct text *text, const struct file *file)
{
    uint64_t at = text->next;

    text->from = text->len = 0;
    text->failed = false;
    text->next = TEXT_END;
    int error = 0;
    if (kind_of(file)->fixed)
        text_print(text, "%s", kind_of(file)->fixed);
    else
        error = kind_of(file)->show(text, file->node->subject, at);
    if (!error && text->failed)
        error = -ENOMEM;
    if (error) {
        text->next = at;
        drop_buffer(text);
    }
    return error;
}

/* Start again, unless the reader goes on where it was. */
static void seek(struct text *text, uint64_t offset)
{
    if (offset && offset == text->position)
        return;
    drop_buffer(text);
    text->position = 0;
    text->next = 0;
}

/* Bytes for the reader, who wants those from offset on; 0 at the end. */
static ssize_t fill_to(struct text *text, const struct file *file, uint64_t offset)
{
    for (;;) {
        size_t waiting = text->len - text->from;
        size_t skipped = MIN(waiting, offset - text->position);
        text->from += skipped;
        text->position += skipped;
        if (text->from < text->len)
            return (ssize_t)(text->len - text->from);
        if (text->next == TEXT_END)
            return 0;
        int error = refill(text, file);
        if (error)
            return error;
        (void)thread_pause_point();
    }
}

/* text locked. */
static ssize_t read_locked(struct text *text, const struct file *file, vaddr_t to, size_t len,
                           uint64_t offset)
{
    size_t done = 0;

    seek(text, offset);
    while (done < len) {
        ssize_t waiting = fill_to(text, file, offset + done);
        if (waiting <= 0)
            return done ? (ssize_t)done : waiting;
        size_t n = MIN((size_t)waiting, len - done);
        size_t left = copy_to_user_partial(to + done, text->buffer + text->from, n);
        text->from += n - left;
        text->position += n - left;
        done += n - left;
        if (left)
            return done ? (ssize_t)done : -EFAULT;
    }
    return (ssize_t)done;
}

/* What is the system's is root's; what is a process's, its user's. Others may read what all may. */
static int check_user(const struct file *file)
{
    bool writes = file_writable(file);

    if (file->node->subject)
        return writes || kind_of(file)->flags & TEXT_TRACED
                   ? process_check_trace(file->node->subject)
                   : 0;
    bool is_root = process_current()->credentials.euid == 0;
    return is_root || (!writes && file->node->mode & S_IROTH) ? 0 : -EACCES;
}

static int text_open(struct file *file)
{
    int error = check_user(file);
    if (error)
        return error;
    struct text *text = kzalloc(sizeof(*text));
    if (!text)
        return -ENOMEM;
    mutex_init(&text->lock, RANK_NODE);
    file->content = text;
    return 0;
}

static ssize_t text_read(struct file *file, vaddr_t to, size_t len, uint64_t offset)
{
    struct text *text = file->content;

    if (offset && kind_of(file)->flags & TEXT_WHOLE)
        return 0;
    mutex_lock(&text->lock);
    ssize_t n = read_locked(text, file, to, len, offset);
    if (text->from == text->len)
        drop_buffer(text);
    mutex_unlock(&text->lock);
    return n;
}

static ssize_t text_write(struct file *file, vaddr_t from, size_t len, uint64_t offset)
{
    const struct text_kind *kind = kind_of(file);

    if (!kind->store)
        return -EINVAL;
    len = MIN(len, INPUT_MAX);
    char *input = kmalloc(len + 1);
    if (!input)
        return -ENOMEM;
    ssize_t n = copy_from_user(input, from, len);
    input[len] = 0;
    if (!n)
        n = kind->store(file->node->subject, input, len, offset);
    kfree(input);
    return n;
}

static void text_release(struct file *file)
{
    struct text *text = file->content;

    if (text)
        drop_buffer(text);
    kfree(text);
}

const struct file_ops text_ops = {
    .open = text_open,
    .read = text_read,
    .write = text_write,
    .release = text_release,
    .seekable = true,
};
