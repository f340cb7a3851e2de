"""A bound on request bodies, for parsers that read the stream themselves."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from portal.lib.problems import is_api, problem_response


class BodyLimitMiddleware:
    """Refuses a body larger than ``DATA_UPLOAD_MAX_MEMORY_SIZE`` bytes with 413."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Goes by the declared length; a body without one is read by Django, which counts."""
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        if limit is None or length <= limit:
            return self.get_response(request)
        detail = f"The body has {length} bytes; at most {limit} are read. Send less at once."
        if is_api(request):
            return problem_response(413, detail=detail)
        return HttpResponse(detail, status=413, content_type="text/plain")
