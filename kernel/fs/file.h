/*
 * fs/file.h - open files and the tables of their descriptors
 */
#ifndef FS_FILE_H
#define FS_FILE_H

#include <asm/fcntl.h>

#include "fs/node.h"
#include "lib/types.h"
#include "sched/mutex.h"

/*
 * What a kind of file can do. A function that is NULL: EINVAL for read and write, ENOTTY for ioctl,
 * ENODEV for mmap. Functions copy to and from the running program's memory.
 */
struct file;
struct file_ops {
    ssize_t (*read)(struct file *file, vaddr_t to, size_t len, uint64_t offset);
    ssize_t (*write)(struct file *file, vaddr_t from, size_t len, uint64_t offset);
    int64_t (*ioctl)(struct file *file, unsigned command, vaddr_t argument);
    bool seekable; /* has an offset; else lseek and pread say ESPIPE */
};

/* Kinds of file. */
extern const struct file_ops object_file_ops, directory_ops, tty_ops;

/* What a device number stands for, NULL if nothing. */
const struct file_ops *device_ops(uint32_t rdev);

struct file {
    unsigned refs;
    unsigned flags;             /* O_* of <asm/fcntl.h>, without those that only open(2) looks at */
    struct mutex lock;          /* held by read, write and lseek of what has an offset */
    uint64_t offset;            /* Protected by lock */
    struct node *node;          /* Constant */
    const struct file_ops *ops; /* Constant */
};

/*
 * open(2) for what is in the tree.
 *
 * Returns  0 and *opened with one reference; -EISDIR, -ENOTDIR, -EEXIST, -EROFS, -ELOOP, -ENXIO,
 *          -ENOMEM and what path_lookup() says
 */
MUST_CHECK int file_open(struct node *start, const char *path, unsigned flags,
                         struct file **opened);

void file_get(struct file *file);
void file_put(struct file *file);

/* The mode that has both bits of O_ACCMODE allows neither, as on Linux. */
static inline bool file_readable(const struct file *file)
{
    unsigned mode = file->flags & O_ACCMODE;

    return !(file->flags & O_PATH) && (mode == O_RDONLY || mode == O_RDWR);
}

static inline bool file_writable(const struct file *file)
{
    unsigned mode = file->flags & O_ACCMODE;

    return !(file->flags & O_PATH) && (mode == O_WRONLY || mode == O_RDWR);
}

/* Descriptors of a process. One thread uses a table at a time: no lock. */
#define FD_MAX 1048576 /* numbers there can be, whatever RLIMIT_NOFILE says */

struct fd_slot {
    struct file *file; /* NULL: unused */
    bool close_on_exec;
};

struct fd_table {
    struct fd_slot *slots; /* [nr_slots] */
    size_t nr_slots;
    uint64_t nr_max; /* RLIMIT_NOFILE: numbers from there on are not given out */
};

/* An empty table; a copy of another, with a reference more for each file. 0 or -ENOMEM. */
void fd_table_init(struct fd_table *table);
MUST_CHECK int fd_table_copy(struct fd_table *to, const struct fd_table *from);

/* Close everything; close what is marked close-on-exec. */
void fd_table_close_all(struct fd_table *table);
void fd_table_close_on_exec(struct fd_table *table);

/* The lowest free number, which stays free; -EMFILE or -ENOMEM. */
MUST_CHECK int fd_reserve(struct fd_table *table);

/*
 * Put file, whose reference passes to the table then, at the lowest free number. flags: O_CLOEXEC
 * or 0. The number, -EMFILE or -ENOMEM.
 */
MUST_CHECK int fd_install(struct fd_table *table, struct file *file, unsigned flags);

/* The file at fd, without a reference of its own, or NULL. */
struct file *fd_get(const struct fd_table *table, int64_t fd);

/* 0 or -EBADF. */
MUST_CHECK int fd_close(struct fd_table *table, int64_t fd);

#endif
