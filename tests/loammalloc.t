#
# tests/loammalloc.t - programs of this machine with build/libloammalloc.so in front of their C library
#
# tests/preload/misuse.c says which words each misuse must end with; other programs must do as without it.
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
    return ($out, read_file("$folder/preload.err") =~ s{^Aborted.*\n}{}mr, $?);
}

my $built = system "gcc -std=gnu11 -O1 -w -o $folder/misuse tests/preload/misuse.c -pthread";
check($built == 0, 'tests/preload/misuse.c builds');
chomp(my $nr_cases = `$folder/misuse`);
check($nr_cases > 0, 'it has cases');

for my $harden (0, 1) {
    my $mode = $harden ? 'hardened' : 'plain';
    for my $case (0 .. $nr_cases - 1) {
        # exec: the status is that of the program itself
        my ($out, $err, $status) =
            run_preloaded($harden, "sh -c 'exec $folder/misuse $case'");
        check($out ne '' && $err eq $out && ($status == 6 || $status >> 8 == 134),
            "$mode: case $case: " . $out =~ s/ 0x.*\n//r);
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
