"""The question whether one reaches another."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from django import forms

from networking.intent import Protocol
from networking.services.reaching import Question
from portal.lib.forms import MONO

END_MOST = 255
SUGGESTED = 200
END = MONO | {"list": "ends"}
FINDING = {
    "hx-trigger": "input changed delay:200ms",
    "hx-target": "#ends",
    "hx-swap": "innerHTML",
    "hx-push-url": "false",
}
PROTOCOLS = [
    (Protocol.TCP.value, "TCP"),
    (Protocol.UDP.value, "UDP"),
    (Protocol.ICMP.value, "ICMP (ping)"),
]


class ReachForm(forms.Form):
    """From where to where, carrying what. `suggested` is what can be written as an end; where
    there is more of it, `find` is the address that looks for it."""

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
        min_value=1,
        max_value=65535,
        help_text="Of the destination, such as 443. ICMP has none.",
        error_messages={"required": "Name the destination's port, such as 443."},
    )
    version = forms.ChoiceField(
        label="Addresses",
        choices=[("4", "IPv4"), ("6", "IPv6")],
        initial="4",
        help_text="Where neither side is an address.",
    )

    def __init__(
        self, *args: Any, suggested: Iterable[str] = (), find: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.suggestions = list(islice(suggested, SUGGESTED))
        if find and len(self.suggestions) == SUGGESTED:
            for name in ("source", "destination"):
                self.fields[name].widget.attrs |= FINDING | {"hx-get": find}
        if self.is_bound and self.add_prefix("version") not in self.data:
            self.fields["version"].required = False
        # Nobody is asked for the port of a ping, nor told off for one that was left there.
        if self.is_bound and self.data.get(self.add_prefix("protocol")) == Protocol.ICMP:
            self.fields["port"] = forms.CharField(required=False)

    def question(self) -> Question:
        """What a valid form asks."""
        data = self.cleaned_data
        ping = data["protocol"] == Protocol.ICMP
        return Question(
            data["source"].strip(),
            data["destination"].strip(),
            data["protocol"],
            0 if ping else data["port"],
            int(data["version"] or 4),
        )
