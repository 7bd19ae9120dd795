/*
 * fs/directory.c - what is read from a directory
 *
 * A place in a directory is a number: 0 and 1 for "." and "..", then the children in the order of
 * their names, then what its hooks make up, at places of their own choice. Who reads on goes on
 * behind the last name it got, so that names that come and go meanwhile make it miss or repeat none
 * of the others; only after lseek(2) are children counted.
 *
 * Source  getdents(2), readdir(3)
 */
#include <asm/errno.h>
#include <linux/stat.h>
#include <string.h>

#include "fs/file.h"
#include "mm/kheap.h"
#include "mm/usercopy.h"

#define FIRST_CHILD   2UL
#define FIRST_MADE_UP (1UL << 32)
#define TYPE_SHIFT    12 /* DT_* of <dirent.h> is the mode's type */

/* struct linux_dirent64 of getdents(2), with the longest name. */
struct entry_record {
    uint64_t inode;
    int64_t next; /* the place after this entry */
    uint16_t len; /* of the record, a multiple of 8 */
    uint8_t type;
    char name[NAME_LEN_MAX + 1];
} __attribute__((packed));

/* How far an open directory was read. Protected by file->lock. */
struct listing {
    uint64_t place;              /* the next one */
    char last[NAME_LEN_MAX + 1]; /* the name of the child before it */
};

static int directory_open(struct file *file)
{
    file->content = kzalloc(sizeof(struct listing));
    return file->content ? 0 : -ENOMEM;
}

static void directory_release(struct file *file)
{
    kfree(file->content);
}

static ssize_t directory_read(struct file *file, vaddr_t to, size_t len, uint64_t offset)
{
    (void)file, (void)to, (void)len, (void)offset;
    return -EISDIR;
}

const struct file_ops directory_ops = {
    .open = directory_open,
    .read = directory_read,
    .release = directory_release,
    .seekable = true,
};

static void describe(struct node_entry *entry, const struct node *node, const char *name)
{
    if (node->alias_of)
        node = node->alias_of;
    entry->inode = node->inode;
    entry->mode = node->mode;
    strcpy(entry->name, name);
}

/* The child at a place from FIRST_CHILD on, NULL if there are not so many. fs_lock held. */
static const struct node *child_at(const struct file *file, uint64_t place)
{
    const struct listing *listing = file->content;

    if (place > FIRST_CHILD && place == listing->place)
        return node_child_after(file->node, listing->last);
    const struct node *child = node_child_after(file->node, NULL);
    while (child && place-- > FIRST_CHILD)
        child = node_child_after(file->node, child->name);
    return child;
}

/* The entry at *place or behind it, and the place after that. fs_lock held. */
static bool next_entry(const struct file *file, uint64_t *place, struct node_entry *entry)
{
    const struct node *node = file->node, *child;

    if (*place < FIRST_CHILD) {
        describe(entry, *place ? node->parent : node, *place ? ".." : ".");
        ++*place;
        return true;
    }
    if (*place < FIRST_MADE_UP && (child = child_at(file, *place))) {
        describe(entry, child, child->name);
        ++*place;
        return true;
    }
    uint64_t at = *place < FIRST_MADE_UP ? 0 : *place - FIRST_MADE_UP;
    if (!node->hooks || !node->hooks->list || !node->hooks->list(node, &at, entry))
        return false;
    *place = FIRST_MADE_UP + at + 1;
    return true;
}

/* Write the entry before `place` to the program's to[len]. Bytes, -EINVAL if it does not fit. */
static ssize_t write_entry(const struct node_entry *entry, uint64_t place, vaddr_t to, size_t len)
{
    size_t name_len = strlen(entry->name);
    size_t size = align_up(offsetof(struct entry_record, name) + name_len + 1, 8);
    struct entry_record record = {
        .inode = entry->inode,
        .next = (int64_t)place,
        .len = (uint16_t)size,
        .type = (uint8_t)((entry->mode & S_IFMT) >> TYPE_SHIFT),
    };

    memcpy(record.name, entry->name, name_len);
    if (size > len)
        return -EINVAL;
    return copy_to_user(to, &record, size) < 0 ? -EFAULT : (ssize_t)size;
}

/* One entry; as directory_list(). file->lock held. */
static ssize_t list_one(struct file *file, vaddr_t to, size_t len)
{
    struct listing *listing = file->content;
    uint64_t place = file->offset;
    struct node_entry entry;

    mutex_lock(&fs_lock);
    bool removed = !(file->node->flags & NODE_NAMED);
    bool found = !removed && next_entry(file, &place, &entry);
    mutex_unlock(&fs_lock);
    if (!found)
        return removed ? -ENOENT : 0;
    ssize_t n = write_entry(&entry, place, to, len);
    if (n < 0)
        return n;
    file->offset = listing->place = place;
    strcpy(listing->last, entry.name);
    return n;
}

int64_t directory_list(struct file *file, vaddr_t to, size_t len)
{
    size_t done = 0;
    ssize_t n;

    if (file->ops != &directory_ops)
        return -ENOTDIR;
    mutex_lock(&file->lock);
    while ((n = list_one(file, to + done, len - done)) > 0) {
        done += (size_t)n;
        (void)thread_pause_point();
    }
    mutex_unlock(&file->lock);
    return done ? (int64_t)done : n;
}
