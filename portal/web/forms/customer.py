"""The small forms of a customer's page."""

from collections.abc import Sequence
from typing import Any

from django import forms

from networking.selectors import AttachmentRow
from portal.lib.forms import ADDRESS_MOST, MONO


class RenameForm(forms.Form):
    """Another name."""

    name = forms.CharField(max_length=100)


class PrefixForm(forms.Form):
    """A prefix that the customer may use, and what for."""

    purpose = forms.ChoiceField(
        label="For",
        choices=(("networks", "Networks"), ("vips", "VIPs")),
        initial="networks",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # As an attribute it would be the prefix of the form's own field names.
        self.fields["prefix"] = forms.CharField(
            max_length=ADDRESS_MOST,
            widget=forms.TextInput(attrs=MONO | {"placeholder": "10.20.0.0/16"}),
        )
        self.order_fields(["prefix", "purpose"])


class ClaimForm(forms.Form):
    """A spare attachment."""

    attachment = forms.ChoiceField(label="Spare attachment")

    def __init__(self, *args: Any, spare: Sequence[AttachmentRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(row.id), f"{row.name} · {row.region_name}") for row in spare]
        self.fields["attachment"].choices = choices  # type: ignore[attr-defined]
