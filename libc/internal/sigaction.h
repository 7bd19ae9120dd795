/*
 * internal/sigaction.h - rt_sigaction as the kernel takes it
 */
#ifndef INTERNAL_SIGACTION_H
#define INTERNAL_SIGACTION_H

struct k_sigaction {
    void (*handler)(int);
    unsigned long flags;
    void (*restorer)(void);
    unsigned long mask;
};

/* Bit n - 1: signal n was given a handler once. posix_spawn need not look at the others. */
extern unsigned long __signals_handled;

/* Returns 0 or -errno. */
long __rt_sigaction(int signal, const struct k_sigaction *action, struct k_sigaction *old);

#endif
