"""The form of a port."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from networking.models import Network, Port
from networking.services.ports import PortInput, PortPatch

NAME_MOST = 63
ADDRESS_MOST = 64
LABELS_MOST = 4000
SEPARATOR = re.compile(r"[\s,;]+")
MONO = {"class": "mono", "autocomplete": "off", "spellcheck": "false"}


class LabelsField(forms.CharField):
    """Labels as people write them: `app=shop env=prod`."""

    def clean(self, value: Any) -> dict[str, str]:
        """Text to a mapping. Raises ValidationError for a word without an equals sign, or a key
        that is there twice."""
        labels: dict[str, str] = {}
        for word in filter(None, SEPARATOR.split(super().clean(value))):
            key, sign, text = word.partition("=")
            if not sign:
                raise forms.ValidationError(f"“{word}” is not a label. Write it like app=shop.")
            if key in labels:
                raise forms.ValidationError(f"The label {key} is there twice. Keep one.")
            labels[key] = text
        return labels


class PortForm(forms.Form):
    """Makes or edits a machine's connection; an existing one stays in its network."""

    network = forms.ChoiceField()
    name = forms.CharField(
        label="Machine",
        max_length=NAME_MOST,
        help_text="Its name: lower-case letters, digits and hyphens, such as web-1.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
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


def labels_text(labels: Mapping[str, str]) -> str:
    """Labels as the field takes them."""
    return " ".join(f"{key}={value}" for key, value in labels.items())


def initial_of(port: Port) -> dict[str, Any]:
    """What the form shows of an existing port."""
    return {
        "name": port.name,
        "ipv4_address": str(port.ipv4_address),
        "mac": str(port.mac),
        "labels": labels_text(port.labels),
    }
