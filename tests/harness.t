#
# tests/harness.t - the harness itself: what fails, hangs, panics, lies or tests nothing is a failure
#
# Each script in tests/harness/ goes wrong in its own way. A run of it must end with a status that is
# not 0, count a failure on its last line, and show what the guest said.

use strict;
use warnings;
use Loam;

sub run_bad
{
    my ($unit) = @_;
    my $base = logs() . "/harness-run-$unit";
    system "'$^X' tests/run tests/harness/$unit.t >$base.out 2>$base.err";
    return {
        name => "tests/run $unit", status => $?, result => '', out => read_file("$base.out"),
        err => read_file("$base.err"), log => '' };
}

my %shows = (
    fails => qr/not ok 2 - a test that fails/,
    spins => qr/timeout.*the last word before the loop/s,
    lies => qr/the only test that runs/,
    nothing => qr/nothing: exited with status 0/,
    panics => qr/panic.*init/s,
    dies => qr/as it should/,
    hangs => qr/panic.*non-maskable interrupt/s,
    leaks => qr/unbalanced.*frames free or accounted for: \d+ before.*processes: 1 before, 2 after/s,
);

for my $unit (sort keys %shows) {
    my $end = run_bad($unit);
    check($end->{status} != 0, "harness: what $unit makes the run fail", $end);
    check($end->{out} =~ /^\d+ passed, [1-9]\d* failed\n\z/m,
        "harness: what $unit is counted as failed", $end);
    check($end->{err} =~ $shows{$unit}, "harness: what $unit is shown", $end);
}
my $none = run_bad('no-such');
check($none->{status} != 0, 'harness: a name that matches no test makes the run fail', $none);
done();
