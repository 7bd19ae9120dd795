/*
 * mman/shm_open.c - memory that is shared by name, and memory files without a name
 *
 * A shared memory object is a file below /dev/shm (shm_overview(7)).
 */
#include "internal/syscall.h"
#include <sys/mman.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#define SHM_DIR "/dev/shm/"

struct shm_path {
    char text[sizeof(SHM_DIR) + NAME_MAX];
};

static int make_path(struct shm_path *path, const char *name)
{
    size_t len;

    while (*name == '/')
        name++;
    len = strlen(name);
    if (len == 0 || strchr(name, '/') || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        errno = EINVAL;
    else if (len > NAME_MAX)
        errno = ENAMETOOLONG;
    else {
        memcpy(path->text, SHM_DIR, sizeof(SHM_DIR) - 1);
        memcpy(path->text + sizeof(SHM_DIR) - 1, name, len + 1);
        return 0;
    }
    return -1;
}

int shm_open(const char *name, int flags, mode_t mode)
{
    struct shm_path path;

    if (make_path(&path, name) < 0)
        return -1;
    return open(path.text, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, mode);
}

int shm_unlink(const char *name)
{
    struct shm_path path;

    if (make_path(&path, name) < 0)
        return -1;
    return unlink(path.text);
}

int memfd_create(const char *name, unsigned flags)
{
    return (int)syscall_ret(__NR_memfd_create, name, flags);
}
