"""What was there and how much of it was used: the rows that other apps count money by.

Two doors: some tenants, or all of them. Row-level security stands behind both.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from networking.models import Attachment, Fabric, Lifetime, Network
from networking.models.metered import NOUNS, Noun, as_snapshot, orphaned, uncounted

CHUNK = 5000  # rows that are fetched at once


@dataclass(frozen=True, slots=True)
class LifetimeRow:
    """One stretch of time in which a noun had these attributes: `[start, end)` in UTC, not cut to
    any period; no `end` while it lives.

    `noun` is "network", "port", "vip", "site" or "gateway". `network_id` and `network_name` are
    of a port's network, None and "" for the rest.
    """

    tenant_id: UUID
    noun: str
    noun_id: UUID
    name: str
    attributes: Mapping[str, str]
    labels: Mapping[str, str]
    network_id: UUID | None
    network_name: str
    start: datetime
    end: datetime | None
    generated: bool


def lifetimes(
    tenant_ids: Collection[UUID] | None, start: datetime, end: datetime
) -> Iterator[LifetimeRow]:
    """The lifetimes that have a moment in `[start, end)`, of these tenants or of all, by tenant,
    noun, id and start. One query, streamed."""
    rows = Lifetime.objects.filter(during__overlap=DateTimeTZRange(start, end))
    if tenant_ids is not None:
        rows = rows.filter(tenant__in=tenant_ids)
    told = rows.order_by("tenant_id", "noun", "noun_id", "during").values_list(
        "tenant_id",
        "noun",
        "noun_id",
        "name",
        "attributes",
        "labels",
        "network_id",
        "network_name",
        "during",
        "generated",
    )
    for row in told.iterator(CHUNK):
        during, generated = row[8:]
        yield LifetimeRow(*row[:8], during.lower, during.upper, generated)


@dataclass(frozen=True, slots=True)
class Miscounted:
    """A noun that lives and is not counted, or is counted and does not live (`lives`).

    `since` is when it was verified, or when its open lifetime began (UTC).
    """

    tenant_id: UUID
    noun: str
    noun_id: UUID
    name: str
    since: datetime
    lives: bool


def unmetered(at: datetime) -> list[Miscounted]:
    """What is counted wrongly now and was so at `at`, the longest first; for the provider.

    The sweep puts such things right within a minute: what is older than that needs a person.
    Two queries.
    """
    missing = [
        Miscounted(tenant_id, noun, noun_id, name, since, lives=True)
        for tenant_id, noun, noun_id, name, since in uncounted()
        if since is not None and since <= at
    ]
    ghosts = [
        Miscounted(row.tenant_id, row.noun, row.noun_id, row.name, row.during.lower, lives=False)
        for row in orphaned().filter(during__contains=at)
    ]
    return sorted([*missing, *ghosts], key=lambda one: (one.since, one.noun_id))


Attributes = dict[str, str]


def priced_change(
    tenant_id: UUID,
    subject_type: str,
    verb: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> tuple[str, Attributes | None, Attributes | None] | None:
    """As what the subject of a change counts, and with which attributes before and after it; None
    on the side where it is not there. The arguments are as in `Change`. None for a change that
    costs nothing, without a query; otherwise two at most."""
    noun = NOUNS.get(subject_type)
    if noun is None:
        return None
    # Nothing ever moves to another region, so an edit needs no look at it.
    if verb == "update" and as_snapshot(noun, {}, before) == as_snapshot(noun, {}, after):
        return None
    region = {"region": _region(tenant_id, noun, before if verb == "delete" else after)}
    return (
        str(noun),
        None if verb == "create" else as_snapshot(noun, region, before),
        None if verb == "delete" else as_snapshot(noun, region, after),
    )


def _region(tenant_id: UUID, noun: Noun, snapshot: Mapping[str, Any]) -> str:
    """The code of the region that the snapshot names, or a network, attachment or fabric in it;
    empty when that is not there any more."""
    if noun == Noun.PORT:
        networks = Network.objects.filter(tenant=tenant_id, pk=snapshot["network_id"])
        return networks.values_list("region__code", flat=True).first() or _last_region(
            tenant_id, snapshot["network_id"]
        )
    if noun == Noun.SITE:
        ways_out = Attachment.objects.filter(tenant=tenant_id, name=snapshot["attachment"])
        return ways_out.values_list("fabric__region__code", flat=True).first() or ""
    if noun == Noun.GATEWAY:
        fabrics = Fabric.objects.filter(name=snapshot["fabric"])
        return fabrics.values_list("region__code", flat=True).first() or ""
    return str(snapshot["region"])


def _last_region(tenant_id: UUID, network_id: str) -> str:
    """Where a network was that is not there any more: what was counted of it is kept."""
    past = Lifetime.objects.filter(tenant=tenant_id, noun_id=network_id)
    return past.values_list("attributes__region", flat=True).first() or ""
