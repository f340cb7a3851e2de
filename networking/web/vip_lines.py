"""VIPs and their members as tables show them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from networking.models import MemberState, Port, Vip
from networking.selectors.vip_health import Serving
from networking.web import states
from networking.web.forms.vip import ports_text
from networking.web.states import Status
from portal.lib import words

HEALTH = {
    MemberState.Health.ONLINE: ("ok", "Answers"),
    MemberState.Health.OFFLINE: ("bad", "Does not answer"),
    MemberState.Health.UNKNOWN: ("off", "Not tried yet"),
}


@dataclass(frozen=True, slots=True)
class VipLine:
    """A VIP, how it does, and who serves it."""

    vip: Vip
    status: Status
    ports: str
    serving: Serving


@dataclass(frozen=True, slots=True)
class Found:
    """What one health check finds, and since when."""

    status: Status
    where: str
    state: MemberState


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A machine that serves a VIP, and what checks found of it; none where there are none."""

    port: Port
    status: Status
    found: tuple[Found, ...]


def vip_lines(vips: Iterable[Vip], serving: Mapping[UUID, Serving]) -> tuple[VipLine, ...]:
    """Of VIPs as their selector gives them."""
    return tuple(
        VipLine(vip, status(vip, serving[vip.id]), ports_text(vip.ports), serving[vip.id])
        for vip in vips
    )


def status(vip: Vip, serving: Serving) -> Status:
    """Of a VIP: how far it is in force, then whether it is served."""
    found = states.noun(vip)
    if found.tone != "ok":
        return found
    if not serving.members:
        return Status("bad", "No member", "Connections are rejected: nobody serves it")
    if not serving.answering:
        return Status("bad", "Rejects", "No member answers, so connections are rejected")
    if serving.answering < serving.members:
        word = f"{serving.answering} of {serving.members} answer"
        return Status("warn", word, "The others are left out until they answer again")
    return found


def member_lines(members: Sequence[Port], found: Iterable[MemberState]) -> tuple[MemberLine, ...]:
    """Of machines, with what was found of them."""
    by_port: dict[UUID, list[Found]] = {}
    for state in found:
        by_port.setdefault(state.port_id, []).append(_found(state))
    return tuple(
        MemberLine(port, states.port(port), tuple(by_port.get(port.id, ()))) for port in members
    )


def _found(state: MemberState) -> Found:
    tone, word = HEALTH[MemberState.Health(state.health)]
    title = f"{state.reason} Since {words.exact(state.since)}."
    where = f"{state.protocol.upper()} {state.member_port} at {state.address}"
    return Found(Status(tone, word, title), where, state)
