#
# tests/soak.t - random calls of the malloc family in the guest, plain and hardened (tests/fuzz/malloc.c)
#
# Some for every run of the tests; `make soak` makes ten million.

use strict;
use warnings;
use Loam;

my $operations = $ENV{LOAM_SOAK_OPERATIONS} || 100_000;
my $seed = $ENV{LOAM_FUZZ_SEED} || 1;

for my $harden (0, 1) {
    my $end = boot(
        name => "soak-malloc-$harden", mem => '256M', kernel => 'kernel.elf',
        cmd => "/fuzz/malloc $operations $seed $harden",
        timeout => 120 + $operations / 5000);
    my $mode = $harden ? 'hardened' : 'plain';
    relay_tap($end->{out}, "soak: $mode", $end);
    check($end->{result} eq 'exit 0', "soak: $mode: the machine's books balance", $end);
}
done();
