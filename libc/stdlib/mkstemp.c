/*
 * stdlib/mkstemp.c - files and directories with new names
 *
 * The six X of the pattern become letters and digits by random bytes; where the name exists
 * already, others are tried.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NR_X      6
#define NR_TRIALS 100

typedef int make_function(const char *path, int flags);

static uint64_t random_bits(void)
{
    static uint64_t count;
    struct timespec now = {0};
    uint64_t bits;

    if (getrandom(&bits, sizeof(bits), GRND_NONBLOCK) == sizeof(bits))
        return bits;
    /* Uniqueness is the file system's to guarantee; this is for few trials only. */
    clock_gettime(CLOCK_REALTIME, &now);
    return ((uint64_t)now.tv_nsec * 65537 + (uint64_t)getpid() + ++count) * 6364136223846793005UL;
}

static void fill(char *x)
{
    static const char chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    uint64_t bits = random_bits();

    for (int i = 0; i < NR_X; i++, bits /= sizeof(chars) - 1)
        x[i] = chars[bits % (sizeof(chars) - 1)];
}

static int make(char *pattern, int suffix_len, int flags, make_function *function)
{
    size_t len = strlen(pattern);
    char *x;

    if (suffix_len < 0 || len < NR_X + (size_t)suffix_len) {
        errno = EINVAL;
        return -1;
    }
    x = pattern + len - (size_t)suffix_len - NR_X;
    if (memcmp(x, "XXXXXX", NR_X) != 0) {
        errno = EINVAL;
        return -1;
    }
    for (int i = 0; i < NR_TRIALS; i++) {
        int result;

        fill(x);
        result = function(pattern, flags);
        if (result >= 0 || errno != EEXIST)
            return result;
    }
    memcpy(x, "XXXXXX", NR_X);
    errno = EEXIST;
    return -1;
}

static int make_file(const char *path, int flags)
{
    return open(path, (flags & ~O_ACCMODE) | O_RDWR | O_CREAT | O_EXCL, 0600);
}

static int make_directory(const char *path, int flags)
{
    (void)flags;
    return mkdir(path, 0700);
}

/* mktemp only looks whether the name is free. */
static int make_name(const char *path, int flags)
{
    struct stat st;

    (void)flags;
    if (lstat(path, &st) == 0)
        errno = EEXIST;
    else if (errno == ENOENT)
        return 0;
    return -1;
}

int mkostemps(char *pattern, int suffix_len, int flags)
{
    return make(pattern, suffix_len, flags, make_file);
}

int mkostemp(char *pattern, int flags)
{
    return mkostemps(pattern, 0, flags);
}

int mkstemps(char *pattern, int suffix_len)
{
    return mkostemps(pattern, suffix_len, 0);
}

int mkstemp(char *pattern)
{
    return mkostemps(pattern, 0, 0);
}

char *mkdtemp(char *pattern)
{
    return make(pattern, 0, 0, make_directory) < 0 ? NULL : pattern;
}

char *mktemp(char *pattern)
{
    if (make(pattern, 0, 0, make_name) < 0)
        *pattern = 0;
    return pattern;
}
