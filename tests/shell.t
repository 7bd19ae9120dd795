#
# tests/shell.t - make run on a terminal: the shell, its line editing, ^C, and how to leave

use strict;
use warnings;
use Loam;
use Terminal;

my $build = build();
my $PROMPT = qr/\r+\nloam\$ /;

sub test_session
{
    terminal_start('shell', "$build/kernel.elf", "$build/initrd-test.cpio", '');
    terminal_step('', qr/loam\$ /, 'shell: a prompt appears on a terminal');
    terminal_step("hello\r", qr/\nHello.*$PROMPT/s, 'shell: runs a program');
    terminal_step("echo abX\x7fc d\r", qr/\nabc d$PROMPT/, 'shell: backspace takes a character back');
    terminal_step("echo onetwo\e[D\e[D\e[D-\r", qr/\none-two$PROMPT/, 'shell: the left arrow moves');
    terminal_step("\e[A\e[A\r", qr/\nabc d$PROMPT/, 'shell: the up arrow recalls what was typed before');
    terminal_step("false\r", qr/status 1$PROMPT/, 'shell: shows a status that is not 0');
    terminal_step("no-such\r", qr/no-such: \S.*$PROMPT/, 'shell: says when a program is not there');
    terminal_step("/test/spins\r", qr/the last word before the loop/, 'shell: an endless program starts');
    terminal_step("\x03", $PROMPT, 'shell: ^C ends it and the shell goes on');
    terminal_step("/test/leads\r", qr/a session came and went/, 'shell: a child leads a session and ends');
    terminal_step("\x03", $PROMPT, 'shell: ^C still reaches the foreground');
    terminal_step("help\r", qr/exit.*$PROMPT/s, 'shell: help names exit');
    terminal_type("exit\r");
    my ($ended, $how) = terminal_end();
    check($ended && $how->{result} eq "exit 0\n", 'shell: exit powers off with status 0', $how);
}

sub test_leave
{
    terminal_start('shell', "$build/kernel.elf", "$build/initrd-test.cpio", '');
    terminal_step('', qr/loam\$ /, 'leave: a prompt appears');
    terminal_type("\x01x");
    my ($ended, $how) = terminal_end();
    check($ended, 'leave: Ctrl-A x switches the machine off', $how);
}

test_session();
test_leave();
done();
