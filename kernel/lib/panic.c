/*
 * lib/panic.c - print what is known, then stop
 *
 * Nothing here allocates, takes a lock or trusts a pointer: the frame chain of a broken kernel is
 * followed only through addresses that the page tables map.
 */
#include "lib/panic.h"

#include <stdarg.h>

#include "lib/assert.h"
#include "lib/ksyms.h"
#include "lib/log.h"

#define MAX_BACKTRACE 24

bool paranoid_always;

static bool in_panic;

void backtrace_log(uint64_t rbp)
{
    for (int depth = 0; depth < MAX_BACKTRACE; depth++) {
        if (rbp % 8 != 0 || !kernel_readable(rbp, 16))
            return;
        const uint64_t *frame = (const uint64_t *)rbp; /* saved rbp, return address */
        if (frame[1] == 0)
            return;
        uint64_t offset;
        const char *name = ksym_find(frame[1] - 1, &offset);
        log_print("  #%d 0x%lx %s+0x%lx\n", depth, frame[1], name, offset + 1);
        if (frame[0] <= rbp)
            return;
        rbp = frame[0];
    }
}

void panic_begin(void)
{
    if (in_panic)
        panic_stop();
    in_panic = true;
    panic_show();
}

void panic(const char *format, ...)
{
    va_list args;

    panic_begin();
    va_start(args, format);
    log_print("panic: ");
    log_vprint(format, args);
    log_print("\n");
    va_end(args);
    backtrace_log((uint64_t)__builtin_frame_address(0));
    panic_stop();
}

/* Steps of the golden ratio: evenly spread, and in step with no loop of the caller's. */
bool paranoid_now(void)
{
    static uint32_t place;

    place += 0x9e3779b9;
    return place < UINT32_MAX / 1000 * PARANOID_SHARE;
}

void assert_failed(const char *expression, const char *file, int line, const char *func)
{
    panic("assertion failed: %s at %s:%d (%s)", expression, file, line, func);
}
