/*
 * sys/uio.h - reading and writing several buffers at once
 */
#ifndef _SYS_UIO_H
#define _SYS_UIO_H

#include <bits/posix_types.h>
#include <linux/uio.h>

ssize_t readv(int fd, const struct iovec *vec, int count);
ssize_t writev(int fd, const struct iovec *vec, int count);
ssize_t preadv(int fd, const struct iovec *vec, int count, off_t offset);
ssize_t pwritev(int fd, const struct iovec *vec, int count, off_t offset);
ssize_t process_vm_readv(pid_t pid, const struct iovec *local, unsigned long nr_local,
                         const struct iovec *remote, unsigned long nr_remote, unsigned long flags);
ssize_t process_vm_writev(pid_t pid, const struct iovec *local, unsigned long nr_local,
                          const struct iovec *remote, unsigned long nr_remote, unsigned long flags);

#endif
