/* programs/env.c - prints the environment, one variable a line */
#include <stdio.h>

int main(int argc, char **argv, char **envp)
{
    (void)argc;
    (void)argv;
    while (*envp)
        puts(*envp++);
    return fflush(stdout) == 0 ? 0 : 1;
}
