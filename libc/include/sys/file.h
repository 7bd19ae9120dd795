/*
 * sys/file.h - flock()
 */
#ifndef _SYS_FILE_H
#define _SYS_FILE_H

#include <fcntl.h>

#define L_SET  SEEK_SET
#define L_INCR SEEK_CUR
#define L_XTND SEEK_END

int flock(int fd, int operation);

#endif
