"""Free neighbour addresses on the lines of the attachment that a form has chosen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms

from networking.selectors.access_lines import AccessLine

SHOWN = 4  # suggestions a family


@dataclass(frozen=True, slots=True)
class Suggestions:
    """`lines` are all that the attachment has; the addresses are those of the free ones."""

    lines: tuple[AccessLine, ...] = ()
    ipv4: tuple[str, ...] = ()
    ipv6: tuple[str, ...] = ()

    @property
    def full(self) -> bool:
        """Whether an attachment is chosen and no site fits on it any more."""
        return bool(self.lines) and not (self.ipv4 or self.ipv6)

    def fill(self, form: forms.Form, prefix: str = "") -> None:
        """Write the first ones into the neighbour fields that are empty."""
        for name, found in (("neighbour_ipv4", self.ipv4), ("neighbour_ipv6", self.ipv6)):
            field = f"{prefix}{name}"
            if found and not form.initial.get(field):
                form.initial[field] = found[0]


def suggestions_of(lines: Iterable[AccessLine]) -> Suggestions:
    """What can be suggested of these lines."""
    known = tuple(lines)
    free = [line for line in known if line.free]
    return Suggestions(
        lines=known,
        ipv4=tuple(line.ipv4.neighbour for line in free if line.ipv4)[:SHOWN],
        ipv6=tuple(line.ipv6.neighbour for line in free if line.ipv6)[:SHOWN],
    )


def unjudged(form: forms.Form, data: Mapping[str, str]) -> forms.Form:
    """The form with what was written so far and no errors. A button `fill` with the value
    `field=text` writes into a field."""
    form.initial.update({name: data[name] for name in form.fields if name in data})
    field, _, text = data.get("fill", "").partition("=")
    if field in form.fields:
        form.initial[field] = text
    return form


def chosen(field: forms.Field, value: str | None) -> UUID | None:
    """The attachment that was chosen of the field's choices; none when it is not one of them."""
    known = {str(value) for value, _ in _flat(field.choices)}  # type: ignore[attr-defined]
    return UUID(value) if value and value in known else None


def only(field: forms.Field) -> str | None:
    """The value of a field that leaves no choice."""
    values = [str(value) for value, _ in _flat(field.choices)]  # type: ignore[attr-defined]
    return values[0] if len(values) == 1 else None


def _flat(choices: Any) -> Iterable[tuple[Any, Any]]:
    """The choices without the groups that they are in."""
    for value, label in choices:
        if isinstance(label, (list, tuple)):
            yield from label
        else:
            yield value, label
