"""Long answers are made while they are sent."""

import asyncio
from collections.abc import Iterator

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse
from django.test import AsyncRequestFactory, RequestFactory

from portal.lib.streams import PIECE, streamed


def answer(request: HttpRequest, made: list[int]) -> StreamingHttpResponse:
    """Three pieces; `made` says which were asked for so far."""

    def parts() -> Iterator[str]:
        for number in range(3):
            made.append(number)
            yield str(number) * PIECE

    return streamed(request, parts(), "text/csv", name="a.csv")


def test_pieces_are_made_when_they_are_asked_for() -> None:
    made: list[int] = []
    response = answer(RequestFactory().get("/"), made)
    pieces = iter(response)

    assert (next(pieces), made) == (b"0" * PIECE, [0])
    assert [piece[:1] for piece in pieces] == [b"1", b"2"]
    assert response["Content-Disposition"] == 'attachment; filename="a.csv"'


def test_under_asgi_too() -> None:
    async def ask() -> None:
        made: list[int] = []
        request = AsyncRequestFactory().get("/")
        assert isinstance(request, ASGIRequest)
        pieces = aiter(answer(request, made))
        assert (await anext(pieces), made) == (b"0" * PIECE, [0])
        assert [piece[:1] async for piece in pieces] == [b"1", b"2"]

    asyncio.run(ask())
