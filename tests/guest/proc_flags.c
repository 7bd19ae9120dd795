/*
 * tests/guest/proc_flags.c - the line VmFlags of /proc/self/smaps, and locked areas
 */
#include <sys/mman.h>

#include "raw.h"
#include "smaps.h"

#define RW (PROT_READ | PROT_WRITE)

static void flags_are(const char *flags, const char *what)
{
    struct block block = look(AT);

    is_str(block.flags, flags, "flags of %s", what);
}

static void check_flags(void)
{
    int fd = memfd_create("flags", 0), read_only = open("/test/proc_smaps", O_RDONLY);
    struct block block;
    int local;

    ftruncate(fd, NR * PAGE);
    map_at(PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    flags_are(" rd mr mw me sd ", "a private mapping that can be read");
    map_at(RW, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    flags_are(" rd wr mr mw me ac sd ", "... and written");
    madvise((void *)AT, NR * PAGE, MADV_DONTFORK);
    flags_are(" rd wr mr mw me dc ac sd ", "... not in a child");
    madvise((void *)AT, NR * PAGE, MADV_DOFORK);
    madvise((void *)AT, NR * PAGE, MADV_WIPEONFORK);
    flags_are(" rd wr mr mw me ac wf sd ", "... zeros in a child");
    map_at(PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    flags_are(" mr mw me sd ", "one that cannot be accessed");
    map_at(RW | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    flags_are(" rd wr ex mr mw me ac sd ", "one with all rights");
    map_at(RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
    flags_are(" rd wr mr mw me ac sd ", "MAP_NORESERVE, which strict accounting ignores");
    map_at(RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN, -1);
    flags_are(" rd wr mr mw me gd ac sd ", "one that grows down");
    map_at(RW, MAP_SHARED | MAP_ANONYMOUS, -1);
    flags_are(" rd wr sh mr mw me ms sd ", "shared anonymous memory");
    map_at(RW, MAP_SHARED, fd);
    flags_are(" rd wr sh mr mw me ms sd ", "a shared file");
    map_at(RW, MAP_PRIVATE, fd);
    flags_are(" rd wr mr mw me ac sd ", "a private file");
    map_at(PROT_READ, MAP_SHARED, read_only);
    flags_are(" rd mr me ms sd ", "a shared file that can only be read");
    map_at(PROT_READ, MAP_PRIVATE, read_only);
    flags_are(" rd mr mw me sd ", "the same, private");
    munmap((void *)AT, NR * PAGE);
    block = look((unsigned long)&local);
    is_str(block.flags, " rd wr mr mw me gd ac ", "flags of the stack");
    block = look((unsigned long)check_flags);
    is_str(block.flags, " rd ex mr mw me sd ", "flags of the code");
    close(fd);
    close(read_only);
}

static void check_locked(void)
{
    volatile char *pages = map_at(RW, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    struct block block;

    touch(pages, 0, 3);
    if (mlock((void *)AT, NR * PAGE) < 0)
        bail_out("mlock: %s", strerror(errno));
    block = look(AT);
    is_long(kb(&block, "Rss"), 4 * NR, "a locked area is there");
    is_long(kb(&block, "Locked"), 4 * NR, "... and says so");
    is_str(block.flags, " rd wr mr mw me lo ac sd ", "flags of a locked area");
    munlock((void *)AT, NR * PAGE);
    block = look(AT);
    is_long(kb(&block, "Locked"), 0, "unlocked");
    munmap((void *)AT, NR * PAGE);
}

int main(void)
{
    check_flags();
    check_locked();
    return done_testing();
}
