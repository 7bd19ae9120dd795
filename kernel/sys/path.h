/*
 * sys/path.h - paths that a program passes
 */
#ifndef SYS_PATH_H
#define SYS_PATH_H

#include "fs/node.h"

#define SHORT_PATH 256 /* with the NUL; nearly all paths are shorter */

struct user_path {
    char *text;             /* brief, or memory of its own */
    char brief[SHORT_PATH]; /* so that it cannot be moved */
    struct node *start;     /* where it starts, if relative; a reference */
};

/*
 * Take a path from the program. To be dropped after success.
 *
 * fd       of the directory where a relative path starts, or AT_FDCWD
 * Returns  0, -EFAULT, -ENOENT (it is empty), -ENAMETOOLONG, -ENOMEM, -EBADF, -ENOTDIR
 */
MUST_CHECK int user_path_take(struct user_path *path, int fd, vaddr_t address);
void user_path_drop(struct user_path *path);

/*
 * The text alone, which may be empty: what a symbolic link is to hold. To be dropped after success.
 *
 * Returns  0, -EFAULT, -ENAMETOOLONG, -ENOMEM
 */
MUST_CHECK int user_path_take_text(struct user_path *path, vaddr_t address);
void user_path_drop_text(struct user_path *path);

/*
 * The node that a path names, with a reference.
 *
 * flags    AT_SYMLINK_NOFOLLOW; AT_EMPTY_PATH: an empty path names what is open at fd
 * Returns  0 and *node; as above and as path_lookup()
 */
MUST_CHECK int user_path_lookup(int fd, vaddr_t address, unsigned flags, struct node **node);

#endif
