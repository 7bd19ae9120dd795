/*
 * lib/log.h - the kernel's log
 *
 * Lines go to the sinks that devices register (the second serial port; the screen once the kernel
 * panics). Nothing is kept in memory.
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

/* As log_print(), for lines only KARGS=verbose asks for. */
#define log_verbose(...)                                                                           \
    do {                                                                                           \
        if (log_is_verbose)                                                                        \
            log_print(__VA_ARGS__);                                                                \
    } while (0)

#endif
