/*
 * tests/guest/limits_basic.c - resource limits, and users who may or may not change them
 *
 * Source  getrlimit(2), prlimit(2), credentials(7), setuid(2), setreuid(2), setresuid(2), kill(2)
 */
#include <fcntl.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "child.h"
#include "raw.h"
#include "tap.h"

static struct rlimit get(int resource)
{
    struct rlimit limit = {77, 77};

    raw(SYS_getrlimit, resource, &limit);
    return limit;
}

static long set(int resource, unsigned long soft, unsigned long hard)
{
    const struct rlimit limit = {soft, hard};

    return raw(SYS_setrlimit, resource, &limit);
}

static void check_default(int resource, unsigned long soft, unsigned long hard, const char *name)
{
    struct rlimit limit = get(resource);

    is_long((long)limit.rlim_cur, (long)soft, "%s: soft", name);
    is_long((long)limit.rlim_max, (long)hard, "... hard");
}

static void check_defaults(void)
{
    const unsigned long none = RLIM_INFINITY;

    check_default(RLIMIT_CPU, none, none, "RLIMIT_CPU");
    check_default(RLIMIT_FSIZE, none, none, "RLIMIT_FSIZE");
    check_default(RLIMIT_DATA, none, none, "RLIMIT_DATA");
    check_default(RLIMIT_STACK, 8UL << 20, none, "RLIMIT_STACK");
    check_default(RLIMIT_CORE, 0, none, "RLIMIT_CORE");
    check_default(RLIMIT_RSS, none, none, "RLIMIT_RSS");
    check_default(RLIMIT_NOFILE, 1024, 4096, "RLIMIT_NOFILE");
    check_default(RLIMIT_MEMLOCK, 8UL << 20, 8UL << 20, "RLIMIT_MEMLOCK");
    check_default(RLIMIT_AS, none, none, "RLIMIT_AS");
    check_default(RLIMIT_LOCKS, none, none, "RLIMIT_LOCKS");
    check_default(RLIMIT_MSGQUEUE, 819200, 819200, "RLIMIT_MSGQUEUE");
    check_default(RLIMIT_NICE, 0, 0, "RLIMIT_NICE");
    check_default(RLIMIT_RTPRIO, 0, 0, "RLIMIT_RTPRIO");
    check_default(RLIMIT_RTTIME, none, none, "RLIMIT_RTTIME");
    ok(get(RLIMIT_NPROC).rlim_cur == get(RLIMIT_NPROC).rlim_max, "RLIMIT_NPROC: soft is hard");
    ok(get(RLIMIT_SIGPENDING).rlim_cur == get(RLIMIT_SIGPENDING).rlim_max,
       "RLIMIT_SIGPENDING: soft is hard");
}

static void check_errors(void)
{
    const struct rlimit limit = {1, 2};
    struct rlimit old;

    is_long(raw(SYS_getrlimit, RLIM_NLIMITS, &old), -EINVAL, "getrlimit of what does not exist");
    is_long(raw(SYS_getrlimit, -1, &old), -EINVAL, "... of -1");
    is_long(raw(SYS_getrlimit, RLIMIT_AS, 8), -EFAULT, "... to a bad pointer");
    is_long(raw(SYS_setrlimit, 99, &limit), -EINVAL, "setrlimit of what does not exist");
    is_long(raw(SYS_setrlimit, 99, 8), -EFAULT, "... from a bad pointer");
    is_long(set(RLIMIT_CPU, 3, 2), -EINVAL, "soft over hard");
    is_long(set(RLIMIT_NOFILE, 1024, 1048577), -EPERM, "more descriptors than there are, for root");
    is_long(raw(SYS_prlimit64, 0, RLIMIT_CPU, 8, 0), -EFAULT, "prlimit64 from a bad pointer");
    is_long(raw(SYS_prlimit64, 32768, RLIMIT_CPU, 8, 0), -EFAULT, "... goes before nobody");
    is_long(raw(SYS_prlimit64, 32768, RLIMIT_CPU, &limit, 0), -ESRCH, "prlimit64 of nobody");
    is_long(raw(SYS_prlimit64, -1, RLIMIT_CPU, &limit, 0), -ESRCH, "... of -1");
    is_long(raw(SYS_prlimit64, 0, 99, 0, &old), -EINVAL, "... of what does not exist");
    is_long(raw(SYS_prlimit64, 0, RLIMIT_CPU, 0, 8), -EFAULT, "... to a bad pointer");
    is_long(raw(SYS_prlimit64, 0, RLIMIT_CPU, 0, 0), 0, "... of neither");
}

static void check_change(void)
{
    const struct rlimit limit = {100, 200};
    struct rlimit old = {0, 0};

    is_long(set(RLIMIT_RSS, 10, 20), 0, "a limit is set");
    is_long(raw(SYS_prlimit64, getpid(), RLIMIT_RSS, &limit, &old), 0, "prlimit64 of oneself");
    is_long((long)(old.rlim_cur * 1000 + old.rlim_max), 10020, "... tells the old one");
    is_long((long)get(RLIMIT_RSS).rlim_max, 200, "... and root has raised the hard limit");
    is_long(raw(SYS_prlimit64, getppid(), RLIMIT_RSS, 0, &old), 0, "root asks for another's");
    is_long(set(RLIMIT_RSS, RLIM_INFINITY, RLIM_INFINITY), 0, "it is taken away");
}

static void check_descriptors(void)
{
    int fds[8], nr = 0, fd;

    set(RLIMIT_NOFILE, 8, 4096);
    while (nr < 8 && (fd = open("/dev/null", O_RDONLY)) >= 0)
        fds[nr++] = fd;
    is_errno(EMFILE, "RLIMIT_NOFILE of 8: no number after 7");
    is_long(fds[nr - 1], 7, "... the last one is 7");
    set(RLIMIT_NOFILE, 5, 4096);
    is_long(read(7, &fd, 1), 0, "what is open past a lower limit stays open");
    close(6);
    is_long(open("/dev/null", O_RDONLY), -1, "... but 6, closed, does not come back");
    set(RLIMIT_NOFILE, 1024, 4096);
    is_long(open("/dev/null", O_RDONLY), 6, "... before the limit is raised");
    for (int i = 0; i < nr; i++)
        close(fds[i]);
    set(RLIMIT_NOFILE, 3000, 4096);
    nr = 0;
    while ((fd = open("/dev/null", O_RDONLY)) >= 0)
        nr = fd;
    is_long(nr, 2999, "with a limit of 3000 there are 3000");
    while (nr > 2)
        close(nr--);
    set(RLIMIT_NOFILE, 1024, 4096);
}

/* ---- children: inheritance and users ---- */

static int inherits(char **args)
{
    (void)args;
    return get(RLIMIT_CORE).rlim_cur == 111 && get(RLIMIT_CORE).rlim_max == 222 ? 5 : 6;
}

static void check_inheritance(void)
{
    int status = 0;
    pid_t pid;

    set(RLIMIT_CORE, 111, 222);
    fflush(stdout);
    pid = fork();
    if (pid == 0)
        _exit(inherits(NULL));
    waitpid(pid, &status, 0);
    is_long(status, CHILD_EXITED(5), "fork gives limits on");
    is_long(child_run("inherits"), CHILD_EXITED(5), "execve keeps them");
    set(RLIMIT_CORE, 0, RLIM_INFINITY);
}

/* Fails with the number of the line in the table that was not as expected. */
#define STEP(condition)                                                                            \
    if (!(condition))                                                                              \
    return __LINE__ % 200 + 20

static int ids_are(unsigned real, unsigned effective, unsigned saved)
{
    unsigned r, e, s;

    return raw(SYS_getresuid, &r, &e, &s) == 0 && r == real && e == effective && s == saved &&
           raw(SYS_getuid) == (long)real && raw(SYS_geteuid) == (long)effective;
}

static int groups_are(unsigned real, unsigned effective, unsigned saved)
{
    unsigned r, e, s;

    return raw(SYS_getresgid, &r, &e, &s) == 0 && r == real && e == effective && s == saved &&
           raw(SYS_getgid) == (long)real && raw(SYS_getegid) == (long)effective;
}

static int users(char **args)
{
    const long keep = -1;

    (void)args;
    STEP(ids_are(0, 0, 0));
    STEP(raw(SYS_getresuid, 8, 8, 8) == -EFAULT);
    STEP(raw(SYS_setuid, keep) == -EINVAL);
    STEP(raw(SYS_setresuid, 1, 2, 3) == 0 && ids_are(1, 2, 3));
    STEP(raw(SYS_setresuid, 4, keep, keep) == -EPERM);
    STEP(raw(SYS_setresuid, keep, keep, 0) == -EPERM);
    STEP(raw(SYS_setresuid, 3, 1, 2) == 0 && ids_are(3, 1, 2));
    STEP(raw(SYS_setuid, 1) == -EPERM); /* the effective one does not count */
    STEP(raw(SYS_setuid, 2) == 0 && ids_are(3, 2, 2));
    STEP(raw(SYS_setuid, 3) == 0 && ids_are(3, 3, 2));
    STEP(raw(SYS_setreuid, 2, keep) == -EPERM); /* nor the saved one for the real one */
    STEP(raw(SYS_setreuid, keep, 2) == 0 && ids_are(3, 2, 2));
    STEP(raw(SYS_setreuid, 2, 3) == 0 && ids_are(2, 3, 3));
    STEP(raw(SYS_setreuid, keep, 2) == 0 && ids_are(2, 2, 3));
    STEP(raw(SYS_setreuid, keep, keep) == 0 && ids_are(2, 2, 3));
    STEP(raw(SYS_setuid, 0) == -EPERM);
    return 5;
}

static int root_leaves(char **args)
{
    const long keep = -1;

    (void)args;
    STEP(raw(SYS_setresuid, keep, 7, keep) == 0 && ids_are(0, 7, 0));
    STEP(raw(SYS_setgid, 7) == -EPERM);
    STEP(raw(SYS_setuid, 0) == 0 && ids_are(0, 0, 0)); /* back by the saved one */
    STEP(raw(SYS_setreuid, 8, keep) == 0 && ids_are(8, 0, 0));
    STEP(raw(SYS_setuid, 9) == 0 && ids_are(9, 9, 9));
    STEP(raw(SYS_setuid, 0) == -EPERM);
    return 5;
}

static int group_rules(char **args)
{
    const long keep = -1;

    (void)args;
    STEP(groups_are(0, 0, 0));
    STEP(raw(SYS_setgid, keep) == -EINVAL);
    STEP(raw(SYS_setgid, 6) == 0 && groups_are(6, 6, 6));
    STEP(raw(SYS_setresgid, 1, 2, 3) == 0 && groups_are(1, 2, 3)); /* the user is still root */
    STEP(raw(SYS_setregid, keep, 3) == 0 && groups_are(1, 3, 3));
    STEP(raw(SYS_setuid, 9) == 0);
    STEP(raw(SYS_setgid, 0) == -EPERM);
    STEP(raw(SYS_setresgid, keep, 1, keep) == 0 && groups_are(1, 1, 3));
    STEP(raw(SYS_setregid, 3, keep) == -EPERM);
    STEP(raw(SYS_setgid, 3) == 0 && groups_are(1, 3, 3));
    return 5;
}

static int limits_of_users(char **args)
{
    const struct rlimit limit = {1, 2};
    struct rlimit old;

    (void)args;
    STEP(set(RLIMIT_CPU, 1000, 2000) == 0);
    STEP(raw(SYS_setuid, 9) == 0);
    STEP(set(RLIMIT_CPU, 1500, 2001) == -EPERM);
    STEP(set(RLIMIT_CPU, 2000, 2000) == 0);
    STEP(set(RLIMIT_CPU, 1999, 1999) == 0);
    STEP(set(RLIMIT_CPU, 2000, 2000) == -EPERM);
    STEP(set(RLIMIT_CPU, 2000, 1999) == -EINVAL);
    STEP(raw(SYS_prlimit64, getppid(), RLIMIT_CPU, &limit, 0) == -EPERM);
    STEP(raw(SYS_prlimit64, getppid(), RLIMIT_CPU, 0, &old) == -EPERM);
    STEP(raw(SYS_prlimit64, getppid(), 99, 0, &old) == -EPERM);
    STEP(raw(SYS_prlimit64, getpid(), RLIMIT_CPU, 0, &old) == 0);
    return 5;
}

static int kill_of_users(char **args)
{
    (void)args;
    STEP(raw(SYS_setresuid, -1, 9, -1) == 0); /* the real user is root still */
    STEP(kill(getppid(), 0) == 0);
    STEP(raw(SYS_setresuid, 0, 0, 0) == 0 && raw(SYS_setuid, 9) == 0);
    STEP(raw(SYS_kill, getppid(), 0) == -EPERM);
    STEP(raw(SYS_kill, getppid(), 65) == -EINVAL);
    STEP(raw(SYS_kill, getppid(), SIGTERM) == -EPERM);
    STEP(raw(SYS_kill, getppid(), SIGCONT) == 0); /* of the same session */
    STEP(raw(SYS_tkill, getppid(), 0) == -EPERM);
    STEP(raw(SYS_kill, getpid(), 0) == 0);
    STEP(raw(SYS_kill, -1, 0) == -EPERM || raw(SYS_kill, -1, 0) == 0);
    return 5;
}

static int processes_of_users(char **args)
{
    pid_t pid;

    (void)args;
    STEP(set(RLIMIT_NPROC, 2, 2) == 0);
    pid = fork();
    if (pid == 0)
        _exit(0);
    STEP(pid > 0 && waitpid(pid, NULL, 0) == pid); /* root is not counted */
    STEP(raw(SYS_setuid, 9) == 0);
    pid = fork();
    if (pid == 0) {
        int result = fork();
        if (result == 0)
            _exit(0);
        _exit(result < 0 && errno == EAGAIN ? 3 : 4);
    }
    STEP(pid > 0 && child_wait(pid) == CHILD_EXITED(3));
    return 5;
}

static int auxv(char **args)
{
    (void)args;
    return getauxval(AT_UID) == 9 && getauxval(AT_EUID) == 8 && getauxval(AT_GID) == 7 &&
                   getauxval(AT_EGID) == 7 && getauxval(AT_SECURE) == 1 && ids_are(9, 8, 8)
               ? 5
               : 6;
}

static int start_auxv(char **args)
{
    char word[] = "auxv";
    char *argv[] = {child_self(), word, NULL};

    (void)args;
    raw(SYS_setgid, 7);
    raw(SYS_setresuid, 9, 8, 0);
    execve(child_self(), argv, environ);
    return 7;
}

/* ---- the stack's limit, which execve looks at ---- */

#define USER_END 0x00007ffffffff000UL

/* Where the first mapping is placed: below what the stack may grow to. */
static int place(char **args)
{
    unsigned long gap = (unsigned long)atol(args[0]);
    void *p = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    unsigned long below = USER_END - (unsigned long)p;

    return below > gap && below < gap + (16UL << 20) ? 5 : 6;
}

static int start_place(unsigned long stack, const char *gap)
{
    char words[2][24];
    char *argv[] = {child_self(), words[0], words[1], NULL};

    snprintf(words[0], sizeof(words[0]), "place");
    snprintf(words[1], sizeof(words[1]), "%s", gap);
    set(RLIMIT_STACK, stack, RLIM_INFINITY);
    pid_t pid = child_start_argv(argv);
    set(RLIMIT_STACK, 8UL << 20, RLIM_INFINITY);
    return child_wait(pid);
}

/* execve with so many bytes of arguments: 5, or the errno. */
static int start_with_arguments(unsigned long stack, size_t len)
{
    static char text[100000];
    char word[] = "place", gap[] = "0";
    char *argv[8] = {child_self(), word, gap};
    int nr = 3, result;

    memset(text, 'x', sizeof(text) - 1);
    for (; len > sizeof(text); len -= sizeof(text))
        argv[nr++] = text;
    argv[nr++] = text + sizeof(text) - len;
    argv[nr] = NULL;
    set(RLIMIT_STACK, stack, RLIM_INFINITY);
    pid_t pid = child_start_argv(argv);
    result = pid < 0 ? errno : 0;
    set(RLIMIT_STACK, 8UL << 20, RLIM_INFINITY);
    if (pid > 0)
        child_wait(pid);
    return result;
}

static void check_stack(void)
{
    is_long(start_place(8UL << 20, "134217728"), CHILD_EXITED(5), "mappings leave 128 MiB");
    is_long(start_place(1UL << 30, "1073741824"), CHILD_EXITED(5),
            "... or what the stack may grow to");
    is_long(start_place(PAGE * 64, "134217728"), CHILD_EXITED(5),
            "... not less with a small limit");
    is_long(start_with_arguments(2UL << 20, 400000), 0, "arguments that fill less than a quarter");
    is_long(start_with_arguments(1UL << 20, 400000), E2BIG, "... more than a quarter");
    is_long(start_with_arguments(256UL << 10, 100000), 0, "128 KiB there are always");
}

static const struct child children[] = {
    {"place", place},
    {"inherits", inherits},
    {"users", users},
    {"root", root_leaves},
    {"groups", group_rules},
    {"limits", limits_of_users},
    {"kill", kill_of_users},
    {"nproc", processes_of_users},
    {"auxv", auxv},
    {"start-auxv", start_auxv},
    {NULL, NULL},
};

int main(int argc, char **argv)
{
    if (argc > 1)
        return child_main(children, argv);
    check_defaults();
    check_errors();
    check_change();
    check_descriptors();
    check_inheritance();
    check_stack();
    is_long(child_run("users"), CHILD_EXITED(5), "user numbers that one may take");
    is_long(child_run("root"), CHILD_EXITED(5), "... leaving root, and coming back");
    is_long(child_run("groups"), CHILD_EXITED(5), "... and groups");
    is_long(child_run("limits"), CHILD_EXITED(5), "limits that a user may set");
    is_long(child_run("kill"), CHILD_EXITED(5), "signals that a user may send");
    is_long(child_run("nproc"), CHILD_EXITED(5), "processes that a user may have");
    is_long(child_run("start-auxv"), CHILD_EXITED(5), "a program is told its user");
    return done_testing();
}
