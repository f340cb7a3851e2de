"""Versions of rows as HTTP entity tags (RFC 9110 section 8.8.3)."""

import re

from django.http import HttpRequest

from portal.lib.errors import Refusal

_TAG = re.compile(r'^(?:W/)?"(\d+)"$')


def etag(version: int) -> str:
    """The entity tag of a row at this version."""
    return f'"{version}"'


def expected_version(request: HttpRequest) -> int | None:
    """The version that the caller believes current, from `If-Match`; None when it does not say
    or says `*`.

    Raises Refusal (400) for a tag that none of our answers can have carried.
    """
    value = request.headers.get("If-Match", "").strip()
    if not value or value == "*":
        return None
    match = _TAG.match(value)
    if match is None:
        raise Refusal(
            "bad-etag",
            f"If-Match holds {value!r}, which is no ETag of ours. Send the ETag that the last "
            "GET answered, quotes included, or leave the header out.",
            status=400,
        )
    return int(match[1])
