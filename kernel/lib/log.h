/*
 * lib/log.h - the kernel's log
 *
 * Lines go to the sinks that devices register (the second serial port; the screen once the kernel
 * panics). The last of them are kept in memory, for syslog(2).
 */
#ifndef LIB_LOG_H
#define LIB_LOG_H

#include <stdarg.h>

#include "lib/types.h"

typedef void log_sink_fn(const char *text, size_t len);

#define LOG_MAX_SINKS 2

/* Whether log_verbose() prints: the word `verbose` on the kernel's command line. */
extern bool log_is_verbose;

/* From now on the log also goes to sink. At most LOG_MAX_SINKS. */
void log_add_sink(log_sink_fn *sink);

/* Print to every sink. A line longer than LOG_LINE_MAX bytes is cut. Any context. */
void log_print(const char *format, ...) PRINTF(1, 2);
void log_vprint(const char *format, va_list args) PRINTF(1, 0);

#define LOG_KEPT 16384 /* bytes that are kept, a power of two */

/*
 * What is kept, by places that count every byte ever logged: the first, and the one after the last. Read:
 * at most len bytes from a place between them; returns how many, fewer where some are gone meanwhile.
 */
uint64_t log_start(void);
uint64_t log_end(void);
size_t log_read(uint64_t at, char *to, size_t len);

/* Forget what lies before a place. */
void log_clear(uint64_t end);

/* As log_print(), for lines only KARGS=verbose asks for. */
#define log_verbose(...)                                                                           \
    do {                                                                                           \
        if (log_is_verbose)                                                                        \
            log_print(__VA_ARGS__);                                                                \
    } while (0)

#endif
