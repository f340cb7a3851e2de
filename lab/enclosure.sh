#!/bin/sh
# Become a router: take a name, a /run and an /etc/frr of its own, then run the command.
#
#   enclosure.sh STAGE FRR_RUN FRR_ETC OWN_NAMESPACE [VRF=NAMESPACE]... -- COMMAND...
#
# Runs in private mount and UTS namespaces, so nothing of this is seen outside and all of it is gone
# with the last process inside. FRR's zebra takes every name in /run/netns for a VRF, so there
# must be none but the router's own; and with folders of its own a plain `vtysh` reaches this
# router and never the machine's.
set -e
stage=$1 frr_run=$2 frr_etc=$3 own=$4
shift 4
hostname "${own##*.}"
mount -n -t tmpfs -o mode=755 tmpfs "$stage"
mkdir "$stage/netns" "$stage/frr" "$stage/sshd" "$stage/lock" "$stage/demarc-lab"
touch "$stage/namespace"
mount -n --bind "/run/netns/$own" "$stage/namespace"
mount -n --bind "$frr_run" "$stage/frr"
mount -n --rbind /run/demarc-lab "$stage/demarc-lab"
while [ "$1" != -- ]; do
    touch "$stage/netns/${1%%=*}"
    mount -n --bind "/run/netns/${1#*=}" "$stage/netns/${1%%=*}"
    shift
done
shift
mount -n --bind "$frr_etc" /etc/frr
# Root may be locked here; the router's root signs in by key (man 5 sshd_config, UsePAM).
printf 'root:*:20000::::::\nsshd:*:20000::::::\nfrr:*:20000::::::\n' > "$stage/shadow"
mount -n --bind "$stage/shadow" /etc/shadow
# A router's root has no home: what the machine's root keeps in ~/.bashrc must not run here.
sed 's,^root:.*,root:x:0:0:root:/run:/bin/sh,' /etc/passwd > "$stage/passwd"
mount -n --bind "$stage/passwd" /etc/passwd
mount -n --rbind "$stage" /run
exec "$@"
