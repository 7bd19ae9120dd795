/*
 * tests/guest/libc_string.c - string.h against plain models, at every small length and alignment
 *
 * Every operand ends right before a page that cannot be touched, or starts right behind one, so
 * that a read too far is a fault. Functions are called through volatile pointers: the compiler must
 * not know them.
 */
#include "tap.h"
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <wchar.h>

#define PAGE 4096
#define MAX  140

typedef void *copy_function(void *, const void *, size_t);
static copy_function *volatile p_memcpy = memcpy;
static copy_function *volatile p_memmove = memmove;
static copy_function *volatile p_mempcpy = mempcpy;
static void *(*volatile p_memset)(void *, int, size_t) = memset;
static int (*volatile p_memcmp)(const void *, const void *, size_t) = memcmp;
static void *(*volatile p_memchr)(const void *, int, size_t) = memchr;
static void *(*volatile p_memrchr)(const void *, int, size_t) = memrchr;
static size_t (*volatile p_strlen)(const char *) = strlen;
static size_t (*volatile p_strnlen)(const char *, size_t) = strnlen;
static int (*volatile p_strcmp)(const char *, const char *) = strcmp;
static int (*volatile p_strncmp)(const char *, const char *, size_t) = strncmp;
static char *(*volatile p_strchr)(const char *, int) = strchr;
static char *(*volatile p_strrchr)(const char *, int) = strrchr;
static char *(*volatile p_strchrnul)(const char *, int) = strchrnul;
static size_t (*volatile p_strlcpy)(char *, const char *, size_t) = strlcpy;
static char *(*volatile p_strstr)(const char *, const char *) = strstr;
static void *(*volatile p_memmem)(const void *, size_t, const void *, size_t) = memmem;
static char *(*volatile p_strcpy)(char *, const char *) = strcpy;
static char *(*volatile p_strncpy)(char *, const char *, size_t) = strncpy;
static char *(*volatile p_strcat)(char *, const char *) = strcat;
static char *(*volatile p_strncat)(char *, const char *, size_t) = strncat;
static char *(*volatile p_stpncpy)(char *, const char *, size_t) = stpncpy;
static size_t (*volatile p_strspn)(const char *, const char *) = strspn;
static size_t (*volatile p_strcspn)(const char *, const char *) = strcspn;

/* Two pages that can be used, with one that cannot on each side. */
struct arena {
    unsigned char *start, *end;
};

static struct arena a, b;
static uint64_t random_state = 20240229;

static unsigned next_random(void)
{
    random_state = random_state * 6364136223846793005UL + 1442695040888963407UL;
    return (unsigned)(random_state >> 33);
}

static void make_arena(struct arena *arena)
{
    unsigned char *mem = mmap(NULL, 4 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (mem == MAP_FAILED || mprotect(mem + PAGE, 2 * PAGE, PROT_READ | PROT_WRITE) < 0)
        bail_out("no memory");
    arena->start = mem + PAGE;
    arena->end = mem + 3 * PAGE;
}

static void fill(struct arena *arena, unsigned salt)
{
    for (size_t i = 0; i < 2 * PAGE; i++)
        arena->start[i] = (unsigned char)(i * 7 + i / 256 + salt);
}

/* Whether arena holds what fill() wrote, but for [from, from + n). */
static int rest_untouched(const struct arena *arena, unsigned salt, const unsigned char *from,
                          size_t n)
{
    for (size_t i = 0; i < 2 * PAGE; i++) {
        const unsigned char *p = arena->start + i;
        if (!(p >= from && p < from + n) && *p != (unsigned char)(i * 7 + i / 256 + salt))
            return 0;
    }
    return 1;
}

static int same(const unsigned char *p, const unsigned char *q, size_t n)
{
    for (; n > 0; n--) {
        if (*p++ != *q++)
            return 0;
    }
    return 1;
}

static int copy_is_right(copy_function *copy, unsigned char *d, unsigned char *s, size_t n,
                         size_t returns)
{
    fill(&a, 1);
    fill(&b, 99);
    return copy(d, s, n) == d + returns && same(d, s, n) && rest_untouched(&a, 1, d, n);
}

static void test_copies(void)
{
    int good = 1, moved = 1;

    for (size_t n = 0; n <= MAX; n++) {
        for (size_t off = 0; off < 9; off++) {
            good &= copy_is_right(p_memcpy, a.end - n, b.start + off, n, 0);
            good &= copy_is_right(p_memcpy, a.start + off, b.end - n, n, 0);
            moved &= copy_is_right(p_memmove, a.end - n, b.start + off, n, 0);
        }
    }
    good &= copy_is_right(p_memcpy, a.start + 1, b.start + 2, 2 * PAGE - 2, 0);
    good &= copy_is_right(p_mempcpy, a.start + 3, b.end - 33, 33, 33);
    ok(good, "memcpy: every length to %d at both ends of a page, and a long one", MAX);
    ok(moved, "memmove: the same where nothing overlaps");
}

static void test_overlap(void)
{
    static unsigned char copy[2 * PAGE];
    static const size_t lengths[] = {1,  2,  3,  7,  8,   9,   15,  16,  17,   31,   33,
                                     63, 64, 65, 95, 127, 128, 129, 200, 1000, 4000, 5001};
    int good = 1;

    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        for (int shift = -70; shift <= 70; shift++) {
            unsigned char *s = a.start + 100, *d = s + shift;
            size_t n = lengths[i];

            fill(&a, 5);
            for (size_t j = 0; j < n; j++)
                copy[j] = s[j];
            good &= p_memmove(d, s, n) == d && same(d, copy, n) && rest_untouched(&a, 5, d, n);
        }
    }
    ok(good, "memmove: overlapping by every distance to 70 in both directions");
}

static void test_memset(void)
{
    int good = 1;

    for (size_t n = 0; n <= MAX; n++) {
        for (size_t off = 0; off < 9; off++) {
            unsigned char *d = off == 8 ? a.end - n : a.start + off;

            fill(&a, 3);
            good &= p_memset(d, 0x1a5, n) == d && rest_untouched(&a, 3, d, n);
            for (size_t i = 0; i < n; i++)
                good &= d[i] == 0xa5;
        }
    }
    ok(good, "memset: every length to %d, only the low byte of the value counts", MAX);
}

static void test_memcmp(void)
{
    int good = 1;

    for (size_t n = 0; n <= MAX; n++) {
        unsigned char *p = a.end - n, *q = b.end - n;

        fill(&a, 0);
        for (size_t i = 0; i < n; i++)
            q[i] = p[i];
        good &= p_memcmp(p, q, n) == 0;
        for (size_t i = 0; i < n; i++) {
            unsigned char old = q[i];
            q[i] = old ^ 0x80;
            good &= (p_memcmp(p, q, n) < 0) == (p[i] < q[i]) && p_memcmp(p, q, n) != 0;
            good &= p_memcmp(p, q, i) == 0;
            q[i] = old;
        }
    }
    ok(good, "memcmp: a difference at every place of every length to %d, bytes as unsigned", MAX);
}

static void test_memchr(void)
{
    int good = 1, backwards = 1;

    for (size_t n = 0; n <= MAX; n++) {
        for (size_t off = 0; off < 9; off++) {
            unsigned char *p = off == 8 ? a.end - n : a.start + off;

            p_memset(a.start, 0x11, 2 * PAGE);
            p_memset(p, 0x10, n);
            good &= p_memchr(p, 0x11, n) == NULL;
            backwards &= p_memrchr(p, 0x11, n) == NULL;
            for (size_t i = 0; i < n; i++) {
                p[i] = 0x11;
                good &= p_memchr(p, 0x111, n) == p + i;
                backwards &= p_memrchr(p, 0x111, n) == p + i;
                p[i] = 0x10;
            }
        }
    }
    a.end[-1] = 0x77;
    good &= p_memchr(a.end - 20, 0x77, SIZE_MAX) == a.end - 1;
    ok(good, "memchr: every place, neighbours that differ by one bit, a length without end");
    ok(backwards, "memrchr: every place");
}

static void test_strlen(void)
{
    int good = 1, found = 1;

    for (size_t n = 0; n < MAX; n++) {
        for (size_t off = 0; off < 9; off++) {
            char *s = (char *)(off == 8 ? a.end - n - 1 : a.start + off);

            p_memset(a.start, 0, 2 * PAGE);
            p_memset(s, 0x81, n);
            good &= p_strlen(s) == n && p_strnlen(s, n) == n && p_strnlen(s, n + 1) == n;
            good &= p_strnlen(s, n / 2) == n / 2 && p_strnlen(s, SIZE_MAX) == n;
            found &=
                p_strchr(s, 'x') == NULL && p_strchr(s, 0) == s + n && p_strchrnul(s, 'x') == s + n;
            found &= p_strrchr(s, 0) == s + n && p_strrchr(s, 'x') == NULL;
            if (n > 0) {
                s[n / 2] = s[n - 1] = 'x';
                found &= p_strchr(s, 'x' + 256) == s + n / 2 && p_strrchr(s, 'x') == s + n - 1;
            }
        }
    }
    ok(good, "strlen, strnlen: every length and alignment, up to the end of a page");
    ok(found, "strchr, strrchr, strchrnul: the same, the 0 included");
}

static int sign(int x)
{
    return (x > 0) - (x < 0);
}

static int model_strncmp(const char *p, const char *q, size_t n)
{
    for (; n > 0; n--, p++, q++) {
        if (*p != *q || !*p)
            return (unsigned char)*p - (unsigned char)*q;
    }
    return 0;
}

static void test_strcmp(void)
{
    int good = 1, bounded = 1;

    for (int i = 0; i < 20000; i++) {
        size_t m = next_random() % 40, n = next_random() % 3 ? m : next_random() % 40;
        char *p = (char *)a.end - m - 1 - next_random() % 9, *q = (char *)b.end - n - 1;

        for (size_t j = 0; j < m; j++)
            p[j] = "ab\xff"[next_random() % 64 ? 0 : next_random() % 3];
        for (size_t j = 0; j < n; j++)
            q[j] = "ab\xff"[next_random() % 64 ? 0 : next_random() % 3];
        p[m] = q[n] = 0;
        good &= sign(p_strcmp(p, q)) == sign(model_strncmp(p, q, SIZE_MAX));
        bounded &= sign(p_strncmp(p, q, i % 45)) == sign(model_strncmp(p, q, (size_t)i % 45));
    }
    ok(good, "strcmp: 20000 random pairs at the end of a page");
    ok(bounded, "strncmp: the same");
    memcpy(a.end - 4, "abcd", 4);
    memcpy(b.end - 4, "abcd", 4);
    ok(p_strncmp((char *)a.end - 4, (char *)b.end - 4, 4) == 0, "strncmp reads no further than n");
}

static const char *model_strstr(const char *h, const char *n)
{
    size_t len = p_strlen(n);

    for (;; h++) {
        if (model_strncmp(h, n, len) == 0)
            return h;
        if (!*h)
            return NULL;
    }
}

static void test_strstr(void)
{
    int good = 1, mem = 1;

    for (int i = 0; i < 20000; i++) {
        size_t n = next_random() % 12, m = next_random() % 60;
        char *h = (char *)a.end - m - 1, *x = (char *)b.end - n - 1;
        const char *expected;

        for (size_t j = 0; j < m; j++)
            h[j] = "aab"[next_random() % 3];
        for (size_t j = 0; j < n; j++)
            x[j] = "aab"[next_random() % 3];
        h[m] = x[n] = 0;
        expected = model_strstr(h, x);
        good &= p_strstr(h, x) == expected;
        mem &= p_memmem(h, m, x, n) == expected;
    }
    ok(good, "strstr: 20000 random searches over two letters");
    ok(mem, "memmem: the same");
}

/* A search of quadratic time would take 2^38 steps: this would not end. */
static void test_strstr_linear(void)
{
    const size_t h_size = 1 << 20, n_size = 1 << 19;
    char *h =
        mmap(NULL, h_size + n_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *n = h + h_size;

    if (h == MAP_FAILED)
        bail_out("no memory");
    p_memset(h, 'a', h_size - 1);
    p_memset(n, 'a', n_size - 1);
    n[n_size - 2] = 'b';
    ok(p_strstr(h, n) == NULL, "strstr takes linear time: a^n b in a^2n");
    n[n_size - 2] = 'a';
    n[0] = 'b';
    ok(p_strstr(h, n) == NULL, "strstr takes linear time: b a^n in a^2n");
    munmap(h, h_size + n_size);
}

static void test_copies_of_strings(void)
{
    char buf[16] = "xxxxxxxxxxxxxxx";

    is_str(p_strcpy(buf, "abc"), "abc", "strcpy");
    ok(buf[4] == 'x', "... writes no more than the string");
    is_str(p_strcat(buf, "def"), "abcdef", "strcat");
    is_str(p_strncat(buf, "ghijk", 2), "abcdefgh", "strncat cuts and terminates");
    p_memset(buf, 'x', sizeof(buf));
    p_strncpy(buf, "ab", 5);
    ok(same((unsigned char *)buf, (const unsigned char *)"ab\0\0\0xx", 7),
       "strncpy pads with zeros to n");
    p_strncpy(buf, "abcdef", 3);
    ok(buf[3] == 0 && buf[5] == 'x', "strncpy of a longer string does not terminate");
    ok(stpcpy(buf, "1234") == buf + 4, "stpcpy returns the end");
    ok(p_stpncpy(buf, "1234", 2) == buf + 2, "stpncpy returns the end of n characters");
    is_long(strlcpy(buf, "0123456789", 5), 10, "strlcpy returns what it wanted to copy");
    is_str(buf, "0123", "... and cuts");
    is_long(strlcat(buf, "abc", 6), 7, "strlcat the same");
    is_str(buf, "0123a", "... and cuts");
    is_long(strlcat(buf, "abc", 3), 6, "strlcat without a 0 within size leaves it");
    is_long(p_strlcpy(NULL, "abc", 0), 3, "strlcpy with size 0 writes nothing");
    ok(memccpy(buf, "abcdef", 'c', 6) == buf + 3, "memccpy stops behind the character");
    ok(memccpy(buf, "abcdef", 'z', 6) == NULL, "memccpy copies n bytes where there is none");
}

static void test_sets(void)
{
    char text[] = ",,one,;two,,three", copy[] = "a::b:";
    char *save = NULL, *rest = copy;

    is_long(p_strspn("abcxyz", "cab"), 3, "strspn");
    is_long(p_strspn("abc", ""), 0, "strspn of the empty set");
    is_long(p_strcspn("abcxyz", "zx"), 3, "strcspn");
    is_long(p_strcspn("abc", ""), 3, "strcspn of the empty set");
    is_long(p_strcspn("ab\xff", "\xff\xfe"), 2, "strcspn of bytes above 127");
    is_str(strpbrk("hello", "ol"), "llo", "strpbrk");
    ok(strpbrk("hello", "xyz") == NULL, "strpbrk finds nothing");
    is_str(strtok_r(text, ",;", &save), "one", "strtok_r skips what comes first");
    is_str(strtok_r(NULL, ",;", &save), "two", "... goes on");
    is_str(strtok_r(NULL, ",;", &save), "three", "... to the end");
    ok(strtok_r(NULL, ",;", &save) == NULL, "... then there is no more");
    ok(strtok_r(NULL, ",;", &save) == NULL, "... nor later");
    is_str(strsep(&rest, ":"), "a", "strsep");
    is_str(strsep(&rest, ":"), "", "strsep gives empty fields");
    is_str(strsep(&rest, ":"), "b", "... all");
    is_str(strsep(&rest, ":"), "", "... up to the last");
    ok(strsep(&rest, ":") == NULL && rest == NULL, "... then there is no more");
}

static void test_texts(void)
{
    char buf[32];
    int all = 1;

    is_str(strerror(0), "Success", "strerror(0)");
    is_str(strerror(ENOMEM), "Cannot allocate memory", "strerror(ENOMEM)");
    is_str(strerror(-7), "Unknown error -7", "strerror of a negative number");
    is_str(strerror(9999), "Unknown error 9999", "strerror of a large number");
    for (int e = 1; e <= EHWPOISON; e++) {
        /* Two numbers in between were never given out. */
        if (e != 41 && e != 58)
            all &= strncmp(strerror(e), "Unknown", 7) != 0;
    }
    ok(all, "strerror knows every error of the kernel");
    is_long(strerror_r(EINVAL, buf, 8), ERANGE, "strerror_r says when the buffer is too small");
    is_str(buf, "Invalid", "... and cuts");
    is_long(strerror_r(ENOENT, buf, sizeof(buf)), 0, "strerror_r succeeds");
    is_str(strsignal(11), "Segmentation fault", "strsignal");
}

static void test_others(void)
{
    char pairs[5] = "abcd";

    ok(strcasecmp("HeLLo", "hEllO") == 0 && strcasecmp("a", "B") < 0, "strcasecmp");
    ok(strncasecmp("ABx", "aby", 2) == 0 && strncasecmp("ABx", "aby", 3) < 0, "strncasecmp");
    is_str(strcasestr("Hello World", "WORLD"), "World", "strcasestr");
    ok(strcasestr("Hello", "low") == NULL && strcasestr("abc", "") != NULL,
       "strcasestr finds no more");
    ok(ffs(0) == 0 && ffs(0x50) == 5 && ffsl(1L << 62) == 63, "ffs");
    swab("1234", pairs, 3);
    ok(memcmp(pairs, "21cd", 4) == 0, "swab leaves an odd byte out");
    ok(strverscmp("a9", "a10") < 0 && strverscmp("000", "00") < 0 && strverscmp("00", "01") < 0 &&
           strverscmp("01", "010") < 0 && strverscmp("010", "09") < 0 &&
           strverscmp("09", "0") < 0 && strverscmp("0", "1") < 0 && strverscmp("a", "a") == 0,
       "strverscmp");
    explicit_bzero(pairs, sizeof(pairs));
    ok(pairs[0] == 0 && pairs[4] == 0, "explicit_bzero");
}

static void test_wide(void)
{
    static const char text[] = "h\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80";
    wchar_t wide[8];
    char back[16];
    mbstate_t state = {0};

    is_long(mbstowcs(wide, text, 8), 4, "mbstowcs counts characters");
    ok(wide[0] == 'h' && wide[1] == 0xe9 && wide[2] == 0x20ac && wide[3] == 0x1f600 && wide[4] == 0,
       "... of one to four bytes");
    is_long(wcstombs(back, wide, sizeof(back)), 10, "wcstombs counts bytes");
    is_str(back, text, "... and gives the same text");
    is_long(mbrtowc(wide, "\xe2", 1, &state), -2, "mbrtowc of an unfinished character");
    is_long(mbrtowc(wide, "\x82\xac", 2, &state), 2, "... takes the rest");
    ok(wide[0] == 0x20ac && mbsinit(&state), "... and is whole");
    ok(mbrtowc(wide, "\xc0\x80", 2, &state) == (size_t)-1 && errno == EILSEQ,
       "not the shortest form");
    ok(mbrtowc(wide, "\xe0\x9f\xbf", 3, &state) == (size_t)-1, "nor with three bytes");
    ok(mbrtowc(wide, "\xf0\x8f\xbf\xbf", 4, &state) == (size_t)-1, "nor with four");
    ok(mbrtowc(wide, "\xed\xa0\x80", 3, &state) == (size_t)-1, "a surrogate");
    ok(mbrtowc(wide, "\xf4\x90\x80\x80", 4, &state) == (size_t)-1, "beyond U+10FFFF");
    ok(wcrtomb(back, 0xd800, NULL) == (size_t)-1, "a surrogate has no UTF-8 form");
    is_long(mbrtowc(wide, "", 1, &state), 0, "mbrtowc of 0");
    ok(wcsstr(L"one two", L"two") != NULL && wcsstr(L"one", L"two") == NULL, "wcsstr");
}

int main(void)
{
    make_arena(&a);
    make_arena(&b);
    test_copies();
    test_overlap();
    test_memset();
    test_memcmp();
    test_memchr();
    test_strlen();
    test_strcmp();
    test_strstr();
    test_strstr_linear();
    test_copies_of_strings();
    test_sets();
    test_texts();
    test_others();
    test_wide();
    return done_testing();
}
