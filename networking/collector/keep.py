"""Upkeep of what was counted."""

from networking.collector import days, heads, partitions


def keep_counters() -> None:
    """Make months ahead, drop what nobody asks for any more, close what belongs to nobody."""
    partitions.keep_months()
    days.keep_days()
    heads.keep()
