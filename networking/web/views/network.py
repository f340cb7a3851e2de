"""Networks: list, detail, form, deletion."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from networking import selectors
from networking.models import Change, Network
from networking.planning.addresses import gateway, host_capacity
from networking.selectors.prefixes import address_space
from networking.services import networks
from networking.web import lines, states
from networking.web.addresses import Picture, coarse_picture, per_cell, picture
from networking.web.forms.network import NetworkForm, initial_of
from networking.web.views.base import NounPage
from networking.web.views.reviewed import ActPage, FormPage

SUGGESTED = 3
SUGGESTED_LENGTH = {4: 24, 6: 64}
SHOWN_PORTS = 20
SHOWN_CHANGES = 6


class NetworkList(NounPage):
    """All networks of the tenant."""

    nav = "networks"
    template_name = "networking/network_list.html"
    fragment_name = "networking/network_rows.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        """By name; `q` searches and `region` filters."""
        text, code = request.GET.get("q", "").strip(), request.GET.get("region", "")
        rows = selectors.networks(self.actor, q=text, region=code)
        page = self.page_of(selectors.with_machines(rows))
        found = lines.network_lines(page)
        some = bool(found) or selectors.networks(self.actor).exists()
        return self.render_to_response(
            self.get_context_data(
                lines=found,
                page=page,
                unfinished=lines.any_unfinished(page),
                any=some,
                allowed=some or bool(address_space(self.tenant.id).allowed),
                q=text,
                region_code=code,
                regions=selectors.regions(self.actor),
            )
        )


class NetworkDetail(NounPage):
    """One network."""

    nav = "networks"
    template_name = "networking/network_detail.html"
    fragment_name = "networking/network_live.html"

    def get(self, request: HttpRequest, slug: str, network_id: UUID) -> HttpResponse:
        """Facts, ports, addresses, who learns it, what was changed."""
        network = selectors.network(self.actor, network_id)
        return self.render_to_response(
            self.get_context_data(
                network=network,
                network_id=str(network.id),
                status=states.noun(network),
                unfinished=lines.any_unfinished([network]),
                learned_by=lines.learned_by(network),
                gateway_ipv4=gateway(network.ipv4_prefix),
                gateway_ipv6=gateway(network.ipv6_prefix) if network.ipv6_prefix else None,
                trail=[("Networks", reverse("networking:network_list", args=[slug]))],
                **self._ports(network),
                **self._around(network),
            )
        )

    def _ports(self, network: Network) -> dict[str, Any]:
        shown = list(selectors.addresses(self.actor, network)[:SHOWN_PORTS])
        used, drawn = self._addresses(network)
        return {
            "ports": shown,
            "port_lines": lines.port_lines(shown),
            "used": used,
            "more_ports": used > len(shown),
            "capacity": host_capacity(network.ipv4_prefix),
            "picture": drawn,
        }

    def _addresses(self, network: Network) -> tuple[int, Picture]:
        """How many are used, and which."""
        prefix = network.ipv4_prefix
        if (size := per_cell(prefix)) == 1:
            rows = selectors.addresses(self.actor, network)
            machines = list(rows.values_list("name", "ipv4_address"))
            return len(machines), picture(prefix, machines)
        used = selectors.addresses_used(self.actor, network, size)
        return sum(used.values()), coarse_picture(prefix, used)

    def _around(self, network: Network) -> dict[str, Any]:
        changes = selectors.changes(self.actor, subject_id=network.id).prefetch_related(None)
        near = selectors.sites(self.actor).filter(attachment__fabric__region=network.region_id)
        return {
            "change_lines": lines.change_lines(changes[:SHOWN_CHANGES]),
            "learners": [lines.learning(network, site) for site in near],
        }


class _NetworkForm(FormPage):
    nav = "networks"
    stand_ins = {"name": "not-named-yet"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Free prefixes to choose from, and the way back."""
        trail = [("Networks", reverse("networking:network_list", args=[self.tenant.slug]))]
        space = address_space(self.tenant.id)
        free = {
            f"free_ipv{version}": space.free(length, version=version, limit=SUGGESTED)
            for version, length in SUGGESTED_LENGTH.items()
        }
        given: dict[str, Any] = {"trail": trail, "fields_name": "networking/network_fields.html"}
        if not space.allowed:
            given["lead"] = "None can be made yet: ask your provider for a prefix first."
        return super().get_context_data(**given | free | kwargs)


class NetworkCreate(_NetworkForm):
    """A new network."""

    def form(self, data: QueryDict | None = None) -> forms.Form:
        """Empty, or with what was sent."""
        return NetworkForm(
            data,
            regions=list(selectors.regions(self.actor)),
            sites=list(selectors.sites(self.actor)),
        )

    def act(self, form: forms.Form) -> Callable[[], Change]:
        """Create it."""
        assert isinstance(form, NetworkForm)
        return lambda: networks.create(self.actor, form.to_input())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The heading."""
        back = reverse("networking:network_list", args=[self.tenant.slug])
        return super().get_context_data(heading="New network", back=back, **kwargs)


class NetworkUpdate(_NetworkForm):
    """An edit of a network."""

    def form(self, data: QueryDict | None = None) -> forms.Form:
        """What it is now, or what was sent."""
        network = self.network()
        return NetworkForm(
            data,
            regions=(),
            sites=list(selectors.sites(self.actor)),
            network=network,
            initial=initial_of(network, list(network.sites.all())),
        )

    def act(self, form: forms.Form) -> Callable[[], Change]:
        """Change it."""
        assert isinstance(form, NetworkForm)
        network_id = self.network().id
        return lambda: networks.update(self.actor, network_id, form.to_patch())

    def network(self) -> Network:
        """The network of the address."""
        if not hasattr(self, "_network"):
            self._network = selectors.network(self.actor, self.kwargs["network_id"])
        return self._network

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The heading and the way back to the network."""
        network = self.network()
        back = reverse("networking:network_detail", args=[self.tenant.slug, network.id])
        context = super().get_context_data(heading=f"Edit {network.name}", back=back, **kwargs)
        return context | {"trail": [*context["trail"], (network.name, back)]}


class NetworkDelete(ActPage):
    """The end of a network."""

    nav = "networks"

    def act(self) -> Callable[[], Change]:
        """Delete it."""
        network = selectors.network(self.actor, self.kwargs["network_id"])
        return lambda: networks.delete(self.actor, network.id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The way back to the network."""
        slug = self.tenant.slug
        back = reverse("networking:network_detail", args=[slug, self.kwargs["network_id"]])
        trail = [("Networks", reverse("networking:network_list", args=[slug]))]
        return super().get_context_data(back=back, trail=trail, **kwargs)


class NetworkDefault(ActPage):
    """Whether what no rule matches is cut: `deny` is on or off in the address."""

    nav = "rules"

    def act(self) -> Callable[[], Change]:
        """Turn default deny on or off."""
        network = selectors.network(self.actor, self.kwargs["network_id"])
        patch = networks.NetworkPatch(default_deny=self.request.GET.get("deny") == "on")
        return lambda: networks.update(self.actor, network.id, patch)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The way back to the rules."""
        back = reverse("networking:rule_list", args=[self.tenant.slug])
        return super().get_context_data(back=back, trail=[("Rules", back)], **kwargs)
