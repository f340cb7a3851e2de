"""Long answers, sent piece by piece as they are made."""

from collections.abc import AsyncIterator, Iterable, Iterator
from functools import partial

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse

PIECE = 256 * 1024  # characters that are sent at once


def streamed(
    request: HttpRequest, parts: Iterable[str], content_type: str, *, name: str
) -> StreamingHttpResponse:
    """A file called `name` of these parts, which must not need the database: its transaction is
    over when they are made. Under ASGI they are made in a thread, since Django would read a plain
    iterator whole before it sends anything."""
    pieces = _pieces(parts)
    return StreamingHttpResponse(
        _in_turn(pieces) if isinstance(request, ASGIRequest) else pieces,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _pieces(parts: Iterable[str]) -> Iterator[bytes]:
    """The parts put together, so that not every row is sent by itself."""
    waiting: list[str] = []
    size = 0
    for part in parts:
        waiting.append(part)
        size += len(part)
        if size >= PIECE:
            yield "".join(waiting).encode()
            waiting, size = [], 0
    if waiting:
        yield "".join(waiting).encode()


async def _in_turn(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    ask = sync_to_async(partial(next, pieces, None), thread_sensitive=False)
    while (piece := await ask()) is not None:
        yield piece
