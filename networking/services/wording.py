"""Sentences about a change."""

from collections.abc import Iterator, Mapping

from networking.planning.wording import FIELDS, field_value
from networking.services.act import Snapshot

MORE_FIELDS: Mapping[str, str] = {
    "learned_by": "learned by",
    "sites": "sites",
    "labels": "labels",
    "vips": "VIPs",
    "ipv4_address": "IPv4 address",
    "neighbour_ipv4": "IPv4 neighbour",
    "neighbour_ipv6": "IPv6 neighbour",
    "accepted_prefixes": "accepted prefixes",
}


def field_label(name: str) -> str:
    """What people call a field of a snapshot."""
    return MORE_FIELDS.get(name) or FIELDS.get(name, name.replace("_", " "))


def summary_of(noun: str, name: str, before: Snapshot, after: Snapshot) -> str:
    """What an update does, in one line."""
    changes = ", ".join(_changes(before, after)) or "nothing"
    return f"Change {noun} {before.get('name', name)}: {changes}"


def _changes(before: Snapshot, after: Snapshot) -> Iterator[str]:
    for name, value in after.items():
        old = before.get(name)
        if old == value or name.endswith("_id"):
            continue
        if isinstance(value, list | dict):
            yield field_label(name)
        else:
            yield f"{field_label(name)} {field_value(name, old)} → {field_value(name, value)}"
