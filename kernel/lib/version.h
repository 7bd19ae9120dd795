/*
 * lib/version.h - what the system is called: uname(2) and /proc say it
 *
 * The system a program sees is the ABI it was built for; the rest says whose.
 */
#ifndef LIB_VERSION_H
#define LIB_VERSION_H

#define SYSTEM_NAME    "Linux"
#define SYSTEM_NODE    "loam"
#define SYSTEM_RELEASE "6.1.0-loam"
#define SYSTEM_VERSION "Loam"
#define SYSTEM_MACHINE "x86_64"

#endif
