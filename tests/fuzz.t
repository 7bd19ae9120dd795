#
# tests/fuzz.t - random system calls with hostile arguments: the kernel stays whole (tests/fuzz/calls.c)
#
# A million of them from a fixed seed, so that a run can be repeated; `make fuzz` makes more, from
# another seed each time. Time is counted in instructions (-icount shift=0: a nanosecond each), and
# if BUDGET seconds of it pass in which no process ends, the kernel hangs: QEMU's watchdog stops it
# with a non-maskable interrupt, and the panic shows where. Everything that is random is QEMU's -seed.

use strict;
use warnings;
use Loam;

use constant BUDGET => 10;

my $calls = $ENV{LOAM_FUZZ_CALLS} || 1_000_000;
my $seed = $ENV{LOAM_FUZZ_SEED} || 1;

my $end = boot(
    name => 'fuzz-calls', cmd => "/fuzz/calls $calls $seed", mem => '64M',
    kargs => join(' ', 'budget=' . BUDGET, $ENV{LOAM_FUZZ_KARGS} // ()),
    qemu => "-icount shift=0,sleep=off -seed $seed -device ib700 -action watchdog=inject-nmi",
    timeout => 600 + $calls / 1000);
relay_tap($end->{out}, "fuzz: seed $seed", $end);
check($end->{result} eq 'exit 0', 'fuzz: the kernel lives, and its books balance', $end);
done();
