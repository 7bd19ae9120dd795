# tests/Terminal.pm - a machine on a terminal, which is typed at
#
# script(1) gives the machine a terminal. Every step waits for what the last one must print, never for
# time to pass.

package Terminal;

use strict;
use warnings;
use Exporter qw(import);
use IO::Handle;
use Loam;

our @EXPORT = qw(terminal_start terminal_step terminal_type terminal_end);

$SIG{PIPE} = 'IGNORE';    # a session that has ended is found out by what it did not print

my $base;        # of the files of this session
my $keys;        # what is written here is typed
my $seen = 0;    # bytes of the screen that earlier steps have accounted for

sub screen
{
    return read_file("$base.screen");
}

sub how
{
    return {
        name => $base =~ s{.*/}{}r, result => read_file("$base.result"), status => $?, out => screen(),
        err => '',
        log => read_file("$base.log") };
}

# Type something, then wait until the screen shows what is expected behind what earlier steps matched.
# A step that fails ends the session.
sub terminal_step
{
    my ($type, $expected, $name) = @_;
    print $keys $type;
    for (1 .. 600) {
        my $new = substr screen(), $seen;
        if ($new =~ $expected) {
            $seen += $+[0];
            return check(1, $name);
        }
        select undef, undef, undef, 0.1;
    }
    check(0, $name, how());
    print $keys "\x01x";
    close $keys;
    done();
}

sub terminal_type
{
    my ($type) = @_;
    print $keys $type;
}

# The session is over: whether it ended well, and how.
sub terminal_end
{
    my $ended = close $keys;
    return ($ended, how());
}

# script's own output is the screen again; the file has it already.
open my $saved, '>&', \*STDOUT or die;

# Boot a machine for a session of that name. options: of tests/vm.
sub terminal_start
{
    my ($name, $kernel, $initrd, $options) = @_;
    $base = logs() . "/$name";
    unlink "$base.screen", "$base.result";
    $seen = 0;
    delete @ENV{ grep {/^LOAM_(?!BUILD)/} keys %ENV };
    my $vm = "'$^X' tests/vm --kernel $kernel --initrd $initrd --log $base.log --result $base.result $options";
    STDOUT->flush;
    open STDOUT, '>', '/dev/null' or die;
    my $pid = open $keys, '|-', 'script', '-qefc', "exec $vm", "$base.screen";
    open STDOUT, '>&', $saved or die;
    die "script: $!\n" unless $pid;
    $keys->autoflush(1);
}

1;
