#
# tests/harness/nothing.t - a guest program that tests nothing; run by tests/harness.t, and must fail

use strict;
use warnings;
use Loam;

my $end = boot(name => 'harness-nothing', cmd => '/test/nothing', timeout => 60);
relay_tap($end->{out}, 'nothing', $end);
check($end->{result} eq 'exit 0', 'nothing: ends with status 0', $end);
done();
