#
# tests/fail.t - the machine's n-th allocation after its start fails, for n = 1, 2, 3, ...
#
# The guest's tests (guest/fail_*) let allocations of one process fail that knows of it. Here it may
# be anybody's, process 1's too: a program may then end, or process 1 say that it cannot start one, but
# the kernel goes on to an orderly end with balanced books. The last n is the first that nothing comes
# of, because the run makes fewer allocations.

use strict;
use warnings;
use Loam;

use constant MOST => 400;    # allocations that the command surely does not make

# The kernel's log tells that it failed (verbose); where it does not, the run was shorter than that.
sub fails_at
{
    my ($kind, $n) = @_;
    my $end = boot(
        name => "fail-$kind", cmd => 'echo done',
        kargs => "verbose budget=10 fail=$kind:$n",
        qemu => '-icount shift=0,sleep=off -device ib700 -action watchdog=inject-nmi');
    my $failed = $end->{log} =~ /^fail: this allocation/m;
    # 124 and 125 say that the machine went wrong, not the program.
    my $good = $end->{status} != 124 && $end->{status} != 125;
    check($good, "fail: $kind $n", $end) if !$good;
    return ($good, $failed, $end);
}

for my $kind (qw(frame kmalloc)) {
    my ($nr_bad, $n, $failed, $end) = (0, 0, 1, undef);
    while ($failed && $n < MOST) {
        (my $good, $failed, $end) = fails_at($kind, ++$n);
        $nr_bad++ if !$good;
    }
    check($n > 5 && !$failed, "fail: $n allocations ($kind) are tried", $end);
    check(!$nr_bad, "fail: each of them ($kind) can fail", $end);
    check($end->{result} eq 'exit 0' && $end->{out} =~ /^done$/m, 'fail: and without it all is well', $end);
}
done();
