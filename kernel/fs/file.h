/*
 * fs/file.h - open files and the tables of their descriptors
 */
#ifndef FS_FILE_H
#define FS_FILE_H

#include <asm/fcntl.h>

#include "fs/node.h"
#include "fs/vector.h"
#include "lib/types.h"
#include "sched/mutex.h"

/*
 * What a kind of file can do. A function that is NULL: EINVAL for read and write, ENOTTY for ioctl,
 * ENODEV for mmap. Functions copy to and from the running program's memory. A kind has read or
 * read_vector, write or write_vector: the latter get all pieces at once, and move *offset.
 */
struct file;
struct wait_queue;
struct file_ops {
    int (*open)(struct file *file); /* -errno: it cannot be, and is not released */
    ssize_t (*read)(struct file *file, vaddr_t to, size_t len, uint64_t offset);
    ssize_t (*write)(struct file *file, vaddr_t from, size_t len, uint64_t offset);
    ssize_t (*read_vector)(struct file *file, struct vector *to, uint64_t *offset);
    ssize_t (*write_vector)(struct file *file, struct vector *from, uint64_t *offset);
    int64_t (*ioctl)(struct file *file, unsigned command, vaddr_t argument);
    /*
     * What is so now, POLL* of <asm/poll.h>. Returns the queue that is woken when that changes.
     * NULL: reading and writing never wait.
     */
    struct wait_queue *(*poll)(struct file *file, unsigned *events);
    void (*release)(struct file *file); /* the last user is gone; NULL: nothing to do */
    bool maps_zeros;                    /* mmap(2) gives anonymous memory */
    bool seekable;                      /* has an offset; else lseek and pread say ESPIPE */
};

/* Kinds of file. */
extern const struct file_ops object_file_ops, directory_ops, tty_ops, pipe_ops;

/* What a device number stands for, NULL if nothing. */
const struct file_ops *device_ops(uint32_t rdev);

#define FILE_WRITES (1U << 31) /* it is one that node->nr_writers counts */

struct file {
    unsigned refs;
    unsigned flags;             /* O_* as F_GETFL shows them, and FILE_WRITES */
    struct mutex lock;          /* held by read, write and lseek of what has an offset */
    uint64_t offset;            /* Protected by lock */
    struct node *node;          /* Constant since it was opened; a reference */
    const struct file_ops *ops; /* Constant since it was opened */
    void *content;              /* of a kind of file, whose release frees it; NULL at first */
};

/*
 * open(2).
 *
 * mode     of a file that is made
 * Returns  0 and *opened with one reference; -EISDIR, -ENOTDIR, -EEXIST, -EACCES, -ELOOP, -ENXIO,
 *          -EINVAL, -ENOMEM and what path_resolve() says
 */
MUST_CHECK int file_open(struct node *start, const char *path, unsigned flags, uint32_t mode,
                         struct file **opened);

/* An open file over a node, whose reference passes to it. NULL if out of memory: it does not. */
MUST_CHECK struct file *file_new(struct node *node, const struct file_ops *ops, unsigned flags);

void file_get(struct file *file);
void file_put(struct file *file);

/*
 * Change the flags that F_SETFL can change.
 *
 * Returns  0, -EINVAL (O_DIRECT, where there is no such thing)
 */
MUST_CHECK int file_set_flags(struct file *file, unsigned flags);

/*
 * getdents64(2): write entries from the file's offset on to the program's to[len].
 *
 * Returns  bytes written, 0 at the end; -ENOTDIR, -EINVAL (not even one fits), -EFAULT, -ENOMEM,
 *          -ENOENT (the directory was removed)
 * Locking  takes file->lock, fs_lock
 */
MUST_CHECK int64_t directory_list(struct file *file, vaddr_t to, size_t len);

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

/*
 * fd.c: what a process has open, and where its paths start. Tasks of a process share a table; one is
 * changed between two sleeps, and needs no lock. What a call uses for longer it borrows.
 */
#define FD_MAX        1048576 /* numbers there can be, whatever RLIMIT_NOFILE says */
#define UMASK_DEFAULT 022

struct fd_slot {
    struct file *file; /* NULL: unused */
    bool close_on_exec;
};

struct fd_table {
    struct fd_slot *slots; /* [nr_slots] */
    size_t nr_slots;
    size_t nr_users;        /* tasks that have it */
    uint64_t nr_max;        /* RLIMIT_NOFILE: numbers from there on are not given out */
    struct node *directory; /* the working directory; NULL: the root */
    uint32_t umask;
};

/* An empty table; a copy of another, with a reference more for each file. 0 or -ENOMEM. */
void fd_table_init(struct fd_table *table);
MUST_CHECK int fd_table_copy(struct fd_table *to, const struct fd_table *from);

/* Close everything; close what is marked close-on-exec. */
void fd_table_close_all(struct fd_table *table);
void fd_table_close_on_exec(struct fd_table *table);

/* Where relative paths start. Set: with a reference of the table's own. */
struct node *fd_table_directory(const struct fd_table *table);
void fd_table_set_directory(struct fd_table *table, struct node *directory);

/* The lowest free number from `from` on, which stays free; -EMFILE or -ENOMEM. */
MUST_CHECK int fd_reserve(struct fd_table *table, unsigned from);

/*
 * Put file, whose reference passes to the table then, at the lowest free number from `from` on.
 * flags: O_CLOEXEC or 0. The number, -EMFILE or -ENOMEM.
 */
MUST_CHECK int fd_install_from(struct fd_table *table, struct file *file, unsigned flags,
                               unsigned from);
MUST_CHECK int fd_install(struct fd_table *table, struct file *file, unsigned flags);

/* Put file at fd and close what was there. As above; -EBADF for a number past the most. */
MUST_CHECK int fd_replace(struct fd_table *table, unsigned fd, struct file *file, unsigned flags);

/* The file at fd, or NULL. It stays while the present call runs. */
struct file *fd_get_any(const struct fd_table *table, int64_t fd);

/* The same, of any table, for a moment: without a reference. */
struct file *fd_peek(const struct fd_table *table, int64_t fd);

/* Upward call, defined in proc/process.c: one reference more, till the running task's call ends. */
void file_borrow(struct file *file);

/* The same, for what needs more than a place in the tree: NULL for an O_PATH too. */
struct file *fd_get(const struct fd_table *table, int64_t fd);

/* Whether fd, which is open, is closed by execve(2). */
bool fd_close_on_exec(const struct fd_table *table, int64_t fd);
void fd_set_close_on_exec(struct fd_table *table, int64_t fd, unsigned flags);

/* 0 or -EBADF. */
MUST_CHECK int fd_close(struct fd_table *table, int64_t fd);

#endif
