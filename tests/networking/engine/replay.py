"""What lifetimes should be, told from the log of changes alone: it shares no code with the
engine, which looks at the rows as they are now."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from networking.models import Change

Told = tuple[UUID, UUID, dict[str, str], datetime, datetime | None]
"""Tenant, noun, attributes but for the region, start and end."""

COUNTED = {"network", "port", "vip", "site", "attachment"}


def replay(log: Iterable[Change]) -> list[Told]:
    """The lifetimes that follow from the changes, in order."""
    found: list[Told] = []
    for story in _stories(log):
        found += _lifetimes(story)
    return sorted(found, key=lambda one: (one[1], one[3]))


def _stories(log: Iterable[Change]) -> Iterator[list[Change]]:
    """The changes of each noun, from its create to its delete; a way out has several."""
    open_stories: dict[tuple[UUID, UUID], list[Change]] = {}
    for change in sorted(log, key=lambda one: one.generation):
        if change.subject_type not in COUNTED:
            continue
        key = (change.tenant_id, change.subject_id)
        if change.verb == Change.Verb.CREATE:
            open_stories[key] = []
        open_stories[key].append(change)
        if change.verb == Change.Verb.DELETE:
            yield open_stories.pop(key)
    yield from open_stories.values()


def _lifetimes(story: Sequence[Change]) -> list[Told]:
    """One for each stretch in which what was verified costs the same."""
    last = story[-1]
    end = last.created_at if last.verb == Change.Verb.DELETE else None
    turns: list[tuple[datetime, dict[str, str]]] = []
    for change in story:
        # An edit is in force once all before it are, too.
        if change.verb == Change.Verb.DELETE or change.done_at is None:
            break
        at = max([change.done_at, *(turn for turn, _ in turns)])
        if end is not None and at > end:
            break
        priced = _priced(change)
        if turns and turns[-1][0] == at:
            turns[-1] = (at, priced)
        elif not turns or turns[-1][1] != priced:
            turns.append((at, priced))
    ends = [*(at for at, _ in turns[1:]), end]
    return [
        (last.tenant_id, last.subject_id, priced, at, until)
        for (at, priced), until in zip(turns, ends, strict=False)
    ]


def _priced(change: Change) -> dict[str, str]:
    if change.subject_type == "network":
        return {"family": "dual" if change.after["ipv6_prefix"] else "ipv4"}
    if change.subject_type == "vip":
        return {"health_check": "yes" if change.after["health_check"] else "no"}
    return {}
