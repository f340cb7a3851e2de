"""OVSDB's notation and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networking.backends.ovn.tables import TABLE, Shape, complete
from networking.backends.ovn.values import decode, encode, members, stamps, uuids

UUIDS = st.uuids().map(str)
VALUES = {
    Shape.ATOM: st.text() | st.integers(0, 4095) | st.booleans(),
    Shape.OPTIONAL: st.none() | st.text() | st.integers(0, 4095) | st.booleans(),
    Shape.SET: st.lists(st.text(), unique=True).map(sorted),
    Shape.MAP: st.dictionaries(st.text(), st.text()),
    Shape.REFERENCE: st.none() | UUIDS,
}


@given(st.sampled_from(Shape).flatmap(lambda shape: st.tuples(st.just(shape), VALUES[shape])))
def test_a_value_survives_its_notation(case: tuple[Shape, object]) -> None:
    shape, value = case
    assert decode(shape, encode(shape, value)) == value


def test_a_set_of_one_is_read_as_the_server_writes_it() -> None:
    assert decode(Shape.SET, "10.1.0.1/24") == ["10.1.0.1/24"]
    assert members(["uuid", "x"]) == [["uuid", "x"]]
    assert uuids(["uuid", "x"]) == ["x"]
    assert uuids(["set", [["uuid", "b"], ["uuid", "a"]]]) == ["a", "b"]
    assert uuids(["set", []]) == []


def test_stamps_are_our_keys_alone() -> None:
    assert stamps(["map", [["demarc-id", "1"], ["neutron:x", "2"]]]) == {"demarc-id": "1"}


def test_what_is_left_out_is_as_the_database_has_it() -> None:
    attrs = complete(TABLE["Logical_Switch"], {"name": "x"})
    assert attrs == {"name": "x", "other_config": {}}


@pytest.mark.parametrize("columns", [{}, {"name": "x", "acls": []}], ids=["missing", "not ours"])
def test_a_column_cannot_be_forgotten_or_invented(columns: dict[str, object]) -> None:
    with pytest.raises(KeyError):
        complete(TABLE["Logical_Switch"], columns)
