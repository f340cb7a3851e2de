"""The question whether one reaches another."""

from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from typing import Any

from django import forms

from networking.intent import Protocol
from networking.reach import Address, AtSite, Endpoint, Machine, Probe, ToVip, View
from networking.web.forms.rule import PLAIN

END_MOST = 255
SUGGESTED = 200
END = PLAIN | {"class": "mono", "list": "ends"}
PROTOCOLS = [
    (Protocol.TCP.value, "TCP"),
    (Protocol.UDP.value, "UDP"),
    (Protocol.ICMP.value, "ICMP (ping)"),
]


class ReachForm(forms.Form):
    """From where to where, carrying what."""

    source = forms.CharField(
        label="From",
        max_length=END_MOST,
        help_text="A machine's name, an address, or site:Berlin.",
        widget=forms.TextInput(attrs=END),
    )
    destination = forms.CharField(
        label="To",
        max_length=END_MOST,
        help_text="A machine's name, an address, vip:shop or site:Berlin.",
        widget=forms.TextInput(attrs=END),
    )
    protocol = forms.ChoiceField(choices=PROTOCOLS, initial=Protocol.TCP.value)
    port = forms.IntegerField(
        required=False, min_value=1, max_value=65535, help_text="Of the destination."
    )
    version = forms.ChoiceField(
        label="Addresses",
        choices=[("4", "IPv4"), ("6", "IPv6")],
        initial="4",
        required=False,
    )

    def __init__(self, *args: Any, views: Sequence[View], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ends = _ends(views)

    def clean(self) -> dict[str, Any]:
        """The texts become ends. Raises ValidationError for names that nobody has, and for TCP or
        UDP without a port."""
        data: dict[str, Any] = super().clean() or {}
        for field in ("source", "destination"):
            if field in data:
                try:
                    data[field] = self._end(data[field].strip())
                except ValueError as error:
                    self.add_error(field, str(error))
        if isinstance(data.get("source"), ToVip):
            self.add_error("source", "A VIP opens no connections. Name a machine or a site.")
        if data.get("protocol") == Protocol.ICMP.value:
            data["port"] = 0
        elif "port" in data and not data["port"]:
            self.add_error("port", "Name the destination's port, such as 443.")
        return data

    def probe(self) -> Probe:
        """The question that a valid form asks."""
        data = self.cleaned_data
        return Probe(
            data["source"],
            data["destination"],
            Protocol(data["protocol"]),
            data["port"],
            int(data["version"] or 4),
        )

    def suggestions(self) -> list[str]:
        """What can be written as an end."""
        return list(self.ends)[:SUGGESTED]

    def _end(self, text: str) -> Endpoint:
        if text in self.ends:
            return self.ends[text]
        try:
            return Address(str(ip_address(text)))
        except ValueError:
            raise ValueError(
                f"You have nothing called {text}. Write a machine's name, an address, site:Berlin "
                "or vip:shop."
            ) from None


def _ends(views: Sequence[View]) -> Mapping[str, Endpoint]:
    """By what people write; what has a kind before its name comes first, for there are few."""
    found: dict[str, Endpoint] = {}
    for view in views:
        sites = view.router.sites if view.router else ()
        found |= {f"site:{site.name}": AtSite(site.id) for site in sites}
        found |= {f"vip:{vip.name}": ToVip(vip.id) for vip in view.fabric.vips}
    for view in views:
        for network in view.fabric.networks:
            found |= {port.name: Machine(port.id) for port in network.ports}
    return found
