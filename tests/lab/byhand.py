"""What the portal does for a customer, done by hand with the tools an engineer would use."""

import subprocess
import time
import uuid
from collections.abc import Callable, Sequence
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import TypeVar

from lab import Lab
from lab.topology import Attachment, Site

Seen = TypeVar("Seen")


# Nothing here takes more than two seconds on an idle machine: a gateway is claimed once BFD is up
# between the hosts, after one or two. The rest is for a machine that several labs share.
WITHIN = 15.0


def eventually(look: Callable[[], Seen], within: float = WITHIN) -> Seen:
    """What ``look`` returns once it is truthy; fails with its last answer at the deadline."""
    deadline = time.monotonic() + within
    while True:
        seen = look()
        if seen:
            return seen
        assert time.monotonic() < deadline, f"not within {within} s; last seen: {seen!r}"
        time.sleep(0.05)


class Customer:
    """A customer on one attachment with one network in the fabric."""

    def __init__(
        self,
        lab: Lab,
        slug: str,
        attachment: Attachment,
        v4: str = "10.1.0.0/24",
        v6: str = "fd10:1::/64",
        gateway_host: str = "h1",
    ) -> None:
        self.lab = lab
        self.slug = slug
        self.attachment = attachment
        self.v4 = IPv4Network(v4)
        self.v6 = IPv6Network(v6)
        self.gateway_host = gateway_host
        self.ids: dict[str, str] = {}

    def nbctl(self, *words: str) -> str:
        done = self.lab.exec("central", "ovn-nbctl", *words)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def build(self) -> None:
        """Router, network, transit with a gateway on either host, and the way out."""
        router, network, transit = (f"{self.slug}-{noun}" for noun in ("lr", "net", "transit"))
        a = self.attachment
        others = [host.name for host in self.lab.hosts if host.name != self.gateway_host]
        self.nbctl(
            "lr-add", router, "--", "ls-add", network, "--", "ls-add", transit,
            "--", "lrp-add", router, f"{network}-rp", self.mac(1), f"{self.v4[1]}/24",
            f"{self.v6[1]}/64",
            "--", "set", "Logical_Router_Port", f"{network}-rp",
            "ipv6_ra_configs:address_mode=slaac", "ipv6_ra_configs:send_periodic=true",
            "ipv6_ra_configs:mtu=1400", "ipv6_ra_configs:max_interval=4",
            "ipv6_ra_configs:min_interval=3",
            "--", "lsp-add", network, f"{network}-sp",
            "--", "lsp-set-type", f"{network}-sp", "router",
            "--", "lsp-set-addresses", f"{network}-sp", "router",
            "--", "lsp-set-options", f"{network}-sp", f"router-port={network}-rp",
            "--", "lrp-add", router, f"{transit}-rp", self.mac(2), str(a.gateway_v4),
            str(a.gateway_v6),
            "--", "lsp-add", transit, f"{transit}-sp",
            "--", "lsp-set-type", f"{transit}-sp", "router",
            "--", "lsp-set-addresses", f"{transit}-sp", "router",
            "--", "lsp-set-options", f"{transit}-sp", f"router-port={transit}-rp",
            "--", "lsp-add", transit, f"{transit}-ln", "", str(a.vlan),
            "--", "lsp-set-type", f"{transit}-ln", "localnet",
            "--", "lsp-set-addresses", f"{transit}-ln", "unknown",
            "--", "lsp-set-options", f"{transit}-ln", "network_name=wan",
            "--", "lrp-set-gateway-chassis", f"{transit}-rp", self.gateway_host, "20",
            "--", "lrp-set-gateway-chassis", f"{transit}-rp", others[0], "10",
            "--", "lr-route-add", router, "0.0.0.0/0", str(a.router_v4.ip),
            "--", "lr-route-add", router, "::/0", str(a.router_v6.ip),
        )  # fmt: skip
        self.nbctl(
            "create", "DHCP_Options", f'cidr="{self.v4}"',
            f'options:"server_id"="{self.v4[1]}"', f'options:"router"="{self.v4[1]}"',
            f'options:"server_mac"="{self.mac(1)}"', "options:lease_time=3600",
            "options:mtu=1400", f"external_ids:owner={self.slug}",
        )  # fmt: skip

    def add_machine(self, name: str, number: int) -> str:
        """A stamped port; returns the name of the logical port."""
        logical = self.ids[name] = str(uuid.uuid4())
        mac = self.mac(number)
        options = self.nbctl(
            "--bare", "--columns=_uuid", "find", "DHCP_Options", f"external_ids:owner={self.slug}"
        )
        addresses = f"{mac} {self.v4[number]} {eui64(self.v6, mac)}"
        self.nbctl(
            "lsp-add", f"{self.slug}-net", logical,
            "--", "lsp-set-addresses", logical, addresses,
            "--", "lsp-set-port-security", logical, addresses,
            "--", "lsp-set-dhcpv4-options", logical, options,
            "--", "set", "Logical_Switch_Port", logical, "external_ids:demarc-noun=port",
            f"external_ids:demarc-tenant-slug={self.slug}", f"external_ids:demarc-name={name}",
            f"external_ids:demarc-id={logical}",
        )  # fmt: skip
        return logical

    def remove_machine(self, name: str) -> None:
        self.nbctl("lsp-del", self.ids.pop(name))

    def remove(self) -> None:
        for noun in ("net", "transit"):
            self.nbctl("--if-exists", "ls-del", f"{self.slug}-{noun}")
        self.nbctl("--if-exists", "lr-del", f"{self.slug}-lr")
        for row in self.nbctl(
            "--bare", "--columns=_uuid", "find", "DHCP_Options", f"external_ids:owner={self.slug}"
        ).split():
            self.nbctl("destroy", "DHCP_Options", row)

    def mac(self, number: int) -> str:
        return f"0a:00:00:00:{self.attachment.vlan:02x}:{number:02x}"


def eui64(prefix: IPv6Network, mac: str) -> str:
    """The address that SLAAC gives (RFC 4291, appendix A)."""
    parts = [int(part, 16) for part in mac.split(":")]
    parts[0] ^= 2
    half = bytes([*parts[:3], 0xFF, 0xFE, *parts[3:]])
    return str(prefix[int.from_bytes(half, "big")])


def ssh(lab: Lab, command: str, text: str = "") -> str:
    """Run a command on the router as the portal does: over SSH with the pinned host key."""
    server = lab.router.ssh
    known = Path(lab.place.state) / "known_hosts"
    known.write_text(f"[127.0.0.1]:{server.port} {server.host_key}\n")
    done = subprocess.run(
        [
            "ssh", "-F", "none", "-o", f"UserKnownHostsFile={known}",
            "-o", "StrictHostKeyChecking=yes", "-o", "BatchMode=yes",
            "-i", str(server.client_key), "-p", str(server.port), "root@127.0.0.1", command,
        ],
        input=text, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def routes_for(customer: Customer, sites: Sequence[Site]) -> str:
    """The configuration that announces the customer's network to its sites and no more."""
    a = customer.attachment
    lines = [
        f"vrf {a.vrf}",
        f" ip route {customer.v4} {a.gateway_v4.ip} tag 4200",
        f" ipv6 route {customer.v6} {a.gateway_v6.ip} tag 4200",
        "exit-vrf",
    ]
    for site in sites:
        lines += [
            f"ip prefix-list demarc-{site.name}-out seq 5 permit {customer.v4}",
            f"ip prefix-list demarc-{site.name}-in seq 5 permit {site.lan_v4}",
            f"ipv6 prefix-list demarc-{site.name}-out seq 5 permit {customer.v6}",
            f"ipv6 prefix-list demarc-{site.name}-in seq 5 permit {site.lan_v6}",
        ]
    lines.append(f"router bgp 65000 vrf {a.vrf}")
    for site in sites:
        circuit = customer.lab.plan.circuit(site)
        for family, peer in (("ipv4", circuit.site_v4.ip), ("ipv6", circuit.site_v6.ip)):
            lines += [
                f" neighbor {peer} remote-as {site.asn}",
                f" neighbor {peer} description demarc:{site.name}",
                f" address-family {family} unicast",
                f"  neighbor {peer} activate",
                f"  neighbor {peer} prefix-list demarc-{site.name}-out out",
                f"  neighbor {peer} prefix-list demarc-{site.name}-in in",
                " exit-address-family",
            ]
    return "\n".join([*lines, "exit", ""])
