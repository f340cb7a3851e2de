"""A packet's way as pages show it: what it passed, where it stopped, and whom it did not reach."""

from collections.abc import Iterator, Sequence

from django.urls import reverse

from networking import intent
from networking.reach import Hop, HopKind, Verdict, View
from networking.web.states import Status
from networking.web.topology import Item

PASSED = Status("ok", "Passed")
STOPPED = Status("bad", "The packet ends here")
MISSED = Status("off", "Not reached")
KINDS = {
    HopKind.GATEWAY: "your gateway",
    HopKind.TRANSIT: "link to the provider",
    HopKind.ROUTER: "provider router",
    HopKind.OUTSIDE: "outside",
    HopKind.VIP: "VIP",
}
NOBODY = "00000000-0000-0000-0000-000000000000"
Pages = dict[str, str]


def items(verdict: Verdict, pages: Pages, destination: str) -> Iterator[tuple[str, Item]]:
    """The hops by kind, and the destination where it was not reached."""
    last = len(verdict.hops) - 1
    for place, hop in enumerate(verdict.hops):
        stopped = place == last and not verdict.allowed
        status = STOPPED if stopped else PASSED
        yield hop.kind.value, Item(hop.name, _kind(hop), status, pages.get(hop.id, ""))
    if not verdict.allowed:
        yield "outside", Item(destination, verdict.destination, MISSED)


def machine_names(known: Sequence[View]) -> dict[str, str]:
    """What machines are called, by the ids of their ports."""
    return {port.id: port.name for port in _ports(known)}


def pages_of(known: Sequence[View], slug: str) -> Pages:
    """The page of everything that an answer may speak of, by id."""
    return dict(_pages(known, slug))


def _pages(known: Sequence[View], slug: str) -> Iterator[tuple[str, str]]:
    nouns = (
        ("port", _ports(known)),
        ("network", (network for view in known for network in view.fabric.networks)),
        ("rule", (rule for view in known for rule in view.fabric.rules)),
        ("vip", (vip for view in known for vip in view.fabric.vips)),
        ("site", (site for view in known if view.router for site in view.router.sites)),
    )
    for noun, rows in nouns:
        # One address a noun is made by the resolver, which is slow for very many.
        sample = reverse(f"networking:{noun}_detail", args=[slug, NOBODY])
        for row in rows:
            yield row.id, sample.replace(NOBODY, row.id)


def _kind(hop: Hop) -> str:
    return KINDS.get(hop.kind, hop.kind.value)


def _ports(known: Sequence[View]) -> Iterator[intent.Port]:
    for view in known:
        for network in view.fabric.networks:
            yield from network.ports
