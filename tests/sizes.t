#
# tests/sizes.t - machines of 16 MiB to 16 GiB, and what the kernel costs: memory and time to start

use strict;
use warnings;
use Loam;
use File::Copy qw(copy);
use File::Path qw(make_path);

# The guest programs about memory, which must pass on every machine. The others run at 128M only.
my @memory =
    map {m{([^/]+)\.c$}}
    grep { /p0\d|brk|mmap|munmap|fault|mem|over|stack/ && read_file($_) !~ m{/\*\s*mem:} }
    glob 'tests/guest/*.c';
die "sizes.t: no guest test about memory\n" unless @memory;

# What a test needs to make its point, in MiB, where that is more than the smallest machine has.
my %least = (
    p05_malloc => 64,      # it allocates more than 32 MiB, the threshold's upper limit
    signal_stack => 24,    # forks with a stack of 8 MiB
);

# The tests' own initrd holds all of them: a small machine gets the plain one, and the test beside it.
sub initrd_with
{
    my ($name) = @_;
    my $folder = logs() . "/sizes-$name";
    make_path("$folder/test");
    copy(build() . "/obj/stripped/test/$name", "$folder/test/$name") && chmod 0755, "$folder/test/$name"
        or die "sizes.t: $name: $!\n";
    return (initrd => 'initrd.cpio', extra => $folder);
}

for my $mem (qw(16M 4G 16G)) {
    my $end = boot(
        name => "sizes-$mem-selftest", kargs => 'selftest', mem => $mem, initrd => 'initrd.cpio');
    relay_tap($end->{out}, "$mem: kernel", $end);
    check($end->{result} eq 'exit 0', "$mem: kernel: ends with status 0", $end);
    for my $name (@memory) {
        next if $mem =~ /^(\d+)M$/ && $1 < ($least{$name} // 0);
        my $source = read_file("tests/guest/$name.c");
        my ($kargs) = $source =~ m{/\*\s*kargs:\s*(.*?)\s*\*/};
        my ($args) = $source =~ m{/\*\s*args:\s*(.*?)\s*\*/};
        my $guest = boot(
            name => "sizes-$mem-$name", mem => $mem, kargs => $kargs, initrd_with($name),
            cmd => "/test/$name" . (defined $args ? " $args" : ''));
        relay_tap($guest->{out}, "$mem: $name", $guest);
        check($guest->{result} eq 'exit 0', "$mem: $name: ends with status 0", $guest);
    }
}

# The figures of a machine: instructions from the kernel's entry to the first of a program, and MemTotal.
sub figures
{
    my ($mem) = @_;
    my $end = boot(
        name => "sizes-start-$mem", kernel => 'kernel.elf', initrd => 'initrd.cpio', mem => $mem,
        kargs => 'verbose', qemu => '-icount shift=0', cmd => 'cat /proc/meminfo');
    my ($instructions) =
        $end->{log} =~ /boot: (\d+) instructions from entry to first user instruction/;
    my ($total) = $end->{out} =~ /^MemTotal:\s+(\d+) kB$/m;
    check(defined $instructions && defined $total, "$mem: the kernel says what starting took",
        $end);
    return ($instructions // 0, $total // 0, $end);
}

my ($small, $total, $end) = figures('128M');
check($small > 0 && $small <= 8_000_000,
    "128M: starting takes $small instructions, at most 8,000,000", $end);
my ($large, $large_total, $large_end) = figures('4G');
my $frames = (4096 - 128) * 256;
check(
    $large > 0 && $large <= $small + 40 * $frames,
    "4G: starting takes $large instructions: no more than 40 per further frame", $large_end);

# 128 MiB less what the firmware keeps (384 KiB below 1 MiB, and a little at the top), less the archive.
my $archive = (-s build() . '/initrd.cpio') >> 10;
my $kernel = 128 * 1024 - 384 - 128 - $archive - $total;
check($total > 0 && $kernel <= 4096,
    "128M: the kernel itself takes about $kernel KiB, at most 4096", $end);
done();
