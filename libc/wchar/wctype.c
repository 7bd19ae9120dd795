/*
 * wchar/wctype.c - classes of wide characters: ASCII's, and what beyond ASCII can be printed
 */
#include <ctype.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

/* The argument as one for ctype.h; beyond ASCII it is in no class there. */
static int ascii(wint_t wc)
{
    return wc < 0x80 ? (int)wc : -1;
}

int iswalnum(wint_t wc)
{
    return isalnum(ascii(wc));
}

int iswalpha(wint_t wc)
{
    return isalpha(ascii(wc));
}

int iswblank(wint_t wc)
{
    return isblank(ascii(wc));
}

int iswdigit(wint_t wc)
{
    return isdigit(ascii(wc));
}

int iswlower(wint_t wc)
{
    return islower(ascii(wc));
}

int iswupper(wint_t wc)
{
    return isupper(ascii(wc));
}

int iswspace(wint_t wc)
{
    return isspace(ascii(wc));
}

int iswxdigit(wint_t wc)
{
    return isxdigit(ascii(wc));
}

int iswcntrl(wint_t wc)
{
    return iscntrl(ascii(wc)) || (wc >= 0x80 && wc < 0xa0) || wc == 0x2028 || wc == 0x2029;
}

int iswprint(wint_t wc)
{
    if (wc < 0x80)
        return isprint((int)wc);
    /* Neither surrogates, nor the characters that are none. */
    return !iswcntrl(wc) && !(wc >= 0xd800 && wc <= 0xdfff) && wc <= 0x10ffff &&
           (wc & 0xfffe) != 0xfffe;
}

int iswgraph(wint_t wc)
{
    return wc != ' ' && iswprint(wc);
}

int iswpunct(wint_t wc)
{
    return iswgraph(wc) && !iswalnum(wc);
}

wint_t towlower(wint_t wc)
{
    return wc < 0x80 ? (wint_t)tolower((int)wc) : wc;
}

wint_t towupper(wint_t wc)
{
    return wc < 0x80 ? (wint_t)toupper((int)wc) : wc;
}

static const struct {
    const char *name;
    int (*function)(wint_t);
} classes[] = {
    {"alnum", iswalnum}, {"alpha", iswalpha}, {"blank", iswblank}, {"cntrl", iswcntrl},
    {"digit", iswdigit}, {"graph", iswgraph}, {"lower", iswlower}, {"print", iswprint},
    {"punct", iswpunct}, {"space", iswspace}, {"upper", iswupper}, {"xdigit", iswxdigit},
};

#define NR_CLASSES (sizeof(classes) / sizeof(classes[0]))

wctype_t wctype(const char *name)
{
    for (size_t i = 0; i < NR_CLASSES; i++) {
        if (strcmp(classes[i].name, name) == 0)
            return i + 1;
    }
    return 0;
}

int iswctype(wint_t wc, wctype_t type)
{
    return type > 0 && type <= NR_CLASSES ? classes[type - 1].function(wc) : 0;
}

static const int to_lower = 1, to_upper = 2;

wctrans_t wctrans(const char *name)
{
    if (strcmp(name, "tolower") == 0)
        return &to_lower;
    return strcmp(name, "toupper") == 0 ? &to_upper : NULL;
}

wint_t towctrans(wint_t wc, wctrans_t trans)
{
    if (trans == &to_lower)
        return towlower(wc);
    return trans == &to_upper ? towupper(wc) : wc;
}
