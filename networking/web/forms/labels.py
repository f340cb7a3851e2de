"""Labels as a form takes them."""

from collections.abc import Mapping
from typing import Any

from django import forms

from portal.lib.forms import words

LABELS_MOST = 4000  # characters


class LabelsField(forms.CharField):
    """Labels as people write them: `app=shop env=prod`."""

    def clean(self, value: Any) -> dict[str, str]:
        """Text to a mapping. Raises ValidationError for a word without an equals sign, or a key
        that is there twice."""
        labels: dict[str, str] = {}
        for word in words(super().clean(value)):
            key, sign, text = word.partition("=")
            if not sign:
                raise forms.ValidationError(f"“{word}” is not a label. Write it like app=shop.")
            if key in labels:
                raise forms.ValidationError(f"The label {key} is there twice. Keep one.")
            labels[key] = text
        return labels


def labels_text(labels: Mapping[str, str]) -> str:
    """Labels as the field takes them."""
    return " ".join(f"{key}={value}" for key, value in labels.items())
