/*
 * fs/initrd.c - the files that come with the kernel
 *
 * A cpio archive in the "newc" format, the one Linux takes, unpacked in two passes. The first
 * makes the nodes. The second gives each file its pages: where its data starts on a page (our
 * Makefile sees to that) those are the archive's own frames, with the rest of the last page
 * cleared, for which all headers must have been read; else a copy. Whatever is left of the archive
 * is freed.
 *
 * Source  cpio(5), "New ASCII Format"; Linux,
 *         Documentation/driver-api/early-userspace/buffer-format.rst
 */
#include <linux/stat.h>
#include <string.h>

#include "fs/node.h"
#include "lib/panic.h"
#include "mm/kheap.h"

#define HEADER_SIZE 110
#define MAGIC_SIZE  6
#define FIELD_SIZE  8
#define TRAILER     "TRAILER!!!"
#define NS_PER_S    1000000000UL

/* Fields of the header, each FIELD_SIZE hexadecimal digits, in order. */
enum field {
    INO,
    MODE,
    UID,
    GID,
    NLINK,
    MTIME,
    FILESIZE,
    DEVMAJOR,
    DEVMINOR,
    RDEVMAJOR,
    RDEVMINOR,
    NAMESIZE
};

struct archive {
    const char *data; /* in the direct map */
    size_t len, at;   /* bytes */
};

/* A regular file on its way from the first pass to the second. */
struct pending {
    struct pending *next;
    struct node *node;
    char *data;
    size_t len;
};

NORETURN static void broken(const struct archive *archive, const char *why)
{
    panic("initrd: %s at byte %lu of %lu", why, archive->at, archive->len);
}

NORETURN static void no_memory(void)
{
    panic("initrd: too little memory to unpack it");
}

/* Reads digits only: a header is what the archive's maker says, not what it is. */
static uint32_t field(const struct archive *archive, enum field which)
{
    const char *digits = archive->data + archive->at + MAGIC_SIZE + which * FIELD_SIZE;
    uint32_t value = 0;

    for (int i = 0; i < FIELD_SIZE; i++) {
        char c = digits[i];
        uint32_t letter = ((uint32_t)c | 32) - 'a';
        uint32_t digit = c >= '0' && c <= '9' ? (uint32_t)c - '0' : letter < 6 ? letter + 10 : 16;
        if (digit > 15)
            broken(archive, "a header that is not hexadecimal");
        value = value << 4 | digit;
    }
    return value;
}

/* The directory that the path's last component is in, made if need be; *name is that component. */
static struct node *make_parents(const char *path, size_t len, const char **name, size_t *name_len)
{
    struct node *at = fs_root;

    for (;;) {
        while (len && *path == '/')
            path++, len--;
        const char *slash = memchr(path, '/', len);
        size_t component = slash ? (size_t)(slash - path) : len;
        if (component == len || (component + 1 == len)) {
            *name = path;
            *name_len = component;
            return at;
        }
        if (!(component == 1 && path[0] == '.')) {
            struct node *child = node_child(at, path, component);
            if (!child || (child->mode & S_IFMT) != S_IFDIR)
                child = node_create(at, path, component, S_IFDIR | 0755, 0);
            if (!child)
                no_memory();
            at = child;
        }
        path += component;
        len -= component;
    }
}

static struct node *make_node(const char *path, size_t path_len, uint32_t mode, uint32_t rdev)
{
    const char *name;
    size_t len;
    struct node *parent = make_parents(path, path_len, &name, &len);

    if (len == 0 || (len == 1 && name[0] == '.') || (len == 2 && name[0] == '.' && name[1] == '.'))
        return NULL; /* the root itself */
    struct node *old = node_child(parent, name, len);
    if (old && (mode & S_IFMT) == S_IFDIR && (old->mode & S_IFMT) == S_IFDIR)
        return old;
    struct node *node = node_create(parent, name, len, mode, rdev);
    if (!node)
        no_memory();
    return node;
}

/* Remember that node's content is data[len]. */
static void add_pending(struct pending **list, struct node *node, char *data, size_t len)
{
    struct pending *pending = kmalloc(sizeof(*pending));
    if (!pending)
        no_memory();
    *pending = (struct pending){*list, node, data, len};
    *list = pending;
}

/* One header with its name and data. False at the trailer. */
static bool read_entry(struct archive *archive, struct pending **list)
{
    const char *header = archive->data + archive->at;
    size_t left = archive->len - archive->at;

    if (left < HEADER_SIZE)
        broken(archive, "it ends in a header");
    if (memcmp(header, "070701", MAGIC_SIZE) != 0 && memcmp(header, "070702", MAGIC_SIZE) != 0)
        broken(archive, "no newc cpio header");
    size_t name_size = field(archive, NAMESIZE), size = field(archive, FILESIZE);
    size_t data_at = align_up(HEADER_SIZE + name_size, 4UL);
    if (name_size == 0 || data_at > left || header[HEADER_SIZE + name_size - 1] != 0)
        broken(archive, "a name that is cut off");
    if (size > left - data_at)
        broken(archive, "a file that is cut off");

    const char *path = header + HEADER_SIZE;
    size_t path_len = strlen(path);
    uint32_t mode = field(archive, MODE);
    if (strcmp(path, TRAILER) == 0)
        return false;
    struct node *node =
        make_node(path, path_len, mode, field(archive, RDEVMAJOR) << 8 | field(archive, RDEVMINOR));
    if (node) {
        node->atime = node->mtime = node->ctime = field(archive, MTIME) * NS_PER_S;
        if ((mode & S_IFMT) == S_IFREG) {
            add_pending(list, node, (char *)phys_to_virt(virt_to_phys(header + data_at)), size);
        } else if ((mode & S_IFMT) == S_IFLNK) {
            kfree(node->link);
            node->link = kzalloc(size + 1);
            if (!node->link)
                no_memory();
            memcpy(node->link, header + data_at, size);
        }
    }
    archive->at = MIN(archive->at + align_up(data_at + size, 4UL), archive->len);
    return true;
}

static bool is_zero(const char *word)
{
    uint32_t value;

    memcpy(&value, word, sizeof(value));
    return value == 0;
}

static void give_pages(const struct pending *file)
{
    struct object *object;

    if (file->node->object)
        return; /* the archive holds a later file of that name */
    if (virt_to_phys(file->data) % PAGE_SIZE == 0) {
        pfn_t first = virt_to_phys(file->data) >> PAGE_SHIFT;
        size_t tail = -file->len % PAGE_SIZE;
        memset(file->data + file->len, 0, tail);
        frame_adopt(first, first + ((file->len + tail) >> PAGE_SHIFT));
        object = object_create(first, file->len);
    } else {
        object = object_create_copy(file->data, file->len);
    }
    if (!object)
        no_memory();
    node_set_object(file->node, object);
}

void initrd_unpack(paddr_t start, paddr_t end)
{
    struct archive archive = {.data = phys_to_virt(start), .len = end - start};
    struct pending *files = NULL;

    while (read_entry(&archive, &files)) {
        /* Padding that puts the next file's data on a page. */
        while (archive.at + 4 <= archive.len && is_zero(archive.data + archive.at))
            archive.at += 4;
    }
    while (files) {
        struct pending *next = files->next;
        give_pages(files);
        kfree(files);
        files = next;
    }
    frame_release(align_up(start, PAGE_SIZE) >> PAGE_SHIFT,
                  align_down(end, PAGE_SIZE) >> PAGE_SHIFT);
}
