/*
 * proc/number_test.c - which texts are numbers
 */
#include "proc/number.h"

#include <asm/errno.h>
#include <limits.h>
#include <string.h>

#include "lib/ktest.h"

KTEST(number_whole_is_all_of_the_text)
{
    static const struct {
        const char *text;
        int result;
        int64_t value;
    } cases[] = {
        {"0", 0, 0},
        {" 12\n", 0, 12},
        {"-0x1F", 0, -31},
        {"+017", 0, 15},
        {"2147483647", 0, INT_MAX},
        {"-2147483648", 0, INT_MIN},
        {"2147483648", -ERANGE, 0},
        {"-2147483649", -ERANGE, 0},
        {"99999999999999999999999", -ERANGE, 0},
        {"", -EINVAL, 0},
        {"\n", -EINVAL, 0},
        {"-", -EINVAL, 0},
        {"08", -EINVAL, 0},
        {"0x", -EINVAL, 0},
        {"1 2", -EINVAL, 0},
        {"1a", -EINVAL, 0},
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        int64_t value = 0;
        KTEST_CHECK(number_parse_whole(cases[i].text, &value) == cases[i].result);
        KTEST_CHECK(cases[i].result || value == cases[i].value);
    }
}

KTEST(number_setting_is_the_first_in_its_range)
{
    static const struct {
        const char *text;
        ssize_t result;
        int64_t value;
    } cases[] = {
        {"5", 1, 5},         {" 5\n", 3, 5},
        {"5 6", 2, 5},       {"0x10 ", 5, 16},
        {"010", 3, 8},       {"100", 3, 100},
        {"101", -EINVAL, 7}, {"-1", -EINVAL, 7},
        {"-", -EINVAL, 7},   {"+1", -EINVAL, 7},
        {"5x", -EINVAL, 7},  {"", 0, 7},
        {"\n", -EINVAL, 7},  {"000000000000000000001", -EINVAL, 7},
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const char *text = cases[i].text;
        int64_t value = 7;
        KTEST_CHECK(number_parse_setting(text, strlen(text), 0, 0, 100, &value) == cases[i].result);
        KTEST_CHECK(value == cases[i].value);
    }
    int64_t value = 7;
    KTEST_CHECK(number_parse_setting("9", 1, 3, 0, 100, &value) == 1 && value == 7);
}
