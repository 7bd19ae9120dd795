/*
 * bits/wait_status.h - what the status of wait() says
 *
 *      15        8 7 6      0
 *     | exit status|0|  0    |   exited
 *     |     0      |c| signal|   killed; c: core dumped
 *     |   signal   |0| 0x7f  |   stopped
 *     |         0xffff       |   continued
 */
#ifndef _BITS_WAIT_STATUS_H
#define _BITS_WAIT_STATUS_H

#include <linux/wait.h>

#define WCOREFLAG            0x80
#define WEXITSTATUS(status)  (((status)&0xff00) >> 8)
#define WTERMSIG(status)     ((status)&0x7f)
#define WSTOPSIG(status)     WEXITSTATUS(status)
#define WIFEXITED(status)    (WTERMSIG(status) == 0)
#define WIFSTOPPED(status)   (((status)&0xff) == 0x7f)
#define WIFSIGNALED(status)  (WTERMSIG(status) != 0 && WTERMSIG(status) != 0x7f)
#define WIFCONTINUED(status) ((status) == 0xffff)
#define WCOREDUMP(status)    ((status)&WCOREFLAG)

#endif
