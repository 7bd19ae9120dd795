/* loam-only: Debian's kernel is built without fault injection */
/*
 * tests/guest/fail_files.c - each allocation of the calls on files fails in turn
 *
 * What is read back from the file after a failure is what was in it before.
 */
#include <sys/uio.h>

#include "inject.h"

#define RW   (PROT_READ | PROT_WRITE)
#define NAME "/tmp/fail-file"

/* Before a path, to make it one that the kernel takes memory for. */
#define LONG_16 "/././././././././"
#define LONG_64 LONG_16 LONG_16 LONG_16 LONG_16
#define LONG    LONG_64 LONG_64 LONG_64 LONG_64

static char data[8 * PAGE];
static int ends[2];

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

static void a_directory(void)
{
    nothing();
    must(mkdir("/tmp/fail-directory", 0700) == 0);
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

/* NAME leads to a program. */
static void a_link(void)
{
    nothing();
    must(symlink("../bin/true", NAME) == 0);
}

static void a_mapped_file(void)
{
    a_file();
    must(mmap((void *)ARENA, 16 * PAGE, RW, MAP_SHARED | MAP_FIXED, pictured, 0) != MAP_FAILED);
}

static void a_private_mapping(void)
{
    a_file();
    must(mmap((void *)ARENA, 16 * PAGE, RW, MAP_PRIVATE | MAP_FIXED, pictured, 0) != MAP_FAILED);
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

ACT(act_open, SYS_open, "/bin/true", O_RDONLY)
ACT(act_stat, SYS_stat, "/bin/true", data)
ACT(act_open_unnamed, SYS_open, "/tmp", O_RDWR | O_TMPFILE, 0600)
ACT(act_open_link, SYS_open, NAME, O_RDONLY)
ACT(act_symlink, SYS_symlink, "/bin/true", NAME)
ACT(act_readlink, SYS_readlink, NAME, data, sizeof(data))
ACT(act_access, SYS_access, NAME, R_OK)
ACT(act_chdir, SYS_chdir, "/bin")
ACT(act_getcwd, SYS_getcwd, data, sizeof(data))
ACT(act_rmdir, SYS_rmdir, "/tmp/fail-directory")
ACT(act_chdir_long, SYS_chdir, LONG "/bin")
ACT(act_rmdir_long, SYS_rmdir, LONG "/tmp/fail-directory")
ACT(act_truncate_long, SYS_truncate, LONG NAME, PAGE + 1)
ACT(act_unlink_long, SYS_unlink, LONG NAME)
ACT(act_truncate, SYS_truncate, NAME, PAGE + 1)
ACT(act_allocate, SYS_fallocate, pictured, 0, 90 * PAGE + 3, 50 * PAGE)
ACT(act_punch, SYS_fallocate, pictured, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 100, 3 * PAGE)
ACT(act_seek, SYS_lseek, pictured, 6 * PAGE, 3 /* SEEK_DATA */)
ACT(act_duplicate, SYS_fcntl, 1, F_DUPFD, 200)
ACT(act_enlarge_pipe, SYS_fcntl, ends[1], F_SETPIPE_SZ, 256 * PAGE)
ACT(act_reduce_pipe, SYS_fcntl, ends[1], F_SETPIPE_SZ, 4 * PAGE)
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

/* With three pages in it. */
static void a_full_pipe(void)
{
    untouched_memory();
    a_pipe();
    memset(data, 'f', sizeof(data));
    must(write(ends[1], data, 3 * PAGE) == 3 * PAGE);
}

/* Less may be read where there is no memory to read it to; what was not read stays. */
static long act_pipe_read(void)
{
    static long done;
    long n = raw(SYS_read, ends[0], ARENA + 100 + done, 3 * PAGE - done);

    done += n > 0 ? n : 0;
    return done == 3 * (long)PAGE ? 0 : n >= 0 ? -EFAULT : n;
}

#define NR_PIECES 40

/* More pieces than fit anywhere but in memory of their own. */
static long in_pieces(long number)
{
    struct iovec pieces[NR_PIECES];

    for (size_t i = 0; i < NR_PIECES; i++)
        pieces[i] = (struct iovec){data + i * 100, 100};
    return whole(raw(number, pictured, pieces, NR_PIECES, 0, 0), NR_PIECES * 100);
}

static long act_read_pieces(void)
{
    return in_pieces(SYS_preadv);
}

static long act_write_pieces(void)
{
    return in_pieces(SYS_pwritev);
}

static long act_touch_mapped(void)
{
    for (size_t i = 0; i < 6; i++)
        *(volatile char *)(ARENA + i * PAGE) = 1;
    return 0;
}

/* Pages that are there, and holes. */
static long act_touch_all(void)
{
    for (size_t i = 0; i < 16; i++)
        *(volatile char *)(ARENA + i * PAGE) = 1;
    return 0;
}

static const struct scenario scenarios[] = {
    {"open", nothing, act_open, 0, 0},
    {"stat", nothing, act_stat, 0, 0},
    {"open creates", nothing, act_create, 0, ENOSPC},
    {"creat", nothing, act_creat, 0, ENOSPC},
    {"creat empties", a_file, act_creat, 0, 0},
    {"open of what has no name", nothing, act_open_unnamed, 0, ENOSPC},
    {"open through a link", a_link, act_open_link, 0, 0},
    {"symlink", nothing, act_symlink, 0, ENOSPC},
    {"readlink", a_link, act_readlink, 0, 0},
    {"access", a_link, act_access, 0, 0},
    {"chdir", nothing, act_chdir, NEVER, 0},
    {"chdir of a long path", nothing, act_chdir_long, 0, 0},
    {"getcwd", nothing, act_getcwd, 0, 0},
    {"mkdir", nothing, act_mkdir, 0, ENOSPC},
    {"rmdir", a_directory, act_rmdir, NEVER, 0},
    {"rmdir of a long path", a_directory, act_rmdir_long, 0, 0},
    {"truncate", a_file, act_truncate, NEVER, 0},
    {"truncate of a long path", a_file, act_truncate_long, 0, 0},
    {"fallocate", a_file, act_allocate, 0, ENOSPC},
    {"fallocate punches a hole", a_mapped_file, act_punch, NEVER, 0},
    {"lseek to data", a_file, act_seek, NEVER, 0},
    {"fcntl duplicates", nothing, act_duplicate, 0, 0},
    {"rename", a_file, act_rename, 0, ENOSPC},
    {"unlink", a_file, act_unlink, NEVER, 0},
    {"unlink of a long path", a_file, act_unlink_long, 0, 0},
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
    {"read from a pipe", a_full_pipe, act_pipe_read, KEEPS_PART, EFAULT},
    {"a pipe is enlarged", a_full_pipe, act_enlarge_pipe, 0, 0},
    {"a pipe is reduced", a_full_pipe, act_reduce_pipe, 0, 0},
    {"read in pieces", a_file, act_read_pieces, 0, 0},
    {"write in pieces", a_file, act_write_pieces, 0, 0},
    {"touch of holes in a file", a_mapped_file, act_touch_all, MAY_DIE, 0},
    {"touch of a private mapping of a file", a_private_mapping, act_touch_all, MAY_DIE, 0},
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
