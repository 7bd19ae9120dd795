/*
 * dirent.h - reading directories
 */
#ifndef _DIRENT_H
#define _DIRENT_H

#include <bits/posix_types.h>

/* The kernel's struct linux_dirent64, getdents(2). */
struct dirent {
    ino_t d_ino;
    off_t d_off; /* what telldir() gives after this entry */
    unsigned short d_reclen;
    unsigned char d_type; /* DT_* */
    char d_name[256];
};

#define DT_UNKNOWN 0
#define DT_FIFO    1
#define DT_CHR     2
#define DT_DIR     4
#define DT_BLK     6
#define DT_REG     8
#define DT_LNK     10
#define DT_SOCK    12
#define DT_WHT     14

typedef struct __dir DIR;

DIR *opendir(const char *path);
/* The descriptor is the stream's from then on. */
DIR *fdopendir(int fd);
int closedir(DIR *dir);
/* NULL at the end, and with errno set on failure. */
struct dirent *readdir(DIR *dir);
void rewinddir(DIR *dir);
long telldir(DIR *dir);
void seekdir(DIR *dir, long place);
int dirfd(DIR *dir);

ssize_t getdents64(int fd, void *buffer, size_t size);

#endif
