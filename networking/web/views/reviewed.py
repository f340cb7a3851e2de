"""Acts in three steps: a form, the plan to look at, the confirmation of that plan.

All three are posts to the form's own address and work without scripts; `intent` says which step.
The review carries the form's fields along and the generation that its plan was made on. From it,
`intent=try` asks whether one reaches another if the act is done.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse

from networking import selectors
from networking.models import Change
from networking.services.changes import Preview, confirm, preview
from networking.services.reaching import QUESTIONABLE, try_out
from networking.web.forms.reach import SUGGESTED, ReachForm
from networking.web.views.base import NounPage
from networking.web.ways import Tried, tried
from portal.lib.errors import Refusal
from portal.lib.forms import add_refusal
from portal.lib.htmx import wants_fragment
from tenants.access import Capability

STALE = "stale-plan"


class ReviewedPage(NounPage):
    """What forms and deletions share: review, confirmation, and the way to the change's page."""

    capability = Capability.NETWORK_WRITE
    review_name = "networking/review.html"
    tried_name = "networking/tried.html"

    def review(self, act: Callable[[], Change], **context: Any) -> HttpResponse:
        """The plan of `act`, to be confirmed. Raises Refusal."""
        return self._plan(preview(act), 200, **context)

    def confirm(self, act: Callable[[], Change], **context: Any) -> HttpResponse:
        """Carry out what was reviewed, or show the plan anew if it is not true any more.

        Raises Refusal when the act itself is refused.
        """
        try:
            change = confirm(self.actor, self._generation(), act)
        except Refusal as refusal:
            if refusal.code != STALE:
                raise
            return self._plan(preview(act), refusal.status, stale=refusal.message, **context)
        where = {"slug": self.tenant.slug, "change_id": change.id}
        return HttpResponseRedirect(reverse("networking:change_detail", kwargs=where))

    def try_out(self, act: Callable[[], Change], **context: Any) -> HttpResponse:
        """What the posted question is answered before and after the act. Raises Refusal when the
        act itself is refused."""
        form = self._question(self.request.POST)
        trial: Tried | None = None
        if form.is_valid():
            question = form.question()
            try:
                trial = tried(try_out(self.actor, act, question), question, self.tenant.slug)
            except Refusal as refusal:
                if refusal.field not in form.fields or refusal.code not in QUESTIONABLE:
                    raise
                add_refusal(form, refusal)
        status = 200 if trial else 422
        if wants_fragment(self.request):
            # 200 for a refused question, too: htmx shows nothing else.
            return self.answer(self.tried_name, {"trial": trial, "try_form": form})
        foreseen = trial.preview if trial else preview(act)
        return self._plan(foreseen, status, trial=trial, try_form=form, **context)

    def _question(self, data: QueryDict | None = None) -> ReachForm:
        names = selectors.ports(self.actor).order_by("name").values_list("name", flat=True)
        return ReachForm(data, prefix="try", suggested=names[:SUGGESTED])

    def _generation(self) -> int:
        """The generation of the reviewed plan; anything else than a number is stale."""
        text = self.request.POST.get("generation", "")
        return int(text) if text.isdecimal() and len(text) < 19 else -1

    def _plan(self, foreseen: Preview, status: int, **context: Any) -> HttpResponse:
        fields = self.carried(foreseen, context.get("form"))
        context.setdefault("try_form", self._question())
        data = self.get_context_data(preview=foreseen, fields=fields, **context)
        return self.answer(self.review_name, data, status)

    def carried(self, foreseen: Preview, form: forms.Form | None) -> list[tuple[str, str]]:
        """Hidden inputs that bring what was reviewed to the confirmation."""
        return []

    def answer(self, template: str, data: dict[str, Any], status: int = 200) -> HttpResponse:
        """A page that has no fragment."""
        return self.response_class(self.request, template, data, status=status)


class FormPage(ReviewedPage):
    """A form of a noun. `act` makes the service call of a valid form."""

    template_name = "networking/form.html"
    check_name = "networking/form_check.html"
    # What a field that is still empty counts as while the others are checked.
    stand_ins: Mapping[str, str] = {}

    def form(self, data: QueryDict | None = None) -> forms.Form:
        """The form, bound to `data` if there are any."""
        raise NotImplementedError

    def act(self, form: forms.Form) -> Callable[[], Change]:
        """What the form asks for."""
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The form."""
        return self.show(self.form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """One of the steps; see the top of the file."""
        intent = request.POST.get("intent", "review")
        if "fill" in request.POST or intent == "edit":
            return self.show(self._unjudged(request.POST))
        form = self.form(request.POST)
        if intent == "check":
            return self._check(request.POST)
        if not form.is_valid():
            return self.show(form, 422)
        step = {"confirm": self.confirm, "try": self.try_out}.get(intent, self.review)
        try:
            return step(self.act(form), form=form)
        except Refusal as refusal:
            add_refusal(form, refusal)
            return self.show(form, refusal.status)

    def show(self, form: forms.Form, status: int = 200) -> HttpResponse:
        """The form's page."""
        return self.render_to_response(self.get_context_data(form=form), status=status)

    def _check(self, sent: QueryDict) -> HttpResponse:
        """What is wrong so far, and what the form would do, while someone types."""
        missing = {name: text for name, text in self.stand_ins.items() if not sent.get(name)}
        data = sent.copy()
        data.update(missing)
        form, foreseen = self.form(data), None
        if form.is_valid():
            try:
                foreseen = preview(self.act(form))
            except Refusal as refusal:
                add_refusal(form, refusal)
        # Nobody is told off for a field that they have not come to yet.
        said = [
            field
            for field in form.visible_fields()
            if field.name not in missing and field.value() not in (None, "", [])
        ]
        plan = None if missing else foreseen
        context = self.get_context_data(form=form, preview=plan, said=said)
        return self.answer(self.check_name, context)

    def _unjudged(self, data: QueryDict) -> forms.Form:
        """The form with what was written so far and no errors. A button `fill` with the value
        `field=text` writes into a field."""
        field, _, text = data.get("fill", "").partition("=")
        form = self.form()
        for name in form.fields:
            values = data.getlist(name)
            if isinstance(form.fields[name], forms.MultipleChoiceField):
                form.initial[name] = values
            elif isinstance(form.fields[name], forms.BooleanField):
                form.initial[name] = name in data
            else:
                form.initial[name] = data.get(name, "")
        if field in form.fields:
            form.initial[field] = text
        return form

    def carried(self, foreseen: Preview, form: forms.Form | None) -> list[tuple[str, str]]:
        """What was written; for what was left open, that which the plan was made with."""
        settled = self.settled(foreseen)
        post = self.request.POST
        return [
            (name, value)
            for name in (form.fields if form else ())
            for value in ([settled[name]] if name in settled else post.getlist(name))
        ]

    def settled(self, foreseen: Preview) -> dict[str, str]:
        """Fields whose value the plan decided."""
        return {}


class ActPage(ReviewedPage):
    """An act that needs no form, such as a deletion: its plan, then its confirmation."""

    def act(self) -> Callable[[], Change]:
        """The service call."""
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """What would happen, or why it cannot be done now."""
        try:
            return self.review(self.act())
        except Refusal as refusal:
            # Nobody asked for it yet, so nothing was refused.
            return self._refused(refusal, 200)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Do it, if the plan is still true; or try it out."""
        step = self.try_out if request.POST.get("intent") == "try" else self.confirm
        try:
            return step(self.act())
        except Refusal as refusal:
            return self._refused(refusal, refusal.status)

    def _refused(self, refusal: Refusal, status: int) -> HttpResponse:
        if refusal.status == 404:
            raise refusal
        data = self.get_context_data(refusal=refusal.message)
        return self.answer(self.review_name, data, status)
