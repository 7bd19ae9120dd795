#
# tests/Differences.pm - reads tests/DIFFERENCES.md, the list of allowed differences from Linux
#
# Every row of its table is | test | line | reason |, where line is a regular expression between
# backquotes. A line of output that it matches may differ; a row that excuses nothing is stale, which
# is an error too.

package Differences;

use strict;
use warnings;

sub rows
{
    open my $in, '<', 'tests/DIFFERENCES.md' or die "tests/DIFFERENCES.md: $!\n";
    my @rows;
    while (my $line = <$in>) {
        my ($test, $pattern, $reason) = $line =~ /^\|\s*(\S+)\s*\|\s*`(.+)`\s*\|\s*(\S.*?)\s*\|\s*$/
            or next;
        push @rows, { test => $test, pattern => $pattern, reason => $reason };
    }
    return @rows;
}

# For make check: every row can be read, and names a test that exists.
sub verify
{
    open my $in, '<', 'tests/DIFFERENCES.md' or die "tests/DIFFERENCES.md: $!\n";
    my $nr_rows = grep {/^\|/} <$in>;
    my @rows = rows();
    die "tests/DIFFERENCES.md: a row of the table has another form than its head\n"
        if $nr_rows != @rows + 2;
    for my $row (@rows) {
        die "tests/DIFFERENCES.md: $row->{test}: no such test\n" unless -e "tests/$row->{test}.c";
        die "tests/DIFFERENCES.md: $row->{pattern}: $@" unless eval {qr/$row->{pattern}/};
    }
}

# The two outputs with every allowed difference made equal, then the patterns that excused nothing.
sub apply
{
    my ($test, $left, $right) = @_;
    my @stale;
    for my $row (grep { $_->{test} eq $test } rows()) {
        my $pattern = qr/$row->{pattern}/;
        my @left = grep {/$pattern/} split /^/m, $left;
        my @right = grep {/$pattern/} split /^/m, $right;
        push @stale, $row->{pattern} if "@left" eq "@right";
        for ($left, $right) {
            $_ = join '',
                map { /$pattern/ ? "(allowed to differ: $row->{pattern})\n" : $_ } split /^/m;
        }
    }
    return ($left, $right, @stale);
}

1;
