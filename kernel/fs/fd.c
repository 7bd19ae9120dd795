/*
 * fs/fd.c - what a process has open: descriptors, and where its paths start
 *
 * A table starts without slots and doubles when it is full.
 */
#include <asm/errno.h>
#include <string.h>

#include "fs/file.h"
#include "fs/lock.h"
#include "mm/kheap.h"

#define FIRST_SLOTS 16

void fd_table_init(struct fd_table *table)
{
    *table = (struct fd_table){.umask = UMASK_DEFAULT};
}

int fd_table_copy(struct fd_table *to, const struct fd_table *from)
{
    fd_table_init(to);
    if (from->nr_slots) {
        to->slots = kmalloc(from->nr_slots * sizeof(*to->slots));
        if (!to->slots)
            return -ENOMEM;
        memcpy(to->slots, from->slots, from->nr_slots * sizeof(*to->slots));
    }
    to->nr_slots = from->nr_slots;
    to->umask = from->umask;
    fd_table_set_directory(to, fd_table_directory(from));
    for (size_t i = 0; i < to->nr_slots; i++) {
        if (to->slots[i].file)
            file_get(to->slots[i].file);
    }
    return 0;
}

/* Whoever closes any descriptor of a file gives up the locks that it has there: fcntl(2). */
static void let_go(const struct fd_table *table, struct file *file)
{
    if (!file)
        return;
    if (!list_empty(&file->node->locks))
        lock_clear_all(file->node, table);
    file_put(file);
}

static void close_slot(struct fd_table *table, struct fd_slot *slot)
{
    struct file *file = slot->file;

    *slot = (struct fd_slot){0};
    let_go(table, file);
}

void fd_table_close_all(struct fd_table *table)
{
    for (size_t i = 0; i < table->nr_slots; i++)
        close_slot(table, &table->slots[i]);
    kfree(table->slots);
    node_put(table->directory);
    fd_table_init(table);
}

void fd_table_close_on_exec(struct fd_table *table)
{
    for (size_t i = 0; i < table->nr_slots; i++) {
        if (table->slots[i].close_on_exec)
            close_slot(table, &table->slots[i]);
    }
}

struct node *fd_table_directory(const struct fd_table *table)
{
    return table->directory ? table->directory : fs_root;
}

void fd_table_set_directory(struct fd_table *table, struct node *directory)
{
    struct node *old = table->directory;

    node_get(directory);
    table->directory = directory;
    node_put(old);
}

/* Make the table large enough for fd, which is less than FD_MAX. */
static int grow(struct fd_table *table, size_t fd)
{
    size_t nr = MAX(table->nr_slots, FIRST_SLOTS);

    if (fd < table->nr_slots)
        return 0;
    while (nr <= fd)
        nr *= 2;
    struct fd_slot *slots = kzalloc(nr * sizeof(*slots));
    if (!slots)
        return -ENOMEM;
    if (table->nr_slots)
        memcpy(slots, table->slots, table->nr_slots * sizeof(*slots));
    kfree(table->slots);
    table->slots = slots;
    table->nr_slots = nr;
    return 0;
}

int fd_reserve(struct fd_table *table, unsigned from)
{
    size_t fd = from;

    while (fd < table->nr_slots && table->slots[fd].file)
        fd++;
    if (fd >= table->nr_max || fd >= FD_MAX)
        return -EMFILE;
    int error = unlikely(fd >= table->nr_slots) ? grow(table, fd) : 0;
    return error ? error : (int)fd;
}

int fd_install_from(struct fd_table *table, struct file *file, unsigned flags, unsigned from)
{
    int fd = fd_reserve(table, from);

    if (fd >= 0)
        table->slots[fd] = (struct fd_slot){file, flags & O_CLOEXEC};
    return fd;
}

int fd_install(struct fd_table *table, struct file *file, unsigned flags)
{
    return fd_install_from(table, file, flags, 0);
}

int fd_replace(struct fd_table *table, unsigned fd, struct file *file, unsigned flags)
{
    if (fd >= table->nr_max || fd >= FD_MAX)
        return -EBADF;
    int error = grow(table, fd);
    if (error)
        return error;
    struct file *old = table->slots[fd].file;
    table->slots[fd] = (struct fd_slot){file, flags & O_CLOEXEC};
    let_go(table, old);
    return (int)fd;
}

struct file *fd_peek(const struct fd_table *table, int64_t fd)
{
    return fd >= 0 && (uint64_t)fd < table->nr_slots ? table->slots[fd].file : NULL;
}

struct file *fd_get_any(const struct fd_table *table, int64_t fd)
{
    struct file *file = fd_peek(table, fd);

    if (unlikely(table->nr_users > 1) && file)
        file_borrow(file);
    return file;
}

struct file *fd_get(const struct fd_table *table, int64_t fd)
{
    struct file *file = fd_get_any(table, fd);

    return file && !(file->flags & O_PATH) ? file : NULL;
}

bool fd_close_on_exec(const struct fd_table *table, int64_t fd)
{
    return table->slots[fd].close_on_exec;
}

void fd_set_close_on_exec(struct fd_table *table, int64_t fd, unsigned flags)
{
    table->slots[fd].close_on_exec = flags & O_CLOEXEC;
}

int fd_close(struct fd_table *table, int64_t fd)
{
    if (!fd_peek(table, fd))
        return -EBADF;
    close_slot(table, &table->slots[fd]);
    return 0;
}
