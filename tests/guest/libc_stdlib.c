/*
 * tests/guest/libc_stdlib.c - stdlib.h, ctype.h, setjmp.h, time.h and getopt: what needs no other
 * process
 */
#include "tap.h"
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static uint64_t random_state = 42;

static unsigned next_random(void)
{
    random_state = random_state * 6364136223846793005UL + 1442695040888963407UL;
    return (unsigned)(random_state >> 33);
}

static void check_strtol(const char *text, int base, long value, size_t used, int error)
{
    char *end;
    long got;

    errno = 0;
    got = strtol(text, &end, base);
    ok(got == value && (size_t)(end - text) == used && errno == error, "strtol(\"%s\", %d)", text,
       base);
}

static void test_strtol(void)
{
    char *end;

    check_strtol("  -123abc", 10, -123, 6, 0);
    ok(strtol(" \t\n\v\f\r5", NULL, 10) == 5, "every kind of white space");
    check_strtol("+0", 10, 0, 2, 0);
    check_strtol("0x1fz", 0, 31, 4, 0);
    check_strtol("0x1f", 16, 31, 4, 0);
    check_strtol("0x", 16, 0, 1, 0);
    check_strtol("0xg", 0, 0, 1, 0);
    check_strtol("0779", 0, 63, 3, 0);
    check_strtol("zz", 36, 35 * 36 + 35, 2, 0);
    check_strtol("12", 2, 1, 1, 0);
    check_strtol("", 10, 0, 0, 0);
    check_strtol(" +-1", 10, 0, 0, 0);
    check_strtol("9223372036854775807", 10, LONG_MAX, 19, 0);
    check_strtol("9223372036854775808", 10, LONG_MAX, 19, ERANGE);
    check_strtol("-9223372036854775808", 10, LONG_MIN, 20, 0);
    check_strtol("-9223372036854775809", 10, LONG_MIN, 20, ERANGE);
    check_strtol("99999999999999999999999x", 10, LONG_MAX, 23, ERANGE);
    check_strtol("1", 1, 0, 0, EINVAL);
    check_strtol("1", 37, 0, 0, EINVAL);
    errno = 0;
    ok(strtoul("18446744073709551615", &end, 10) == ULONG_MAX && errno == 0,
       "strtoul of the largest");
    ok(strtoul("-1", NULL, 10) == ULONG_MAX && errno == 0, "strtoul negates modulo 2^64");
    ok(strtoul("18446744073709551616", NULL, 10) == ULONG_MAX && errno == ERANGE,
       "strtoul overflows");
    errno = 0;
    ok(strtoul("-18446744073709551616", NULL, 10) == ULONG_MAX && errno == ERANGE, "... below too");
    ok(atoi("-42x") == -42 && atol("7") == 7 && strtoimax("ff", NULL, 16) == 255, "atoi and kin");
}

static int compare_int(const void *x, const void *y)
{
    int i = *(const int *)x, j = *(const int *)y;

    return (i > j) - (i < j);
}

static long comparisons;

static int count_compare(const void *x, const void *y, void *context)
{
    ++*(long *)context;
    return compare_int(x, y);
}

#define NR 20000
static int numbers[NR];

static int is_sorted(const int *v, size_t n, long sum)
{
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && v[i - 1] > v[i])
            return 0;
        sum -= v[i];
    }
    return sum == 0;
}

static int pattern(int kind, int i, int n)
{
    switch (kind) {
    case 0:
        return i;
    case 1:
        return n - i;
    case 2:
        return 7;
    case 3:
        return i < n / 2 ? i : n - i;
    case 4:
        return i % 16;
    case 5:
        return (i * 2) % n + (i >= n / 2);
    default:
        return (int)next_random();
    }
}

/* Answers so that quicksort meets its worst case (McIlroy, "A Killer Adversary for Quicksort",
 * 1999). */
static int adversary[NR], solid, candidate;

static int compare_adversary(const void *x, const void *y)
{
    int i = *(const int *)x, j = *(const int *)y;

    comparisons++;
    if (adversary[i] == NR && adversary[j] == NR)
        adversary[i == candidate ? i : j] = solid++;
    if (adversary[i] == NR)
        candidate = i;
    else if (adversary[j] == NR)
        candidate = j;
    return (adversary[i] > adversary[j]) - (adversary[i] < adversary[j]);
}

static int lie(const void *x, const void *y)
{
    (void)x;
    (void)y;
    return next_random() % 2 ? 1 : -1;
}

static void test_qsort(void)
{
    /* 20000 * log2(20000) is 286000. */
    const long bound = 4 * 286000;
    int good = 1, quick = 1;
    struct {
        char pad[3];
        char key;
        char more[9];
    } odd[100];

    for (int kind = 0; kind < 8; kind++) {
        for (int n = 0; n <= NR; n = n < 70 ? n + 1 : n * 5) {
            long sum = 0;
            for (int i = 0; i < n; i++)
                sum += numbers[i] = pattern(kind, i, n);
            qsort(numbers, (size_t)n, sizeof(int), compare_int);
            good &= is_sorted(numbers, (size_t)n, sum);
        }
        for (int i = 0; i < NR; i++)
            numbers[i] = pattern(kind, i, NR);
        comparisons = 0;
        qsort_r(numbers, NR, sizeof(int), count_compare, &comparisons);
        quick &= comparisons < bound;
    }
    ok(good, "qsort sorts: ascending, descending, equal, organ pipe, few values, shuffles, random");
    ok(quick, "... in O(n log n) comparisons");
    for (int i = 0; i < NR; i++) {
        numbers[i] = i;
        adversary[i] = NR;
    }
    comparisons = solid = candidate = 0;
    qsort(numbers, NR, sizeof(int), compare_adversary);
    ok(comparisons < bound, "... even against an adversary");
    qsort(numbers, NR, sizeof(int), lie);
    qsort(numbers, NR, sizeof(int), compare_int);
    ok(is_sorted(numbers, NR, (long)NR * (NR - 1) / 2), "a comparison that lies loses no element");
    for (int i = 0; i < 100; i++) {
        memset(&odd[i], (i * 37) % 100, sizeof(odd[i]));
        odd[i].key = (char)((i * 37) % 100);
    }
    qsort(odd, 100, sizeof(odd[0]), (int (*)(const void *, const void *))(void *)memcmp);
    good = 1;
    for (int i = 0; i < 100; i++)
        good &= odd[i].pad[0] == odd[i].key && odd[i].more[8] == odd[i].key;
    ok(good, "elements of 13 bytes stay whole");
}

static void test_bsearch(void)
{
    int good = 1;

    for (int n = 0; n < 40; n++) {
        for (int i = 0; i < n; i++)
            numbers[i] = 2 * i + 1;
        for (int key = 0; key <= 2 * n + 1; key++) {
            int *found = bsearch(&key, numbers, (size_t)n, sizeof(int), compare_int);
            good &= key % 2 && key < 2 * n ? found && *found == key : found == NULL;
        }
    }
    ok(good, "bsearch finds what is there and nothing else");
}

static void test_environment(void)
{
    static char put[] = "PUT=1";
    char name[16];
    int good = 1;

    clearenv();
    ok(getenv("A") == NULL, "clearenv leaves nothing");
    ok(setenv("A", "1", 0) == 0 && setenv("A", "2", 0) == 0, "setenv");
    is_str(getenv("A"), "1", "... does not overwrite unless told");
    setenv("A", "3", 1);
    is_str(getenv("A"), "3", "... and does when told");
    ok(setenv("", "x", 1) == -1 && errno == EINVAL, "an empty name");
    ok(setenv("B=C", "x", 1) == -1 && errno == EINVAL, "a name with =");
    ok(putenv(put) == 0, "putenv");
    put[4] = '2';
    is_str(getenv("PUT"), "2", "... makes the string itself part of the environment");
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof(name), "V%d", i);
        good &= setenv(name, name + 1, 1) == 0;
    }
    for (int i = 0; i < 100; i += 2) {
        snprintf(name, sizeof(name), "V%d", i);
        good &= unsetenv(name) == 0;
    }
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof(name), "V%d", i);
        good &= i % 2 ? getenv(name) && strcmp(getenv(name), name + 1) == 0 : getenv(name) == NULL;
    }
    ok(good, "a hundred variables, every other unset");
    is_str(getenv("A"), "3", "the first is still there");
    ok(getenv("V") == NULL && getenv("V1=1") == NULL, "getenv takes whole names only");
}

static void test_random(void)
{
    char state[128], small[8];
    unsigned seed = 5, same = 5;
    long first, second;
    int good = 1;

    srand(3);
    first = rand();
    srand(3);
    ok(rand() == first && first >= 0, "srand: the same seed, the same numbers");
    good = rand_r(&seed) == rand_r(&same);
    ok(good && seed == same, "rand_r");
    initstate(7, state, sizeof(state));
    first = random();
    initstate(7, small, sizeof(small));
    random();
    setstate(state);
    second = random();
    initstate(7, state, sizeof(state));
    ok(random() == first && random() == second,
       "random: setstate goes on where the state was left");
    ok(initstate(1, state, 4) == NULL, "initstate with too little state");
    srand48(1);
    is_long(lrand48(), 89400484, "lrand48 is POSIX's generator");
    is_long(mrand48(), 1952030186, "mrand48 too");
}

static void test_division(void)
{
    div_t d = div(-7, 2);
    lldiv_t ll = lldiv(7, -2);

    ok(d.quot == -3 && d.rem == -1 && ll.quot == -3 && ll.rem == 1, "div truncates towards zero");
    ok(abs(-5) == 5 && labs(LONG_MIN + 1) == LONG_MAX && llabs(3) == 3, "abs");
    is_long(a64l("zzzz1"), a64l(l64a(a64l("zzzz1"))), "a64l and l64a agree");
}

static void test_ctype(void)
{
    static const char graph[] = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
    int good = 1;

    for (int c = -1; c < 256; c++) {
        int lower = c >= 'a' && c <= 'z', upper = c >= 'A' && c <= 'Z',
            digit = c >= '0' && c <= '9';
        int punct = c > 0 && c < 128 && strchr(graph, c) != NULL;

        good &= !!isalpha(c) == (lower || upper) && !!isdigit(c) == digit;
        good &= !!isalnum(c) == (lower || upper || digit) && !!ispunct(c) == punct;
        good &= !!isgraph(c) == (lower || upper || digit || punct);
        good &= !!isprint(c) == (lower || upper || digit || punct || c == ' ');
        good &= !!isspace(c) == (c > 0 && c < 128 && strchr(" \t\n\v\f\r", c) != NULL);
        good &= !!isblank(c) == (c == ' ' || c == '\t') &&
                !!iscntrl(c) == ((c >= 0 && c < 32) || c == 127);
        good &= !!isxdigit(c) == (digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'));
        good &= toupper(c) == (lower ? c - 32 : c) && tolower(c) == (upper ? c + 32 : c);
    }
    ok(good, "ctype: every class of every character and of EOF");
}

static jmp_buf jump;
static sigjmp_buf signal_jump;

static void deeper(int n);
static void (*volatile p_deeper)(int) = deeper;

static void deeper(int n)
{
    volatile char frame[100];

    frame[0] = (char)n;
    if (n > 0)
        p_deeper(n - 1);
    else
        longjmp(jump, 5);
    frame[1] = frame[0];
}

static void test_setjmp(void)
{
    sigset_t set, now;
    volatile int passes = 0;
    int value = setjmp(jump);

    if (value == 0) {
        passes++;
        deeper(20);
    }
    ok(value == 5 && passes == 1, "longjmp comes back to setjmp with its value");
    value = setjmp(jump);
    if (value == 0)
        longjmp(jump, 0);
    is_long(value, 1, "a value of 0 becomes 1");
    if (sigsetjmp(signal_jump, 1) == 0) {
        sigemptyset(&set);
        sigaddset(&set, SIGUSR1);
        sigprocmask(SIG_BLOCK, &set, NULL);
        siglongjmp(signal_jump, 1);
    }
    sigprocmask(SIG_BLOCK, NULL, &now);
    is_long(sigismember(&now, SIGUSR1), 0, "siglongjmp restores the mask that was saved");
    if (sigsetjmp(signal_jump, 0) == 0) {
        sigprocmask(SIG_BLOCK, &set, NULL);
        siglongjmp(signal_jump, 1);
    }
    sigprocmask(SIG_UNBLOCK, &set, &now);
    is_long(sigismember(&now, SIGUSR1), 1, "... and leaves it where none was");
}

static void check_date(time_t t, const char *expected)
{
    char buf[64];
    struct tm tm;

    gmtime_r(&t, &tm);
    strftime(buf, sizeof(buf), "%F %T %a %j %G-W%V", &tm);
    is_str(buf, expected, "gmtime and strftime of %ld", t);
    is_long(timegm(&tm), t, "... and timegm back");
}

static void test_time(void)
{
    struct tm tm = {.tm_year = 124, .tm_mon = 13, .tm_mday = -3, .tm_hour = 25};
    char buf[64];

    check_date(0, "1970-01-01 00:00:00 Thu 001 1970-W01");
    check_date(-1, "1969-12-31 23:59:59 Wed 365 1970-W01");
    check_date(951782400, "2000-02-29 00:00:00 Tue 060 2000-W09");
    check_date(4107542400, "2100-03-01 00:00:00 Mon 060 2100-W09");
    check_date(1104537600, "2005-01-01 00:00:00 Sat 001 2004-W53");
    check_date(1230768000, "2009-01-01 00:00:00 Thu 001 2009-W01");
    check_date(-62167219200, "0-01-01 00:00:00 Sat 001 -1-W52");
    mktime(&tm);
    strftime(buf, sizeof(buf), "%c", &tm);
    is_str(buf, "Wed Jan 29 01:00:00 2025", "mktime normalises");
    is_long(strftime(buf, 5, "%Y", &tm), 4, "strftime fits exactly");
    is_long(strftime(buf, 4, "%Y", &tm), 0, "... and says when it does not");
    strftime(buf, sizeof(buf), "%5d|%-d|%_H|%^a|%%|%e|%y%C|%I%p|%s|%%", &tm);
    is_str(buf, "00029|29| 1|WED|%|29|2520|01AM|1738112400|%", "flags and widths");
    is_str(asctime(&tm), "Wed Jan 29 01:00:00 2025\n", "asctime");
    memset(&tm, 0, sizeof(tm));
    is_str(strptime("2024-02-29 12:34:56 rest", "%Y-%m-%d %T", &tm), " rest", "strptime");
    is_long(timegm(&tm), 1709210096, "... of a leap day");
    is_long(tm.tm_wday, 4, "... finds the day of the week");
    ok(strptime("2024-13-01", "%F", &tm) == NULL, "... refuses a month 13");
}

static const struct option long_options[] = {
    {"alpha", no_argument, NULL, 'a'},
    {"beta", required_argument, NULL, 'b'},
    {"between", optional_argument, NULL, 'e'},
    {NULL, 0, NULL, 0},
};

/* What getopt_long makes of the words: each option as a letter with its argument, then the
 * operands. */
static const char *scan(const char *options, char **words)
{
    static char out[256];
    char *p = out;
    int argc = 0, c;

    while (words[argc])
        argc++;
    optind = 0;
    opterr = 0;
    while ((c = getopt_long(argc, words, options, long_options, NULL)) != -1) {
        p += sprintf(p, "%c", c == 1 ? '1' : c);
        if (c == '?' || c == ':')
            p += sprintf(p, "%c", optopt ? optopt : '0');
        if (optarg)
            p += sprintf(p, "(%s)", optarg);
    }
    for (int i = optind; i < argc; i++)
        p += sprintf(p, " %s", words[i]);
    return out;
}

#define WORDS(...) ((char *[]){"prog", __VA_ARGS__, NULL})

static void test_getopt(void)
{
    is_str(scan("ab:c::", WORDS("-a", "-bX", "-b", "Y", "-c", "-cZ", "op")), "ab(X)b(Y)cc(Z) op",
           "short");
    is_str(scan("ab:", WORDS("one", "-a", "two", "-b", "X", "three")), "ab(X) one two three",
           "permuted");
    is_str(scan("+ab:", WORDS("-a", "one", "-a")), "a one -a", "+ stops at the first operand");
    is_str(scan("-ab:", WORDS("one", "-a", "two")), "1(one)a1(two)", "- reports operands");
    is_str(scan("ab:", WORDS("one", "-a", "--", "-b", "X")), "a one -b X", "-- ends the options");
    is_str(scan("ab:", WORDS("-x", "-b")), "?x?b", "unknown, and no argument");
    is_str(scan(":ab:", WORDS("-ab")), "a:b", "no argument, with a colon in front");
    is_str(scan("a", WORDS("--alpha", "--beta=1", "--beta", "2", "x", "--between=3", "--between")),
           "ab(1)b(2)e(3)e x", "long");
    is_str(scan("a", WORDS("--al", "--be", "--bet=1", "--alpha=1", "--nope")), "a?0?0?a?0",
           "abbreviated");
    is_str(scan("a", WORDS("-", "-a")), "a -", "a lone dash is an operand");
}

static void test_math(void)
{
    volatile double x = 2.5, zero = 0, tiny = 0x1p-1074;
    double whole;
    int e;

    ok(floor(-x) == -3 && ceil(-x) == -2 && trunc(-x) == -2 && round(-x) == -3 && rint(x) == 2,
       "rounding");
    ok(signbit(ceil(-0.5 + zero)) && signbit(rint(-zero)), "... keeps the sign of zero");
    ok(frexp(tiny, &e) == 0.5 && e == -1073 && ldexp(0.5, e) == tiny,
       "frexp and ldexp of subnormals");
    ok(ldexp(x, 5000) == INFINITY && ldexp(x, -5000) == 0, "ldexp out of range");
    ok(modf(-x, &whole) == -0.5 && whole == -2, "modf");
    ok(sqrt(x * x) == x && isnan(sqrt(-x)) && fmod(-7.5, x) == -0.0 && fmod(1e300, 7) == 1,
       "sqrt and fmod");
    ok(isinf(1 / zero) && !isfinite(zero / zero) && fpclassify(tiny) == FP_SUBNORMAL,
       "classification");
    ok(nextafter(0, -1) == -tiny && nextafter(1, 2) == 1 + 0x1p-52, "nextafter");
}

static void test_paths(void)
{
    static const char *const cases[][3] = {
        {"/usr/lib", "/usr", "lib"}, {"/usr/", "/", "usr"}, {"usr", ".", "usr"}, {"/", "/", "/"},
        {"//a//", "/", "a"},         {"a//b//", "a", "b"},  {"", ".", "."},      {"..", ".", ".."},
    };
    char buf[16];
    int good = 1;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        good &= strcmp(dirname(strcpy(buf, cases[i][0])), cases[i][1]) == 0;
        good &= strcmp(basename(strcpy(buf, cases[i][0])), cases[i][2]) == 0;
    }
    ok(good && strcmp(basename(NULL), ".") == 0, "dirname and basename");
}

int main(void)
{
    test_strtol();
    test_qsort();
    test_bsearch();
    test_environment();
    test_random();
    test_division();
    test_ctype();
    test_setjmp();
    test_time();
    test_getopt();
    test_math();
    test_paths();
    return done_testing();
}
