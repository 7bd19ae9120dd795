/*
 * sys/fcntl.h - another name of fcntl.h
 */
#include <fcntl.h>
