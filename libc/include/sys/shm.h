/*
 * sys/shm.h - shared memory of System V
 */
#ifndef _SYS_SHM_H
#define _SYS_SHM_H

#include <sys/ipc.h>

#define SHM_RDONLY 010000
#define SHM_RND    020000
#define SHM_REMAP  040000
#define SHM_EXEC   0100000

#define SHMLBA 4096

typedef unsigned long shmatt_t;

struct shmid_ds {
    struct ipc_perm shm_perm;
    size_t shm_segsz; /* bytes */
    time_t shm_atime;
    time_t shm_dtime;
    time_t shm_ctime;
    pid_t shm_cpid;
    pid_t shm_lpid;
    shmatt_t shm_nattch;
    unsigned long __unused[2];
};

/* A segment's number; 0; an address, or (void *)-1; 0. -1 with errno if it fails. */
int shmget(key_t key, size_t size, int flags);
int shmctl(int id, int command, struct shmid_ds *buffer);
void *shmat(int id, const void *address, int flags);
int shmdt(const void *address);

#endif
