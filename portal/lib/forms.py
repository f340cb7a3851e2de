"""Forms of pages."""

import re

from django import forms

from portal.lib.errors import Refusal

# Services refuse with sentences; these bounds only keep nonsense short.
NAME_MOST = 63
ADDRESS_MOST = 64  # of a prefix and a MAC address, too

PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
"""Attributes of an input for what is no prose: nobody corrects it."""
MONO = PLAIN | {"class": "mono"}

_BETWEEN_WORDS = re.compile(r"[\s,;\x00]+")  # a NUL is in no word
_BETWEEN_PHRASES = re.compile(r"[,;\n]+")


def words(text: str) -> tuple[str, ...]:
    """What people write in a list: on lines of their own, or with commas or blanks between."""
    return tuple(word for word in _BETWEEN_WORDS.split(text) if word)


def phrases(text: str) -> tuple[str, ...]:
    """The same where blanks may belong to what is listed."""
    return tuple(found for part in _BETWEEN_PHRASES.split(text) if (found := part.strip()))


def add_refusal(form: forms.BaseForm, refusal: Refusal) -> None:
    """Show a service's refusal at its field, or above the form. Answer with 422."""
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, refusal.message)
