#
# tests/harness/panics.t - a kernel that panics, for want of an init; run by tests/harness.t, and must fail

use strict;
use warnings;
use Loam;

my $archive = logs() . '/panics.cpio';
write_file($archive,
    read_file(build() . '/initrd.cpio') =~ s{bin/init\0}{bin/none\0}r);
my $end = boot(name => 'harness-panics', initrd => $archive, cmd => 'true');
check($end->{result} eq 'exit 0', 'panics: ends with status 0', $end);
done();
