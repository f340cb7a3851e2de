#!/bin/sh
# What udhcpc runs at each event (busybox udhcpc -s); its folder comes in LAB_MACHINE.
# resolv.conf stays in that folder: /etc/resolv.conf is the machine's we run on.
case "$1" in
deconfig)
    ip -4 addr flush dev "$interface"
    ip link set "$interface" up
    ;;
bound | renew)
    [ -z "$mtu" ] || ip link set "$interface" mtu "$mtu"
    ip addr replace "$ip/${mask:-32}" dev "$interface"
    # With classless routes the router option must be ignored (RFC 3442).
    if [ -n "$staticroutes" ]; then
        set -- $staticroutes
        while [ $# -ge 2 ]; do
            if [ "$2" = 0.0.0.0 ]; then
                ip route replace "$1" dev "$interface"
            else
                ip route replace "$1" via "$2" dev "$interface" onlink
            fi
            shift 2
        done
    elif [ -n "$router" ]; then
        ip route replace default via "${router%% *}" dev "$interface"
    fi
    {
        [ -z "$domain" ] || echo "search $domain"
        for server in $dns; do echo "nameserver $server"; done
    } > "$LAB_MACHINE/resolv.conf"
    ;;
esac
