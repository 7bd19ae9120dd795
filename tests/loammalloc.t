#
# tests/loammalloc.t - programs of this machine with build/libloammalloc.so in front of their C library
#
# tests/preload/misuse.c says what each misuse must end with; other programs must do as without it.
# All of it plain and hardened.

use strict;
use warnings;
use Cwd qw(getcwd);
use Loam;
use File::Path qw(make_path);

my $folder = build() . '/host';
my $library = getcwd() . '/' . build() . '/libloammalloc.so';
make_path($folder);

# Standard output, standard error without what the shell says, and wait status.
sub run_preloaded
{
    my ($harden, $command) = @_;
    my $out = `LD_PRELOAD='$library' MALLOC_HARDEN=$harden timeout 60 $command 2>$folder/preload.err`;
    return ($out, read_file("$folder/preload.err") =~ s{^(?:Aborted|Segmentation fault).*\n}{}mr, $?);
}

my $built = system "gcc -std=gnu11 -O1 -w -o $folder/misuse tests/preload/misuse.c -pthread";
check($built == 0, 'tests/preload/misuse.c builds');
my @cases = split /\n/, `$folder/misuse`;
check(@cases > 0, 'it has cases');

# What must happen, by what the program says before it does it.
sub is_as_said
{
    my ($out, $err, $status) = @_;
    return $err eq '' && ($status == 11 || $status >> 8 == 139) if $out eq 'fault';
    return $err eq '' && $status == 0 if $out eq 'unharmed';
    return $out ne '' && index($err, $out) == 0 && ($status == 6 || $status >> 8 == 134);
}

for my $harden (0, 1) {
    my $mode = $harden ? 'hardened' : 'plain';
    for my $case (@cases) {
        my ($where, $what) = $case =~ /^(\w+) (.*)/;
        next if !$harden && $where ne 'plain';
        # exec: the status is that of the program itself. 77: the block was given out again, try once more
        my ($out, $err, $status);
        for (1 .. 10) {
            ($out, $err, $status) = run_preloaded($harden, "sh -c 'exec $folder/misuse $what'");
            last if $status >> 8 != 77;
        }
        check(is_as_said($out, $err, $status), "$mode: $what");
    }
    my %same = (
        'perl' => q{perl -e 'my %h; $h{$_} = "x$_" for 1 .. 50000; print scalar(keys %h), "\n"'},
        'a shell that forks' => q{bash -c 'for i in 1 2 3; do (echo $i | cat); done'},
        'a compiler' => "gcc -O1 -w -S -o - tests/preload/misuse.c -pthread",
    );
    for my $name (sort keys %same) {
        my $want = `$same{$name}`;
        my ($out, $err, $status) = run_preloaded($harden, $same{$name});
        check($status == 0 && $err eq '' && $out eq $want, "$mode: $name does as without it");
    }
}
done();
