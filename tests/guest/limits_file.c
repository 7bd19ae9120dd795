/*
 * tests/guest/limits_file.c - RLIMIT_FSIZE: how long a file may become
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "child.h"
#include "raw.h"
#include "tap.h"

#define STEP(condition)                                                                            \
    if (!(condition))                                                                              \
    return __LINE__ % 200 + 20

static volatile int nr_exceeded;

static void exceeded(int signal)
{
    nr_exceeded += signal == SIGXFSZ;
}

static int limited(void)
{
    struct rlimit limit = {100, 200};
    int fd = open("/tmp/limited", O_RDWR | O_CREAT, 0600);
    char text[150] = "";

    STEP(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    STEP(raw(SYS_write, fd, text, 150) == 100 && nr_exceeded == 0);
    STEP(raw(SYS_write, fd, text, 1) == -EFBIG && nr_exceeded == 1);
    STEP(raw(SYS_pwrite64, fd, text, 10, 95) == 5 && nr_exceeded == 1);
    STEP(raw(SYS_pwrite64, fd, text, 10, 1000) == -EFBIG && nr_exceeded == 2);
    STEP(raw(SYS_ftruncate, fd, 101) == -EFBIG && nr_exceeded == 3);
    STEP(raw(SYS_truncate, "/tmp/limited", 101) == -EFBIG && nr_exceeded == 4);
    STEP(raw(SYS_ftruncate, fd, 50) == 0 && raw(SYS_ftruncate, fd, 100) == 0);
    STEP(raw(SYS_fallocate, fd, 0, 0, 101) == -EFBIG && nr_exceeded == 5);
    STEP(raw(SYS_fallocate, fd, FALLOC_FL_KEEP_SIZE, 0, 101) == -EFBIG && nr_exceeded == 6);
    STEP(raw(SYS_fallocate, fd, 0, 0, 100) == 0);
    STEP(raw(SYS_write, fd, text, 0) == 0 && nr_exceeded == 6);
    int pipes[2];
    STEP(pipe(pipes) == 0 && raw(SYS_write, pipes[1], text, 150) == 150);
    unlink("/tmp/limited");
    return 0;
}

static int ended_by_limit(void)
{
    struct rlimit limit = {0, 0};
    int fd = open("/tmp/limited", O_RDWR | O_CREAT, 0600);

    signal(SIGXFSZ, SIG_DFL);
    setrlimit(RLIMIT_FSIZE, &limit);
    raw(SYS_write, fd, "x", 1);
    return 0;
}

int main(void)
{
    signal(SIGXFSZ, exceeded);
    is_long(child_call(limited), 0, "no file becomes longer than RLIMIT_FSIZE");
    is_long(child_call(ended_by_limit) & 0x7f, SIGXFSZ, "... and who tries is told by a signal");
    unlink("/tmp/limited");
    return done_testing();
}
