/*
 * dev/console.h - what input devices call when somebody typed
 */
#ifndef DEV_CONSOLE_H
#define DEV_CONSOLE_H

#include "lib/types.h"

#define CONSOLE_EOF (-1) /* there will be no more input */

/* Upward calls, defined in fs/tty.c. Any context. */

/* A byte, or CONSOLE_EOF. It is lost where there is no room. */
void console_input(int c);

/* How many bytes console_input() has room for. */
size_t console_input_room(void);

#endif
