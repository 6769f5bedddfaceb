#!/bin/sh
# Boots systemd as process 1 on a root folder, as in a container: sh boot.sh FOLDER GROUP
# FOLDER: root/ is the system's root, local/ its /usr/local, boot_id, if there is one, the ID of its boot. The ID of its first process is
# written to FOLDER/pid. GROUP: a control group for it. Its end, also by a reboot, ends this process.
# It uses the network of the end-to-end tests, and /usr of the machine, which it can't change.
set -eu
folder=$1 group=$2

case ${3:-} in
  '') exec unshare --mount --pid --uts --ipc --fork --kill-child sh "$0" "$folder" "$group" process-1 ;;
  process-1)
    mkdir -p "$folder/cgroup"
    # On its own, whatever the machine has in /sys/fs/cgroup: systemd needs one hierarchy of version 2. The group has no
    # other process, since then it could not pass controllers on.
    mount -t cgroup2 cgroup2 "$folder/cgroup"
    mkdir -p "$folder/cgroup/$group"
    echo 0 >"$folder/cgroup/$group/cgroup.procs"
    umount "$folder/cgroup"
    exec unshare --cgroup sh "$0" "$folder" "$group" own-group
    ;;
esac

# In the caller's /proc. The file appears when it is complete.
read -r pid _ </proc/self/stat
echo "$pid" >"$folder/pid.new"
mount --make-rprivate /
mount --bind "$folder/root" "$folder/root"
cd "$folder/root"
mount --bind /usr usr
mount -o remount,bind,ro usr
mount --bind "$folder/local" usr/local
mount -t proc proc proc
# The settings of the kernel are the machine's.
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
# As in other containers. A system unit with a /proc of its own sees the machine's ID all the same.
[ ! -e "$folder/boot_id" ] || mount --bind "$folder/boot_id" proc/sys/kernel/random/boot_id
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
for each in dev run; do mount -t tmpfs -o mode=755 tmpfs "$each"; done
mount -t tmpfs -o mode=1777 tmpfs tmp
mknod -m 666 dev/null c 1 3
mknod -m 666 dev/zero c 1 5
mknod -m 666 dev/full c 1 7
mknod -m 666 dev/random c 1 8
mknod -m 666 dev/urandom c 1 9
mknod -m 666 dev/tty c 5 0
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=666,mode=620 devpts dev/pts
mount -t tmpfs -o mode=1777 tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
mv "$folder/pid.new" "$folder/pid"
pivot_root . old
umount -l old
# Without the capabilities for what a container shares with the machine: its clock, modules and devices.
drop=-sys_time,-sys_module,-sys_rawio,-syslog
exec env -i container=tests PATH=/usr/sbin:/usr/bin \
  setpriv --inh-caps=$drop --bounding-set=$drop /usr/lib/systemd/systemd --system
