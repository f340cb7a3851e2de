"""Watches what the engine asks of devices, and may break a call of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from networking.engine import device

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Calls:
    """What was asked, in order, as (device, call); and what is to go wrong."""

    made: list[tuple[str, str]] = field(default_factory=list)
    faults: dict[tuple[str, str], tuple[BaseException, bool]] = field(default_factory=dict)

    def on(self, kind: str, call: str, error: BaseException, *, after: bool = False) -> None:
        """Raise `error` at the next such call, before the device hears of it or `after`."""
        self.faults[kind, call] = (error, after)

    def count(self, kind: str, call: str) -> int:
        """How often it was asked."""
        return self.made.count((kind, call))


class Watched:
    """A real backend that tells of each call."""

    def __init__(self, backend: Any, kind: str, calls: Calls) -> None:
        self._backend, self._kind, self._calls = backend, kind, calls

    def __enter__(self) -> "Watched":
        self._backend.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        self._backend.__exit__(*exc)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._backend, name)
        return self._watched(name, found) if callable(found) else found

    def _watched(self, name: str, target: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            self._calls.made.append((self._kind, name))
            error, after = self._calls.faults.pop((self._kind, name), (None, False))
            if error and not after:
                raise error
            answer = target(*args, **kwargs)
            if error:
                raise error
            return answer

        return call


@contextmanager
def recorded(monkeypatch: pytest.MonkeyPatch) -> Iterator[Calls]:
    """Watch every device that is opened inside the block."""
    calls = Calls()
    with monkeypatch.context() as patch:
        for kind in ("fabric", "router"):
            real = getattr(device.registry, f"open_{kind}")
            patch.setattr(
                device.registry,
                f"open_{kind}",
                lambda *args, _real=real, _kind=kind: Watched(_real(*args), _kind, calls),
            )
        yield calls
