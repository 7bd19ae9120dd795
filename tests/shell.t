#
# tests/shell.t - make run on a terminal: the shell, its line editing, ^C, and how to leave
#
# script(1) gives the machine a terminal. Every step waits for what the last one must print, never for
# time to pass.

use strict;
use warnings;
use Loam;
use IO::Handle;

$SIG{PIPE} = 'IGNORE';    # a session that has ended is found out by what it did not print

my $build = build();
my $base = logs() . '/shell';
my $vm =
    "'$^X' tests/vm --kernel $build/kernel.elf --initrd $build/initrd-test.cpio --log $base.log --result $base.result";
my $keys;        # what is written here is typed
my $seen = 0;    # bytes of the screen that earlier steps have accounted for

sub screen
{
    return read_file("$base.screen");
}

sub how
{
    return {
        name => 'shell', result => read_file("$base.result"), status => $?, out => screen(),
        err => '',
        log => read_file("$base.log") };
}

# Type something, then wait until the screen shows what is expected behind what earlier steps matched.
# A step that fails ends the session.
sub step
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

sub start
{
    my ($command) = @_;
    unlink "$base.screen", "$base.result";
    $seen = 0;
    delete @ENV{ grep {/^LOAM_(?!BUILD)/} keys %ENV };
    my $pid = open $keys, '|-', 'script', '-qefc', $command, "$base.screen" or die "script: $!\n";
    $keys->autoflush(1);
    return $pid;
}

# script's own output is the screen again; the file has it already.
open STDOUT_SAVED, '>&', \*STDOUT or die;

sub quietly
{
    my ($code) = @_;
    STDOUT->flush;
    open STDOUT, '>', '/dev/null' or die;
    my $result = $code->();
    open STDOUT, '>&', \*STDOUT_SAVED or die;
    return $result;
}

my $PROMPT = qr/\r+\nloam\$ /;

sub test_session
{
    quietly(sub { start("exec $vm") });
    step('', qr/loam\$ /, 'shell: a prompt appears on a terminal');
    step("hello\r", qr/\nHello.*$PROMPT/s, 'shell: runs a program');
    step("echo abX\x7fc d\r", qr/\nabc d$PROMPT/, 'shell: backspace takes a character back');
    step("echo onetwo\e[D\e[D\e[D-\r", qr/\none-two$PROMPT/, 'shell: the left arrow moves');
    step("\e[A\e[A\r", qr/\nabc d$PROMPT/, 'shell: the up arrow recalls what was typed before');
    step("false\r", qr/status 1$PROMPT/, 'shell: shows a status that is not 0');
    step("no-such\r", qr/no-such: \S.*$PROMPT/, 'shell: says when a program is not there');
    step("/test/spins\r", qr/the last word before the loop/, 'shell: an endless program starts');
    step("\x03", $PROMPT, 'shell: ^C ends it and the shell goes on');
    step("/test/leads\r", qr/a session came and went/, 'shell: a child leads a session and ends');
    step("\x03", $PROMPT, 'shell: ^C still reaches the foreground');
    step("help\r", qr/exit.*$PROMPT/s, 'shell: help names exit');
    print $keys "exit\r";
    my $ended = close $keys;
    my $how = how();
    check($ended && $how->{result} eq "exit 0\n", 'shell: exit powers off with status 0', $how);
}

sub test_leave
{
    quietly(sub { start("exec $vm") });
    step('', qr/loam\$ /, 'leave: a prompt appears');
    print $keys "\x01x";
    my $ended = close $keys;
    check($ended, 'leave: Ctrl-A x switches the machine off', how());
}

test_session();
test_leave();
done();
