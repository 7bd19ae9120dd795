/*
 * tests/guest/mlock_all.c - mlock, mlock2, munlock, mlockall, munlockall and MAP_LOCKED: every
 * errno, which pages are resident, what RLIMIT_MEMLOCK refuses to a user who is not root
 *
 * VmLck of /proc/self/status counts what is locked, to the page.
 */
#include <sys/resource.h>

#include "memory.h"

#define USER 1000

static long lock(const volatile void *address, unsigned long len)
{
    return raw(SYS_mlock, address, len);
}

static long unlock(const volatile void *address, unsigned long len)
{
    return raw(SYS_munlock, address, len);
}

static long locked_pages(void)
{
    return locked_kb() / 4;
}

static void set_limit(int resource, unsigned long soft)
{
    struct rlimit limit;

    getrlimit(resource, &limit);
    limit.rlim_cur = soft;
    if (setrlimit(resource, &limit) != 0)
        bail_out("setrlimit: %s", strerror(errno));
}

static void check_arguments(void)
{
    char *p = fixed(FREE, 8, RW);

    is_long(lock(p, 0), 0, "length 0");
    is_long(lock(FREE - PAGE, 0), 0, "... in a hole");
    is_long(lock(p + 8, 0), 0, "... unaligned, is a page");
    is_long(locked_pages(), 1, "... that is locked");
    is_long(unlock(p + 8, 0), 0, "... and unlocked");
    is_long(locked_pages(), 0, "... so that none is");
    is_long(lock(p, ~0UL), 0, "a length that rounds up to 0");
    is_long(lock(p, -PAGE), -EINVAL, "a length that wraps");
    is_long(unlock(p, -PAGE), -EINVAL, "... for munlock");
    is_long(lock((void *)0xffff800000000000, PAGE), -ENOMEM, "an address in the kernel");
    is_long(unlock((void *)0xffff800000000000, PAGE), -ENOMEM, "... for munlock");
    is_long(lock((void *)-PAGE, PAGE), -EINVAL, "the last page wraps");
    is_long(raw(SYS_mlock2, p, PAGE, 2), -EINVAL, "mlock2 with an unknown flag");
    is_long(raw(SYS_mlock2, p, PAGE, 0), 0, "mlock2 without a flag is mlock");
    is_str(resident(p, 3), "x..", "... makes the page resident");
    is_long(raw(SYS_mlock2, p + PAGE, PAGE, MLOCK_ONFAULT), 0, "with MLOCK_ONFAULT");
    is_str(resident(p, 3), "x..", "... it does not");
    is_long(locked_pages(), 2, "... but is locked");
    is_long(raw(SYS_mlockall, 0), -EINVAL, "mlockall without a flag");
    is_long(raw(SYS_mlockall, MCL_ONFAULT), -EINVAL, "... with nothing but MCL_ONFAULT");
    is_long(raw(SYS_mlockall, 8), -EINVAL, "... with an unknown flag");
    unmap(p, 8);
    is_long(locked_pages(), 0, "munmap unlocks");
}

static void check_ranges(void)
{
    char *p = fixed(FREE, 8, RW);

    is_long(lock(p + PAGE + 100, 3 * PAGE), 0, "an unaligned range");
    is_str(resident(p, 8), ".xxxx...", "... is rounded to whole pages");
    is_long(locked_pages(), 4, "... all of them locked");
    is_long(lock(p + 2 * PAGE, PAGE), 0, "again");
    is_long(locked_pages(), 4, "... counts once");
    is_long(unlock(p + 2 * PAGE, PAGE), 0, "a page in the middle unlocked");
    is_long(locked_pages(), 3, "... counts no more");
    is_long(unlock(p, 8 * PAGE), 0, "all unlocked");
    is_str(resident(p, 8), ".xxxx...", "... what was resident is");

    unmap(p + 5 * PAGE, 1);
    is_long(lock(p, 8 * PAGE), -ENOMEM, "over a hole");
    is_long(locked_pages(), 5, "... what lies before it is locked");
    is_str(resident(p, 8), ".xxxx-..", "... but not made resident");
    is_long(unlock(p + 4 * PAGE, 3 * PAGE), -ENOMEM, "unlocking over a hole");
    is_long(locked_pages(), 4, "... unlocks what lies before it");
    is_long(lock(p - PAGE, 2 * PAGE), -ENOMEM, "from before the first area");
    is_long(lock(p + 7 * PAGE, 2 * PAGE), -ENOMEM, "past the last");
    is_long(locked_pages(), 5, "... locks the last");
    is_long(unlock(p - PAGE, 2 * PAGE), -ENOMEM, "munlock from before the first");
    is_long(locked_pages(), 5, "... does nothing");
    unmap(p, 8);

    fixed(p, 2, RW);
    fixed(p + 2 * PAGE, 2, PROT_READ);
    fixed(p + 4 * PAGE, 2, PROT_NONE);
    is_long(lock(p, 4 * PAGE), 0, "writable and readable pages");
    is_str(resident(p, 6), "xxxx..", "... are resident");
    is_long(lock(p, 6 * PAGE), -ENOMEM, "pages without access cannot be made resident");
    is_long(locked_pages(), 6, "... but are locked");
    is_str(resident(p, 6), "xxxx..", "... and not there");
    unmap(p, 6);
    is_long(locked_pages(), 0, "all is unlocked");
}

/* All pages are touched before: Linux would not join areas of which one never was. */
static void check_splits(void)
{
    char *p = fixed(FREE, 8, RW);

    mark(p, 8, 'a');
    lock(p + PAGE, 4 * PAGE);
    unlock(p + 2 * PAGE, PAGE);
    is_str(areas(p, 8), "0-1 rw-p, 1-2 rw-p, 2-3 rw-p, 3-5 rw-p, 5-8 rw-p",
           "areas are split where locks end");
    is_long(raw(SYS_mlock2, p + 3 * PAGE, PAGE, MLOCK_ONFAULT), 0, "another kind of lock");
    is_str(areas(p + 3 * PAGE, 2), "0-1 rw-p, 1-2 rw-p", "... splits, too");
    is_long(locked_pages(), 3, "... counts the same");
    unlock(p, 8 * PAGE);
    is_str(areas(p, 8), "0-8 rw-p", "all unlocked are one area");
    unmap(p, 8);
}

static void check_effects(void)
{
    char *p = fixed(FREE, 6, RW);

    lock(p, 4 * PAGE);
    is_long(raw(SYS_madvise, p, 5 * PAGE, MADV_DONTNEED), -EINVAL, "MADV_DONTNEED of locked pages");
    is_long(mprotect(p + PAGE, PAGE, PROT_READ), 0, "mprotect");
    is_long(locked_pages(), 4, "... leaves locked");
    is_long(raw(SYS_mremap, p + 2 * PAGE, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
                p + 8 * PAGE),
            (long)(p + 8 * PAGE), "mremap");
    is_long(locked_pages(), 4, "... moves the lock along");
    is_long(raw(SYS_mremap, p + 8 * PAGE, 2 * PAGE, 4 * PAGE, 0), (long)(p + 8 * PAGE),
            "growing locked memory");
    is_long(locked_pages(), 6, "... locks what is new");
    is_str(resident(p + 8 * PAGE, 4), "xxxx", "... and makes it resident");
    is_long(raw(SYS_mremap, p + 8 * PAGE, 4 * PAGE, PAGE, 0), (long)(p + 8 * PAGE), "shrinking it");
    is_long(locked_pages(), 3, "... unlocks what goes");
    is_long(raw(SYS_mremap, p + 8 * PAGE, PAGE, PAGE,
                MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, p + 12 * PAGE),
            (long)(p + 12 * PAGE), "MREMAP_DONTUNMAP");
    is_long(locked_pages(), 3, "... counts no page twice");
    is_long(raw(SYS_madvise, p + 8 * PAGE, PAGE, MADV_DONTNEED), 0,
            "... leaves the old one unlocked");
    is_long(raw(SYS_madvise, p + 12 * PAGE, PAGE, MADV_DONTNEED), -EINVAL, "... the new one is");
    unmap(p, 16);
}

/* In a child: what follows holds for the process. */
static void check_all(void)
{
    static volatile char bss[4 * PAGE] __attribute__((aligned(4096)));
    char *p = fixed(FREE, 4, RW), *q, *old;

    is_long(raw(SYS_mlockall, MCL_CURRENT), 0, "mlockall of what there is");
    is_str(resident((char *)launder((uintptr_t)bss), 4), "xxxx", "... makes bss resident");
    is_str(resident(p, 4), "xxxx", "... and mappings");
    q = fixed(FREE + 8 * PAGE, 2, RW);
    is_str(resident(q, 2), "..", "what comes later is not");
    is_long(raw(SYS_madvise, q, PAGE, MADV_DONTNEED), 0, "... nor locked");
    is_long(raw(SYS_madvise, p, PAGE, MADV_DONTNEED), -EINVAL, "... where the former is");
    is_long(raw(SYS_mlockall, MCL_FUTURE), 0, "mlockall of what will be");
    ok(locked_pages() >= 8, "... unlocks nothing");
    q = fixed(FREE + 16 * PAGE, 2, RW);
    is_str(resident(q, 2), "xx", "a mapping made now is resident");
    old = sbrk(0);
    sbrk(3 * (long)PAGE);
    old = (char *)(((uintptr_t)old + PAGE - 1) & ~(PAGE - 1));
    is_str(resident(old, 3), "xxx", "... and the heap");
    q = fixed(FREE + 24 * PAGE, 2, PROT_NONE);
    is_str(resident(q, 2), "..", "... not what nobody may read");
    is_long(raw(SYS_mlockall, MCL_FUTURE | MCL_ONFAULT), 0, "mlockall of what will be touched");
    q = fixed(FREE + 32 * PAGE, 2, RW);
    is_str(resident(q, 2), "..", "... makes nothing resident");
    is_long(raw(SYS_madvise, q, PAGE, MADV_DONTNEED), -EINVAL, "... but locked");
    is_long(raw(SYS_munlockall), 0, "munlockall");
    is_long(locked_pages(), 0, "... unlocks all");
    q = fixed(FREE + 40 * PAGE, 2, RW);
    is_str(resident(q, 2), "..", "... and what will be");
    is_long(raw(SYS_mlockall, MCL_CURRENT | MCL_ONFAULT), 0, "mlockall on fault");
    is_str(resident(q, 2), "..", "... makes nothing resident");
    q[PAGE] = 1;
    is_long(raw(SYS_madvise, q, 2 * PAGE, MADV_DONTNEED), -EINVAL, "... but locks");
    raw(SYS_munlockall);
    unmap(FREE, 64);
}

static void check_map_locked(void)
{
    char *p = map_at(FREE, 3, RW, ANON | MAP_LOCKED, -1, 0);

    is_str(resident(p, 3), "xxx", "MAP_LOCKED makes resident");
    is_long(locked_pages(), 3, "... and locks");
    p = map_at(FREE, 2, PROT_NONE, ANON | MAP_LOCKED, -1, 0);
    is_long(locked_pages(), 3, "MAP_LOCKED without access locks, too");
    is_str(resident(p, 3), "..x", "... what cannot be made resident");
    unmap(p, 3);
    p = map_at(FREE, 3, RW, SHARED | MAP_LOCKED, -1, 0);
    is_str(resident(p, 3), "xxx", "MAP_LOCKED of shared memory");
    is_long(locked_pages(), 3, "... locks");
    unmap(p, 3);
}

static int become_user(unsigned long limit_pages)
{
    set_limit(RLIMIT_MEMLOCK, limit_pages * PAGE);
    return (int)raw(SYS_setuid, USER);
}

/* What a process that is not root may lock: 8 pages. */
static int limited(void)
{
    char *p = fixed(FREE, 16, RW), *old = sbrk(0);

    is_long(become_user(8), 0, "a user with a limit of 8 pages");
    is_long(lock(p, 9 * PAGE), -ENOMEM, "... cannot lock 9");
    is_long(locked_pages(), 0, "... none is locked");
    is_long(lock(p, 8 * PAGE), 0, "... but 8");
    is_long(lock(p, 8 * PAGE), 0, "... twice the same");
    is_long(lock(p + 4 * PAGE, 4 * PAGE), 0, "... or some of them");
    is_long(lock(p + 7 * PAGE, 2 * PAGE), -ENOMEM, "... and none beside them");
    is_long(locked_pages(), 8, "... nothing has changed by that");
    is_long(map(NULL, PAGE, RW, ANON | MAP_LOCKED, -1, 0), -EAGAIN, "MAP_LOCKED beyond the limit");
    unmap(p + 8 * PAGE, 8);
    is_long(raw(SYS_mremap, p, 8 * PAGE, 9 * PAGE, MREMAP_MAYMOVE), -EAGAIN,
            "growing locked memory beyond the limit");
    is_long(raw(SYS_mlockall, MCL_CURRENT), -ENOMEM, "mlockall of more than the limit");
    is_long(raw(SYS_mlockall, MCL_FUTURE), 0, "mlockall of what will be");
    is_long(map(NULL, PAGE, RW, ANON, -1, 0), -EAGAIN, "... a mapping beyond the limit");
    is_long(map(NULL, PAGE, PROT_NONE, ANON, -1, 0), -EAGAIN, "... even without access");
    is_ptr(sbrk(2 * (long)PAGE), -1, "... and the break");
    is_ptr(sbrk(0), old, "... does not move");
    is_long(unlock(p, 3 * PAGE), 0, "three unlocked");
    is_long(map(p + 16 * PAGE, 3 * PAGE, RW, ANON, -1, 0), (long)(p + 16 * PAGE),
            "... three mapped");
    is_long(map(NULL, PAGE, RW, ANON, -1, 0), -EAGAIN, "... and no more");
    is_long(raw(SYS_munlockall), 0, "munlockall");
    set_limit(RLIMIT_MEMLOCK, 0);
    is_long(lock(p, PAGE), -EPERM, "a limit of 0 is EPERM");
    is_long(lock(p, 0), -EPERM, "... for nothing, too");
    is_long(raw(SYS_mlock2, p, PAGE, 2), -EINVAL, "... after the flags");
    is_long(raw(SYS_mlockall, MCL_CURRENT), -EPERM, "... for mlockall");
    is_long(raw(SYS_mlockall, 0), -EINVAL, "... after the flags");
    is_long(map(NULL, PAGE, RW, ANON | MAP_LOCKED, -1, 0), -EPERM, "... for MAP_LOCKED");
    is_long(unlock(p, PAGE), 0, "... not for munlock");
    return done_testing();
}

/* MCL_FUTURE in a child: what its own child maps is not locked. */
static int grandchild(void)
{
    raw(SYS_mlockall, MCL_FUTURE);
    return in_child(strcmp(resident(fixed(FREE, 2, RW), 2), "..") != 0);
}

static void check_inheritance(void)
{
    char *p = fixed(FREE, 4, RW);

    lock(p, 4 * PAGE);
    is_long(in_child(locked_pages() != 0), EXITED(0), "a child has nothing locked");
    is_long(in_child(raw(SYS_madvise, FREE, 4 * PAGE, MADV_DONTNEED) != 0), EXITED(0),
            "... and can discard it");
    is_long(locked_pages(), 4, "the parent has");
    is_long(in_child(grandchild()), EXITED(0), "MCL_FUTURE is not inherited");
    unmap(p, 4);
}

int main(void)
{
    check_arguments();
    check_ranges();
    check_splits();
    check_effects();
    check_map_locked();
    check_inheritance();
    check_all();
    return limited();
}
