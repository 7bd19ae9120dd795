/*
 * proc/procfs.c - /proc/meminfo and /proc/self/pagemap
 *
 * Source  proc(5); Linux, Documentation/admin-guide/mm/pagemap.rst
 */
#include "proc/procfs.h"

#include <asm/errno.h>
#include <linux/stat.h>
#include <stdio.h>
#include <string.h>

#include "fs/file.h"
#include "mm/commit.h"
#include "mm/usercopy.h"
#include "proc/fail_nth.h"
#include "proc/process.h"

#define PAGEMAP_PRESENT (1UL << 63)
#define PAGEMAP_FILE    (1UL << 61) /* a page of a file, or shared */
#define KIB_OF(pages)   ((unsigned long)(pages) << (PAGE_SHIFT - 10))

/* Give the reader the part of text[len] that it asks for. */
static ssize_t read_text(const char *text, size_t text_len, vaddr_t to, size_t len, uint64_t offset)
{
    if (offset >= text_len)
        return 0;
    len = MIN(len, text_len - offset);
    return copy_to_user(to, text + offset, len) < 0 ? -EFAULT : (ssize_t)len;
}

static ssize_t meminfo_read(struct file *file, vaddr_t to, size_t len, uint64_t offset)
{
    char text[512];
    size_t nr_free = frame_nr_free();
    int n = snprintf(text, sizeof(text),
                     "MemTotal:       %8lu kB\n"
                     "MemFree:        %8lu kB\n"
                     "MemAvailable:   %8lu kB\n"
                     "SwapTotal:      %8lu kB\n"
                     "SwapFree:       %8lu kB\n"
                     "CommitLimit:    %8lu kB\n"
                     "Committed_AS:   %8lu kB\n",
                     KIB_OF(frame_nr_total()), KIB_OF(nr_free), KIB_OF(nr_free), 0UL, 0UL,
                     KIB_OF(commit_limit()), KIB_OF(commit_nr_promised()));

    (void)file;
    return read_text(text, (size_t)n, to, len, offset);
}

/* The entry for the page at va: frame number and flags, 0 where nothing is present. */
static uint64_t pagemap_entry(struct space *space, vaddr_t va)
{
    uint64_t entry = 0;

    mutex_lock(&space->lock);
    const pte_t *slot = pagetable_find(&space->pagetable, va);
    if (slot && *slot) {
        const struct area *area = area_find(&space->areas, va);
        pfn_t pfn = pte_frame(*slot);
        bool file = area->object && frame_of(pfn)->refs > 1;
        entry = PAGEMAP_PRESENT | (file ? PAGEMAP_FILE : 0) | pfn;
    }
    mutex_unlock(&space->lock);
    return entry;
}

static ssize_t pagemap_read(struct file *file, vaddr_t to, size_t len, uint64_t offset)
{
    size_t done = 0;

    (void)file;
    if (offset % sizeof(uint64_t) || len % sizeof(uint64_t))
        return -EINVAL;
    for (; done < len; done += sizeof(uint64_t)) {
        uint64_t page = (offset + done) / sizeof(uint64_t);
        if (page >= USER_END >> PAGE_SHIFT)
            break;
        uint64_t entry = pagemap_entry(process_current()->space, page << PAGE_SHIFT);
        if (copy_to_user(to + done, &entry, sizeof(entry)) < 0)
            return done ? (ssize_t)done : -EFAULT;
        (void)thread_pause_point();
    }
    return (ssize_t)done;
}

static const struct file_ops meminfo_ops = {.read = meminfo_read, .seekable = true};
static const struct file_ops pagemap_ops = {.read = pagemap_read, .seekable = true};

static struct node *create(struct node *parent, const char *name, uint32_t mode,
                           const struct file_ops *ops)
{
    struct node *node = parent ? node_create(parent, name, strlen(name), mode, 0) : NULL;

    if (node && ops)
        node->ops = ops;
    return node;
}

/* A file of numbers that a program sets. */
static struct node *create_control(struct node *parent, const char *name,
                                   const struct file_ops *ops)
{
    struct node *node = create(parent, name, S_IFREG | 0644, ops);

    if (node)
        node->flags |= NODE_WRITABLE;
    return node;
}

INIT_ONCE int procfs_init(void)
{
    struct node *proc = create(fs_root, "proc", S_IFDIR | 0555, NULL);
    struct node *self = create(proc, "self", S_IFDIR | 0555, NULL);

    if (!create(proc, "meminfo", S_IFREG | 0444, &meminfo_ops) ||
        !create_control(self, "fail-nth", &fail_nth_ops) ||
        !create(self, "pagemap", S_IFREG | 0400, &pagemap_ops))
        return -ENOMEM;
    return 0;
}
