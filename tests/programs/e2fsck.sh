# A file system in a file, made, damaged (its count of free blocks), repaired, and looked at again.
busybox=/bin/busybox
cd /tmp || exit 1
$busybox dd if=/dev/zero of=image bs=1024 count=4096 2>/dev/null
$busybox mke2fs -F image >/dev/null || exit 1
/sbin/e2fsck.static -fn image 2>&1 | $busybox tail -n 1
$busybox dd if=/dev/zero of=image bs=1 seek=2060 count=4 conv=notrunc 2>/dev/null
/sbin/e2fsck.static -fy image 2>&1 | $busybox grep -v '^e2fsck '
/sbin/e2fsck.static -fn image 2>&1 | $busybox tail -n 1
