/*
 * process/daemon.c - going into the background
 */
#include <fcntl.h>
#include <unistd.h>

int daemon(int keep_directory, int keep_files)
{
    int fd;

    switch (fork()) {
    case -1:
        return -1;
    case 0:
        break;
    default:
        _exit(0);
    }
    if (setsid() < 0 || (!keep_directory && chdir("/") < 0))
        return -1;
    if (keep_files)
        return 0;
    fd = open("/dev/null", O_RDWR);
    if (fd < 0 || dup2(fd, 0) < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
        return -1;
    if (fd > 2)
        close(fd);
    return 0;
}
