"""How far a change has come, and what it edits, as its page shows it. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from networking.models import Change, ChangeScope, Network, Verdict
from networking.planning.wording import field_value
from networking.services.wording import field_label

STEPS = ("Accepted", "Applying", "Verifying", "Done")
PLACES = {
    Change.State.PENDING: 0,
    Change.State.APPLYING: 1,
    Change.State.VERIFYING: 2,
    Change.State.DONE: 3,
}
ADVICE = {
    Change.State.WAITING: "It is tried again by itself.",
    Change.State.BLOCKED: "Trying again does not help: edit what it is about, or revert it.",
}
# After so many seconds without a step forward, and without a reason that a worker has written down,
# the page says what the change is waiting for.
LONG = {
    Change.State.PENDING: (
        10,
        "No worker has begun with it yet: none runs, or all are busy. It is kept and taken up by"
        " itself.",
    ),
    Change.State.APPLYING: (
        30,
        "A worker has begun and has not come back yet. If it has died, another takes over.",
    ),
    Change.State.VERIFYING: (
        30,
        "The devices have it. Whether it is in force has not been seen yet.",
    ),
}

SPEAKERS = ("fabric", "host", "router", "site")

# Whole files, kept to put them back; the summary says what they change.
FILES = ("csv",)

UNITS = {"check_interval": " s", "check_timeout": " s"}

# JSON columns forget the order of their keys.
FIELDS = (
    "name",
    "region",
    "network",
    "ipv4_prefix",
    "ipv6_prefix",
    "ipv4_address",
    "ipv6_address",
    "mac",
    "labels",
    "learned_by",
    "sites",
    "dhcp",
    "mtu",
    "action",
    "source",
    "destination",
    "protocol",
    "ports",
    "group",
    "members",
)


@dataclass(frozen=True, slots=True)
class ProgressStep:
    """One of `STEPS`; the past ones are behind the change, the current one is where it stands."""

    word: str
    past: bool
    current: bool


@dataclass(frozen=True, slots=True)
class Edit:
    """A field that the change sets; `before` is empty where there was nothing."""

    label: str
    before: str
    after: str


def progress(state: str, scopes: Iterable[ChangeScope]) -> tuple[ProgressStep, ...]:
    """The steps of a change in `state`; one that waits or is blocked stands where its slowest
    scope does. A superseded one stands nowhere."""
    place = PLACES.get(Change.State(state), -1)
    if state in ADVICE:
        place = 2 if all(scope.applied_at for scope in scopes) else 1
    done = state == Change.State.DONE
    return tuple(
        ProgressStep(word, past=number < place or done, current=number == place and not done)
        for number, word in enumerate(STEPS)
    )


def spoken(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Verdicts in the order of a packet's way: the fabric and its hosts, routers, sites."""
    return sorted(verdicts, key=lambda one: (_speaker(one.subject_type), one.subject_name))


def _speaker(kind: str) -> int:
    return SPEAKERS.index(kind) if kind in SPEAKERS else len(SPEAKERS)


def advice(state: str) -> str:
    """What there is to do while a change makes no progress."""
    return ADVICE.get(Change.State(state), "")


def overdue(state: str, seconds: float) -> str:
    """What a change is waiting for that was accepted `seconds` ago; empty while that is usual."""
    usual, text = LONG.get(Change.State(state), (0, ""))
    return text if seconds >= usual else ""


def edits(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Edit]:
    """The fields that a change sets, clears or changes."""
    names = before.keys() | after.keys()
    for name in sorted(names, key=_place):
        old, new = before.get(name), after.get(name)
        if name.endswith("_id") or name in FILES or old == new or not (_text(old) or _text(new)):
            continue
        yield Edit(field_label(name), _told(name, old), _told(name, new) or "none")


def _told(name: str, value: Any) -> str:
    if not _text(value):
        return ""
    if name == "labels":
        return " ".join(f"{key}={text}" for key, text in value.items())
    if name == "learned_by":
        return str(Network.LearnedBy(value).label).lower()
    return field_value(name, value) + UNITS.get(name, "")


def _text(value: Any) -> str:
    return "" if value in (None, [], {}) else str(value)


def _place(name: str) -> tuple[int, str]:
    return (FIELDS.index(name) if name in FIELDS else len(FIELDS), name)
