"""The role matrix against the resolver and against real requests."""

import pytest

from tests.access.matrix import address, ask, cell, methods, parts, routes, rows, visitor
from tests.access.objects import OBJECTS


def test_every_route_has_a_name():
    assert not [str(pattern.pattern) for name, pattern in routes() if name.endswith("None")]


def test_every_route_and_method_is_listed_once():
    listed = [(row.route, row.method) for row in rows()]
    existing = {(name, method) for name, pattern in routes() for method in methods(pattern)}
    assert len(listed) == len(set(listed))
    assert not existing - set(listed), "no line in tests/access/role_matrix.py"
    assert not set(listed) - existing, "a line of tests/access/role_matrix.py without a route"


def test_every_part_of_an_address_can_be_made():
    needed = {part for name, _ in routes() for part in parts(name)}
    assert not needed - set(OBJECTS), "no entry in OBJECTS of tests/access/objects.py"


@pytest.mark.parametrize("row", rows(), ids=str)
def test_cells(row, world):
    url = address(row.route, world)
    seen = {}
    for name, expected in row.cells.items():
        if expected != "-":
            seen[name] = cell(ask(visitor(world, name, url), row.method, url))
    assert seen == {name: expected for name, expected in row.cells.items() if expected != "-"}
