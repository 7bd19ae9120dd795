/* stdio/ctermid.c - the name of the controlling terminal */
#include <stdio.h>
#include <string.h>

char *ctermid(char *s)
{
    static char own[L_ctermid];

    return strcpy(s ? s : own, "/dev/tty");
}
