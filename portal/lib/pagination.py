"""Lists of the API, by cursor."""

from functools import cache
from typing import Any

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers
from rest_framework.pagination import CursorPagination


class Cursor(CursorPagination):
    """Newest first. Ids ascend with time, so a page stays put while rows are added."""

    ordering = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


@cache  # one description of a page, however many views answer it
def page_of(serializer: type[serializers.Serializer[Any]]) -> serializers.Serializer[Any]:
    """The OpenAPI description of one page: the rows, and where the pages beside it are."""
    return inline_serializer(
        name=f"{serializer.__name__.removesuffix('Serializer')}Page",
        fields={
            "next": serializers.URLField(allow_null=True),
            "previous": serializers.URLField(allow_null=True),
            "results": serializer(many=True),
        },
    )
