"""Error answers outside of a view: a page for people, a problem for programs."""

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from portal.lib.db import is_full, is_outage
from portal.lib.logs import current_request_id
from portal.lib.problems import is_api, problem_response

RETRY_AFTER = "5"  # seconds


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400"""
    return answer(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403"""
    return answer(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404"""
    return answer(request, 404)


def failed(request: HttpRequest) -> HttpResponse:
    """500, or 503 where the database was away. Django asks while it handles the exception."""
    error = sys.exception()
    if not is_outage(error):
        return answer(request, 500)
    full = is_full(error)
    if is_api(request):
        response: HttpResponse = problem_response(503, "database-full" if full else "")
    else:
        # Without the request: who is signed in is in the database.
        context = {"request_id": current_request_id(), "full": full}
        response = HttpResponse(render_to_string("503.html", context), status=503)
    response.headers["Retry-After"] = RETRY_AFTER
    return response


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose CSRF token is missing or old."""
    if is_api(request):
        return problem_response(403, "csrf", "The X-CSRFToken header is missing or wrong.")
    return render(request, "403_csrf.html", status=403)


def answer(request: HttpRequest, status: int) -> HttpResponse:
    """The error page of ``status``, or its problem."""
    if is_api(request):
        return problem_response(status)
    context = {"request_id": current_request_id()}
    return render(request, f"{status}.html", context, status=status)
