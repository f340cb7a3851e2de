"""The form of a network."""

from collections.abc import Sequence
from typing import Any

from django import forms

from networking.models import Network, Region, Site
from networking.services.network_fields import DEFAULT_MTU
from networking.services.networks import NetworkInput, NetworkPatch
from portal.lib.forms import ADDRESS_MOST, MONO, NAME_MOST, PLAIN


class NetworkForm(forms.Form):
    """Makes or edits a network; an existing one stays in its region."""

    name = forms.CharField(
        max_length=NAME_MOST,
        help_text="Lower-case letters, digits and hyphens, such as web or office-lan.",
        widget=forms.TextInput(attrs=PLAIN),
    )
    region = forms.ChoiceField()
    ipv4_prefix = forms.CharField(
        label="IPv4 prefix",
        max_length=ADDRESS_MOST,
        help_text="Its first host address becomes the gateway.",
        widget=forms.TextInput(attrs=MONO),
    )
    ipv6_prefix = forms.CharField(
        label="IPv6 prefix",
        max_length=ADDRESS_MOST,
        required=False,
        help_text="A /64; machines form their addresses themselves.",
        widget=forms.TextInput(attrs=MONO),
    )
    learned_by = forms.ChoiceField(
        label="Which sites learn it",
        choices=Network.LearnedBy,
        initial=Network.LearnedBy.ALL,
        widget=forms.RadioSelect,
    )
    sites = forms.MultipleChoiceField(
        label="Chosen sites", required=False, widget=forms.CheckboxSelectMultiple
    )
    default_deny = forms.BooleanField(
        label="Cut what no rule allows (default deny)",
        required=False,
        help_text="Towards its machines, and from them to the outside. Replies always pass.",
    )
    dhcp = forms.BooleanField(label="Hand out addresses by DHCP", required=False, initial=True)
    mtu = forms.IntegerField(
        label="MTU",
        initial=DEFAULT_MTU,
        help_text="Bytes of the largest packet; machines get it by DHCP.",
    )

    def __init__(
        self,
        *args: Any,
        regions: Sequence[Region],
        sites: Sequence[Site],
        network: Network | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sites"].choices = [(str(site.id), site.name) for site in sites]  # type: ignore[attr-defined]
        if not sites:
            self.fields["learned_by"].widget = forms.HiddenInput()
        if network is not None:
            del self.fields["region"]
            return
        choices = [(region.code, region.name) for region in regions]
        self.fields["region"].choices = choices  # type: ignore[attr-defined]
        self.fields["region"].initial = choices[0][0] if choices else None

    def to_input(self) -> NetworkInput:
        """What the service takes for a new network."""
        return NetworkInput(region=self.cleaned_data["region"], **self.to_patch())

    def to_patch(self) -> NetworkPatch:
        """What the service takes for an edit."""
        data = self.cleaned_data
        some = data["learned_by"] == Network.LearnedBy.SOME
        return NetworkPatch(
            name=data["name"],
            ipv4_prefix=data["ipv4_prefix"],
            ipv6_prefix=data["ipv6_prefix"],
            dhcp=data["dhcp"],
            mtu=data["mtu"],
            learned_by=data["learned_by"],
            default_deny=data["default_deny"],
            sites=tuple(data["sites"]) if some else (),
        )


def initial_of(network: Network, sites: Sequence[Site]) -> dict[str, Any]:
    """What the form shows of an existing network; `sites` are its chosen ones."""
    return {
        "name": network.name,
        "ipv4_prefix": str(network.ipv4_prefix),
        "ipv6_prefix": str(network.ipv6_prefix or ""),
        "dhcp": network.dhcp,
        "mtu": network.mtu,
        "learned_by": network.learned_by,
        "default_deny": network.default_deny,
        "sites": [str(site.id) for site in sites],
    }
