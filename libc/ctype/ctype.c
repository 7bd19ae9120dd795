/*
 * ctype/ctype.c - classes of characters in the C locale
 *
 * By unsigned comparison: whatever lies outside, EOF among it, is in no class.
 */
#include <ctype.h>

static int in(int c, int first, int last)
{
    return (unsigned)c - (unsigned)first <= (unsigned)(last - first);
}

int isdigit(int c)
{
    return in(c, '0', '9');
}

int islower(int c)
{
    return in(c, 'a', 'z');
}

int isupper(int c)
{
    return in(c, 'A', 'Z');
}

int isalpha(int c)
{
    return in(c | 0x20, 'a', 'z');
}

int isalnum(int c)
{
    return isalpha(c) || isdigit(c);
}

int isxdigit(int c)
{
    return isdigit(c) || in(c | 0x20, 'a', 'f');
}

int isblank(int c)
{
    return c == ' ' || c == '\t';
}

int isspace(int c)
{
    return c == ' ' || in(c, '\t', '\r');
}

int iscntrl(int c)
{
    return in(c, 0, 0x1f) || c == 0x7f;
}

int isprint(int c)
{
    return in(c, ' ', '~');
}

int isgraph(int c)
{
    return in(c, '!', '~');
}

int ispunct(int c)
{
    return isgraph(c) && !isalnum(c);
}

int isascii(int c)
{
    return in(c, 0, 0x7f);
}

int toascii(int c)
{
    return c & 0x7f;
}

int tolower(int c)
{
    return isupper(c) ? c | 0x20 : c;
}

int toupper(int c)
{
    return islower(c) ? c & ~0x20 : c;
}
