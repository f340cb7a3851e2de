"""When which price held: the epochs of a month, and each component's own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from billing.rating.meters import Meter
from billing.rating.prices import Component, Epoch, Where


@dataclass(frozen=True, slots=True)
class Held:
    """A component while nothing of it changed, from second `start` until before `end`; and the
    plan versions that said so."""

    start: int
    end: int
    component: Component
    versions: tuple[str, ...]


Tracks = dict[tuple[Meter, Where], tuple[Held, ...]]


def clip(epochs: Iterable[Epoch], start: int, end: int) -> tuple[Epoch, ...]:
    """What of the epochs lies in `[start, end)`, in order. Raises ValueError where two overlap, or
    are in different currencies: either would bill something twice."""
    inside = sorted(
        (
            replace(epoch, start=max(epoch.start, start), end=min(epoch.end, end))
            for epoch in epochs
            if epoch.start < end and epoch.end > start
        ),
        key=lambda epoch: epoch.start,
    )
    for former, latter in pairwise(inside):
        if latter.start < former.end:
            raise ValueError("two price lists hold at once")
    if len({epoch.prices.currency for epoch in inside}) > 1:
        raise ValueError("a month has one currency")
    return tuple(inside)


def boundaries(epochs: Sequence[Epoch], start: int, end: int) -> tuple[int, ...]:
    """The seconds at which `[start, end)` is cut, both ends included: wherever an epoch begins or
    ends."""
    inner = {at for epoch in epochs for at in (epoch.start, epoch.end) if start < at < end}
    return (start, *sorted(inner), end)


def tracks(epochs: Sequence[Epoch]) -> Tracks:
    """Each component through the epochs, which are in order; where a version changes nothing of
    it, the component goes on as if there was no new version."""
    found: dict[tuple[Meter, Where], list[Held]] = {}
    for epoch in epochs:
        name = f"{epoch.prices.plan} {epoch.prices.version}"
        for component in epoch.prices.components:
            held = found.setdefault(component.key, [])
            last = held[-1] if held else None
            if last and last.end == epoch.start and last.component == component:
                named = last.versions if name in last.versions else (*last.versions, name)
                held[-1] = replace(last, end=epoch.end, versions=named)
            else:
                held.append(Held(epoch.start, epoch.end, component, (name,)))
    return {key: tuple(found[key]) for key in sorted(found)}
