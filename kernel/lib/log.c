/*
 * lib/log.c - format a line once, hand it to every sink
 */
#include "lib/log.h"

#include <stdio.h>

#include "lib/assert.h"

#define LOG_LINE_MAX 512

bool log_is_verbose;

static char kept[LOG_KEPT];
static uint64_t nr_logged; /* bytes, ever */
static uint64_t cleared;   /* those before this one are forgotten */

static log_sink_fn *sinks[LOG_MAX_SINKS];
static size_t nr_sinks;

void log_add_sink(log_sink_fn *sink)
{
    ASSERT(nr_sinks < LOG_MAX_SINKS);
    sinks[nr_sinks++] = sink;
}

/* Lines that come from interrupts in the middle of this may mix with it, and that is all. */
static void keep(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        kept[nr_logged++ % LOG_KEPT] = text[i];
}

uint64_t log_start(void)
{
    return MAX(cleared, nr_logged > LOG_KEPT ? nr_logged - LOG_KEPT : 0);
}

uint64_t log_end(void)
{
    return nr_logged;
}

size_t log_read(uint64_t at, char *to, size_t len)
{
    at = MAX(at, log_start());
    len = MIN(len, nr_logged - at);
    for (size_t i = 0; i < len; i++)
        to[i] = kept[(at + i) % LOG_KEPT];
    return len;
}

void log_clear(uint64_t end)
{
    cleared = end;
}

void log_vprint(const char *format, va_list args)
{
    char line[LOG_LINE_MAX];
    int len = vsnprintf(line, sizeof(line), format, args);

    if (len < 0)
        return;
    size_t shown = MIN((size_t)len, sizeof(line) - 1);
    keep(line, shown);
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
