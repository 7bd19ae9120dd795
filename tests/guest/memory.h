/*
 * tests/guest/memory.h - looking at memory without risk, for the tests of the memory calls
 *
 * What a range of pages is like comes as a short string, one character a page, so that a test
 * compares a picture and a failure shows one. Nothing here changes contents; a look at rights or
 * contents makes pages resident, resident() and areas() do not. Each string is valid until the
 * next call of the same function.
 */
#pragma once

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "raw.h"
#include "tap.h"

#define RW     (PROT_READ | PROT_WRITE)
#define ANON   (MAP_PRIVATE | MAP_ANONYMOUS)
#define SHARED (MAP_SHARED | MAP_ANONYMOUS)

/* Where a kernel that does not randomise puts nothing of itself. */
#define FREE ((char *)0x200000000000)

#define NR_PICTURE 64

/* Wait statuses. */
#define EXITED(n) ((n) << 8)
#define KILLED(n) (n)

/* mmap as the kernel answers it: an address or a negative errno. */
__attribute__((unused)) static inline long map(const volatile void *address, unsigned long len,
                                               int prot, int flags, int fd, long offset)
{
    return raw(SYS_mmap, address, len, prot, flags, fd, offset);
}

/* Put a mapping at address, whatever was there. Returns address. */
__attribute__((unused)) static inline char *map_at(char *address, size_t nr_pages, int prot,
                                                   int flags, int fd, long page)
{
    long at = map(address, nr_pages * PAGE, prot, flags | MAP_FIXED, fd, page * (long)PAGE);

    if (at != (long)address)
        bail_out("mmap of %zu pages at a fixed address: %ld", nr_pages, at);
    return address;
}

/* Private anonymous memory at address. Returns address. */
__attribute__((unused)) static inline char *fixed(char *address, size_t nr_pages, int prot)
{
    return map_at(address, nr_pages, prot, ANON, -1, 0);
}

/* Memory anywhere; it must be there to be had. */
__attribute__((unused)) static inline char *map_any(size_t nr_pages, int prot, int flags)
{
    long at = map(NULL, nr_pages * PAGE, prot, flags, -1, 0);

    if (at < 0 && at > -4096)
        bail_out("mmap of %zu pages: %ld", nr_pages, at);
    return (char *)at;
}

__attribute__((unused)) static inline void unmap(char *address, size_t nr_pages)
{
    if (raw(SYS_munmap, address, nr_pages * PAGE) != 0)
        bail_out("munmap");
}

/* Set the first byte of each page to first, first + 1, ... */
__attribute__((unused)) static inline void mark(volatile char *address, size_t nr_pages, char first)
{
    for (size_t i = 0; i < nr_pages; i++)
        address[i * PAGE] = (char)(first + (char)i);
}

/* '-' no access, 'r' readable, 'w' writable. */
__attribute__((unused)) static inline const char *rights(const char *address, size_t nr_pages)
{
    static char text[NR_PICTURE + 1];

    for (size_t i = 0; i < nr_pages; i++) {
        volatile uint64_t *last = launder((uintptr_t)address + (i + 1) * PAGE - 8);

        text[i] = '-';
        if (can_read(last)) {
            uint64_t word = *last;

            text[i] = can_write(last) ? 'w' : 'r';
            if (text[i] == 'w')
                *last = word;
        }
    }
    text[nr_pages] = '\0';
    return text;
}

/* The first byte of each page; '0' for a zero byte, '-' where it cannot be read. */
__attribute__((unused)) static inline const char *contents(const char *address, size_t nr_pages)
{
    static char text[NR_PICTURE + 1];

    for (size_t i = 0; i < nr_pages; i++) {
        const volatile char *page = launder((uintptr_t)address + i * PAGE);

        text[i] = !can_read(page) ? '-' : *page ? *page : '0';
    }
    text[nr_pages] = '\0';
    return text;
}

/* By mincore: 'x' resident, '.' not, '-' nothing mapped. */
__attribute__((unused)) static inline const char *resident(const char *address, size_t nr_pages)
{
    static char text[NR_PICTURE + 1];

    for (size_t i = 0; i < nr_pages; i++) {
        unsigned char byte = 0xff;
        long result = raw(SYS_mincore, address + i * PAGE, PAGE, &byte);

        text[i] = result == -ENOMEM ? '-' : result ? '?' : byte & 1 ? 'x' : '.';
    }
    text[nr_pages] = '\0';
    return text;
}

/* Returns a file of /proc as a string; empty if there is none. It is valid until the next call. */
__attribute__((unused)) static inline char *proc_text(const char *name)
{
    static char text[256 * 1024];
    size_t len = 0;
    ssize_t n = 1;
    int fd = open(name, O_RDONLY);

    while (fd >= 0 && n > 0 && len < sizeof(text) - 1) {
        n = read(fd, text + len, sizeof(text) - 1 - len);
        len += n > 0 ? (size_t)n : 0;
    }
    if (fd >= 0)
        close(fd);
    text[len] = '\0';
    return text;
}

/* The number behind a name in a file of /proc, "VmLck:" in /proc/self/status say; -1: none. */
__attribute__((unused)) static inline long proc_number(const char *file, const char *name)
{
    char *line = strstr(proc_text(file), name);

    return line ? strtol(line + strlen(name), NULL, 10) : -1;
}

__attribute__((unused)) static inline long locked_kb(void)
{
    return proc_number("/proc/self/status", "VmLck:");
}

/*
 * The areas in a range as /proc/self/maps has them, in pages from its start: "0-3 rw-p, 4-6 r--s+2"
 * (+2: from page 2 of a file on).
 */
__attribute__((unused)) static inline const char *areas(const char *address, size_t nr_pages)
{
    static char text[2048];
    unsigned long base = (unsigned long)address, limit = base + nr_pages * PAGE;
    size_t len = 0;

    text[0] = '\0';
    for (char *line = proc_text("/proc/self/maps"); line && *line;
         line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
        char *at = line;
        unsigned long start = strtoul(at, &at, 16), end = *at ? strtoul(at + 1, &at, 16) : 0;
        unsigned long offset = *at ? strtoul(at + 6, NULL, 16) / PAGE : 0;

        if (end <= base || start >= limit || len > sizeof(text) - 64)
            continue;
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%ld-%ld %.4s", len ? ", " : "",
                                ((long)start - (long)base) / (long)PAGE,
                                ((long)end - (long)base) / (long)PAGE, at + 1);
        if (offset)
            len += (size_t)snprintf(text + len, sizeof(text) - len, "+%ld", (long)offset);
    }
    return text;
}

/* ---- faults ---------------------------------------------------------------------------------- */

static struct {
    sigjmp_buf escape;
    uintptr_t address;
    char text[64];
} fault;

__attribute__((unused)) static inline void fault_caught(int signal, siginfo_t *info, void *context)
{
    const char *code = signal == SIGSEGV && info->si_code == SEGV_MAPERR   ? "MAPERR"
                       : signal == SIGSEGV && info->si_code == SEGV_ACCERR ? "ACCERR"
                       : signal == SIGBUS && info->si_code == BUS_ADRERR   ? "ADRERR"
                                                                           : "other code";

    (void)context;
    snprintf(fault.text, sizeof(fault.text), "%s %s%s", signal == SIGSEGV ? "SIGSEGV" : "SIGBUS",
             code, (uintptr_t)info->si_addr == fault.address ? "" : " elsewhere");
    siglongjmp(fault.escape, 1);
}

/*
 * What an access to address ends in: "ok", or signal and code: "SIGSEGV MAPERR". how is PROT_READ,
 * PROT_WRITE (the byte keeps its value) or PROT_EXEC (a call: there must be 0xc3 if it may succeed).
 */
__attribute__((unused)) static inline const char *touch(const volatile void *address, int how)
{
    struct sigaction action, segv, bus;

    memset(&action, 0, sizeof(action));
    action.sa_sigaction = fault_caught;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGSEGV, &action, &segv);
    sigaction(SIGBUS, &action, &bus);
    fault.address = (uintptr_t)address;
    strcpy(fault.text, "ok");
    if (!sigsetjmp(fault.escape, 1)) {
        if (how == PROT_READ)
            (void)*(const volatile char *)address;
        else if (how == PROT_WRITE)
            __asm__ volatile("orb $0, (%0)" : : "r"(address) : "memory", "cc");
        else
            ((void (*)(void))launder((uintptr_t)address))();
    }
    sigaction(SIGSEGV, &segv, NULL);
    sigaction(SIGBUS, &bus, NULL);
    return fault.text;
}

/* ---- children -------------------------------------------------------------------------------- */

static pid_t last_child;

__attribute__((unused)) static inline pid_t start_child(void)
{
    tap_flush();
    return last_child = fork();
}

/* Returns the wait status without the bit for a core dump, or -1 with errno set. */
__attribute__((unused)) static inline int wait_status(pid_t pid)
{
    int status = -1;

    return pid > 0 && waitpid(pid, &status, 0) == pid ? status & ~0x80 : -1;
}

/*
 * Evaluate the statements in a forked child; the last one's value is its exit status.
 *
 * Returns  the wait status, or -1 with errno set
 */
#define in_child(...)                                                                              \
    ({                                                                                             \
        if (start_child() == 0)                                                                    \
            _exit(({ __VA_ARGS__; }));                                                             \
        wait_status(last_child);                                                                   \
    })

/* A pipe; one side of a conversation between a process and its child waits for the other. */
__attribute__((unused)) static inline void make_pipe(int ends[2])
{
    if (pipe(ends) != 0)
        bail_out("pipe: %s", strerror(errno));
}

__attribute__((unused)) static inline void send_turn(const int ends[2])
{
    if (write(ends[1], "!", 1) != 1)
        _exit(101);
}

__attribute__((unused)) static inline void wait_turn(const int ends[2])
{
    char byte;

    if (read(ends[0], &byte, 1) != 1)
        _exit(102);
}

/* ---- files ----------------------------------------------------------------------------------- */

/* A new file in /tmp whose pages begin with first, first + 1, ...; it has no name any more. */
__attribute__((unused)) static inline int make_file(size_t nr_pages, char first)
{
    static const char name[] = "/tmp/memory-test";
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0644);

    if (fd < 0)
        bail_out("%s: %s", name, strerror(errno));
    unlink(name);
    for (size_t i = 0; i < nr_pages; i++) {
        static char page[PAGE];

        page[0] = (char)(first + (char)i);
        if (pwrite(fd, page, PAGE, (off_t)(i * PAGE)) != (ssize_t)PAGE)
            bail_out("pwrite: %s", strerror(errno));
    }
    return fd;
}

/* The first byte of a page of a file; -1 if it has no such page. */
__attribute__((unused)) static inline int file_byte(int fd, size_t page)
{
    unsigned char byte;

    return pread(fd, &byte, 1, (off_t)(page * PAGE)) == 1 ? byte : -1;
}
