/*
 * proc/shm.h - shared memory of System V: segments that are found by a key or a number
 *
 * Locking  as process.h: nothing here sleeps between a look and what follows from it, unless it says so.
 * Source   shmget(2), shmop(2), shmctl(2), sysvipc(7)
 */
#ifndef PROC_SHM_H
#define PROC_SHM_H

#include <linux/shm.h>

#include "proc/text.h"

#define SHM_NR_MAX   4096                     /* segments: SHMMNI */
#define SHM_SIZE_MAX (UINT64_MAX - (1 << 24)) /* bytes of one, and pages of all: SHMMAX, SHMALL */

/* Bits beside a segment's permissions, as shmctl(2) gives them. */
#define SHM_DEST   01000
#define SHM_LOCKED 02000

/*
 * shmget(2): the segment of that key, or a new one.
 *
 * size     bytes
 * flags    IPC_CREAT, IPC_EXCL, SHM_NORESERVE, and the mode
 * Returns  its number; -ENOENT, -EEXIST, -EINVAL, -EACCES, -ENOSPC, -ENOMEM
 */
MUST_CHECK int shm_find(int32_t key, uint64_t size, unsigned flags);

/*
 * shmat(2): map a segment into the running process's space.
 *
 * Returns  the address; -EINVAL, -EACCES, -ENOMEM
 * Locking  takes the space's lock
 */
MUST_CHECK int64_t shm_attach(int id, vaddr_t address, unsigned flags);

/* shmdt(2): unmap the segment that begins at address. 0 or -EINVAL. Takes the space's lock. */
MUST_CHECK int shm_detach(vaddr_t address);

/* IPC_STAT of shmctl(2). 0 with *status; -EINVAL, -EACCES. */
MUST_CHECK int shm_status(int id, struct shmid64_ds *status);

/* SHM_STAT and SHM_STAT_ANY: by its index among the segments. Its number; -EINVAL, -EACCES. */
MUST_CHECK int shm_status_at(int index, bool any, struct shmid64_ds *status);

/* IPC_SET: owner and mode. 0, -EINVAL, -EPERM. */
MUST_CHECK int shm_change(int id, const struct ipc64_perm *wanted);

/* SHM_LOCK and SHM_UNLOCK: kept, and shown; no page here ever goes. 0, -EINVAL, -EPERM, -ENOMEM. */
MUST_CHECK int shm_lock(int id, bool locked);

/* IPC_RMID: it is gone as soon as nobody maps it. 0, -EINVAL, -EPERM. */
MUST_CHECK int shm_remove(int id);

/* SHM_INFO: what there is. Returns the highest index in use, 0 if there is none. */
int shm_info(struct shm_info *info);

/* Remove every segment, for the balance of the books (P10). */
void shm_remove_all(void);

/* /proc/sysvipc/shm */
int shm_show(struct text *text, uint64_t subject, uint64_t at);

#endif
