/*
 * fs/tmpfs_mount.c - tmpfs as a file system that is mounted, and its options
 *
 * Source  tmpfs(5); Linux, mm/shmem.c
 */
#include <asm/errno.h>
#include <linux/magic.h>
#include <linux/stat.h>
#include <string.h>

#include "fs/mount.h"
#include "fs/tmpfs.h"

#define ROOT_MODE 01777 /* as Linux has it */
#define MODE_BITS 07777U

struct options {
    uint64_t max_pages, max_nodes; /* 0: no limit */
    uint32_t mode, uid, gid;
};

/* Digits of a base at *text, which moves behind them. False: there are none, or too many. */
static bool take_number(const char **text, unsigned base, uint64_t *value)
{
    const char *at = *text;

    for (*value = 0; *at >= '0' && *at < '0' + (char)base; at++) {
        if (__builtin_mul_overflow(*value, base, value) ||
            __builtin_add_overflow(*value, (uint64_t)(*at - '0'), value))
            return false;
    }
    bool any = at > *text;
    *text = at;
    return any;
}

/* A number with k, m, g or t behind it. */
static bool parse_scaled(const char *text, uint64_t *value, const char **rest)
{
    static const char units[] = "kmgt";

    if (!take_number(&text, 10, value))
        return false;
    const char *unit = *text ? strchr(units, *text | 32) : NULL;
    for (; unit && unit >= units; unit--) {
        if (__builtin_mul_overflow(*value, 1024UL, value))
            return false;
    }
    *rest = strchr(units, *text | 32) && *text ? text + 1 : text;
    return true;
}

/* A size in bytes, or per cent of the memory, as pages. */
static bool parse_size(const char *text, uint64_t *nr_pages)
{
    uint64_t value;

    if (!parse_scaled(text, &value, &text))
        return false;
    if (strcmp(text, "%") == 0)
        return !__builtin_mul_overflow(value, frame_buddy.nr_managed / 100, nr_pages);
    *nr_pages = value / PAGE_SIZE + (value % PAGE_SIZE != 0);
    return !*text;
}

static bool parse_count(const char *text, uint64_t *value)
{
    return parse_scaled(text, value, &text) && !*text;
}

static bool parse_id(const char *text, unsigned base, uint32_t most, uint32_t *id)
{
    uint64_t value;

    if (!take_number(&text, base, &value) || *text || value > most)
        return false;
    *id = (uint32_t)value;
    return true;
}

static bool parse_option(const char *name, const char *value, struct options *options)
{
    if (strcmp(name, "size") == 0)
        return parse_size(value, &options->max_pages);
    if (strcmp(name, "nr_blocks") == 0)
        return parse_count(value, &options->max_pages);
    if (strcmp(name, "nr_inodes") == 0)
        return parse_count(value, &options->max_nodes);
    if (strcmp(name, "mode") == 0)
        return parse_id(value, 8, MODE_BITS, &options->mode);
    if (strcmp(name, "uid") == 0)
        return parse_id(value, 10, UINT32_MAX - 1, &options->uid);
    return strcmp(name, "gid") == 0 && parse_id(value, 10, UINT32_MAX - 1, &options->gid);
}

/* name=value, with commas in between. */
static int parse(char *text, struct options *options)
{
    for (char *next; text; text = next) {
        next = strchr(text, ',');
        if (next)
            *next++ = 0;
        char *value = strchr(text, '=');
        if (value)
            *value++ = 0;
        if (*text && (!value || !parse_option(text, value, options)))
            return -EINVAL;
    }
    return 0;
}

static int tmpfs_make(struct mount *mount, char *text)
{
    struct options options = {
        .max_pages = frame_buddy.nr_managed / 2,
        .max_nodes = frame_buddy.nr_managed / 2,
        .mode = ROOT_MODE,
    };
    int error = parse(text, &options);
    struct node *root = error ? NULL : node_new(S_IFDIR | options.mode, 0);

    if (!root)
        return error ? error : -ENOMEM;
    mount->pages.max_pages = options.max_pages;
    mount->max_nodes = options.max_nodes;
    root->uid = options.uid;
    root->gid = options.gid;
    root->flags = NODE_WRITABLE;
    mount->root = root;
    return mount_enter(mount, root);
}

/* Limits may change, not below what there is; a limit may neither come nor go. */
static int tmpfs_change(struct mount *mount, char *text)
{
    struct options options = {.max_pages = mount->pages.max_pages, .max_nodes = mount->max_nodes};
    int error = parse(text, &options);

    if (error)
        return error;
    if (!options.max_pages != !mount->pages.max_pages || !options.max_nodes != !mount->max_nodes)
        return -EINVAL;
    if ((options.max_pages && options.max_pages < mount->pages.nr_pages) ||
        (options.max_nodes && options.max_nodes < mount->nr_nodes))
        return -EINVAL;
    mount->pages.max_pages = options.max_pages;
    mount->max_nodes = options.max_nodes;
    return 0;
}

const struct file_system tmpfs_type = {
    .name = "tmpfs", .magic = TMPFS_MAGIC, .make = tmpfs_make, .change = tmpfs_change};
