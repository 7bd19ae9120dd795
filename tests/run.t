#
# tests/run.t - `make run` from outside: output, input and status to the byte

use strict;
use warnings;
use Loam;
use File::Path qw(make_path remove_tree);

my $build = build();
my $nr_runs = 0;

# make run with the given settings; input is a string, or a ready-made shell redirection.
sub make_run
{
    my ($settings, %how) = @_;
    my $base = logs() . '/run-' . ++$nr_runs;
    my @command =
        ('make', $how{goal} // 'run', "B=$build", map {"$_=$settings->{$_}"} sort keys %$settings);
    write_file("$base.in", $how{input} // '');
    my $pid = fork // die "fork: $!\n";
    if ($pid == 0) {
        delete @ENV{ grep {/^(LOAM_|MAKE|MFLAGS)/} keys %ENV };
        open STDIN, '<', "$base.in" or die;
        open STDIN, '-|', "cat $base.in" or die if $how{pipe};
        open STDOUT, '>', "$base.out" or die;
        open STDERR, '>', "$base.err" or die;
        exec 'timeout', '300', @command;
        die "make: $!\n";
    }
    waitpid $pid, 0;
    my $status = $?;
    return {
        name => "make @command[1 .. $#command]", result => '', status => $status,
        out => read_file("$base.out"), err => read_file("$base.err"),
        log => read_file("$build/kernel.log") };
}

sub host_output
{
    my (@command) = @_;
    open my $pipe, '-|', @command or die "$command[0]: $!\n";
    local $/;
    return scalar <$pipe>;
}

sub test_output
{
    my $end = make_run({ CMD => 'wordfreq /share/gpl-3.txt' });
    my $expected = host_output("$build/bin/wordfreq", '/usr/share/common-licenses/GPL-3');
    check_bytes($end->{out}, $expected,
        'run: wordfreq prints the same bytes as the same ELF on Linux', $end);
    check(length $expected > 100, 'run: ... and they are some');
    check($end->{status} == 0, 'run: status 0', $end);
    check($end->{err} !~ /exit status|killed/, 'run: no word of a status that is 0', $end);

    my $iso = make_run({ KARGS => '-- wordfreq /share/gpl-3.txt' }, goal => 'run-iso');
    check_bytes($iso->{out}, $expected,
        'run-iso: the same bytes through GRUB, the command through KARGS', $iso);
    check($iso->{status} == 0, 'run-iso: status 0', $iso);
}

sub test_status
{
    my $end = make_run({ CMD => 'true' });
    check($end->{out} eq '' && $end->{status} == 0,
        'run: nothing on standard output but the program', $end);
    $end = make_run({ CMD => 'false' });
    check($end->{status} != 0, 'run: make fails when the program does', $end);
    check($end->{err} =~ /^false: exit status 1$/m, 'run: the exit status is said', $end);
    check($end->{out} eq '', 'run: ... on standard error', $end);
    $end = make_run({ CMD => 'crash null' });
    check($end->{status} != 0, 'run: make fails when a signal ends the program', $end);
    check($end->{err} =~ /^crash: killed by signal 11 \(SIGSEGV\)$/m, 'run: the signal is said',
        $end);
    $end = make_run({ CMD => 'no-such-program' });
    check(
        $end->{status} != 0 && $end->{err} =~ /^no-such-program: exit status 127$/m,
        'run: a program that is not there is status 127', $end);
    $end = make_run({ CMD => 'true', V => 1 });
    check($end->{err} =~ /init: true: exited with status 0/, 'run: V=1 shows the log', $end);
    $end = make_run({ CMD => 'true', KARGS => 'frobnicate=7' });
    check($end->{log} =~ /frobnicate/, 'run: an unknown word for the kernel is named in the log',
        $end);
}

sub test_words
{
    my $cmd = q{echo 'a  b' "c\"d" "it's" \\\\ \\$HOME '*' "\\\\" "tab	tab" -- é ; & | ( > ) #};
    my $expected = qq{a  b c"d it's \\ \$HOME * \\ tab\ttab -- é ; & | ( > ) #\n};
    for my $goal (qw(run run-iso)) {
        my $end = make_run({ CMD => $cmd }, goal => $goal);
        check_bytes($end->{out}, $expected, "$goal: words reach the program as they were quoted",
            $end);
    }
    my $end = make_run({ CMD => q{echo a '' b ""} });
    check_bytes($end->{out}, "a  b \n", 'run: empty words reach the program', $end);
}

# Pseudo-random bytes, the same every time.
sub noise
{
    my ($n) = @_;
    my $state = 12345;
    return join '',
        map { $state = ($state * 1103515245 + 12345) % 2**31; chr($state >> 16 & 255) } 1 .. $n;
}

sub test_input
{
    my %inputs = (
        'nothing' => '', 'one byte' => 'x', 'every byte' => join('', map {chr} 0 .. 255) x 3,
        'control bytes' => "\x03\x04\x10\x10\x04\0\xff\x1a\x1c\x11\x13\r\n\x03",
        'a stream of 100 KiB' => noise(102400));
    for my $what (sort keys %inputs) {
        my $end = make_run({ CMD => 'cat' }, input => $inputs{$what}, pipe => 1);
        check_bytes($end->{out}, $inputs{$what}, "run: $what passes through cat unchanged", $end);
        check($end->{status} == 0, "run: ... and ends ($what)", $end);
    }
}

sub test_extra
{
    my $dir = logs() . '/extra dir';
    remove_tree($dir);
    make_path("$dir/deep/a b", "$dir/bin");
    write_file("$dir/deep/a b/file \$x", "found\n");
    write_file("$dir/empty", '');
    write_file("$dir/share-page", 'p' x 4096);
    make_path("$dir/share");
    write_file("$dir/share/gpl-3.txt", "replaced\n");
    symlink '../bin/echo', "$dir/bin/link" or die;
    write_file("$dir/bin/mine", read_file("$build/bin/echo"));
    chmod 0755, "$dir/bin/mine";
    write_file("$dir/bin/locked", read_file("$build/bin/echo"));
    chmod 0644, "$dir/bin/locked";

    my $end = make_run({ EXTRA => $dir, CMD => '/bin/mine it runs' });
    check_bytes($end->{out}, "it runs\n", 'run: EXTRA brings a program', $end);
    $end = make_run({ EXTRA => $dir, CMD => q{cat '/deep/a b/file $x' /empty /share/gpl-3.txt} });
    check_bytes($end->{out}, "found\nreplaced\n",
        'run: EXTRA brings files with odd names, and replaces', $end);
    $end = make_run({ EXTRA => $dir, CMD => 'cat /share-page' });
    check_bytes($end->{out}, 'p' x 4096, 'run: EXTRA brings a file of exactly one page', $end);
    $end = make_run({ EXTRA => $dir, CMD => '/bin/locked' });
    check($end->{status} != 0 && $end->{out} !~ /it runs/,
        'run: a file without the x bit does not run', $end);
    $end = make_run({ EXTRA => $dir, CMD => 'link through a link' }, goal => 'run-iso');
    check_bytes($end->{out}, "through a link\n",
        'run-iso: EXTRA works there too, symbolic links as well', $end);
    $end = make_run({ EXTRA => 'build/no such', CMD => 'true' });
    check($end->{status} != 0 && $end->{err} =~ /EXTRA/,
        'run: EXTRA that is no directory is an error', $end);
}

sub test_default
{
    my $end = make_run({});
    check($end->{status} == 0, 'run: without CMD and terminal the tour runs', $end);
    check($end->{out} =~ /\bP1\b.*\bP8\b/s, 'run: the tour walks from P1 to P8', $end);
    $end =
        make_run({ CMD => 'true', QEMU_ARGS => '-icount shift=0', CPU => 'qemu64', MEM => '64M' });
    check($end->{status} == 0, 'run: MEM, CPU and QEMU_ARGS', $end);
}

test_output();
test_status();
test_words();
test_input();
test_extra();
test_default();
done();
