"""Ports: list, detail, form, deletion."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from networking import selectors
from networking.models import Change, Port
from networking.services import ports
from networking.services.changes import Preview
from networking.web import lines, states
from networking.web.forms.port import PortForm, initial_of
from networking.web.traffic import traffic_view
from networking.web.views.base import NounPage
from networking.web.views.reviewed import ActPage, FormPage

SHOWN_CHANGES = 8


class PortList(NounPage):
    """All ports of the tenant."""

    nav = "ports"
    template_name = "networking/port_list.html"
    fragment_name = "networking/port_rows.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        """By name; `q` searches, a label with its equals sign too; `network` is a name."""
        text, name = request.GET.get("q", "").strip(), request.GET.get("network", "")
        label, words = (text, "") if "=" in text else ("", text)
        rows = selectors.ports(self.actor, q=words, label=label)
        page = self.page_of(rows.filter(network__name=name) if name else rows)
        found = lines.port_lines(page)
        return self.render_to_response(
            self.get_context_data(
                lines=found,
                page=page,
                unfinished=lines.any_unfinished(page),
                any=bool(found) or selectors.ports(self.actor).exists(),
                q=text,
                network_name=name,
                networks=selectors.networks(self.actor).values_list("name", flat=True),
            )
        )


class PortDetail(NounPage):
    """One port."""

    nav = "ports"
    template_name = "networking/port_detail.html"
    fragment_name = "networking/port_live.html"

    def get(self, request: HttpRequest, slug: str, port_id: UUID) -> HttpResponse:
        """Facts, traffic, and what was changed."""
        port = selectors.port(self.actor, port_id)
        changes = selectors.changes(self.actor, subject_id=port.id).prefetch_related(None)
        return self.render_to_response(
            self.get_context_data(
                port=port,
                status=states.port(port),
                unfinished=lines.any_unfinished([port]),
                traffic=traffic_view(selectors.port_traffic(self.actor, port.id)),
                change_lines=lines.change_lines(changes[:SHOWN_CHANGES]),
                trail=[("Ports", reverse("networking:port_list", args=[slug]))],
            )
        )


class _PortForm(FormPage):
    nav = "ports"
    stand_ins = {"name": "not-named-yet"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The way back."""
        trail = [("Ports", reverse("networking:port_list", args=[self.tenant.slug]))]
        given = {"trail": trail, "fields_name": "networking/port_fields.html"}
        return super().get_context_data(**given | kwargs)

    def settled(self, preview: Preview) -> dict[str, str]:
        """The address and MAC that the plan was made with are those that get confirmed."""
        return {name: preview.after[name] for name in ("ipv4_address", "mac")}


class PortCreate(_PortForm):
    """A new port."""

    def form(self, data: QueryDict | None = None) -> forms.Form:
        """Empty but for the network that the address may name, or with what was sent."""
        rows = selectors.networks(self.actor).prefetch_related(None).filter(retiring_at=None)
        return PortForm(
            data,
            networks=list(rows),
            initial={"network": self.request.GET.get("network", "")},
        )

    def act(self, form: forms.Form) -> Callable[[], Change]:
        """Create it."""
        assert isinstance(form, PortForm)
        return lambda: ports.create(self.actor, form.to_input())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The heading."""
        back = reverse("networking:port_list", args=[self.tenant.slug])
        return super().get_context_data(heading="New port", back=back, **kwargs)


class PortUpdate(_PortForm):
    """An edit of a port."""

    def form(self, data: QueryDict | None = None) -> forms.Form:
        """What it is now, or what was sent."""
        port = self.port()
        return PortForm(data, port=port, initial=initial_of(port))

    def act(self, form: forms.Form) -> Callable[[], Change]:
        """Change it."""
        assert isinstance(form, PortForm)
        port_id = self.port().id
        return lambda: ports.update(self.actor, port_id, form.to_patch())

    def port(self) -> Port:
        """The port of the address."""
        if not hasattr(self, "_port"):
            self._port = selectors.port(self.actor, self.kwargs["port_id"])
        return self._port

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The heading and the way back to the port."""
        port = self.port()
        back = reverse("networking:port_detail", args=[self.tenant.slug, port.id])
        context = super().get_context_data(heading=f"Edit {port.name}", back=back, **kwargs)
        return context | {"trail": [*context["trail"], (port.name, back)]}


class PortDelete(ActPage):
    """The end of a port."""

    nav = "ports"

    def act(self) -> Callable[[], Change]:
        """Delete it."""
        port = selectors.port(self.actor, self.kwargs["port_id"])
        return lambda: ports.delete(self.actor, port.id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The way back to the port."""
        slug = self.tenant.slug
        back = reverse("networking:port_detail", args=[slug, self.kwargs["port_id"]])
        trail = [("Ports", reverse("networking:port_list", args=[slug]))]
        return super().get_context_data(back=back, trail=trail, **kwargs)
