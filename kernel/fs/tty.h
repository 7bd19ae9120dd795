/*
 * fs/tty.h - the terminal: COM1, and the screen and keyboard beside it
 */
#ifndef FS_TTY_H
#define FS_TTY_H

#include "dev/console.h"
#include "lib/types.h"

/*
 * With CONSOLE_PIPE bytes pass as they are, without echo, until a program asks for something else.
 */
void tty_init(enum console_mode mode);

/* Print on the terminal as it is, for the kernel's own tests. */
void tty_print(const char *text, size_t len);

/*
 * A session's leader opens the terminal: it becomes the session's, if it is nobody's, and what is
 * typed can send signals to the group. The leader ends: the terminal is nobody's again.
 */
void tty_acquire(int session, int group);
void tty_release(int session);

/* Whether the terminal is the session's, and which group is in the foreground then. */
bool tty_belongs_to(int session, int *group);

/* Whether it is the terminal of the caller's session. */
bool tty_is_callers(void);

/* The process group in the foreground, 0 if there is none. */
int tty_foreground(void);

/* Whether the caller may read (SIGTTIN) or change something (SIGTTOU): 0, or as tty_stop_background(). */
MUST_CHECK int tty_check_foreground(int signal);

/* The commands of ioctl_tty(2) that are about sessions and groups; -ENOTTY: it is none of them. */
int64_t tty_control_jobs(unsigned command, vaddr_t argument);

/* Upward calls, defined in proc/job.c. */

/* A signal to a process group: a character typed asks for it, or the size has changed. */
void tty_signal(int group, int signal);

/* Who makes the present call. */
struct tty_caller {
    int session, group;
    bool is_leader, is_root; /* leader: of its session */
};
struct tty_caller tty_caller(void);

/* The session that a process group is in; 0: there is no such group. */
int tty_session_of(int group);

/*
 * The caller's group is in the background, and would read (SIGTTIN) or change something (SIGTTOU).
 *
 * Returns  0: it may; -EIO: nobody could bring it to the foreground; -ERESTARTSYS: it gets the signal
 */
MUST_CHECK int tty_stop_background(int signal);

#endif
