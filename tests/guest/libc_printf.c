/*
 * tests/guest/libc_printf.c - the printf family, conversion by conversion
 *
 * Expected strings are those of C11 and POSIX; where these leave a choice, glibc's. Floating point
 * is compared digit by digit, because it promises to be exact.
 */
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <wchar.h>

#include "tap.h"

/* Formats here are odd on purpose: through a pointer the compiler neither judges nor replaces
 * calls. */
typedef int format_function(char *s, size_t size, const char *fmt, ...);
static format_function *volatile format = snprintf;

static char got[20000];

/* snprintf(fmt, ...) gives `want` and its length. */
#define check(want, ...)                                                                           \
    do {                                                                                           \
        int len_ = format(got, sizeof got, __VA_ARGS__);                                           \
        is_str(got, want, "%s", #__VA_ARGS__);                                                     \
        if (len_ != (int)(sizeof want - 1))                                                        \
            ok(0, "its length, %d, is %d", (int)sizeof want - 1, len_);                            \
    } while (0)

static void check_integers(void)
{
    check("0 -1 2147483647 -2147483648", "%d %i %d %d", 0, -1, INT_MAX, INT_MIN);
    check("4294967295 37777777777 ffffffff FFFFFFFF", "%u %o %x %X", -1, -1, -1, -1);
    check("-9223372036854775808 18446744073709551615", "%ld %lu", LONG_MIN, ULONG_MAX);
    check("44 -1 255 44", "%hhd %hhd %hhu %hhu", 300, 255, -1, 300);
    check("-1 65535 4464", "%hd %hu %hd", 65535, -1, 70000);
    check("-1 -2 3 -4 5", "%lld %jd %zu %td %qd", -1LL, (intmax_t)-2, (size_t)3, (ptrdiff_t)-4,
          5LL);
    check("[    7][7    ][00007][   +7][+0007][ 7]", "[%5d][%-5d][%05d][%+5d][%+05d][% d]", 7, 7, 7,
          7, 7, 7);
    check("[   -7][-7   ][-0007][ -007][-007 ]", "[%5d][%-5d][%05d][%5.3d][%-5.3d]", -7, -7, -7, -7,
          -7);
    check("[][0][  ][+][ ]", "[%.0d][%.1d][%2.0d][%+.0d][% .0d]", 0, 0, 0, 0, 0);
    check("[0x1f][0X1F][037][0b101][0B101]", "[%#x][%#X][%#o][%#b][%#B]", 31, 31, 31, 5, 5);
    check("[0][0][0][0][]", "[%#x][%#o][%#b][%#.0o][%#.0x]", 0, 0, 0, 0, 0);
    check("[0x00ff][  0xff][0xff  ][0x00ff]", "[%#06x][%#6x][%-#6x][%#.4x]", 255, 255, 255, 255);
    check("[   05][00005][0012][ 012]", "[%#5o][%#05o][%#.4o][%#4o]", 5, 5, 10, 10);
    check("1111111111111111111111111111111111111111111111111111111111111111", "%lb", ~0UL);
    check("+5 5 [5]", "%+ d %u [% u]", 5, 5, 5);
    check("1234567 [   1234567]", "%'d [%'10d]", 1234567, 1234567);
}

static void check_arguments(void)
{
    check("[   42][42   ][42]", "[%*d][%*d][%*d]", 5, 42, -5, 42, 0, 42);
    check("[3][00003][3.00]", "[%.*d][%.*d][%.*f]", -1, 3, 5, 3, 2, 3.0);
    check("b a b", "%2$s %1$s %2$s", "a", "b");
    check("[    7] 1.50 x", "[%1$*2$d] %3$.*4$f %5$s", 7, 5, 1.5, 2, "x");
    check("2.5 3 1", "%2$Lg %3$ld %1$d", 1, 2.5L, 3L);
    check("1 3", "%1$d %3$d", 1, 2, 3);
    check("100%", "%d%%", 100);
    check("%y|%-5y", "%y|%-5y");
}

static void check_text(void)
{
    check("[abc][  abc][abc  ][ab][    a][]", "[%s][%5s][%-5s][%.2s][%5.1s][%.0s]", "abc", "abc",
          "abc", "abc", "abc", "abc");
    check("[(null)][][  (null)]", "[%s][%.5s][%8s]", (char *)0, (char *)0, (char *)0);
    check("[x][  x][x  ]", "[%c][%3c][%-3c]", 'x', 'x', 'x');
    is_long(format(got, sizeof got, "a%cb%lcd", 0, (wint_t)0), 5, "%%c and %%lc of 0 count");
    ok(memcmp(got, "a\0b\0d", 6) == 0, "... and are stored");
    check("ab", "%.2s", (const char[]){'a', 'b'}); /* no null to be found */
    check("(nil) 0x12ab [    (nil)][  0x12ab][0x12ab  ]", "%p %p [%9p][%8p][%-8p]", (void *)0,
          (void *)0x12ab, (void *)0, (void *)0x12ab, (void *)0x12ab);
    check("\xe2\x82\xac|\xc3\xa9t\xc3\xa9", "%lc|%ls", (wint_t)0x20ac, L"\u00e9t\u00e9");
    check("[\xc3\xa9][  \xc3\xa9t][(null)]", "[%.2ls][%5.3ls][%ls]", L"\u00e9t\u00e9",
          L"\u00e9t\u00e9", (wchar_t *)0);
    check("\xf0\x9f\x98\x80 \xe2\x82\xac", "%S %C", L"\U0001F600", 0x20ac);
    errno = 0;
    is_long(format(got, sizeof got, "%lc", (wint_t)0xd800), -1, "a surrogate is no character");
    is_errno(EILSEQ, "... EILSEQ");
    errno = ENOENT;
    check("No such file or directory", "%m");
}

static void check_fixed(void)
{
    check("0.000000 -0.000000 1.000000 -1.500000", "%f %f %f %F", 0.0, -0.0, 1.0, -1.5);
    check("0 2 2 4 0. 1.", "%.0f %.0f %.0f %.0f %#.0f %#.0f", 0.5, 1.5, 2.5, 3.5, 0.25, 0.75);
    check("0.12 0.38 1.00 9.99 10.00", "%.2f %.2f %.2f %.2f %.2f", 0.125, 0.375, 0.995000000000001,
          9.9949, 9.995000001);
    check("[    3.14][3.14    ][00003.14][   +3.14][+0003.14]",
          "[%8.2f][%-8.2f][%08.2f][%+8.2f][%+08.2f]", 3.14159, 3.14159, 3.14159, 3.14159, 3.14159);
    check("0.1000000000000000055511151231257827021181583404541015625000", "%.58f", 0.1);
    check("1797693134862315708145274237317043567980705675258449965989174768031572607800285387605895"
          "5863276687817154045895351438246423432132688946418276846754670353751698604991057655128207"
          "6245490090389328944075868508455133942304583236903222948165808559332123348274797826204144"
          "723168738177180919299881250404026184124858368",
          "%.0f", DBL_MAX);
    check("4.9406564584124654417656879286822137e-324", "%.34e", 5e-324);
    check("123456789012345680.0 1e+22", "%.1f %g", 123456789012345678.0, 1e22);
}

static void check_scientific(void)
{
    check("0.000000e+00 1.000000e+00 -1.234568E-05", "%e %e %E", 0.0, 1.0, -1.23456789e-5);
    check("1e+01 2e+00 2e+00 1.e+00 9.99e+99 1.00e+100", "%.0e %.0e %.0e %#.0e %.2e %.2e", 9.5, 1.5,
          2.5, 1.0, 9.994e99, 9.996e99);
    check("1.7976931348623157e+308 2.2250738585072014e-308", "%.16e %.16e", DBL_MAX, DBL_MIN);
    check("0 1 0.1 100000 1e+06 1e-05 0.0001 123457", "%g %g %g %g %g %g %g %g", 0.0, 1.0, 0.1, 1e5,
          1e6, 1e-5, 1e-4, 123456.7);
    check("1.00000 0.000100000 1.00000e-05 1.e+06", "%#g %#g %#g %#.1g", 1.0, 1e-4, 1e-5, 1e6);
    check("1 1e+01 0.1 1E+10 3.1", "%.0g %.0g %.1g %G %.2g", 1.0, 10.0, 0.1, 1e10, 3.14);
    check("100 1e+02 9.9999e-05 0.0001 0.0001", "%.3g %.2g %.5g %.4g %.4g", 99.95, 99.95,
          0.000099999, 0.000099999 - 1e-10, 0.00009999999);
    check("0.1 0.10000000000000001 0.29999999999999999", "%.16g %.17g %.17g", 0.1, 0.1, 0.3);
    check("[  inf][-inf ][  nan][+inf][ inf][  INF][  NAN]",
          "[%5f][%-5e][%05g][%+f][% f][%05F][%5G]", INFINITY, -INFINITY, NAN, INFINITY, INFINITY,
          INFINITY, NAN);
}

static void check_hexadecimal(void)
{
    check("0x0p+0 -0x0p+0 0x1p+0 0x1.8p+1 0X1.999999999999AP-4", "%a %a %a %a %A", 0.0, -0.0, 1.0,
          3.0, 0.1);
    check("0x1.fffffffffffffp+1023 0x1p-1022 0x0.0000000000001p-1022", "%a %a %a", DBL_MAX, DBL_MIN,
          5e-324);
    check("0x2p+0 0x1p+0 0x1.0p+1 0x1.800p+0 0x1.p+0", "%.0a %.0a %.1a %.3a %#.0a", 1.5, 1.25,
          0x1.08p1, 1.5, 1.0);
    check("[   0x1p+0][0x1p+0   ][0x0001p+0][+0x1p+0]", "[%9a][%-9a][%09a][%+a]", 1.0, 1.0, 1.0,
          1.0);
    check("0x8p-3 0xc.8p-2 0xf.fffffffffffffffp+16380", "%La %La %La", 1.0L, 3.125L, LDBL_MAX);
    check("0x1.0p+1 0x8.00p-3", "%.1La %.2La", 0xf.fffp-3L, 1.0L);
}

static void check_long_double(void)
{
    check("0.1000000000000000000013552527156068805425093160010874271392822265625", "%.67Lf", 0.1L);
    check("1.18973149535723176502e+4932 3.36210314311209350626e-4932", "%.20Le %.20Le", LDBL_MAX,
          LDBL_MIN);
    check("3.6e-4951 0 -2.5", "%.1Le %Lg %Lg", 0x1p-16445L, 0.0L, -2.5L);
    is_long(format(got, sizeof got, "%.16445Lf", 0x1p-16445L), 16447, "all digits of the smallest");
    is_str(got + 16447 - 10, "6845703125", "... exact to the last");
    is_long(format(got, sizeof got, "%.0Lf", LDBL_MAX), 4933, "all digits of the largest");
    is_str(got + 4933 - 10, "1989770240", "... exact to the last");
}

static void check_results(void)
{
    signed char hh = 0;
    short h = 0;
    int n = 0;
    long l = 0;

    is_long(format(got, 4, "%s", "abcdef"), 6, "the length that would have been");
    is_str(got, "abc", "... and what fits");
    is_long(format(NULL, 0, "%d", 12345), 5, "size 0 stores nothing");
    strcpy(got, "keep");
    is_long(format(got, 1, "%d", 12345), 5, "size 1");
    is_str(got, "", "... stores the null only");
    is_long(format(got, sizeof got, "ab%hhncd%hnef%ngh%ln", &hh, &h, &n, &l), 8, "%%n");
    ok(hh == 2 && h == 4 && n == 6 && l == 8, "... in every size");
    errno = 0;
    is_long(format(got, sizeof got, "%2147483648d", 1), -1, "a width above INT_MAX");
    is_errno(EOVERFLOW, "... EOVERFLOW");
    errno = 0;
    is_long(format(NULL, 0, "%2147483647d ", 1), -1, "a result above INT_MAX");
    is_errno(EOVERFLOW, "... EOVERFLOW");
    is_long(format(got, sizeof got, "abc%"), -1, "a format that ends in a directive");
}

static void check_family(void)
{
    char *s = NULL;
    FILE *file = fopen("/dev/null", "w");

    is_long(sprintf(got, "%d-%s", 1, "x"), 3, "sprintf");
    is_str(got, "1-x", "... its string");
    is_long(asprintf(&s, "%0500d|%s", 7, "x"), 502, "asprintf");
    ok(s && strlen(s) == 502 && strcmp(s + 498, "07|x") == 0, "... its string");
    free(s);
    ok(file != NULL, "open /dev/null");
    is_long(fprintf(file, "%5000d", 1), 5000, "fprintf of more than a buffer");
    is_long(fclose(file), 0, "fclose");
    tap_flush();
    is_long(dprintf(1, "# dprintf %d %s\n", 1, "x"), 14, "dprintf");
    errno = 0;
    is_long(dprintf(99, "x"), -1, "dprintf to a closed descriptor");
    is_errno(EBADF, "... EBADF");
    is_long(fprintf(stdin, "x"), -1, "fprintf to an input stream");
    ok(ferror(stdin), "... sets its error flag");
}

int main(void)
{
    check_integers();
    check_arguments();
    check_text();
    check_fixed();
    check_scientific();
    check_hexadecimal();
    check_long_double();
    check_results();
    check_family();
    return done_testing();
}
