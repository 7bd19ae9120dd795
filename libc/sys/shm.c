/*
 * sys/shm.c - shared memory of System V
 */
#include "internal/syscall.h"
#include <sys/shm.h>
#include <sys/stat.h>

/* Eight bits of the number, of the device and sixteen of the inode, as everywhere on Linux. */
key_t ftok(const char *path, int id)
{
    struct stat st;

    if (stat(path, &st) < 0)
        return -1;
    return (key_t)((st.st_ino & 0xffff) | (st.st_dev & 0xff) << 16 | ((unsigned)id & 0xff) << 24);
}

int shmget(key_t key, size_t size, int flags)
{
    return (int)syscall_ret(__NR_shmget, key, size, flags);
}

int shmctl(int id, int command, struct shmid_ds *buffer)
{
    return (int)syscall_ret(__NR_shmctl, id, command, buffer);
}

void *shmat(int id, const void *address, int flags)
{
    return (void *)syscall_ret(__NR_shmat, id, address, flags);
}

int shmdt(const void *address)
{
    return (int)syscall_ret(__NR_shmdt, address);
}
