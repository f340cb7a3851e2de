"""Lists of the API, by cursor."""

from rest_framework.pagination import CursorPagination


class Cursor(CursorPagination):
    """Newest first. Ids ascend with time, so a page stays put while rows are added."""

    ordering = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
