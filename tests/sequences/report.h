/*
 * tests/sequences/report.h - what a sequence answers: a running hash, and every line of it on demand
 *
 * Everything that both kernels must agree on goes through note(). Nothing that depends on pids, time,
 * or an address outside the windows may be noted.
 */
#pragma once

#include <stdint.h>

/* Lines are printed, not only hashed. */
extern int report_is_verbose;

/*
 * Take one line into the hash: format, and up to eight values, all of them long (%ld, %lx). The
 * values that the format does not name must be missing.
 */
#define note(...) NOTE_PICK(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0, 0, 0)
#define NOTE_PICK(format, a, b, c, d, e, f, g, h, ...)                                             \
    report_note(format, (long[]){(long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f), \
                                 (long)(g), (long)(h)})
void report_note(const char *format, const long *value);

/* What happens is not what the model says. The line is printed in any case. */
__attribute__((format(printf, 1, 2))) void report_failure(const char *format, ...);

/* A line that is printed in any case and takes no part in the hash. */
__attribute__((format(printf, 1, 2))) void report_print(const char *format, ...);

/* Hand on what is printed so far; before fork and before the end. */
void report_flush(void);

/* End the program: it cannot do its work. */
__attribute__((noreturn)) void report_die(const char *what);
