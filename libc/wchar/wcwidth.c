/*
 * wchar/wcwidth.c - how many columns of a terminal a character takes
 *
 * Combining marks take none, the East Asian wide blocks and emoji two; whole blocks, not single
 * characters.
 */
#include <wchar.h>
#include <wctype.h>

struct range {
    wint_t first, last;
};

static const struct range none[] = {
    {0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x0610, 0x061a}, {0x064b, 0x065f},
    {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x200b, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x2064},
    {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff}, {0xe0100, 0xe01ef},
};

static const struct range two[] = {
    {0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0x33ff},   {0x3400, 0x4dbf},
    {0x4e00, 0x9fff},   {0xa000, 0xa4cf},   {0xa960, 0xa97f},   {0xac00, 0xd7a3},
    {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},
    {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
};

static int in(const struct range *ranges, size_t count, wint_t wc)
{
    for (size_t i = 0; i < count; i++) {
        if (wc >= ranges[i].first && wc <= ranges[i].last)
            return 1;
    }
    return 0;
}

int wcwidth(wchar_t wc)
{
    if (wc == 0)
        return 0;
    if (!iswprint((wint_t)wc))
        return -1;
    if (in(none, sizeof(none) / sizeof(none[0]), (wint_t)wc))
        return 0;
    return in(two, sizeof(two) / sizeof(two[0]), (wint_t)wc) ? 2 : 1;
}

int wcswidth(const wchar_t *s, size_t n)
{
    int total = 0;

    for (; n > 0 && *s; s++, n--) {
        int width = wcwidth(*s);

        if (width < 0)
            return -1;
        total += width;
    }
    return total;
}
