/*
 * unistd/io.c - reading, writing and closing
 */
#include "internal/syscall.h"
#include <unistd.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

ssize_t read(int fd, void *buf, size_t n)
{
    return syscall_ret(__NR_read, fd, buf, n);
}

ssize_t write(int fd, const void *buf, size_t n)
{
    return syscall_ret(__NR_write, fd, buf, n);
}

ssize_t pread(int fd, void *buf, size_t n, off_t offset)
{
    return syscall_ret(__NR_pread64, fd, buf, n, offset);
}

ssize_t pwrite(int fd, const void *buf, size_t n, off_t offset)
{
    return syscall_ret(__NR_pwrite64, fd, buf, n, offset);
}

ssize_t readv(int fd, const struct iovec *vec, int count)
{
    return syscall_ret(__NR_readv, fd, vec, count);
}

ssize_t writev(int fd, const struct iovec *vec, int count)
{
    return syscall_ret(__NR_writev, fd, vec, count);
}

/* The kernel takes the offset as two halves, of which a 64-bit one uses the low one only. */
ssize_t preadv(int fd, const struct iovec *vec, int count, off_t offset)
{
    return syscall_ret(__NR_preadv, fd, vec, count, offset, 0);
}

ssize_t pwritev(int fd, const struct iovec *vec, int count, off_t offset)
{
    return syscall_ret(__NR_pwritev, fd, vec, count, offset, 0);
}

off_t lseek(int fd, off_t offset, int whence)
{
    return syscall_ret(__NR_lseek, fd, offset, whence);
}

int close(int fd)
{
    return (int)syscall_ret(__NR_close, fd);
}

int close_range(unsigned first, unsigned last, int flags)
{
    return (int)syscall_ret(__NR_close_range, first, last, flags);
}

ssize_t copy_file_range(int in, off_t *in_offset, int out, off_t *out_offset, size_t n,
                        unsigned flags)
{
    return syscall_ret(__NR_copy_file_range, in, in_offset, out, out_offset, n, flags);
}

ssize_t sendfile(int out, int in, off_t *offset, size_t count)
{
    return syscall_ret(__NR_sendfile, out, in, offset, count);
}

ssize_t process_vm_readv(pid_t pid, const struct iovec *local, unsigned long nr_local,
                         const struct iovec *remote, unsigned long nr_remote, unsigned long flags)
{
    return syscall_ret(__NR_process_vm_readv, pid, local, nr_local, remote, nr_remote, flags);
}

ssize_t process_vm_writev(pid_t pid, const struct iovec *local, unsigned long nr_local,
                          const struct iovec *remote, unsigned long nr_remote, unsigned long flags)
{
    return syscall_ret(__NR_process_vm_writev, pid, local, nr_local, remote, nr_remote, flags);
}
