"""The form of a VIP."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms

from networking.models import Group, Region, Vip
from networking.services.vips import VipInput, VipPatch, VipPortInput
from networking.web.forms.machines import Finder, MachinesField
from portal.lib.forms import ADDRESS_MOST, MONO, NAME_MOST, PLAIN, phrases

DESCRIPTION_MOST = 255
TEXT_MOST = 20_000  # characters
PORT = re.compile(r"(\d{1,5})(?::(\d{1,5}))?(?:/(tcp|udp))?")


class PortsField(forms.CharField):
    """Ports as people write them: `443, 80:8080, 53/udp`."""

    def clean(self, value: Any) -> tuple[VipPortInput, ...]:
        """Text to ports. Raises ValidationError for a word that is none."""
        return tuple(_port(word) for word in phrases(super().clean(value)))


class VipForm(forms.Form):
    """Makes or edits a VIP; an existing one stays in its region. `find` gives the ids of machines
    by their names."""

    name = forms.CharField(
        max_length=NAME_MOST,
        help_text="Lower-case letters, digits and hyphens, such as shop.",
        widget=forms.TextInput(attrs=PLAIN),
    )
    description = forms.CharField(max_length=DESCRIPTION_MOST, required=False)
    region = forms.ChoiceField()
    ipv4_address = forms.CharField(
        label="IPv4 address",
        max_length=ADDRESS_MOST,
        required=False,
        help_text="Left empty without an IPv6 address either, a free one is taken.",
        widget=forms.TextInput(attrs=MONO),
    )
    ipv6_address = forms.CharField(
        label="IPv6 address",
        max_length=ADDRESS_MOST,
        required=False,
        widget=forms.TextInput(attrs=MONO),
    )
    ports = PortsField(
        max_length=TEXT_MOST,
        help_text="443, or 80:8080 when members listen on another port, or 53/udp; commas between.",
        widget=forms.TextInput(attrs=MONO),
    )
    group = forms.ChoiceField(required=False, help_text="Its machines come and go by themselves.")
    members = MachinesField(
        label="Machines",
        max_length=TEXT_MOST,
        required=False,
        help_text="By name, with commas between; served by these too.",
        widget=forms.TextInput(attrs=MONO),
    )
    health_check = forms.BooleanField(
        label="Leave out members that do not answer (TCP)", required=False, initial=True
    )
    check_interval = forms.IntegerField(label="Try every (seconds)", initial=2)
    check_timeout = forms.IntegerField(label="Wait for (seconds)", initial=1)
    check_failures = forms.IntegerField(label="Out after failures", initial=2)
    check_successes = forms.IntegerField(label="Back after successes", initial=1)

    def __init__(
        self,
        *args: Any,
        regions: Sequence[Region],
        groups: Iterable[Group],
        find: Finder,
        vip: Vip | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["members"].find = find  # type: ignore[attr-defined]
        choices = [("", "none"), *((str(group.id), group.name) for group in groups)]
        self.fields["group"].choices = choices  # type: ignore[attr-defined]
        if vip is not None:
            del self.fields["region"]
            return
        places = [(region.code, region.name) for region in regions]
        self.fields["region"].choices = places  # type: ignore[attr-defined]

    def to_input(self) -> VipInput:
        """What the service takes for a new VIP."""
        return VipInput(region=self.cleaned_data["region"], **self.to_patch())

    def to_patch(self) -> VipPatch:
        """What the service takes for an edit."""
        data = self.cleaned_data
        return VipPatch(
            name=data["name"],
            description=data["description"],
            ipv4_address=data["ipv4_address"],
            ipv6_address=data["ipv6_address"],
            ports=data["ports"],
            group=UUID(data["group"]) if data["group"] else None,
            members=data["members"],
            health_check=data["health_check"],
            check_interval=data["check_interval"],
            check_timeout=data["check_timeout"],
            check_failures=data["check_failures"],
            check_successes=data["check_successes"],
        )


def ports_text(ports: Iterable[Mapping[str, Any]]) -> str:
    """The ports of a row as the field takes them."""
    return ", ".join(
        str(one["port"])
        + (f":{one['member_port']}" if one["member_port"] != one["port"] else "")
        + ("" if one["protocol"] == "tcp" else f"/{one['protocol']}")
        for one in ports
    )


def initial_of(vip: Vip, members: Iterable[str]) -> dict[str, Any]:
    """What the form shows of an existing VIP; `members` are the names of chosen machines."""
    return {
        "name": vip.name,
        "description": vip.description,
        "ipv4_address": str(vip.ipv4_address or ""),
        "ipv6_address": str(vip.ipv6_address or ""),
        "ports": ports_text(vip.ports),
        "group": str(vip.group_id or ""),
        "members": ", ".join(members),
        "health_check": vip.health_check,
        "check_interval": vip.check_interval,
        "check_timeout": vip.check_timeout,
        "check_failures": vip.check_failures,
        "check_successes": vip.check_successes,
    }


def _port(word: str) -> VipPortInput:
    match = PORT.fullmatch(word.lower())
    if match is None:
        raise forms.ValidationError(f"“{word}” is no port. Write 443, 80:8080 or 53/udp.")
    port, member_port, protocol = match.groups()
    return VipPortInput(protocol or "tcp", int(port), int(member_port) if member_port else None)
