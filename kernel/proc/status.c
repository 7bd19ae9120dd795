/*
 * proc/status.c - /proc/PID/status, stat and statm: a process in numbers
 *
 * Memory is counted first, for which others may run; then the process is looked up again, and all
 * the rest is as of one moment. What Linux keeps and this kernel has not (namespaces, capabilities
 * that are not root's, speculation controls) is said as by a Linux that has it not either.
 *
 * Source  proc(5); Linux, fs/proc/array.c
 */
#include "proc/status.h"

#include <asm/errno.h>
#include <asm/signal.h>
#include <string.h>

#include "fs/tty.h"
#include "proc/process.h"
#include "proc/resident.h"

#define ALL_CAPABILITIES 0x1ffffffffffUL
#define NS_PER_TICK      10000000UL    /* clock_t's tick, 1/100 s */
#define TTY_NUMBER       (4 << 8 | 64) /* ttyS0 */
#define PRIORITY         20            /* of a nice value of 0 */
#define SIGNALS_IN_STAT  0x7fffffffUL

struct signal_sets {
    uint64_t ignored, caught;
};

/* The process, after its memory was counted; NULL: it is gone. */
static const struct process *look(uint64_t subject, struct space_summary *memory)
{
    const struct process *process = process_find_serial(subject);

    *memory = (struct space_summary){0};
    if (!process || !process->space)
        return process;
    struct space *space = process->space;
    space_get(space);
    space_summarize(space, memory);
    space_put(space);
    return process_find_serial(subject);
}

static char state_of(const struct process *process)
{
    switch (process->state) {
    case PROCESS_ZOMBIE:
        return 'Z';
    case PROCESS_STOPPED:
        return 'T';
    default:
        for (const struct task *task = NULL; (task = task_next(process, task));) {
            if (task->thread.state == THREAD_READY)
                return 'R';
        }
        return 'S';
    }
}

static const char *state_name(char state)
{
    return state == 'R'   ? "running"
           : state == 'S' ? "sleeping"
           : state == 'T' ? "stopped"
                          : "zombie";
}

static struct signal_sets sets_of(const struct process *process)
{
    struct signal_sets sets = {0};

    for (int signal = 1; signal <= NR_SIGNALS; signal++) {
        vaddr_t handler = process->signals.actions[signal - 1].handler;
        if (handler == SIGNAL_IGNORE)
            sets.ignored |= SIGNAL_BIT(signal);
        else if (handler != SIGNAL_DEFAULT)
            sets.caught |= SIGNAL_BIT(signal);
    }
    return sets;
}

static int parent_of(const struct process *process)
{
    return process->parent ? process->parent->pid : 0;
}

/* Pages of the program's own code. */
static size_t code_pages(const struct process *process)
{
    const struct program *program = &process->program;

    if (!process->space)
        return 0;
    return (align_up(program->code_end, PAGE_SIZE) - align_down(program->code_start, PAGE_SIZE)) >>
           PAGE_SHIFT;
}

/* ---- status ---------------------------------------------------------------------------------- */

/* A name in a line of its own: what would end the line, or look like it, is written as an escape. */
static void print_name(struct text *text, const char *name)
{
    text_print(text, "Name:\t");
    for (; *name; name++) {
        if (*name == '\n' || *name == '\\')
            text_print(text, "\\%c", *name == '\n' ? 'n' : '\\');
        else
            text_append(text, name, 1);
    }
    text_append(text, "\n", 1);
}

static void print_identity(struct text *text, const struct process *process)
{
    const struct credentials *user = &process->credentials;
    char state = state_of(process);
    int pid = process->pid;

    print_name(text, process->leader->name);
    if (process->state != PROCESS_ZOMBIE)
        text_print(text, "Umask:\t%04o\n", process->files.umask);
    text_print(text, "State:\t%c (%s)\nTgid:\t%d\nNgid:\t0\nPid:\t%d\nPPid:\t%d\nTracerPid:\t0\n",
               state, state_name(state), pid, pid, parent_of(process));
    text_print(text, "Uid:\t%u\t%u\t%u\t%u\nGid:\t%u\t%u\t%u\t%u\n", user->uid, user->euid,
               user->suid, user->euid, user->gid, user->egid, user->sgid, user->egid);
    text_print(text, "FDSize:\t%lu\nGroups:\t", process->files.nr_slots);
    for (uint32_t i = 0; i < user->nr_groups; i++)
        text_print(text, "%u ", user->groups[i]);
    text_print(text, "%s\n", user->nr_groups ? "" : " ");
    text_print(text, "NStgid:\t%d\nNSpid:\t%d\nNSpgid:\t%d\nNSsid:\t%d\n", pid, pid, process->group,
               process->session);
}

static void print_size(struct text *text, const char *name, size_t nr_pages)
{
    text_print(text, "%s:\t%8lu kB\n", name, nr_pages << (PAGE_SHIFT - 10));
}

static void print_memory(struct text *text, const struct process *process,
                         const struct space_summary *memory)
{
    const struct resident *resident = &memory->resident;
    size_t code = MIN(code_pages(process), memory->nr_exec);

    print_size(text, "VmPeak", memory->nr_pages_peak);
    print_size(text, "VmSize", memory->nr_pages);
    print_size(text, "VmLck", memory->nr_locked);
    print_size(text, "VmPin", 0);
    print_size(text, "VmHWM", memory->nr_resident_peak);
    print_size(text, "VmRSS", resident_nr(resident));
    print_size(text, "RssAnon", resident->nr_anonymous);
    print_size(text, "RssFile", 0);
    print_size(text, "RssShmem", resident->nr_object);
    print_size(text, "VmData", memory->nr_data);
    print_size(text, "VmStk", memory->nr_stack);
    print_size(text, "VmExe", code);
    print_size(text, "VmLib", memory->nr_exec - code);
    print_size(text, "VmPTE", memory->nr_tables);
    print_size(text, "VmSwap", 0);
    text_print(text, "CoreDumping:\t0\nTHP_enabled:\t0\n");
}

static void print_signals(struct text *text, const struct process *process)
{
    struct signal_sets sets = sets_of(process);

    text_print(text, "SigQ:\t%lu/%lu\n", process->signals.nr_queued,
               process->limits[RLIMIT_SIGPENDING].soft);
    text_print(text, "SigPnd:\t%016lx\nShdPnd:\t%016lx\nSigBlk:\t%016lx\n",
               process->leader->signals.pending.set, process->signals.pending.set,
               process->leader->signals.blocked);
    text_print(text, "SigIgn:\t%016lx\nSigCgt:\t%016lx\n", sets.ignored, sets.caught);
}

/* Root may do everything, others nothing. */
static void print_capabilities(struct text *text, const struct credentials *user)
{
    bool effective = user->euid == 0, permitted = effective || user->uid == 0 || user->suid == 0;

    text_print(text, "CapInh:\t%016lx\nCapPrm:\t%016lx\nCapEff:\t%016lx\n", 0UL,
               permitted ? ALL_CAPABILITIES : 0, effective ? ALL_CAPABILITIES : 0);
    text_print(text, "CapBnd:\t%016lx\nCapAmb:\t%016lx\n", ALL_CAPABILITIES, 0UL);
}

int status_show(struct text *text, uint64_t subject, uint64_t at)
{
    struct space_summary memory;
    const struct process *process = look(subject, &memory);

    (void)at;
    if (!process)
        return -ESRCH;
    print_identity(text, process);
    if (process->space)
        print_memory(text, process, &memory);
    text_print(text, "Threads:\t%lu\n", MAX(process->nr_tasks, 1UL));
    print_signals(text, process);
    print_capabilities(text, &process->credentials);
    text_print(text,
               "NoNewPrivs:\t%d\nSpeculation_Store_Bypass:\tunknown\n"
               "SpeculationIndirectBranch:\tunsupported\n"
               "Cpus_allowed:\t1\nCpus_allowed_list:\t0\n"
               "Mems_allowed:\t1\nMems_allowed_list:\t0\n",
               process->no_new_privs);
    text_print(text, "voluntary_ctxt_switches:\t%lu\nnonvoluntary_ctxt_switches:\t%lu\n",
               process->leader->thread.nr_yields, process->leader->thread.nr_preempted);
    return 0;
}

/* ---- stat ------------------------------------------------------------------------------------ */

/* Fields 1 to 22. */
static void print_times(struct text *text, const struct process *process)
{
    struct usage usage = process_usage(process);
    int foreground = -1;
    bool has_tty = tty_belongs_to(process->session, &foreground);

    text_print(text, "%d (%s) %c %d %d %d %d %d 0 ", process->pid, process->leader->name,
               state_of(process), parent_of(process), process->group, process->session,
               has_tty ? TTY_NUMBER : 0, has_tty ? foreground : -1);
    text_print(text, "%lu %lu 0 0 %lu 0 %lu 0 %d %d %lu 0 %lu ", usage.nr_faults,
               process->children_usage.nr_faults, usage.run_ns / NS_PER_TICK,
               process->children_usage.run_ns / NS_PER_TICK, PRIORITY + process->nice,
               process->nice, MAX(process->nr_tasks, 1UL), process->start_ns / NS_PER_TICK);
}

/* Where the reader may know where a program's parts are. */
static bool is_visible(const struct process *process)
{
    return process_check_trace(process->serial) == 0;
}

static struct program visible_program(const struct process *process)
{
    if (!process->space)
        return (struct program){0};
    return is_visible(process) ? process->program
                               : (struct program){.code_start = 1, .code_end = 1};
}

/* Fields 23 to 52. */
static void print_places(struct text *text, const struct process *process,
                         const struct space_summary *memory)
{
    const struct program program = visible_program(process);
    bool visible = is_visible(process);
    struct signal_sets sets = sets_of(process);

    text_print(text, "%lu %lu %lu %lu %lu %lu 0 0 ", memory->nr_pages << PAGE_SHIFT,
               resident_nr(&memory->resident), process->limits[RLIMIT_RSS].soft, program.code_start,
               program.code_end, program.stack_start);
    text_print(text, "%lu %lu %lu %lu %d 0 0 %d 0 0 0 0 0 0 ",
               signal_pending_set(process->leader) & SIGNALS_IN_STAT,
               process->leader->signals.blocked & SIGNALS_IN_STAT, sets.ignored & SIGNALS_IN_STAT,
               sets.caught & SIGNALS_IN_STAT, visible && state_of(process) != 'R',
               process->exit_signal);
    text_print(text, "%lu %lu %lu %lu %lu %lu %lu %d\n", program.data_start, program.data_end,
               visible ? memory->brk_start : 0, program.arguments, program.environment,
               program.environment, program.environment_end,
               visible && process->state == PROCESS_ZOMBIE ? process->status : 0);
}

int stat_show(struct text *text, uint64_t subject, uint64_t at)
{
    struct space_summary memory;
    const struct process *process = look(subject, &memory);

    (void)at;
    if (!process)
        return -ESRCH;
    print_times(text, process);
    print_places(text, process, &memory);
    return 0;
}

/* ---- statm ----------------------------------------------------------------------------------- */

int statm_show(struct text *text, uint64_t subject, uint64_t at)
{
    struct space_summary memory;
    const struct process *process = look(subject, &memory);

    (void)at;
    if (!process)
        return -ESRCH;
    text_print(text, "%lu %lu %lu %lu 0 %lu 0\n", memory.nr_pages, resident_nr(&memory.resident),
               memory.resident.nr_object, code_pages(process), memory.nr_data + memory.nr_stack);
    return 0;
}
