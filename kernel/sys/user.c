/*
 * sys/user.c - user and group numbers
 *
 * Users and groups follow the same rules: who is root (the effective user is 0) takes any number;
 * others move among those they have.
 *
 * Source  credentials(7), setuid(2), setreuid(2), setresuid(2)
 */
#include <asm/errno.h>
#include <linux/capability.h>
#include <string.h>

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

int64_t sys_getgroups(struct trap_frame *frame)
{
    const struct credentials *c = &process_current()->credentials;
    int size = (int)frame->rdi, nr = (int)c->nr_groups;

    if (size < 0 || (size && size < nr))
        return -EINVAL;
    if (size && copy_to_user(frame->rsi, c->groups, c->nr_groups * sizeof(*c->groups)) < 0)
        return -EFAULT;
    return nr;
}

int64_t sys_setgroups(struct trap_frame *frame)
{
    struct credentials *c = &process_current()->credentials;
    uint32_t groups[NR_GROUPS_MAX];
    size_t nr = (unsigned)frame->rdi;

    if (!is_root())
        return -EPERM;
    if (nr > NR_GROUPS_MAX)
        return -EINVAL;
    if (copy_from_user(groups, frame->rsi, nr * sizeof(*groups)) < 0)
        return -EFAULT;
    memcpy(c->groups, groups, nr * sizeof(*groups));
    c->nr_groups = (uint32_t)nr;
    return 0;
}

/*
 * capabilities(7): the effective user 0 has them all, nobody else has one, and that is all there is to set.
 */
#define ALL_CAPABILITIES ((1UL << (CAP_LAST_CAP + 1)) - 1)

/* How many words of each set this version has; 0 for one that is not known. */
static size_t nr_words(const struct __user_cap_header_struct *header)
{
    switch (header->version) {
    case _LINUX_CAPABILITY_VERSION_1:
        return _LINUX_CAPABILITY_U32S_1;
    case _LINUX_CAPABILITY_VERSION_2:
    case _LINUX_CAPABILITY_VERSION_3:
        return _LINUX_CAPABILITY_U32S_3;
    default:
        return 0;
    }
}

/* The user's header, whose version is put right if it is not known. */
static int64_t get_header(vaddr_t at, struct __user_cap_header_struct *header)
{
    const uint32_t known = _LINUX_CAPABILITY_VERSION_3;

    if (copy_from_user(header, at, sizeof(*header)) < 0)
        return -EFAULT;
    if (nr_words(header))
        return 0;
    return copy_to_user(at, &known, sizeof(known)) < 0 ? -EFAULT : -EINVAL;
}

static void describe(const struct process *process, struct __user_cap_data_struct data[2])
{
    uint64_t set = process->credentials.euid == 0 ? ALL_CAPABILITIES : 0;

    for (int i = 0; i < 2; i++)
        data[i] = (struct __user_cap_data_struct){.effective = (uint32_t)(set >> 32 * i),
                                                  .permitted = (uint32_t)(set >> 32 * i)};
}

int64_t sys_capget(struct trap_frame *frame)
{
    struct __user_cap_header_struct header;
    struct __user_cap_data_struct data[2];
    int64_t error = get_header(frame->rdi, &header);

    if (error)
        return error == -EINVAL && !frame->rsi ? 0 : error; /* it was only asked for the version */
    if (!frame->rsi)
        return 0;
    if (header.pid < 0)
        return -EINVAL;
    const struct process *process = header.pid ? process_of_task(header.pid) : process_current();
    if (!process)
        return -ESRCH;
    describe(process, data);
    return copy_to_user(frame->rsi, data, nr_words(&header) * sizeof(*data));
}

int64_t sys_capset(struct trap_frame *frame)
{
    struct __user_cap_header_struct header;
    struct __user_cap_data_struct wanted[2] = {0}, data[2];
    int64_t error = get_header(frame->rdi, &header);

    if (error)
        return error;
    if (header.pid && header.pid != process_current()->pid)
        return -EPERM;
    if (copy_from_user(wanted, frame->rsi, nr_words(&header) * sizeof(*wanted)) < 0)
        return -EFAULT;
    describe(process_current(), data);
    return memcmp(wanted, data, nr_words(&header) * sizeof(*data)) == 0 ? 0 : -EPERM;
}
