#
# tests/harness/spins.t - a guest program that never ends; run by tests/harness.t, and must fail

use strict;
use warnings;
use Loam;

my $end = boot(name => 'harness-spins', cmd => '/test/spins', timeout => 10);
relay_tap($end->{out}, 'spins', $end);
check($end->{result} eq 'exit 0', 'spins: ends with status 0', $end);
done();
