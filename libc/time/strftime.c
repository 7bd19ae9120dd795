/*
 * time/strftime.c - time as text, in the C locale (C11 7.27.3.5, POSIX strftime)
 *
 * Between % and the conversion may stand a flag (`_` pads with spaces, `-` not at all, `0` with
 * zeros, `^` makes capitals, `+` a sign for long years), a width, and E or O, which the C locale
 * ignores.
 */
#include "internal/calendar.h"
#include "internal/libc.h"
#include <string.h>

static const char *const days[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                   "Thursday", "Friday", "Saturday"};
static const char *const months[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};

struct output {
    char *buf;
    size_t size; /* Of buf. */
    size_t used; /* May pass size: then nothing was written beyond it. */
};

/* One conversion: its flag, width and letter; pad is 0 where the conversion's own padding applies.
 */
struct spec {
    char pad;
    int capitals;
    int plus;
    size_t width;
    char letter;
};

static void put(struct output *out, const char *text, size_t len)
{
    if (out->used < out->size && len < out->size - out->used)
        memcpy(out->buf + out->used, text, len);
    out->used += len;
}

static void put_pad(struct output *out, char c, size_t count)
{
    while (count-- > 0 && out->used <= out->size)
        put(out, &c, 1);
}

static void put_text(struct output *out, const struct spec *spec, const char *text, size_t len)
{
    if (spec->width > len)
        put_pad(out, spec->pad == '0' ? '0' : ' ', spec->width - len);
    for (; len > 0; len--, text++) {
        char c = *text;
        if (spec->capitals && c >= 'a' && c <= 'z')
            c -= 'a' - 'A';
        put(out, &c, 1);
    }
}

/* value with at least `width` digits, padded with `pad` unless the flag says otherwise. */
static void put_number(struct output *out, const struct spec *spec, long value, size_t width,
                       char pad)
{
    char text[24];
    char *digits =
        __utoa(value < 0 ? -(unsigned long)value : (unsigned long)value, text + sizeof(text));
    size_t len = strlen(digits);
    const char *sign = value < 0 ? "-" : spec->plus && len > 4 ? "+" : "";
    size_t total = len + strlen(sign);

    if (spec->pad)
        pad = spec->pad;
    if (spec->width)
        width = spec->width;
    if (pad == '-')
        width = 0;
    if (pad == '0')
        put(out, sign, strlen(sign));
    if (width > total)
        put_pad(out, pad, width - total);
    if (pad != '0')
        put(out, sign, strlen(sign));
    put(out, digits, len);
}

static void put_name(struct output *out, const struct spec *spec, const char *const *names,
                     int count, int index, size_t len)
{
    const char *name = index >= 0 && index < count ? names[index] : "?";

    if (len == 0 || len > strlen(name))
        len = strlen(name);
    put_text(out, spec, name, len);
}

/* The week of the year of ISO 8601: weeks start on Monday, the first one has the year's first
 * Thursday. */
static long iso_week(const struct tm *tm, long *year)
{
    int weekday = (tm->tm_wday + 6) % 7;
    int week = (tm->tm_yday - weekday + 10) / 7;
    /* The last day of the year before, and of this year, seen from this day's place in its week. */
    int last_of_before, days_in_year;

    *year = 1900L + tm->tm_year;
    if (week < 1) {
        --*year;
        last_of_before = tm->tm_yday + 365 + __is_leap_year(*year);
        return (last_of_before - weekday + 10) / 7;
    }
    days_in_year = 365 + __is_leap_year(*year);
    /* Week 53 is the next year's first when its Thursday lies there. */
    if (week == 53 && tm->tm_yday - weekday + 3 >= days_in_year) {
        ++*year;
        return 1;
    }
    return week;
}

static long floor_century(long year)
{
    return year / 100 - (year % 100 < 0);
}

static void convert(struct output *out, const struct spec *spec, const struct tm *tm);

/* A conversion that stands for others; its width is that of the whole. */
static void put_composed(struct output *out, const struct spec *spec, const char *letters,
                         const struct tm *tm)
{
    char text[128];
    struct output inner = {text, sizeof(text), 0};
    struct spec part = {0};

    for (; *letters; letters++) {
        if (strchr(" :/-", *letters)) {
            put(&inner, letters, 1);
        } else {
            part.letter = *letters;
            convert(&inner, &part, tm);
        }
    }
    put_text(out, spec, text, inner.used < sizeof(text) ? inner.used : 0);
}

static void put_zone_offset(struct output *out, const struct spec *spec, long seconds)
{
    char text[8];
    unsigned long minutes = (unsigned long)(seconds < 0 ? -seconds : seconds) / 60;

    minutes = minutes / 60 * 100 + minutes % 60;
    text[0] = seconds < 0 ? '-' : '+';
    text[1] = (char)('0' + minutes / 1000 % 10);
    text[2] = (char)('0' + minutes / 100 % 10);
    text[3] = (char)('0' + minutes / 10 % 10);
    text[4] = (char)('0' + minutes % 10);
    put_text(out, spec, text, 5);
}

/* Conversions that are a number of the clock. Returns 0 if this one is none. */
static int convert_clock(struct output *out, const struct spec *spec, const struct tm *tm)
{
    int hour12 = (tm->tm_hour + 11) % 12 + 1;
    struct tm copy = *tm;

    switch (spec->letter) {
    case 'H':
        put_number(out, spec, tm->tm_hour, 2, '0');
        break;
    case 'I':
        put_number(out, spec, hour12, 2, '0');
        break;
    case 'k':
        put_number(out, spec, tm->tm_hour, 2, ' ');
        break;
    case 'l':
        put_number(out, spec, hour12, 2, ' ');
        break;
    case 'M':
        put_number(out, spec, tm->tm_min, 2, '0');
        break;
    case 's':
        put_number(out, spec, timegm(&copy) - tm->tm_gmtoff, 1, '0');
        break;
    case 'S':
        put_number(out, spec, tm->tm_sec, 2, '0');
        break;
    default:
        return 0;
    }
    return 1;
}

/* Conversions that are a number of the year, its century or its weeks. */
static int convert_year(struct output *out, const struct spec *spec, const struct tm *tm)
{
    long year = 1900L + tm->tm_year;
    long week_year, week = iso_week(tm, &week_year);

    switch (spec->letter) {
    case 'C':
        put_number(out, spec, floor_century(year), 2, '0');
        break;
    case 'g':
        put_number(out, spec, week_year - floor_century(week_year) * 100, 2, '0');
        break;
    case 'G':
        put_number(out, spec, week_year, 1, '0');
        break;
    case 'U':
        put_number(out, spec, (tm->tm_yday + 7 - tm->tm_wday) / 7, 2, '0');
        break;
    case 'V':
        put_number(out, spec, week, 2, '0');
        break;
    case 'W':
        put_number(out, spec, (tm->tm_yday + 7 - (tm->tm_wday + 6) % 7) / 7, 2, '0');
        break;
    case 'y':
        put_number(out, spec, year - floor_century(year) * 100, 2, '0');
        break;
    case 'Y':
        put_number(out, spec, year, 1, '0');
        break;
    default:
        return 0;
    }
    return 1;
}

/* Conversions that are a day or a month, as number or name. */
static int convert_day(struct output *out, const struct spec *spec, const struct tm *tm)
{
    switch (spec->letter) {
    case 'a':
        put_name(out, spec, days, 7, tm->tm_wday, 3);
        break;
    case 'A':
        put_name(out, spec, days, 7, tm->tm_wday, 0);
        break;
    case 'b':
    case 'h':
        put_name(out, spec, months, 12, tm->tm_mon, 3);
        break;
    case 'B':
        put_name(out, spec, months, 12, tm->tm_mon, 0);
        break;
    case 'd':
        put_number(out, spec, tm->tm_mday, 2, '0');
        break;
    case 'e':
        put_number(out, spec, tm->tm_mday, 2, ' ');
        break;
    case 'j':
        put_number(out, spec, tm->tm_yday + 1, 3, '0');
        break;
    case 'm':
        put_number(out, spec, tm->tm_mon + 1, 2, '0');
        break;
    case 'u':
        put_number(out, spec, tm->tm_wday == 0 ? 7 : tm->tm_wday, 1, '0');
        break;
    case 'w':
        put_number(out, spec, tm->tm_wday, 1, '0');
        break;
    default:
        return 0;
    }
    return 1;
}

static void convert(struct output *out, const struct spec *spec, const struct tm *tm)
{
    const char *zone;

    if (convert_clock(out, spec, tm) || convert_year(out, spec, tm) || convert_day(out, spec, tm))
        return;
    switch (spec->letter) {
    case 'c':
        put_composed(out, spec, "a b e H:M:S Y", tm);
        break;
    case 'D':
    case 'x':
        put_composed(out, spec, "m/d/y", tm);
        break;
    case 'F':
        put_composed(out, spec, "Y-m-d", tm);
        break;
    case 'n':
        put(out, "\n", 1);
        break;
    case 'p':
        put_text(out, spec, tm->tm_hour >= 12 ? "PM" : "AM", 2);
        break;
    case 'P':
        put_text(out, spec, tm->tm_hour >= 12 ? "pm" : "am", 2);
        break;
    case 'r':
        put_composed(out, spec, "I:M:S p", tm);
        break;
    case 'R':
        put_composed(out, spec, "H:M", tm);
        break;
    case 't':
        put(out, "\t", 1);
        break;
    case 'T':
    case 'X':
        put_composed(out, spec, "H:M:S", tm);
        break;
    case 'z':
        if (tm->tm_isdst >= 0)
            put_zone_offset(out, spec, tm->tm_gmtoff);
        break;
    case 'Z':
        zone = tm->tm_isdst < 0 ? "" : tm->tm_zone ? tm->tm_zone : tzname[0];
        put_text(out, spec, zone, strlen(zone));
        break;
    default:
        put(out, "%", 1);
        break;
    }
}

/* Reads what stands behind a %. Returns the place behind the conversion, or NULL if this is none.
 */
static const char *parse(const char *format, struct spec *spec)
{
    *spec = (struct spec){0};
    for (;; format++) {
        if (*format == '_')
            spec->pad = ' ';
        else if (*format == '-' || *format == '0')
            spec->pad = *format;
        else if (*format == '^')
            spec->capitals = 1;
        else if (*format == '+')
            spec->plus = 1;
        else
            break;
    }
    for (; *format >= '0' && *format <= '9'; format++) {
        if (spec->width < 100000)
            spec->width = spec->width * 10 + (size_t)(*format - '0');
    }
    if (*format == 'E' || *format == 'O')
        format++;
    spec->letter = *format;
    if (!*format || !strchr("aAbBcCdDeFgGhHIjklmMnpPrRsStTuUVwWxXyYzZ%", *format))
        return NULL;
    return format + 1;
}

size_t strftime(char *restrict buf, size_t size, const char *restrict format,
                const struct tm *restrict tm)
{
    struct output out = {buf, size, 0};
    const char *behind;
    struct spec spec;

    while (*format) {
        size_t plain = strcspn(format, "%");

        put(&out, format, plain);
        format += plain;
        if (!*format)
            break;
        behind = parse(format + 1, &spec);
        if (behind) {
            convert(&out, &spec, tm);
            format = behind;
        } else {
            /* Not a conversion: it stands for itself. */
            put(&out, format, 1);
            format++;
        }
        if (out.used >= size)
            return 0;
    }
    if (out.used >= size)
        return 0;
    buf[out.used] = 0;
    return out.used;
}
