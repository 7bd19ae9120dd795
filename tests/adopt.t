#
# tests/adopt.t - the example of libc/malloc/README.md, built as it stands there, is an allocator

use strict;
use warnings;
use Loam;
use File::Path qw(make_path);

my $folder = build() . '/host';
make_path($folder);
my ($example) = read_file('libc/malloc/README.md') =~ /^```c\n(.*?)^```$/ms;
die "adopt.t: the README has no example\n" unless $example;

my $nr_lines = grep { /\S/ && !/^#include/ } split /\n/, $example;
check($nr_lines <= 20, "the example has $nr_lines lines");

# What the reader's kernel has.
write_file("$folder/adopt.c", <<'C' . $example . <<'C');
#include <stddef.h>
void *my_window_grow(size_t len);
void my_panic(const char *format, ...);
C
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static _Alignas(4096) unsigned char window[16 << 20];
static size_t used;
void *my_window_grow(size_t len)
{
    if (len > sizeof(window) - used)
        return NULL;
    used += len;
    return window + used - len;
}
void my_panic(const char *format, ...)
{
    printf("%s\n", strstr(format, "kmalloc") ? "panic" : "?");
    exit(3);
}
int main(void)
{
    static unsigned char *blocks[1000];
    kmalloc_init();
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 1000; i++) {
            blocks[i] = kmalloc((size_t)i * 7);
            if (blocks[i] == NULL)
                return 1;
            memset(blocks[i], i, (size_t)i * 7);
        }
        for (int i = 0; i < 1000; i++) {
            if (i != 0 && blocks[i][i * 7 - 1] != (unsigned char)i)
                return 2;
            kfree(blocks[i]);
        }
    }
    kfree(blocks[500]);
    return 4;
}
C

my $core = join ' ', glob 'libc/malloc/heap*.c';
my $built = system "gcc -std=gnu11 -O2 -ffreestanding -Wall -Wextra -Wno-unused-parameter -Werror -Ilibc/malloc -o $folder/adopt $folder/adopt.c $core";
check($built == 0, 'it builds');
my $out = $built == 0 ? `$folder/adopt` : '';
check($? >> 8 == 3 && $out eq "panic\n", 'it allocates, frees, and reports a second free');
done();
