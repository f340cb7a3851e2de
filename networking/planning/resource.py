"""One thing that a device holds for us, in the device's own words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = Any
"""A value that survives `json.dumps` and `json.loads` unchanged: no tuples, no sets."""

Ident = tuple[str, str]
"""A resource's kind and key."""


@dataclass(frozen=True, slots=True)
class Noun:
    """The portal object that a resource serves, for people: type, id and name."""

    type: str
    id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Resource:
    """A row or stanza of ours on a device.

    `kind` is the backend's word (`Logical_Switch`, `neighbor`), `key` is stable and unique within
    scope and kind, `attrs` is what we set, in canonical JSON: what an observation yields for an
    object that is as wanted compares equal to what `render` made.
    """

    kind: str
    key: str
    attrs: Mapping[str, Json]
    noun: Noun = field(compare=False)

    @property
    def ident(self) -> Ident:
        """What makes it the same resource before and after a change."""
        return (self.kind, self.key)
