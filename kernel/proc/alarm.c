/*
 * proc/alarm.c - timers of a process: setitimer(2), alarm(2), and RLIMIT_CPU
 *
 * What counts processor time is known by how much of it the process will have used then, and there is a
 * timeout for it while one of the process's tasks runs. All of that time counts as the user's, so that
 * ITIMER_VIRTUAL goes by the same clock as ITIMER_PROF.
 */
#include "proc/alarm.h"

#include <asm/siginfo.h>
#include <asm/signal.h>

#include "arch/timer.h"

#define NS_PER_S 1000000000UL
#define TICK_NS  1000000UL /* interrupts for processor time come no closer */

/* The deadline after one that has passed: what came while nobody looked is one signal, and the next comes in step. */
static uint64_t next_deadline(uint64_t deadline, uint64_t interval, uint64_t now)
{
    return interval ? now + interval - (now - deadline) % interval : 0;
}

static void tell(struct process *process, int signal)
{
    const struct signal_info info = {.signo = signal, .code = SI_KERNEL};

    signal_send(process, &info);
}

/* ---- ITIMER_REAL ------------------------------------------------------------------------------ */

static void expired(struct timeout *timeout)
{
    tell(container_of(timeout, struct process, alarm), SIGALRM);
}

void alarm_taken(struct process *process)
{
    struct timeout *timeout = &process->alarm;
    uint64_t flags = irq_save();

    if (process->alarm_interval && !timeout->pending)
        timeout_start(timeout,
                      next_deadline(timeout->deadline, process->alarm_interval, timer_now_ns()),
                      expired);
    irq_restore(flags);
}

static struct alarm get_real(const struct process *process)
{
    const struct timeout *timeout = &process->alarm;
    uint64_t now = timer_now_ns();

    if (!timeout->pending)
        return (struct alarm){.interval = process->alarm_interval};
    /* 0 would say that there is none. */
    return (struct alarm){
        .value = timeout->deadline > now ? timeout->deadline - now : 1,
        .interval = process->alarm_interval,
    };
}

static void set_real(struct process *process, const struct alarm *alarm)
{
    timeout_cancel(&process->alarm);
    process->alarm_interval = alarm->value ? alarm->interval : 0;
    if (alarm->value)
        timeout_start(&process->alarm, timer_now_ns() + alarm->value, expired);
}

/* ---- processor time --------------------------------------------------------------------------- */

/* ITIMER_VIRTUAL and ITIMER_PROF. */
static struct cpu_alarm *cpu_alarm_of(struct process *process, int which)
{
    return &process->cpu_alarms[which == ITIMER_PROF];
}

/* When RLIMIT_CPU has something to say next, 0: never. A soft limit goes up when it has. */
static uint64_t limit_deadline(const struct process *process)
{
    uint64_t seconds = process->limits[RLIMIT_CPU].soft;

    return seconds < INT64_MAX / NS_PER_S ? MAX(seconds, 1UL) * NS_PER_S : 0;
}

static uint64_t sooner(uint64_t a, uint64_t b)
{
    return !a || (b && b < a) ? b : a;
}

/* When anything comes next, 0: never. */
static uint64_t first_deadline(const struct process *process)
{
    return sooner(limit_deadline(process),
                  sooner(process->cpu_alarms[0].deadline, process->cpu_alarms[1].deadline));
}

static void ring(struct process *process, struct cpu_alarm *alarm, uint64_t used, int signal)
{
    if (!alarm->deadline || alarm->deadline > used)
        return;
    alarm->deadline = next_deadline(alarm->deadline, alarm->interval, used);
    tell(process, signal);
}

static void enforce_limit(struct process *process, uint64_t used)
{
    struct limit *limit = &process->limits[RLIMIT_CPU];
    uint64_t deadline = limit_deadline(process);

    if (!deadline || deadline > used)
        return;
    tell(process, limit->hard <= used / NS_PER_S ? SIGKILL : SIGXCPU);
    limit->soft = used / NS_PER_S + 1;
}

static void cpu_expired(struct timeout *timeout);

/* The process has the processor, and has used so much of it. The next look is not before `least` has passed. */
static void watch(struct process *process, uint64_t used, uint64_t least)
{
    uint64_t deadline = first_deadline(process);

    if (deadline)
        timeout_start(&process->cpu_timeout,
                      timer_now_ns() + MAX(least, deadline > used ? deadline - used : 0),
                      cpu_expired);
}

static void cpu_expired(struct timeout *timeout)
{
    struct process *process = container_of(timeout, struct process, cpu_timeout);
    uint64_t used = process_usage(process).run_ns;

    ring(process, &process->cpu_alarms[0], used, SIGVTALRM);
    ring(process, &process->cpu_alarms[1], used, SIGPROF);
    enforce_limit(process, used);
    watch(process, used, TICK_NS);
}

void process_time_switch(struct thread *prev, struct thread *next)
{
    if (prev->timed)
        timeout_cancel(&container_of(prev, struct task, thread)->process->cpu_timeout);
    if (next->timed) {
        struct process *process = container_of(next, struct task, thread)->process;
        watch(process, process_usage(process).run_ns, 0);
    }
}

/* Something has changed about what shall come. */
static void update(struct process *process)
{
    uint64_t flags = irq_save();
    bool timed = first_deadline(process);

    for (struct task *task = NULL; (task = task_next(process, task));)
        task->thread.timed = timed;
    timeout_cancel(&process->cpu_timeout);
    if (timed && process == process_current())
        watch(process, process_usage(process).run_ns, 0);
    irq_restore(flags);
}

static struct alarm get_cpu(struct process *process, int which)
{
    const struct cpu_alarm *alarm = cpu_alarm_of(process, which);
    uint64_t used = process_usage(process).run_ns;

    if (!alarm->deadline)
        return (struct alarm){.interval = alarm->interval};
    return (struct alarm){.value = alarm->deadline > used ? alarm->deadline - used : 1,
                          .interval = alarm->interval};
}

static void set_cpu(struct process *process, int which, const struct alarm *alarm)
{
    uint64_t used = process_usage(process).run_ns;

    *cpu_alarm_of(process, which) = (struct cpu_alarm){
        .deadline = alarm->value ? used + alarm->value : 0, .interval = alarm->interval};
    update(process);
}

/* ---- all -------------------------------------------------------------------------------------- */

struct alarm alarm_get(struct process *process, int which)
{
    return which == ITIMER_REAL ? get_real(process) : get_cpu(process, which);
}

void alarm_set(struct process *process, int which, const struct alarm *alarm)
{
    if (which == ITIMER_REAL)
        set_real(process, alarm);
    else
        set_cpu(process, which, alarm);
}

void alarm_limit(struct process *process)
{
    update(process);
}

void alarm_cancel_all(struct process *process)
{
    for (struct task *task = NULL; (task = task_next(process, task));)
        task->thread.timed = false;
    timeout_cancel(&process->cpu_timeout);
    timeout_cancel(&process->alarm);
}
