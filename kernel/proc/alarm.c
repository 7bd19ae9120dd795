/*
 * proc/alarm.c - setitimer(2) and alarm(2): SIGALRM at a time
 *
 * ITIMER_VIRTUAL and ITIMER_PROF, which count processor time, are not here.
 */
#include "proc/alarm.h"

#include <asm/siginfo.h>
#include <asm/signal.h>

#include "arch/timer.h"

static void expired(struct timeout *timeout)
{
    struct process *process = container_of(timeout, struct process, alarm);
    const struct signal_info info = {.signo = SIGALRM, .code = SI_KERNEL};

    /* What came while nobody looked is one signal, and the next comes in step. */
    if (process->alarm_interval) {
        uint64_t now = timer_now_ns(), late = now - timeout->deadline;
        timeout_start(timeout, now + process->alarm_interval - late % process->alarm_interval,
                      expired);
    }
    signal_send(process, &info);
}

struct alarm alarm_get(const struct process *process)
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

void alarm_set(struct process *process, const struct alarm *alarm)
{
    timeout_cancel(&process->alarm);
    process->alarm_interval = alarm->interval;
    if (alarm->value)
        timeout_start(&process->alarm, timer_now_ns() + alarm->value, expired);
}
