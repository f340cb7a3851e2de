"""Whether one reaches another, by which way, and what decides."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from networking.reach import Evaluator, Hop, HopKind, Probe, Verdict, View
from networking.services.reaching import views
from networking.web import path
from networking.web.forms.reach import ReachForm
from networking.web.states import Status
from networking.web.topology import Item
from networking.web.views.base import NounPage

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


class Reach(NounPage):
    """A question, and its answer on the intent as it is now. No device is asked."""

    nav = "reach"
    template_name = "networking/reach.html"
    fragment_name = "networking/reach_answer.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        """The form; with a question in the address, the answer too."""
        known = views(self.actor)
        form = ReachForm(request.GET if "source" in request.GET else None, views=known)
        context: dict[str, Any] = {"form": form, "any": any(v.fabric.networks for v in known)}
        if form.is_bound and form.is_valid():
            probe = form.probe()
            verdict = Evaluator(known).reach(probe)
            context |= self._answer(known, probe, verdict, form)
        return self.render_to_response(self.get_context_data(**context))

    def _answer(
        self, known: Sequence[View], probe: Probe, verdict: Verdict, form: ReachForm
    ) -> dict[str, Any]:
        pages = dict(_pages(known, self.tenant.slug))
        names = {port.id: port.name for port in _ports(known)}
        what = probe.protocol.upper() + (f" {probe.port}" if probe.port else "")
        ends = [form.data[side].strip() for side in ("source", "destination")]
        items = list(_items(verdict, pages, ends[1]))
        return {
            "verdict": verdict,
            "sentence": f"{ends[0]} {'reaches' if verdict.allowed else 'does not reach'} {ends[1]}"
            f" by {what}.",
            "tried": (verdict.source, verdict.destination),
            "member": names.get(verdict.member, ""),
            "decision_href": pages.get(verdict.decision.id, ""),
            "drawing": path.draw(items),
            "items": items,
        }


def _items(verdict: Verdict, pages: Pages, destination: str) -> Iterator[tuple[str, Item]]:
    """What the packet passed; where it stopped, and whom it did not reach."""
    last = len(verdict.hops) - 1
    for place, hop in enumerate(verdict.hops):
        stopped = place == last and not verdict.allowed
        status = STOPPED if stopped else PASSED
        yield hop.kind.value, Item(hop.name, _kind(hop), status, pages.get(hop.id, ""))
    if not verdict.allowed:
        yield "outside", Item(destination, verdict.destination, MISSED)


def _kind(hop: Hop) -> str:
    return KINDS.get(hop.kind, hop.kind.value)


def _ports(known: Sequence[View]) -> Iterator[Any]:
    for view in known:
        for network in view.fabric.networks:
            yield from network.ports


def _pages(known: Sequence[View], slug: str) -> Iterator[tuple[str, str]]:
    """The page of everything that an answer may speak of, by id."""
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
