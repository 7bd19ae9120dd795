/*
 * bits/confnames.h - what sysconf, pathconf and confstr can be asked
 *
 * The numbers are this library's own; only the names are POSIX's.
 */
#ifndef _BITS_CONFNAMES_H
#define _BITS_CONFNAMES_H

#define _SC_ARG_MAX                      0
#define _SC_CHILD_MAX                    1
#define _SC_CLK_TCK                      2
#define _SC_NGROUPS_MAX                  3
#define _SC_OPEN_MAX                     4
#define _SC_STREAM_MAX                   5
#define _SC_TZNAME_MAX                   6
#define _SC_JOB_CONTROL                  7
#define _SC_SAVED_IDS                    8
#define _SC_REALTIME_SIGNALS             9
#define _SC_PRIORITY_SCHEDULING          10
#define _SC_TIMERS                       11
#define _SC_ASYNCHRONOUS_IO              12
#define _SC_PRIORITIZED_IO               13
#define _SC_SYNCHRONIZED_IO              14
#define _SC_FSYNC                        15
#define _SC_MAPPED_FILES                 16
#define _SC_MEMLOCK                      17
#define _SC_MEMLOCK_RANGE                18
#define _SC_MEMORY_PROTECTION            19
#define _SC_MESSAGE_PASSING              20
#define _SC_SEMAPHORES                   21
#define _SC_SHARED_MEMORY_OBJECTS        22
#define _SC_AIO_LISTIO_MAX               23
#define _SC_AIO_MAX                      24
#define _SC_DELAYTIMER_MAX               25
#define _SC_MQ_OPEN_MAX                  26
#define _SC_MQ_PRIO_MAX                  27
#define _SC_VERSION                      28
#define _SC_PAGESIZE                     29
#define _SC_RTSIG_MAX                    30
#define _SC_SEM_NSEMS_MAX                31
#define _SC_SEM_VALUE_MAX                32
#define _SC_SIGQUEUE_MAX                 33
#define _SC_TIMER_MAX                    34
#define _SC_BC_BASE_MAX                  35
#define _SC_BC_DIM_MAX                   36
#define _SC_BC_SCALE_MAX                 37
#define _SC_BC_STRING_MAX                38
#define _SC_COLL_WEIGHTS_MAX             39
#define _SC_EXPR_NEST_MAX                40
#define _SC_LINE_MAX                     41
#define _SC_RE_DUP_MAX                   42
#define _SC_2_VERSION                    43
#define _SC_2_C_BIND                     44
#define _SC_2_C_DEV                      45
#define _SC_IOV_MAX                      46
#define _SC_THREADS                      47
#define _SC_THREAD_SAFE_FUNCTIONS        48
#define _SC_GETGR_R_SIZE_MAX             49
#define _SC_GETPW_R_SIZE_MAX             50
#define _SC_LOGIN_NAME_MAX               51
#define _SC_TTY_NAME_MAX                 52
#define _SC_THREAD_DESTRUCTOR_ITERATIONS 53
#define _SC_THREAD_KEYS_MAX              54
#define _SC_THREAD_STACK_MIN             55
#define _SC_THREAD_THREADS_MAX           56
#define _SC_NPROCESSORS_CONF             57
#define _SC_NPROCESSORS_ONLN             58
#define _SC_PHYS_PAGES                   59
#define _SC_AVPHYS_PAGES                 60
#define _SC_ATEXIT_MAX                   61
#define _SC_XOPEN_VERSION                62
#define _SC_MONOTONIC_CLOCK              63
#define _SC_CPUTIME                      64
#define _SC_SPAWN                        65
#define _SC_HOST_NAME_MAX                66
#define _SC_SYMLOOP_MAX                  67
#define _SC_MINSIGSTKSZ                  68
#define _SC_SIGSTKSZ                     69
#define _SC_PAGE_SIZE                    _SC_PAGESIZE
#define _SC_UIO_MAXIOV                   _SC_IOV_MAX

#define _PC_LINK_MAX         0
#define _PC_MAX_CANON        1
#define _PC_MAX_INPUT        2
#define _PC_NAME_MAX         3
#define _PC_PATH_MAX         4
#define _PC_PIPE_BUF         5
#define _PC_CHOWN_RESTRICTED 6
#define _PC_NO_TRUNC         7
#define _PC_VDISABLE         8
#define _PC_SYNC_IO          9
#define _PC_ASYNC_IO         10
#define _PC_PRIO_IO          11
#define _PC_FILESIZEBITS     12
#define _PC_SYMLINK_MAX      13
#define _PC_2_SYMLINKS       14

#define _CS_PATH 0

#define _POSIX_VERSION           200809L
#define _POSIX2_VERSION          200809L
#define _XOPEN_VERSION           700
#define _POSIX_JOB_CONTROL       1
#define _POSIX_SAVED_IDS         1
#define _POSIX_CHOWN_RESTRICTED  1
#define _POSIX_NO_TRUNC          1
#define _POSIX_FSYNC             200809L
#define _POSIX_MAPPED_FILES      200809L
#define _POSIX_MEMLOCK           200809L
#define _POSIX_MEMLOCK_RANGE     200809L
#define _POSIX_MEMORY_PROTECTION 200809L
#define _POSIX_MONOTONIC_CLOCK   200809L
#define _POSIX_CPUTIME           200809L
#define _POSIX_SPAWN             200809L
#define _POSIX2_C_BIND           200809L

#endif
