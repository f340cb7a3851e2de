"""Forms in which machines are chosen by name."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms

from networking import selectors
from networking.models import Port
from networking.web.forms.machines import offer
from networking.web.views.reviewed import FormPage

OFFERED = 8


class MachinesFormPage(FormPage):
    """A form with a `MachinesField`, which is named `machines_field`."""

    machines_field: str

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the machines that can be added to those that are named."""
        form = kwargs.get("form")
        if isinstance(form, forms.Form):
            kwargs["offer"] = offer(form[self.machines_field], self.find, self._search)
        return super().get_context_data(**kwargs)

    def find(self, names: Sequence[str]) -> Mapping[str, UUID]:
        """The ids of machines by their names, as far as they are there."""
        if not names:
            return {}
        rows = selectors.ports(self.actor).filter(name__in=names, retiring_at=None)
        return dict(rows.values_list("name", "id"))

    def _search(self, text: str, without: Sequence[str]) -> Iterable[Port]:
        q, label = ("", text) if "=" in text else (text, "")
        rows = selectors.ports(self.actor, q=q, label=label)
        return rows.filter(retiring_at=None).exclude(name__in=without)[:OFFERED]
