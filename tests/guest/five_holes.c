/*
 * tests/guest/five_holes.c - DESIGN section 5: ranges that start, end or lie in a hole, or span
 * several areas
 *
 * Every call that takes a range is done to every range of this picture, and the whole picture is
 * compared afterwards: what came before a hole, what behind, and that nothing else changed.
 *
 *     page     0 1   2 3   4 5    6    7    8
 *     area     a a         b b    c    c    -     (a, b, c: three areas; 2, 3 and 8 are holes)
 *     rights   w w   - -   w w    r    w    -     (7: another area with b's rights)
 */
#include "memory.h"

#define NR    10 /* one page before the picture, and one hole behind */
#define BEGIN (FREE)

static void make_picture(void)
{
    unmap(BEGIN - PAGE, NR + 2);
    fixed(BEGIN, 2, RW);
    fixed(BEGIN + 4 * PAGE, 4, RW);
    mark(BEGIN, 2, 'a');
    mark(BEGIN + 4 * PAGE, 4, 'e');
    raw(SYS_mprotect, BEGIN + 6 * PAGE, PAGE, PROT_READ);
}

/* Ranges as first page and number of pages, named in the output. */
static const struct range {
    int first, nr;
    const char *what;
} ranges[] = {
    {0, 2, "one area"},      {1, 1, "the end of an area"},
    {2, 2, "a hole"},        {3, 1, "the end of a hole"},
    {1, 2, "into a hole"},   {3, 2, "out of a hole"},
    {1, 4, "across a hole"}, {-1, 2, "from before all"},
    {7, 3, "past all"},      {5, 2, "two areas"},
    {4, 4, "three areas"},   {5, 3, "parts of three areas"},
    {-1, 10, "all"},         {0, 8, "from first to last"},
};

struct expected {
    long result;
    const char *rights, *contents; /* of page -1 to 8; NULL: as it was */
};

typedef long call(char *address, unsigned long len);

#define RIGHTS   "-ww--wwrw-"
#define CONTENTS "-ab--efgh-"

static void check(const char *name, call *action, const struct expected *expected)
{
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        char *address = BEGIN + ranges[i].first * (long)PAGE;
        long result;

        make_picture();
        result = action(address, (unsigned long)ranges[i].nr * PAGE);
        is_long(result == (long)address ? 0 : result, expected[i].result, "%s, %s", name,
                ranges[i].what);
        is_str(rights(BEGIN - PAGE, NR), expected[i].rights ? expected[i].rights : RIGHTS,
               "... rights");
        is_str(contents(BEGIN - PAGE, NR), expected[i].contents ? expected[i].contents : CONTENTS,
               "... contents");
    }
    unmap(BEGIN - PAGE, NR + 2);
}

static long do_munmap(char *address, unsigned long len)
{
    return raw(SYS_munmap, address, len);
}

static const struct expected after_munmap[] = {
    {0, "-----wwrw-", "-----efgh-"},
    {0, "-w---wwrw-", "-a---efgh-"},
    {0, NULL, NULL},
    {0, NULL, NULL},
    {0, "-w---wwrw-", "-a---efgh-"},
    {0, "-ww---wrw-", "-ab---fgh-"},
    {0, "-w----wrw-", "-a----fgh-"},
    {0, "--w--wwrw-", "--b--efgh-"},
    {0, "-ww--wwr--", "-ab--efg--"},
    {0, "-ww--w--w-", "-ab--e--h-"},
    {0, "-ww-------", "-ab-------"},
    {0, "-ww--w----", "-ab--e----"},
    {0, "----------", "----------"},
    {0, "----------", "----------"},
};

static long do_mprotect(char *address, unsigned long len)
{
    return raw(SYS_mprotect, address, len, PROT_READ);
}

static const struct expected after_mprotect[] = {
    {0, "-rr--wwrw-", NULL},       {0, "-wr--wwrw-", NULL},       {-ENOMEM, NULL, NULL},
    {-ENOMEM, NULL, NULL},         {-ENOMEM, "-wr--wwrw-", NULL}, {-ENOMEM, NULL, NULL},
    {-ENOMEM, "-wr--wwrw-", NULL}, {-ENOMEM, NULL, NULL},         {-ENOMEM, "-ww--wwrr-", NULL},
    {0, "-ww--wrrw-", NULL},       {0, "-ww--rrrr-", NULL},       {0, "-ww--wrrr-", NULL},
    {-ENOMEM, NULL, NULL},         {-ENOMEM, "-rr--wwrw-", NULL},
};

static long do_mmap_fixed(char *address, unsigned long len)
{
    return map(address, len, RW, ANON | MAP_FIXED, -1, 0);
}

static const struct expected after_mmap_fixed[] = {
    {0, NULL, "-00--efgh-"},         {0, NULL, "-a0--efgh-"},
    {0, "-wwwwwwrw-", "-ab00efgh-"}, {0, "-ww-wwwrw-", "-ab-0efgh-"},
    {0, "-www-wwrw-", "-a00-efgh-"}, {0, "-ww-wwwrw-", "-ab-00fgh-"},
    {0, "-wwwwwwrw-", "-a0000fgh-"}, {0, "www--wwrw-", "00b--efgh-"},
    {0, "-ww--wwrww", "-ab--efg00"}, {0, "-ww--wwww-", "-ab--e00h-"},
    {0, "-ww--wwww-", "-ab--0000-"}, {0, "-ww--wwww-", "-ab--e000-"},
    {0, "wwwwwwwwww", "0000000000"}, {0, "-wwwwwwww-", "-00000000-"},
};

static long do_dontneed(char *address, unsigned long len)
{
    return raw(SYS_madvise, address, len, MADV_DONTNEED);
}

static const struct expected after_dontneed[] = {
    {0, NULL, "-00--efgh-"},       {0, NULL, "-a0--efgh-"},       {-ENOMEM, NULL, NULL},
    {-ENOMEM, NULL, NULL},         {-ENOMEM, NULL, "-a0--efgh-"}, {-ENOMEM, NULL, "-ab--0fgh-"},
    {-ENOMEM, NULL, "-a0--0fgh-"}, {-ENOMEM, NULL, "-0b--efgh-"}, {-ENOMEM, NULL, "-ab--efg0-"},
    {0, NULL, "-ab--e00h-"},       {0, NULL, "-ab--0000-"},       {0, NULL, "-ab--e000-"},
    {-ENOMEM, NULL, "-00--0000-"}, {-ENOMEM, NULL, "-00--0000-"},
};

/* To another place, without changing the length. */
static long do_mremap(char *address, unsigned long len)
{
    long to = raw(SYS_mremap, address, len, len, MREMAP_MAYMOVE | MREMAP_FIXED, BEGIN + 100 * PAGE);

    raw(SYS_munmap, BEGIN + 100 * PAGE, len);
    return to == (long)(BEGIN + 100 * PAGE) ? 0 : to;
}

static const struct expected after_mremap[] = {
    {0, "-----wwrw-", "-----efgh-"}, {0, "-w---wwrw-", "-a---efgh-"}, {-EFAULT, NULL, NULL},
    {-EFAULT, NULL, NULL},           {-EFAULT, NULL, NULL},           {-EFAULT, NULL, NULL},
    {-EFAULT, NULL, NULL},           {-EFAULT, NULL, NULL},           {-EFAULT, NULL, NULL},
    {-EFAULT, NULL, NULL},           {-EFAULT, NULL, NULL},           {-EFAULT, NULL, NULL},
    {-EFAULT, NULL, NULL},           {-EFAULT, NULL, NULL},
};

/* To half its length, in place. */
static long do_shrink(char *address, unsigned long len)
{
    return raw(SYS_mremap, address, len, PAGE, 0);
}

static const struct expected after_shrink[] = {
    {0, "-w---wwrw-", "-a---efgh-"},
    {0, NULL, NULL},
    {-EFAULT, NULL, NULL},
    {-EFAULT, NULL, NULL},
    {0, NULL, NULL},
    {-EFAULT, NULL, NULL},
    {0, "-ww---wrw-", "-ab---fgh-"},
    {-EFAULT, NULL, NULL},
    {0, NULL, NULL},
    {0, "-ww--ww-w-", "-ab--ef-h-"},
    {0, "-ww--w----", "-ab--e----"},
    {0, "-ww--ww---", "-ab--ef---"},
    {-EFAULT, NULL, NULL},
    {0, "-w--------", "-a--------"},
};

/* What only looks: the errno says whether there was a hole. */
static unsigned char bytes[NR];

static long do_mincore(char *address, unsigned long len)
{
    return raw(SYS_mincore, address, len, bytes);
}

static long do_msync(char *address, unsigned long len)
{
    return raw(SYS_msync, address, len, MS_SYNC);
}

static long do_willneed(char *address, unsigned long len)
{
    return raw(SYS_madvise, address, len, MADV_WILLNEED);
}

static long do_mlock(char *address, unsigned long len)
{
    long result = raw(SYS_mlock, address, len);

    raw(SYS_munlockall);
    return result;
}

static long do_munlock(char *address, unsigned long len)
{
    return raw(SYS_munlock, address, len);
}

static const struct expected after_looking[] = {
    {0, NULL, NULL},       {0, NULL, NULL},       {-ENOMEM, NULL, NULL}, {-ENOMEM, NULL, NULL},
    {-ENOMEM, NULL, NULL}, {-ENOMEM, NULL, NULL}, {-ENOMEM, NULL, NULL}, {-ENOMEM, NULL, NULL},
    {-ENOMEM, NULL, NULL}, {0, NULL, NULL},       {0, NULL, NULL},       {0, NULL, NULL},
    {-ENOMEM, NULL, NULL}, {-ENOMEM, NULL, NULL},
};

/* read(2) into a range: the bytes before a hole or a read-only page come, then it ends. */
static void check_read(void)
{
    int fd = make_file(10, 'A');
    char *p = BEGIN;

    make_picture();
    is_long(pread(fd, p, 6 * PAGE, 0), 2 * (long)PAGE, "read over a hole stops there");
    is_str(contents(p, 8), "AB--efgh", "... with what lies before it");
    is_long(pread(fd, p + 2 * PAGE, 3 * PAGE, 0), -1, "read that begins in a hole");
    is_errno(EFAULT, "... is EFAULT");
    is_str(contents(p, 8), "AB--efgh", "... and nothing is read");
    is_long(pread(fd, p + 5 * PAGE, 3 * PAGE, 0), (long)PAGE, "read over a read-only page");
    is_str(contents(p, 8), "AB--eAgh", "... stops before it");
    is_long(pwrite(fd, p + PAGE, 3 * PAGE, 0), (long)PAGE, "write over a hole stops there");
    is_long(file_byte(fd, 0) + file_byte(fd, 1), 2 * 'B', "... with what lies before it");
    unmap(BEGIN - PAGE, NR + 2);
    close(fd);
}

int main(void)
{
    unmap(BEGIN - PAGE, NR + 2);
    check("munmap", do_munmap, after_munmap);
    check("mprotect", do_mprotect, after_mprotect);
    check("mmap fixed", do_mmap_fixed, after_mmap_fixed);
    check("MADV_DONTNEED", do_dontneed, after_dontneed);
    check("MADV_WILLNEED", do_willneed, after_looking);
    check("mremap", do_mremap, after_mremap);
    check("mremap to a page", do_shrink, after_shrink);
    check("mincore", do_mincore, after_looking);
    check("msync", do_msync, after_looking);
    check("mlock", do_mlock, after_looking);
    check("munlock", do_munlock, after_looking);
    check_read();
    return done_testing();
}
