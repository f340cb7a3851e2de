"""Machines that a form names, and those that it offers while someone writes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms

from networking.models import Port
from portal.lib.forms import words

Finder = Callable[[Sequence[str]], Mapping[str, UUID]]
# By a part of a name, an address or a label, "" for all; without the machines of these names.
Searcher = Callable[[str, Sequence[str]], Iterable[Port]]


class MachinesField(forms.CharField):
    """Machines by their names, with commas or blanks between; ids come out. The form that has the
    field sets `find`, which gives the ids of those names that are there."""

    find: Finder

    def clean(self, value: Any) -> tuple[UUID, ...]:
        """Names to ids. Raises ValidationError for a name that no machine has."""
        names = words(super().clean(value))
        found = self.find(names) if names else {}
        for name in names:
            if name not in found:
                raise forms.ValidationError(f"There is no machine {name}.")
        return tuple(dict.fromkeys(found[name] for name in names))


@dataclass(frozen=True, slots=True)
class Offered:
    """A machine, and the field's text once it is added."""

    port: Port
    text: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What a field offers to add."""

    field: forms.BoundField
    machines: tuple[Offered, ...]


def offer(field: forms.BoundField, find: Finder, search: Searcher) -> Offer:
    """The machines that the word which is being written may mean, or the first ones."""
    names = list(words(str(field.value() or "")))
    part = names.pop() if names and names[-1] not in find(names) else ""
    found = search(part, names)
    return Offer(field, tuple(Offered(port, ", ".join((*names, port.name, ""))) for port in found))
