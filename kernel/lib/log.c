/*
 * lib/log.c - format a line once, hand it to every sink
 */
#include "lib/log.h"

#include <stdio.h>

#include "lib/assert.h"

#define LOG_LINE_MAX 512

bool log_is_verbose;

static log_sink_fn *sinks[LOG_MAX_SINKS];
static size_t nr_sinks;

void log_add_sink(log_sink_fn *sink)
{
    ASSERT(nr_sinks < LOG_MAX_SINKS);
    sinks[nr_sinks++] = sink;
}

void log_vprint(const char *format, va_list args)
{
    char line[LOG_LINE_MAX];
    int len = vsnprintf(line, sizeof(line), format, args);

    if (len < 0)
        return;
    size_t shown = MIN((size_t)len, sizeof(line) - 1);
    for (size_t i = 0; i < nr_sinks; i++)
        sinks[i](line, shown);
}

void log_print(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    log_vprint(format, args);
    va_end(args);
}
