/*
 * lib/panic.h - the end of the line
 */
#ifndef LIB_PANIC_H
#define LIB_PANIC_H

#include "lib/types.h"

/* Log the message and a backtrace of the caller, then stop the machine with a failing status. */
NORETURN void panic(const char *format, ...) PRINTF(1, 2);

/*
 * The same in pieces, for who has more to say: begin, log, panic_stop(). A panic while one is being
 * reported stops at once.
 */
void panic_begin(void);

/* Log the chain of return addresses from frame pointer rbp on, with symbol names. */
void backtrace_log(uint64_t rbp);

/*
 * Upward calls, defined in dev/power.c: show the log on every device from now on, interrupts off;
 * and stop the machine for good, with a status that says so.
 */
void panic_show(void);
NORETURN void panic_stop(void);

/*
 * Upward call, defined in arch/trap.c: whether [p, p + len) is mapped kernel memory that can
 * be read.
 */
bool kernel_readable(uint64_t p, size_t len);

#endif
