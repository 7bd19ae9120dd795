/*
 * tests/guest/proc_system.c - the machine's memory, processor and time in /proc
 *
 * Linux counts per processor and adds up now and then: its counts are near the truth. What Loam has
 * no part for is missing there; each line that there is has Linux's form.
 */
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include "procfile.h"
#include "raw.h"

#define NR        4096L /* pages that are touched: 16 MiB */
#define TOLERANCE 1024L /* pages: what a processor keeps for itself is neither free nor used */
#define RW        (PROT_READ | PROT_WRITE)

static int near(long got, long want)
{
    if (labs(got - want) > TOLERANCE)
        diag("got %ld, want about %ld", got, want);
    return labs(got - want) <= TOLERANCE;
}

static long meminfo(const char *key)
{
    return procfile_value("/proc/meminfo", key);
}

static long vmstat(const char *key)
{
    return procfile_value("/proc/vmstat", key);
}

/* All that was ever allocated, whatever the zones are called. */
static long count_allocated(void)
{
    long sum = 0;

    for (char *at = procfile("/proc/vmstat"); (at = strstr(at, "\npgalloc_")) != NULL; at++)
        sum += strtol(strchr(at, ' '), NULL, 10);
    return sum;
}

/* Lines that have another form than this one, a number in place of %ld. */
static int count_odd_lines(const char *path, const char *format, int key_width)
{
    char *text = procfile(path), line[256], again[256], key[128];
    int nr_bad = 0;

    for (char *end; (end = strchr(text, '\n')); text = end + 1) {
        long value;

        snprintf(line, sizeof(line), "%.*s", (int)(end - text), text);
        if (strncmp(line, "HugePages_", 10) == 0 || strncmp(line, "Vmalloc", 7) == 0)
            continue; /* in a column of their own on Linux */
        if (sscanf(line, "%127s %ld", key, &value) != 2) {
            nr_bad++;
            continue;
        }
        snprintf(again, sizeof(again), format, key_width, key, value);
        if (strcmp(line, again) != 0)
            diag("'%s' is not '%s'", line, again);
        nr_bad += strcmp(line, again) != 0;
    }
    return nr_bad;
}

static void touch(volatile char *pages)
{
    for (long i = 0; i < NR; i++)
        pages[i * (long)PAGE] = 1;
}

static void check_form(void)
{
    static const char *const lines[] = {
        "MemTotal:",     "MemFree:",      "MemAvailable:", "Buffers:",      "Cached:",
        "SwapCached:",   "Unevictable:",  "Mlocked:",      "SwapTotal:",    "SwapFree:",
        "Dirty:",        "Writeback:",    "AnonPages:",    "Mapped:",       "Shmem:",
        "KReclaimable:", "Slab:",         "SReclaimable:", "SUnreclaim:",   "KernelStack:",
        "PageTables:",   "NFS_Unstable:", "Bounce:",       "WritebackTmp:", "CommitLimit:",
        "Committed_AS:"};
    static const char *const counters[] = {
        "nr_free_pages", "nr_mlock",     "nr_anon_pages", "nr_mapped",       "nr_file_pages",
        "nr_dirty",      "nr_writeback", "nr_shmem",      "nr_kernel_stack", "nr_page_table_pages",
        "pgpgin",        "pgpgout",      "pswpin",        "pswpout",         "pgalloc_normal",
        "pgfree",        "pgfault",      "pgmajfault"};
    char key[64];

    is_long(count_odd_lines("/proc/meminfo", "%-*s%8ld kB", 16), 0, "meminfo has Linux's columns");
    is_long(count_odd_lines("/proc/vmstat", "%*s %ld", 0), 0, "vmstat has, too");
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        ok(meminfo(lines[i]) >= 0, "meminfo has %s", lines[i]);
    for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
        snprintf(key, sizeof(key), "%s ", counters[i]);
        ok(vmstat(key) >= 0, "vmstat has %s", counters[i]);
    }
    ok(meminfo("MemTotal:") > meminfo("MemFree:") && meminfo("MemFree:") > 0,
       "some memory is free");
    ok(meminfo("MemTotal:") >= meminfo("MemAvailable:"), "... and available");
    is_long(meminfo("SwapTotal:") + meminfo("SwapFree:"), 0, "there is no swap");
    ok(near(vmstat("nr_free_pages "), meminfo("MemFree:") / 4), "vmstat and meminfo agree");
}

/* Private pages are allocated, used and freed. */
static void check_anonymous(void)
{
    long anon = meminfo("AnonPages:"), nr_free = meminfo("MemFree:"), as = meminfo("Committed_AS:");
    long faults = vmstat("pgfault "), given = count_allocated(), freed = vmstat("pgfree ");
    char *pages = mmap(NULL, NR * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    ok(near((meminfo("Committed_AS:") - as) / 4, NR), "what is mapped is promised");
    ok(near((meminfo("AnonPages:") - anon) / 4, 0), "... but not there");
    touch(pages);
    ok(near((meminfo("AnonPages:") - anon) / 4, NR), "what is touched is");
    ok(near((nr_free - meminfo("MemFree:")) / 4, NR), "... and not free");
    ok(vmstat("pgfault ") - faults >= NR, "... after as many faults");
    ok(count_allocated() - given >= NR, "... and allocations");
    munmap(pages, NR * PAGE);
    ok(near((meminfo("AnonPages:") - anon) / 4, 0), "what is unmapped is not");
    ok(near((nr_free - meminfo("MemFree:")) / 4, 0), "... but free");
    ok(vmstat("pgfree ") - freed >= NR, "... and counted");
    ok(near((meminfo("Committed_AS:") - as) / 4, 0), "... and promised no more");
    is_long(vmstat("pgmajfault "), 0, "no fault waited for a disk");
}

static void check_shared(void)
{
    long shmem = meminfo("Shmem:"), cached = meminfo("Cached:"), mapped = meminfo("Mapped:");
    int fd = memfd_create("shared", 0);
    char *pages;

    ftruncate(fd, NR * PAGE);
    pages = mmap(NULL, NR * PAGE, RW, MAP_SHARED, fd, 0);
    touch(pages);
    ok(near((meminfo("Shmem:") - shmem) / 4, NR), "pages of a memory file are Shmem");
    ok(near((meminfo("Cached:") - cached) / 4, NR), "... and Cached");
    ok(near((meminfo("Mapped:") - mapped) / 4, NR), "... and Mapped");
    munmap(pages, NR * PAGE);
    ok(near((meminfo("Mapped:") - mapped) / 4, 0), "unmapped they are not");
    ok(near((meminfo("Shmem:") - shmem) / 4, NR), "... but still there");
    close(fd);
    ok(near((meminfo("Shmem:") - shmem) / 4, 0), "closed they are gone");
}

/* One line per zone, eleven orders each. Free memory is what the blocks are together. */
static void check_buddyinfo(void)
{
    char *text = procfile("/proc/buddyinfo"), again[256];
    long sum = 0, kb;
    int nr_bad = 0, nr_lines = 0;

    for (char *end; (end = strchr(text, '\n')); text = end + 1, nr_lines++) {
        char zone[32], *at;
        int len;

        *end = '\0';
        if (sscanf(text, "Node 0, zone %31s", zone) != 1) {
            nr_bad++;
            continue;
        }
        len = snprintf(again, sizeof(again), "Node 0, zone %8s ", zone);
        at = text + len;
        for (int order = 0; order < 11; order++) {
            long nr = strtol(at, &at, 10);

            sum += nr << order;
            len += snprintf(again + len, sizeof(again) - (size_t)len, "%6ld ", nr);
        }
        nr_bad += strcmp(text, again) != 0;
    }
    kb = meminfo("MemFree:");
    ok(nr_lines >= 1 && !nr_bad, "buddyinfo's lines are as Linux prints them");
    ok(near(sum, kb / 4), "... and add up to what is free");
}

/* Ranges in order, what is inside another two blanks further. */
static void check_iomem(void)
{
    char *text = procfile("/proc/iomem"), again[256];
    unsigned long last = 0, ram = 0, code = 0;
    int nr_bad = 0, nr = 0;

    for (char *end; (end = strchr(text, '\n')); text = end + 1, nr++) {
        int indent = (int)strspn(text, " "), at = 0;
        unsigned long from, to;

        *end = '\0';
        if (sscanf(text, " %lx-%lx : %n", &from, &to, &at) < 2) {
            nr_bad++;
            continue;
        }
        snprintf(again, sizeof(again), "%*s%08lx-%08lx : %s", indent, "", from, to, text + at);
        nr_bad += strcmp(text, again) != 0 || indent % 2 || from < last || to < from;
        ram += indent == 0 && strcmp(text + at, "System RAM") == 0 ? to + 1 - from : 0;
        code += indent == 2 && strcmp(text + at, "Kernel code") == 0;
        last = from;
    }
    ok(nr > 3 && !nr_bad, "iomem's lines are as Linux prints them");
    ok(ram / 1024 >= (unsigned long)meminfo("MemTotal:"), "... with no less RAM than meminfo");
    is_long(code, 1, "... which the kernel is in");
}

/* Take "12.34" apart: hundredths, -1 if it is no such number. */
static long hundredths(char **at)
{
    char *start = *at;
    long whole = strtol(start, at, 10), part;

    if (**at != '.' || *at == start)
        return -1;
    start = ++*at;
    part = strtol(start, at, 10);
    return *at == start + 2 ? whole * 100 + part : -1;
}

static void check_time(void)
{
    char *at = procfile("/proc/uptime");
    long up = hundredths(&at), idle, later, btime;
    struct timespec now;

    ok(up >= 0 && *at == ' ', "uptime begins with seconds");
    at++;
    idle = hundredths(&at);
    ok(idle >= 0 && idle <= up && strcmp(at, "\n") == 0, "... and goes on with idle ones");
    clock_gettime(CLOCK_MONOTONIC, &now);
    later = now.tv_sec * 100 + now.tv_nsec / 10000000;
    ok(later >= up && later - up < 1000, "... of the monotonic clock");
    clock_gettime(CLOCK_REALTIME, &now);
    btime = procfile_value("/proc/stat", "btime ");
    ok(labs(now.tv_sec - later / 100 - btime) <= 2, "btime is when that was 0");
}

static void check_stat(void)
{
    char *at = procfile("/proc/stat");
    long sum = 0, up, ctxt, processes;
    int nr = 0;
    pid_t pid;

    ok(strncmp(at, "cpu  ", 5) == 0, "stat begins with all processors");
    for (at += 4; *at == ' '; nr++)
        sum += strtol(at, &at, 10);
    is_long(nr, 10, "... ten kinds of time");
    is_long(*at, '\n', "... in a line");
    at = procfile("/proc/uptime");
    up = hundredths(&at);
    ok(sum <= up + 100 && sum >= up / 2 - 100, "... together the time since the start");
    ok(procfile_find(procfile("/proc/stat"), "cpu0 "), "... and goes on with the first");
    ctxt = procfile_value("/proc/stat", "ctxt ");
    processes = procfile_value("/proc/stat", "processes ");
    tap_flush();
    pid = fork();
    if (pid == 0)
        _exit(0);
    waitpid(pid, NULL, 0);
    is_long(procfile_value("/proc/stat", "processes ") - processes, 1, "a process more");
    ok(procfile_value("/proc/stat", "ctxt ") > ctxt, "... and switches to it and back");
    ok(procfile_value("/proc/stat", "procs_running ") >= 1, "one runs");
    is_long(procfile_value("/proc/stat", "procs_blocked "), 0, "none is blocked");
}

static void check_loadavg(void)
{
    char *at = procfile("/proc/loadavg");
    int nr = 0, running, all, last;

    for (; nr < 3 && hundredths(&at) >= 0 && *at == ' '; nr++)
        at++;
    is_long(nr, 3, "loadavg begins with three averages");
    is_long(sscanf(at, "%d/%d %d", &running, &all, &last), 3, "... then processes and a number");
    ok(running >= 1 && running <= all, "... of which this one runs");
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    waitpid(pid, NULL, 0);
    at = procfile("/proc/loadavg");
    is_long(strtol(strrchr(at, ' '), NULL, 10), pid, "... the last that was made");
}

static void check_lists(void)
{
    char *text = procfile("/proc/filesystems");

    ok(procfile_find(text, "nodev\ttmpfs\n"), "filesystems has tmpfs");
    ok(procfile_find(text, "nodev\tproc\n"), "... and proc");
    text = procfile("/proc/mounts");
    ok(procfile_find(text, "proc /proc proc rw,relatime 0 0\n"), "mounts has /proc");
    ok(procfile_find(text, "rootfs / rootfs r"), "... and /");
    text = procfile("/proc/cpuinfo");
    ok(strncmp(text, "processor\t: 0\nvendor_id\t: ", 26) == 0, "cpuinfo has a processor");
    ok(procfile_find(text, "model name\t: QEMU"), "... with a name");
    text = procfile_find(text, "flags\t\t:");
    ok(text && strstr(text, " fpu ") && strstr(text, " lm ") && strstr(text, " nx "),
       "... and what it can");
}

/* Linux frees its initrd while the first programs run already. */
static void wait_for_start(void)
{
    struct timespec time = {0, 30000000};
    long before = -1;

    for (int i = 0; i < 30 && labs(meminfo("MemFree:") - before) > 64; i++) {
        before = meminfo("MemFree:");
        nanosleep(&time, NULL);
    }
}

int main(void)
{
    grow_stack();
    wait_for_start();
    check_form();
    check_anonymous();
    check_shared();
    check_buddyinfo();
    check_iomem();
    check_time();
    check_stat();
    check_loadavg();
    check_lists();
    return done_testing();
}
