#
# tests/sequences.t [COUNT [SEED [STEPS]]] - random sequences of memory calls: Loam does what Linux does
#
# Runs tests/sequences/ on both kernels, under each overcommit policy, and compares line by line.
# Sequences that differ (the first few) are run again on both, and the first call whose result differs
# is shown with what came before it. The seed is printed in any case.

use strict;
use warnings;
use List::Util qw(max min);
use Loam;

use constant {
    NR_REPLAYED => 3,        # sequences that differ
    NR_BEFORE => 3,          # lines shown before the one that differs
    SECONDS => 0.2,          # that a sequence takes at most
    BOOT_SECONDS => 120,
    # Loam has no protection keys, with which Linux lets what may be executed not be read.
    LINUX_KARGS => 'nopku sysctl.vm.overcommit_ratio=100',
};

my ($count, $first, $steps) = (shift // 2000, shift // 1, shift // 200);

# How much of COUNT each policy gets, and the machine's memory.
my @policies = (
    { name => 'never', linux => 2, share => 1, mem => '128M' },
    { name => 'guess', linux => 0, share => 0.05, mem => '64M' },
    { name => 'always', linux => 1, share => 0.05, mem => '128M' },
);

sub run_on
{
    my ($system, $policy, $options, $seed, $nr) = @_;
    my %how = (
        name => "sequences-$policy->{name}-$system" . ($options ? "-$seed" : ''),
        cmd => "/test/sequences $options$seed $nr $steps",
        timeout => BOOT_SECONDS + int($nr * SECONDS * max(1, $steps / 200)));
    return boot(%how, mem => $policy->{mem}, kargs => "overcommit=$policy->{name}", kernel => 'kernel.elf')
        if $system eq 'loam';
    return cached_oracle(
        %how, mem => '512M', kargs => LINUX_KARGS . " sysctl.vm.overcommit_memory=$policy->{linux}",
        depends => [
            map { read_file(build() . $_) } '/obj/stripped/test/sequences', '/obj/stripped/bin/init']);
}

# The hashes that a run printed, by seed; where the model was contradicted, that is part of it.
sub hashes
{
    my ($out) = @_;
    my (%hash, $contradictions);
    for my $line (split /\n/, $out) {
        if ($line =~ /^sequence (\d+): (\w+)$/) {
            $hash{$1} = $2 . ($contradictions // '');
            undef $contradictions;
        } elsif ($line !~ /^\d+ sequences, 0 /) {
            $contradictions .= "\n$line";
        }
    }
    return \%hash;
}

sub first_difference
{
    my ($left, $right) = @_;
    my $i = 0;
    $i++ while $i < @$left && $i < @$right && $left->[$i] eq $right->[$i];
    return $i;
}

# Run one sequence again on both and show where they part.
sub replay
{
    my ($policy, $seed) = @_;
    my ($linux, $loam) = map { [split /\n/, run_on($_, $policy, '-v ', $seed, 1)->{out}] } qw(linux loam);
    my $at = first_difference($linux, $loam);
    my ($step) = grep {/^step/} reverse @$linux[0 .. min($at, $#$linux)];
    print STDERR "sequence $seed, overcommit=$policy->{name}, ", $step // 'before its first step', ":\n";
    print STDERR "             $_\n" for @$linux[max(0, $at - NR_BEFORE) .. $at - 1];
    print STDERR '    on Linux ', $linux->[$at] // '(end)', "\n    on Loam  ", $loam->[$at] // '(end)',
        "\n";
}

for my $policy (@policies) {
    my $nr = max(1, int($count * $policy->{share}));
    my ($linux, $loam) = map { run_on($_, $policy, '', $first, $nr) } qw(linux loam);
    my ($expected, $got) = (hashes($linux->{out}), hashes($loam->{out}));
    my $what = "overcommit=$policy->{name}, sequences $first to " . ($first + $nr - 1);

    check($linux->{result} eq 'exit 0' && keys %$expected == $nr,
        "$what: on Linux all is as the model says", $linux);
    check($loam->{result} eq 'exit 0', "$what: on Loam all is as the model says", $loam);
    my @differ =
        grep { ($expected->{$_} // '') ne ($got->{$_} // '') } $first .. $first + $nr - 1;
    check(!@differ, "$what: the same on Loam as on Linux");
    next if !@differ;
    print STDERR scalar @differ, " of $nr sequences differ: @differ[0 .. min(9, $#differ)]\n";
    replay($policy, $_) for @differ[0 .. min(NR_REPLAYED, scalar @differ) - 1];
}
done();
