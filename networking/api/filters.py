"""What lists can be narrowed by. An unknown parameter is refused: a typo must not widen a list."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from networking.intent import RuleAction
from portal.lib.serializers import StrictSerializer


class ListQuery(StrictSerializer):
    """What every list takes."""

    cursor = serializers.CharField(required=False)
    page_size = serializers.IntegerField(required=False, min_value=1)


class NetworkQuery(ListQuery):
    """Networks by part of a name or start of a prefix, and by a region's code."""

    q = serializers.CharField(required=False)
    region = serializers.CharField(required=False)


class PortQuery(ListQuery):
    """Ports by part of a name or start of an address or MAC, by a network's id, and by label:
    `key=value`, or `key`."""

    q = serializers.CharField(required=False)
    network = serializers.UUIDField(required=False, source="network_id")
    label = serializers.CharField(required=False)  # type: ignore[assignment]


class GroupQuery(ListQuery):
    """Groups by part of the name or description, and by label: `key=value`, or `key`."""

    q = serializers.CharField(required=False)
    label = serializers.CharField(required=False)  # type: ignore[assignment]


class RuleQuery(ListQuery):
    """Rules by part of the name or description, or by an address or port that they name; by the
    id of a group that they name; by action."""

    q = serializers.CharField(required=False)
    group = serializers.UUIDField(required=False, source="group_id")
    action = serializers.ChoiceField([one.value for one in RuleAction], required=False)


class ChangeQuery(ListQuery):
    """Changes by part of the summary or of who asked, by a subject's id, and those under way."""

    q = serializers.CharField(required=False)
    subject = serializers.UUIDField(required=False, source="subject_id")
    unfinished = serializers.BooleanField(required=False)


def narrowing(query: type[ListQuery], request: Request) -> dict[str, Any]:
    """The query string as arguments of a selector. Raises ValidationError naming what is wrong."""
    given = query(data=request.query_params.dict())
    given.is_valid(raise_exception=True)
    paging = ListQuery().fields
    return {name: value for name, value in given.validated_data.items() if name not in paging}
