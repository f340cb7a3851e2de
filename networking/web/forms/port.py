"""The form of a port."""

from collections.abc import Sequence
from typing import Any

from django import forms

from networking.models import Network, Port
from networking.services.ports import PortInput, PortPatch
from networking.web.forms.labels import LABELS_MOST, LabelsField, labels_text
from portal.lib.forms import ADDRESS_MOST, MONO, NAME_MOST, PLAIN


class PortForm(forms.Form):
    """Makes or edits a machine's connection; an existing one stays in its network."""

    network = forms.ChoiceField()
    name = forms.CharField(
        label="Machine",
        max_length=NAME_MOST,
        help_text="Its name: lower-case letters, digits and hyphens, such as web-1.",
        widget=forms.TextInput(attrs=PLAIN),
    )
    ipv4_address = forms.CharField(
        label="IPv4 address",
        max_length=ADDRESS_MOST,
        required=False,
        help_text="Left empty, the lowest free one is taken.",
        widget=forms.TextInput(attrs=MONO),
    )
    mac = forms.CharField(
        label="MAC address",
        max_length=ADDRESS_MOST,
        required=False,
        help_text="Left empty, one is made up. The IPv6 address follows from it.",
        widget=forms.TextInput(attrs=MONO),
    )
    labels = LabelsField(
        max_length=LABELS_MOST,
        required=False,
        help_text="key=value, separated by spaces, such as app=shop env=prod.",
        widget=forms.TextInput(attrs=MONO),
    )

    def __init__(
        self,
        *args: Any,
        networks: Sequence[Network] = (),
        port: Port | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if port is not None:
            del self.fields["network"]
            return
        choices = [(str(row.id), f"{row.name} · {row.ipv4_prefix}") for row in networks]
        self.fields["network"].choices = choices  # type: ignore[attr-defined]

    def to_input(self) -> PortInput:
        """What the service takes for a new port."""
        return PortInput(network=self.cleaned_data["network"], **self.to_patch())

    def to_patch(self) -> PortPatch:
        """What the service takes for an edit."""
        data = self.cleaned_data
        return PortPatch(
            name=data["name"],
            ipv4_address=data["ipv4_address"],
            mac=data["mac"],
            labels=data["labels"],
        )


def initial_of(port: Port) -> dict[str, Any]:
    """What the form shows of an existing port."""
    return {
        "name": port.name,
        "ipv4_address": str(port.ipv4_address),
        "mac": str(port.mac),
        "labels": labels_text(port.labels),
    }
