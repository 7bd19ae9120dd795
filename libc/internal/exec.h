/*
 * internal/exec.h - the search for a program along PATH
 */
#ifndef INTERNAL_EXEC_H
#define INTERNAL_EXEC_H

typedef int exec_function(const char *path, char *const argv[], char *const envp[]);

/* Calls exec for each place where file may be, until one succeeds. Returns -1 with errno. */
int __exec_search(const char *file, char *const argv[], char *const envp[], exec_function *exec);

#endif
