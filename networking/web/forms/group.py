"""The form of a group."""

from collections.abc import Iterable, Sequence
from ipaddress import ip_network
from typing import Any
from uuid import UUID

from django import forms

from networking.models import Group, Network, Port
from networking.planning.addresses import Prefix
from networking.services.groups import GroupInput, GroupPatch
from networking.web.forms.labels import LABELS_MOST, LabelsField, labels_text
from networking.web.forms.machines import Finder, MachinesField
from portal.lib.forms import MONO, NAME_MOST, PLAIN, words

DESCRIPTION_MOST = 255
PREFIXES_MOST = 20_000  # characters
MACHINES_MOST = 70_000  # characters


class GroupForm(forms.Form):
    """Makes or edits a group. `find` gives the ids of machines by their names."""

    name = forms.CharField(
        max_length=NAME_MOST,
        help_text="Lower-case letters, digits and hyphens, such as shop or office.",
        widget=forms.TextInput(attrs=PLAIN),
    )
    description = forms.CharField(max_length=DESCRIPTION_MOST, required=False)
    labels = LabelsField(
        label="Machines labelled",
        max_length=LABELS_MOST,
        required=False,
        help_text="Machines that have all of these, such as app=shop. They come and go with "
        "their labels.",
        widget=forms.TextInput(attrs=MONO),
    )
    ports = MachinesField(
        label="Machines by name",
        max_length=MACHINES_MOST,
        required=False,
        help_text="Commas between. They stay whatever their labels are.",
        widget=forms.Textarea(attrs=MONO | {"rows": 2}),
    )
    networks = forms.MultipleChoiceField(
        label="Whole networks", required=False, widget=forms.CheckboxSelectMultiple
    )
    prefixes = forms.CharField(
        max_length=PREFIXES_MOST,
        required=False,
        help_text="One on each line, yours or others', such as 198.51.100.0/24.",
        widget=forms.Textarea(attrs=MONO | {"rows": 3}),
    )

    def __init__(
        self, *args: Any, networks: Sequence[Network], find: Finder, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ports"].find = find  # type: ignore[attr-defined]
        choices = [(str(row.id), f"{row.name} · {row.ipv4_prefix}") for row in networks]
        self.fields["networks"].choices = choices  # type: ignore[attr-defined]

    def to_input(self) -> GroupInput:
        """What the service takes for a new group."""
        return GroupInput(**self.to_patch())

    def to_patch(self) -> GroupPatch:
        """What the service takes for an edit."""
        data = self.cleaned_data
        return GroupPatch(
            name=data["name"],
            description=data["description"],
            labels=data["labels"],
            ports=data["ports"],
            networks=tuple(UUID(text) for text in data["networks"]),
            prefixes=words(data["prefixes"]),
        )

    def prefixes_read(self) -> list[Prefix]:
        """The prefixes of a form that the service has nothing against."""
        return [ip_network(text) for text in self.to_patch()["prefixes"]]


def initial_of(group: Group, networks: Iterable[Network], ports: Iterable[Port]) -> dict[str, Any]:
    """What the form shows of an existing group; `networks` and `ports` are those that it names."""
    return {
        "name": group.name,
        "description": group.description,
        "labels": labels_text(group.labels),
        "ports": ", ".join(port.name for port in ports),
        "networks": [str(network.id) for network in networks],
        "prefixes": "\n".join(map(str, group.prefixes)),
    }
