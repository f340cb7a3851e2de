"""What other apps add to changes and to their previews: this app knows none of them.

An app registers a read-only serializer under a name when it gets ready. The serializer is handed
the `Change` or `Preview` itself, and finds the actor as `context["actor"]`; what it returns stands
under its name in the answers of dry runs and of one change, and in their OpenAPI description.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.module_loading import import_string

_ANNOTATORS: dict[str, str] = {}


def annotate(name: str, serializer: str) -> None:
    """Let the serializer of this dotted path say something under `name`; None is nothing to say.
    Raises ValueError for a name that another one has."""
    if _ANNOTATORS.setdefault(name, serializer) != serializer:
        raise ValueError(f"{name!r} is annotated already")


def annotators() -> Mapping[str, type[Any]]:
    """What was registered, by name."""
    return {name: import_string(path) for name, path in _ANNOTATORS.items()}
