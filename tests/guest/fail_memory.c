/* loam-only: Debian's kernel is built without fault injection */
/*
 * tests/guest/fail_memory.c - each allocation of every memory call fails, one after the other
 */
#include <linux/shm.h>

#include "inject.h"

#define RW        (PROT_READ | PROT_WRITE)
#define PRIVATE   (MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED)
#define SHARED    (MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED)
#define AT(index) ((void *)(ARENA + (index)*PAGE))

static int file;     /* that can be mapped */
static int null;     /* takes all that is written */
static long segment; /* that can be attached */

static void must(int done)
{
    if (!done)
        _exit(99);
}

static void map(size_t index, size_t nr, int prot, int flags)
{
    must(raw(SYS_mmap, AT(index), nr * PAGE, prot, flags, -1, 0) == (long)AT(index));
}

static void fill(size_t index, size_t nr)
{
    for (size_t i = index; i < index + nr; i++)
        memset(AT(i), 'a' + (int)i, PAGE);
}

/* ---- what is there ---------------------------------------------------------------------------- */

static void nothing(void)
{
}

static void ten_pages(void)
{
    map(0, 10, RW, PRIVATE);
}

static void ten_full_pages(void)
{
    ten_pages();
    fill(0, 10);
}

static void ten_shared_pages(void)
{
    map(0, 10, RW, SHARED);
    fill(0, 10);
}

/* rw- full, a hole, r--, shared, rw- */
static void patchwork(void)
{
    ten_full_pages();
    map(2, 2, PROT_READ, PRIVATE);
    map(4, 2, RW, SHARED);
    fill(4, 2);
    munmap(AT(7), PAGE);
}

static void shared_with_child(void)
{
    ten_full_pages();
    pid_t pid = fork();
    must(pid >= 0);
    while (pid == 0)
        kill(getpid(), SIGSTOP);
    record->twin = pid;
}

static void pages_of_a_file(void)
{
    must(raw(SYS_mmap, AT(0), 2 * PAGE, RW, MAP_PRIVATE | MAP_FIXED, file, 0) == (long)AT(0));
}

static void full_heap(void)
{
    must(sbrk(40 * (long)PAGE) != (void *)-1);
    memset((char *)sbrk(0) - 40 * PAGE, 1, 40 * PAGE);
}

/* ---- what is done ----------------------------------------------------------------------------- */

#define ACT(name, ...)                                                                             \
    static long name(void)                                                                         \
    {                                                                                              \
        return raw(__VA_ARGS__);                                                                   \
    }

ACT(map_private, SYS_mmap, AT(12), 4 * PAGE, RW, PRIVATE, -1, 0)
ACT(map_anywhere, SYS_mmap, 0, 4 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
ACT(map_shared, SYS_mmap, AT(12), 4 * PAGE, RW, SHARED, -1, 0)
ACT(map_private_file, SYS_mmap, AT(12), 2 * PAGE, RW, MAP_PRIVATE | MAP_FIXED, file, 0)
ACT(map_shared_file, SYS_mmap, AT(12), 2 * PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, file, 0)
ACT(map_over_middle, SYS_mmap, AT(3), 3 * PAGE, PROT_READ, PRIVATE, -1, 0)
ACT(map_over_all, SYS_mmap, AT(1), 8 * PAGE, PROT_READ, PRIVATE, -1, 0)
ACT(map_populate, SYS_mmap, AT(12), 4 * PAGE, RW, PRIVATE | MAP_POPULATE, -1, 0)
ACT(map_shared_populate, SYS_mmap, AT(12), 4 * PAGE, RW, SHARED | MAP_POPULATE, -1, 0)
ACT(map_noreserve, SYS_mmap, AT(12), 4 * PAGE, RW, PRIVATE | MAP_NORESERVE, -1, 0)
ACT(map_growsdown, SYS_mmap, AT(12), 4 * PAGE, RW, PRIVATE | MAP_GROWSDOWN, -1, 0)
ACT(map_locked, SYS_mmap, AT(12), 4 * PAGE, RW, PRIVATE | MAP_LOCKED, -1, 0)
ACT(map_low, SYS_mmap, 0, 4 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0)
ACT(unmap_middle, SYS_munmap, AT(3), 2 * PAGE)
ACT(unmap_end, SYS_munmap, AT(8), 2 * PAGE)
ACT(unmap_start, SYS_munmap, AT(0), 2 * PAGE)
ACT(unmap_all, SYS_munmap, AT(0), 10 * PAGE)
ACT(unmap_span, SYS_munmap, AT(1), 8 * PAGE)
ACT(protect_middle, SYS_mprotect, AT(3), 2 * PAGE, PROT_READ)
ACT(protect_start, SYS_mprotect, AT(0), 2 * PAGE, PROT_NONE)
ACT(protect_all, SYS_mprotect, AT(0), 10 * PAGE, PROT_READ)
ACT(protect_span, SYS_mprotect, AT(1), 5 * PAGE, PROT_READ | PROT_EXEC)
ACT(allow_span, SYS_mprotect, AT(1), 5 * PAGE, RW)
ACT(remap_grow, SYS_mremap, AT(0), 10 * PAGE, 14 * PAGE, 0)
ACT(remap_shrink, SYS_mremap, AT(0), 10 * PAGE, 4 * PAGE, 0)
ACT(remap_move, SYS_mremap, AT(0), 10 * PAGE, 10 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
    ARENA + (1UL << 40))
ACT(remap_move_part, SYS_mremap, AT(3), 3 * PAGE, 5 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
    ARENA + (1UL << 40))
ACT(remap_over, SYS_mremap, AT(0), 2 * PAGE, 3 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, AT(4))
ACT(remap_grow_moving, SYS_mremap, AT(0), 2 * PAGE, 600 * PAGE, MREMAP_MAYMOVE)
ACT(remap_dontunmap, SYS_mremap, AT(2), 3 * PAGE, 3 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0)
ACT(remap_twice, SYS_mremap, AT(0), 0, 4 * PAGE, MREMAP_MAYMOVE)
ACT(advise_dontneed, SYS_madvise, AT(2), 4 * PAGE, MADV_DONTNEED)
ACT(advise_free, SYS_madvise, AT(2), 4 * PAGE, MADV_FREE)
ACT(advise_willneed, SYS_madvise, AT(0), 10 * PAGE, MADV_WILLNEED)
ACT(advise_populate_read, SYS_madvise, AT(0), 10 * PAGE, MADV_POPULATE_READ)
ACT(advise_populate_write, SYS_madvise, AT(0), 10 * PAGE, MADV_POPULATE_WRITE)
ACT(advise_dontfork, SYS_madvise, AT(3), 2 * PAGE, MADV_DONTFORK)
ACT(advise_wipeonfork, SYS_madvise, AT(3), 2 * PAGE, MADV_WIPEONFORK)
ACT(advise_remove, SYS_madvise, AT(3), 2 * PAGE, MADV_REMOVE)
ACT(lock_middle, SYS_mlock, AT(3), 2 * PAGE)
ACT(lock_onfault, SYS_mlock2, AT(3), 2 * PAGE, MLOCK_ONFAULT)
ACT(lock_all, SYS_mlockall, MCL_CURRENT | MCL_FUTURE)
ACT(sync_pages, SYS_msync, AT(0), 10 * PAGE, MS_SYNC)

ACT(attach_segment, SYS_shmat, segment, AT(12), 0)
ACT(detach_segment, SYS_shmdt, AT(12))

static long make_segment(void)
{
    long id = raw(SYS_shmget, IPC_PRIVATE, 4 * PAGE, 0600);

    return id < 0 ? id : raw(SYS_shmctl, id, IPC_RMID, 0);
}

static void attached(void)
{
    must(attach_segment() == (long)AT(12));
}

static long unlock_middle(void)
{
    return raw(SYS_munlock, AT(3), 2 * PAGE);
}

static void ten_locked_pages(void)
{
    ten_full_pages();
    must(raw(SYS_mlock, AT(0), 10 * PAGE) == 0);
}

static long see_resident(void)
{
    return raw(SYS_mincore, AT(0), 10 * PAGE, AT(9));
}

/* brk(2) says no by saying where the break is. */
static long move_break(long by)
{
    long old = raw(SYS_brk, 0), now = raw(SYS_brk, old + by);

    return now == old + by ? 0 : now == old ? -ENOMEM : -EINVAL;
}

static long grow_break(void)
{
    return move_break(40 * (long)PAGE);
}

static long shrink_break(void)
{
    return move_break(-20 * (long)PAGE);
}

/* A system call's copy may end early, but must not lie about how far it came. */
static long copy_to_untouched(void)
{
    long n = raw(SYS_getrandom, AT(1), 3 * PAGE, 0);

    return n == 3 * (long)PAGE ? 0 : n >= 0 ? -EFAULT : n;
}

static long copy_from_untouched(void)
{
    return raw(SYS_write, null, AT(1), 3 * PAGE) == 3 * (long)PAGE ? 0 : -EFAULT;
}

static long write_untouched(void)
{
    for (size_t i = 0; i < 10; i++)
        *(volatile char *)AT(i) = 1;
    return 0;
}

static long read_untouched(void)
{
    for (size_t i = 0; i < 10; i++)
        must(*(volatile char *)AT(i) == 0);
    return 0;
}

static long write_two(void)
{
    *(volatile char *)AT(0) = 1;
    *(volatile char *)AT(1) = 1;
    return 0;
}

/* "No frame for a copy on write is an error, never a zero page." */
static long write_shared_with_child(void)
{
    for (size_t i = 0; i < 10; i++) {
        ((volatile char *)AT(i))[1] = 1;
        must(((volatile char *)AT(i))[0] == 'a' + (char)i);
    }
    return 0;
}

static const struct scenario scenarios[] = {
    {"mmap private", nothing, map_private, 0, 0},
    {"mmap anywhere", nothing, map_anywhere, 0, 0},
    {"mmap shared", nothing, map_shared, 0, 0},
    {"mmap of a file, private", nothing, map_private_file, 0, 0},
    {"mmap of a file, shared", nothing, map_shared_file, 0, 0},
    {"mmap over the middle", ten_full_pages, map_over_middle, 0, 0},
    {"mmap over many", patchwork, map_over_all, 0, 0},
    {"mmap populate", nothing, map_populate, 0, 0},
    {"mmap shared, populate", nothing, map_shared_populate, 0, 0},
    {"mmap noreserve", nothing, map_noreserve, 0, 0},
    {"mmap growsdown", nothing, map_growsdown, 0, 0},
    {"mmap locked", nothing, map_locked, 0, EAGAIN},
    {"mmap 32bit", nothing, map_low, 0, 0},
    {"munmap in the middle", ten_full_pages, unmap_middle, 0, 0},
    {"munmap at the end", ten_full_pages, unmap_end, NEVER, 0},
    {"munmap at the start", ten_full_pages, unmap_start, NEVER, 0},
    {"munmap of everything", patchwork, unmap_all, NEVER, 0},
    {"munmap from area to area", patchwork, unmap_span, NEVER, 0},
    {"mprotect in the middle", ten_full_pages, protect_middle, 0, 0},
    {"mprotect at the start", ten_full_pages, protect_start, 0, 0},
    {"mprotect of everything", ten_full_pages, protect_all, NEVER, 0},
    {"mprotect from area to area", patchwork, protect_span, 0, 0},
    {"mprotect that joins", patchwork, allow_span, NEVER, 0},
    {"mremap grows", ten_full_pages, remap_grow, NEVER, 0},
    {"mremap shrinks", ten_full_pages, remap_shrink, NEVER, 0},
    {"mremap moves", ten_full_pages, remap_move, ONE_WAY, 0},
    {"mremap moves a part", ten_full_pages, remap_move_part, ONE_WAY, 0},
    {"mremap over others", patchwork, remap_over, ONE_WAY, 0},
    {"mremap grows and moves", patchwork, remap_grow_moving, 0, 0},
    {"mremap dontunmap", ten_full_pages, remap_dontunmap, 0, 0},
    {"mremap of nothing", ten_shared_pages, remap_twice, 0, 0},
    {"madvise dontneed", ten_full_pages, advise_dontneed, NEVER, 0},
    {"madvise free", ten_full_pages, advise_free, NEVER, 0},
    {"madvise willneed", ten_full_pages, advise_willneed, NEVER, 0},
    {"madvise populate read", ten_pages, advise_populate_read, 0, 0},
    {"madvise populate write", ten_pages, advise_populate_write, 0, 0},
    {"madvise populate write after fork", shared_with_child, advise_populate_write, 0, 0},
    {"madvise dontfork", ten_full_pages, advise_dontfork, 0, EAGAIN},
    {"madvise wipeonfork", ten_full_pages, advise_wipeonfork, 0, EAGAIN},
    {"madvise remove", ten_shared_pages, advise_remove, NEVER, 0},
    {"mlock in the middle", ten_pages, lock_middle, KEEPS_PART, EAGAIN},
    {"mlock2 onfault", ten_pages, lock_onfault, KEEPS_PART, EAGAIN},
    {"munlock in the middle", ten_locked_pages, unlock_middle, 0, EAGAIN},
    {"mlockall", ten_pages, lock_all, KEEPS_PART, EAGAIN},
    {"shmget", nothing, make_segment, 0, 0},
    {"shmat", nothing, attach_segment, ONE_WAY, 0},
    {"shmdt", attached, detach_segment, NEVER | ONE_WAY, 0},
    {"msync", ten_shared_pages, sync_pages, NEVER, 0},
    {"mincore into untouched memory", ten_pages, see_resident, 0, EFAULT},
    {"brk grows", nothing, grow_break, NEVER, 0},
    {"brk shrinks", full_heap, shrink_break, NEVER, 0},
    {"copy to untouched memory", ten_pages, copy_to_untouched, 0, EFAULT},
    {"copy from untouched memory", ten_pages, copy_from_untouched, NEVER, EFAULT},
    {"write to untouched memory", ten_pages, write_untouched, MAY_DIE, 0},
    {"read of untouched memory", ten_pages, read_untouched, MAY_DIE, 0},
    {"write to private pages of a file", pages_of_a_file, write_two, MAY_DIE, 0},
    {"write after fork", shared_with_child, write_shared_with_child, MAY_DIE, 0},
};

int main(void)
{
    file = open("/bin/true", O_RDONLY);
    null = open("/dev/null", O_WRONLY);
    segment = raw(SYS_shmget, IPC_PRIVATE, 4 * PAGE, 0600);
    inject_scenarios(scenarios);
    raw(SYS_shmctl, segment, IPC_RMID, 0);
    return done_testing();
}
