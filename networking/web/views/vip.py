"""VIPs: list, detail, form, deletion."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from networking import selectors
from networking.models import Change, Vip
from networking.selectors.vip_health import member_states, serving
from networking.services import vips
from networking.services.changes import Preview
from networking.web import lines, vip_lines
from networking.web.forms.vip import VipForm, initial_of, ports_text
from networking.web.views.base import NounPage
from networking.web.views.machines import MachinesFormPage
from networking.web.views.reviewed import ActPage

SHOWN_MEMBERS = 200
SHOWN_CHANGES = 6


class VipList(NounPage):
    """All VIPs of the tenant."""

    nav = "vips"
    template_name = "networking/vip_list.html"
    fragment_name = "networking/vip_rows.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        """By name; `q` searches."""
        text = request.GET.get("q", "").strip()
        page = self.page_of(selectors.vips(self.actor, q=text))
        found = vip_lines.vip_lines(page, serving(self.actor, list(page)))
        prefixes = selectors.allowed_prefixes(self.actor)
        return self.render_to_response(
            self.get_context_data(
                lines=found,
                page=page,
                unfinished=lines.any_unfinished(page),
                any=bool(found) or selectors.vips(self.actor).exists(),
                prefixes=[row.prefix for row in prefixes if row.purpose == "vips"],
                q=text,
            )
        )


class VipDetail(NounPage):
    """One VIP."""

    nav = "vips"
    template_name = "networking/vip_detail.html"
    fragment_name = "networking/vip_live.html"

    def get(self, request: HttpRequest, slug: str, vip_id: UUID) -> HttpResponse:
        """Its members and how they are, its ports, what was changed."""
        vip = selectors.vip(self.actor, vip_id)
        members = list(selectors.vip_members(self.actor, vip_id)[:SHOWN_MEMBERS])
        found = member_states(self.actor, vip, members) if vip.health_check else ()
        counts = serving(self.actor, [vip])[vip.id]
        changes = selectors.changes(self.actor, subject_id=vip.id).prefetch_related(None)
        return self.render_to_response(
            self.get_context_data(
                vip=vip,
                ports=ports_text(vip.ports),
                status=vip_lines.status(vip, counts),
                serving=counts,
                unfinished=lines.any_unfinished([vip]),
                member_lines=vip_lines.member_lines(members, found),
                change_lines=lines.change_lines(changes[:SHOWN_CHANGES]),
                trail=[("VIPs", reverse("networking:vip_list", args=[slug]))],
            )
        )


class _VipForm(MachinesFormPage):
    nav = "vips"
    machines_field = "members"
    stand_ins = {"name": "not-named-yet"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The way back."""
        trail = [("VIPs", reverse("networking:vip_list", args=[self.tenant.slug]))]
        given = {"trail": trail, "fields_name": "networking/vip_fields.html"}
        return super().get_context_data(**given | kwargs)

    def choices(self) -> dict[str, Any]:
        """What the form is given to choose from."""
        groups = selectors.groups(self.actor).prefetch_related(None).filter(retiring_at=None)
        return {
            "regions": list(selectors.regions(self.actor)),
            "groups": list(groups),
            "find": self.find,
        }

    def settled(self, foreseen: Preview) -> dict[str, str]:
        """The address that the plan was made with is the one that gets confirmed."""
        return {"ipv4_address": foreseen.after["ipv4_address"]}


class VipCreate(_VipForm):
    """A new VIP."""

    def form(self, data: QueryDict | None = None) -> forms.Form:
        """Empty, or with what was sent."""
        return VipForm(data, **self.choices())

    def act(self, form: forms.Form) -> Callable[[], Change]:
        """Create it."""
        assert isinstance(form, VipForm)
        return lambda: vips.create(self.actor, form.to_input())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The heading."""
        back = reverse("networking:vip_list", args=[self.tenant.slug])
        return super().get_context_data(heading="New VIP", back=back, **kwargs)


class VipUpdate(_VipForm):
    """An edit of a VIP."""

    def form(self, data: QueryDict | None = None) -> forms.Form:
        """What it is now, or what was sent."""
        vip = self.vip()
        names = sorted(port.name for port in vip.members.all() if port.retiring_at is None)
        return VipForm(data, vip=vip, initial=initial_of(vip, names), **self.choices())

    def act(self, form: forms.Form) -> Callable[[], Change]:
        """Change it."""
        assert isinstance(form, VipForm)
        vip_id = self.vip().id
        return lambda: vips.update(self.actor, vip_id, form.to_patch())

    def vip(self) -> Vip:
        """The VIP of the address."""
        if not hasattr(self, "_vip"):
            self._vip = selectors.vip(self.actor, self.kwargs["vip_id"])
        return self._vip

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The heading and the way back to the VIP."""
        vip = self.vip()
        back = reverse("networking:vip_detail", args=[self.tenant.slug, vip.id])
        context = super().get_context_data(heading=f"Edit {vip.name}", back=back, **kwargs)
        return context | {"trail": [*context["trail"], (vip.name, back)]}


class VipDelete(ActPage):
    """The end of a VIP."""

    nav = "vips"

    def act(self) -> Callable[[], Change]:
        """Delete it."""
        vip = selectors.vip(self.actor, self.kwargs["vip_id"])
        return lambda: vips.delete(self.actor, vip.id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The way back to the VIP."""
        slug = self.tenant.slug
        back = reverse("networking:vip_detail", args=[slug, self.kwargs["vip_id"]])
        trail = [("VIPs", reverse("networking:vip_list", args=[slug]))]
        return super().get_context_data(back=back, trail=trail, **kwargs)
