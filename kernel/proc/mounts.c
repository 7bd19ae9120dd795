/*
 * proc/mounts.c - /proc/PID/mounts and mountinfo, /proc/filesystems
 *
 * A record is a mount, by its place among them.
 *
 * Source  proc(5); Linux, fs/proc_namespace.c
 */
#include <asm/errno.h>
#include <linux/stat.h>
#include <string.h>

#include "fs/mount.h"
#include "mm/kheap.h"
#include "proc/system.h"

#define ROOT_MODE 01777 /* of a tmpfs: it is not said */
#define MODE_BITS 07777U

/* A mount as it was when it was looked at, with a reference on its root. */
struct view {
    const char *type;
    struct node *root;
    char *source; /* a copy; NULL: no memory */
    char *path;
    unsigned flags, device, parent;
    size_t max_pages, max_nodes;
    bool limits; /* it is a tmpfs */
};

/* Mount number `at`. False: there are not so many. */
static bool look(struct view *view, uint64_t at)
{
    const struct mount *mount = NULL;

    mutex_lock(&fs_lock);
    do {
        mount = mount_next(mount);
    } while (mount && at--);
    if (mount) {
        *view = (struct view){
            .type = mount->type->name,
            .root = mount_root_of(mount),
            .source = node_copy_name(mount->source, strlen(mount->source)),
            .flags = mount->flags,
            .device = mount->device,
            .parent = mount->covered ? mount_device(mount->covered) : mount->device,
            .max_pages = mount->pages.max_pages,
            .max_nodes = mount->max_nodes,
            .limits = mount->type->change,
        };
        node_get(view->root);
    }
    mutex_unlock(&fs_lock);
    return mount;
}

/* A word of the line: what would end it is written as an escape. */
static void print_word(struct text *text, const char *word)
{
    for (; *word; word++) {
        if (strchr(" \t\n\\#", *word))
            text_print(text, "\\%03o", (unsigned)*word);
        else
            text_append(text, word, 1);
    }
}

static void print_flags(struct text *text, unsigned flags)
{
    static const struct {
        unsigned flag;
        const char *name;
    } names[] = {{MS_NOSUID, ",nosuid"},         {MS_NODEV, ",nodev"},
                 {MS_NOEXEC, ",noexec"},         {MS_NOATIME, ",noatime"},
                 {MS_NODIRATIME, ",nodiratime"}, {MS_RELATIME, ",relatime"}};

    text_print(text, flags & MS_RDONLY ? "ro" : "rw");
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (flags & names[i].flag)
            text_print(text, "%s", names[i].name);
    }
}

/* What a tmpfs was told, where that is not the default. */
static void print_options(struct text *text, const struct view *view)
{
    const struct node *root = view->root;

    text_print(text, "%s%s", view->flags & MS_SYNCHRONOUS ? ",sync" : "",
               view->flags & MS_DIRSYNC ? ",dirsync" : "");
    if (!view->limits)
        return;
    if (view->max_pages != frame_buddy.nr_managed / 2)
        text_print(text, ",size=%luk", view->max_pages << (PAGE_SHIFT - 10));
    if (view->max_nodes != frame_buddy.nr_managed / 2)
        text_print(text, ",nr_inodes=%lu", view->max_nodes);
    if ((root->mode & MODE_BITS) != ROOT_MODE)
        text_print(text, ",mode=%03o", root->mode & MODE_BITS);
    if (root->uid)
        text_print(text, ",uid=%u", root->uid);
    if (root->gid)
        text_print(text, ",gid=%u", root->gid);
}

static void print_mount(struct text *text, const struct view *view)
{
    print_word(text, view->source);
    text_append(text, " ", 1);
    print_word(text, view->path);
    text_print(text, " %s ", view->type);
    print_flags(text, view->flags);
    print_options(text, view);
    text_print(text, " 0 0\n");
}

static void print_info(struct text *text, const struct view *view)
{
    text_print(text, "%u %u 0:%u / ", view->device, view->parent, view->device);
    print_word(text, view->path);
    text_append(text, " ", 1);
    print_flags(text, view->flags);
    text_print(text, " - %s ", view->type);
    print_word(text, view->source);
    text_print(text, " %s", view->flags & MS_RDONLY ? "ro" : "rw");
    print_options(text, view);
    text_append(text, "\n", 1);
}

/* Where it is, however long that is: in a buffer to be freed. NULL: no memory. */
static char *path_of(const struct node *root)
{
    for (size_t size = PATH_LEN_MAX;; size *= 2) {
        char *path = kmalloc(size);
        ssize_t len = path ? node_path(root, path, size) : 0;
        if (len >= 0)
            return path;
        kfree(path);
    }
}

static int show(struct text *text, uint64_t at,
                void (*print)(struct text *text, const struct view *view))
{
    struct view view;

    if (!look(&view, at))
        return 0;
    view.path = path_of(view.root);
    bool complete = view.source && view.path;
    if (complete)
        print(text, &view);
    text->next = at + 1;
    node_put(view.root);
    kfree(view.source);
    kfree(view.path);
    return complete ? 0 : -ENOMEM;
}

int mounts_show(struct text *text, uint64_t subject, uint64_t at)
{
    (void)subject;
    return show(text, at, print_mount);
}

int mountinfo_show(struct text *text, uint64_t subject, uint64_t at)
{
    (void)subject;
    return show(text, at, print_info);
}

int filesystems_show(struct text *text, uint64_t subject, uint64_t at)
{
    (void)subject, (void)at;
    for (const struct file_system *type = NULL; (type = mount_next_type(type));)
        text_print(text, "nodev\t%s\n", type->name);
    text_print(text, "nodev\tpipefs\n");
    return 0;
}
