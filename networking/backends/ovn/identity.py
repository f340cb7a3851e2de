"""UUIDs, names, MAC addresses and stamps of a tenant's rows, from ids alone.

Rows get UUIDs of our choosing (man 7 ovsdb-server: member `uuid` of insert), so that none has to
be stored or looked up, and a worker that repeats another's step meets the same row.
"""

from typing import NewType
from uuid import UUID, uuid5

from networking.backends.ovn.tables import STAMP
from networking.intent import TenantRef
from networking.planning import Noun

RowUuid = NewType("RowUuid", str)
RowName = NewType("RowName", str)

TENANT = STAMP + "tenant"
_SLUG = STAMP + "tenant-slug"
_NOUN = STAMP + "noun"
_ID = STAMP + "id"
_NAME = STAMP + "name"

# Changing it would orphan every row in every deployment.
_NAMESPACE = UUID("6c1f7f0e-2b0a-5d0c-9b53-0f6f2f0a4d11")


def row_uuid(tenant_id: str, table: str, *key: str) -> RowUuid:
    """The UUID of the tenant's row in `table` that `key` tells from its others."""
    return RowUuid(str(uuid5(_NAMESPACE, "/".join((tenant_id, table, *key)))))


def row_name(tenant: TenantRef, *parts: str) -> RowName:
    """A name that no other row has, as long as `parts` hold an id: names of logical routers and
    switches are global in a northbound database, and some are unique by its schema."""
    return RowName("-".join(("dm", tenant.slug, *parts)))


def router_mac(uuid: RowUuid) -> str:
    """The MAC address of the router port with this row UUID: unicast, locally administered
    (IEEE 802, clause 8.2.2), 46 bits of the UUID's hash."""
    first, *rest = UUID(uuid).bytes[10:16]
    return ":".join(f"{octet:02x}" for octet in ((first & 0xFC) | 0x02, *rest))


def transit_mac(bridge_mapping: str, vlan: int, gateway: str) -> str:
    """The MAC address of the gateway on this link to the provider's router, whoever has the link.

    The router believes in it for up to a minute with IPv6 (RFC 4861, sections 6.3.2 and 7.3.3), and
    OVN announces a new one by ARP alone. So a tenant that is given a link that another had would
    not be reached over IPv6 for as long.
    """
    return router_mac(RowUuid(str(uuid5(_NAMESPACE, f"transit/{bridge_mapping}/{vlan}/{gateway}"))))


def stamp(tenant: TenantRef, noun: Noun) -> dict[str, str]:
    """What marks a row as ours, the tenant's and the noun's."""
    return {TENANT: tenant.id, _SLUG: tenant.slug, _NOUN: noun.type, _ID: noun.id, _NAME: noun.name}


def noun_of(stamps: dict[str, str]) -> Noun:
    """The noun that stamps speak of; with empty fields where one was taken away."""
    return Noun(stamps.get(_NOUN, ""), stamps.get(_ID, ""), stamps.get(_NAME, ""))


def noun_stamp(noun_type: str) -> dict[str, str]:
    """The stamp that every row of a kind of noun carries, whoever's it is."""
    return {_NOUN: noun_type}
