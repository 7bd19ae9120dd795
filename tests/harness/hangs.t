#
# tests/harness/hangs.t - a machine in which nothing ends any more; run by tests/harness.t, and must
# fail, long before its time is over

use strict;
use warnings;
use Loam;

my $end = boot(
    name => 'harness-hangs', cmd => '/test/spins', kargs => 'budget=2',
    qemu => '-icount shift=0,sleep=off -device ib700 -action watchdog=inject-nmi');
check($end->{result} eq 'exit 0', 'hangs: ends with status 0', $end);
done();
