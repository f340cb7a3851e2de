"""What is said of a thing's state: a tone, a word, and a title that says more."""

from datetime import datetime
from typing import NamedTuple, Protocol

from networking.models import Change, Port
from networking.models.base import NounRow
from networking.models.site import ESTABLISHED
from portal.lib import words

GRAVITY = {"bad": 4, "warn": 3, "busy": 2, "off": 1, "ok": 0}


class Status(NamedTuple):
    """`tone` is one of those of the template tag `state`."""

    tone: str
    word: str
    title: str = ""

    @property
    def gravity(self) -> int:
        """How much it matters; the higher is shown where only one can be."""
        return GRAVITY[self.tone]


class Device(Protocol):
    """A fabric or a router."""

    @property
    def error(self) -> str: ...
    @property
    def seen_at(self) -> datetime | None: ...


class Session(Protocol):
    """A site: its row, or the frozen one that the provider's pages read."""

    @property
    def retiring_at(self) -> datetime | None: ...
    @property
    def session_state(self) -> str: ...
    @property
    def session_since(self) -> datetime | None: ...
    @property
    def session_reason(self) -> str: ...


CHANGE_TONES = {
    Change.State.PENDING: "busy",
    Change.State.APPLYING: "busy",
    Change.State.VERIFYING: "busy",
    Change.State.WAITING: "warn",
    Change.State.BLOCKED: "bad",
    Change.State.DONE: "ok",
    Change.State.SUPERSEDED: "off",
}
CHANGE_TITLES = {
    Change.State.PENDING: "Accepted; a worker takes it up next",
    Change.State.APPLYING: "On its way to the devices",
    Change.State.VERIFYING: "The devices have it; hosts and sites are still to confirm",
    Change.State.WAITING: "Tried again by itself",
    Change.State.BLOCKED: "Trying again does not help: edit or revert it",
    Change.State.DONE: "Seen in force",
    Change.State.SUPERSEDED: "A later change took its place",
}


def change(state: str, reason: str = "") -> Status:
    """Of a change in `state`, a value of `Change.State`."""
    known = Change.State(state)
    return Status(CHANGE_TONES[known], str(known.label), reason or CHANGE_TITLES[known])


def noun(row: NounRow) -> Status:
    """Of what is enforced as a whole: a network, a group, a rule, as its selector gives it."""
    under_way: str = row.unfinished  # type: ignore[attr-defined]
    if under_way in (Change.State.WAITING, Change.State.BLOCKED):
        return change(under_way)
    if row.retiring_at is not None:
        return Status("busy", "Being deleted", "Gone once no device holds it any more")
    return change(under_way) if under_way else Status("ok", "Enforced", "Seen in force")


def port(row: Port) -> Status:
    """Of a port, as the fabric last saw it."""
    if row.retiring_at is not None:
        return Status("busy", "Being deleted", "Gone once no device holds it any more")
    if row.host is not None and row.host.silent_since is not None:
        # What a host said last stays written on the fabric, whatever has become of it.
        return Status(
            "warn",
            "Host silent",
            f"{row.host.name} has not answered since {words.exact(row.host.silent_since)}",
        )
    if row.up:
        since = f"since {words.exact(row.up_since)}" if row.up_since else ""
        return Status("ok", "Up", since)
    if row.host_id is None:
        return Status("off", "Not plugged in", "No host has reported this machine")
    return Status("warn", "Starting", "The host has the machine but its port is not ready")


def site(row: Session) -> Status:
    """Of a site's BGP session, as the router last saw it."""
    if row.retiring_at is not None:
        return Status("busy", "Being removed", "Gone once the router has forgotten it")
    if not row.session_state:
        return Status("off", "Not seen yet", "The router has not been asked about it yet")
    since = f"since {words.exact(row.session_since)}" if row.session_since else ""
    if row.session_state == ESTABLISHED:
        return Status("ok", ESTABLISHED, since)
    said = ", ".join(filter(None, (row.session_state, since, row.session_reason)))
    return Status("bad", "Down", said)


def device(row: Device) -> Status:
    """Of a fabric or a router."""
    if row.error:
        return Status("bad", "Unreachable", row.error)
    if row.seen_at is None:
        return Status("off", "Not seen yet", "")
    return Status("ok", "Answers", f"at {words.exact(row.seen_at)}")
