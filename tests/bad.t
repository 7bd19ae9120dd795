#
# tests/bad.t - bad input at boot: broken archives, too little memory, malformed programs

use strict;
use warnings;
no warnings 'portable';    # 64-bit constants
use Loam;
use File::Path qw(make_path remove_tree);

my $build = build();
my $scratch = logs() . '/bad';
remove_tree($scratch);
make_path($scratch);

# The machine must stop with a message, not hang, reset or run on.
sub check_message
{
    my ($end, $message, $name) = @_;
    check($end->{result} =~ /^(panic|failed)$/ && $end->{log} =~ $message, $name, $end);
}

sub test_archives
{
    my $good = read_file("$build/initrd.cpio");
    my %bad = (
        'garbage' => 'x' x 8192,
        'zeros' => "\0" x 8192,
        'cut in the first header' => substr($good, 0, 60),
        'cut in the first name' => substr($good, 0, 112),
        'without /bin/init' => $good =~ s{bin/init\0}{bin/none\0}r,
        'with a size past the end' => $good =~
            s{(070701.{48}).{8}(.{48}bin/init\0)}{$1FFFFFFF0$2}sr,
        'with a size that is no number' => $good =~
            s{(070701.{48}).{8}(.{48}bin/init\0)}{$1zzzzzzzz$2}sr,
        'with a huge name' => $good =~ s{(070701.{88}).{8}(.{8}bin/init\0)}{$1FFFFFFFF$2}sr,
    );
    for my $what (sort keys %bad) {
        die "bad.t: no archive $what was made\n" if $bad{$what} eq $good;
        write_file("$scratch/initrd.cpio", $bad{$what});
        my $end = boot(name => "bad-initrd", initrd => "$scratch/initrd.cpio", cmd => 'true',
            timeout => 30);
        check_message($end, qr/init/i, "initrd: $what: a message and a failing status");
    }
    my $end = boot(name => 'bad-initrd', initrd => '', cmd => 'true', timeout => 30);
    check_message($end, qr/init/i, 'initrd: missing: a message and a failing status');

# An archive that is cut in the middle may lack what is asked for, but must not bring the kernel down.
    my $at = index $good, "bin/wordfreq\0";
    for my $cut ($at - 50, $at + 5, $at + 3000, $at + 9000) {
        write_file("$scratch/initrd.cpio", substr $good, 0, $cut);
        my $end = boot(name => 'bad-initrd', initrd => "$scratch/initrd.cpio",
            cmd => 'wordfreq /share/gpl-3.txt', timeout => 30);
        check(
            $end->{result} =~ /^(panic|failed|exit 127|exit 126|signal \d+)$/ && length $end->{log},
            "initrd: cut at byte $cut: a clear end", $end);
    }
}

sub test_memory
{
    for my $size (qw(1M 2M 3M 4M 5M 6M 8M 10M 12M)) {
        my $end =
            boot(name => "bad-mem", kernel => 'kernel.elf', initrd => 'initrd.cpio', mem => $size,
            cmd => 'true', timeout => 30);
        next if $end->{result} eq 'exit 0' && check(1, "memory: $size is enough");
        # Where not even the image fits, QEMU itself refuses to load it.
        check(
                   $end->{status} != 0
                && $end->{result} =~ /^(panic|failed|exit|signal)/
                && "$end->{log}$end->{err}" =~ /too small|memory/i,
            "memory: $size is too small: a message and a failing status", $end);
    }
}

# The fields of an ELF64 header and of its program headers, by offset and pack code.
my %HEADER = (
    type => [16, 'v'], machine => [18, 'v'], version => [20, 'V'], entry => [24, 'Q<'],
    phoff => [32, 'Q<'],
    phentsize => [54, 'v'], phnum => [56, 'v'], class => [4, 'C'], data => [5, 'C']);
my %SEGMENT = (
    type => [0, 'V'], flags => [4, 'V'], offset => [8, 'Q<'], vaddr => [16, 'Q<'],
    filesz => [32, 'Q<'],
    memsz => [40, 'Q<'], align => [48, 'Q<']);

sub with_header
{
    my ($elf, $field, $value) = @_;
    my ($at, $code) = @{ $HEADER{$field} };
    substr $elf, $at, length pack($code, 0), pack $code, $value;
    return $elf;
}

sub with_segment
{
    my ($elf, $i, $field, $value) = @_;
    my ($at, $code) = @{ $SEGMENT{$field} };
    substr $elf, 64 + 56 * $i + $at, length pack($code, 0), pack $code, $value;
    return $elf;
}

sub test_programs
{
    my $good = read_file("$build/obj/stripped/bin/true");
    my ($phnum) = unpack 'v', substr $good, 56, 2;
    my @loads = grep { unpack('V', substr $good, 64 + 56 * $_, 4) == 1 } 0 .. $phnum - 1;
    die "bad.t: true has too few segments\n" if @loads < 2;
    my ($first, $second, $last) = @loads[0, 1, -1];
# What execve must say: 8 is ENOEXEC, 12 ENOMEM, 22 EINVAL; where Linux kills or refuses, either will do.
    my $refused = qr/errno (1|5|8|12|14|22)|signal (9|11)|status 127/;
    my %bad = (
        'good' => [$good, qr/status 0/], 'empty' => ['', qr/errno 8/],
        'text' => ["hello\n", qr/errno 8/],
        'four-bytes' => ["\x7fELF", qr/errno 8/],
        'another-machine' => [with_header($good, 'machine', 183), qr/errno 8/],
        'class-32' => [with_header($good, 'class', 1), $refused],
        'big-endian' => [with_header($good, 'data', 2), $refused],
        'relocatable' => [with_header($good, 'type', 1), qr/errno 8/],
        'core' => [with_header($good, 'type', 4), qr/errno 8/],
        'phentsize' => [with_header($good, 'phentsize', 55), qr/errno 8/],
        'no-segments' => [with_header($good, 'phnum', 0), $refused],
        'many-segments' => [with_header($good, 'phnum', 65535), $refused],
        'phoff-outside' => [with_header($good, 'phoff', 1 << 30), $refused],
        'phoff-wraps' => [with_header($good, 'phoff', 0xffffffffffffffe0), $refused],
        'entry-zero' => [with_header($good, 'entry', 0), $refused],
        'entry-kernel' => [with_header($good, 'entry', 0xffffffff80100000), $refused],
        'entry-not-canonical' => [with_header($good, 'entry', 0x800000000000), $refused],
        'memsz-huge' => [with_segment($good, $last, 'memsz', 1 << 46), $refused],
        'memsz-wraps' => [with_segment($good, $last, 'memsz', 0xfffffffffffff000), $refused],
        'memsz-too-much' => [with_segment($good, $last, 'memsz', 1 << 33), $refused],
        'memsz-below-filesz' => [
            with_segment(with_segment($good, $first, 'filesz', 4096), $first, 'memsz', 10), $refused
        ],
        'filesz-past-end' => [
            with_segment(with_segment($good, $first, 'filesz', 1 << 24), $first, 'memsz', 1 << 24),
            $refused
        ],
        'offset-past-end' => [with_segment($good, $second, 'offset', 1 << 30), $refused],
        'offset-wraps' => [with_segment($good, $second, 'offset', 0xfffffffffffff000), $refused],
        'offset-unaligned' => [with_segment($good, $second, 'offset', 4097), $refused],
        'vaddr-kernel' => [with_segment($good, $second, 'vaddr', 0xffffffff80000000), $refused],
        'vaddr-zero' => [with_segment($good, $first, 'vaddr', 0), $refused],
        'vaddr-stack' => [with_segment($good, $second, 'vaddr', 0x7fffffffe000), $refused],
        'vaddr-top' => [with_segment($good, $second, 'vaddr', 0x7ffffffff000), $refused],
        'overlapping' => [
            with_segment(
                $good, $second, 'vaddr', unpack 'Q<', substr $good, 64 + 56 * $first + 16, 8
            ),
            $refused
        ]);
    for my $cut (16, 40, 63, 64, 64 + 20, 64 + 56, 64 + 56 * $phnum - 1, 4096, length($good) >> 1) {
        $bad{"cut-$cut"} = [substr($good, 0, $cut), $refused] if $cut < length $good;
    }
    make_path("$scratch/extra/bad");
    for my $name (keys %bad) {
        write_file("$scratch/extra/bad/$name", $bad{$name}[0]);
        chmod 0755, "$scratch/extra/bad/$name";
    }
    my @names = sort keys %bad;
    my $end = boot(
        name => 'bad-elf', extra => "$scratch/extra", timeout => 60,
        cmd => join ' ', '/test/execs', (map {"/bad/$_"} @names), '/bin/true');
    for my $name (@names) {
        my ($how) = $end->{out} =~ m{^/bad/\Q$name\E: (.*)$}m;
        check(defined $how && $how =~ /^(?:$bad{$name}[1])$/,
            "program: $name: a clear end (" . ($how // 'none') . ')', $end);
    }
    check($end->{out} =~ m{^/bin/true: status 0$}m, 'program: good ones run on afterwards', $end);
}

test_archives();
test_memory();
test_programs();
done();
