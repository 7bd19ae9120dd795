/*
 * fs/tty.h - the terminal: COM1, and the screen and keyboard beside it
 */
#ifndef FS_TTY_H
#define FS_TTY_H

#include "lib/types.h"

/*
 * transparent   host standard input is no terminal: bytes pass as they are, without echo, until a
 *               program asks for something else
 */
void tty_init(bool transparent);

/* Print on the terminal as it is, for the kernel's own tests. */
void tty_print(const char *text, size_t len);

/* The session's leader opened the terminal, or left: whose process group signals go to; 0 is
 * nobody's. */
void tty_set_group(int group);

/* Upward call, defined in proc/signal.c: a character typed asks for a signal to a process group. */
void tty_signal(int group, int signal);

#endif
