"""The form of a customer's site."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms

from networking.selectors import AttachmentRow
from networking.selectors.provider import SiteRow
from networking.services.site_fields import DEFAULT_MAX_PREFIXES, SiteInput, SitePatch
from portal.lib.forms import ADDRESS_MOST, MONO, NAME_MOST, words

LIST_MOST = 4000  # characters


def site_fields(*, required: bool) -> dict[str, forms.Field]:
    """The fields that the site's own form and the onboarding form share."""
    return {
        "name": forms.CharField(
            label="Site's name",
            max_length=NAME_MOST,
            required=required,
            help_text="What people call the place, such as Berlin.",
        ),
        "asn": forms.IntegerField(
            label="AS number",
            required=required,
            help_text="The customer's; private ones are 64512 to 65534.",
            widget=forms.NumberInput(attrs={"class": "mono"}),
        ),
        "neighbour_ipv4": forms.CharField(
            label="Neighbour, IPv4",
            max_length=ADDRESS_MOST,
            required=required,
            help_text="The site's end of its access line.",
            widget=forms.TextInput(attrs=MONO),
        ),
        "neighbour_ipv6": forms.CharField(
            label="Neighbour, IPv6",
            max_length=ADDRESS_MOST,
            required=False,
            widget=forms.TextInput(attrs=MONO),
        ),
        "accepted_prefixes": forms.CharField(
            label="Accepted prefixes",
            max_length=LIST_MOST,
            required=False,
            help_text="What the site may announce, one prefix a line. Anything else is dropped.",
            widget=forms.Textarea(attrs=MONO | {"rows": 3}),
        ),
        "max_prefixes": forms.IntegerField(
            label="Prefix limit",
            initial=DEFAULT_MAX_PREFIXES,
            help_text="The session ends when the site announces more.",
        ),
    }


class SiteForm(forms.Form):
    """Makes or edits a site; an existing one stays on its attachment."""

    def __init__(
        self, *args: Any, attachments: Sequence[AttachmentRow] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields = site_fields(required=True)
        self.fields["name"] = fields.pop("name")
        if attachments is not None:
            choices = [(str(row.id), f"{row.name} · {row.region_name}") for row in attachments]
            self.fields["attachment"] = forms.ChoiceField(choices=choices)
        self.fields.update(fields)

    def to_input(self) -> SiteInput:
        """What the service takes for a new site."""
        return SiteInput(attachment=UUID(self.cleaned_data["attachment"]), **self.to_patch())

    def to_patch(self) -> SitePatch:
        """What the service takes for an edit."""
        data = self.cleaned_data
        return SitePatch(
            name=data["name"],
            asn=data["asn"],
            neighbour_ipv4=data["neighbour_ipv4"],
            neighbour_ipv6=data["neighbour_ipv6"],
            accepted_prefixes=words(data["accepted_prefixes"]),
            max_prefixes=data["max_prefixes"],
        )


def initial_of(site: SiteRow) -> dict[str, Any]:
    """What the form shows of an existing site."""
    return {
        "name": site.name,
        "asn": site.asn,
        "neighbour_ipv4": site.neighbour_ipv4,
        "neighbour_ipv6": site.neighbour_ipv6,
        "accepted_prefixes": "\n".join(site.accepted_prefixes),
        "max_prefixes": site.max_prefixes,
    }
