/*
 * fs/tmpfs.c - files whose content is a memory object
 *
 * A page is copied to or from while only its frame is held, never the object: the copy may fault on
 * a mapping of the very same file. Who changes a file holds its node's lock, which no fault takes, so
 * that a write, with O_APPEND the place it goes to, and a truncation are one step each.
 *
 * Source  Linux, mm/shmem.c and mm/filemap.c, for what is left where a call fails half way
 */
#include "fs/tmpfs.h"

#include <asm/errno.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <linux/stat.h>

#include "lib/assert.h"
#include "mm/kheap.h"
#include "sched/thread.h"

#define FILE_INDEX_MAX (FILE_SIZE_MAX >> PAGE_SHIFT)

static ssize_t object_file_read(struct file *file, struct vector *to, uint64_t *offset)
{
    struct node *node = file->node;
    size_t done = 0;

    node_was_read(node);
    while (to->len && *offset < node_size(node)) {
        size_t in_page = *offset % PAGE_SIZE;
        size_t piece = MIN(MIN(to->len, PAGE_SIZE - in_page), node_size(node) - *offset);
        pfn_t pfn = object_get_page(node->object, *offset >> PAGE_SHIFT);
        if (pfn == NO_FRAME)
            break;
        size_t n = vector_write(to, (const char *)frame_address(pfn) + in_page, piece);
        frame_put(pfn);
        *offset += n;
        done += n;
        if (n < piece)
            return done ? (ssize_t)done : -EFAULT;
        (void)thread_pause_point(); /* a file is read to its end, signal or not */
    }
    return (ssize_t)done;
}

/*
 * Write what goes into the page at offset. Node locked.
 *
 * The program's memory is tried first, so that a hole stays one if there is nothing to write. Returns
 * the number of bytes, or why there is none.
 */
static ssize_t write_page(struct object *object, struct vector *from, uint64_t offset)
{
    size_t in_page = offset % PAGE_SIZE;
    pfn_t pfn;

    if (!vector_is_readable(from))
        return -EFAULT;
    int error = object_prepare_page(object, offset >> PAGE_SHIFT, &pfn);
    if (error)
        return error;
    size_t n = vector_read(from, (char *)frame_address(pfn) + in_page, PAGE_SIZE - in_page);
    frame_put(pfn);
    if (n == 0)
        return -EFAULT;
    object_grow(object, offset + n);
    return (ssize_t)n;
}

int tmpfs_check_size(const struct node *node, uint64_t size)
{
    if (size <= node_size(node) || size <= fs_size_limit())
        return 0;
    fs_size_exceeded();
    return -EFBIG;
}

/* Node locked. */
static ssize_t write_pages(struct node *node, struct vector *from, uint64_t *offset)
{
    uint64_t limit = fs_size_limit();
    size_t done = 0;

    if (unlikely(*offset >= limit))
        fs_size_exceeded();
    limit = MIN(limit, FILE_SIZE_MAX);
    if (*offset >= limit)
        return -EFBIG;
    from->len = MIN(from->len, limit - *offset);
    node_was_changed(node);
    while (from->len) {
        ssize_t n = write_page(node->object, from, *offset);
        if (n < 0)
            return done ? (ssize_t)done : n;
        *offset += (size_t)n;
        done += (size_t)n;
        (void)thread_pause_point();
    }
    return (ssize_t)done;
}

static ssize_t object_file_write(struct file *file, struct vector *from, uint64_t *offset)
{
    struct node *node = file->node;

    if (from->len == 0)
        return 0;
    mutex_lock(&node->lock);
    if (file->flags & O_APPEND)
        *offset = node_size(node);
    ssize_t result = write_pages(node, from, offset);
    mutex_unlock(&node->lock);
    return result;
}

const struct file_ops object_file_ops = {
    .read_vector = object_file_read,
    .write_vector = object_file_write,
    .seekable = true,
};

INIT_ONCE void tmpfs_init(void)
{
    for (struct node *node = node_first_leaf(fs_root); node; node = node_next_leaf(node))
        node->flags |= NODE_WRITABLE;
}

struct node *tmpfs_new(uint32_t mode)
{
    struct node *node = node_new(S_IFREG | mode, 0);
    struct object *object = node ? object_create_empty(0, 0) : NULL;

    if (!object) {
        node_put(node);
        return NULL;
    }
    node->flags |= NODE_WRITABLE;
    node_set_object(node, object);
    return node;
}

void tmpfs_truncate(struct node *node, uint64_t size)
{
    mutex_lock(&node->lock);
    object_resize(node->object, size);
    node_was_changed(node);
    mutex_unlock(&node->lock);
}

/* Which pages of a range fallocate(2) has made, to unmake them if it fails. */
struct made {
    uint64_t first; /* page */
    uint8_t *pages; /* bit i: page first + i */
};

/* Node locked. On failure *next is the first page that was not made. */
static int make_pages(struct object *object, struct made *made, uint64_t end, uint64_t *next)
{
    for (*next = made->first; *next < end; ++*next) {
        uint64_t i = *next - made->first;
        pfn_t pfn;
        size_t before = object->nr_pages;
        int error = object_prepare_page(object, *next, &pfn);
        if (error)
            return error;
        frame_put(pfn);
        if (object->nr_pages != before)
            made->pages[i / 8] |= (uint8_t)(1 << i % 8);
        if (thread_pause_point())
            return ++*next, -EINTR;
    }
    return 0;
}

static bool is_zero(pfn_t pfn)
{
    const uint64_t *words = frame_address(pfn);

    for (size_t i = 0; i < PAGE_SIZE / sizeof(*words); i++) {
        if (words[i])
            return false;
    }
    return true;
}

/* A page that somebody has written through a mapping meanwhile stays. */
static void unmake_pages(struct object *object, const struct made *made, uint64_t end)
{
    for (uint64_t page = made->first; page < end; page++) {
        uint64_t i = page - made->first;
        if (!(made->pages[i / 8] >> i % 8 & 1))
            continue;
        pfn_t pfn = object_get_page(object, page);
        bool unused = pfn == NO_FRAME || is_zero(pfn);
        if (pfn != NO_FRAME)
            frame_put(pfn);
        if (unused)
            object_punch(object, page << PAGE_SHIFT, (page + 1) << PAGE_SHIFT);
    }
}

/* Node locked. */
static int allocate(struct object *object, uint64_t start, uint64_t end)
{
    uint64_t next, last = (end - 1) >> PAGE_SHIFT;
    struct made made = {.first = start >> PAGE_SHIFT};
    size_t nr_pages = last + 1 - made.first;

    if (nr_pages > frame_buddy.nr_managed)
        return -ENOSPC;
    made.pages = kzalloc(nr_pages / 8 + 1);
    if (!made.pages)
        return -ENOMEM;
    int error = make_pages(object, &made, last + 1, &next);
    if (error)
        unmake_pages(object, &made, next);
    kfree(made.pages);
    return error;
}

int tmpfs_allocate(struct node *node, uint64_t start, uint64_t end, unsigned mode)
{
    int error = 0;

    mutex_lock(&node->lock);
    if (mode & FALLOC_FL_PUNCH_HOLE) {
        object_punch(node->object, start, end);
    } else {
        error = allocate(node->object, start, end);
        if (!error && !(mode & FALLOC_FL_KEEP_SIZE))
            object_grow(node->object, end);
    }
    if (!error)
        node_was_changed(node);
    mutex_unlock(&node->lock);
    return error;
}

int64_t tmpfs_seek(const struct node *node, int64_t offset, unsigned whence)
{
    int64_t size = (int64_t)node_size(node);

    if (offset < 0 || offset >= size)
        return -ENXIO;
    uint64_t index = (uint64_t)offset >> PAGE_SHIFT;
    uint64_t found = whence == SEEK_DATA ? object_next_page(node->object, index)
                                         : object_next_hole(node->object, index);
    if (found == index)
        return offset;
    if (found <= FILE_INDEX_MAX && (int64_t)(found << PAGE_SHIFT) < size)
        return (int64_t)(found << PAGE_SHIFT);
    return whence == SEEK_DATA ? -ENXIO : size;
}

size_t tmpfs_count(void)
{
    size_t nr = 0;

    for (const struct node *node = node_first_leaf(fs_root); node; node = node_next_leaf(node))
        nr++;
    return nr;
}

void tmpfs_remove_all(void)
{
    struct node *node = node_first_leaf(fs_root);

    while (node) {
        struct node *next = node_next_leaf(node);
        if (node->flags & NODE_MADE) {
            mutex_lock(&fs_lock);
            node_unlink(node);
            mutex_unlock(&fs_lock);
            node_put(node);
        } else if (node->object && node->object->promise.nr_pages) {
            tmpfs_truncate(node, 0);
        }
        node = next;
    }
}
