#
# tests/harness/dies.t - a script that dies before its plan; run by tests/harness.t, and must fail

use strict;
use warnings;
use Loam;

check(1, 'dies: the last test before the end');
die "dies.t: as it should\n";
