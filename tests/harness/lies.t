#
# tests/harness/lies.t - a guest program that ran less than it planned; run by tests/harness.t, and must fail

use strict;
use warnings;
use Loam;

my $end = boot(name => 'harness-lies', cmd => '/test/lies', timeout => 60);
relay_tap($end->{out}, 'lies', $end);
check($end->{result} eq 'exit 0', 'lies: ends with status 0', $end);
done();
