# What a shell and busybox's tools do with pipes, files and processes. No line depends on time, pids or
# addresses.
PATH=/tools:/bin
/bin/busybox mkdir -p /tools
/bin/busybox --install -s /tools
mkdir /tmp/work; cd /tmp/work || exit 1
say() { echo "== $*"; }

say pipes; echo a b c | tr ' ' '\n' | sort -r | head -n 2; seq 10 | tail -n 3 | tac | paste -sd+ ; seq 20 | awk '{s+=$1} END{print s}'
say here documents; cat <<EOF | wc -l
one $((1 + 1))
two
EOF
cat <<'EOF'
literally $HOME
EOF
say globs; for f in x y z; do echo "$f" > "$f.txt"; done; ls *.txt; echo [xy].txt ?.txt no*; case abc in a*) echo begins;; esac
say arithmetic; echo $((3 * 7 + 2)) $((1 << 20)) $((17 % 5)) $((0x1f)); expr 3 \* 4; expr length hello; echo '2^64; scale=5; 22/7' | bc 2>/dev/null || echo no bc
say functions; f() { local a=$1; echo "$a $#"; return 3; }; f p q; echo $?; fact() { [ $1 -le 1 ] && echo 1 || echo $(($1 * $(fact $(($1 - 1))))); }; fact 10
say traps; trap 'echo trapped' USR1; kill -USR1 $$; trap - USR1; (trap 'echo leaving' EXIT; exit 4); echo $?
say background; (sleep 0.1; echo late; exit 6) & wait $!; echo $?; sleep 5 & kill $!; wait $! 2>/dev/null; echo $?; for i in 1 2 3; do (echo $i > out$i) & done; wait; cat out1 out2 out3
say substitution; x=$(echo sub | sed s/s/S/); echo "$x" "${x#S}" "${x%b}" "${#x}" "${y:-none}"; set -- a 'b c' d; echo $# "$2"; shift; echo "$*"
say scripts; printf '#!/tools/awk -f\nBEGIN{print "awk runs it", ARGC}\n' > s.awk; chmod +x s.awk; ./s.awk x; printf '#!/tools/sh\necho "$0" "$#"\n' > s.sh; chmod +x s.sh; ./s.sh a 'b c'; printf '#!/none\n' > s.no; chmod +x s.no; ./s.no 2>/dev/null || echo "no interpreter: $?"
say redirection; { echo out; echo err >&2; } 2>both >&2; cat both; ls /none 2>&1 | sed 's/.*: //'; exec 3>three; echo to three >&3; exec 3>&-; cat three; : > empty; wc -c < empty
say grep; printf 'one\ntwo\nthree\n' > n; grep t n; grep -c o n; grep -vn two n; grep -E '^(one|two)$' n; grep -q four n || echo no four
say sed; sed -n '2p;$p' n; sed 's/o/0/g;1d' n; echo abc | sed 's/\(a\)\(b\)/\2\1/'
say awk; awk 'BEGIN{OFS="-"} {print NR, $1, length($1)}' n; printf 'a 1\nb 2\na 3\n' | awk '{t[$1]+=$2} END{for (k in t) print k, t[k]}' | sort
say sort; printf '10\n9\n2\n' | sort -n; printf 'b\na\nb\n' | sort -u; printf 'b\na\na\n' | sort | uniq -c | awk '{print $1, $2}'
say find; mkdir -p d/e/f; touch d/1 d/e/2 d/e/f/3; find d -type f | sort; find d -name '[12]' | sort | xargs ls; find d -type d | wc -l; find d -name 3 -exec echo found {} \;
say tar; tar cf t.tar d n; tar tf t.tar | sort; mkdir u; tar xf t.tar -C u; diff -r d u/d && echo same tree
say gzip; gzip -k n; gunzip -c n.gz | cmp - n && echo same; bzip2 -k n; bunzip2 -c n.bz2 | md5sum; zcat n.gz | wc -l
say copies; cp n m; cp -r d c; mv m o; ln o p; ln -s o q; readlink q; cat p q | wc -l; stat -c '%h %F' o q; rm o; cat p | head -n 1; cat q 2>/dev/null || echo dangling; ls -l p | cut -c1-10
say modes; chmod 640 p; stat -c '%a %u %g' p; chown 5:6 p; stat -c '%u %g' p; chmod u+x,g-r p; stat -c %A p; umask 077; touch s; stat -c %a s; umask 022
say times; touch -d '2001-02-03 04:05:06' p; stat -c %Y p; date -d @86400 -u '+%Y-%m-%d %H:%M:%S'; test n -nt p && echo newer
say removal; rm -r c u; rmdir d 2>&1 | sed 's/.*: //'; rm -rf d; ls -d d 2>/dev/null || echo gone; mkdir -p h/i; rmdir h/i h; ls
say bytes; head -c 4 /dev/zero | od -An -c; printf '\001\377' | hexdump -C | head -n 1; echo abc | cut -c2; echo a:b:c | cut -d: -f2; echo hello | rev; printf '%05d|%-5s|%x\n' 42 ab 255; yes | head -n 2
say sums; printf abc | md5sum; printf abc | sha1sum; printf abc | sha256sum; printf abc | sha512sum | cut -c1-20; printf abc | cksum; echo abc | base64
say diff; printf '1\n2\n' > l; printf '1\n3\n' > r; diff l r; cmp l r; echo $?
say tee; echo both | tee copy; cat copy; echo more | tee -a copy >/dev/null; wc -l copy; dd if=/dev/zero of=block bs=512 count=3 2>/dev/null; stat -c %s block; truncate -s 5 block; stat -c %s block
say fifo; mkfifo pipe; (echo through > pipe &); cat pipe; test -p pipe && echo a pipe
say processes; ps | grep -q '[/]script' && echo seen; ps -o comm | grep -c busybox >/dev/null && echo listed; free | head -n 1 | awk '{print $1}'; top -b -n1 | head -n 1 | cut -c1-4; uptime | grep -c load; pmap $$ 2>/dev/null | tail -n 1 | awk '{print NF > 1}'; nproc; test -d /proc/$$/fd && echo has files
say environment; A=1 sh -c 'echo $A'; env -i B=2 /tools/env; id -u; basename /a/b.c .c; dirname /a/b; pwd; cd /; pwd; cd - >/dev/null; pwd; which ls; uname -s | wc -c >/dev/null && echo named
say signals; sh -c 'kill -TERM $$'; echo $?; sh -c 'trap "" TERM; kill -TERM $$; echo survived'; timeout 0.1 sleep 5; echo $?; sh -c 'sleep 5 & kill -STOP $!; kill -CONT $!; kill $!; wait $!; echo $?'
say loops; i=0; while [ $i -lt 3 ]; do i=$((i + 1)); [ $i = 2 ] && continue; echo $i; done; until [ $i = 0 ]; do i=$((i - 1)); done; echo $i; printf '1 2\n3 4\n' | while read a b; do echo $((a * b)); done
say errors; nothing 2>/dev/null; echo $?; cat /none 2>/dev/null; echo $?; false; echo $?; ! true; echo $?; (exit 9); echo $?; cd /none 2>/dev/null || echo cannot
cd /; rm -r /tmp/work; ls /tmp
