#
# tests/guest.t NAME - one guest program on Loam and on the oracle: both pass, with equal output
#
# A comment in tests/guest/NAME.c sets what it needs, one per line:
#
#     /* loam-only: reason */      it reads what only Loam has; the oracle does not run it
#     /* mem: 64M */               the machine's memory (the oracle gets at least 512M)
#     /* kargs: overcommit=always */
#     /* args: a "b c" */          arguments of the program
#
# Differences that are right are listed in tests/DIFFERENCES.md, and no other is tolerated.

use strict;
use warnings;
use Loam;
use Differences;

my $name = shift // die "usage: guest.t NAME\n";
my $source = read_file("tests/guest/$name.c");
my %need = $source =~ m{/\*\s*(loam-only|mem|kargs|args):\s*(.*?)\s*\*/}gs;
my $cmd = "/test/$name" . (defined $need{args} ? " $need{args}" : '');
my $mem = $need{mem} // '128M';

sub megabytes
{
    my ($size) = @_;
    my ($n, $unit) = $size =~ /^(\d+)([MG])$/ or die "$name: mem: $size?\n";
    return $unit eq 'G' ? $n * 1024 : $n;
}

# Linux's names for what the kernel's command line says to Loam.
sub linux_kargs
{
    my %policy = (guess => 0, always => 1, never => 2);
    my ($overcommit) = ($need{kargs} // '') =~ /\bovercommit=(\w+)/;
    return
        "sysctl.vm.overcommit_memory=$policy{ $overcommit // 'never' } sysctl.vm.overcommit_ratio=100";
}

my $loam = boot(name => "guest-$name", cmd => $cmd, mem => $mem, kargs => $need{kargs});
relay_tap($loam->{out}, $name, $loam);
check($loam->{result} eq 'exit 0', "$name: ends with status 0 on Loam", $loam);

if (!defined $need{'loam-only'}) {
    my $linux = cached_oracle(
        name => "oracle-$name", cmd => $cmd, kargs => linux_kargs(),
        mem => (megabytes($mem) > 512 ? $mem : '512M'),
        depends =>
            [map { read_file(build() . $_) } "/obj/stripped/test/$name", '/obj/stripped/bin/init']);
    check($linux->{result} eq 'exit 0' && $linux->{out} !~ /^not ok/m, "$name: passes on Linux",
        $linux);
    my ($left, $right, @stale) = Differences::apply("guest/$name", $linux->{out}, $loam->{out});
    check_bytes($right, $left, "$name: the same output on Loam as on Linux", $loam);
    check(!@stale, "$name: every difference that DIFFERENCES.md lists exists: @stale");
}
done();
