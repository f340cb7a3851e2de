"""What an intent refuses to say, and ports in the fewest ranges."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networking.intent import (
    ANY,
    LAST_RANK,
    PortRange,
    Protocol,
    Rule,
    Term,
    TermKind,
    VipPort,
    merged,
)

ranges = st.tuples(st.integers(1, 60), st.integers(0, 9)).map(
    lambda pair: PortRange(pair[0], pair[0] + pair[1])
)


@pytest.mark.parametrize(("first", "last"), [(0, 1), (90, 80), (1, 65536)])
def test_a_reversed_or_foreign_range_is_no_range(first: int, last: int) -> None:
    with pytest.raises(ValueError, match="no range of ports"):
        PortRange(first, last)


@pytest.mark.parametrize("protocol", [Protocol.ANY, Protocol.ICMP])
def test_protocols_without_ports_have_none(protocol: Protocol) -> None:
    with pytest.raises(ValueError, match="has no ports"):
        Rule("r", "r", 1, (ANY,), (ANY,), protocol, (PortRange(80, 80),))
    with pytest.raises(ValueError, match="TCP or UDP"):
        VipPort(protocol, 80, 80)


@pytest.mark.parametrize("rank", [-1, LAST_RANK + 1])
def test_a_rank_has_bounds(rank: int) -> None:
    with pytest.raises(ValueError, match="rank"):
        Rule("r", "r", rank, (ANY,), (ANY,))


def test_a_terms_name_tells_nothing_apart() -> None:
    assert Term(TermKind.GROUP, "g", "web") == Term(TermKind.GROUP, "g", "shop")


@given(st.lists(ranges, max_size=8).map(tuple))
def test_merging_keeps_every_port_and_leaves_gaps_between(ports: tuple[PortRange, ...]) -> None:
    result = merged(ports)
    held = [port for one in result for port in range(one.first, one.last + 1)]
    assert held == sorted({port for one in ports for port in range(one.first, one.last + 1)})
    assert all(one.last + 1 < other.first for one, other in pairwise(result))
