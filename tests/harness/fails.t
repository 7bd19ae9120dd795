#
# tests/harness/fails.t - a guest program one of whose tests fails; run by tests/harness.t, and must fail

use strict;
use warnings;
use Loam;

my $end = boot(name => 'harness-fails', cmd => '/test/fails', timeout => 60);
relay_tap($end->{out}, 'fails', $end);
check($end->{result} eq 'exit 0', 'fails: ends with status 0', $end);
done();
