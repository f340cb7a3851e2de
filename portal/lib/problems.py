"""Problem details (RFC 9457): the API's one shape of an error."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response

from portal.lib.errors import Refusal
from portal.lib.logs import current_request_id

CONTENT_TYPE = "application/problem+json"
TITLES = {
    400: ("bad-request", "The request cannot be read."),
    401: ("sign-in-needed", "Sign in, or send an API token."),
    403: ("not-allowed", "Your role does not allow this."),
    404: ("not-found", "There is no such thing here."),
    405: ("method-not-allowed", "This address does not take that method."),
    409: ("conflict", "The request conflicts with another one."),
    412: ("stale", "This has changed since you read it. Read it again."),
    413: ("body-too-large", "The request's body is too large."),
    415: ("media-type", "Send application/json."),
    422: ("invalid", "Some input is not acceptable."),
    429: ("too-many-requests", "Too many requests. Wait and try again."),
    500: ("internal", "Something failed on our side. It was logged."),
    503: (
        "unavailable",
        "The portal's database does not answer. Send this again in a few seconds; "
        "with the same Idempotency-Key it is done once.",
    ),
}
# Of codes that say more than their status does.
CODE_TITLES = {
    "database-full": "The portal's database has no room left. Nothing was changed. Send this again "
    "later; with the same Idempotency-Key it is done once.",
}


def problem(
    status: int,
    code: str = "",
    detail: str = "",
    *,
    field: str | None = None,
    errors: list[dict[str, str]] | None = None,
) -> dict[str, Any]:
    """The body of a problem: a stable type, sentences for a person, and the request's id, by which
    the provider finds it in the logs."""
    default_code, title = TITLES.get(status, ("error", "The request failed."))
    title = CODE_TITLES.get(code, title)
    body: dict[str, Any] = {
        "type": f"/problems/{code or default_code}",
        "title": title,
        "status": status,
        "detail": detail or title,
    }
    if errors is None and field:
        errors = [{"field": field, "message": body["detail"]}]
    if errors:
        body["errors"] = errors
    if request_id := current_request_id():
        body["request_id"] = request_id
    return body


def problem_response(status: int, code: str = "", detail: str = "", **more: Any) -> JsonResponse:
    """The same as a plain Django response, for where no API view is at work."""
    return JsonResponse(
        problem(status, code, detail, **more), status=status, content_type=CONTENT_TYPE
    )


def is_api(request: HttpRequest) -> bool:
    """Whether errors of this request are problems rather than pages."""
    return request.path.startswith("/api/")


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn what a view raised into a problem; what is unknown becomes a 500 elsewhere."""
    body = _body(error)
    if body is None:
        return None
    if transaction.get_connection().in_atomic_block:
        transaction.set_rollback(True)
    headers = {}
    if isinstance(error, exceptions.Throttled) and (wait := getattr(error, "wait", None)):
        headers["Retry-After"] = str(int(wait))
    return Response(body, body["status"], headers=headers, content_type=CONTENT_TYPE)


def _body(error: Exception) -> dict[str, Any] | None:
    if isinstance(error, Refusal):
        return problem(error.status, error.code, error.message, field=error.field)
    if isinstance(error, Http404):
        return problem(404)
    if isinstance(error, PermissionDenied):
        return problem(403)
    if isinstance(error, exceptions.ValidationError):
        errors = _flatten(error.detail)
        first = errors[0]["message"] if errors else ""
        return problem(422, "invalid", first, errors=errors)
    if isinstance(error, exceptions.ParseError):
        return problem(400, "bad-request", str(error.detail))
    if isinstance(error, exceptions.Throttled):
        return problem(429, detail=str(error.detail))
    if isinstance(error, exceptions.APIException):
        return problem(error.status_code)
    return None


def _flatten(detail: Any, path: str = "") -> list[dict[str, str]]:
    """A serializer's nested errors as a list of field and message."""
    if isinstance(detail, dict):
        parts = [(f"{path}.{key}" if path else str(key), value) for key, value in detail.items()]
        return [one for name, value in parts for one in _flatten(value, name)]
    if isinstance(detail, list):
        return [one for value in detail for one in _flatten(value, path)]
    field = "" if path == "non_field_errors" else path.removesuffix(".non_field_errors")
    return [{"field": field, "message": str(detail)}]
