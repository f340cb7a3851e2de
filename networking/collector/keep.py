"""Upkeep of what was counted."""

from networking.collector import heads, partitions


def keep_counters() -> None:
    """Make months ahead, drop what nobody asks for any more, close what belongs to nobody."""
    partitions.keep_months()
    heads.keep()
