/*
 * tests/guest/proc_status.c - /proc/PID/status, stat and statm
 *
 * Linux counts a process's resident pages in batches: what these files say of them is near the truth
 * only, and smaps (proc_smaps.c) is exact.
 */
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "child.h"
#include "procfile.h"
#include "raw.h"

#define NR        2048L /* pages that are touched */
#define TOLERANCE 200L  /* pages that Linux has not counted yet, or not forgotten */
#define RW        (PROT_READ | PROT_WRITE)
#define NR_STAT   52
#define USR1_BIT  (1L << (SIGUSR1 - 1))
#define USR2_BIT  (1L << (SIGUSR2 - 1))

extern char **environ;

/* Names of status that every Linux 6.1 has, in order; of a zombie those with a star are missing. */
static const char *const names[] = {"Name",
                                    "*Umask",
                                    "State",
                                    "Tgid",
                                    "Ngid",
                                    "Pid",
                                    "PPid",
                                    "TracerPid",
                                    "Uid",
                                    "Gid",
                                    "FDSize",
                                    "Groups",
                                    "NStgid",
                                    "NSpid",
                                    "NSpgid",
                                    "NSsid",
                                    "*VmPeak",
                                    "*VmSize",
                                    "*VmLck",
                                    "*VmPin",
                                    "*VmHWM",
                                    "*VmRSS",
                                    "*RssAnon",
                                    "*RssFile",
                                    "*RssShmem",
                                    "*VmData",
                                    "*VmStk",
                                    "*VmExe",
                                    "*VmLib",
                                    "*VmPTE",
                                    "*VmSwap",
                                    "*CoreDumping",
                                    "*THP_enabled",
                                    "Threads",
                                    "SigQ",
                                    "SigPnd",
                                    "ShdPnd",
                                    "SigBlk",
                                    "SigIgn",
                                    "SigCgt",
                                    "CapInh",
                                    "CapPrm",
                                    "CapEff",
                                    "CapBnd",
                                    "CapAmb",
                                    "NoNewPrivs",
                                    "Speculation_Store_Bypass",
                                    "SpeculationIndirectBranch",
                                    "Cpus_allowed",
                                    "Cpus_allowed_list",
                                    "Mems_allowed",
                                    "Mems_allowed_list",
                                    "voluntary_ctxt_switches",
                                    "nonvoluntary_ctxt_switches"};
#define NR_NAMES (sizeof(names) / sizeof(names[0]))

static int data = 1;

/* Names that depend on how Linux was configured. */
static int is_optional(const char *line)
{
    return strncmp(line, "Seccomp", 7) == 0 || strncmp(line, "HugetlbPages:", 13) == 0;
}

/* A value in the form that its name has on Linux. */
static int is_well_formed(const char *name, const char *value)
{
    char again[128];
    unsigned long hex = strtoul(value, NULL, 16);
    long number = strtol(value, NULL, 10);

    if (strncmp(name, "Vm", 2) == 0 || strncmp(name, "Rss", 3) == 0)
        snprintf(again, sizeof(again), "%8ld kB", number);
    else if (strcmp(name, "SigQ") != 0 &&
             (strncmp(name, "Sig", 3) == 0 || strcmp(name, "ShdPnd") == 0 ||
              (strncmp(name, "Cap", 3) == 0)))
        snprintf(again, sizeof(again), "%016lx", hex);
    else if (strchr("TPNFvn", name[0]) && strcmp(name, "Name") != 0)
        snprintf(again, sizeof(again), "%ld", number);
    else
        return 1;
    return strcmp(again, value) == 0;
}

/* All names are there, in order, and nothing else. Returns how many lines are not so. */
static int check_lines(char *text, int zombie)
{
    size_t next = 0;
    int nr_bad = 0;

    for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        if (is_optional(line))
            continue;
        while (next < NR_NAMES && zombie && names[next][0] == '*')
            next++;
        const char *name = next < NR_NAMES ? names[next++] : "(end)";
        name += name[0] == '*';
        size_t len = strlen(name);
        if (strncmp(line, name, len) != 0 || line[len] != ':' || line[len + 1] != '\t' ||
            !is_well_formed(name, line + len + 2)) {
            diag("want %s, got '%s'", name, line);
            nr_bad++;
        }
    }
    return nr_bad + (next < NR_NAMES);
}

static long status(const char *key)
{
    return procfile_value("/proc/self/status", key);
}

/* A line's value as it stands. */
static const char *status_text(const char *path, const char *key)
{
    char *value = procfile_find(procfile(path), key);

    if (value && strchr(value, '\n'))
        *strchr(value, '\n') = '\0';
    return value ? value : "(none)";
}

static long status_hex(const char *key)
{
    return (long)strtoul(status_text("/proc/self/status", key), NULL, 16);
}

/* Field n of stat, counted from 1; but 2 and 3, which are no numbers. */
static long stat_field(const char *path, int n)
{
    char *at = strrchr(procfile(path), ')');

    for (int i = 2; at && i < n; i++)
        at = strchr(at + 1, ' ');
    return at ? (long)strtoul(at, NULL, 10) : -1;
}

static long stat_of(int n)
{
    return stat_field("/proc/self/stat", n);
}

static char state_of(const char *path)
{
    char *at = strrchr(procfile(path), ')');

    return at ? at[2] : '?';
}

static int near(long got, long want)
{
    if (labs(got - want) > TOLERANCE)
        diag("got %ld pages, want about %ld", got, want);
    return labs(got - want) <= TOLERANCE;
}

static void check_identity(void)
{
    char want[128];

    is_long(check_lines(procfile("/proc/self/status"), 0), 0, "status has Linux's lines");
    umask(027);
    is_str(status_text("/proc/self/status", "Umask:\t"), "0027", "Umask");
    umask(022);
    is_str(status_text("/proc/self/status", "Name:\t"), "proc_status", "Name");
    is_str(status_text("/proc/self/status", "State:\t"), "R (running)", "State");
    is_long(status("Pid:"), getpid(), "Pid");
    is_long(status("Tgid:"), getpid(), "Tgid");
    is_long(status("PPid:"), getppid(), "PPid");
    is_long(status("NSsid:"), stat_of(6), "NSsid is the session in stat");
    is_long(status("NSpgid:"), stat_of(5), "NSpgid is the group in stat");
    is_str(status_text("/proc/self/status", "Uid:\t"), "0\t0\t0\t0", "Uid");
    is_str(status_text("/proc/self/status", "Gid:\t"), "0\t0\t0\t0", "Gid");
    is_long(status("Threads:"), 1, "Threads");
    is_str(status_text("/proc/self/status", "CapEff:\t"), "000001ffffffffff", "CapEff of root");
    struct rlimit limit;
    getrlimit(RLIMIT_SIGPENDING, &limit);
    snprintf(want, sizeof(want), "0/%lu", (unsigned long)limit.rlim_cur);
    is_str(status_text("/proc/self/status", "SigQ:\t"), want, "SigQ");
    is_long(procfile_write("/proc/self/comm", "a\n\\) b"), 0, "a name that is hard to print");
    is_str(status_text("/proc/self/status", "Name:\t"), "a\\n\\\\) b", "... is escaped in status");
    snprintf(want, sizeof(want), "%d (a\n\\) b) R %d ", getpid(), getppid());
    ok(strncmp(procfile("/proc/self/stat"), want, strlen(want)) == 0, "... and stands in stat");
    procfile_write("/proc/self/comm", "proc_status");
}

static void ignore(int signal)
{
    (void)signal;
}

static void check_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    is_long(status_hex("SigBlk:\t"), 0, "no signal is blocked");
    sigprocmask(SIG_BLOCK, &set, NULL);
    is_long(status_hex("SigBlk:\t"), USR1_BIT, "SIGUSR1 is");
    is_long(stat_of(32), USR1_BIT, "... in stat, too");
    kill(getpid(), SIGUSR1);
    is_long(status_hex("ShdPnd:\t"), USR1_BIT, "... and pending");
    signal(SIGUSR1, SIG_IGN);
    is_long(status_hex("ShdPnd:\t"), 0, "... no more when it is ignored");
    is_long(status_hex("SigIgn:\t"), USR1_BIT, "SigIgn");
    is_long(stat_of(33), USR1_BIT, "... in stat");
    signal(SIGUSR2, ignore);
    is_long(status_hex("SigCgt:\t"), USR2_BIT, "SigCgt");
    is_long(stat_of(34), USR2_BIT, "... in stat");
    signal(SIGUSR1, SIG_DFL);
    signal(SIGUSR2, SIG_DFL);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void touch(volatile char *pages)
{
    for (long i = 0; i < NR; i++)
        pages[i * (long)PAGE] = 1;
}

static void check_memory(void)
{
    long size = status("VmSize:"), data_kb = status("VmData:"), anon = status("RssAnon:");
    long shmem = status("RssShmem:"), faults = stat_of(10);
    char *pages = mmap(NULL, NR * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    is_long(status("VmSize:") - size, 4 * NR, "VmSize grows by what was mapped");
    is_long(status("VmData:") - data_kb, 4 * NR, "... VmData too");
    touch(pages);
    ok(near((status("RssAnon:") - anon) / 4, NR), "RssAnon grows by what was touched");
    ok(stat_of(10) - faults >= NR, "... and there were as many faults");
    ok(status("VmRSS:") == status("RssAnon:") + status("RssFile:") + status("RssShmem:"),
       "VmRSS is the sum");
    ok(status("VmPeak:") >= status("VmSize:") && status("VmHWM:") >= status("VmRSS:"),
       "peaks are no less than what is");
    is_long(stat_of(23), status("VmSize:") * 1024, "vsize in stat");
    ok(near(stat_of(24), status("VmRSS:") / 4), "rss in stat");
    ok(status("VmPTE:") >= 4 * (NR / 512) && status("VmPTE:") % 4 == 0, "VmPTE");
    mprotect(pages, NR * PAGE, PROT_READ);
    is_long(status("VmData:") - data_kb, 0, "what is read-only is no data");
    munmap(pages, NR * PAGE);
    is_long(status("VmSize:"), size, "VmSize is what it was");
    ok(status("VmPeak:") >= size + 4 * NR, "... VmPeak is not");
    ok(near((status("RssAnon:") - anon) / 4, 0), "... and RssAnon");
    ok(status("VmHWM:") >= anon + 4 * NR, "... VmHWM is not");
    pages = mmap(NULL, NR * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    touch(pages);
    ok(near((status("RssShmem:") - shmem) / 4, NR), "RssShmem grows by shared pages");
    is_long(status("VmData:") - data_kb, 0, "... which are no data");
    munmap(pages, NR * PAGE);
    is_long(status("VmLck:") + status("VmPin:") + status("VmSwap:"), 0,
            "nothing locked or swapped");
}

static void check_code(void)
{
    static char text[PROCFILE_MAX];
    struct map map;

    procfile_read("/proc/self/maps", text, sizeof(text));
    ok(map_find(text, (unsigned long)check_code, &map), "the code's line in maps");
    is_long(status("VmExe:") * 1024, map.end - map.start, "VmExe is its size");
    ok((unsigned long)stat_of(26) >= map.start && stat_of(26) <= (long)check_code, "startcode");
    ok(stat_of(27) > (long)check_code && (unsigned long)stat_of(27) <= map.end, "endcode");
    ok(map_find(text, (unsigned long)&map, &map), "the stack's line");
    is_long(status("VmStk:") * 1024, map.end - map.start, "VmStk is its size");
    ok(stat_of(28) > (long)&map && (unsigned long)stat_of(28) < map.end, "startstack");
    ok(stat_of(45) <= (long)&data && (long)&data < stat_of(46), "start_data and end_data");
    is_long(stat_of(47), ((long)sbrk(0) & -(long)PAGE), "start_brk");
}

static void check_strings(char **argv)
{
    char **last = environ;

    while (last[1])
        last++;
    is_long(stat_of(48), (long)argv[0], "arg_start");
    is_long(stat_of(49), (long)environ[0], "arg_end");
    is_long(stat_of(50), (long)environ[0], "env_start");
    is_long(stat_of(51), (long)(*last + strlen(*last) + 1), "env_end");
}

static int is_nicer(void)
{
    setpriority(PRIO_PROCESS, 0, 5);
    return stat_of(18) == 25 && stat_of(19) == 5 ? 0 : 1;
}

static void check_stat(void)
{
    char *text = procfile("/proc/self/stat");
    int nr = 2;

    for (char *at = strrchr(text, ')'); (at = strchr(at + 1, ' ')) != NULL;)
        nr++;
    is_long(nr, NR_STAT, "stat has 52 fields");
    is_long(text[strlen(text) - 1], '\n', "... in one line");
    is_long(stat_of(4), getppid(), "ppid");
    is_long(stat_of(18), 20, "priority");
    is_long(stat_of(19), 0, "nice");
    is_long(child_call(is_nicer), 0, "... and of a nicer one");
    is_long(stat_of(20), 1, "num_threads");
    is_long(stat_of(25), -1, "rsslim");
    is_long(stat_of(38), SIGCHLD, "exit_signal");
    is_long(stat_of(39) + stat_of(40) + stat_of(41), 0, "processor, rt_priority, policy");
    is_long(stat_of(52), 0, "exit_code");
    ok(stat_of(22) >= 0 && stat_of(22) == stat_of(22), "starttime stays");
    struct rlimit limit = {12345, RLIM_INFINITY};
    setrlimit(RLIMIT_RSS, &limit);
    is_long(stat_of(25), 12345, "rsslim follows RLIMIT_RSS");
}

static void check_statm(void)
{
    long size, resident, shared, code, lib, segment, dirty;
    char again[256], *text = procfile("/proc/self/statm");

    is_long(sscanf(text, "%ld %ld %ld %ld %ld %ld %ld", &size, &resident, &shared, &code, &lib,
                   &segment, &dirty),
            7, "statm has seven fields");
    snprintf(again, sizeof(again), "%ld %ld %ld %ld %ld %ld %ld\n", size, resident, shared, code,
             lib, segment, dirty);
    is_str(text, again, "... and nothing else");
    is_long(size * 4, status("VmSize:"), "size");
    ok(near(resident, status("VmRSS:") / 4), "resident");
    ok(near(shared, (status("RssShmem:") + status("RssFile:")) / 4), "shared");
    is_long(code * 4, status("VmExe:"), "text");
    is_long(segment * 4, status("VmData:") + status("VmStk:"), "data");
    is_long(lib + dirty, 0, "lib, dt");
}

static void wait_for_state(const char *path, char state)
{
    while (state_of(path) != state)
        ;
}

static void check_other(void)
{
    char stat_path[64], status_path[64], byte;
    int fds[2], result;
    pid_t pid;

    if (pipe(fds) < 0)
        bail_out("pipe");
    tap_flush();
    pid = fork();
    if (pid == 0) {
        setsid();
        setuid(1000);
        close(fds[1]);
        read(fds[0], &byte, 1);
        _exit(3);
    }
    snprintf(stat_path, sizeof(stat_path), "/proc/%d/stat", pid);
    snprintf(status_path, sizeof(status_path), "/proc/%d/status", pid);
    wait_for_state(stat_path, 'S');
    is_str(status_text(status_path, "State:\t"), "S (sleeping)", "a child sleeps");
    is_long(procfile_value(status_path, "PPid:"), getpid(), "... its parent is this process");
    is_long(stat_field(stat_path, 5), pid, "... it leads a group");
    is_long(stat_field(stat_path, 6), pid, "... and a session");
    is_str(status_text(status_path, "Uid:\t"), "1000\t1000\t1000\t1000", "... another user's");
    is_str(status_text(status_path, "CapEff:\t"), "0000000000000000", "... who may do nothing");
    ok(procfile_value(status_path, "voluntary_ctxt_switches:") > 0,
       "... it gave the processor away");
    is_long(stat_field(stat_path, 35), 1, "... wchan says so");
    kill(pid, SIGSTOP);
    wait_for_state(stat_path, 'T');
    is_str(status_text(status_path, "State:\t"), "T (stopped)", "stopped");
    kill(pid, SIGCONT);
    close(fds[1]);
    wait_for_state(stat_path, 'Z');
    is_str(status_text(status_path, "State:\t"), "Z (zombie)", "ended");
    is_long(check_lines(procfile(status_path), 1), 0, "... status has a zombie's lines");
    is_long(stat_field(stat_path, 23) + stat_field(stat_path, 24), 0, "... no memory");
    is_long(stat_field(stat_path, 26) + stat_field(stat_path, 47), 0, "... no program");
    is_long(stat_field(stat_path, 52), 3 << 8, "... its status");
    waitpid(pid, &result, 0);
    ok(access(stat_path, F_OK) < 0, "and then gone");
    is_errno(ENOENT, "... ENOENT");
    close(fds[0]);
}

int main(int argc, char **argv)
{
    (void)argc;
    grow_stack();
    check_identity();
    check_signals();
    check_code();
    check_memory();
    check_strings(argv);
    check_stat();
    check_statm();
    check_other();
    return done_testing();
}
