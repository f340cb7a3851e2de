"""Places in the tenant's list: ranks with gaps, so that a move writes one row.

All of it runs under the lock of the tenant's generation.
"""

from bisect import bisect_left
from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from networking.intent import LAST_RANK
from networking.models import Rule
from portal.lib.errors import Refusal

STEP = 64
RULES_MOST = 10_000

PLACE = """
UPDATE {rules} AS rule SET rank = placed.rank, version = version + 1
FROM unnest(%s::uuid[], %s::integer[]) AS placed (id, rank)
WHERE rule.id = placed.id
"""
RENUMBER = """
UPDATE {rules} AS rule SET rank = listed.position * %(step)s
FROM (
    SELECT id, row_number() OVER (ORDER BY rank) AS position
    FROM {rules} WHERE tenant_id = %(tenant)s AND rank IS NOT NULL
) AS listed
WHERE rule.id = listed.id
"""


def between(low: int | None, high: int | None) -> int | None:
    """A rank that is higher than `low` and lower than `high`; None where there is no gap.

    At the ends of the list it keeps a distance, as long as there is room.
    """
    if high is None:
        near = (-1 if low is None else low) + STEP
        if near <= LAST_RANK:
            return near
        high = LAST_RANK + 1
    elif low is None and high >= STEP:
        return high - STEP
    low = -1 if low is None else low
    middle = (low + high) // 2
    return middle if low < middle < high else None


def spread(ranks: Sequence[int | None]) -> list[int]:
    """Ranks for rules in this order; None for a new rule. As many as possible keep theirs; all get
    new ones when the others do not fit between."""
    found: list[int] = []
    kept = _in_order(ranks)
    for rank, later in zip(kept, _later(kept), strict=True):
        low = found[-1] if found else None
        chosen = between(low, later) if rank is None else rank
        if chosen is None or (low is not None and chosen <= low):
            step = _step(len(ranks))
            return [position * step for position in range(1, len(ranks) + 1)]
        found.append(chosen)
    return found


def _in_order(ranks: Sequence[int | None]) -> list[int | None]:
    """The ranks of a longest ascending subsequence; None at the other places."""
    lowest: list[int] = []  # by length, the lowest rank that ends a subsequence of that length
    ends: list[int] = []  # and where it stands
    before: dict[int, int | None] = {}
    for place, rank in enumerate(ranks):
        if rank is None:
            continue
        length = bisect_left(lowest, rank)
        before[place] = ends[length - 1] if length else None
        lowest[length : length + 1] = [rank]
        ends[length : length + 1] = [place]
    found: list[int | None] = [None] * len(ranks)
    last = ends[-1] if ends else None
    while last is not None:
        found[last] = ranks[last]
        last = before[last]
    return found


def _later(ranks: Sequence[int | None]) -> list[int | None]:
    """For each place the next rank behind it that is known."""
    found: list[int | None] = []
    known: int | None = None
    for rank in reversed(ranks):
        found.append(known)
        known = known if rank is None else rank
    return found[::-1]


def rank_at(
    tenant_id: UUID, *, before: Rule | None, after: Rule | None, moving: Rule | None = None
) -> tuple[int, bool]:
    """The rank directly before or after another rule, or else behind all; and whether all rules
    had to be numbered anew for it, in their order."""
    rank = _gap(tenant_id, before, after, moving)
    if rank is not None:
        return rank, False
    _renumber(tenant_id)
    rank = _gap(tenant_id, before, after, moving)
    assert rank is not None
    return rank, True


def write_ranks(rules: Sequence[Rule]) -> None:
    """Save the places of these rules alone, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            PLACE.format(rules=Rule._meta.db_table),
            [[rule.id for rule in rules], [rule.rank for rule in rules]],
        )


def check_room(count: int) -> None:
    """Refuse a list that is longer than a tenant's may be."""
    if count > RULES_MOST:
        raise Refusal(
            "rules-full", f"A list has at most {RULES_MOST} rules. Merge some into groups."
        )


def _gap(
    tenant_id: UUID, before: Rule | None, after: Rule | None, moving: Rule | None
) -> int | None:
    others = Rule.objects.filter(tenant_id=tenant_id, rank__isnull=False)
    if moving is not None:
        others = others.exclude(id=moving.id)
    ranks = others.values_list("rank", flat=True)
    if before is not None:
        high = ranks.get(id=before.id)
        return between(ranks.filter(rank__lt=high).order_by("-rank").first(), high)
    if after is not None:
        low = ranks.get(id=after.id)
        return between(low, ranks.filter(rank__gt=low).order_by("rank").first())
    return between(ranks.order_by("-rank").first(), None)


def _renumber(tenant_id: UUID) -> None:
    count = Rule.objects.filter(tenant_id=tenant_id, rank__isnull=False).count()
    with connection.cursor() as cursor:
        cursor.execute(
            RENUMBER.format(rules=Rule._meta.db_table),
            {"tenant": tenant_id, "step": _step(count)},
        )


def _step(count: int) -> int:
    """Even distances that leave room behind the last."""
    return min(STEP, LAST_RANK // (count + 1))
