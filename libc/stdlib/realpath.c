/*
 * stdlib/realpath.c - the name of a file without links, "." and ".."
 *
 * What is resolved grows in `done`, what is still to be looked at stands in `todo`; the target of a
 * symbolic link is put in front of it.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct walk {
    char done[PATH_MAX]; /* Absolute, no '/' at the end; the root is "". */
    size_t done_len;
    char todo[PATH_MAX];
    int links;
};

static int fail(int error)
{
    errno = error;
    return -1;
}

static void go_up(struct walk *walk)
{
    while (walk->done_len > 0 && walk->done[--walk->done_len] != '/')
        ;
    walk->done[walk->done_len] = 0;
}

/* Add "/name". Returns 0 or -1. */
static int go_down(struct walk *walk, const char *name, size_t len)
{
    if (len > NAME_MAX || walk->done_len + 1 + len >= sizeof(walk->done))
        return fail(ENAMETOOLONG);
    walk->done[walk->done_len++] = '/';
    memcpy(walk->done + walk->done_len, name, len);
    walk->done_len += len;
    walk->done[walk->done_len] = 0;
    return 0;
}

/* done is a symbolic link with this target; rest is what of todo comes behind it. */
static int follow(struct walk *walk, const char *target, size_t len, const char *rest)
{
    size_t rest_len = strlen(rest);

    if (++walk->links > SYMLOOP_MAX)
        return fail(ELOOP);
    if (len == 0)
        return fail(ENOENT);
    if (len + 1 + rest_len >= sizeof(walk->todo))
        return fail(ENAMETOOLONG);
    memmove(walk->todo + len, rest, rest_len + 1);
    memcpy(walk->todo, target, len);
    if (target[0] == '/')
        walk->done_len = 0;
    else
        go_up(walk);
    walk->done[walk->done_len] = 0;
    return 0;
}

/* One step: name of len characters at the start of todo, then rest. Returns 0 or -1. */
static int step(struct walk *walk, const char *name, size_t len, const char *rest)
{
    char target[PATH_MAX];
    struct stat st;
    ssize_t target_len;

    if (len == 2 && name[0] == '.' && name[1] == '.')
        go_up(walk);
    else if (len > 0 && !(len == 1 && name[0] == '.')) {
        if (go_down(walk, name, len) < 0 || lstat(walk->done, &st) < 0)
            return -1;
        if (S_ISLNK(st.st_mode)) {
            target_len = readlink(walk->done, target, sizeof(target));
            return target_len < 0 ? -1 : follow(walk, target, (size_t)target_len, rest);
        }
        /* Something follows, so this must be a directory, even if it is only a '/'. */
        if (*rest && !S_ISDIR(st.st_mode))
            return fail(ENOTDIR);
    }
    memmove(walk->todo, rest, strlen(rest) + 1);
    return 0;
}

static int resolve(struct walk *walk, const char *path)
{
    if (!path)
        return fail(EINVAL);
    if (!*path)
        return fail(ENOENT);
    if (strlcpy(walk->todo, path, sizeof(walk->todo)) >= sizeof(walk->todo))
        return fail(ENAMETOOLONG);
    if (*path != '/' && !getcwd(walk->done, sizeof(walk->done)))
        return -1;
    walk->done_len = strlen(walk->done);
    if (walk->done_len == 1)
        walk->done_len = 0;
    while (*walk->todo) {
        size_t slashes = strspn(walk->todo, "/");
        const char *name = walk->todo + slashes;
        size_t len = strcspn(name, "/");

        if (step(walk, name, len, name + len) < 0)
            return -1;
    }
    return 0;
}

char *realpath(const char *restrict path, char *restrict resolved)
{
    struct walk walk = {.done_len = 0};

    if (resolve(&walk, path) < 0)
        return NULL;
    if (walk.done_len == 0)
        walk.done[walk.done_len++] = '/';
    walk.done[walk.done_len] = 0;
    return resolved ? strcpy(resolved, walk.done) : strdup(walk.done);
}
