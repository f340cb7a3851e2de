"""Intents and a running configuration for tests without a router."""

from networking.intent import Route, RouterIntent, ScopeRef, Site, TenantRef

TENANT = "01989b5c-0000-7000-8000-00000000000a"
OTHER_TENANT = "01989b5c-0000-7000-8000-00000000000b"
SITE = "01989b5c-0000-7000-8000-0000000000a1"
OTHER_SITE = "01989b5c-0000-7000-8000-0000000000b1"

BERLIN = Site(
    id=SITE,
    name="Berlin",
    asn=65101,
    neighbours=("172.31.1.2", "fd00:31:1:1::2"),
    accepted=("10.200.1.0/24", "fd10:200:1::/64"),
    advertised=("10.1.0.0/24", "fd10:1::/64"),
    max_prefixes=20,
)
INTENT = RouterIntent(
    tenant=TenantRef(TENANT, "acme"),
    generation=3,
    vrf="c01",
    asn=65000,
    routes=(
        Route("10.1.0.0/24", "100.64.1.2", "web", "web"),
        Route("fd10:1::/64", "fd00:64:1::2", "web", "web"),
    ),
    sites=(BERLIN,),
)
SCOPE = ScopeRef("01989b5c-0000-7000-8000-0000000000ff", INTENT.tenant, "c01")

RUNNING = f"""Building configuration...

Current configuration:
!
frr version 8.4.4
frr defaults traditional
hostname pe1
service integrated-vtysh-config
!
ip route 10.1.0.0/24 192.0.2.1 tag 4200
!
vrf c01
 netns /run/netns/c01
 ip route 10.1.0.0/24 100.64.1.2 tag 4200
 ip route 10.9.0.0/24 100.64.1.2 tag 42
 ip route 192.0.2.0/24 100.64.1.2
 ipv6 route fd10:1::/64 fd00:64:1::2 tag 4200
exit-vrf
!
vrf c02
 ip route 10.1.0.0/24 100.64.2.2 tag 4200
exit-vrf
!
interface c01-core vrf c01
 ip address 100.64.1.1/29
exit
!
router bgp 65000
 neighbor 172.31.1.2 remote-as 64999
 neighbor 172.31.1.2 description demarc:{SITE}
exit
!
router bgp 65000 vrf c01
 bgp router-id 100.64.1.1
 no bgp default ipv4-unicast
 neighbor 172.31.1.2 remote-as 65101
 neighbor 172.31.1.2 description demarc:{SITE}
 neighbor 172.31.1.2 timers 3 9
 neighbor 172.31.1.2 timers connect 2
 neighbor 172.31.99.2 remote-as 65199
 neighbor 172.31.99.2 description a peer of the provider
 neighbor fd00:31:1:1::2 remote-as 65101
 neighbor fd00:31:1:1::2 description demarc:{SITE}
 neighbor fd00:31:1:1::2 timers 3 9
 neighbor fd00:31:1:1::2 timers connect 2
 !
 address-family ipv4 unicast
  redistribute static route-map DEMARC
  neighbor 172.31.1.2 activate
  neighbor 172.31.1.2 maximum-prefix 20 restart 5
  neighbor 172.31.1.2 prefix-list demarc-{TENANT}-{SITE}-in4 in
  neighbor 172.31.1.2 prefix-list demarc-{TENANT}-{SITE}-out4 out
  neighbor 172.31.99.2 activate
 exit-address-family
 !
 address-family ipv6 unicast
  redistribute static route-map DEMARC
  neighbor fd00:31:1:1::2 activate
  neighbor fd00:31:1:1::2 maximum-prefix 20 restart 5
  neighbor fd00:31:1:1::2 prefix-list demarc-{TENANT}-{SITE}-in6 in
  neighbor fd00:31:1:1::2 prefix-list demarc-{TENANT}-{SITE}-out6 out
 exit-address-family
exit
!
router bgp 65000 vrf c02
 no bgp default ipv4-unicast
 neighbor 172.31.2.2 remote-as 65201
 neighbor 172.31.2.2 description demarc:{OTHER_SITE}
exit
!
ip prefix-list PROVIDER seq 5 permit 10.0.0.0/8 le 24
ip prefix-list demarc-{TENANT}-{SITE}-in4 seq 1 deny 255.255.255.255/32
ip prefix-list demarc-{TENANT}-{SITE}-in4 seq 6 permit 10.200.1.0/24
ip prefix-list demarc-{TENANT}-{SITE}-out4 seq 1 deny 255.255.255.255/32
ip prefix-list demarc-{TENANT}-{SITE}-out4 seq 11 permit 10.1.0.0/24
ip prefix-list demarc-{OTHER_TENANT}-{OTHER_SITE}-in4 seq 1 deny 255.255.255.255/32
ip prefix-list demarc-by-hand seq 5 permit 10.1.0.0/24
!
ipv6 prefix-list demarc-{TENANT}-{SITE}-in6 seq 1 deny ::/128
ipv6 prefix-list demarc-{TENANT}-{SITE}-in6 seq 6 permit fd10:200:1::/64
ipv6 prefix-list demarc-{TENANT}-{SITE}-out6 seq 1 deny ::/128
ipv6 prefix-list demarc-{TENANT}-{SITE}-out6 seq 6 permit fd10:1::/64
!
route-map DEMARC permit 10
 match tag 4200
exit
!
end
"""
"""What FRR 8.4 prints for INTENT, among stanzas of others that look alike."""
