# What bash does beyond a plain shell.
PATH=/tools:/bin
/bin/busybox mkdir -p /tools
/bin/busybox --install -s /tools
say() { echo "== $*"; }
say arrays; a=(one two three); echo "${a[1]}" "${#a[@]}" "${a[@]:1}"; a+=(four); echo "${!a[@]}"; declare -A m=([k]=v [l]=w); echo "${m[k]}" "${#m[@]}"
say arithmetic; for ((i = 0; i < 3; i++)); do echo -n "$i "; done; echo; ((i == 3)) && echo three; echo $((2 ** 40)) $((16#ff)); let 'j = 5 * 5'; echo $j
say strings; s='Hello World'; echo "${s/World/there}" "${s^^}" "${s,,}" "${s:6:3}" "${s//l/L}"; printf -v t '%03d' 7; echo $t; [[ $s =~ ([A-Z])o ]] && echo "${BASH_REMATCH[1]}"; [[ $s == H* ]] && echo H
say braces; echo {1..5} {a,b}{1,2} {01..03}
say here; read -r x y <<< 'first second third'; echo "$y"; cat < <(echo from a process); diff <(seq 3) <(seq 3) && echo equal; while read -r l; do echo "<$l>"; done < <(printf 'p\nq\n')
say functions; f() { local -i n=$1; ((n < 2)) && { echo "$n"; return; }; echo $(($(f $((n - 1))) + $(f $((n - 2))))); }; f 12; declare -f f | head -n 1
say jobs; set -m; sleep 5 & kill %1; wait %1 2>/dev/null; echo $?; (sleep 0.1; exit 3) & wait $!; echo $?; jobs | wc -l; set +m
say coproc; coproc tr a-z A-Z; echo shout >&"${COPROC[1]}"; eval "exec ${COPROC[1]}>&-"; read -r l <&"${COPROC[0]}"; echo "$l"; wait
say traps; trap 'echo got int' INT; kill -INT $$; trap 'echo error' ERR; false; trap - ERR; (trap 'echo bye' EXIT)
say pipes; seq 5 | { read -r a; read -r b; echo "$a $b"; }; set -o pipefail; false | true; echo $?; echo "${PIPESTATUS[@]}"; true | false; echo $?
say select; select c in red blue; do echo "$c"; break; done <<< 2 2>/dev/null
say files; mapfile -t z < <(printf 'a\nb\nc\n'); echo "${#z[@]} ${z[2]}"; exec {fd}< <(echo by number); cat <&"$fd"; exec {fd}<&-; echo text > /tmp/f; [[ -f /tmp/f && ! -d /tmp/f ]] && echo file; rm /tmp/f
say limits; ulimit -n; ulimit -c 0; ulimit -c; umask; times > /dev/null && echo timed; printf '%(%Y)T\n' 0; echo $SHLVL > /dev/null; type -t cd ls say
say printf; printf '%s-%s\n' a b c d; printf '%q\n' 'a b'; printf '%5.2f|%e\n' 3.14159 1000; printf '%b' 'tab\there\n'
shopt -s extglob nullglob
say globs; cd /tmp; touch a1 a2 b1; echo a+([0-9]) !(a*) none*; rm a1 a2 b1
say end; exec 9> /tmp/g; flock -n 9 && echo locked; rm /tmp/g; exit 0
