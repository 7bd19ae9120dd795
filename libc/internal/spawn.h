/*
 * internal/spawn.h - the file actions of posix_spawn, as a list in the order of their addition
 */
#ifndef INTERNAL_SPAWN_H
#define INTERNAL_SPAWN_H

#include <sys/types.h>

enum spawn_kind { SPAWN_OPEN, SPAWN_CLOSE, SPAWN_DUP2, SPAWN_CHDIR, SPAWN_FCHDIR };

struct __spawn_action {
    struct __spawn_action *next;
    enum spawn_kind kind;
    int fd;
    int new_fd;  /* SPAWN_DUP2 */
    int flags;   /* SPAWN_OPEN */
    mode_t mode; /* SPAWN_OPEN */
    char path[]; /* SPAWN_OPEN, SPAWN_CHDIR */
};

#endif
