/*
 * sys/time.c - clocks, sleeping and alarms
 */
#include <asm/errno.h>
#include <linux/time.h>
#include <linux/times.h>

#include "arch/timer.h"
#include "dev/clock.h"
#include "mm/usercopy.h"
#include "proc/alarm.h"
#include "sched/wait.h"
#include "sys/syscall.h"
#include "sys/time.h"

#define NS_PER_S    1000000000UL
#define NS_PER_US   1000UL
#define US_PER_S    1000000UL
#define NS_PER_TICK 10000000UL /* clock_t's, 1/100 s */
#define SECONDS_MAX (INT64_MAX / (int64_t)NS_PER_S)

static struct timespec timespec_of(uint64_t ns)
{
    return (struct timespec){.tv_sec = (int64_t)(ns / NS_PER_S),
                             .tv_nsec = (int64_t)(ns % NS_PER_S)};
}

static struct timeval timeval_of(uint64_t ns)
{
    return (struct timeval){.tv_sec = (int64_t)(ns / NS_PER_S),
                            .tv_usec = (int64_t)(ns % NS_PER_S / NS_PER_US)};
}

int time_from_user(vaddr_t from, uint64_t *ns)
{
    struct timespec time;

    if (copy_from_user(&time, from, sizeof(time)) < 0)
        return -EFAULT;
    if (time.tv_sec < 0 || time.tv_nsec < 0 || time.tv_nsec >= (int64_t)NS_PER_S)
        return -EINVAL;
    *ns = time.tv_sec >= SECONDS_MAX ? INT64_MAX
                                     : (uint64_t)time.tv_sec * NS_PER_S + (uint64_t)time.tv_nsec;
    return 0;
}

int time_to_user(vaddr_t to, uint64_t ns)
{
    struct timespec time = timespec_of(ns);

    return copy_to_user(to, &time, sizeof(time));
}

/*
 * The clock of a process, or of a task of the running one, as clock_getcpuclockid(3) and
 * pthread_getcpuclockid(3) make their numbers: of each there are three, which are one here.
 */
static int read_cpu_clock(int clock, uint64_t *ns)
{
    const bool of_task = clock & 4;
    const int id = (int)(~(unsigned)clock >> 3);

    if ((clock & 3) == 3)
        return -EINVAL;
    if (of_task) {
        const struct task *task = id ? task_find(id) : task_current();
        if (!task || task->process != process_current())
            return -EINVAL;
        *ns = thread_run_ns(&task->thread);
    } else {
        const struct process *process = id ? process_find(id) : process_current();
        if (!process)
            return -EINVAL;
        *ns = process_usage(process).run_ns;
    }
    return 0;
}

/* A clock's time in nanoseconds. 0 or -EINVAL. */
static int read_clock(int clock, uint64_t *ns)
{
    switch (clock) {
    case CLOCK_PROCESS_CPUTIME_ID:
        *ns = process_usage(process_current()).run_ns;
        return 0;
    case CLOCK_THREAD_CPUTIME_ID:
        *ns = thread_run_ns(thread_current());
        return 0;
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
    case CLOCK_TAI:
        *ns = clock_realtime_ns();
        return 0;
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_BOOTTIME:
        *ns = timer_now_ns();
        return 0;
    default:
        return clock < 0 ? read_cpu_clock(clock, ns) : -EINVAL;
    }
}

int64_t sys_clock_gettime(struct trap_frame *frame)
{
    uint64_t ns;
    int error = read_clock((int)frame->rdi, &ns);

    return error ? error : time_to_user(frame->rsi, ns);
}

/* All clocks are read from the time-stamp counter. */
int64_t sys_clock_getres(struct trap_frame *frame)
{
    uint64_t ns;
    int error = read_clock((int)frame->rdi, &ns);

    if (error || !frame->rsi)
        return error;
    return time_to_user(frame->rsi, 1);
}

int64_t sys_gettimeofday(struct trap_frame *frame)
{
    struct timeval time = timeval_of(clock_realtime_ns());
    struct timezone zone = {0};

    if (frame->rdi && copy_to_user(frame->rdi, &time, sizeof(time)) < 0)
        return -EFAULT;
    return frame->rsi ? copy_to_user(frame->rsi, &zone, sizeof(zone)) : 0;
}

int64_t sys_time(struct trap_frame *frame)
{
    int64_t seconds = (int64_t)(clock_realtime_ns() / NS_PER_S);

    if (frame->rdi && copy_to_user(frame->rdi, &seconds, sizeof(seconds)) < 0)
        return -EFAULT;
    return seconds;
}

/* All of a program's time counts as its own. */
int64_t sys_times(struct trap_frame *frame)
{
    const struct process *self = process_current();
    struct tms times = {
        .tms_utime = (int64_t)(process_usage(self).run_ns / NS_PER_TICK),
        .tms_cutime = (int64_t)(self->children_usage.run_ns / NS_PER_TICK),
    };

    if (frame->rdi && copy_to_user(frame->rdi, &times, sizeof(times)) < 0)
        return -EFAULT;
    return (int64_t)(timer_now_ns() / NS_PER_TICK);
}

/* Sleep to a deadline; what is left goes to the user's `remaining`, if that is not 0. */
static int64_t sleep_until(uint64_t deadline, vaddr_t remaining)
{
    struct task *self = task_current();

    if (thread_sleep_until(deadline))
        return 0;
    uint64_t now = timer_now_ns();
    if (remaining && time_to_user(remaining, deadline > now ? deadline - now : 0) < 0)
        return -EFAULT;
    self->restart =
        (struct restart){.kind = RESTART_SLEEP, .deadline = deadline, .remaining = remaining};
    return -ERESTART_RESTARTBLOCK;
}

static uint64_t after(uint64_t ns)
{
    uint64_t now = timer_now_ns();

    return ns > INT64_MAX - now ? NEVER : now + ns;
}

int64_t sys_nanosleep(struct trap_frame *frame)
{
    uint64_t ns;
    int error = time_from_user(frame->rdi, &ns);

    return error ? error : sleep_until(after(ns), frame->rsi);
}

/* To a time of a clock that runs as the monotonic one does. */
static int64_t sleep_to_time(uint64_t time, uint64_t clock_now)
{
    if (time <= clock_now)
        return 0;
    return thread_sleep_until(after(time - clock_now)) ? 0 : -ERESTARTNOHAND;
}

int64_t sys_clock_nanosleep(struct trap_frame *frame)
{
    int clock = (int)frame->rdi;
    uint64_t ns, now;

    if (read_clock(clock, &now) < 0)
        return -EINVAL;
    if (clock != CLOCK_REALTIME && clock != CLOCK_TAI && clock != CLOCK_MONOTONIC &&
        clock != CLOCK_BOOTTIME)
        return -EOPNOTSUPP;
    int error = time_from_user(frame->rdx, &ns);
    if (error)
        return error;
    return (int)frame->rsi & TIMER_ABSTIME ? sleep_to_time(ns, now)
                                           : sleep_until(after(ns), frame->r10);
}

int64_t sys_restart_syscall(struct trap_frame *frame)
{
    const struct restart restart = task_current()->restart;

    (void)frame;
    switch (restart.kind) {
    case RESTART_POLL:
        return poll_restart(&restart);
    case RESTART_FUTEX:
        return futex_restart(&restart);
    default:
        return sleep_until(restart.deadline, restart.remaining);
    }
}

/* struct itimerval of <sys/time.h>. */
struct interval {
    struct timeval interval, value;
};

static int from_timeval(const struct timeval *time, uint64_t *ns)
{
    if (time->tv_sec < 0 || time->tv_usec < 0 || time->tv_usec >= (int64_t)US_PER_S)
        return -EINVAL;
    *ns = time->tv_sec >= SECONDS_MAX
              ? (uint64_t)INT64_MAX
              : (uint64_t)time->tv_sec * NS_PER_S + (uint64_t)time->tv_usec * NS_PER_US;
    return 0;
}

static int64_t copy_alarm(vaddr_t to, const struct alarm *alarm)
{
    /* Less than a microsecond is not nothing. */
    const struct interval copy = {
        .interval = timeval_of(alarm->interval),
        .value = timeval_of(alarm->value ? MAX(alarm->value, NS_PER_US) : 0),
    };

    return copy_to_user(to, &copy, sizeof(copy));
}

int64_t sys_getitimer(struct trap_frame *frame)
{
    if ((unsigned)frame->rdi > ITIMER_PROF)
        return -EINVAL;
    struct alarm alarm = alarm_get(process_current(), (int)frame->rdi);
    return copy_alarm(frame->rsi, &alarm);
}

int64_t sys_setitimer(struct trap_frame *frame)
{
    struct process *self = process_current();
    struct alarm old, new = {0};
    struct interval wanted = {0};
    int which = (int)frame->rdi, error = 0;

    if (frame->rsi && copy_from_user(&wanted, frame->rsi, sizeof(wanted)) < 0)
        return -EFAULT;
    if ((unsigned)which > ITIMER_PROF)
        error = -EINVAL;
    if (!error)
        error = from_timeval(&wanted.value, &new.value);
    if (!error)
        error = from_timeval(&wanted.interval, &new.interval);
    if (error)
        return error;
    old = alarm_get(self, which);
    alarm_set(self, which, &new);
    return frame->rdx ? copy_alarm(frame->rdx, &old) : 0;
}

/* Rounded to a second, but not to 0. */
int64_t sys_alarm(struct trap_frame *frame)
{
    struct process *self = process_current();
    struct alarm old = alarm_get(self, ITIMER_REAL);
    uint64_t seconds = (old.value + NS_PER_S / 2) / NS_PER_S;

    alarm_set(self, ITIMER_REAL,
              &(struct alarm){.value = (uint64_t)(uint32_t)frame->rdi * NS_PER_S});
    return (int64_t)(old.value && !seconds ? 1 : seconds);
}
