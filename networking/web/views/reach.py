"""Whether one reaches another, by which way, and what decides."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from networking import selectors
from networking.reach import Verdict, View
from networking.services.reaching import Question, ask, views
from networking.web import path
from networking.web.forms.reach import SUGGESTED, ReachForm
from networking.web.views.base import NounPage
from networking.web.ways import items, machine_names, pages_of
from portal.lib.errors import Refusal
from portal.lib.forms import add_refusal

FIND = "find"


class Reach(NounPage):
    """A question, and its answer on the intent as it is now. No device is asked."""

    nav = "reach"
    template_name = "networking/reach.html"
    fragment_name = "networking/reach_answer.html"
    ends_name = "networking/reach_ends.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        """The form; with a question in the address, the answer too. `find` asks for ends by a part
        of their names."""
        if FIND in request.GET:
            typed = request.GET.get("source") or request.GET.get("destination") or ""
            found = selectors.reach_ends(self.actor, typed, SUGGESTED)
            return self.response_class(request, self.ends_name, {"ends": found})
        data = request.GET if "source" in request.GET else None
        ends = selectors.reach_ends(self.actor, "", SUGGESTED)
        form = ReachForm(data, suggested=ends, find=f"{request.path}?{FIND}=1")
        context: dict[str, Any] = {"form": form}
        if form.is_bound and form.is_valid():
            question = form.question()
            try:
                known = views(self.actor, question)
                context |= self._answer(known, ask(known, question), question)
            except Refusal as refusal:
                add_refusal(form, refusal)
        if "verdict" not in context:
            context["any"] = selectors.networks(self.actor).filter(retiring_at=None).exists()
        return self.render_to_response(self.get_context_data(**context))

    def _answer(
        self, known: Sequence[View], verdict: Verdict, question: Question
    ) -> dict[str, Any]:
        pages = pages_of(known, self.tenant.slug)
        way = list(items(verdict, pages, question.destination))
        verb = "reaches" if verdict.allowed else "does not reach"
        return {
            "verdict": verdict,
            "sentence": f"{question.source} {verb} {question.destination} by {question.what}.",
            "tried": (verdict.source, verdict.destination),
            "member": machine_names(known).get(verdict.member, ""),
            "decision_href": pages.get(verdict.decision.id, ""),
            "drawing": path.draw(way),
            "items": way,
        }
