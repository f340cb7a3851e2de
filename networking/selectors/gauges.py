"""How the whole installation is doing, in numbers that name no tenant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, CharField, Count, F, Min, Model, Q, QuerySet, Sum, Value, When
from django.utils import timezone

from networking.models import Alert, Change, Fabric, Generation, Host, Router, Scope, Site
from networking.models.site import ESTABLISHED

UNFINISHED = tuple(state.value for state in Change.State if state not in Change.SETTLED)
RECENT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Gauges:
    """`behind` counts scopes by the kind of their device, `verifier_lag` is in seconds by fabric:
    how long the oldest of what was applied waits for the hosts. `sweep_age` is how long ago the
    scope at rest that was compared longest ago was; `drift_recent` counts scopes in which a
    difference was found within an hour."""

    accepted: int
    changes: Mapping[str, int]
    oldest_change: float
    scopes: int
    behind: Mapping[str, int]
    verifier_lag: Mapping[str, float]
    sweep_age: float
    drift_open: int
    drift_recent: int
    devices: Mapping[tuple[str, str], int]
    hosts: Mapping[str, int]
    sessions: Mapping[str, int]
    alerts: Mapping[str, int]


def gauges() -> Gauges:
    """Read in the caller's transaction, as the staff; a constant number of queries."""
    now = timezone.now()
    unfinished = Change.objects.exclude(state__in=Change.SETTLED).order_by()
    states = dict(unfinished.values_list("state").annotate(Count("pk")))
    oldest = unfinished.aggregate(at=Min("created_at"))["at"]
    scopes = Scope.objects.aggregate(
        all=Count("pk"),
        fabric=Count("pk", filter=Q(fabric__isnull=False, verified__lt=F("wanted"))),
        router=Count("pk", filter=Q(router__isnull=False, verified__lt=F("wanted"))),
        swept=Min("swept_at", filter=Q(verified=F("wanted"), wanted__gt=0)),
        open=Count("pk", filter=Scope.DRIFTED),
        recent=Count("pk", filter=Q(drift__at__gte=(now - RECENT).isoformat())),
    )
    return Gauges(
        accepted=int(Generation.objects.aggregate(sum=Sum("number"))["sum"] or 0),
        changes={state: states.get(state, 0) for state in UNFINISHED},
        oldest_change=_seconds(oldest, now),
        scopes=scopes["all"],
        behind={kind: scopes[kind] for kind in ("fabric", "router")},
        verifier_lag=_verifier_lag(now),
        sweep_age=_seconds(scopes["swept"], now),
        drift_open=scopes["open"],
        drift_recent=scopes["recent"],
        devices=_devices("fabric", Fabric) | _devices("router", Router),
        hosts=_split(Host.objects.order_by(), Q(silent_since=None), "live", "silent"),
        sessions=_sessions(),
        alerts=_alerts(),
    )


def _verifier_lag(now: datetime) -> dict[str, float]:
    names = Fabric.objects.order_by().values_list("pk", "name")
    waiting = Scope.objects.filter(fabric__isnull=False, applied__gt=F("verified")).order_by()
    oldest = dict(waiting.values_list("fabric").annotate(Min("applied_at")))
    return {name: _seconds(oldest.get(pk), now) for pk, name in names}


def _devices(kind: str, model: type[Model]) -> dict[tuple[str, str], int]:
    rows = model._default_manager.order_by()
    found = _split(rows, Q(error=""), "answering", "not_answering")
    return {(kind, state): count for state, count in found.items()}


def _split(rows: QuerySet[Model], test: Q, yes: str, no: str) -> dict[str, int]:
    counted = rows.aggregate(yes=Count("pk", filter=test), all=Count("pk"))
    return {yes: counted["yes"], no: counted["all"] - counted["yes"]}


def _sessions() -> dict[str, int]:
    state = Case(
        When(session_state=ESTABLISHED, then=Value("established")),
        When(session_state="", then=Value("unknown")),
        default=Value("down"),
        output_field=CharField(),
    )
    rows = Site.objects.filter(retiring_at=None).order_by().annotate(state=state)
    found = dict(rows.values_list("state").annotate(Count("pk")))
    return {name: found.get(name, 0) for name in ("established", "down", "unknown")}


def _alerts() -> dict[str, int]:
    rows = Alert.objects.filter(ended_at=None).order_by()
    found = dict(rows.values_list("kind").annotate(Count("pk")))
    return {kind: found.get(kind, 0) for kind in Alert.Kind.values}


def _seconds(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
