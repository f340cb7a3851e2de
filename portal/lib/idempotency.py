"""``Idempotency-Key``: a request sent again is answered again, not done again.

The key is claimed in the transaction that does the work. So a second sender waits until the first
has committed and then gets its answer, and work that failed leaves no key behind.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from portal.lib.models import IdempotencyKey
from portal.lib.problems import problem_response

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEPT = timedelta(hours=24)
MAX_KEY = 255
# What of an answer is kept beside status and body.
KEPT_HEADERS = ("Content-Type", "Location", "ETag")
IDEMPOTENCY_KEY = OpenApiParameter(
    HEADER,
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="A request sent again with the same key is answered again, not done again.",
)


def answer_once(
    request: HttpRequest,
    tenant_id: UUID | None,
    respond: Callable[[], HttpResponseBase],
    *,
    secret: bool = False,
) -> HttpResponseBase:
    """The stored answer of this request's key, or ``respond()``, stored.

    Keys belong to a tenant (or to the provider) and are forgotten after a day. The same key with
    another method, address or body is a mistake of the client: 409. An answer that is ``secret``
    is not stored; sent again, its request is still not done again, and gets 409, too.
    """
    key = request.headers.get(HEADER, "")
    if not key:
        return respond()
    if len(key) > MAX_KEY:
        return problem_response(
            400, detail=f"{HEADER} may have at most {MAX_KEY} characters.", field=HEADER
        )
    now = timezone.now()
    IdempotencyKey.objects.filter(tenant_id=tenant_id, created_at__lt=now - KEPT).delete()
    digest = _digest(request)
    try:
        with transaction.atomic():
            claim = IdempotencyKey.objects.create(tenant_id=tenant_id, key=key, request_hash=digest)
    except IntegrityError:
        return _replay(IdempotencyKey.objects.get(tenant_id=tenant_id, key=key), digest)
    response = respond()
    render = getattr(response, "render", None)
    if render is not None:
        response = render()
    if isinstance(response, HttpResponse) and response.status_code < 400:
        claim.status = response.status_code
        claim.headers = {name: response[name] for name in KEPT_HEADERS if name in response}
        claim.body = None if secret else response.content.decode()
        claim.save(update_fields=["status", "headers", "body"])
    # A refusal rolls the whole request back, and the claim with it.
    return response


def _digest(request: HttpRequest) -> str:
    parts = (request.method or "", request.get_full_path(), "")
    return hashlib.sha256("\n".join(parts).encode() + request.body).hexdigest()


def _replay(stored: IdempotencyKey, digest: str) -> HttpResponse:
    if stored.request_hash != digest:
        return problem_response(
            409,
            "idempotency-key-reused",
            "This Idempotency-Key came with another request before. Use a new one.",
        )
    if stored.body is None:
        return problem_response(
            409,
            "answer-not-kept",
            "This was done already, and the answer held a secret that is not kept. "
            "Revoke what was made and make another.",
        )
    response = HttpResponse(stored.body, status=stored.status or 200, headers=stored.headers)
    response.headers[REPLAYED] = "true"
    return response
