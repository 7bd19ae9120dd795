#
# tests/names.t - libc.a and libloammalloc.a leave a program's names alone
#
# What a library links under must be declared in one of its public headers, or begin with an underscore. What
# the standards reserve for the library is in the headers.

use strict;
use warnings;
use Loam;

# Names that an archive defines for all.
sub defined_in
{
    my ($archive) = @_;
    my %names;
    for (`nm $archive`) {
        $names{$1} = 1 if /^[0-9a-f]+ [A-TV-Z] ([A-Za-z]\w*)$/;
    }
    return sort keys %names;
}

my %declared;
chomp(my @headers = `find libc/include -name '*.h'`);
$declared{$_} = 1 for map { read_file($_) =~ /\w+/g } @headers;

for my $name (qw(libc.a libloammalloc.a)) {
    my @names = defined_in(build() . "/$name");
    my @strange = grep { !$declared{$_} } @names;
    check(@names > 10 && !@strange, "$name: every name is declared or begins with an underscore");
    print "# $_\n" for @strange;
}
done();
