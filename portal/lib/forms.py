"""Forms of pages."""

from django import forms

from portal.lib.errors import Refusal


def add_refusal(form: forms.BaseForm, refusal: Refusal) -> None:
    """Show a service's refusal at its field, or above the form. Answer with 422."""
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, refusal.message)
