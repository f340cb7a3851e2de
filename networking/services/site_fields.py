"""What the provider says of a site, checked and written into its row."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypedDict
from uuid import UUID

from networking.models import Attachment, Network, Site
from networking.planning.addresses import Address, Prefix, overlap
from networking.selectors.prefixes import provider_prefixes
from networking.services.guards import taken_name
from networking.services.prefixes import check_inside, check_usable, read_address, read_prefix
from portal.lib.errors import Refusal

NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9 ._-]{0,61}[A-Za-z0-9])?")
ASN_LARGEST = 4294967294
# RFC 7607: 0; RFC 6793: 23456 stands in for a long one; RFC 7300: the last of both ranges.
ASN_RESERVED = (0, 23456, 65535, 4294967295)
PREFIXES_MOST = 10000
DEFAULT_MAX_PREFIXES = 50


@dataclass(frozen=True, slots=True)
class SiteInput:
    """What a person says of a site. Neighbours are the site's addresses on the access line;
    `accepted_prefixes` are what it may announce, more specific ones excluded."""

    name: str
    attachment: UUID
    asn: int
    neighbour_ipv4: str
    neighbour_ipv6: str = ""
    accepted_prefixes: tuple[str, ...] = ()
    max_prefixes: int = DEFAULT_MAX_PREFIXES


class SitePatch(TypedDict, total=False):
    """The fields of `SiteInput` that can change."""

    name: str
    asn: int
    neighbour_ipv4: str
    neighbour_ipv6: str
    accepted_prefixes: tuple[str, ...]
    max_prefixes: int


def fill(site: Site, wanted: SiteInput) -> None:
    """Check what is wanted and write it into the row. Raises Refusal."""
    attachment: Attachment = site.attachment
    site.name = _name(site, wanted.name)
    site.asn = _asn(wanted.asn, attachment)
    site.neighbour_ipv4 = _neighbour(site, wanted.neighbour_ipv4, 4)
    site.neighbour_ipv6 = (
        _neighbour(site, wanted.neighbour_ipv6, 6) if wanted.neighbour_ipv6 else None
    )
    site.accepted_prefixes = _accepted(site, wanted.accepted_prefixes)
    if not 1 <= wanted.max_prefixes <= PREFIXES_MOST:
        raise Refusal(
            "max-prefixes-invalid",
            f"Choose a prefix limit from 1 to {PREFIXES_MOST}.",
            field="max_prefixes",
        )
    site.max_prefixes = wanted.max_prefixes


def _name(site: Site, name: str) -> str:
    if not NAME.fullmatch(name):
        raise Refusal(
            "name-invalid",
            f"{name!r} cannot be the name of a site: use up to 63 letters, digits, spaces, dots "
            "and hyphens, with a letter or digit at both ends.",
            field="name",
        )
    other = _others(site).filter(name=name).first()
    if other is not None:
        raise taken_name("site", name, retiring=other.retiring_at is not None)
    return name


def _asn(asn: int, attachment: Attachment) -> int:
    if asn in ASN_RESERVED or not 1 <= asn <= ASN_LARGEST:
        text = f"{asn} is not an AS number that a site can have. Private ones are 64512 to 65534."
    elif asn == attachment.router.asn:
        text = f"{asn} is the provider's own AS number. Choose the customer's."
    else:
        return asn
    raise Refusal("asn-invalid", text, field="asn")


def _neighbour(site: Site, text: str, version: Literal[4, 6]) -> Address:
    field = f"neighbour_ipv{version}"
    address = read_address(text, version, field)
    lines: Sequence[Prefix] = [
        one for one in site.attachment.access_prefixes if one.version == version
    ]
    if not check_inside(address, lines):
        may = ", ".join(map(str, lines)) or f"none for IPv{version}"
        raise Refusal(
            "neighbour-outside",
            f"{address} is on no access line of {site.attachment.name}. Its lines: {may}.",
            field=field,
        )
    others = _others(site).filter(attachment=site.attachment, **{field: str(address)})
    other = others.first()
    if other is not None:
        raise Refusal(
            "neighbour-taken", f"{address} is the neighbour of site {other.name}.", field=field
        )
    return address


def _accepted(site: Site, texts: Sequence[str]) -> list[Prefix]:
    field = "accepted_prefixes"
    prefixes = [read_prefix(text, None, field) for text in texts]
    networks = list(Network.objects.filter(tenant_id=site.tenant_id))
    provider = provider_prefixes(site.attachment)
    for prefix in prefixes:
        if not prefix.prefixlen:
            continue  # a site may be the customer's way to the Internet
        check_usable(prefix, field)
        for network in networks:
            if any(overlap(prefix, one) for one in network.prefixes):
                raise Refusal(
                    "prefix-overlap",
                    f"{prefix} overlaps the customer's network {network.name}: the site cannot "
                    "announce it too.",
                    field=field,
                )
        for taken in provider:
            if overlap(prefix, taken.prefix):
                raise Refusal(
                    "prefix-overlap",
                    f"{prefix} overlaps {taken.holder} ({taken.prefix}).",
                    field=field,
                )
    return sorted(set(prefixes), key=lambda one: (one.version, one))


def _others(site: Site) -> Any:
    return Site.objects.filter(tenant_id=site.tenant_id).exclude(id=site.id)
