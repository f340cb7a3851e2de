"""The database's own refusals in words.

Every check is made before the write, under the tenant's lock. What slips past all the same (a
write that took no lock) meets a constraint, and is refused with the same code.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from portal.lib.errors import Refusal

REFUSALS: Mapping[str, tuple[str, str, str]] = {
    "network_ipv4_no_overlap": (
        "prefix-overlap",
        "ipv4_prefix",
        "The IPv4 prefix overlaps one of your networks. Choose a free one.",
    ),
    "network_ipv6_no_overlap": (
        "prefix-overlap",
        "ipv6_prefix",
        "The IPv6 prefix overlaps one of your networks. Choose a free one.",
    ),
    "allowed_prefix_no_overlap": (
        "prefix-overlap",
        "prefix",
        "The customer may use this prefix, or a part of it, already.",
    ),
    "network_name_in_tenant": ("name-taken", "name", "There is a network of this name already."),
    "port_name_in_tenant": ("name-taken", "name", "There is a machine of this name already."),
    "site_name_in_tenant": ("name-taken", "name", "There is a site of this name already."),
    "group_name_in_tenant": ("name-taken", "name", "There is a group of this name already."),
    "rule_name_in_tenant": ("name-taken", "name", "There is a rule of this name already."),
    "rule_rank_in_tenant": ("rank-taken", "before", "Another rule took this place. Try again."),
    "vip_name_in_tenant": ("name-taken", "name", "There is a VIP of this name already."),
    "vip_ipv4_once": ("address-taken", "ipv4_address", "Another VIP has this address."),
    "vip_ipv6_once": ("address-taken", "ipv6_address", "Another VIP has this address."),
    "port_ipv4_once": ("address-taken", "ipv4_address", "Another machine has this address."),
    "port_ipv6_once": ("address-taken", "ipv6_address", "Another machine has this address."),
    "port_mac_in_tenant": ("mac-taken", "mac", "Another machine has this MAC address."),
    "site_ipv4_neighbour_once": (
        "neighbour-taken",
        "neighbour_ipv4",
        "Another site has this neighbour address.",
    ),
    "site_ipv6_neighbour_once": (
        "neighbour-taken",
        "neighbour_ipv6",
        "Another site has this neighbour address.",
    ),
    "attachment_once_per_tenant_and_router": (
        "attachment-claimed",
        "attachment",
        "The customer has an attachment on this router already.",
    ),
}
"""Constraint name to the refusal's code, field and sentence."""


@contextmanager
def guarded() -> Iterator[None]:
    """Turn a violated constraint into its refusal; the enclosing transaction stays usable."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = str(getattr(getattr(error.__cause__, "diag", None), "constraint_name", None))
        if name not in REFUSALS:
            raise
        code, field, message = REFUSALS[name]
        raise Refusal(code, message, field=field) from error
