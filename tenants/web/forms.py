"""The forms of this app's pages. They read input; the services decide about it."""

from datetime import datetime, timedelta

from django import forms
from django.utils import timezone

from portal.lib import words
from tenants.models import Role
from tenants.services.acting import MAX_REASON

ROLES = [(role.value, words.ROLES[role.value]) for role in Role]
LIFETIMES = {"30": "30 days", "90": "90 days", "365": "a year", "": "no end"}


class InviteForm(forms.Form):
    """Someone to add."""

    email = forms.CharField(
        label="E-mail",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(label="Name", max_length=100, required=False)
    role = forms.ChoiceField(label="Role", choices=ROLES, initial=Role.READ_ONLY)


class RoleForm(forms.Form):
    """Another role for a member."""

    role = forms.ChoiceField(choices=ROLES)


class TokenForm(forms.Form):
    """A token to make."""

    name = forms.CharField(
        label="Name", max_length=100, help_text="What will use it, such as “deploy pipeline”."
    )
    role = forms.ChoiceField(label="Role", choices=ROLES, initial=Role.READ_ONLY)
    days = forms.ChoiceField(
        label="Valid for", choices=list(LIFETIMES.items()), initial="90", required=False
    )

    def expires_at(self) -> datetime | None:
        """When the token shall end; None for never."""
        days = self.cleaned_data["days"]
        return timezone.now() + timedelta(days=int(days)) if days else None


class ActForm(forms.Form):
    """Why someone of the provider enters a tenant."""

    reason = forms.CharField(
        label="Reason",
        max_length=MAX_REASON,
        help_text="A ticket number or a sentence. The customer can read it in the audit trail.",
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
