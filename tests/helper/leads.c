/*
 * tests/helper/leads.c - a child leads a session of its own and opens the terminal, for tests/shell.t
 *
 * The terminal belongs to another session and must stay with it: ^C still ends this program.
 */
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

int main(void)
{
    tap_flush();
    pid_t child = vfork();
    if (child == 0) {
        setsid();
        open("/dev/console", O_RDWR);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    ok(child > 0, "a session came and went");
    tap_flush();
    for (volatile int always = 1; always;)
        ;
    return done_testing();
}
