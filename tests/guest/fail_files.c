/* loam-only: Debian's kernel is built without fault injection */
/*
 * tests/guest/fail_files.c - each allocation of the calls on files fails in turn
 *
 * What is read back from the file after a failure is what was in it before.
 */
#include <sys/stat.h>

#include "inject.h"

#define RW   (PROT_READ | PROT_WRITE)
#define NAME "/tmp/fail-file"

static char data[8 * PAGE];

static void must(int done)
{
    if (!done)
        _exit(99);
}

static void nothing(void)
{
    unlink(NAME);
    rmdir("/tmp/fail-directory");
}

/* Five pages and a bit, a hole, and a last page. */
static void a_file(void)
{
    unlink(NAME);
    pictured = open(NAME, O_RDWR | O_CREAT, 0600);
    must(pictured >= 0);
    memset(data, 'd', sizeof(data));
    must(pwrite(pictured, data, 5 * PAGE + 100, 0) == 5 * PAGE + 100);
    must(pwrite(pictured, data, PAGE, 200 * PAGE) == PAGE);
    memset(data, 'e', sizeof(data));
}

static void a_mapped_file(void)
{
    a_file();
    must(mmap((void *)ARENA, 16 * PAGE, RW, MAP_SHARED | MAP_FIXED, pictured, 0) != MAP_FAILED);
}

static void untouched_memory(void)
{
    a_file();
    must(mmap((void *)ARENA, 8 * PAGE, RW, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, -1, 0) !=
         MAP_FAILED);
}

#define ACT(name, ...)                                                                             \
    static long name(void)                                                                         \
    {                                                                                              \
        return raw(__VA_ARGS__);                                                                   \
    }

static int ends[2];

ACT(act_open, SYS_open, "/bin/true", O_RDONLY)
ACT(act_stat, SYS_stat, "/bin/true", data)
ACT(act_create, SYS_open, NAME, O_RDWR | O_CREAT | O_EXCL, 0600) /* what failed left none */
ACT(act_creat, SYS_creat, NAME, 0600)
ACT(act_mkdir, SYS_mkdir, "/tmp/fail-directory", 0700)
ACT(act_rename, SYS_rename, NAME, "/tmp/fail-renamed")
ACT(act_unlink, SYS_unlink, NAME)
ACT(act_memfd, SYS_memfd_create, "fail", 0)
ACT(act_pipe, SYS_pipe2, ends, O_NONBLOCK)
ACT(act_dup, SYS_dup2, 1, 300)
ACT(act_extend, SYS_ftruncate, pictured, 1000 * PAGE)
ACT(act_cut, SYS_ftruncate, pictured, 3 * PAGE + 7)
ACT(act_empty, SYS_ftruncate, pictured, 0)
ACT(act_map, SYS_mmap, ARENA, 4 * PAGE, RW, MAP_SHARED | MAP_FIXED, pictured, 0)

/* The whole of it; less is no success here, and what was written stays, as write(2) says. */
static long whole(long n, size_t len)
{
    return n == (long)len ? 0 : n < 0 ? n : -ENOSPC;
}

static long act_write_over(void)
{
    return whole(raw(SYS_pwrite64, pictured, data, 5 * PAGE, 0), 5 * PAGE);
}

static long act_write_hole(void)
{
    return whole(raw(SYS_pwrite64, pictured, data, 3 * PAGE, 100 * PAGE + 50), 3 * PAGE);
}

static long act_read(void)
{
    long n = raw(SYS_pread64, pictured, ARENA + 100, 3 * PAGE, 0);

    return n == 3 * (long)PAGE ? 0 : n >= 0 ? -EFAULT : n;
}

static long act_pipe_write(void)
{
    return whole(raw(SYS_write, ends[1], data, 4 * PAGE), 4 * PAGE);
}

static void a_pipe(void)
{
    must(pipe(ends) == 0);
}

static long act_touch_mapped(void)
{
    for (size_t i = 0; i < 6; i++)
        *(volatile char *)(ARENA + i * PAGE) = 1;
    return 0;
}

static const struct scenario scenarios[] = {
    {"open", nothing, act_open, 0, 0},
    {"stat", nothing, act_stat, 0, 0},
    {"open creates", nothing, act_create, 0, ENOSPC},
    {"creat", nothing, act_creat, 0, ENOSPC},
    {"creat empties", a_file, act_creat, 0, 0},
    {"mkdir", nothing, act_mkdir, ONE_WAY, ENOSPC},
    {"rename", a_file, act_rename, 0, ENOSPC},
    {"unlink", a_file, act_unlink, 0, 0},
    {"memfd_create", nothing, act_memfd, 0, 0},
    {"pipe", nothing, act_pipe, 0, ENFILE},
    {"dup2 far away", nothing, act_dup, 0, 0},
    {"ftruncate extends", a_file, act_extend, NEVER, 0},
    {"ftruncate cuts", a_mapped_file, act_cut, NEVER, 0},
    {"ftruncate empties", a_mapped_file, act_empty, NEVER, 0},
    {"mmap", a_file, act_map, 0, 0},
    {"write over what is there", a_file, act_write_over, NEVER, 0},
    {"write into a hole", a_file, act_write_hole, KEEPS_PART, ENOSPC},
    {"read to untouched memory", untouched_memory, act_read, KEEPS_PART, EFAULT},
    {"write to a pipe", a_pipe, act_pipe_write, ONE_WAY, ENOSPC},
    {"touch of a mapped file", a_mapped_file, act_touch_mapped, MAY_DIE, 0},
};

int main(void)
{
    inject_scenarios(scenarios);
    unlink(NAME);
    unlink("/tmp/fail-renamed");
    rmdir("/tmp/fail-directory");
    return done_testing();
}
