"""The forms of rules."""

from typing import Any

from django import forms

from networking.intent import Protocol, RuleAction
from networking.models import Rule
from networking.services.rules import RuleInput, RulePatch
from portal.lib.forms import MONO, NAME_MOST, PLAIN, phrases

DESCRIPTION_MOST = 255
TERMS_MOST = 8000  # characters
CSV_MOST = 2_000_000  # bytes
TERMS = MONO | {"list": "terms"}
PROTOCOLS = [
    (Protocol.ANY.value, "any"),
    (Protocol.TCP.value, "TCP"),
    (Protocol.UDP.value, "UDP"),
    (Protocol.ICMP.value, "ICMP"),
]
ACTIONS = [
    (RuleAction.ALLOW.value, "Allow"),
    (RuleAction.DENY.value, "Deny: no answer"),
    (RuleAction.REJECT.value, "Reject: with an answer"),
]


class TermsField(forms.CharField):
    """Terms as people write them: `group:shop, 10.0.0.0/8`."""

    def clean(self, value: Any) -> tuple[str, ...]:
        """Text to terms. Raises ValidationError for none."""
        return phrases(super().clean(value))


class RuleForm(forms.Form):
    """Makes or edits a rule."""

    name = forms.CharField(
        max_length=NAME_MOST,
        help_text="Lower-case letters, digits and hyphens.",
        widget=forms.TextInput(attrs=PLAIN),
    )
    source = TermsField(
        label="From",
        max_length=TERMS_MOST,
        initial="any",
        help_text="any, group:shop, site:Berlin, a prefix; commas between.",
        widget=forms.TextInput(attrs=TERMS),
    )
    destination = TermsField(
        label="To",
        max_length=TERMS_MOST,
        initial="any",
        help_text="As above. For a VIP name its members: rules see them.",
        widget=forms.TextInput(attrs=TERMS),
    )
    protocol = forms.ChoiceField(choices=PROTOCOLS, initial=Protocol.TCP.value)
    ports = forms.CharField(
        max_length=1000,
        required=False,
        help_text="443 or 80,8000-8100; empty for all.",
        widget=forms.TextInput(attrs=MONO),
    )
    action = forms.ChoiceField(choices=ACTIONS)
    description = forms.CharField(max_length=DESCRIPTION_MOST, required=False)
    enabled = forms.BooleanField(label="Enabled", required=False, initial=True)
    log = forms.BooleanField(label="Log what it matches", required=False)

    def to_input(self) -> RuleInput:
        """What the service takes for a new rule."""
        return RuleInput(**self.to_patch())

    def to_patch(self) -> RulePatch:
        """What the service takes for an edit."""
        data = self.cleaned_data
        return RulePatch(
            name=data["name"],
            source=data["source"],
            destination=data["destination"],
            protocol=data["protocol"],
            ports=data["ports"],
            action=data["action"],
            enabled=data["enabled"],
            log=data["log"],
            description=data["description"],
        )


class ImportForm(forms.Form):
    """A list of rules as CSV: a file, or its text once it was looked at."""

    file = forms.FileField(label="CSV file", required=False)
    csv = forms.CharField(
        label="or its text",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs=MONO | {"rows": 8}),
    )

    def clean(self) -> dict[str, Any]:
        """The file's text stands in for the text. Raises ValidationError for neither, and for a
        file that is too large or no text."""
        data: dict[str, Any] = super().clean() or {}
        file = data.get("file")
        if file is not None:
            if file.size > CSV_MOST:
                raise forms.ValidationError({"file": "This file is too large for a list of rules."})
            try:
                data["csv"] = file.read().decode()
            except UnicodeDecodeError:
                raise forms.ValidationError({"file": "This is no UTF-8 text."}) from None
        if not (data.get("csv") or "").strip():
            raise forms.ValidationError({"file": "Choose a file, or paste its text below."})
        return data


def initial_of(rule: Rule) -> dict[str, Any]:
    """What the form shows of an existing rule; select its terms along."""
    return {
        "name": rule.name,
        "source": ", ".join(rule.source),
        "destination": ", ".join(rule.destination),
        "protocol": rule.protocol,
        "ports": rule.ports_text,
        "action": rule.action,
        "description": rule.description,
        "enabled": rule.enabled,
        "log": rule.log,
    }
