"""From when to when what costs money was there: `Lifetime` rows, computed from nouns and changes.

A lifetime begins when its noun's create was settled, at that instant, and ends when its delete was
accepted. All of it is computed from the rows each time, never counted along: whoever settles a
change of the noun next, or the sweep, makes up for what was missed.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.postgres.fields import DateTimeRangeField
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Exists, F, Func, Max, OuterRef, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from networking.models import Change, ChangeScope, Generation, Lifetime, Scope
from networking.models.lifetime import OPEN
from networking.models.metered import NOUNS, Fact, facts, miscounted, orphaned
from portal.lib.db import DatabaseRole, acting_as

log = logging.getLogger(__name__)

Subjects = Mapping[Lifetime.Noun, Collection[UUID]]

SHORTEST = timedelta(microseconds=1)  # clocks of two machines may disagree; no lifetime is empty
BATCH = 500  # nouns that a sweep looks at in one transaction
SNAPSHOT = ("name", "labels", "network_name")


def accepted(change: Change) -> None:
    """In the transaction that accepts the change, after its scopes were asked: a delete ends the
    lifetime; what no device has anything to do for is settled already."""
    if change.verb == Change.Verb.DELETE:
        _end(change)
    elif change.done_at is not None:
        settled([change], change.done_at)


def settled(changes: Iterable[Change], now: datetime) -> None:
    """In the transaction that settles the changes at `now`: begin lifetimes of what was verified,
    and have those of what was edited say so."""
    subjects: dict[Lifetime.Noun, set[UUID]] = defaultdict(set)
    for change in changes:
        if change.verb != Change.Verb.DELETE and change.subject_type in NOUNS:
            subjects[NOUNS[change.subject_type]].add(change.subject_id)
    _follow(subjects, now)


def sweep() -> None:
    """Put right whatever is not as it would be computed now: nouns from before there were
    lifetimes, for one. Under the lock that each writer of the tenant takes, for moments."""
    found: dict[UUID, list[tuple[Lifetime.Noun, UUID]]] = defaultdict(list)
    with acting_as(DatabaseRole.WORKER):
        for tenant_id, noun, noun_id in miscounted():
            found[tenant_id].append((Lifetime.Noun(noun), noun_id))
        orphans = set(orphaned().values_list("tenant_id", flat=True))
    for tenant_id in sorted(orphans):
        with _writing(tenant_id):
            _close_orphans(tenant_id)
    for tenant_id, nouns in sorted(found.items()):
        for first in range(0, len(nouns), BATCH):
            subjects: dict[Lifetime.Noun, set[UUID]] = defaultdict(set)
            for noun, noun_id in nouns[first : first + BATCH]:
                subjects[noun].add(noun_id)
            with _writing(tenant_id):
                _follow(subjects, timezone.now())


@contextmanager
def _writing(tenant_id: UUID) -> Iterator[None]:
    """A transaction as the worker in which no act of the tenant is accepted."""
    with acting_as(DatabaseRole.WORKER):
        Generation.objects.select_for_update().filter(tenant=tenant_id).first()
        yield


@dataclass
class _Edits:
    """What is to be written: attributes are what they are since `now`."""

    now: datetime
    begun: list[Lifetime] = field(default_factory=list)
    closed: list[Lifetime] = field(default_factory=list)
    renamed: list[Lifetime] = field(default_factory=list)
    networks: dict[UUID, str] = field(default_factory=dict)

    def add(self, fact: Fact, last: Lifetime | None) -> None:
        """What the noun's last lifetime lacks of what is so."""
        if last is None or last.during.upper is not None:
            start = fact.verified_at
            self.begun.append(_begin(fact, max(start, last.during.upper) if last else start))
            return
        if last.tenant_id != fact.tenant_id:
            return  # a former customer's; the sweep ends it
        if fact.noun == Lifetime.Noun.NETWORK and last.name != fact.name:
            self.networks[fact.noun_id] = fact.name
        if last.attributes != fact.verified:
            at = max(self.now, last.during.lower + SHORTEST)
            self.closed.append(_until(last, at))
            self.begun.append(_begin(fact, at))
        elif any(getattr(last, name) != getattr(fact, name) for name in SNAPSHOT):
            for name in SNAPSHOT:
                setattr(last, name, getattr(fact, name))
            self.renamed.append(last)

    def write(self) -> None:
        """A lifetime that somebody else began meanwhile stays."""
        if self.closed:
            Lifetime.objects.bulk_update(self.closed, ("during",))
        if self.begun:
            Lifetime.objects.bulk_create(self.begun, ignore_conflicts=True)
        if self.renamed:
            Lifetime.objects.bulk_update(self.renamed, SNAPSHOT)
        for network_id, name in self.networks.items():
            Lifetime.objects.filter(OPEN, network_id=network_id).update(network_name=name)


def _follow(subjects: Subjects, now: datetime) -> None:
    """The lifetimes of these nouns, as far as they live and were verified. What is written is
    locked before what is so is read: of two at once, the later one sees what the other wrote."""
    ids = [noun_id for found in subjects.values() for noun_id in found]
    if not ids:
        return
    rows = Lifetime.objects.filter(noun_id__in=ids).order_by("noun_id", "during")
    last = {row.noun_id: row for row in rows.select_for_update(no_key=True)}
    edits = _Edits(now)
    for fact in sorted(facts(subjects), key=lambda fact: fact.noun_id):
        edits.add(fact, last.get(fact.noun_id))
    edits.write()


def _begin(fact: Fact, start: datetime) -> Lifetime:
    return Lifetime(
        tenant_id=fact.tenant_id,
        noun=fact.noun,
        noun_id=fact.noun_id,
        name=fact.name,
        attributes=fact.verified,
        labels=fact.labels,
        network_id=fact.network_id,
        network_name=fact.network_name,
        during=DateTimeTZRange(start, None),
    )


def _until(row: Lifetime, end: datetime) -> Lifetime:
    row.during = DateTimeTZRange(row.during.lower, end)
    return row


def _end(change: Change) -> None:
    """Whoever settles an earlier change of the noun at this moment holds one of its scopes, and
    may be about to begin a lifetime: wait for it."""
    if change.subject_type not in NOUNS:
        return
    earlier = ChangeScope.objects.filter(
        scope=OuterRef("pk"), change__subject_id=change.subject_id, change__done_at=None
    )
    scopes = Scope.objects.filter(Exists(earlier), tenant=change.tenant_id)
    list(scopes.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    start = F("during__startswith")
    end = Greatest(Value(change.created_at), start + Value(SHORTEST))
    Lifetime.objects.filter(OPEN, tenant=change.tenant_id, noun_id=change.subject_id).update(
        during=Func(start, end, function="tstzrange", output_field=DateTimeRangeField())
    )


def _close_orphans(tenant_id: UUID) -> None:
    """End what counts on for a noun that is not there any more."""
    rows = list(orphaned(tenant_id))
    if not rows:
        return
    deletes = Change.objects.filter(
        tenant=tenant_id,
        verb=Change.Verb.DELETE,
        subject_id__in=[row.noun_id for row in rows],
    )
    ends = dict(deletes.values_list("subject_id").annotate(Max("created_at")))
    now = timezone.now()
    for row in rows:
        log.warning("orphaned lifetime", extra={"noun": row.noun, "noun_id": str(row.noun_id)})
        _until(row, max(ends.get(row.noun_id, now), row.during.lower + SHORTEST))
    Lifetime.objects.bulk_update(rows, ("during",))
