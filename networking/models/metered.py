"""What costs money, as its rows and changes have it, and where lifetimes say otherwise."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    JSONField,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    UUIDField,
    Value,
    When,
)
from django.db.models.functions import Cast, JSONObject

from networking.models.change import Change
from networking.models.lifetime import OPEN, Lifetime
from networking.models.network import Network
from networking.models.port import Port
from networking.models.router import Attachment
from networking.models.site import Site
from networking.models.vip import Vip

Noun = Lifetime.Noun
Rows = QuerySet[Any, Any]

NOUNS: Mapping[str, Noun] = {
    Network.audit_type: Noun.NETWORK,
    Port.audit_type: Noun.PORT,
    Vip.audit_type: Noun.VIP,
    Site.audit_type: Noun.SITE,
    Attachment.audit_type: Noun.GATEWAY,
}
"""A change's subject type to what its subject is counted as."""

_MODELS: Mapping[Noun, type[Model]] = {
    Noun.NETWORK: Network,
    Noun.PORT: Port,
    Noun.VIP: Vip,
    Noun.SITE: Site,
    Noun.GATEWAY: Attachment,
}
_REGIONS: Mapping[Noun, str] = {
    Noun.NETWORK: "region__code",
    Noun.PORT: "network__region__code",
    Noun.VIP: "region__code",
    Noun.SITE: "attachment__fabric__region__code",
    Noun.GATEWAY: "fabric__region__code",
}


class Fact(NamedTuple):
    """A noun that lives and was verified, as a lifetime is to say it.

    `attributes` are what may change the price: the `region`; a network's `family`, "ipv4" or
    "dual"; a VIP's `health_check`, "yes" or "no". `verified_at` is when its create was settled;
    `waiting` is the snapshot from before its first edit that is not settled.
    """

    noun: str
    noun_id: UUID
    tenant_id: UUID
    name: str
    attributes: dict[str, str]
    labels: dict[str, str]
    network_id: UUID | None
    network_name: str
    verified_at: datetime
    waiting: dict[str, Any] | None

    @property
    def verified(self) -> dict[str, str]:
        """The attributes without what is on its way to the devices still."""
        return as_snapshot(self.noun, self.attributes, self.waiting or {})


def as_snapshot(
    noun: str, attributes: Mapping[str, str], snapshot: Mapping[str, Any]
) -> dict[str, str]:
    """These attributes with what a change's snapshot of the noun says of them. The region stays:
    nothing ever moves to another one."""
    told = dict(attributes)
    if noun == Noun.NETWORK and "ipv6_prefix" in snapshot:
        told["family"] = "dual" if snapshot["ipv6_prefix"] else "ipv4"
    if noun == Noun.VIP and "health_check" in snapshot:
        told["health_check"] = "yes" if snapshot["health_check"] else "no"
    return told


def facts(wanted: Mapping[Noun, Collection[UUID]]) -> list[Fact]:
    """Of these nouns those that live and were verified, in one query."""
    rows = [_told(noun).filter(pk__in=ids) for noun, ids in wanted.items() if ids]
    verified = [found.filter(verified_at__isnull=False) for found in rows]
    told = [found.values_list("told_noun", "pk", *FACT) for found in verified]
    return [Fact(*row) for row in _all(told)] if told else []


def miscounted() -> Rows:
    """Nouns that live and of which no open lifetime says what they are, as (tenant's id, noun,
    noun's id). Those that wait for a device are among them: to leave them out would cost a look at
    the changes of every noun that is counted well."""
    same = _counting().filter(
        name=OuterRef("name"),
        attributes=OuterRef("told_attributes"),
        labels=OuterRef("told_labels"),
        network_name=OuterRef("told_network"),
    )
    found = (_told(noun).filter(~Exists(same)) for noun in Noun)
    return _all([rows.values_list("tenant_id", "told_noun", "pk") for rows in found])


def uncounted() -> Rows:
    """Nouns that live without an open lifetime, as (tenant's id, noun, noun's id, name, when it
    was verified). Those that wait for a device are among them, without a time."""
    found = (_told(noun).filter(~Exists(_counting())) for noun in Noun)
    fields = ("tenant_id", "told_noun", "pk", "name", "verified_at")
    return _all([rows.values_list(*fields) for rows in found])


def orphaned(tenant_id: UUID | None = None) -> QuerySet[Lifetime]:
    """Open lifetimes of the tenant, or of all, without a noun of theirs that lives."""
    there = Q(pk__in=())
    for noun in Noun:
        here = _living(noun).filter(pk=OuterRef("noun_id"), tenant=OuterRef("tenant"))
        there |= Q(Exists(here), noun=noun)
    only = Q(tenant=tenant_id) if tenant_id else Q()
    return Lifetime.objects.filter(OPEN, only).exclude(there)


FACT = (
    "tenant_id",
    "name",
    "told_attributes",
    "told_labels",
    "told_network_id",
    "told_network",
    "verified_at",
    "waiting",
)


def _living(noun: Noun) -> Rows:
    rows = _MODELS[noun]._default_manager.order_by()
    return (
        rows.filter(tenant__isnull=False) if noun == Noun.GATEWAY else rows.filter(retiring_at=None)
    )


def _counting() -> QuerySet[Lifetime]:
    """The open lifetime of the noun that the outer query is at."""
    return Lifetime.objects.filter(OPEN, noun_id=OuterRef("pk"), tenant=OuterRef("tenant"))


def _told(noun: Noun) -> Rows:
    """The nouns that live, with all that a `Fact` holds; `verified_at` is null before that."""
    port = noun == Noun.PORT
    text, nothing = CharField(), Cast(Value(None), UUIDField())
    create, update = Change.Verb.CREATE, Change.Verb.UPDATE
    return _living(noun).annotate(
        told_noun=Value(str(noun), text),
        told_attributes=_attributes(noun),
        told_labels=F("labels") if port else Value({}, JSONField()),
        told_network_id=F("network_id") if port else nothing,
        told_network=F("network__name") if port else Value("", text),
        verified_at=_change("-generation", "done_at", verb=create),
        waiting=_change("generation", "before", verb=update, done_at=None),
    )


def _attributes(noun: Noun) -> JSONObject:
    text = CharField()
    told: dict[str, Any] = {"region": F(_REGIONS[noun])}
    if noun == Noun.NETWORK:
        told["family"] = Case(
            When(ipv6_prefix=None, then=Value("ipv4", text)), default=Value("dual", text)
        )
    elif noun == Noun.VIP:
        told["health_check"] = Case(
            When(health_check=True, then=Value("yes", text)), default=Value("no", text)
        )
    return JSONObject(**told)


def _change(order: str, field: str, **which: Any) -> Subquery:
    """A field of the first such change of the noun that the outer query is at. A gateway's former
    customers have changes of it, too."""
    rows = Change.objects.filter(tenant=OuterRef("tenant"), subject_id=OuterRef("pk"), **which)
    return Subquery(rows.order_by(order).values(field)[:1])


def _all(rows: Sequence[Rows]) -> Rows:
    """The rows of all of these queries in one."""
    first, *others = rows
    return first.union(*others, all=True) if others else first
