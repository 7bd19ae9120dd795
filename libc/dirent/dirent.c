/*
 * dirent/dirent.c - directory streams
 *
 * A stream is a descriptor and a buffer full of entries as the kernel wrote them, which are what
 * readdir() gives.
 */
#include <dirent.h>
#include "internal/syscall.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_SIZE 8192 /* of many entries; one has 280 bytes at most */

struct __dir {
    int fd;
    off_t place;    /* of the next entry, as the kernel counts */
    size_t at, len; /* [at, len) of the buffer was not given yet */
    char buffer[BUFFER_SIZE] __attribute__((aligned(8)));
};

ssize_t getdents64(int fd, void *buffer, size_t size)
{
    return syscall_ret(__NR_getdents64, fd, buffer, size);
}

DIR *fdopendir(int fd)
{
    struct stat status;
    DIR *dir;

    if (fstat(fd, &status) < 0)
        return NULL;
    if (!S_ISDIR(status.st_mode)) {
        errno = ENOTDIR;
        return NULL;
    }
    dir = malloc(sizeof(*dir));
    if (!dir)
        return NULL;
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    dir->fd = fd;
    dir->place = 0;
    dir->at = dir->len = 0;
    return dir;
}

DIR *opendir(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);

    if (!dir && fd >= 0) {
        int error = errno;

        close(fd);
        errno = error;
    }
    return dir;
}

int closedir(DIR *dir)
{
    int fd = dir->fd;

    free(dir);
    return close(fd);
}

struct dirent *readdir(DIR *dir)
{
    struct dirent *entry;

    if (dir->at == dir->len) {
        long n = syscall_raw(__NR_getdents64, dir->fd, dir->buffer, BUFFER_SIZE);

        if (n <= 0) {
            if (n < 0 && n != -ENOENT) /* a directory that was removed is at its end */
                errno = (int)-n;
            return NULL;
        }
        dir->at = 0;
        dir->len = (size_t)n;
    }
    entry = (struct dirent *)(void *)(dir->buffer + dir->at);
    dir->at += entry->d_reclen;
    dir->place = entry->d_off;
    return entry;
}

void seekdir(DIR *dir, long place)
{
    dir->place = lseek(dir->fd, place, SEEK_SET);
    dir->at = dir->len = 0;
}

void rewinddir(DIR *dir)
{
    seekdir(dir, 0);
}

long telldir(DIR *dir)
{
    return dir->place;
}

int dirfd(DIR *dir)
{
    return dir->fd;
}
