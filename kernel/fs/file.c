/*
 * fs/file.c - open files: regular files and directories, descriptors
 */
#include "fs/file.h"

#include <asm/errno.h>
#include <linux/stat.h>
#include <string.h>

#include "lib/assert.h"
#include "mm/kheap.h"
#include "mm/usercopy.h"
#include "sched/thread.h"

#define OPEN_ONLY   (O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_DIRECTORY)
#define FIRST_SLOTS 16

static ssize_t object_file_read(struct file *file, vaddr_t to, size_t len, uint64_t offset)
{
    const struct object *object = file->node->object;
    uint64_t size = node_size(file->node);
    size_t done = 0;

    if (offset >= size)
        return 0;
    len = MIN(len, size - offset);
    while (done < len) {
        size_t piece = MIN(len - done, PAGE_SIZE - (offset + done) % PAGE_SIZE);
        const char *page = frame_address(object_page(object, (offset + done) >> PAGE_SHIFT));
        size_t left = copy_to_user_partial(to + done, page + (offset + done) % PAGE_SIZE, piece);
        done += piece - left;
        if (left)
            return done ? (ssize_t)done : -EFAULT;
        (void)thread_pause_point(); /* a file is read to its end, signal or not */
    }
    return (ssize_t)done;
}

static ssize_t directory_read(struct file *file, vaddr_t to, size_t len, uint64_t offset)
{
    (void)file, (void)to, (void)len, (void)offset;
    return -EISDIR;
}

const struct file_ops object_file_ops = {.read = object_file_read, .seekable = true};
const struct file_ops directory_ops = {.read = directory_read, .seekable = true};

/* Whether open(2) may open this node with these flags. */
static int check_open(const struct node *node, unsigned flags)
{
    unsigned type = node->mode & S_IFMT;
    bool writes = (flags & O_ACCMODE) != O_RDONLY;

    if ((flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
        return -EEXIST;
    if (type == S_IFLNK)
        return flags & O_DIRECTORY ? -ENOTDIR : -ELOOP; /* O_NOFOLLOW */
    if (type == S_IFDIR && (writes || flags & O_CREAT))
        return -EISDIR;
    if (type != S_IFDIR && flags & O_DIRECTORY)
        return -ENOTDIR;
    if (type == S_IFREG && (writes || flags & O_TRUNC))
        return -EROFS;
    if (!node->ops)
        return -ENXIO;
    return 0;
}

int file_open(struct node *start, const char *path, unsigned flags, struct file **opened)
{
    struct node *node;
    bool no_follow = flags & O_NOFOLLOW || (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL);
    int error = path_lookup(start, path, no_follow ? LOOKUP_NO_FOLLOW : 0, &node);

    if (error == -ENOENT && flags & O_CREAT && node)
        return -EROFS;
    if (!error)
        error = check_open(node, flags);
    if (error)
        return error;
    struct file *file = kmalloc(sizeof(*file));
    if (!file)
        return -ENOMEM;
    *file = (struct file){.refs = 1, .flags = flags & ~OPEN_ONLY, .node = node, .ops = node->ops};
    mutex_init(&file->lock, RANK_FILE);
    *opened = file;
    return 0;
}

void file_get(struct file *file)
{
    file->refs++;
}

void file_put(struct file *file)
{
    ASSERT(file->refs > 0);
    if (--file->refs == 0)
        kfree(file);
}

void fd_table_init(struct fd_table *table)
{
    *table = (struct fd_table){0};
}

int fd_table_copy(struct fd_table *to, const struct fd_table *from)
{
    fd_table_init(to);
    if (!from->nr_slots)
        return 0;
    to->slots = kmalloc(from->nr_slots * sizeof(*to->slots));
    if (!to->slots)
        return -ENOMEM;
    to->nr_slots = from->nr_slots;
    memcpy(to->slots, from->slots, from->nr_slots * sizeof(*to->slots));
    for (size_t i = 0; i < to->nr_slots; i++) {
        if (to->slots[i].file)
            file_get(to->slots[i].file);
    }
    return 0;
}

static void close_slot(struct fd_slot *slot)
{
    if (slot->file)
        file_put(slot->file);
    *slot = (struct fd_slot){0};
}

void fd_table_close_all(struct fd_table *table)
{
    for (size_t i = 0; i < table->nr_slots; i++)
        close_slot(&table->slots[i]);
    kfree(table->slots);
    fd_table_init(table);
}

void fd_table_close_on_exec(struct fd_table *table)
{
    for (size_t i = 0; i < table->nr_slots; i++) {
        if (table->slots[i].close_on_exec)
            close_slot(&table->slots[i]);
    }
}

/* Double the table. */
static int grow(struct fd_table *table)
{
    size_t nr = table->nr_slots ? MIN(table->nr_slots * 2, FD_MAX) : FIRST_SLOTS;
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

int fd_reserve(struct fd_table *table)
{
    size_t fd = 0;

    while (fd < table->nr_slots && table->slots[fd].file)
        fd++;
    if (fd >= table->nr_max || fd == FD_MAX)
        return -EMFILE;
    if (fd == table->nr_slots) {
        int error = grow(table);
        if (error)
            return error;
    }
    return (int)fd;
}

int fd_install(struct fd_table *table, struct file *file, unsigned flags)
{
    int fd = fd_reserve(table);

    if (fd >= 0)
        table->slots[fd] = (struct fd_slot){file, flags & O_CLOEXEC};
    return fd;
}

struct file *fd_get(const struct fd_table *table, int64_t fd)
{
    return fd >= 0 && (uint64_t)fd < table->nr_slots ? table->slots[fd].file : NULL;
}

int fd_close(struct fd_table *table, int64_t fd)
{
    if (!fd_get(table, fd))
        return -EBADF;
    close_slot(&table->slots[fd]);
    return 0;
}
