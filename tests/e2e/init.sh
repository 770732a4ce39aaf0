#!/bin/bash
# First process of the guest's root, of QEMU and of User-Mode Linux alike: what a system bus needs, then the command.
# /run/out is the folder that guest and host share: `command` goes in, `rc` and whatever the command wrote come out.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TMPDIR=/run PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
mountpoint -q /proc || mount -t proc proc /proc
mountpoint -q /sys || mount -t sysfs sys /sys
mountpoint -q /dev || mount -t devtmpfs dev /dev
mount -t tmpfs run /run
mkdir -p /dev/pts /dev/shm /run/out /run/dbus
mount -t devpts pts /dev/pts
mount -t tmpfs shm /dev/shm
mount -t tmpfs bluetooth /var/lib/bluetooth
shared=$(sed -n 's/.*hrvdaemon\.out=\([^ ]*\).*/\1/p' /proc/cmdline)
if [ -n "$shared" ]; then mount -t hostfs none /run/out -o "$shared"; else mount --move /out /run/out; fi
hostname guest
dbus-daemon --system --fork --nopidfile
bash /run/out/command
rc=$?
sync
echo "$rc" >/run/out/rc
sync
busybox poweroff -f
