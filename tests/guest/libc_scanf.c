/*
 * tests/guest/libc_scanf.c - the scanf family, and strtod with which it shares its numbers
 *
 * Results are those of C11; what glibc takes against it ("0x", "1e+" as numbers) is refused.
 */
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <wchar.h>

#include "tap.h"

/* Formats here are odd on purpose: through a pointer the compiler does not judge them. */
typedef int scan_function(const char *s, const char *fmt, ...);
static scan_function *volatile scan = sscanf;

static void check_integers(void)
{
    int a = 0, b = 0, n = 0;
    unsigned u = 0;
    signed char hh = 0;
    short h = 0;
    long l = 0;
    size_t z = 0;
    void *p = NULL;

    is_long(scan(" 12 -7+3", "%d%d%d", &a, &b, &n), 3, "three integers");
    ok(a == 12 && b == -7 && n == 3, "... their values");
    is_long(scan("0x1f 017 9 08", "%i%i%i%i%n", &a, &b, &u, &h, &n), 4, "%%i");
    ok(a == 31 && b == 15 && u == 9 && n == 12, "... takes the base from the prefix");
    is_long(scan("ff 0Xa0 77 101 0b11", "%x%x%o%b%b", &a, &b, &u, &h, &n), 5, "%%x %%o %%b");
    ok(a == 255 && b == 160 && u == 63 && h == 5 && n == 3, "... their values");
    is_long(scan("300 70000 -5 6", "%hhd%hd%ld%zu", &hh, &h, &l, &z), 4, "every size");
    ok(hh == 44 && h == 4464 && l == -5 && z == 6, "... is stored");
    is_long(scan("12345", "%2d%3d", &a, &b), 2, "widths");
    ok(a == 12 && b == 345, "... divide digits");
    is_long(scan("123456", "%2$3d%1$d", &a, &b), 2, "numbered arguments");
    ok(a == 456 && b == 123, "... are stored where they say");
    is_long(scan("1 2 3", "%*d%d%*d%n", &a, &n), 1, "suppressed values do not count");
    ok(a == 2 && n == 5, "... but are read");
    is_long(scan("0x12ab (nil)", "%p%n%p", &p, &n, &l), 2, "%%p");
    ok(p == (void *)0x12ab && n == 6 && l == 0, "... and (nil)");
    errno = 0;
    is_long(scan("99999999999999999999 -99999999999999999999", "%ld%ld", &l, &z), 2, "too large");
    ok(l == LONG_MAX && (long)z == LONG_MIN, "... is the largest and the smallest");
    is_errno(ERANGE, "... ERANGE");
}

static void check_failures(void)
{
    int a = 77, b = 77, n = 77;
    char c = '-';
    double d = 77;

    is_long(scan("", "%d", &a), EOF, "no input");
    is_long(scan("  ", "%d", &a), EOF, "space only");
    is_long(scan("x", "%d", &a), 0, "no number");
    is_long(scan("5", "%d%d", &a, &b), 1, "input ends after a value");
    is_long(scan("5 x", "%d%d", &a, &b), 1, "no second number");
    is_long(scan("abc", "%*s%d", &a), EOF, "input ends before a value is stored");
    is_long(scan("+", "%d", &a), 0, "a sign alone");
    is_long(scan("- 5", "%d", &a), 0, "a sign and space");
    is_long(scan("0x", "%x", &a), 0, "a prefix alone");
    is_long(scan("0x12 0x34", "%5i%2i", &a, &b), 1, "a width that ends behind the prefix");
    is_long(scan("08", "%i%n%d", &a, &n, &b), 2, "an 8 ends an octal number");
    ok(a == 0 && n == 1 && b == 8, "... and starts the next one");
    is_long(scan("1e+x", "%lf%c", &d, &c), 0, "an exponent without digits");
    is_long(scan("infinit", "%lf", &d), 0, "a part of infinity");
    ok(d == 77 && c == '-', "nothing was stored");
    is_long(scan("abc", "abd%d", &a), 0, "a character that differs");
    is_long(scan("abc", "abcd%d", &a), EOF, "input that ends in the text");
    is_long(scan("50%x", "%d%%%c", &a, &c), 2, "%%%%");
    is_long(scan("", "%n", &n), 0, "%%n needs no input");
    ok(c == 'x' && n == 0, "... and counts none");
}

static void check_text(void)
{
    char a[20] = "", b[20] = "", c[8] = "-------";
    char *s = NULL, *t = NULL;
    wchar_t w[8] = L"", wc = 0;
    int n = 0;

    is_long(scan("  word, next", "%s%s", a, b), 2, "%%s");
    ok(!strcmp(a, "word,") && !strcmp(b, "next"), "... stops at space");
    is_long(scan("abcdef", "%3s%c%2c", a, b, c), 3, "%%3s %%c %%2c");
    ok(!strcmp(a, "abc") && b[0] == 'd' && !strcmp(c, "ef-----"), "... %%c adds no null");
    is_long(scan(" x", "%c%c", a, b), 2, "%%c takes space");
    ok(a[0] == ' ' && b[0] == 'x', "... as it is");
    is_long(scan("key = value;", "%[a-z] = %[^;]%n", a, b, &n), 2, "%%[");
    ok(!strcmp(a, "key") && !strcmp(b, "value") && n == 11, "... sets, and their complement");
    is_long(scan("]-a", "%[]-]%n", a, &n), 1, "] first and - last are members");
    ok(!strcmp(a, "]-") && n == 2, "... of the set");
    is_long(scan("abc", "%[x-z]", a), 0, "no member of the set");
    is_long(scan("allocated words", "%ms %m[a-z]", &s, &t), 2, "%%ms %%m[");
    ok(s && t && !strcmp(s, "allocated") && !strcmp(t, "words"), "... from malloc");
    free(s);
    free(t);
    s = t = NULL;
    is_long(scan("\xc3\xa9t\xc3\xa9 \xe2\x82\xac", "%ls %lc", w, &wc), 2, "%%ls %%lc");
    ok(!wcscmp(w, L"\u00e9t\u00e9") && wc == 0x20ac, "... read UTF-8");
    errno = 0;
    is_long(scan("\xff", "%ls", w), EOF, "a byte that is no character");
    is_errno(EILSEQ, "... EILSEQ");
}

static void check_stream(void)
{
    FILE *file = fmemopen((char[]){"10 0xg 1e 7"}, 11, "r");
    int a = 0;
    double d = 0;

    ok(file != NULL, "a stream on memory");
    is_long(fscanf(file, "%d", &a), 1, "fscanf");
    is_long(fgetc(file), ' ', "... leaves what follows");
    is_long(fscanf(file, "%x", &a), 0, "a prefix without digits");
    is_long(fgetc(file), 'g', "... is consumed, the next character is not");
    is_long(fscanf(file, "%lf", &d), 0, "an exponent without digits");
    is_long(fgetc(file), ' ', "... is consumed");
    is_long(fscanf(file, "%d", &a), 1, "the last number");
    is_long(fscanf(file, "%d", &a), EOF, "then the end");
    ok(a == 7 && feof(file) && !ferror(file), "... which is no error");
    fclose(file);
}

/* strtod(text) is `want`, ends before `rest`, and sets errno to `error`. */
static void check_double(const char *text, double want, const char *rest, int error)
{
    char *end;
    double d;

    errno = 0;
    d = strtod(text, &end);
    ok(d == want && signbit(d) == signbit(want) && !strcmp(end, rest) && errno == error,
       "strtod %.60s", text);
}

static void check_strtod(void)
{
    check_double("0", 0.0, "", 0);
    check_double(" \t-0.0x", -0.0, "x", 0);
    check_double("3.14", 3.14, "", 0);
    check_double("+.5e1", 5.0, "", 0);
    check_double("5.e-1.", 0.5, ".", 0);
    check_double("1e", 1.0, "e", 0);
    check_double("1e+", 1.0, "e+", 0);
    check_double("0x", 0.0, "x", 0);
    check_double("0x.p1", 0.0, "x.p1", 0);
    check_double("0x1.8p1", 3.0, "", 0);
    check_double("0X.8", 0.5, "", 0);
    check_double("0x1p", 1.0, "p", 0);
    check_double("inf", INFINITY, "", 0);
    check_double("-INFINITYx", -INFINITY, "x", 0);
    check_double("infini", INFINITY, "ini", 0);
    check_double("", 0.0, "", 0);
    check_double("  +-5", 0.0, "  +-5", 0);
    check_double(".", 0.0, ".", 0);
    check_double("1e400", INFINITY, "", ERANGE);
    check_double("-1e-400", -0.0, "", ERANGE);
    check_double("1e99999999999999999999", INFINITY, "", ERANGE);
    check_double("0e99999999999999999999", 0.0, "", 0);
    check_double("1.7976931348623157e308", DBL_MAX, "", 0);
    check_double("1.7976931348623159e308", INFINITY, "", ERANGE);
    check_double("2.2250738585072014e-308", DBL_MIN, "", 0);
    check_double("2.2250738585072011e-308", 0x0.fffffffffffffp-1022, "", ERANGE);
    check_double("4.9406564584124654e-324", 0x1p-1074, "", ERANGE);
    check_double("2.4703282292062327e-324", 0.0, "", ERANGE);
    check_double("2.4703282292062328e-324", 0x1p-1074, "", ERANGE);
    check_double("0x1p-1074", 0x1p-1074, "", 0);
    check_double("0x1p-1075", 0.0, "", ERANGE);
    check_double("0x1.8p-1074", 0x2p-1074, "", ERANGE);
    /* half-way cases: to even, and up as soon as one digit more says so */
    check_double("9007199254740993", 9007199254740992.0, "", 0);
    check_double("9007199254740993.00000000000000000000000000000000000001", 9007199254740994.0, "",
                 0);
    check_double("9007199254740995", 9007199254740996.0, "", 0);
    check_double("0x1.00000000000008p0", 1.0, "", 0);
    check_double("0x1.000000000000080000000000000000000000000000000001p0", 0x1.0000000000001p0, "",
                 0);
    check_double("6.631236846766476e-316", 0x1.0000000000000p-1074 * 134217728, "", ERANGE);
}

static void check_other_types(void)
{
    static char digits[12000];
    char *end;

    ok(isnan(strtod("nan(abc_1)x", &end)) && !strcmp(end, "x"), "nan(...)");
    ok(isnan(strtod("NAN(a-", &end)) && !strcmp(end, "(a-"), "nan and what is no more of it");
    errno = 0;
    ok(strtof("16777217.0000000000001", NULL) == 16777218.0f, "strtof rounds once");
    ok(strtof("3.4028235e38", NULL) == FLT_MAX && errno == 0, "the largest float");
    ok(strtof("3.4028236e38", NULL) == INFINITY && errno == ERANGE, "... and beyond");
    errno = 0;
    ok(strtold("0.1", NULL) == 0.1L, "strtold");
    ok(strtold("1.18973149535723176502e4932", NULL) == LDBL_MAX && errno == 0, "the largest");
    ok(strtold("3.6451995318824746025e-4951", NULL) == 0x1p-16445L, "the smallest");
    /* As many digits as it takes: exactly half of the smallest is 0, a trace more is the smallest.
     */
    is_long(snprintf(digits, sizeof digits, "%.11512Le", 0x1p-16445L), 11520, "every digit");
    ok(strtold(digits, NULL) == 0x1p-16445L, "... reads back");
    memset(digits, '0', 11000);
    strcpy(digits + 11000, "1.5e-10500");
    ok(strtold(digits, NULL) == strtold("1.5e-10500", NULL), "leading zeros do not count");
    memset(digits + 1, '0', 11000);
    digits[0] = '1';
    strcpy(digits + 11001, "e-11000");
    ok(strtod(digits, NULL) == 1.0, "nor do trailing ones");
}

int main(void)
{
    check_integers();
    check_failures();
    check_text();
    check_stream();
    check_strtod();
    check_other_types();
    return done_testing();
}
