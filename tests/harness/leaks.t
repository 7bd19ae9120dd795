#
# tests/harness/leaks.t - a process 1 that leaves a process behind; run by tests/harness.t, and must fail

use strict;
use warnings;
use File::Path qw(make_path);
use Loam;

my $files = logs() . '/leaks';
make_path("$files/bin");
write_file("$files/bin/init", read_file(build() . '/test/leaves'));
chmod 0755, "$files/bin/init";
my $end = boot(name => 'harness-leaks', extra => $files, cmd => 'true');
check($end->{result} eq 'exit 0', 'leaks: ends with status 0', $end);
done();
