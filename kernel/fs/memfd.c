/*
 * fs/memfd.c - files of memory without a place in the tree
 *
 * Like a file of /tmp that was removed right after it was made.
 *
 * Source  memfd_create(2)
 */
#include "fs/memfd.h"

#include <asm/errno.h>
#include <stdio.h>
#include <string.h>

#include "fs/tmpfs.h"
#include "mm/kheap.h"

int memfd_open(const char *name, struct file **opened)
{
    struct node *node = tmpfs_new(0777);
    size_t len = sizeof("memfd:") + strlen(name);
    char *shown = kmalloc(len);

    if (!node || !shown)
        goto undo;
    snprintf(shown, len, "memfd:%s", name);
    node_set_name(fs_root, node, shown);
    shown = NULL;
    *opened = file_new(node, node->ops, O_RDWR | O_LARGEFILE);
    if (*opened)
        return 0;

undo:
    kfree(shown);
    node_put(node);
    return -ENOMEM;
}
