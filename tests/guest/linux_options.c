/* loam-only: the oracle is built with these options, Loam answers as a Linux without them */
/*
 * tests/guest/linux_options.c - advice and flags that need an option of the kernel: huge pages,
 * merging of equal pages, poisoned pages
 *
 * Linux 6.1 without CONFIG_TRANSPARENT_HUGEPAGE, CONFIG_KSM, CONFIG_MEMORY_FAILURE does not know
 * the advice (mm/madvise.c, madvise_behavior_valid()), and without CONFIG_HUGETLBFS has no such
 * pages (mm/mmap.c, ksys_mmap_pgoff()). Below 64 KiB nothing is mapped, whoever asks.
 */
#include "memory.h"

static void check_advice(void)
{
    static const struct {
        int advice;
        const char *name;
    } unknown[] = {{12, "MERGEABLE"}, {13, "UNMERGEABLE"}, {14, "HUGEPAGE"},     {15, "NOHUGEPAGE"},
                   {25, "COLLAPSE"},  {100, "HWPOISON"},   {101, "SOFT_OFFLINE"}};
    char *p = fixed(FREE, 2, RW);

    mark(p, 2, 'a');
    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        is_long(raw(SYS_madvise, p, PAGE, unknown[i].advice), -EINVAL, "MADV_%s", unknown[i].name);
        is_long(raw(SYS_madvise, p, 0, unknown[i].advice), -EINVAL, "... of nothing");
        is_long(raw(SYS_madvise, p - PAGE, PAGE, unknown[i].advice), -EINVAL, "... of a hole");
    }
    is_str(contents(p, 2), "ab", "nothing has changed");
    unmap(p, 2);
}

static void check_low(void)
{
    char *p = fixed(FREE, 1, RW);

    is_long(map(NULL, PAGE, RW, ANON | MAP_FIXED, -1, 0), -EPERM, "MAP_FIXED at 0");
    is_long(map((void *)0xf000, PAGE, RW, ANON | MAP_FIXED, -1, 0), -EPERM, "... below 64 KiB");
    is_long(map((void *)0x10000, PAGE, RW, ANON | MAP_FIXED, -1, 0), 0x10000, "... at 64 KiB");
    raw(SYS_munmap, 0x10000, PAGE);
    is_long(raw(SYS_mremap, p, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, 0), -EPERM,
            "mremap to 0");
    unmap(p, 1);
}

int main(void)
{
    check_advice();
    is_long(map(NULL, 2UL << 20, RW, ANON | MAP_HUGETLB, -1, 0), -EINVAL, "MAP_HUGETLB");
    check_low();
    return done_testing();
}
