# Run each program as often as said, and stop where it does not end well or prints something else.
runs=$1
shift
for program; do
	/bin/$program >/tmp/first || exit
	i=0
	while [ $i -lt $runs ]; do
		i=$((i + 1))
		/bin/$program >/tmp/out || { echo "$program: run $i: status $?"; exit 1; }
		cmp /tmp/first /tmp/out || { echo "$program: run $i:"; cat /tmp/out; exit 1; }
	done
	echo "$program: $runs runs"
done
