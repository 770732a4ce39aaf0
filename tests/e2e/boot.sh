#!/bin/busybox sh
# First process of QEMU's initramfs: the root becomes this machine's own, read-only over 9p, under a tmpfs overlay.
B=/bin/busybox
$B mount -t proc proc /proc
$B mount -t sysfs sys /sys
$B mount -t devtmpfs dev /dev
for module in /mod/*.ko; do $B insmod "$module" || echo "module $module was not loaded"; done
$B mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=loose,msize=1048576 root /lower || $B poweroff -f
$B mount -t tmpfs upper /upper
$B mkdir /upper/files /upper/work
$B mount -t overlay -o lowerdir=/lower,upperdir=/upper/files,workdir=/upper/work root /new
$B mkdir -p /new/proc /new/sys /new/dev
for kernel in proc sys dev; do $B mount --move /$kernel /new/$kernel; done
$B mkdir -p /new/out
$B mount -t 9p -o trans=virtio,version=9p2000.L,msize=1048576 out /new/out
exec $B switch_root /new /bin/bash /out/init.sh
