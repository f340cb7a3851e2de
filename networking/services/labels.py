"""Labels of machines, and selectors made of them."""

import re
from collections.abc import Mapping
from typing import Any

from portal.lib.errors import Refusal

LABELS_MOST = 32
LABEL_KEY = re.compile(r"[a-z0-9]([a-z0-9._/-]{0,61}[a-z0-9])?")
LABEL_VALUE = re.compile(r"([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?")


def check_labels(labels: Mapping[str, Any], noun: str) -> dict[str, str]:
    """The labels in order, for a `noun`. Raises Refusal."""
    if len(labels) > LABELS_MOST:
        raise Refusal(
            "labels-invalid", f"A {noun} has at most {LABELS_MOST} labels.", field="labels"
        )
    for key, value in labels.items():
        if not LABEL_KEY.fullmatch(str(key)) or not LABEL_VALUE.fullmatch(str(value)):
            raise Refusal(
                "labels-invalid",
                f"{key}={value} is not a label. Write app=shop: up to 63 letters, digits, dots, "
                "hyphens and underscores on each side, the left one in lower case.",
                field="labels",
            )
    return {str(key): str(value) for key, value in sorted(labels.items())}
