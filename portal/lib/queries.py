"""What no address may hold."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from portal.lib.problems import is_api, problem_response

DETAIL = "The address holds a NUL character (%00), which no text here can have. Leave it out."


class NulMiddleware:
    """Refuses a query with a NUL character with 400: PostgreSQL takes none in a text, so that
    whatever is searched for would fail there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """As it was sent: no other spelling is decoded to one."""
        if "%00" not in request.META.get("QUERY_STRING", ""):
            return self.get_response(request)
        if is_api(request):
            return problem_response(400, detail=DETAIL)
        return HttpResponse(DETAIL, status=400, content_type="text/plain")
