"""What an audit event tells beside its verb, in words. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.lib import words

# Shown as a link, not as a fact.
CHANGE = "change"
# Of a longer value, such as a whole file, so many characters are told.
TOLD = 200
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00")


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that the act set; `before` is what was there, empty where nothing was."""

    name: str
    before: str
    after: str


def facts(detail: Mapping[str, Any]) -> Iterator[Fact]:
    """The fields that an event's detail says were set, cleared or changed; of something that was
    deleted, what they were."""
    before, after = detail.get("before") or {}, detail.get("after") or {}
    told = {name: value for name, value in detail.items() if name not in ("before", "after")}
    if not isinstance(before, dict) or not isinstance(after, dict):
        before, after = {"value": before}, {"value": after}
    if not after:
        before, after = {}, before
    for name in sorted(before.keys() | after.keys()):
        old, new = _text(before.get(name)), _text(after.get(name))
        if old != new and not name.endswith("_id"):
            yield Fact(name.replace("_", " "), old, new or "none")
    for name, value in told.items():
        if name != CHANGE and (text := _text(value)):
            yield Fact(name.replace("_", " "), "", text)


def _text(value: Any) -> str:
    """A JSON value as people write it; nothing for what is empty."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, dict):
        return " ".join(f"{key}={_text(text)}" for key, text in value.items())
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    if isinstance(value, str) and MOMENT.fullmatch(value):
        return words.exact(datetime.fromisoformat(value))
    text = "" if value is None else str(value)
    return text if len(text) <= TOLD else f"{text[:TOLD]}…"
