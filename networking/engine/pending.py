"""The scopes of a fabric that wait for its hosts, and what becomes of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Case, F, TextField, Value, When
from django.db.models.functions import Greatest, Now
from django.utils import timezone

from networking.engine.announce import announce
from networking.engine.device import Device, fabric_device
from networking.engine.judge import Reading
from networking.engine.record import keep, log_verified, mark_verified, newly_verified
from networking.engine.settle import settle
from networking.engine.verdicts import fabric_verdict, host_verdict, silent_host_verdict
from networking.models import Change, Fabric, Host, Scope, Verdict
from portal.lib.db import DatabaseRole, acting_as


@dataclass(frozen=True, slots=True)
class Outstanding:
    """A fabric, its registered hosts, and the scopes that are applied and not verified.

    `silent` says since when hosts are. `waiting` is the applied generation by scope, as it was
    when this was read; `uncovered` those of them that no open question covers; `target` the
    number that the newest open question asked for, 0 for none.
    """

    device: Device
    hosts: frozenset[str]
    silent: Mapping[str, datetime]
    waiting: Mapping[UUID, int]
    uncovered: frozenset[UUID]
    target: int

    @property
    def name(self) -> str:
        """What people call the fabric."""
        return self.device.name


def outstanding(fabric_id: UUID) -> Outstanding:
    """What there is to ask the fabric's hosts. Raises Fabric.DoesNotExist."""
    with acting_as(DatabaseRole.WORKER):
        fabric = Fabric.objects.select_related("access").get(pk=fabric_id)
        hosts = dict(Host.objects.filter(fabric=fabric_id).values_list("name", "silent_since"))
        scopes = list(Scope.objects.filter(fabric=fabric_id, applied__gt=F("verified")))
    return Outstanding(
        device=fabric_device(fabric),
        hosts=frozenset(hosts),
        silent={name: since for name, since in hosts.items() if since},
        waiting={scope.id: scope.applied for scope in scopes},
        uncovered=frozenset(
            scope.id
            for scope in scopes
            if not scope.target or scope.target_generation < scope.applied
        ),
        target=max((scope.target for scope in scopes), default=0),
    )


def asked(state: Outstanding, number: int) -> None:
    """Remember what reaching `number` will verify; 0 forgets the question."""
    with acting_as(DatabaseRole.WORKER):
        scopes = [
            Scope(pk=pk, target=number, target_generation=generation if number else 0)
            for pk, generation in state.waiting.items()
        ]
        Scope.objects.bulk_update(scopes, ("target", "target_generation"))


def held_up(fabric_id: UUID, reason: str) -> None:
    """Tell why the scopes that wait for hosts make no progress."""
    with acting_as(DatabaseRole.WORKER):
        waiting = Scope.objects.filter(
            fabric=fabric_id, applied__gt=F("verified"), applied=F("wanted")
        ).exclude(error=reason)
        locked = waiting.select_for_update(no_key=True).order_by("pk")
        ids = list(locked.values_list("pk", flat=True))
        if ids:
            Scope.objects.filter(pk__in=ids).update(error=reason)
            settle(ids)


def enforce(fabric_id: UUID, number: int, reading: Reading, since: datetime) -> None:
    """The live hosts reached `number`: verify the scopes that it covers, with verdicts.

    `since` is when the question was put: a host that did not answer is silent since then, or
    since earlier.
    """
    with acting_as(DatabaseRole.WORKER):
        fabric = Fabric.objects.get(pk=fabric_id)
        covered = Scope.objects.filter(fabric=fabric_id, target__gt=0, target__lte=number)
        scopes = list(covered.select_for_update(no_key=True).order_by("pk"))
        ids = [scope.pk for scope in scopes]
        if not ids:
            return
        Scope.objects.filter(pk__in=ids).update(
            verified=Greatest(F("verified"), F("target_generation")),
            verified_at=Now(),
            target=0,
            # A newer generation that could not be applied has a reason of its own.
            error=Case(When(applied=F("wanted"), then=Value("", TextField())), default=F("error")),
        )
        silent = _silent(fabric_id, reading, since)
        changes = newly_verified(ids)
        keep(
            verdict
            for change in changes
            for verdict in _verdicts(change, fabric.name, reading, silent)
        )
        log_verified(fabric.name, changes)
        mark_verified(ids)
        settle(ids)
        for scope in scopes:
            announce("scope", scope.id, scope.tenant_id)


def _silent(fabric_id: UUID, reading: Reading, since: datetime) -> list[tuple[str, datetime]]:
    known = dict(
        Host.objects.filter(fabric=fabric_id, silent_since__isnull=False).values_list(
            "name", "silent_since"
        )
    )
    return [(name, known.get(name) or since) for name in sorted(reading.lagging)]


def _verdicts(
    change: Change, fabric: str, reading: Reading, silent: list[tuple[str, datetime]]
) -> list[Verdict]:
    now = timezone.now()
    reached = {name: min(at or now, now) for name, at in sorted(reading.reached.items())}
    hosts = len(reached) + len(silent)
    last = max(reached.values(), default=now)
    return [
        fabric_verdict(change, fabric, hosts, silent, last),
        *(host_verdict(change, name, at) for name, at in reached.items()),
        *(silent_host_verdict(change, name, since, now) for name, since in silent),
    ]
