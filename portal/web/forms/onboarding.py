"""The form that brings a customer in."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from django import forms

from networking.selectors import AttachmentRow
from portal.lib.forms import MONO, words
from portal.services.onboarding import FirstAdmin, FirstSite, OnboardingInput
from portal.web.forms.site import LIST_MOST, site_fields

# Of the site's fields, those that say that a site is wanted at all.
TELLING = ("name", "asn", "accepted_prefixes")


class OnboardingForm(forms.Form):
    """Customer, address space, attachment, first site, first admin. A field of a part is called
    as the service calls it, with an underscore: `site_asn` for "site.asn"."""

    name = forms.CharField(max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    slug = forms.CharField(
        label="Short name",
        max_length=40,
        required=False,
        help_text="Stands in addresses and never changes. Left empty, the name makes it.",
        widget=forms.TextInput(attrs=MONO),
    )
    prefixes = forms.CharField(
        label="Prefixes that it may use",
        max_length=LIST_MOST,
        required=False,
        help_text="One prefix a line, IPv4 or IPv6. Its networks are cut from these; another "
        "customer may have the same.",
        widget=forms.Textarea(attrs=MONO | {"rows": 3, "placeholder": "10.20.0.0/16"}),
    )
    vip_prefixes = forms.CharField(
        label="Prefixes for VIPs",
        max_length=LIST_MOST,
        required=False,
        help_text="Addresses for published services, outside of its networks; a /28 is plenty.",
        widget=forms.Textarea(attrs=MONO | {"rows": 2, "placeholder": "10.99.0.0/28"}),
    )
    attachment = forms.ChoiceField(required=False)
    admin_email = forms.CharField(
        label="E-mail",
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    admin_name = forms.CharField(label="Name", max_length=100, required=False)

    def __init__(self, *args: Any, spare: Sequence[AttachmentRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["attachment"].choices = _choices(spare)  # type: ignore[attr-defined]
        for name, field in site_fields(required=False).items():
            self.fields[f"site_{name}"] = field

    def clean(self) -> dict[str, Any]:
        """A site is all there or not at all."""
        data = super().clean() or self.cleaned_data
        if any(data.get(f"site_{name}") for name in TELLING):
            for name in ("name", "asn", "neighbour_ipv4"):
                field = f"site_{name}"
                if not data.get(field) and field not in self.errors:
                    self.add_error(field, "A site needs this; or leave the whole site empty.")
        if data.get("admin_name") and not data.get("admin_email"):
            self.add_error("admin_email", "The first admin signs in with an e-mail address.")
        return data

    def to_input(self) -> OnboardingInput:
        """What the service takes."""
        data = self.cleaned_data
        email = data["admin_email"]
        return OnboardingInput(
            name=data["name"],
            slug=data["slug"],
            prefixes=words(data["prefixes"]),
            vip_prefixes=words(data["vip_prefixes"]),
            attachment=UUID(data["attachment"]) if data["attachment"] else None,
            site=self._site(),
            admin=FirstAdmin(email, data["admin_name"]) if email else None,
        )

    def _site(self) -> FirstSite | None:
        data = self.cleaned_data
        if not data["site_name"]:
            return None
        return FirstSite(
            name=data["site_name"],
            asn=data["site_asn"],
            neighbour_ipv4=data["site_neighbour_ipv4"],
            neighbour_ipv6=data["site_neighbour_ipv6"],
            accepted_prefixes=words(data["site_accepted_prefixes"]),
            max_prefixes=data["site_max_prefixes"],
        )


def _choices(spare: Sequence[AttachmentRow]) -> list[Any]:
    """The spare attachments by region, with their lines."""
    groups = [
        (region, [(str(row.id), label(row)) for row in rows])
        for region, rows in groupby(spare, lambda row: row.region_name)
    ]
    return [("", "None for now"), *groups]


def label(row: AttachmentRow) -> str:
    """An attachment in a list to choose from: its name, router and IPv4 lines."""
    lines = [prefix for prefix in row.access_prefixes if ":" not in prefix]
    return f"{row.name} on {row.router} · {', '.join(lines) or 'no access line'}"
