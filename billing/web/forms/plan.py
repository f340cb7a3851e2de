"""The small forms about plans."""

from collections.abc import Sequence
from typing import Any

from django import forms

from billing.selectors import PlanRow
from billing.services.plans import CURRENCIES

MOMENT = {"type": "datetime-local", "step": "60"}
MOMENT_FORMAT = "%Y-%m-%dT%H:%M"


class MomentField(forms.DateTimeField):
    """A moment in UTC, to the minute."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(attrs=MOMENT, format=MOMENT_FORMAT)
        super().__init__(widget=widget, required=False, **options)


class NewPlanForm(forms.Form):
    """A plan without prices."""

    name = forms.CharField(max_length=100, help_text="What customers read.")
    code = forms.CharField(
        max_length=40, help_text="Its name in addresses and exports, such as standard; it stays."
    )
    currency = forms.ChoiceField(
        choices=[(code, code) for code in CURRENCIES], initial="EUR", help_text="It stays, too."
    )


class PublishForm(forms.Form):
    """From when on prices hold. `prices` is the fingerprint of those that were looked at."""

    valid_from = MomentField(
        label="Valid from (UTC)", help_text="Empty is at once. It cannot be taken back."
    )
    prices = forms.CharField(widget=forms.HiddenInput)


class SubscribeForm(forms.Form):
    """Another plan for a customer."""

    plan = forms.ChoiceField()
    start = MomentField(
        label="From (UTC)", help_text="Empty is at once. The plan that it is on ends there."
    )

    def __init__(self, *args: Any, plans: Sequence[PlanRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(row.code, f"{row.name} ({row.currency})") for row in plans]
        self.fields["plan"].choices = choices  # type: ignore[attr-defined]
