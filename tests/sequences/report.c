/*
 * tests/sequences/report.c - the running hash and the printed lines
 *
 * The hash lies on the board, so that what a forked child notes counts in its parent's sequence.
 */
#include "report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model.h"

#define NR_VALUES 8

int report_is_verbose;

static char buffer[16384];
static size_t used;

void report_flush(void)
{
    for (size_t done = 0; done < used;) {
        ssize_t n = write(STDOUT_FILENO, buffer + done, used - done);

        if (n <= 0)
            _exit(1);
        done += (size_t)n;
    }
    used = 0;
}

static void print_line(const char *format, va_list args)
{
    if (sizeof(buffer) - used < 512)
        report_flush();
    int n = vsnprintf(buffer + used, 511, format, args);
    used += n < 510 ? (size_t)n : 510;
    buffer[used++] = '\n';
}

void report_print(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print_line(format, args);
    va_end(args);
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * 0x9e3779b97f4a7c15;
    return hash ^ hash >> 29;
}

void report_note(const char *format, const long *value)
{
    uint64_t hash = board->hash;

    for (const char *s = format; *s; s++)
        hash = hash * 31 + (unsigned char)*s;
    for (int i = 0; i < NR_VALUES; i++)
        hash = mix(hash, (uint64_t)value[i]);
    board->hash = hash;
    if (report_is_verbose)
        report_print(format, value[0], value[1], value[2], value[3], value[4], value[5], value[6],
                     value[7]);
}

void report_failure(const char *format, ...)
{
    va_list args;

    board->nr_failures++;
    report_print("not as modelled, sequence %lu step %d%s:", board->seed, board->step,
                 model_depth ? " (in a child)" : "");
    va_start(args, format);
    print_line(format, args);
    va_end(args);
}

void report_die(const char *what)
{
    report_print("sequences: %s", what);
    report_flush();
    _exit(1);
}
