/*
 * termios.h - terminals
 *
 * struct termios is the kernel's own, so that nothing is converted on the way; the speeds live in
 * c_cflag.
 */
#ifndef _TERMIOS_H
#define _TERMIOS_H

#include <bits/posix_types.h>
#include <asm/termbits.h>

#ifndef CCEQ
#define CCEQ(value, c) ((c) == (value) && (value) != 0)
#endif

int tcgetattr(int fd, struct termios *tio);
int tcsetattr(int fd, int when, const struct termios *tio);
int tcdrain(int fd);
int tcflow(int fd, int action);
int tcflush(int fd, int queue);
int tcsendbreak(int fd, int duration);
pid_t tcgetsid(int fd);
void cfmakeraw(struct termios *tio);
speed_t cfgetispeed(const struct termios *tio);
speed_t cfgetospeed(const struct termios *tio);
int cfsetispeed(struct termios *tio, speed_t speed);
int cfsetospeed(struct termios *tio, speed_t speed);
int cfsetspeed(struct termios *tio, speed_t speed);

#endif
