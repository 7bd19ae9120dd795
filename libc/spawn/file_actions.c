/*
 * spawn/file_actions.c - what posix_spawn is to do with the files of the child
 */
#include "internal/spawn.h"
#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>

int posix_spawn_file_actions_init(posix_spawn_file_actions_t *actions)
{
    actions->__first = actions->__last = NULL;
    return 0;
}

int posix_spawn_file_actions_destroy(posix_spawn_file_actions_t *actions)
{
    struct __spawn_action *action = actions->__first;

    while (action) {
        struct __spawn_action *next = action->next;
        free(action);
        action = next;
    }
    actions->__first = actions->__last = NULL;
    return 0;
}

/* Add a copy of model, with path behind it. */
static int add(posix_spawn_file_actions_t *actions, const struct __spawn_action *model,
               const char *path)
{
    size_t size = strlen(path) + 1;
    struct __spawn_action *action;

    if (model->fd < 0 || model->new_fd < 0)
        return EBADF;
    action = malloc(sizeof(*action) + size);
    if (!action)
        return ENOMEM;
    *action = *model;
    action->next = NULL;
    memcpy(action->path, path, size);
    if (actions->__last)
        actions->__last->next = action;
    else
        actions->__first = action;
    actions->__last = action;
    return 0;
}

int posix_spawn_file_actions_addopen(posix_spawn_file_actions_t *restrict actions, int fd,
                                     const char *restrict path, int flags, mode_t mode)
{
    const struct __spawn_action model = {
        .kind = SPAWN_OPEN, .fd = fd, .flags = flags, .mode = mode};

    return add(actions, &model, path);
}

int posix_spawn_file_actions_addclose(posix_spawn_file_actions_t *actions, int fd)
{
    const struct __spawn_action model = {.kind = SPAWN_CLOSE, .fd = fd};

    return add(actions, &model, "");
}

int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t *actions, int fd, int new_fd)
{
    const struct __spawn_action model = {.kind = SPAWN_DUP2, .fd = fd, .new_fd = new_fd};

    return add(actions, &model, "");
}

int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *restrict actions,
                                         const char *restrict path)
{
    const struct __spawn_action model = {.kind = SPAWN_CHDIR};

    return add(actions, &model, path);
}

int posix_spawn_file_actions_addfchdir_np(posix_spawn_file_actions_t *actions, int fd)
{
    const struct __spawn_action model = {.kind = SPAWN_FCHDIR, .fd = fd};

    return add(actions, &model, "");
}
