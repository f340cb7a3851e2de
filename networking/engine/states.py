"""The state of a change, from the progress of the scopes that it touches. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from networking.models import Change


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one scope has come. `error` is why it makes none, `blocked` that retrying is no use;
    `leased` that a worker has it now."""

    device: str
    applied: int
    verified: int
    leased: bool = False
    blocked: bool = False
    error: str = ""


def state_of(generation: int, scopes: Sequence[Progress]) -> tuple[Change.State, str]:
    """The state of a change at this generation, and in words what holds it up.

    The scope that is worst off decides: a change is done when all its scopes verified it.
    """
    behind = [scope for scope in scopes if scope.verified < generation]
    if not behind:
        return Change.State.DONE, ""
    if blocked := [scope for scope in behind if scope.blocked]:
        return Change.State.BLOCKED, _reason(blocked)
    if waiting := [scope for scope in behind if scope.error]:
        return Change.State.WAITING, _reason(waiting)
    if all(scope.applied >= generation for scope in scopes):
        return Change.State.VERIFYING, ""
    if any(scope.leased or scope.applied >= generation for scope in scopes):
        return Change.State.APPLYING, ""
    return Change.State.PENDING, ""


def _reason(scopes: Sequence[Progress]) -> str:
    return " ".join(f"{scope.device}: {scope.error}" for scope in scopes)
