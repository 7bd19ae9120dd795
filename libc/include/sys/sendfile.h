/*
 * sys/sendfile.h - from file to file inside the kernel
 */
#ifndef _SYS_SENDFILE_H
#define _SYS_SENDFILE_H

#include <bits/posix_types.h>

/* From *offset, which moves; NULL: from where `in` is, which moves. Bytes, or -1 with errno. */
ssize_t sendfile(int out, int in, off_t *offset, size_t count);

#endif
