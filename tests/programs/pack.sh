# 8 MiB there and back, by programs built here and by busybox's.
cd /tmp
/bin/busybox seq 1200000 | /bin/busybox head -c 8388608 > data
for tool in gzip bzip2; do
    /bin/$tool -c < data > data.packed && /bin/$tool -t < data.packed && echo "$tool: sound"
    /bin/$tool -dc < data.packed | /bin/busybox cmp - data && echo "$tool: as it was"
    /bin/busybox $tool -dc < data.packed | /bin/busybox md5sum
    /bin/busybox stat -c %s data.packed
done
