/*
 * internal/libc.h - what the parts of the library know of each other
 */
#ifndef INTERNAL_LIBC_H
#define INTERNAL_LIBC_H

#include <stddef.h>
#include <stdint.h>

#define HIDDEN __attribute__((visibility("hidden")))
#define WEAK   __attribute__((weak))

/* One entry of the auxiliary vector (System V ABI AMD64, 3.4.3). */
struct auxv {
    unsigned long type;
    unsigned long value;
};

/* The auxiliary vector of this program; ends with AT_NULL. Constant after start. */
extern const struct auxv *__auxv;

/* The value of one entry of the auxiliary vector; 0 when there is none. Leaves errno alone. */
unsigned long __auxv_get(unsigned long type);

/* Give the only thread its thread control block: thread-local variables and the stack canary. */
void __init_tls(void);

/*
 * Called by exit() where they are linked in: the functions given to atexit(), then flushing of
 * stdio.
 */
WEAK void __run_atexit(void);
WEAK void __stdio_exit(void);

/*
 * Write the strings one after the other to file descriptor 2, with neither stdio nor the heap.
 *
 * Takes at most 15 strings; the last argument is NULL.
 */
void __write_error(const char *first, ...) __attribute__((sentinel));

/* value in decimal digits, ending at end[-1], which is set to 0. Returns the first digit. */
char *__utoa(uint64_t value, char *end);

#endif
