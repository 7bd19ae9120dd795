/*
 * sys/klog.h - the kernel's log
 */
#ifndef _SYS_KLOG_H
#define _SYS_KLOG_H

/* syslog(2); type is what is asked for. The number of bytes, or -1 with errno. */
int klogctl(int type, char *buffer, int len);

#endif
