/*
 * proc/strings.c - /proc/PID/cmdline, environ, comm, limits and oom_score_adj
 *
 * Source  proc(5); Linux, fs/proc/base.c
 */
#include <asm/errno.h>
#include <string.h>

#include "proc/number.h"
#include "proc/process.h"
#include "proc/status.h"

#define OOM_SCORE_ADJ_MAX 1000
#define NAME_MAX_LEN      (PROCESS_NAME_LEN - 1)

/* ---- strings on the stack -------------------------------------------------------------------- */

/* Append up to a page of the process's memory [start, end), and say in *next where it goes on. */
static int copy_memory(struct text *text, uint64_t subject, vaddr_t start, vaddr_t end)
{
    struct process *process = process_find_serial(subject);

    if (start >= end || !process || !process->space)
        return 0; /* it has ended, or runs another program than when the reader began */
    size_t len = MIN(end - start, PAGE_SIZE - start % PAGE_SIZE);
    char *to = text_reserve(text, len);
    if (!to)
        return 0;
    struct space *space = process->space;
    space_get(space);
    int error = space_read(space, start, to, len);
    space_put(space);
    if (error)
        return 0; /* it ends where the program has unmapped it */
    text->len += len;
    text->next = start + len < end ? start + len : TEXT_END;
    return 0;
}

/* Whether the last byte of the arguments is no end of a string any more: setproctitle(3) was there. */
static bool has_title(uint64_t subject, vaddr_t last)
{
    struct process *process = process_find_serial(subject);
    struct space *space = process ? process->space : NULL;
    char byte = 0;

    if (!space)
        return false;
    space_get(space);
    int error = space_read(space, last, &byte, 1);
    space_put(space);
    return !error && byte;
}

/* The title that a program wrote over its arguments: with its NUL, a page at most. */
static int show_title(struct text *text, uint64_t subject, const struct program *program)
{
    int error = 0;

    for (vaddr_t at = program->arguments; !error && at < program->environment_end;) {
        size_t before = text->len;
        error = copy_memory(text, subject, at, program->environment_end);
        if (text->len == before)
            break;
        const char *end = memchr(text->buffer + before, 0, text->len - before);
        if (end || text->len >= PAGE_SIZE) {
            text->len = MIN(end ? (size_t)(end - text->buffer) + 1 : text->len, PAGE_SIZE);
            break;
        }
        at += text->len - before;
    }
    text->next = TEXT_END;
    return error;
}

int cmdline_show(struct text *text, uint64_t subject, uint64_t at)
{
    const struct process *process = process_find_serial(subject);

    if (!process)
        return -ESRCH;
    struct program program = process->program;
    if (!process->space || program.arguments == program.environment)
        return 0;
    if (at == 0 && has_title(subject, program.environment - 1))
        return show_title(text, subject, &program);
    return copy_memory(text, subject, MAX(at, program.arguments), program.environment);
}

int environ_show(struct text *text, uint64_t subject, uint64_t at)
{
    const struct process *process = process_find_serial(subject);

    if (!process)
        return -ESRCH;
    vaddr_t start = process->program.environment, end = process->program.environment_end;
    return copy_memory(text, subject, MAX(at, start), end);
}

/* ---- the name -------------------------------------------------------------------------------- */

int comm_show(struct text *text, uint64_t subject, uint64_t at)
{
    const struct process *process = process_find_serial(subject);

    (void)at;
    if (!process)
        return -ESRCH;
    text_print(text, "%s\n", process->leader->name);
    return 0;
}

ssize_t comm_store(uint64_t subject, const char *input, size_t len, uint64_t offset)
{
    struct process *process = process_find_serial(subject);

    (void)offset;
    if (!process)
        return -ESRCH;
    if (process != process_current())
        return -EINVAL;
    char *name = process->leader->name;
    memset(name, 0, PROCESS_NAME_LEN);
    memcpy(name, input, MIN(strnlen(input, len), (size_t)NAME_MAX_LEN));
    return (ssize_t)len;
}

/* ---- limits ---------------------------------------------------------------------------------- */

static const struct {
    const char *name, *unit;
} limit_names[RLIM_NLIMITS] = {
    [RLIMIT_CPU] = {"Max cpu time", "seconds"},
    [RLIMIT_FSIZE] = {"Max file size", "bytes"},
    [RLIMIT_DATA] = {"Max data size", "bytes"},
    [RLIMIT_STACK] = {"Max stack size", "bytes"},
    [RLIMIT_CORE] = {"Max core file size", "bytes"},
    [RLIMIT_RSS] = {"Max resident set", "bytes"},
    [RLIMIT_NPROC] = {"Max processes", "processes"},
    [RLIMIT_NOFILE] = {"Max open files", "files"},
    [RLIMIT_MEMLOCK] = {"Max locked memory", "bytes"},
    [RLIMIT_AS] = {"Max address space", "bytes"},
    [RLIMIT_LOCKS] = {"Max file locks", "locks"},
    [RLIMIT_SIGPENDING] = {"Max pending signals", "signals"},
    [RLIMIT_MSGQUEUE] = {"Max msgqueue size", "bytes"},
    [RLIMIT_NICE] = {"Max nice priority", NULL},
    [RLIMIT_RTPRIO] = {"Max realtime priority", NULL},
    [RLIMIT_RTTIME] = {"Max realtime timeout", "us"},
};

static void print_limit(struct text *text, uint64_t value)
{
    if (value == RLIM64_INFINITY)
        text_print(text, "%-20s ", "unlimited");
    else
        text_print(text, "%-20lu ", value);
}

int limits_show(struct text *text, uint64_t subject, uint64_t at)
{
    const struct process *process = process_find_serial(subject);

    (void)at;
    if (!process)
        return -ESRCH;
    text_print(text, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit", "Hard Limit", "Units");
    for (size_t i = 0; i < RLIM_NLIMITS; i++) {
        text_print(text, "%-25s ", limit_names[i].name);
        print_limit(text, process->limits[i].soft);
        print_limit(text, process->limits[i].hard);
        if (limit_names[i].unit)
            text_print(text, "%-10s", limit_names[i].unit);
        text_append(text, "\n", 1);
    }
    return 0;
}

/* ---- oom_score_adj --------------------------------------------------------------------------- */

int oom_score_adj_show(struct text *text, uint64_t subject, uint64_t at)
{
    const struct process *process = process_find_serial(subject);

    (void)at;
    if (!process)
        return -ESRCH;
    text_print(text, "%d\n", process->oom_score_adj);
    return 0;
}

/* Less than root has set it to is for root: who is not cannot make itself safer than its parent. */
ssize_t oom_score_adj_store(uint64_t subject, const char *input, size_t len, uint64_t offset)
{
    struct process *process = process_find_serial(subject);
    int64_t value;

    (void)offset;
    int error = number_parse_whole(input, &value);
    if (!error && (value < -OOM_SCORE_ADJ_MAX || value > OOM_SCORE_ADJ_MAX))
        error = -EINVAL;
    if (error)
        return error;
    if (!process)
        return -ESRCH;
    bool root = process_current()->credentials.euid == 0;
    if (value < process->oom_score_adj_min && !root)
        return -EACCES;
    process->oom_score_adj = (int)value;
    if (root)
        process->oom_score_adj_min = (int)value;
    return (ssize_t)len;
}
