"""Reading and judging the prefixes and addresses that people write."""

from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Network,
    ip_network,
)
from typing import Literal, overload

from networking.planning.addresses import Address, Prefix, containing, overlap, read, within
from networking.selectors.prefixes import AddressSpace
from portal.lib.errors import Refusal

# The largest and the smallest IPv4 network: a whole 10/8, and room for five machines.
IPV4_LENGTHS = range(8, 30)
# Stateless autoconfiguration works with this length alone (RFC 4862, section 5.5.3).
IPV6_LENGTH = 64
# Never a customer's: this host, loopback, link-local, multicast, reserved (RFC 6890, RFC 4291).
UNUSABLE: Sequence[Prefix] = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "224.0.0.0/3",
        "::/8",
        "fe80::/10",
        "ff00::/8",
    )
)
SAMPLES = {4: "10.1.5.0/24", 6: "fd10:1:5::/64"}


@overload
def read_prefix(text: str, version: Literal[4], field: str) -> IPv4Network: ...
@overload
def read_prefix(text: str, version: Literal[6], field: str) -> IPv6Network: ...
@overload
def read_prefix(text: str, version: None, field: str) -> Prefix: ...
def read_prefix(text: str, version: int | None, field: str) -> Prefix:
    """The prefix that the text is. Raises Refusal with the right one when it is nearly one."""
    text = text.strip()
    kind, sample = _kind(version)
    try:
        prefix = containing(text) if "/" in text else None
    except ValueError:
        prefix = None
    if prefix is None or version not in (None, prefix.version):
        raise Refusal(
            "prefix-invalid",
            f"{text!r} is not an {kind}prefix. Write it like {sample}.",
            field=field,
        )
    if text.partition("/")[0] != str(prefix.network_address) and _has_host_bits(text, prefix):
        raise Refusal(
            "prefix-invalid",
            f"{text} is an address inside a network. The network itself is {prefix}.",
            field=field,
        )
    return prefix


def _kind(version: int | None) -> tuple[str, str]:
    if version is None:
        return "IPv4 or IPv6 ", f"{SAMPLES[4]} or {SAMPLES[6]}"
    return f"IPv{version} ", SAMPLES[version]


def _has_host_bits(text: str, prefix: Prefix) -> bool:
    """Other spellings of the right address are welcome."""
    address = type(prefix.network_address)(text.partition("/")[0])
    return address != prefix.network_address


@overload
def read_address(text: str, version: Literal[4], field: str) -> IPv4Address: ...
@overload
def read_address(text: str, version: Literal[4, 6], field: str) -> Address: ...
def read_address(text: str, version: Literal[4, 6], field: str) -> Address:
    """The address that the text is. Raises Refusal."""
    try:
        found = read(text.strip())
        if found.version != version:
            raise ValueError
        return found
    except ValueError as error:
        sample = "10.1.5.12" if version == 4 else "fd10:1:5::12"
        raise Refusal(
            "address-invalid",
            f"{text.strip()!r} is not an IPv{version} address. Write it like {sample}, "
            "without a length.",
            field=field,
        ) from error


def check_usable(prefix: Prefix, field: str) -> None:
    """Refuse what no customer may have anywhere."""
    if any(overlap(prefix, one) for one in UNUSABLE):
        raise Refusal(
            "prefix-unusable",
            f"{prefix} is kept for other purposes on every network. "
            f"Choose a private prefix like {SAMPLES[prefix.version]}.",
            field=field,
        )


def check_network_prefix(prefix: Prefix, space: AddressSpace, field: str) -> None:
    """Refuse a prefix of which the tenant cannot make a network, and suggest one that it can."""
    _check_length(prefix, field)
    if not space.allows(prefix):
        family = [one for one in space.allowed if one.version == prefix.version]
        if family:
            may = f"You may use {', '.join(map(str, family))}."
        else:
            may = f"You have no IPv{prefix.version} prefix yet: ask your provider for one."
        raise Refusal(
            "prefix-not-allowed",
            f"{prefix} is outside of what you may use. {may}{_suggest(prefix, space)}",
            field=field,
        )
    conflict = space.conflict(prefix)
    if conflict is not None:
        raise Refusal(
            "prefix-overlap",
            f"{prefix} overlaps {conflict.holder} ({conflict.prefix}).{_suggest(prefix, space)}",
            field=field,
        )


def _check_length(prefix: Prefix, field: str) -> None:
    if prefix.version == 6 and prefix.prefixlen != IPV6_LENGTH:
        raise Refusal(
            "prefix-length",
            f"{prefix} has length {prefix.prefixlen}; an IPv6 network has length 64, "
            "so that machines can form their addresses.",
            field=field,
        )
    if prefix.version == 4 and prefix.prefixlen not in IPV4_LENGTHS:
        size = "large" if prefix.prefixlen < IPV4_LENGTHS[0] else "small"
        raise Refusal(
            "prefix-length",
            f"{prefix} is too {size} for a network. Choose a length from "
            f"{IPV4_LENGTHS[0]} to {IPV4_LENGTHS[-1]}.",
            field=field,
        )


def _suggest(prefix: Prefix, space: AddressSpace) -> str:
    free = space.free(prefix.prefixlen, version=prefix.version, limit=1)
    return f" {free[0]} is free." if free else f" No /{prefix.prefixlen} is free."


def check_inside(address: Address, prefixes: Sequence[Prefix]) -> bool:
    """Whether one of the prefixes has the address."""
    host = ip_network(address)
    return any(within(host, prefix) for prefix in prefixes)
