"""Groups: list, detail, form with the members it would have, deletion."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from networking import selectors
from networking.models import Change, Group, Port
from networking.models.members import Membership
from networking.selectors import group_use
from networking.services import groups
from networking.web import lines, states
from networking.web.forms.group import GroupForm, initial_of
from networking.web.views.base import NounPage
from networking.web.views.machines import MachinesFormPage
from networking.web.views.reviewed import ActPage

SHOWN_MEMBERS = 100
FORESEEN_MEMBERS = 10
SHOWN_CHANGES = 6


class GroupList(NounPage):
    """All groups of the tenant."""

    nav = "groups"
    template_name = "networking/group_list.html"
    fragment_name = "networking/group_rows.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        """By name; `q` searches, a label with its equals sign too."""
        text = request.GET.get("q", "").strip()
        label, words = (text, "") if "=" in text else ("", text)
        page = self.page_of(selectors.groups(self.actor, q=words, label=label))
        use = group_use.group_use(self.actor, list(page))
        found = lines.group_lines(page, use)
        return self.render_to_response(
            self.get_context_data(
                lines=found,
                page=page,
                unfinished=lines.any_unfinished(page),
                any=bool(found) or selectors.groups(self.actor).exists(),
                q=text,
            )
        )


class GroupDetail(NounPage):
    """One group."""

    nav = "groups"
    template_name = "networking/group_detail.html"
    fragment_name = "networking/group_live.html"

    def get(self, request: HttpRequest, slug: str, group_id: UUID) -> HttpResponse:
        """Who belongs to it and why, what uses it, what was changed."""
        group = selectors.group(self.actor, group_id)
        membership = selectors.group_membership(self.actor, group_id)
        members = selectors.group_members(self.actor, membership)
        shown = list(members[: SHOWN_MEMBERS + 1])
        changes = selectors.changes(self.actor, subject_id=group.id).prefetch_related(None)
        return self.render_to_response(
            self.get_context_data(
                group=group,
                status=states.noun(group),
                unfinished=lines.any_unfinished([group]),
                count=len(shown) if len(shown) <= SHOWN_MEMBERS else members.count(),
                member_lines=_lines(shown[:SHOWN_MEMBERS], membership),
                rules=list(group_use.group_rules(self.actor, group.id)),
                vips=list(group_use.group_vips(self.actor, group.id)),
                change_lines=lines.change_lines(changes[:SHOWN_CHANGES]),
                trail=[("Groups", reverse("networking:group_list", args=[slug]))],
            )
        )


def _lines(ports: Iterable[Port], group: Membership) -> tuple[lines.MemberLine, ...]:
    return lines.member_lines(ports, lambda port: selectors.why_member(port, group))


class _GroupForm(MachinesFormPage):
    nav = "groups"
    machines_field = "ports"
    stand_ins = {"name": "not-named-yet"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The way back, and the members of what is written so far."""
        trail = [("Groups", reverse("networking:group_list", args=[self.tenant.slug]))]
        given = {
            "trail": trail,
            "fields_name": "networking/group_fields.html",
            "foreseen_name": "networking/group_foreseen.html",
        }
        return super().get_context_data(**given | self._members(kwargs.get("form")) | kwargs)

    def _members(self, form: forms.Form | None) -> dict[str, Any]:
        if not isinstance(form, GroupForm) or not form.is_bound or form.errors:
            return {}
        wanted = form.to_patch()
        membership = selectors.membership_if(
            self.actor, wanted["labels"], wanted["networks"], form.prefixes_read(), wanted["ports"]
        )
        rows = selectors.group_members(self.actor, membership)
        members = list(rows[: FORESEEN_MEMBERS + 1])
        more = len(members) > FORESEEN_MEMBERS
        return {
            "members_known": True,
            "members": _lines(members[:FORESEEN_MEMBERS], membership),
            "members_count": rows.count() if more else len(members),
            "members_more": more,
        }

    def choices(self) -> dict[str, Any]:
        """What the form is given to choose from."""
        networks = selectors.networks(self.actor).prefetch_related(None)
        return {"networks": list(networks.filter(retiring_at=None)), "find": self.find}


class GroupCreate(_GroupForm):
    """A new group."""

    def form(self, data: QueryDict | None = None) -> forms.Form:
        """Empty but for a label that the address may name, or with what was sent."""
        initial = {"labels": self.request.GET.get("label", "")}
        return GroupForm(data, initial=initial, **self.choices())

    def act(self, form: forms.Form) -> Callable[[], Change]:
        """Create it."""
        assert isinstance(form, GroupForm)
        return lambda: groups.create(self.actor, form.to_input())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The heading."""
        back = reverse("networking:group_list", args=[self.tenant.slug])
        return super().get_context_data(heading="New group", back=back, **kwargs)


class GroupUpdate(_GroupForm):
    """An edit of a group."""

    def form(self, data: QueryDict | None = None) -> forms.Form:
        """What it is now, or what was sent."""
        group = self.group()
        initial = initial_of(group, group.networks.all(), group.ports.all())
        return GroupForm(data, initial=initial, **self.choices())

    def act(self, form: forms.Form) -> Callable[[], Change]:
        """Change it."""
        assert isinstance(form, GroupForm)
        group_id = self.group().id
        return lambda: groups.update(self.actor, group_id, form.to_patch())

    def group(self) -> Group:
        """The group of the address."""
        if not hasattr(self, "_group"):
            self._group = selectors.group(self.actor, self.kwargs["group_id"])
        return self._group

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The heading and the way back to the group."""
        group = self.group()
        back = reverse("networking:group_detail", args=[self.tenant.slug, group.id])
        context = super().get_context_data(heading=f"Edit {group.name}", back=back, **kwargs)
        return context | {"trail": [*context["trail"], (group.name, back)]}


class GroupDelete(ActPage):
    """The end of a group."""

    nav = "groups"

    def act(self) -> Callable[[], Change]:
        """Delete it."""
        group = selectors.group(self.actor, self.kwargs["group_id"])
        return lambda: groups.delete(self.actor, group.id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The way back to the group."""
        slug = self.tenant.slug
        back = reverse("networking:group_detail", args=[slug, self.kwargs["group_id"]])
        trail = [("Groups", reverse("networking:group_list", args=[slug]))]
        return super().get_context_data(back=back, trail=trail, **kwargs)
