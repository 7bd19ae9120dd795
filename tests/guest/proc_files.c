/* args: first "second one" "" last */
/*
 * tests/guest/proc_files.c - what of a process is in /proc beside numbers and memory
 */
#include <dirent.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "child.h"
#include "procfile.h"
#include "raw.h"

static char text[65536];

static const char *link_of(const char *path)
{
    static char target[4096];
    ssize_t n = readlink(path, target, sizeof(target) - 1);

    if (n < 0)
        return strerror(errno);
    target[n] = '\0';
    return target;
}

/* Strings, each with its NUL, one after the other. */
static void strings_are(const char *path, char **strings, const char *what)
{
    ssize_t len = procfile_read(path, text, sizeof(text));
    const char *at = text;

    for (; *strings; at += strlen(at) + 1, strings++)
        if (at >= text + len || strcmp(at, *strings) != 0)
            break;
    ok(!*strings && at == text + len, "%s", what);
}

/*
 * A process that writes over its arguments, as setproctitle(3) does: once the last byte is no end of a
 * string, all that counts is the string that begins where the arguments do.
 */
static int run_title(char **args)
{
    char *first = child_self(), *end = args[0] + strlen(args[0]);
    const char *start = args[0] - sizeof("title") - strlen(first) - 1;
    ssize_t n;

    *end = '+';
    n = procfile_read("/proc/self/cmdline", text, sizeof(text));
    if (n != (ssize_t)strlen(first) + 1 || strcmp(text, first) != 0)
        return 1;
    memset(args[0] - sizeof("title") - strlen(first) - 1, 'x', (size_t)(end - start));
    n = procfile_read("/proc/self/cmdline", text, sizeof(text));
    return n != end - start + 1 + (ssize_t)strlen(environ[0]) + 1 || text[n - 2] == 'x';
}

static void check_strings(char **argv)
{
    char word[] = "title", title[] = "some title";
    char *title_argv[] = {child_self(), word, title, NULL};
    pid_t pid;

    strings_are("/proc/self/cmdline", argv, "cmdline has the arguments");
    strings_are("/proc/self/environ", environ, "environ has the environment");
    argv[1][0] = 'F';
    strings_are("/proc/self/cmdline", argv, "... as they are in memory");
    argv[1][0] = 'f';
    tap_flush();
    pid = child_start_argv(title_argv);
    is_long(child_wait(pid), 0, "a title that was written over them");
}

static void check_comm(void)
{
    is_str(procfile("/proc/self/comm"), "proc_files\n", "comm is the program's name");
    is_long(procfile_write("/proc/self/comm", "other"), 0, "... can be changed");
    is_str(procfile("/proc/self/comm"), "other\n", "... to another");
    is_long(procfile_write("/proc/self/comm", "a name that is too long"), 0, "a long one");
    is_str(procfile("/proc/self/comm"), "a name that is \n", "... is cut to 15 bytes");
    is_long(procfile_write("/proc/1/comm", "x"), -EINVAL, "another's cannot be changed");
    procfile_write("/proc/self/comm", "proc_files");
}

/* A copy of this program, which removes itself. */
static int run_removed(char **args)
{
    (void)args;
    if (strcmp(link_of("/proc/self/exe"), "/tmp/copy") != 0)
        return 1;
    unlink("/tmp/copy");
    if (strcmp(link_of("/proc/self/exe"), "/tmp/copy (deleted)") != 0)
        return 2;
    int fd = open("/proc/self/exe", O_RDONLY);
    if (fd < 0 || read(fd, text, 4) != 4 || memcmp(text, "\177ELF", 4) != 0)
        return 3;
    return strcmp(procfile("/proc/self/comm"), "copy\n") != 0 ? 4 : 0;
}

static void copy_program(void)
{
    int from = open(child_self(), O_RDONLY), to = open("/tmp/copy", O_CREAT | O_WRONLY, 0700);
    ssize_t n;

    while ((n = read(from, text, sizeof(text))) > 0)
        if (write(to, text, (size_t)n) != n)
            bail_out("/tmp/copy");
    close(from);
    close(to);
}

static void check_exe(void)
{
    char path[] = "/tmp/copy", word[] = "removed";
    char *argv[] = {path, word, NULL};
    pid_t pid;

    is_str(link_of("/proc/self/exe"), "/test/proc_files", "exe is the program's file");
    copy_program();
    tap_flush();
    pid = fork();
    if (pid == 0) {
        execve(path, argv, environ);
        _exit(99);
    }
    is_long(child_wait(pid), 0, "exe of a program that removes itself");
}

static void check_links(void)
{
    char path[64], want[64];
    struct stat st;

    snprintf(want, sizeof(want), "%d", getpid());
    is_str(link_of("/proc/self"), want, "self is a link to this process");
    is_long(lstat("/proc/self", &st), 0, "... lstat");
    ok(S_ISLNK(st.st_mode), "... says link");
    is_long(stat("/proc/self", &st), 0, "... stat");
    ok(S_ISDIR(st.st_mode) && (st.st_mode & 07777) == 0555, "... says directory");
    snprintf(path, sizeof(path), "/proc/%d/../self/../../proc/%d/comm", getpid(), getpid());
    is_str(procfile(path), "proc_files\n", "a winding path");
    is_str(link_of("/proc/self/cwd"), "/", "cwd");
    chdir("/tmp");
    is_str(link_of("/proc/self/cwd"), "/tmp", "... changed");
    chdir("/proc/self");
    is_str(getcwd(path, sizeof(path)) ? path + 6 : "", want, "... to a process's directory");
    is_str(procfile("comm"), "proc_files\n", "... and read there");
    chdir("/");
    is_str(link_of("/proc/self/root"), "/", "root");
    ok(access("/proc/self/root/test/proc_files", R_OK) == 0, "... leads there");
    is_str(link_of("/proc/mounts"), "self/mounts", "mounts is a link");
    is_str(link_of("/proc/self/comm"), strerror(EINVAL), "a file is no link");
    static const char *const none[] = {"/proc/0",           "/proc/01",        "/proc/-1",
                                       "/proc/99999999999", "/proc/1x",        "/proc/self/none",
                                       "/proc/self/fd/99",  "/proc/self/fd/00"};
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
        is_str(access(none[i], F_OK) < 0 ? strerror(errno) : "there", strerror(ENOENT), "%s",
               none[i]);
}

static void check_fd_mode(int fd, unsigned mode, const char *what)
{
    char path[64];
    struct stat st;

    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    is_long(lstat(path, &st), 0, "%s: lstat", what);
    is_long(st.st_mode, S_IFLNK | mode, "%s: mode", what);
}

static void check_fds(void)
{
    char path[64], want[64];
    int fds[2], file = open("/tmp/opened", O_CREAT | O_RDWR, 0600), memory = memfd_create("m", 0);
    int place = open("/tmp", O_RDONLY | O_DIRECTORY), only = open("/tmp/opened", O_WRONLY);
    struct stat st;

    pipe(fds);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
    is_str(link_of(path), "/tmp/opened", "a file");
    check_fd_mode(file, 0700, "to read and write");
    check_fd_mode(only, 0300, "to write");
    check_fd_mode(place, 0500, "to read");
    unlink("/tmp/opened");
    is_str(link_of(path), "/tmp/opened (deleted)", "... removed");
    write(file, "content", 7);
    is_long(procfile_read(path, text, sizeof(text)), 7, "... is opened through the link");
    is_str(text, "content", "... and read from its start");
    snprintf(path, sizeof(path), "/proc/self/fd/%d", memory);
    is_str(link_of(path), "/memfd:m (deleted)", "a memory file");
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fds[0]);
    fstat(fds[0], &st);
    snprintf(want, sizeof(want), "pipe:[%lu]", (unsigned long)st.st_ino);
    is_str(link_of(path), want, "a pipe");
    snprintf(path, sizeof(path), "/proc/self/fd/%d/..", place);
    is_long(stat(path, &st), 0, "through a directory");
    close(fds[0]);
    close(fds[1]);
    close(memory);
    close(only);
    close(place);
    close(file);
}

/* Whether a directory has each of these names once. */
static void has_names(const char *path, const char *const *wanted, const char *what)
{
    int nr[32] = {0}, nr_bad = 0;
    DIR *dir = opendir(path);
    struct dirent *entry;
    struct stat st;

    while (dir && (entry = readdir(dir)) != NULL) {
        for (int i = 0; wanted[i]; i++)
            nr[i] += strcmp(wanted[i], entry->d_name) == 0;
        if (fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
            nr_bad += entry->d_type != st.st_mode >> 12;
    }
    for (int i = 0; wanted[i]; i++)
        if (nr[i] != 1) {
            diag("%s: %d times", wanted[i], nr[i]);
            nr_bad++;
        }
    if (dir)
        closedir(dir);
    ok(dir && !nr_bad, "%s", what);
}

static void check_lists(void)
{
    static const char *const process[] = {
        ".",     "..",           "cmdline", "comm",   "cwd",           "environ", "exe",
        "fd",    "limits",       "maps",    "mounts", "oom_score_adj", "pagemap", "root",
        "smaps", "smaps_rollup", "stat",    "statm",  "status",        NULL};
    static const char *const fds[] = {".", "..", "0", "1", "2", "7", NULL};
    char pid[16];
    const char *const system[] = {".",       "..",          "1",     pid,       "buddyinfo",
                                  "cpuinfo", "filesystems", "iomem", "loadavg", "meminfo",
                                  "mounts",  "self",        "stat",  "sys",     "uptime",
                                  "version", "vmstat",      NULL};

    snprintf(pid, sizeof(pid), "%d", getpid());
    dup2(1, 7);
    has_names("/proc/self", process, "the directory of a process lists its files");
    has_names("/proc/self/fd", fds, "... fd what is open");
    has_names("/proc", system, "/proc lists processes and files");
    close(7);
}

static void check_limits(void)
{
    static const struct {
        int resource;
        const char *name, *unit;
    } limits[] = {{RLIMIT_CPU, "Max cpu time", "seconds"},
                  {RLIMIT_FSIZE, "Max file size", "bytes"},
                  {RLIMIT_DATA, "Max data size", "bytes"},
                  {RLIMIT_STACK, "Max stack size", "bytes"},
                  {RLIMIT_CORE, "Max core file size", "bytes"},
                  {RLIMIT_RSS, "Max resident set", "bytes"},
                  {RLIMIT_NPROC, "Max processes", "processes"},
                  {RLIMIT_NOFILE, "Max open files", "files"},
                  {RLIMIT_MEMLOCK, "Max locked memory", "bytes"},
                  {RLIMIT_AS, "Max address space", "bytes"},
                  {RLIMIT_LOCKS, "Max file locks", "locks"},
                  {RLIMIT_SIGPENDING, "Max pending signals", "signals"},
                  {RLIMIT_MSGQUEUE, "Max msgqueue size", "bytes"},
                  {RLIMIT_NICE, "Max nice priority", NULL},
                  {RLIMIT_RTPRIO, "Max realtime priority", NULL},
                  {RLIMIT_RTTIME, "Max realtime timeout", "us"}};
    struct rlimit limit = {123456789, 987654321};
    int at =
        sprintf(text, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit", "Hard Limit", "Units");

    setrlimit(RLIMIT_FSIZE, &limit);
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        rlim_t values[2];

        getrlimit(limits[i].resource, &limit);
        values[0] = limit.rlim_cur;
        values[1] = limit.rlim_max;
        at += sprintf(text + at, "%-25s ", limits[i].name);
        for (int j = 0; j < 2; j++)
            at += values[j] == RLIM_INFINITY
                      ? sprintf(text + at, "%-20s ", "unlimited")
                      : sprintf(text + at, "%-20lu ", (unsigned long)values[j]);
        at += limits[i].unit ? sprintf(text + at, "%-10s\n", limits[i].unit)
                             : sprintf(text + at, "\n");
    }
    ok(strcmp(procfile("/proc/self/limits"), text) == 0, "limits are those of getrlimit");
    ok(strstr(text, " 123456789            987654321            bytes     \n") != NULL,
       "... one of them was set");
}

static void check_oom_score_adj(void)
{
    static const struct {
        const char *text;
        long result, after;
    } writes[] = {{"500", 0, 500},      {"-1000\n", 0, -1000}, {" 7 \n", 0, 7},
                  {"0x10", 0, 16},      {"010", 0, 8},         {"+3", 0, 3},
                  {"1001", -EINVAL, 3}, {"-1001", -EINVAL, 3}, {"x", -EINVAL, 3},
                  {"5 6", -EINVAL, 3},  {"\n", -EINVAL, 3},    {"99999999999", -ERANGE, 3}};
    int status;
    pid_t pid;

    is_str(procfile("/proc/self/oom_score_adj"), "0\n", "oom_score_adj");
    for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++) {
        is_long(procfile_write("/proc/self/oom_score_adj", writes[i].text), writes[i].result,
                "write %zu", i);
        is_long(procfile_value("/proc/self/oom_score_adj", ""), writes[i].after, "... after it");
    }
    pid = fork();
    if (pid == 0) {
        if (procfile_value("/proc/self/oom_score_adj", "") != 3)
            _exit(1);
        setuid(1000);
        _exit(0);
    }
    waitpid(pid, &status, 0);
    is_long(status, 0, "a child inherits it");
    procfile_write("/proc/self/oom_score_adj", "0");
}

/* What is open of a process that has gone says so, whoever has its number by then. */
static void check_gone(void)
{
    static const char *const names[] = {"status", "stat",    "statm", "maps",        "smaps",
                                        "limits", "cmdline", "comm",  "smaps_rollup"};
    enum { NR = sizeof(names) / sizeof(names[0]) };
    int fds[NR], pair[2], dir;
    char path[64], byte;
    pid_t pid;

    pipe(pair);
    tap_flush();
    pid = fork();
    if (pid == 0) {
        close(pair[1]);
        read(pair[0], &byte, 1);
        _exit(0);
    }
    for (int i = 0; i < NR; i++) {
        snprintf(path, sizeof(path), "/proc/%d/%s", pid, names[i]);
        fds[i] = open(path, O_RDONLY);
    }
    snprintf(path, sizeof(path), "/proc/%d", pid);
    dir = open(path, O_RDONLY | O_DIRECTORY);
    close(pair[1]);
    while (procfile_read(strcat(path, "/maps"), text, sizeof(text)) > 0)
        snprintf(path, sizeof(path), "/proc/%d", pid);
    snprintf(path, sizeof(path), "/proc/%d/exe", pid);
    is_str(link_of(path), strerror(ENOENT), "a zombie has no exe");
    snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
    is_long(procfile_read(path, text, sizeof(text)), 0, "... and an empty cmdline");
    waitpid(pid, NULL, 0);
    for (int i = 0; i < NR; i++) {
        is_long(read(fds[i], text, 10), -1, "%s of a process that is gone", names[i]);
        is_errno(ESRCH, "... ESRCH");
        close(fds[i]);
    }
    is_long(openat(dir, "status", O_RDONLY), -1, "its directory has no files");
    is_errno(ESRCH, "... ESRCH");
    close(dir);
    close(pair[0]);
}

/* What another user may not do, as a child's status: the number of the first that went wrong. */
static int check_user(void)
{
    static const struct {
        const char *path;
        int flags, error; /* 0: it can be opened */
    } files[] = {{"/proc/1/maps", O_RDONLY, EACCES},
                 {"/proc/1/smaps", O_RDONLY, EACCES},
                 {"/proc/1/smaps_rollup", O_RDONLY, EACCES},
                 {"/proc/1/environ", O_RDONLY, EACCES},
                 {"/proc/1/pagemap", O_RDONLY, EACCES},
                 {"/proc/1/oom_score_adj", O_WRONLY, EACCES},
                 {"/proc/1/exe", O_RDONLY, EACCES},
                 {"/proc/1/fd/0", O_RDONLY, EACCES},
                 {"/proc/sys/vm/overcommit_memory", O_WRONLY, EACCES},
                 {"/proc/sys/vm/max_map_count", O_RDWR, EACCES},
                 {"/proc/iomem", O_RDONLY, 0},
                 {"/proc/1/status", O_RDONLY, 0},
                 {"/proc/1/cmdline", O_RDONLY, 0},
                 {"/proc/1/limits", O_RDONLY, 0},
                 {"/proc/sys/vm/overcommit_memory", O_RDONLY, 0},
                 {"/proc/self/maps", O_RDONLY, 0},
                 {"/proc/meminfo", O_RDONLY, 0}};
    long startcode;

    setgid(1000);
    setuid(1000);
    for (int i = 0; i < (int)(sizeof(files) / sizeof(files[0])); i++) {
        int fd = open(files[i].path, files[i].flags);
        if ((fd < 0 ? errno : 0) != files[i].error)
            return i + 1;
    }
    if (sscanf(strrchr(procfile("/proc/1/stat"), ')'),
               ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %*u "
               "%*u %*d %*u %ld",
               &startcode) != 1 ||
        startcode != 1)
        return 99;
    return 0;
}

static void check_other_user(void)
{
    tap_flush();
    pid_t pid = fork();
    if (pid == 0)
        _exit(check_user());
    is_long(child_wait(pid), 0, "another user sees what it may and no more");
}

static void check_opening(void)
{
    is_long(open("/proc/none", O_CREAT | O_WRONLY, 0600), -1, "no file is made in /proc");
    ok(errno == ENOENT || errno == EROFS, "... it is not there, or read-only");
    is_long(mkdir("/proc/x", 0700), -1, "nor a directory");
    is_long(unlink("/proc/meminfo"), -1, "and none is removed");
    int fd = open("/proc/self/maps", O_RDONLY);
    ok(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED, "a file cannot be mapped");
    is_errno(ENODEV, "... ENODEV");
    is_long(lseek(fd, 0, SEEK_END), -1, "nor its end be sought");
    is_errno(EINVAL, "... EINVAL");
    struct stat st;
    is_long(fstat(fd, &st), 0, "fstat");
    is_long(st.st_size, 0, "... no size");
    is_long(st.st_mode, S_IFREG | 0444, "... for everybody to read");
    is_long(write(fd, "x", 1), -1, "a write without the right");
    is_errno(EBADF, "... EBADF");
    close(fd);
}

static const struct child children[] = {
    {"title", run_title}, {"removed", run_removed}, {NULL, NULL}};

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "first") != 0)
        return child_main(children, argv);
    check_strings(argv);
    check_comm();
    check_exe();
    check_links();
    check_fds();
    check_lists();
    check_limits();
    check_oom_score_adj();
    check_gone();
    check_other_user();
    check_opening();
    return done_testing();
}
