#
# tests/Loam.pm - what the test scripts share: booting a machine, and saying what came of it
#
# A test script prints TAP. Every boot leaves its console output, the kernel's log and its ending in
# build/test-logs/, under names of its own, so that scripts run side by side; when a test fails they
# are shown on standard error.

package Loam;

use strict;
use warnings;
use Exporter qw(import);
use Digest::SHA qw(sha256_hex);
use File::Path qw(make_path);

our @EXPORT =
    qw(boot build cached_oracle check check_bytes check_count done linux_version logs read_file relay_tap
    show write_file);

# A guest that takes longer than this hangs. Generous: the machine may be slow and shared.
use constant BOOT_SECONDS => $ENV{LOAM_BOOT_SECONDS} || 120;

sub build
{
    return $ENV{LOAM_BUILD} || 'build';
}

# Where boots leave what they print.
sub logs
{
    my $folder = build() . '/test-logs';
    make_path($folder);
    return $folder;
}

sub read_file
{
    my ($name) = @_;
    open my $in, '<:raw', $name or return '';
    local $/;
    return <$in> // '';
}

sub write_file
{
    my ($name, $data) = @_;
    open my $out, '>:raw', $name or die "$name: $!\n";
    print $out $data;
    close $out or die "$name: $!\n";
}

# ---- machines ---------------------------------------------------------------------------------

#
# Boot a machine and wait for its end.
#
#   name     of the log files                 options  more arguments for tests/vm (list)
#   cmd      what process 1 runs              input    its standard input (a string; default: empty)
#   mem, kargs, extra, qemu                   as in make run
#   kernel   kernel-test.elf                  initrd   initrd-test.cpio (both below build/)
#   linux    the oracle, not Loam             timeout  in seconds
#
# Returns a hash: status (of tests/vm), result (its word for it), out, err, log.
#
sub boot
{
    my (%how) = @_;
    (my $name = $how{name}) =~ s{[^\w.-]}{-}g;
    my $base = logs() . "/$name";
    my @command = (
        $^X, 'tests/vm', '--log', "$base.log", '--result', "$base.result", '--timeout',
        $how{timeout} // BOOT_SECONDS, '--initrd', path($how{initrd} // 'initrd-test.cpio'));
    push @command, '--kernel',
        $how{linux} ? 'build/oracle/vmlinuz' : path($how{kernel} // 'kernel-test.elf');
    push @command, '--linux', '--cpu', 'max,-la57' if $how{linux};
    # After every run the kernel compares what it has lent with what it has got back (P10).
    $how{kargs} = join ' ', 'balance', $how{kargs} // () unless $how{linux};
    for my $key (qw(cmd mem kargs extra qemu)) {
        push @command, "--$key", $how{$key} if defined $how{$key};
    }
    unlink "$base.log", "$base.result";
    write_file("$base.in", $how{input} // '');
    my $pid = fork // die "fork: $!\n";
    if ($pid == 0) {
        delete @ENV{ grep {/^LOAM_(?!BUILD)/} keys %ENV };
        open STDIN, '<', "$base.in" or die;
        open STDOUT, '>', "$base.out" or die;
        open STDERR, '>', "$base.err" or die;
        exec @command, @{ $how{options} // [] };
        die "tests/vm: $!\n";
    }
    waitpid $pid, 0;
    my %end = (
        name => $name, status => $? & 127 ? 128 + ($? & 127) : $? >> 8,
        map { $_ => read_file("$base.$_") } qw(out err log result));
    chomp $end{result};
    return \%end;
}

sub path
{
    my ($name) = @_;
    return $name =~ m{/} || $name eq '' ? $name : build() . "/$name";
}

sub linux_version
{
    my $version = read_file('build/oracle/version');
    chomp $version;
    return $version;
}

#
# What the oracle does with a command, from a cache where the same files gave the answer before.
# Only a machine that ended with status 0 is remembered.
#
sub cached_oracle
{
    my (%how) = @_;
    my @files = map { read_file($_) } 'build/oracle/vmlinuz',
        path($how{initrd} // 'initrd-test.cpio'), 'tests/vm';
    @files = (read_file('build/oracle/vmlinuz'), @{ $how{depends} }) if $how{depends};
    my $key = sha256_hex(join "\0", (map { sha256_hex($_) } @files),
        map { $how{$_} // '' } qw(cmd mem kargs));
    my $file = "build/oracle-cache/$key";
    if (-e $file) {
        return {
            name => $how{name}, status => 0, result => 'exit 0', out => read_file($file), err => '',
            log => "(remembered in $file)\n" };
    }
    my $end = boot(%how, linux => 1);
    if ($end->{status} == 0 && $end->{result} eq 'exit 0') {
        make_path('build/oracle-cache');
        write_file("$file.$$", $end->{out});
        rename "$file.$$", $file;
    }
    return $end;
}

# Show a boot on standard error, where the harness does not swallow it.
sub show
{
    my ($end) = @_;
    return if $end->{shown}++;
    print STDERR "---- $end->{name}: $end->{result}, status $end->{status}; console output:\n",
        tail($end->{out}),
        "---- messages:\n", tail($end->{err}), "---- kernel's log:\n", tail($end->{log}), "----\n";
}

sub tail
{
    my ($text) = @_;
    $text =~ s/[^\n\t -~]/?/g;
    $text = "(...)\n" . substr $text, -8000 if length $text > 8000;
    return $text =~ /\n\z|^\z/ ? $text : "$text\n";
}

# ---- TAP --------------------------------------------------------------------------------------

my $count = 0;
my $failed = 0;

sub check_count
{
    return $count;
}

# One result. Where it is bad, the boots given (if any) are shown. Returns whether it is good.
# The prototype makes a pattern match in the first place say no, where it would vanish from a list.
sub check($$;@)
{
    my ($good, $name, @ends) = @_;
    $count++;
    $name =~ s/#/\\#/g;
    $| = 1;
    print $good ? 'ok' : 'not ok', " $count - $name\n";
    return 1 if $good;
    $failed++;
    print STDERR "not ok: $name\n";
    show($_) for @ends;
    return 0;
}

# The two strings are equal; if not, the first line that differs is shown.
sub check_bytes($$$;@)
{
    my ($got, $expected, $name, @ends) = @_;
    return check(1, $name) if $got eq $expected;
    my @got = split /^/m, $got;
    my @expected = split /^/m, $expected;
    my $i = 0;
    $i++ while $i < @got && $i < @expected && $got[$i] eq $expected[$i];
    check(0, $name, @ends);
    print STDERR "line ", $i + 1, ":\n  got      ", tail($got[$i] // "(end)\n"), '  expected ',
        tail($expected[$i] // "(end)\n");
    return 0;
}

#
# Pass on the TAP that a guest or host program printed, each line under "$prefix: ", and add one
# result for the form: a plan, kept, with at least one test in it, and nothing skipped.
#
sub relay_tap
{
    my ($tap, $prefix, @ends) = @_;
    my ($plan, $ran, $bad, $bailed) = (undef, 0, 0, 0);
    for my $line (split /\r?\n/, $tap) {
        if ($line =~ /^1\.\.(\d+)\s*$/ && !defined $plan) {
            $plan = $1;
        } elsif ($line =~ /^(not )?ok\b *(\d*) *-? *(.*)$/) {
            my ($not, $number, $name) = ($1, $2, $3);
            $ran++;
            my $good = !$not && ($number eq '' || $number == $ran) && $name !~ /#\s*(skip|todo)/i;
            check($good, "$prefix: $name");
            $bad ||= !$good;
        } elsif ($line =~ /^Bail out!/) {
            $bailed = 1;
        } else {
            print STDERR "$prefix: $line\n" if $bad && $line =~ /^\s*#/;
        }
    }
    my $whole = defined $plan && $plan == $ran && $ran > 0 && !$bailed;
    check($whole && !$bad,
        "$prefix: all $ran of " . ($plan // 'an unknown number of') . ' tests ran and passed',
        @ends);
    return $whole && !$bad;
}

sub done
{
    print "1..$count\n";
    exit($failed || !$count ? 1 : 0);
}

1;
