/*
 * termios/termios.c - terminals
 */
#include <errno.h>
#include <sys/ioctl.h>
#include <termios.h>

int tcgetattr(int fd, struct termios *tio)
{
    return ioctl(fd, TCGETS, tio);
}

int tcsetattr(int fd, int when, const struct termios *tio)
{
    /* TCSETS, TCSETSW and TCSETSF are numbered like TCSANOW, TCSADRAIN and TCSAFLUSH. */
    if (when < TCSANOW || when > TCSAFLUSH) {
        errno = EINVAL;
        return -1;
    }
    return ioctl(fd, (unsigned long)(TCSETS + when), tio);
}

_Static_assert(TCSETSW == TCSETS + TCSADRAIN && TCSETSF == TCSETS + TCSAFLUSH, "tcsetattr");

int tcdrain(int fd)
{
    return ioctl(fd, TCSBRK, 1);
}

int tcflow(int fd, int action)
{
    return ioctl(fd, TCXONC, action);
}

int tcflush(int fd, int queue)
{
    return ioctl(fd, TCFLSH, queue);
}

int tcsendbreak(int fd, int duration)
{
    /* A duration of no units is not defined; the kernel's own quarter of a second is sent. */
    (void)duration;
    return ioctl(fd, TCSBRK, 0);
}

void cfmakeraw(struct termios *tio)
{
    tio->c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    tio->c_oflag &= ~(tcflag_t)OPOST;
    tio->c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    tio->c_cflag &= ~(tcflag_t)(CSIZE | PARENB);
    tio->c_cflag |= CS8;
    tio->c_cc[VMIN] = 1;
    tio->c_cc[VTIME] = 0;
}

speed_t cfgetospeed(const struct termios *tio)
{
    return tio->c_cflag & CBAUD;
}

speed_t cfgetispeed(const struct termios *tio)
{
    return cfgetospeed(tio);
}

int cfsetospeed(struct termios *tio, speed_t speed)
{
    if (speed & ~(speed_t)CBAUD) {
        errno = EINVAL;
        return -1;
    }
    tio->c_cflag = (tio->c_cflag & ~(tcflag_t)CBAUD) | speed;
    return 0;
}

int cfsetispeed(struct termios *tio, speed_t speed)
{
    /* 0 says: the same as for output, which is all that there is. */
    return speed == 0 ? 0 : cfsetospeed(tio, speed);
}

int cfsetspeed(struct termios *tio, speed_t speed)
{
    return cfsetospeed(tio, speed);
}
