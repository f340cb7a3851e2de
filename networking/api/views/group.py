"""Groups."""

from functools import partial
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from networking import selectors
from networking.api.answers import answer, versioned, write_schema
from networking.api.filters import GroupQuery, narrowing
from networking.api.serializers import (
    GroupMemberSerializer,
    GroupPatchSerializer,
    GroupSerializer,
    NewGroupSerializer,
)
from networking.services import groups
from networking.services.groups import GroupInput, GroupPatch
from portal.lib.etags import expected_version
from portal.lib.pagination import page_of
from portal.lib.serializers import given
from tenants.access import Capability
from tenants.api.base import TenantApi


class Groups(TenantApi):
    """The tenant's groups."""

    capability = Capability.NETWORK_VIEW
    write_capability = Capability.NETWORK_WRITE

    @extend_schema(
        operation_id="tenants_groups_list",
        responses=page_of(GroupSerializer),
        parameters=[GroupQuery],
    )
    def get(self, request: Request, slug: str) -> Response:
        """Newest first."""
        rows = selectors.groups(self.actor, **narrowing(GroupQuery, request))
        return self.page(rows, GroupSerializer)

    @write_schema(NewGroupSerializer)
    def post(self, request: Request, slug: str) -> Response:
        """Add a group."""
        wanted = GroupInput(**_tuples(given(NewGroupSerializer, request)))
        return answer(request, self.actor, lambda: groups.create(self.actor, wanted))


class Group(TenantApi):
    """One group."""

    capability = Capability.NETWORK_VIEW
    write_capability = Capability.NETWORK_WRITE

    @extend_schema(responses=GroupSerializer)
    def get(self, request: Request, slug: str, group_id: UUID) -> Response:
        """The group, with its ETag."""
        group = selectors.group(self.actor, group_id)
        return versioned(GroupSerializer(group).data, group.version)

    @write_schema(GroupPatchSerializer, versioned=True)
    def patch(self, request: Request, slug: str, group_id: UUID) -> Response:
        """Change some fields."""
        selectors.group(self.actor, group_id)
        fields = _tuples(given(GroupPatchSerializer, request, partial=True))
        patch = GroupPatch(**fields)  # type: ignore[typeddict-item]
        expect = expected_version(request)
        return answer(
            request, self.actor, lambda: groups.update(self.actor, group_id, patch, expect=expect)
        )

    @write_schema(versioned=True)
    def delete(self, request: Request, slug: str, group_id: UUID) -> Response:
        """Delete the group; no rule and no VIP may use it."""
        expect = expected_version(request)
        return answer(
            request, self.actor, lambda: groups.delete(self.actor, group_id, expect=expect)
        )


class Members(TenantApi):
    """The machines that belong to a group."""

    capability = Capability.NETWORK_VIEW

    @extend_schema(responses=page_of(GroupMemberSerializer))
    def get(self, request: Request, slug: str, group_id: UUID) -> Response:
        """As they are now, and why; the group's prefixes are told by the group."""
        membership = selectors.group_membership(self.actor, group_id)
        rows = selectors.group_members(self.actor, membership)
        serializer = partial(GroupMemberSerializer, context={"group": membership})
        return self.page(rows, serializer)


def _tuples(fields: dict[str, Any]) -> dict[str, Any]:
    lists = ("networks", "prefixes", "ports")
    return {name: tuple(value) if name in lists else value for name, value in fields.items()}
