/*
 * fs/pipe.h - pipes
 */
#ifndef FS_PIPE_H
#define FS_PIPE_H

#include "fs/file.h"

/*
 * pipe2(2).
 *
 * flags    of both ends: O_NONBLOCK, O_DIRECT
 * Returns  0 and both ends with one reference each; -ENOMEM
 */
MUST_CHECK int pipe_open(unsigned flags, struct file **reader, struct file **writer);

/* For a node that goes. NULL is not ignored. */
void pipe_destroy(struct pipe *pipe);

/*
 * F_GETPIPE_SZ and F_SETPIPE_SZ of fcntl(2), bytes.
 *
 * Returns  the capacity; -EBADF (no pipe), -EINVAL, -EBUSY (more is in it), -ENOMEM
 */
MUST_CHECK int64_t pipe_capacity(struct file *file);
MUST_CHECK int64_t pipe_set_capacity(struct file *file, uint32_t size);

/* Upward call, defined in proc/signal.c: the caller wrote to a pipe that nobody reads, SIGPIPE. */
void pipe_signal_broken(void);

#endif
