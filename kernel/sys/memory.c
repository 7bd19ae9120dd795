/*
 * sys/memory.c - brk, mmap, munmap, mremap, mprotect, madvise, msync, mincore, mlock
 */
#include <asm/errno.h>
#include <asm/fcntl.h>
#include <asm/mman.h>
#include <linux/mman.h>
#include <linux/stat.h>

#include "fs/mount.h"
#include "mm/usercopy.h"
#include "proc/process.h"
#include "sys/syscall.h"

/*
 * What MAP_SHARED_VALIDATE accepts: the flags that every kernel has always known, and MAP_SYNC's
 * absence.
 */
#define KNOWN_FLAGS                                                                                \
    (MAP_TYPE | MAP_FIXED | MAP_ANONYMOUS | MAP_DENYWRITE | MAP_EXECUTABLE | MAP_GROWSDOWN |       \
     MAP_LOCKED | MAP_NORESERVE | MAP_POPULATE | MAP_NONBLOCK | MAP_STACK | MAP_HUGETLB |          \
     MAP_32BIT | MAP_UNINITIALIZED | (unsigned)(MAP_HUGE_2MB | MAP_HUGE_1GB))

#define MINCORE_PIECE 256UL /* pages asked for at a time */

int64_t sys_brk(struct trap_frame *frame)
{
    return (int64_t)space_brk(process_current()->space, frame->rdi);
}

/* Whether a file may be mapped like that. */
static int check_file(const struct file *file, uint64_t offset, size_t len, unsigned prot,
                      unsigned flags)
{
    if ((int64_t)offset < 0 || (int64_t)(offset + align_up(len, PAGE_SIZE)) < 0)
        return -EOVERFLOW;
    switch (flags & MAP_TYPE) {
    case MAP_SHARED_VALIDATE:
        if (flags & ~(unsigned)KNOWN_FLAGS)
            return -EOPNOTSUPP;
        /* fall through */
    case MAP_SHARED:
        if (prot & PROT_WRITE && !file_writable(file))
            return -EACCES;
        /* fall through */
    case MAP_PRIVATE:
        if (!file_readable(file))
            return -EACCES;
        if (prot & PROT_EXEC && mount_flags(file->node) & MS_NOEXEC)
            return -EPERM;
        if (file->ops != &object_file_ops && !file->ops->maps_zeros)
            return -ENODEV;
        return flags & MAP_GROWSDOWN ? -EINVAL : 0;
    default:
        return -EINVAL;
    }
}

static int check_anonymous(unsigned flags)
{
    unsigned type = flags & MAP_TYPE;

    if (likely(type == MAP_PRIVATE))
        return 0;
    return type == MAP_SHARED && !(flags & MAP_GROWSDOWN) ? 0 : -EINVAL;
}

/* AREA_* of what mprotect(2) may not allow then. */
static unsigned forbidden(const struct file *file, unsigned flags)
{
    bool shared = (flags & MAP_TYPE) != MAP_PRIVATE;

    return (shared && !file_writable(file) ? AREA_NOWRITE : 0) |
           (mount_flags(file->node) & MS_NOEXEC ? AREA_NOEXEC : 0);
}

NOINLINE static int64_t map_file(struct trap_frame *frame, unsigned prot, unsigned flags)
{
    struct process *self = process_current();
    const struct file *file = fd_get(&self->files, (int)frame->r8);

    if (!file)
        return -EBADF;
    if (flags & MAP_HUGETLB)
        return -EINVAL;
    struct backing backing = {.refusal = check_file(file, frame->r9, frame->rsi, prot, flags),
                              .flags = forbidden(file, flags),
                              .object = file->node->object};
    backing.offset = backing.object ? frame->r9 : 0;
    return space_mmap(self->space, frame->rdi, frame->rsi, prot, flags, &backing);
}

int64_t sys_mmap(struct trap_frame *frame)
{
    unsigned prot = (unsigned)frame->rdx, flags = (unsigned)frame->r10;

    if (frame->r9 % PAGE_SIZE)
        return -EINVAL;
    if (!(flags & MAP_ANONYMOUS))
        return map_file(frame, prot, flags);
    if (flags & MAP_HUGETLB)
        return -EINVAL; /* what a kernel without huge pages says */
    struct backing backing = {.refusal = check_anonymous(flags)};
    return space_mmap(process_current()->space, frame->rdi, frame->rsi, prot, flags, &backing);
}

int64_t sys_mremap(struct trap_frame *frame)
{
    return space_mremap(process_current()->space, frame->rdi, frame->rsi, frame->rdx,
                        (unsigned)frame->r10, frame->r8);
}

int64_t sys_mlock(struct trap_frame *frame)
{
    return space_mlock(process_current()->space, frame->rdi, frame->rsi, 0);
}

int64_t sys_mlock2(struct trap_frame *frame)
{
    return space_mlock(process_current()->space, frame->rdi, frame->rsi, (unsigned)frame->rdx);
}

int64_t sys_munlock(struct trap_frame *frame)
{
    return space_munlock(process_current()->space, frame->rdi, frame->rsi);
}

int64_t sys_mlockall(struct trap_frame *frame)
{
    return space_mlockall(process_current()->space, (unsigned)frame->rdi);
}

int64_t sys_munlockall(struct trap_frame *frame)
{
    (void)frame;
    return space_munlockall(process_current()->space);
}

int64_t sys_munmap(struct trap_frame *frame)
{
    return space_munmap(process_current()->space, frame->rdi, frame->rsi);
}

int64_t sys_mprotect(struct trap_frame *frame)
{
    return space_mprotect(process_current()->space, frame->rdi, frame->rsi, (unsigned)frame->rdx);
}

int64_t sys_madvise(struct trap_frame *frame)
{
    return space_madvise(process_current()->space, frame->rdi, frame->rsi, (int)frame->rdx);
}

int64_t sys_msync(struct trap_frame *frame)
{
    return space_msync(process_current()->space, frame->rdi, frame->rsi, (unsigned)frame->rdx);
}

int64_t sys_mincore(struct trap_frame *frame)
{
    vaddr_t addr = frame->rdi, to = frame->rdx;
    uint8_t resident[MINCORE_PIECE];

    if (addr % PAGE_SIZE)
        return -EINVAL;
    if (!user_range_ok(addr, frame->rsi))
        return -ENOMEM;
    size_t nr_pages = align_up(frame->rsi, PAGE_SIZE) >> PAGE_SHIFT;
    if (!user_range_ok(to, nr_pages))
        return -EFAULT;
    for (size_t done = 0; done < nr_pages;) {
        size_t wanted = MIN(nr_pages - done, MINCORE_PIECE);
        size_t n =
            space_mincore(process_current()->space, addr + (done << PAGE_SHIFT), wanted, resident);
        if (copy_to_user(to + done, resident, n) < 0)
            return -EFAULT;
        if (n < wanted)
            return -ENOMEM;
        done += n;
        (void)thread_pause_point();
    }
    return 0;
}
