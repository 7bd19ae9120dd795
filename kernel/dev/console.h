/*
 * dev/console.h - what input devices call when somebody typed
 */
#ifndef DEV_CONSOLE_H
#define DEV_CONSOLE_H

#include "lib/types.h"

#define CONSOLE_EOF (-1) /* there will be no more input */

/* What host standard input is: the word stdin=pipe on the kernel's command line. */
enum console_mode {
    CONSOLE_TERMINAL,
    CONSOLE_PIPE, /* bytes pass as they are; the sender escapes DLE and end of file, see serial.h */
};

/* Upward calls, defined in fs/tty.c. Any context. */

/* A byte, or CONSOLE_EOF. It is lost where there is no room. */
void console_input(int c);

/* How many bytes console_input() has room for. */
size_t console_input_room(void);

#endif
