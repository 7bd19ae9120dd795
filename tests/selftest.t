#
# tests/selftest.t - the tests that lie beside the kernel's code, run inside the kernel

use strict;
use warnings;
use Loam;

my $end = boot(name => 'selftest', kargs => 'selftest');
relay_tap($end->{out}, 'kernel', $end);
check($end->{result} eq 'exit 0', 'kernel: the machine ended with status 0', $end);
done();
