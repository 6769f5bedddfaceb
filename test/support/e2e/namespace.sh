#!/bin/sh
# Makes a namespace's inside ready and runs a command there: sh namespace.sh FOLDER COMMAND…
# To be started under `unshare --mount --net --pid --fork --kill-child --mount-proc` (scripts/test.mjs does):
# what is mounted and started here is seen by nobody outside and dies with this shell.
set -eu
folder=$1
shift

mount -t tmpfs -o mode=0700 tmpfs "$folder"
# Sockets, locks and logins that clients keep beside the user's home.
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /dev/shm
# The engine writes a key to /etc/docker, podman a cache to /var/lib/containers; the tests /etc/hosts and the
# trusted authorities. Each goes to a layer of its own and the machine's own files stay as they are.
for each in etc var/lib; do
  mkdir -p "$folder/layers/$each/upper" "$folder/layers/$each/work"
  mount -t overlay overlay "/$each" \
    -o "lowerdir=/$each,upperdir=$folder/layers/$each/upper,workdir=$folder/layers/$each/work"
done
ip link set lo up
# AWS's and Docker Hub's addresses, of those reserved for documentation: what resolves to 127.0.0.0/8 the engine
# takes for an insecure registry, whose certificate it doesn't check.
ip address add 192.0.2.1/32 dev lo
ip address add 192.0.2.2/32 dev lo

# Not exec: this shell is the namespace's first process and buries the orphans that the engine leaves to it.
"$@"
