/*
 * fs/tmpfs.h - files whose content is a memory object
 */
#ifndef FS_TMPFS_H
#define FS_TMPFS_H

#include "fs/file.h"
#include "fs/mount.h"

#define FILE_SIZE_MAX INT64_MAX

/* tmpfs(5): size, nr_blocks, nr_inodes, mode, uid, gid. */
extern const struct file_system tmpfs_type;

/*
 * Upward calls, defined in proc/: how long the running process may make a file, in bytes (RLIMIT_FSIZE); and to
 * tell it that something was longer.
 */
uint64_t fs_size_limit(void);
void fs_size_exceeded(void);

/* 0; -EFBIG if a file may not become so long by the running process, which is told. */
MUST_CHECK int tmpfs_check_size(const struct node *node, uint64_t size);

/* What is in the tree now, all of the initrd's, may be changed. */
void tmpfs_init(void);

/*
 * A regular file, empty, that can be written. As node_new().
 *
 * mode     permissions only
 */
MUST_CHECK struct node *tmpfs_new(uint32_t mode);

/* truncate(2) of a regular file that can be written. Locking: takes node->lock. */
void tmpfs_truncate(struct node *node, uint64_t size);

/*
 * fallocate(2) of [start, end), start < end, not past FILE_SIZE_MAX. A page that was made and never
 * written is data to SEEK_DATA, where Linux says hole.
 *
 * mode     0, FALLOC_FL_KEEP_SIZE, or that with FALLOC_FL_PUNCH_HOLE
 * Returns  0; -ENOSPC (the promise is refused), -ENOMEM, -EINTR: all is as it was
 * Locking  takes node->lock
 */
MUST_CHECK int tmpfs_allocate(struct node *node, uint64_t start, uint64_t end, unsigned mode);

/*
 * SEEK_DATA and SEEK_HOLE of lseek(2): where from offset on there is a page, or none. The end of the
 * file is a hole.
 *
 * Returns  an offset, -ENXIO
 */
MUST_CHECK int64_t tmpfs_seek(const struct node *node, int64_t offset, unsigned whence);

/*
 * Remove every file that was made and empty what has grown, for the balance of the books (P10): what
 * programs left in files is no leak. What is open or mapped stays, without its name.
 */
void tmpfs_remove_all(void);

/* How many files there are in the tree but for the root; those that are made up (/proc/PID) not counted. */
size_t tmpfs_count(void);

#endif
