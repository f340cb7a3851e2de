"""The IPv6 address that a machine gives itself."""

from ipaddress import IPv6Network


def eui64_address(prefix: str, mac: str) -> str:
    """The address in `prefix`, a /64, that a machine with this MAC address forms by stateless
    autoconfiguration with a modified EUI-64 interface identifier (RFC 4291, appendix A).

    Raises ValueError when the prefix is not a /64 or the MAC address not six octets.
    """
    network = IPv6Network(prefix)
    octets = bytes.fromhex(mac.replace(":", "").replace("-", ""))
    if network.prefixlen != 64 or len(octets) != 6:
        raise ValueError(f"{mac} in {prefix}: EUI-64 needs a MAC-48 and a /64")
    identifier = bytes((octets[0] ^ 0x02, *octets[1:3], 0xFF, 0xFE, *octets[3:]))
    return str(network[int.from_bytes(identifier)])
