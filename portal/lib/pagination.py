"""Lists of the API, by cursor."""

from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from drf_spectacular.utils import inline_serializer
from rest_framework import exceptions, serializers
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from portal.lib.errors import Refusal


class Cursor(CursorPagination):
    """Newest first. Ids ascend with time, so a page stays put while rows are added."""

    ordering = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        """The page that the address asks for. Raises Refusal for a cursor that nobody was given:
        one that cannot be read, or that stands where no row can."""
        if self.cursor_query_param not in request.query_params:
            return super().paginate_queryset(queryset, request, view)
        try:
            return super().paginate_queryset(queryset, request, view)
        except (exceptions.NotFound, ValidationError, ValueError) as error:
            raise Refusal(
                "cursor-invalid",
                "The cursor is not one that was given out here. Leave it out to begin anew.",
                field="cursor",
            ) from error


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
