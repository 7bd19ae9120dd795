/*
 * stdio/tmpfile.c - files without a lasting name
 *
 * Names come from getrandom(). tmpfile() creates exclusively and unlinks at once; tmpnam() can only
 * look whether a name is free now, which is why nobody should use it.
 */
#include "internal/stdio_file.h"
#include "internal/syscall.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>

#define PREFIX       P_tmpdir "/tmp."
#define RANDOM_LEN   8
#define TRIES        100
#define MODE_PRIVATE 0600

/* Write a name that is new in all likelihood into s, L_tmpnam bytes. Returns 0, or -1 with errno.
 */
static int make_name(char *s)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz012345";
    uint64_t random;
    int i;

    if (syscall_ret(__NR_getrandom, &random, sizeof random, 0) < 0)
        return -1;
    s = strcpy(s, PREFIX) + sizeof PREFIX - 1;
    for (i = 0; i < RANDOM_LEN; ++i, random >>= 5)
        s[i] = letters[random & 31];
    s[RANDOM_LEN] = '\0';
    return 0;
}

FILE *tmpfile(void)
{
    char name[L_tmpnam];
    long fd = -EEXIST;
    FILE *file;
    int tries;

    for (tries = 0; tries < TRIES && fd == -EEXIST; ++tries) {
        if (make_name(name) < 0)
            return NULL;
        fd = syscall_raw(__NR_openat, AT_FDCWD, name, O_RDWR | O_CREAT | O_EXCL, MODE_PRIVATE);
    }
    if (__syscall_ret(fd) < 0)
        return NULL;
    syscall_raw(__NR_unlinkat, AT_FDCWD, name, 0);
    file = __stdio_new(&__stdio_fd_ops, (int)fd, STDIO_CAN_READ | STDIO_CAN_WRITE, BUFSIZ, 0);
    if (!file)
        syscall_raw(__NR_close, fd);
    return file;
}

char *tmpnam(char *s)
{
    static char own[L_tmpnam];
    char *name = s ? s : own;
    long fd;
    int tries;

    for (tries = 0; tries < TRIES; ++tries) {
        if (make_name(name) < 0)
            return NULL;
        fd = syscall_raw(__NR_openat, AT_FDCWD, name, O_PATH | O_NOFOLLOW, 0);
        if (fd == -ENOENT)
            return name;
        if (fd >= 0)
            syscall_raw(__NR_close, fd);
    }
    return NULL;
}
