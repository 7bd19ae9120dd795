/*
 * sys/user.c - user and group numbers
 *
 * Users and groups follow the same rules: who is root (the effective user is 0) takes any number;
 * others move among those they have.
 *
 * Source  credentials(7), setuid(2), setreuid(2), setresuid(2)
 */
#include <asm/errno.h>

#include "mm/usercopy.h"
#include "proc/process.h"
#include "sys/syscall.h"

#define KEEP UINT32_MAX /* -1: leave this number as it is */

struct ids {
    uint32_t real, effective, saved;
};

static struct ids users(void)
{
    const struct credentials *c = &process_current()->credentials;

    return (struct ids){c->uid, c->euid, c->suid};
}

static struct ids groups(void)
{
    const struct credentials *c = &process_current()->credentials;

    return (struct ids){c->gid, c->egid, c->sgid};
}

static void set_users(const struct ids *ids)
{
    struct process *self = process_current();

    self->credentials.uid = ids->real;
    self->credentials.euid = ids->effective;
    self->credentials.suid = ids->saved;
    limit_apply(self);
}

static void set_groups(const struct ids *ids)
{
    struct credentials *c = &process_current()->credentials;

    c->gid = ids->real;
    c->egid = ids->effective;
    c->sgid = ids->saved;
}

static bool is_root(void)
{
    return process_current()->credentials.euid == 0;
}

static bool is_one_of(uint32_t id, const struct ids *ids)
{
    return id == ids->real || id == ids->effective || id == ids->saved;
}

/* setuid(2): root changes all three. */
static int change_one(struct ids *ids, uint32_t id)
{
    if (id == KEEP)
        return -EINVAL;
    if (is_root())
        ids->real = ids->saved = id;
    else if (id != ids->real && id != ids->saved)
        return -EPERM;
    ids->effective = id;
    return 0;
}

/* setreuid(2): the saved number follows the effective one where the real one may have changed. */
static int change_two(struct ids *ids, uint32_t real, uint32_t effective)
{
    const struct ids old = *ids;

    if (real != KEEP && real != old.real && real != old.effective && !is_root())
        return -EPERM;
    if (effective != KEEP && !is_one_of(effective, &old) && !is_root())
        return -EPERM;
    if (real != KEEP)
        ids->real = real;
    if (effective != KEEP)
        ids->effective = effective;
    if (real != KEEP || (effective != KEEP && effective != old.real))
        ids->saved = ids->effective;
    return 0;
}

/* setresuid(2). */
static int change_three(struct ids *ids, const struct ids *new)
{
    const struct ids old = *ids;

    if (!is_root() && ((new->real != KEEP && !is_one_of(new->real, &old)) ||
                       (new->effective != KEEP && !is_one_of(new->effective, &old)) ||
                       (new->saved != KEEP && !is_one_of(new->saved, &old))))
        return -EPERM;
    ids->real = new->real == KEEP ? old.real : new->real;
    ids->effective = new->effective == KEEP ? old.effective : new->effective;
    ids->saved = new->saved == KEEP ? old.saved : new->saved;
    return 0;
}

static struct ids arguments(const struct trap_frame *frame)
{
    return (struct ids){(uint32_t)frame->rdi, (uint32_t)frame->rsi, (uint32_t)frame->rdx};
}

static int64_t copy_ids(const struct trap_frame *frame, const struct ids *ids)
{
    if (copy_to_user(frame->rdi, &ids->real, sizeof(ids->real)) < 0 ||
        copy_to_user(frame->rsi, &ids->effective, sizeof(ids->effective)) < 0)
        return -EFAULT;
    return copy_to_user(frame->rdx, &ids->saved, sizeof(ids->saved));
}

int64_t sys_getuid(struct trap_frame *frame)
{
    (void)frame;
    return users().real;
}

int64_t sys_geteuid(struct trap_frame *frame)
{
    (void)frame;
    return users().effective;
}

int64_t sys_getgid(struct trap_frame *frame)
{
    (void)frame;
    return groups().real;
}

int64_t sys_getegid(struct trap_frame *frame)
{
    (void)frame;
    return groups().effective;
}

int64_t sys_getresuid(struct trap_frame *frame)
{
    struct ids ids = users();

    return copy_ids(frame, &ids);
}

int64_t sys_getresgid(struct trap_frame *frame)
{
    struct ids ids = groups();

    return copy_ids(frame, &ids);
}

int64_t sys_setuid(struct trap_frame *frame)
{
    struct ids ids = users();
    int error = change_one(&ids, (uint32_t)frame->rdi);

    if (!error)
        set_users(&ids);
    return error;
}

int64_t sys_setgid(struct trap_frame *frame)
{
    struct ids ids = groups();
    int error = change_one(&ids, (uint32_t)frame->rdi);

    if (!error)
        set_groups(&ids);
    return error;
}

int64_t sys_setreuid(struct trap_frame *frame)
{
    struct ids ids = users();
    int error = change_two(&ids, (uint32_t)frame->rdi, (uint32_t)frame->rsi);

    if (!error)
        set_users(&ids);
    return error;
}

int64_t sys_setregid(struct trap_frame *frame)
{
    struct ids ids = groups();
    int error = change_two(&ids, (uint32_t)frame->rdi, (uint32_t)frame->rsi);

    if (!error)
        set_groups(&ids);
    return error;
}

int64_t sys_setresuid(struct trap_frame *frame)
{
    struct ids ids = users(), new = arguments(frame);
    int error = change_three(&ids, &new);

    if (!error)
        set_users(&ids);
    return error;
}

int64_t sys_setresgid(struct trap_frame *frame)
{
    struct ids ids = groups(), new = arguments(frame);
    int error = change_three(&ids, &new);

    if (!error)
        set_groups(&ids);
    return error;
}
