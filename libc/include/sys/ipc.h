/*
 * sys/ipc.h - keys and owners of System V's objects
 */
#ifndef _SYS_IPC_H
#define _SYS_IPC_H

#include <bits/posix_types.h>

#define IPC_PRIVATE ((key_t)0)

#define IPC_CREAT  01000
#define IPC_EXCL   02000
#define IPC_NOWAIT 04000

#define IPC_RMID 0
#define IPC_SET  1
#define IPC_STAT 2
#define IPC_INFO 3

struct ipc_perm {
    key_t key;
    uid_t uid;
    gid_t gid;
    uid_t cuid;
    gid_t cgid;
    mode_t mode;
    unsigned short seq;
    unsigned long __unused[2];
};

/* The key of a file and a number, or -1 with errno of stat(2). */
key_t ftok(const char *path, int id);

#endif
