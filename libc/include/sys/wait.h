/*
 * sys/wait.h - waiting for children
 */
#ifndef _SYS_WAIT_H
#define _SYS_WAIT_H

#include <bits/posix_types.h>
#include <bits/wait_status.h>
#include <signal.h>

struct rusage;

/* P_ALL, P_PID, P_PGID and P_PIDFD are the kernel's macros. */
typedef enum { __P_ALL, __P_PID, __P_PGID, __P_PIDFD } idtype_t;

pid_t wait(int *status);
pid_t waitpid(pid_t pid, int *status, int options);
int waitid(idtype_t type, id_t id, siginfo_t *info, int options);
pid_t wait3(int *status, int options, struct rusage *usage);
pid_t wait4(pid_t pid, int *status, int options, struct rusage *usage);

#endif
