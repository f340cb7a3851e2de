"""Who reaches whom: as a tenant wants it now, and as it would be after an act. No device is asked,
and nothing is written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from networking import selectors
from networking.compiler import Focus, Ways, compile_scopes
from networking.intent import FabricIntent, Protocol, RouterIntent
from networking.models import Change
from networking.planning.addresses import read
from networking.reach import (
    Address,
    AtSite,
    Endpoint,
    Evaluator,
    Machine,
    Probe,
    ToVip,
    Verdict,
    View,
)
from networking.services.changes import Preview, preview_with
from portal.lib.errors import Refusal
from tenants.access import Actor

PROTOCOLS = (Protocol.TCP.value, Protocol.UDP.value, Protocol.ICMP.value)
Ends = Mapping[str, Endpoint]
QUESTIONABLE = ("protocol-unknown", "port-needed", "source-invalid", "end-unknown")
"""Codes of the refusals that are about a question."""


@dataclass(frozen=True, slots=True)
class Question:
    """Whether `source` reaches `destination`, each a machine's name, an address or `site:Berlin`;
    the destination may be `vip:shop`. `port` is the destination's, 0 for ICMP; `version` is the
    address family (4 or 6) where neither is an address."""

    source: str
    destination: str
    protocol: str = Protocol.TCP.value
    port: int = 0
    version: int = 4

    @property
    def what(self) -> str:
        """What the packet carries, in words."""
        return self.protocol.upper() + (f" {self.port}" if self.port else "")


@dataclass(frozen=True, slots=True)
class Answer:
    """`verdict` is none where one of the two is not there; then `missing` is its name."""

    verdict: Verdict | None
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """A question's answers as things are and as an act would have them; `known` is as they are."""

    preview: Preview
    before: Answer
    after: Answer
    known: Sequence[View]


def views(actor: Actor, question: Question) -> list[View]:
    """Each of the actor's fabrics with the router that leads out of it, as far as the question
    needs them: of machines there are those that are asked about, in networks and as members of
    groups and VIPs. None without a tenant."""
    if actor.tenant is None:
        return []
    scopes = list(selectors.scopes(actor))
    machines = frozenset(selectors.named_machines(actor, (question.source, question.destination)))
    intents = compile_scopes(scopes, Focus(ports=machines, members=machines))
    routers = {
        (scope.router_id, scope.vrf): intent
        for scope, intent in zip(scopes, intents, strict=True)
        if isinstance(intent, RouterIntent)
    }
    ways_out: dict[object, RouterIntent | None] = {}
    for attachment in Ways(actor.tenant.id).attachments:
        router = routers.get((attachment.router_id, attachment.vrf))
        ways_out.setdefault(attachment.fabric_id, router)
    return [
        View(intent, ways_out.get(scope.fabric_id))
        for scope, intent in zip(scopes, intents, strict=True)
        if isinstance(intent, FabricIntent)
    ]


def ends_of(known: Sequence[View]) -> Ends:
    """By what people write; what has a kind before its name comes first, for there are few."""
    found: dict[str, Endpoint] = {}
    for view in known:
        sites = view.router.sites if view.router else ()
        found |= {f"site:{site.name}": AtSite(site.id) for site in sites}
        found |= {f"vip:{vip.name}": ToVip(vip.id) for vip in view.fabric.vips}
    for view in known:
        for network in view.fabric.networks:
            found |= {port.name: Machine(port.id) for port in network.ports}
    return found


def ask(known: Sequence[View], question: Question) -> Verdict:
    """The answer on the question's views. Raises Refusal, naming a field of the question."""
    _check(question)
    ends = ends_of(known)
    for name in ("source", "destination"):
        if _end(ends, getattr(question, name)) is None:
            raise _unknown(getattr(question, name), name)
    answer = _answer(known, ends, question).verdict
    assert answer is not None
    return answer


def try_out(actor: Actor, act: Callable[[], Change], question: Question) -> Trial:
    """Run an act, ask before and after it, and take it back. Raises Refusal: the act's own, or
    one that names a field of the question."""
    _check(question)
    now = views(actor, question)
    foreseen, then = preview_with(act, lambda: views(actor, question))
    was, will = ends_of(now), ends_of(then)
    for name in ("source", "destination"):
        text = getattr(question, name)
        if _end(was, text) is None and _end(will, text) is None:
            raise _unknown(text, name)
    return Trial(foreseen, _answer(now, was, question), _answer(then, will, question), now)


def _answer(known: Sequence[View], ends: Ends, question: Question) -> Answer:
    source, destination = _end(ends, question.source), _end(ends, question.destination)
    if source is None or destination is None:
        return Answer(None, question.source if source is None else question.destination)
    probe = Probe(
        source,
        destination,
        Protocol(question.protocol),
        question.port,
        question.version,
    )
    return Answer(Evaluator(known).reach(probe))


def _end(ends: Ends, text: str) -> Endpoint | None:
    text = text.strip()
    if text in ends:
        return ends[text]
    try:
        return Address(str(read(text)))
    except ValueError:
        return None


def _check(question: Question) -> None:
    """Refuse what is no question about a packet."""
    if question.protocol not in PROTOCOLS:
        raise Refusal(
            "protocol-unknown",
            f"{question.protocol!r} is no protocol here. Use one of: {', '.join(PROTOCOLS)}.",
            field="protocol",
        )
    if (question.protocol == Protocol.ICMP) != (question.port == 0):
        raise Refusal(
            "port-needed",
            "ICMP has no ports: leave the port out."
            if question.port
            else "Name the destination's port, such as 443.",
            field="port",
        )
    if question.source.strip().startswith("vip:"):
        raise Refusal(
            "source-invalid",
            "A VIP opens no connections. Name a machine or a site.",
            field="source",
        )


def _unknown(text: str, field: str) -> Refusal:
    return Refusal(
        "end-unknown",
        f"You have nothing called {text}. Write a machine's name, an address, site:Berlin "
        "or vip:shop.",
        field=field,
    )
