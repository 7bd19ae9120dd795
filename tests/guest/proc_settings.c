/*
 * tests/guest/proc_settings.c - /proc/sys: what is written there is checked, kept and obeyed
 */
#include <sys/mman.h>
#include <sys/utsname.h>

#include "procfile.h"
#include "raw.h"

#define POLICY "/proc/sys/vm/overcommit_memory"
#define AREAS  "/proc/sys/vm/max_map_count"
#define RW     (PROT_READ | PROT_WRITE)
#define HUGE   (1UL << 40) /* more than any machine has */

/* Texts that are no number, or too large a one. */
static void check_refused(const char *path, const char *valid)
{
    static const char *const texts[] = {
        "x",           "-1", "",   "\n", "3x",         "1.5",
        "99999999999", "0x", "+1", "-",  "4294967296", "18446744073709551617"};
    char want[32];

    snprintf(want, sizeof(want), "%s\n", valid);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        is_long(procfile_write(path, texts[i]), texts[i][0] ? -EINVAL : 0, "%s: write %zu", path,
                i);
        is_str(procfile(path), want, "... changes nothing");
    }
}

static void check_number(const char *path, const char *text, const char *after, long result)
{
    char want[32];

    snprintf(want, sizeof(want), "%s\n", after);
    is_long(procfile_write(path, text), result, "%s takes %s", path, after);
    is_str(procfile(path), want, "... and says so");
}

static void check_areas(void)
{
    int fd;

    is_str(procfile(AREAS), "65530\n", "max_map_count");
    check_refused(AREAS, "65530");
    check_number(AREAS, "70000", "70000", 0);
    check_number(AREAS, "  0x10000 \n", "65536", 0);
    check_number(AREAS, "0100\n", "64", 0);
    check_number(AREAS, "2147483647", "2147483647", 0);
    check_number(AREAS, "0", "0", 0);
    check_number(AREAS, "65531 17", "65531", 6);
    is_long(procfile_write(AREAS, "2147483648"), -EINVAL, "more than an int");
    fd = open(AREAS, O_RDWR);
    is_long(pwrite(fd, "5", 1, 3), 1, "what is written elsewhere than to the start");
    is_str(procfile(AREAS), "65531\n", "... is ignored");
    is_long(write(fd, "65", 2), 2, "at the start");
    is_str(procfile(AREAS), "65\n", "... it is not");
    is_long(write(fd, "530\n", 4), 4, "and what follows in another write");
    is_str(procfile(AREAS), "65\n", "... is ignored");
    is_long(write(fd, (void *)8, 4), -1, "a buffer that is not there");
    is_errno(EFAULT, "... EFAULT");
    close(fd);
    check_number(AREAS, "65530\n", "65530", 0);
}

/* Whether so much private memory is granted. */
static int grants(size_t len, int flags)
{
    void *p = mmap(NULL, len, RW, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

    if (p == MAP_FAILED)
        return 0;
    munmap(p, len);
    return 1;
}

static void set_policy(const char *policy)
{
    if (procfile_write(POLICY, policy) < 0)
        bail_out(POLICY);
}

static void check_policy(void)
{
    char *kept;

    is_str(procfile(POLICY), "2\n", "strict accounting at first");
    check_refused(POLICY, "2");
    is_long(procfile_write(POLICY, "3"), -EINVAL, "there are three policies");
    ok(!grants(HUGE, 0) && !grants(HUGE, MAP_NORESERVE), "never: a terabyte is refused");
    set_policy("0");
    is_str(procfile(POLICY), "0\n", "guess");
    ok(!grants(HUGE, 0), "... refuses it too");
    ok(grants(HUGE, MAP_NORESERVE), "... but for MAP_NORESERVE");
    set_policy("1\n");
    is_str(procfile(POLICY), "1\n", "always");
    ok(grants(HUGE, 0), "... grants it");
    kept = mmap(NULL, HUGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ok(kept != MAP_FAILED, "... and again");
    set_policy("2");
    kept[HUGE / 2] = 1;
    is_long(kept[HUGE / 2], 1, "never again: what was granted is used");
    ok(!grants(PAGE, 0), "... but not a page more is");
    is_long(munmap(kept, HUGE), 0, "given back");
    ok(grants(PAGE, 0), "... there is room again");
    ok(!grants(HUGE, 0), "... for what there is");
}

static void check_fixed(void)
{
    struct utsname name;
    char want[256];

    uname(&name);
    snprintf(want, sizeof(want), "%s\n", name.sysname);
    is_str(procfile("/proc/sys/kernel/ostype"), want, "ostype is uname's");
    snprintf(want, sizeof(want), "%s\n", name.release);
    ok(strcmp(procfile("/proc/sys/kernel/osrelease"), want) == 0, "osrelease is");
    snprintf(want, sizeof(want), "%s\n", name.version);
    ok(strcmp(procfile("/proc/sys/kernel/version"), want) == 0, "version is");
    snprintf(want, sizeof(want), "%s\n", name.nodename);
    ok(strcmp(procfile("/proc/sys/kernel/hostname"), want) == 0, "hostname is");
    snprintf(want, sizeof(want), "%s version %s (", name.sysname, name.release);
    ok(strncmp(procfile("/proc/version"), want, strlen(want)) == 0, "/proc/version begins so");
    is_str(procfile("/proc/sys/kernel/pid_max"), "32768\n", "pid_max");
    is_str(procfile("/proc/sys/kernel/randomize_va_space"), "0\n", "randomize_va_space");
    is_str(procfile("/proc/sys/vm/mmap_min_addr"), "65536\n", "mmap_min_addr");
    is_ptr(mmap((void *)65536, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0),
           65536, "... is the lowest that can be mapped");
    is_long(open("/proc/sys/kernel/ostype", O_WRONLY), -1, "what cannot be set cannot be opened");
    is_errno(EACCES, "... EACCES");
}

int main(void)
{
    check_areas();
    check_policy();
    check_fixed();
    return done_testing();
}
