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

/* Upward call, defined in proc/signal.c: a character typed asks for a signal to a process group. */
void tty_signal(int group, int signal);

#endif
