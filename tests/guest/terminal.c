/*
 * tests/guest/terminal.c - the terminal's settings can be asked for and changed
 */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "child.h"
#include "raw.h"
#include "tap.h"

#define NR_KERNEL_CC 19

/* What TCGETS stores: struct termios of <asm/termbits.h>, which the libc's may not equal. */
struct settings {
    unsigned input, output, control, local;
    unsigned char line;
    unsigned char characters[NR_KERNEL_CC];
    unsigned guard; /* the kernel must not write here */
};

#define SETTINGS_SIZE (4 * sizeof(unsigned) + 1 + NR_KERNEL_CC)

static void check_round_trip(unsigned long request, const char *name)
{
    struct settings before, changed, after;

    raw(SYS_ioctl, 0, TCGETS, &before);
    changed = before;
    changed.local ^= ECHO;
    changed.characters[VINTR] = 0x1f;
    is_long(raw(SYS_ioctl, 0, request, &changed), 0, "%s", name);
    memset(&after, 0x55, sizeof(after));
    raw(SYS_ioctl, 0, TCGETS, &after);
    is_long(memcmp(&changed, &after, SETTINGS_SIZE), 0, "... is what TCGETS gives then");
    is_long(after.guard, 0x55555555, "... which writes no byte too many");
    is_long(raw(SYS_ioctl, 1, TCGETS, &after), 0, "standard output is a terminal");
    is_long(memcmp(&changed, &after, SETTINGS_SIZE), 0, "... the same");
    raw(SYS_ioctl, 0, request, &before);
    raw(SYS_ioctl, 0, TCGETS, &after);
    is_long(memcmp(&before, &after, SETTINGS_SIZE), 0, "and back");
}

static void check_library(void)
{
    struct termios settings;
    struct winsize size = {77, 77, 77, 77};
    int fd = open(child_self(), O_RDONLY);

    is_long(isatty(0), 1, "isatty");
    is_long(isatty(fd), 0, "... not of a file");
    is_errno(ENOTTY, "... ENOTTY");
    is_long(tcgetattr(0, &settings), 0, "tcgetattr");
    is_long(tcsetattr(0, TCSANOW, &settings), 0, "tcsetattr");
    is_long(tcsetattr(0, TCSADRAIN, &settings), 0, "... after the output");
    is_long(tcsetattr(0, 99, &settings), -1, "... some day");
    is_errno(EINVAL, "... is EINVAL");
    is_long(ioctl(0, TIOCGWINSZ, &size), 0, "the size of the window");
    ok(size.ws_row != 77 && size.ws_col != 77, "... is stored");
    close(fd);
}

static void check_refusals(void)
{
    int null = open("/dev/null", O_RDWR), file = open(child_self(), O_RDONLY);
    struct settings settings;

    is_long(raw(SYS_ioctl, 0, TCGETS, 8), -EFAULT, "a bad pointer to get to");
    is_long(raw(SYS_ioctl, 0, TCSETS, 8), -EFAULT, "... to set from");
    is_long(raw(SYS_ioctl, 0, TIOCGWINSZ, 8), -EFAULT, "... for the window");
    is_long(raw(SYS_ioctl, 0, TCGETS, 0xffff800000000000), -EFAULT, "... in the kernel");
    is_long(raw(SYS_ioctl, 1000, TCGETS, &settings), -EBADF, "a closed descriptor");
    is_long(raw(SYS_ioctl, null, TCGETS, &settings), -ENOTTY, "no terminal: /dev/null");
    is_long(raw(SYS_ioctl, file, TCGETS, &settings), -ENOTTY, "... a file");
    is_long(raw(SYS_ioctl, 0, 0x54ff, &settings), -ENOTTY, "an unknown request");
    is_long(raw(SYS_lseek, 0, 0, SEEK_CUR), -ESPIPE, "a terminal has no position");
    is_long(raw(SYS_pread64, 0, &settings, 1, 0), -ESPIPE, "... to read at");
    close(null);
    close(file);
}

int main(void)
{
    struct settings settings;

    if (raw(SYS_ioctl, 0, TCGETS, &settings) != 0)
        bail_out("standard input is no terminal");
    check_round_trip(TCSETS, "TCSETS");
    check_round_trip(TCSETSW, "TCSETSW");
    check_round_trip(TCSETSF, "TCSETSF");
    check_library();
    check_refusals();
    return done_testing();
}
