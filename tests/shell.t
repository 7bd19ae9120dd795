#
# tests/shell.t - make run on a terminal: the shell, its line editing, ^C, and how to leave
#
# script(1) gives the machine a terminal. Every step waits for what the last one must print, never for
# time to pass.

use strict;
use warnings;
use Loam;
use IO::Handle;

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

# Type something, then wait until the screen shows what is expected behind what was there before.
sub step
{
    my ($type, $expected, $name) = @_;
    $seen = length screen() if $type ne '';
    print $keys $type;
    for (1 .. 600) {
        my $new = substr screen(), $seen;
        if ($new =~ $expected) {
            $seen += $+[0];
            return check(1, $name);
        }
        select undef, undef, undef, 0.1;
    }
    return check(0, $name, how());
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

sub test_session
{
    quietly(sub { start("exec $vm") });
    step('', qr/loam\$ /, 'shell: a prompt appears on a terminal') or return;
    step("hello\r", qr/hello\r?\n.*\S.*\r\n.*loam\$ /s, 'shell: runs a program');
    step("echo abX\x7fc d\r", qr/\nabc d\r\n/, 'shell: backspace takes a character back');
    step("echo onetwo\e[D\e[D\e[D-\r", qr/\none-two\r\n/, 'shell: the left arrow moves');
    step("\e[A\e[A\r", qr/\nabc d\r\n/, 'shell: the up arrow recalls what was typed before');
    step("false\r", qr/status 1/, 'shell: shows a status that is not 0');
    step("no-such\r", qr/no-such: \S/, 'shell: says when a program is not there');
    step("/test/spins\r", qr/the last word before the loop/,
        'shell: a program that does not end starts');
    step("\x03", qr/loam\$ /, 'shell: ^C ends it and the shell goes on');
    step("help\r", qr/exit.*loam\$ /s, 'shell: help names exit');
    print $keys "exit\r";
    my $ended = close $keys;
    my $how = how();
    check($ended && $how->{result} eq "exit 0\n", 'shell: exit powers off with status 0', $how);
}

sub test_leave
{
    quietly(sub { start("exec $vm") });
    step('', qr/loam\$ /, 'leave: a prompt appears') or return;
    print $keys "\x01x";
    my $ended = close $keys;
    check($ended, 'leave: Ctrl-A x switches the machine off', how());
}

test_session();
test_leave();
done();
