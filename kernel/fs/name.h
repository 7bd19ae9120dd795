/*
 * fs/name.h - making, removing and changing the names of files
 */
#ifndef FS_NAME_H
#define FS_NAME_H

#include "fs/node.h"

/*
 * Give a node, which has no name, the name that the end of a path lacks.
 *
 * Returns  0; -ENOENT (the directory was removed, or is made up), -EROFS, -ENOSPC, -ENOMEM
 * Locking  fs_lock is held
 */
MUST_CHECK int name_add(const struct path_end *end, struct node *node);

/*
 * mkdir(2), symlink(2), unlink(2), rmdir(2) and rename(2), with the errors these have.
 *
 * start    where a path that does not begin with a slash starts
 * Locking  takes fs_lock
 */
MUST_CHECK int name_make_directory(struct node *start, const char *path, uint32_t mode);
MUST_CHECK int name_make_link(struct node *start, const char *path, const char *target);
MUST_CHECK int name_remove(struct node *start, const char *path);
MUST_CHECK int name_remove_directory(struct node *start, const char *path);

/* linkat(2): one more name for a node, on which the caller has a reference. */
MUST_CHECK int name_link(struct node *node, struct node *new_start, const char *new_path);

/* mknod(2); mode with type. */
MUST_CHECK int name_make_special(struct node *start, const char *path, uint32_t mode,
                                 uint32_t rdev);

/* flags: 0 or RENAME_NOREPLACE. */
MUST_CHECK int name_change(struct node *old_start, const char *old_path, struct node *new_start,
                           const char *new_path, unsigned flags);

#endif
