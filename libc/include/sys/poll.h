/*
 * sys/poll.h - another name of poll.h
 */
#include <poll.h>
