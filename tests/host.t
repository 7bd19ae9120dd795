#
# tests/host.t NAME - build one host program under ASan and UBSan and run it
#
# tests/host/NAME.c prints TAP, like the guest programs. Two kinds are told by their names:
#
#     fuzz_NAME.c   a libFuzzer target: built with clang, run on a fixed number of inputs from a
#                   fixed seed
#     NAME_i386.c   a freestanding 32-bit program without any library, whose entry is start()
#
# What the program includes from the tree, as "../../libc/malloc/heap.h", is linked: the files
# heap.c and heap_*.c beside that header. Comments in the program, or in a header of this folder that
# it includes, can say more:
#
#     /* link: kernel/lib/tree.c kernel/mm/area*.c */
#     /* cflags: -Ikernel -DPARANOID=1 */
#     /* runs: 20000 */            inputs for the fuzzer
#     /* sanitize: thread */       instead of address,undefined

use strict;
use warnings;
use Loam;
use File::Path qw(make_path);

my $name = shift // die "usage: host.t NAME\n";
my $source = "tests/host/$name.c";

my $folder = build() . '/host';
make_path($folder);
my $program = "$folder/$name";
my $output = logs() . "/host-$name.out";

# What belongs to the program: link, cflags, runs and sanitize.
sub needs
{
    my $text = read_file($source);
    my @texts = ($text, map { read_file("tests/host/$_") } $text =~ /^#include "([^"\/]+)"/mg);
    my (%need, %linked);
    for my $part (@texts) {
        while ($part =~ m{/\*\s*(link|cflags|runs|sanitize):\s*(.*?)\s*\*/}gs) {
            my ($key, $value) = ($1, $2);
            $value =~ s/\s*\n\s*\*?\s*/ /g;
            $need{$key} = join ' ', $need{$key} // (), $value;
        }
        for my $stem ($part =~ m{^#include "\.\./\.\./(.+)\.h"}mg) {
            $linked{$_} = 1 for glob "$stem.c ${stem}_*.c";
        }
    }
    $linked{$_} = 1 for glob($need{link} // '');
    $need{link} = [grep { -e && !/_test\.c$/ } sort keys %linked];
    return %need;
}

my %need = needs();

sub build_command
{
    my @common = (qw(-std=gnu11 -g -Wall -Wextra), split ' ', $need{cflags} // '');
    my @files = ('-o', $program, $source, @{ $need{link} });
    if ($name =~ /_i386$/) {
        chomp(my $include = `gcc -print-file-name=include`);
        return (
            'gcc', @common, qw(-m32 -O2 -ffreestanding -nostdlib -static -fno-pic -no-pie),
            qw(-fno-stack-protector -fcf-protection=none), '-Wl,-e,start', '-Wl,-z,noexecstack',
            '-nostdinc', '-isystem', $include, qw(-isystem libc/include), @files);
    }
    my @sanitize = qw(-O1 -fno-omit-frame-pointer -fno-sanitize-recover=all -Itests/host);
    return ('clang', @common, @sanitize, '-fsanitize=fuzzer,address,undefined', @files)
        if $name =~ /^fuzz_/;
    return ('gcc', @common, @sanitize, '-fsanitize=' . ($need{sanitize} // 'address,undefined'), @files);
}

sub run
{
    my (@command) = @_;
    my $pid = fork // die "fork: $!\n";
    if ($pid == 0) {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', $output or die;
        open STDERR, '>&', \*STDOUT or die;
        exec { $command[0] } @command or print "$command[0]: $!\n";
        exit 127;
    }
    waitpid $pid, 0;
    return {
        name => "host-$name", result => join(' ', @command), status => $?,
        out => read_file($output), err => '', log => '' };
}

sub fuzz
{
    my $runs = $ENV{LOAM_FUZZ_RUNS} || $need{runs} // 20000;
    my $end = run($program, "-runs=$runs", '-seed=' . ($ENV{LOAM_FUZZ_SEED} || 1), '-max_len=4096',
        '-len_control=0', '-verbosity=1',
        '-artifact_prefix=' . logs() . "/$name-");
    check($end->{status} == 0 && $end->{out} =~ /^Done $runs runs/m,
        "$name: $runs inputs without a finding", $end);
}

my $built = run(build_command());
if (check($built->{status} == 0, "$name: builds", $built)) {
    if ($name =~ /^fuzz_/) {
        fuzz();
    } else {
        my $end = run($program);
        relay_tap($end->{out}, $name, $end);
        check($end->{status} == 0, "$name: ends with status 0", $end);
    }
}
done();
